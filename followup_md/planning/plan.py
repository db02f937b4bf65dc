"""A day's plan: every prospect's next touch, ranked, and what fits the day's capacity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import IntEnum
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from followup_md.model import Category, Due, Duration, Plan, Planned, Prospect, Rules, Touch
from followup_md.planning.facts import took_place
from followup_md.planning.neighbours import neighbour_of, surroundings
from followup_md.planning.next_touch import DARK_CADENCE, next_touch
from followup_md.planning.workdays import after

#: Larger amounts are all alike: whole numbers may be too large to be compared with others.
_MOST = 10**300
_ORDER = {category: number for number, category in enumerate(Category)}

#: Category, waits overdue, amount, stage, name and path, so that what comes first is smaller.
Rank = tuple[int, float, float, int, str, str]


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


class Section(IntEnum):
    """The sections of a day's plan, in the order of the page."""

    REPLIES = 1
    NOW = 2
    UPCOMING = 3
    WAITING = 4
    DARK = 5
    HELD = 6


class Arrangement(Struct, frozen=True):
    """A day in order, as places in the list of standings: all with a touch, and those of each section.

    Of ``Section.NOW`` the first ``room`` fit the day's capacity.
    """

    items: list[int]
    sections: dict[Section, list[int]]
    room: int


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

    now = at(day.sections[Section.NOW])
    return Plan(
        today=today,
        items=at(day.items),
        replies=at(day.sections[Section.REPLIES]),
        due=now[: day.room],
        next_in_line=now[day.room :],
        upcoming=at(day.sections[Section.UPCOMING]),
        waiting=at(day.sections[Section.WAITING]),
        dark=at(day.sections[Section.DARK]),
        held=at(day.sections[Section.HELD]),
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
    horizon = after(today, rules.horizon, rules)
    ordered = sorted(
        (*order_of(one, today), place)  # paths differ, so places are never compared
        for place, one in enumerate(standings)
        if one.on is not None and one.rank is not None
    )
    sections: dict[Section, list[int]] = {section: [] for section in Section}
    for *_, place in ordered:
        for section in sections_of(standings[place], today, horizon):
            sections[section].append(place)
    taken = sum(taken_by(one, today) for one in standings)
    return Arrangement([place for *_, place in ordered], sections, room(len(sections[Section.NOW]), taken, rules))


def sections_of(one: Standing, today: date, horizon: date) -> tuple[Section, ...]:
    """Where a prospect stands on the page of a day whose plan looks ahead as far as the horizon."""
    if one.on is None:
        return ()
    if one.reply:
        return (Section.REPLIES,)
    if one.on <= today:
        return (Section.NOW,)
    if one.held:
        return (Section.HELD,)
    ahead = (Section.UPCOMING,) if one.on <= horizon else (Section.DARK,) if one.dark else ()
    return (*ahead, Section.WAITING) if one.owed else ahead


def order_of(one: Standing, today: date) -> tuple[date, Rank]:
    """What comes first within a section is smaller: what can be done now by its rank, then by the date."""
    assert one.on is not None
    assert one.rank is not None
    return today if one.reply else max(one.on, today), one.rank


def listed_from(one: Standing) -> date:
    """The day from which on a prospect is listed as due: where a reply is owed, any."""
    assert one.on is not None
    return date.min if one.reply else one.on


def taken_by(one: Standing, today: date) -> int:
    """How much of the day's capacity is gone by a prospect: a round made today, a reply that is due.

    A round half done is one that is still to be done.
    """
    due = one.on is not None and one.on <= today
    return (one.begun and not (due and not one.reply)) + (one.reply and due)


def room(now: int, taken: int, rules: Rules) -> int:
    """How many of those that can be done now fit the day's capacity, of which some is taken."""
    return max(0, rules.daily_capacity - taken) if rules.daily_capacity else now


def rank_of(due: Due, rules: Rules) -> Rank:
    """Within a category: more overdue first (in waits of its step), then larger amount, later stage, name."""
    return (
        _ORDER[due.category],
        -_waits_overdue(due),
        -float(min(due.prospect.amount or 0, _MOST)),
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
