"""What works here: answers per touch, by channel, intent, number of the round, weekday and hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import TypeVar

from msgspec import Struct

from followup_md.days import WEEKDAYS
from followup_md.model import Intent
from followup_md.planning.statistics.history import Attempt, History, Window
from followup_md.planning.statistics.proportions import Share, share_of
from followup_md.planning.statistics.survival import ENOUGH_ENDED

#: From this round on, rounds are counted together.
LAST_ROUND = 10
UNTAGGED = "untagged"
Kind = TypeVar("Kind", bound=Hashable)


class Answered(Struct, frozen=True):
    """The touches of one kind, and how many of them were answered."""

    kind: str
    answered: Share


class Delay(Struct, frozen=True):
    """The days from a touch to its answer, over ``answers``: half came within ``half`` days, nine of ten within ``most``.

    None where there is no answer. ``enough``: at least ``ENOUGH_ENDED`` answers.
    """

    answers: int
    half: int | None
    most: int | None
    enough: bool


class Works(Struct, frozen=True):
    """Attempts that are settled, with their answers. ``pending`` are too new to count, so they do not.

    ``uncalled``: answers in the window that no touch of ours has. ``by_round`` counts since their last answer,
    ``by_hour`` has the touches that name a time.
    """

    all: Share
    pending: int
    uncalled: int
    by_channel: tuple[Answered, ...]
    by_intent: tuple[Answered, ...]
    by_round: tuple[Answered, ...]
    by_weekday: tuple[Answered, ...]
    by_hour: tuple[Answered, ...]
    delay: Delay


class _Like(Struct, frozen=True):
    """What counts of an attempt; ``hour`` -1: it names no time."""

    channel: str
    intent: Intent | None
    round: int
    weekday: int
    hour: int
    answered: bool


def works_of(histories: Iterable[History], window: Window, until: date) -> Works:
    """What works, of the attempts in the window that are settled as of ``until``."""
    histories = tuple(histories)
    made = [attempt for history in histories for attempt in history.attempts if window.holds(attempt.touch.date)]
    attempts = [attempt for attempt in made if attempt.touch.date <= until]
    answered = [attempt for attempt in attempts if attempt.answer]
    alike = Counter(map(_like, attempts))

    def by(kind_of: Callable[[_Like], Kind]) -> list[tuple[Kind, Share]]:
        tried: Counter[Kind] = Counter()
        answers: Counter[Kind] = Counter()
        for one, number in alike.items():
            tried[kind_of(one)] += number
            answers[kind_of(one)] += number * one.answered
        return [(kind, share_of(answers[kind], number)) for kind, number in tried.items()]

    rounds = sorted(by(lambda one: one.round), key=_number)
    weekdays = sorted(by(lambda one: one.weekday), key=_number)
    hours = sorted(by(lambda one: one.hour), key=_number)
    return Works(
        all=share_of(len(answered), len(attempts)),
        pending=len(made) - len(attempts),
        uncalled=sum(window.holds(answer.date) for history in histories for answer in history.uncalled),
        by_channel=_most_first(Answered(channel, share) for channel, share in by(lambda one: one.channel)),
        by_intent=_most_first(Answered(str(intent or UNTAGGED), share) for intent, share in by(lambda one: one.intent)),
        by_round=tuple(Answered(_round(number), share) for number, share in rounds),
        by_weekday=tuple(Answered(WEEKDAYS[day], share) for day, share in weekdays),
        by_hour=tuple(Answered(f"{hour:02}:00", share) for hour, share in hours if hour >= 0),
        delay=_delay(answered),
    )


def _like(attempt: Attempt) -> _Like:
    touch = attempt.touch
    return _Like(
        touch.channel,
        touch.intent,
        min(attempt.round, LAST_ROUND),
        touch.date.weekday(),
        touch.time.hour if touch.time else -1,
        attempt.answer is not None,
    )


def _most_first(rows: Iterable[Answered]) -> tuple[Answered, ...]:
    return tuple(sorted(rows, key=lambda row: (-row.answered.of, row.kind)))


def _number(row: tuple[int, Share]) -> int:
    return row[0]


def _round(number: int) -> str:
    return str(number) if number < LAST_ROUND else f"{LAST_ROUND} and later"


def _delay(attempts: Iterable[Attempt]) -> Delay:
    days = sorted((attempt.answer.date - attempt.touch.date).days for attempt in attempts if attempt.answer)
    if not days:
        return Delay(0, None, None, False)
    return Delay(len(days), days[(len(days) - 1) // 2], days[-(-9 * len(days) // 10) - 1], len(days) >= ENOUGH_ENDED)
