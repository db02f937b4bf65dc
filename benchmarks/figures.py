"""What was measured, what it is held against, and whether that is met: figures in, figures out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

#: Fixed measures by their names, in seconds or bytes. The limits S, L and P are taken in the same run.
_FIXED = {"ms": 0.001, "s": 1.0, "MB": 1e6}


@dataclass(frozen=True)
class Goal:
    """A sum such as ``1.6 P + 3 S`` or ``80 MB``: so many times each measure, added up.

    The last term is the one that a figure is told in.
    """

    terms: tuple[tuple[float, str], ...]

    def __str__(self) -> str:
        return " + ".join(_term(times, measure) for times, measure in self.terms)


@dataclass(frozen=True)
class Row:
    """One line of the table: seconds or bytes, from several runs; or the reason why it was left out."""

    name: str
    value: float = 0.0
    lowest: float = 0.0
    highest: float = 0.0
    samples: tuple[float, ...] = ()
    goal: Goal | None = None
    bytes: bool = False
    left_out: str = ""


@dataclass(frozen=True)
class Figures:
    """Everything about one vault. ``limits`` has S, L and P as their medians in seconds."""

    notes: int
    files: int
    size: int
    walker: str
    limits: Mapping[str, float]
    limit_rows: tuple[Row, ...] = ()
    rows: tuple[Row, ...] = ()


def row(name: str, samples: Sequence[float], goal: Goal | None = None, *, in_bytes: bool = False) -> Row:
    """The row of some samples, headed by their median."""
    return Row(name, median(samples), min(samples), max(samples), tuple(samples), goal, in_bytes)


def percentile_row(name: str, samples: Sequence[float], share: float, goal: Goal | None) -> Row:
    """The row of some samples, headed by the least one that such a share of them does not pass."""
    place = max(math.ceil(share * len(samples)), 1) - 1
    return Row(name, sorted(samples)[place], min(samples), max(samples), tuple(samples), goal)


def worth(goal: Goal, limits: Mapping[str, float]) -> float:
    """What a goal comes to here, in seconds or bytes."""
    return sum(times * _measure(measure, limits) for times, measure in goal.terms)


def met(found: Row, limits: Mapping[str, float]) -> bool | None:
    """Whether a row meets its goal; None where it has none or was left out."""
    return None if found.goal is None or found.left_out else found.value <= worth(found.goal, limits)


def unsure(found: Row, limits: Mapping[str, float]) -> bool:
    """Whether the goal lies within the middle half of the samples, so that another run may well say the opposite."""
    if found.goal is None or len(found.samples) < 2:
        return False
    lower, _, upper = quantiles(found.samples, n=4, method="inclusive")
    return lower < worth(found.goal, limits) < upper


def ratio(found: Row, limits: Mapping[str, float]) -> str:
    """A row in the terms of its goal: ``1.43 P``, ``1.6 P + 2.1 S``; empty where the goal has no limit in it."""
    if found.goal is None or found.left_out or found.goal.terms[-1][1] in _FIXED:
        return ""
    *before, (_, last) = found.goal.terms
    granted = Goal(tuple(before))
    rest = found.value - worth(granted, limits)
    if before and rest <= 0:
        return _times(found.value, before[0][1], limits)
    share = _times(rest, last, limits)
    return f"{granted} + {share}" if before else share


def goals(notes: int) -> dict[str, Goal]:
    """What is asked of each row for a vault of that size: as for 1,000, 10,000 or 100,000, which is nearest."""
    small, middle = notes <= 3_000, notes <= 30_000

    def by_size(at_1000: Goal, at_10000: Goal, at_100000: Goal) -> Goal:
        return at_1000 if small else at_10000 if middle else at_100000

    def fixed(measure: str, *times: float) -> Goal:
        return by_size(*(Goal(((one, measure),)) for one in times))

    start, warm = Goal(((1.3, "P"),)), Goal(((1.6, "P"), (3, "S")))
    return {
        "help": start,
        "version": start,
        "cold": by_size(Goal(((4.4, "P"),)), Goal(((2, "P"), (16, "L"))), Goal(((16, "L"),))),
        "warm": by_size(Goal(((1.6, "P"),)), warm, warm),
        "due": by_size(Goal(((1.6, "P"),)), warm, warm),
        "changed": fixed("ms", 5, 10, 50),
        "complete": by_size(Goal(((1.6, "P"),)), Goal(((1.7, "P"),)), Goal(((2, "P"), (1, "S")))),
        "stats": by_size(Goal(((3, "P"),)), Goal(((0.6, "s"),)), Goal(((5, "s"),))),
        "memory cold": fixed("MB", 45, 80, 400),
        "memory watch": fixed("MB", 45, 80, 300),
        "watch p50": fixed("ms", 15, 25, 120),
        "watch p99": fixed("ms", 60, 100, 400),
    }


def _measure(name: str, limits: Mapping[str, float]) -> float:
    return _FIXED[name] if name in _FIXED else limits[name]


def _times(value: float, measure: str, limits: Mapping[str, float]) -> str:
    """So many times a measure, with three digits or more."""
    times = value / _measure(measure, limits)
    return f"{times:.{2 if times < 10 else 1 if times < 100 else 0}f} {measure}"


def _term(times: float, measure: str) -> str:
    return measure if times == 1 and measure not in _FIXED else f"{times:g} {measure}"
