"""What works here: answers per touch, by channel, intent, number of the round, weekday and hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from msgspec import Struct

from followup_md.days import WEEKDAYS
from followup_md.planning.statistics.history import Attempt, History, Window, settled
from followup_md.planning.statistics.proportions import Share, share_of
from followup_md.planning.statistics.survival import ENOUGH_ENDED

#: From this round on, rounds are counted together.
LAST_ROUND = 10
UNTAGGED = "untagged"


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


def works_of(histories: Iterable[History], window: Window, until: date) -> Works:
    """What works, of the attempts in the window that are settled as of ``until``."""
    histories = tuple(histories)
    attempts = [attempt for history in histories for attempt in settled(history, window, until)]
    in_window = sum(window.holds(attempt.touch.date) for history in histories for attempt in history.attempts)
    return Works(
        all=share_of(sum(attempt.answer is not None for attempt in attempts), len(attempts)),
        pending=in_window - len(attempts),
        uncalled=sum(window.holds(answer.date) for history in histories for answer in history.uncalled),
        by_channel=_most_first(_by(attempts, lambda one: one.touch.channel)),
        by_intent=_most_first(_by(attempts, lambda one: str(one.touch.intent) if one.touch.intent else UNTAGGED)),
        by_round=_by_number(attempts),
        by_weekday=tuple(_by_weekday(attempts)),
        by_hour=tuple(sorted(_by(attempts, _hour), key=lambda row: row.kind)),
        delay=_delay(attempts),
    )


def _by(attempts: Iterable[Attempt], kind_of: Callable[[Attempt], str | None]) -> list[Answered]:
    made: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    for attempt in attempts:
        kind = kind_of(attempt)
        if kind is not None:
            made[kind] += 1
            answered[kind] += attempt.answer is not None
    return [Answered(kind, share_of(answered[kind], number)) for kind, number in made.items()]


def _most_first(rows: list[Answered]) -> tuple[Answered, ...]:
    return tuple(sorted(rows, key=lambda row: (-row.answered.of, row.kind)))


def _by_number(attempts: Iterable[Attempt]) -> tuple[Answered, ...]:
    rows = _by(attempts, lambda one: str(one.round) if one.round < LAST_ROUND else f"{LAST_ROUND} and later")
    return tuple(sorted(rows, key=lambda row: int(row.kind.split()[0])))


def _by_weekday(attempts: Iterable[Attempt]) -> Iterator[Answered]:
    rows = {row.kind: row for row in _by(attempts, lambda one: WEEKDAYS[one.touch.date.weekday()])}
    return (rows[day] for day in WEEKDAYS if day in rows)


def _hour(attempt: Attempt) -> str | None:
    at = attempt.touch.time
    return f"{at.hour:02}:00" if at else None


def _delay(attempts: Iterable[Attempt]) -> Delay:
    days = sorted((attempt.answer.date - attempt.touch.date).days for attempt in attempts if attempt.answer)
    if not days:
        return Delay(0, None, None, False)
    return Delay(len(days), days[(len(days) - 1) // 2], days[-(-9 * len(days) // 10) - 1], len(days) >= ENOUGH_ENDED)
