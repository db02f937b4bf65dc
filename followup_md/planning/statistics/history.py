"""What the log of one prospect says for counting: attempts with the answers that came of them, and rounds.

An attempt is a touch of ours that can be answered: outbound, no meeting (which was agreed on before), and neither
bounced nor cancelled. An answer counts for the newest attempt before it within ``attribution``, and an attempt is
answered once. A call that they picked up answers itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import Struct

from followup_md.model import Facts, Outcome, Prospect, Rules, StageChange, StageKind, Touch
from followup_md.planning.facts import facts_of
from followup_md.planning.workdays import after

_DAY = timedelta(days=1)
_LOST_ON_THE_WAY = frozenset({Outcome.BOUNCED, Outcome.CANCELLED})


class Window(Struct, frozen=True):
    """The days looked at, both included; ``since`` None: from the first on. Days ahead of today are never in it."""

    since: date | None
    until: date

    def holds(self, day: date) -> bool:
        return day <= self.until and (self.since is None or day >= self.since)


class Attempt(Struct, frozen=True):
    """A touch that can be answered, with its first answer within ``attribution`` (None: there is none).

    ``round`` counts the rounds since their last answer, from 1.
    """

    touch: Touch
    round: int
    answer: Touch | None


class History(Struct, frozen=True):
    """One prospect as of today. ``rounds`` are the days of all rounds, ``uncalled`` the answers that no attempt of ours
    has: they came by themselves, too late, or after another one.

    ``first_answer_after`` is how many rounds with an attempt there were up to their first answer; None where they
    never answered.
    """

    prospect: Prospect
    facts: Facts
    attempts: tuple[Attempt, ...]
    rounds: tuple[date, ...]
    uncalled: tuple[Touch, ...]
    first_answer: Touch | None
    first_answer_after: int | None

    @property
    def closed_on(self) -> date | None:
        """The day of the ``stage:`` line that closed them; None where they are open, or no line says when."""
        line = self.facts.closed_by
        return line.date if isinstance(line, StageChange) else None

    def is_closed(self, kind: StageKind) -> bool:
        return self.facts.stage.kind is kind


def history_of(prospect: Prospect, rules: Rules, today: date) -> History:
    """The history of one prospect, from its log alone: ``last_contact`` is no touch."""
    facts = facts_of(prospect, rules, today)
    found: list[Attempt] = []
    uncalled: list[Touch] = []
    rounds: list[date] = []
    first: Touch | None = None
    first_after: int | None = None
    since_answer, last_round = 0, None
    for touch in facts.touches:
        answer = touch.answer
        if touch.outbound:
            if not rounds or rounds[-1] != touch.date:
                rounds.append(touch.date)
            if touch.date != last_round and not (answer and touch.channel == "meeting"):
                since_answer, last_round = since_answer + 1, touch.date
            if touch.channel != "meeting" and not (touch.outcomes and _LOST_ON_THE_WAY.intersection(touch.outcomes)):
                found.append(Attempt(touch, since_answer, None))
        if not answer:
            continue
        if first is None:
            first, first_after = touch, len({attempt.touch.date for attempt in found})
        if found and found[-1].answer is None and touch.date <= after(found[-1].touch.date, rules.attribution, rules):
            found[-1] = Attempt(found[-1].touch, found[-1].round, touch)
        else:
            uncalled.append(touch)
        since_answer, last_round = 0, None
    return History(prospect, facts, tuple(found), tuple(rounds), tuple(uncalled), first, first_after)


def settled_until(rules: Rules, today: date) -> date:
    """The newest day whose touches no answer can still count for: their ``attribution`` is over."""
    day = max(today, date.min + _DAY) - _DAY
    while day > date.min and after(day, rules.attribution, rules) >= today:
        day -= _DAY
    return day


def settled(history: History, window: Window, until: date) -> Iterable[Attempt]:
    """The attempts of the window that are settled as of ``until``."""
    return (attempt for attempt in history.attempts if attempt.touch.date <= until and window.holds(attempt.touch.date))
