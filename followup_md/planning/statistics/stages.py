"""Stages: the share that goes on from each, the time in each, against the usual share (R22)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from followup_md.model import Rules, Stage, StageChange, StageKind
from followup_md.planning.statistics.history import History, Window
from followup_md.planning.statistics.proportions import Share, chance_of, share_of
from followup_md.planning.statistics.survival import Median, Span, median_of

#: A stage with this cadence is a pause: to move there is not to go on.
PAUSE_CADENCE = "nurture"
#: Up to this probability a result is called below or above what chance explains.
RARE = 0.05


class Stay(Struct, frozen=True):
    """One stay in a stage. ``until`` None: they are still there, or the day is not known.

    ``went_on``: to a later stage (won too), else not: lost, declined, back, or to a pause; None: still there.
    """

    stage: str
    since: date
    until: date | None
    went_on: bool | None


class StageResult(Struct, frozen=True):
    """The stays in a stage that began in the window. ``went_on`` is of those who left it.

    ``expected`` is the usual share and ``chance`` the probability of a result as far off as this one or further, both
    from 0 to 1, None where no usual share is set. ``days`` is the median stay, those still there counted so far.
    """

    stage: str
    entered: int
    still_there: int
    went_on: Share
    expected: float | None
    chance: float | None
    verdict: Literal["within", "above", "below", "too few"] | None
    days: Median


def stages_of(histories: Iterable[History], rules: Rules, window: Window, today: date) -> tuple[StageResult, ...]:
    """The open stages with at least one stay, in the order of the settings."""
    by_stage: dict[str, list[Stay]] = {}
    for history in histories:
        for stay in stays_of(history, rules):
            if window.holds(stay.since):
                by_stage.setdefault(stay.stage, []).append(stay)
    return tuple(_result(stage, by_stage[stage.name], today) for stage in rules.stages if stage.name in by_stage)


def stays_of(history: History, rules: Rules) -> Iterator[Stay]:
    """The stays that the ``stage:`` lines tell of, oldest first; a line that repeats the stage begins none.

    What was before the first line is not known, so no stay.
    """
    lines: list[StageChange] = []
    for entry in history.facts.log:
        if isinstance(entry, StageChange) and (not lines or entry.stage != lines[-1].stage):
            lines.append(entry)
    for line, following in pairwise(lines):
        stage, to = rules.stage(line.stage), rules.stage(following.stage)
        if stage and to and stage.kind is StageKind.OPEN:
            yield Stay(stage.name, line.date, following.date, _goes_on(stage, to, rules))
    stage = rules.stage(lines[-1].stage) if lines else None
    if stage and stage.kind is StageKind.OPEN:
        facts = history.facts
        if facts.stage_by_hand:
            yield Stay(stage.name, lines[-1].date, None, _goes_on(stage, facts.stage, rules))
        elif facts.declined:
            yield Stay(stage.name, lines[-1].date, facts.declined.date, False)
        else:
            yield Stay(stage.name, lines[-1].date, None, None)


def _goes_on(stage: Stage, to: Stage, rules: Rules) -> bool:
    """Whether ``to`` comes later on the way to a win. From a pause, each open stage that is none is a step on."""
    if to.kind is not StageKind.OPEN:
        return to.kind is StageKind.WON
    if to.cadence == PAUSE_CADENCE:
        return False
    return stage.cadence == PAUSE_CADENCE or rules.stages.index(to) > rules.stages.index(stage)


def _result(stage: Stage, stays: list[Stay], today: date) -> StageResult:
    left = [stay for stay in stays if stay.went_on is not None]
    went_on = share_of(sum(bool(stay.went_on) for stay in left), len(left))
    chance = chance_of(went_on.count, went_on.of, stage.expected) if stage.expected is not None and left else None
    lengths = [
        Span(((stay.until or today) - stay.since).days, stay.until is not None)
        for stay in stays
        if stay.until or stay.went_on is None
    ]
    return StageResult(
        stage.name,
        entered=len(stays),
        still_there=len(stays) - len(left),
        went_on=went_on,
        expected=None if stage.expected is None else float(stage.expected),
        chance=chance,
        verdict=_verdict(went_on, stage, chance),
        days=median_of(lengths),
    )


def _verdict(
    went_on: Share, stage: Stage, chance: float | None
) -> Literal["within", "above", "below", "too few"] | None:
    if stage.expected is None:
        return None
    if not went_on.enough or chance is None:
        return "too few"
    if chance > RARE:
        return "within"
    return "below" if went_on.count < stage.expected * went_on.of else "above"
