"""Shares and what chance explains: Wilson's interval and the exact binomial probability (R22).

Sources: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
American Statistical Association 22 (1927); for the two-sided probability, the sum over all outcomes that are not
likelier than the one seen, as in R's ``binom.test``.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate
from math import fsum, sqrt
from operator import mul

from msgspec import Struct

#: The 97.5% point of the normal distribution: 95% lie between it and its opposite.
Z = 1.959963984540054
#: Below so many cases a share is no statement: at ten, the interval spans about 60 points in the middle.
ENOUGH = 10
#: Two outcomes whose likelihoods differ by less than this factor are as likely as each other (as in R's ``binom.test``).
SAME = 1 + 1e-7


class Share(Struct, frozen=True):
    """``count`` cases of ``of``; ``share``, and ``low`` to ``high`` (95%, Wilson), from 0 to 1, None where ``of`` is 0.

    ``enough``: there are at least ``ENOUGH`` cases.
    """

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None
    enough: bool


def share_of(count: int, of: int) -> Share:
    """The share of so many cases. ``count`` is at most ``of``."""
    if not of:
        return Share(0, 0, None, None, None, False)
    low, high = wilson(count, of)
    return Share(count, of, count / of, low, high, of >= ENOUGH)


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95% interval of a share after Wilson, from 0 to 1. ``of`` is at least 1."""
    share, square = count / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return (0.0 if count == 0 else middle - half), (1.0 if count == of else middle + half)


def chance_of(count: int, of: int, expected: Fraction) -> float:
    """How likely an outcome as far off as ``count`` of ``of``, or further, is where ``expected`` is true: from 0 to 1.

    Exact and two-sided: the sum over all outcomes that are not likelier than the one seen.
    """
    yes, no = expected.numerator, expected.denominator - expected.numerator
    if not yes or not no:
        return float(count == (of if yes else 0))
    likeliest = (of + 1) * yes // expected.denominator
    # Each outcome's likelihood in terms of the likeliest one's: what is too small to be told from 0 adds nothing.
    fewer = accumulate((n * no / ((of - n + 1) * yes) for n in range(likeliest, 0, -1)), mul, initial=1.0)
    more = accumulate(((of - n) * yes / ((n + 1) * no) for n in range(likeliest, of)), mul, initial=1.0)
    weights = [*[*fewer][:0:-1], *more]
    as_far_off = [weight for weight in weights if weight <= weights[count] * SAME]
    return fsum(as_far_off) / fsum(weights)
