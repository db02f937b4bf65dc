"""What one controls, by week (Luscher): dials, emails, letters, conversations, appointments, referrals asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from msgspec import Struct

from followup_md.model import Outcome, Touch
from followup_md.planning.statistics.history import History, Window

DIALS = frozenset({"call", "voicemail"})
LETTERS = frozenset({"letter", "note", "parcel"})
_AGREED_BEFORE = frozenset({"meeting", "event"})


class Activity(Struct, frozen=True):
    """Numbers of touches from ``week`` (its Monday) on. ``others``: touches of ours by any other channel.

    ``dials`` are calls and voicemails, ``letters`` go by post: letters, notes, parcels. ``conversations`` are calls in
    which they spoke, theirs too, and meetings that took place. ``set`` are touches tagged ``#booked``, ``kept`` are
    meetings that took place and touches tagged ``#held``, ``referrals`` are touches of ours tagged ``#referral``.
    """

    week: date
    dials: int = 0
    emails: int = 0
    letters: int = 0
    others: int = 0
    conversations: int = 0
    set: int = 0
    kept: int = 0
    referrals: int = 0


def weeks_of(histories: Iterable[History], window: Window) -> tuple[Activity, ...]:
    """One for each week from the first to the last of the window, empty ones too; without ``since``: from the first touch."""
    alike = Counter(
        (touch.date, touch.channel, touch.direction, touch.outcomes)
        for history in histories
        for touch in history.facts.touches
    )
    by_week: dict[date, list[tuple[Touch, int]]] = {}
    for (day, channel, direction, outcomes), number in alike.items():
        if window.holds(day):
            touch = Touch(day, None, channel, direction, None, outcomes, "", 1)
            by_week.setdefault(monday(day), []).append((touch, number))
    if not by_week and window.since is None:
        return ()
    week = monday(window.since) if window.since else min(by_week)
    weeks = []
    while week <= window.until:
        weeks.append(_counted(week, by_week.get(week, ())))
        week += timedelta(weeks=1)
    return tuple(weeks)


def in_all(weeks: tuple[Activity, ...], first: date) -> Activity:
    """The sum of those weeks, as of the ``first``."""
    return Activity(
        first,
        *(sum(getattr(week, name) for week in weeks) for name in Activity.__struct_fields__[1:]),
    )


def monday(day: date) -> date:
    """The first day of that day's week."""
    return day - timedelta(days=day.weekday())


def _counted(week: date, touches: Sequence[tuple[Touch, int]]) -> Activity:
    """The touches of a week; of those that count alike one stands for so many."""
    ours = [(touch, number) for touch, number in touches if touch.outbound]
    dials = sum(number for touch, number in ours if touch.channel in DIALS)
    emails = sum(number for touch, number in ours if touch.channel == "email")
    letters = sum(number for touch, number in ours if touch.channel in LETTERS)
    meetings = sum(number for touch, number in ours if touch.channel == "meeting")
    return Activity(
        week,
        dials=dials,
        emails=emails,
        letters=letters,
        others=sum(number for _, number in ours) - dials - emails - letters - meetings,
        conversations=sum(number for touch, number in touches if touch.answer and touch.channel in ("call", "meeting")),
        set=sum(number for touch, number in touches if _was_set(touch)),
        kept=sum(number for touch, number in touches if _was_kept(touch)),
        referrals=sum(number for touch, number in ours if Outcome.REFERRAL in touch.outcomes),
    )


def _was_set(touch: Touch) -> bool:
    return Outcome.BOOKED in touch.outcomes and touch.channel not in _AGREED_BEFORE


def _was_kept(touch: Touch) -> bool:
    return touch.answer if touch.channel == "meeting" else Outcome.HELD in touch.outcomes
