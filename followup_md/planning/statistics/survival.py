"""How long until something happens, where for some it has not happened yet (they are censored).

Sources: E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations", Journal of the American
Statistical Association 53 (1958); the variance after Greenwood (1926), the interval on the scale of log(-log), which
keeps it between 0 and 1 (J. D. Kalbfleisch and R. L. Prentice, "The Statistical Analysis of Failure Time Data").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import exp, log, sqrt

from msgspec import Struct

from followup_md.planning.statistics.proportions import Share, Z, share_of

#: Below so many cases that came to their end, a median is no statement.
ENOUGH_ENDED = 5


class Span(Struct, frozen=True):
    """How long one case was seen, in days or rounds; ``ended``: it happened then, else it had not happened yet."""

    length: int
    ended: bool


class Point(Struct, frozen=True):
    """One place of the curve. ``hazard``: of those who came so far without it, the share that had it here.

    ``without``: the share that has it later than here (Kaplan-Meier), with its 95% interval; the interval is None
    where the formula gives none, after the last case has had it.
    """

    at: int
    hazard: Share
    without: float
    low: float | None
    high: float | None


class Median(Struct, frozen=True):
    """The first place where at least half have had it; None: fewer than half have.

    ``ended`` cases had it, ``open`` had not yet. ``enough``: at least ``ENOUGH_ENDED`` had.
    """

    value: int | None
    ended: int
    open: int
    enough: bool


def curve_of(spans: Iterable[Span], also: Iterable[int] = ()) -> tuple[Point, ...]:
    """The curve at each length where a case was seen for the last time, from the shortest on, and at those of ``also``
    before the longest.
    """
    ended: Counter[int] = Counter()
    seen: Counter[int] = Counter()
    for span in spans:
        seen[span.length] += 1
        ended[span.length] += span.ended
    left, without, variance = sum(seen.values()), 1.0, 0.0
    points = []
    longest = max(seen, default=0)
    for length in sorted({*seen, *(place for place in also if place < longest)}):
        had = ended[length]
        without *= 1 - had / left
        if had < left:
            variance += had / (left * (left - had))
        low, high = _interval(without, variance)
        points.append(Point(length, share_of(had, left), without, low, high))
        left -= seen[length]
    return tuple(points)


def _interval(without: float, variance: float) -> tuple[float | None, float | None]:
    if without in (0.0, 1.0):
        return (None, None) if without == 0.0 else (1.0, 1.0)
    place = log(-log(without))
    half = Z * sqrt(variance) / -log(without)
    return exp(-exp(place + half)), exp(-exp(place - half))


def median_of(spans: Iterable[Span]) -> Median:
    """The median length, in the unit of the spans, those that have not ended counted as far as they came."""
    spans = tuple(spans)
    ended = sum(span.ended for span in spans)
    # Half as the curve has it, within what adding up cannot say exactly.
    value = next((point.at for point in curve_of(spans) if point.without <= 0.5 + 1e-12), None)
    return Median(value, ended, len(spans) - ended, ended >= ENOUGH_ENDED)
