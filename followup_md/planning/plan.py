"""A day's plan: every prospect's next touch, ranked, and what fits the day's capacity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from followup_md.model import Category, Due, Duration, Plan, Planned, Prospect, Rules, Touch
from followup_md.planning.facts import took_place
from followup_md.planning.neighbours import neighbour_of, surroundings
from followup_md.planning.next_touch import DARK_CADENCE, next_touch
from followup_md.planning.workdays import after

_ORDER = {category: number for number, category in enumerate(Category)}

#: Category, waits overdue, amount, stage, name and path, so that what comes first is smaller.
Rank = tuple[int, float, int | float, int, str, str]


class Standing(Struct, frozen=True, array_like=True):
    """All of a prospect that the order of a day looks at. Without a touch, ``on`` and ``rank`` are None.

    ``owed``: they owe us something. ``begun``: something of ours went out to them today.
    """

    on: date | None
    rank: Rank | None
    reply: bool
    overdue: bool
    held: bool
    owed: bool
    dark: bool
    open: bool
    begun: bool


class Arrangement(Struct, frozen=True):
    """A day in order: the sections of its plan, each as places in the list of standings."""

    items: list[int]
    replies: list[int]
    due: list[int]
    next_in_line: list[int]
    upcoming: list[int]
    waiting: list[int]
    dark: list[int]
    held: list[int]


def make_plan(prospects: Iterable[Prospect], rules: Rules, today: date) -> Plan:
    """The plan of a day. The order of the prospects changes nothing."""
    prospects = sorted(prospects, key=lambda prospect: prospect.path)
    around = surroundings([neighbour_of(prospect) for prospect in prospects], today)
    planned = [
        Planned(prospect, near.company_answer, next_touch(prospect, near.company_answer, rules, today))
        for prospect, near in zip(prospects, around, strict=True)
    ]
    standings = [standing_of(one.prospect, one.due, rules, today) for one in planned]
    day = arranged(standings, rules, today)

    def at(places: list[int]) -> tuple[Due, ...]:
        return tuple(due for place in places if (due := planned[place].due))

    return Plan(
        today=today,
        items=at(day.items),
        replies=at(day.replies),
        due=at(day.due),
        next_in_line=at(day.next_in_line),
        upcoming=at(day.upcoming),
        waiting=at(day.waiting),
        dark=at(day.dark),
        held=at(day.held),
        open=sum(standing.open for standing in standings),
        rules=rules,
        planned=tuple(planned),
    )


def standing_of(prospect: Prospect, due: Due | None, rules: Rules, today: date) -> Standing:
    """What the order of the day looks at in a prospect with that next touch."""
    begun = made_a_round(prospect, today)
    if due is None:
        return Standing(None, None, False, False, False, False, False, False, begun)
    return Standing(
        due.on,
        rank_of(due, rules),
        due.reply_to is not None,
        due.overdue_days > 0,
        due.hold is not None,
        bool(prospect.they_owe),
        _is_dark(due),
        due.facts.open,
        begun,
    )


def arranged(standings: Sequence[Standing], rules: Rules, today: date) -> Arrangement:
    """What can be done now in the order of a day, then what comes by its date; and what fits the day's capacity."""
    first: list[tuple[Rank, int]] = []
    then: list[tuple[date, Rank, int]] = []
    for place, one in enumerate(standings):
        if one.on is None or one.rank is None:
            continue
        if one.reply or one.on <= today:
            first.append((one.rank, place))
        else:
            then.append((one.on, one.rank, place))
    ready = [place for _, place in sorted(first)]
    later = [place for _, _, place in sorted(then)]
    now = [place for place in ready if not standings[place].reply]
    replies = [place for place in ready if standings[place].reply]
    room = len(now)
    if rules.daily_capacity:
        room = max(0, rules.daily_capacity - _taken(standings, now, replies, today))
    horizon = after(today, rules.horizon, rules)
    free = [place for place in later if not standings[place].held]
    return Arrangement(
        items=ready + later,
        replies=replies,
        due=now[:room],
        next_in_line=now[room:],
        upcoming=[place for place in free if _by(standings[place], horizon)],
        waiting=[place for place in free if standings[place].owed],
        dark=[place for place in free if standings[place].dark and not _by(standings[place], horizon)],
        held=[place for place in later if standings[place].held],
    )


def _by(standing: Standing, day: date) -> bool:
    return standing.on is not None and standing.on <= day


def _taken(standings: Sequence[Standing], now: list[int], replies: list[int], today: date) -> int:
    """How much of the day is gone: rounds made today, and replies that are due. A round half done is one."""
    made = sum(standing.begun for standing in standings) - sum(standings[place].begun for place in now)
    return made + sum(_by(standings[place], today) for place in replies)


def rank_of(due: Due, rules: Rules) -> Rank:
    """Within a category: more overdue first (in waits of its step), then larger amount, later stage, name."""
    return (
        _ORDER[due.category],
        -_waits_overdue(due),
        -(due.prospect.amount or 0),
        -rules.stages.index(due.facts.stage),
        due.prospect.name.casefold(),
        due.prospect.path,
    )


def _waits_overdue(due: Due) -> float:
    """The days overdue in waits of the step behind a due touch; a wait is at least one day."""
    wait = _wait_days(due.position.step.wait) if due.position else Fraction(1)
    # One division of whole numbers as small as these is ordered as the fractions are, in a tenth of the time.
    return due.overdue_days * wait.denominator / wait.numerator


@lru_cache
def _wait_days(wait: Duration) -> Fraction:
    return max(Fraction(1), wait.days)


def made_a_round(prospect: Prospect, today: date) -> bool:
    """Whether something of ours went out to them on that day."""
    for entry in reversed(prospect.log):
        if entry.date < today:
            break
        if isinstance(entry, Touch) and entry.outbound and entry.date == today and took_place(entry, today):
            return True
    return False


def _is_dark(due: Due) -> bool:
    return due.dark or (due.position is not None and due.position.cadence == DARK_CADENCE)
