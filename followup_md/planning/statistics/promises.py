"""Promises: next dates said to them or set by hand, and whether they were kept on the day (R4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from msgspec import Struct

from followup_md.model import Entry, NextDate, Outcome, Rules, Skip, Snooze, StageChange, StageKind, Touch
from followup_md.planning.statistics.history import History, Window
from followup_md.planning.statistics.proportions import Share, share_of
from followup_md.planning.workdays import roll_forward

End = Literal["on the day", "late", "overdue", "ahead", "moved"]


class Promises(Struct, frozen=True):
    """The next dates in the window: ``kept`` on the day of those that were due; the ``late``, and the ``overdue`` that nothing
    followed; ``ahead`` are not due yet, ``moved`` got another date in time.
    """

    kept: Share
    late: int
    overdue: int
    ahead: int
    moved: int


def promises_of(histories: Iterable[History], rules: Rules, window: Window, today: date) -> Promises:
    """The promises whose day lies in the window; those ahead of today are counted where it reaches up to today."""
    ends: list[End] = [
        end
        for history in histories
        for day, end in ends_of(history, rules, today)
        if window.holds(day) or (end == "ahead" and window.until == today)
    ]
    late, overdue, kept = ends.count("late"), ends.count("overdue"), ends.count("on the day")
    return Promises(share_of(kept, kept + late + overdue), late, overdue, ends.count("ahead"), ends.count("moved"))


def ends_of(history: History, rules: Rules, today: date) -> Iterator[tuple[date, End]]:
    """Each promised day and how it ended. One for a day after they were closed is void, as is one that nothing came of
    where they are closed and no line says since when; and one day counts once.
    """
    told: set[date] = set()
    undated_end = not history.facts.open and history.facts.closed_by is None
    log = history.facts.log
    for number, entry in enumerate(log):
        if entry.next and entry.next.day > entry.date and entry.next.day not in told:
            told.add(entry.next.day)
            end = _end(entry.next, log[number + 1 :], rules, today)
            if end and not (undated_end and end in ("overdue", "ahead")):
                yield entry.next.day, end
    by_hand = history.prospect.next
    if by_hand and by_hand.day not in told and history.facts.open and (end := _end(by_hand, log, rules, today, True)):
        yield by_hand.day, end


def _end(promise: NextDate, later: tuple[Entry, ...], rules: Rules, today: date, by_hand: bool = False) -> End | None:
    """What came of a promise. With a time it is for that very day, else for the first working day from it on."""
    last_day = promise.day if promise.at else roll_forward(promise.day, rules)
    for entry in later:
        if entry.date >= promise.day and _keeps(entry):
            return "on the day" if entry.date <= last_day else "late"
        if entry.date > last_day or by_hand:
            continue
        if (entry.next and entry.next.day != promise.day) or (
            isinstance(entry, Snooze) and entry.until and entry.until > promise.day
        ):
            return "moved"
        if _closes(entry, rules):
            return None
    return "ahead" if last_day >= today else "overdue"


def _keeps(entry: Entry) -> bool:
    return isinstance(entry, Skip) or (isinstance(entry, Touch) and (entry.outbound or entry.answer))


def _closes(entry: Entry, rules: Rules) -> bool:
    """Whether it ended there: a ``stage:`` line to won or lost, or their no."""
    if isinstance(entry, Touch):
        return Outcome.DECLINED in entry.outcomes
    stage = rules.stage(entry.stage) if isinstance(entry, StageChange) else None
    return stage is not None and stage.kind is not StageKind.OPEN
