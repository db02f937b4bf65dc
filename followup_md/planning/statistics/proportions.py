"""Shares and what chance explains: Wilson's interval and the exact binomial probability (R22).

Sources: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
American Statistical Association 22 (1927); for the two-sided probability, the sum over all outcomes that are not
likelier than the one seen, as in R's ``binom.test``.
"""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

from msgspec import Struct

#: The 97.5% point of the normal distribution: 95% lie between it and its opposite.
Z = 1.959963984540054
#: Below so many cases a share is no statement: at ten, the interval spans about 60 points in the middle.
ENOUGH = 10


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

    Exact and two-sided: all outcomes that are not likelier than the one seen, in whole numbers.
    """
    yes, no = expected.numerator, expected.denominator - expected.numerator
    if not yes or not no:
        return float(count == (of if yes else 0))
    weights = [no**of]
    for number in range(of):
        weights.append(weights[-1] * (of - number) * yes // ((number + 1) * no))
    as_far_off: int = sum(weight for weight in weights if weight <= weights[count])
    return float(Fraction(as_far_off, expected.denominator**of))
