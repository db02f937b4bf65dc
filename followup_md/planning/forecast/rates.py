"""How often, and after how long, rounds were answered so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from followup_md.model import Touch
from followup_md.planning.statistics.history import Attempt, History, Window, settled

#: A share is told of so many rounds, and no simulation is made of fewer in all.
ENOUGH = 20


class Share(Struct, frozen=True):
    """Of ``rounds`` made after ``first`` to ``last`` unanswered ones (None: and more), so many were answered."""

    first: int
    last: int | None
    answers: int
    rounds: int

    @property
    def chance(self) -> Fraction:
        return Fraction(self.answers, self.rounds)


How = Literal["picked-up", "wrote", "met"]


class Delay(Struct, frozen=True, order=True):
    """Days from a round to its answer, and how it came. Where they wrote, a reply is due."""

    days: int
    how: How


class Rates(Struct, frozen=True):
    """How rounds were answered: the shares by the number of unanswered rounds before, and every delay, shortest first."""

    shares: tuple[Share, ...]
    delays: tuple[Delay, ...]

    @property
    def answers(self) -> int:
        return sum(share.answers for share in self.shares)

    @property
    def rounds(self) -> int:
        return sum(share.rounds for share in self.shares)

    def chance(self, unanswered: int) -> Fraction:
        """The chance that a round after so many unanswered ones is answered."""
        return next((one.chance for one in self.shares if one.last is None or unanswered <= one.last), Fraction(0))


class OpenRound(Struct, frozen=True):
    """The newest round to somebody, made on a day after so many unanswered ones, that may still be answered."""

    path: str
    day: date
    before: int


def answer_rates(histories: Iterable[History], until: date) -> Rates:
    """How often, and after how long, rounds were answered, of those up to ``until`` that can be: as statistics count
    attempts, all of a day taken together (an attempt after an answer begins another round).

    Numbers of unanswered rounds with fewer than 20 rounds are taken together with those after them.
    """
    made: Counter[int] = Counter()
    answered: Counter[int] = Counter()
    delays: list[Delay] = []
    for history in histories:
        for newest in _rounds(settled(history, Window(None, until), until)):
            made[newest.round - 1] += 1
            if newest.answer:
                answered[newest.round - 1] += 1
                delays.append(Delay((newest.answer.date - newest.touch.date).days, _how(newest.answer)))
    return Rates(_together(made, answered), tuple(sorted(delays)))


def open_rounds(histories: Iterable[History], until: date) -> tuple[OpenRound, ...]:
    """The rounds made after ``until``, up to which they are settled, that wait for their answer; no other round came
    after them.
    """
    newest = ((history.prospect.path, history.attempts[-1]) for history in histories if history.attempts)
    return tuple(
        OpenRound(path, attempt.touch.date, attempt.round - 1)
        for path, attempt in newest
        if attempt.touch.date > until and attempt.answer is None
    )


def _rounds(attempts: Iterable[Attempt]) -> list[Attempt]:
    """The newest attempt of each round: the one that its answer counts for."""
    rounds: list[Attempt] = []
    for attempt in attempts:
        if rounds and rounds[-1].answer is None and rounds[-1].touch.date == attempt.touch.date:
            rounds.pop()
        rounds.append(attempt)
    return rounds


def _how(answer: Touch) -> How:
    if answer.channel == "meeting":
        return "met"
    return "picked-up" if answer.outbound else "wrote"


def _together(made: Counter[int], answered: Counter[int]) -> tuple[Share, ...]:
    """Shares of at least ``ENOUGH`` rounds each; what is left at the end belongs to the last."""
    shares: list[Share] = []
    first, rounds, answers = 0, 0, 0
    most = max(made, default=-1)
    for number in range(most + 1):
        rounds += made[number]
        answers += answered[number]
        if rounds >= ENOUGH:
            shares.append(Share(first, number, answers, rounds))
            first, rounds, answers = number + 1, 0, 0
    if shares and rounds:
        last = shares.pop()
        first, rounds, answers = last.first, last.rounds + rounds, last.answers + answers
    if rounds:
        shares.append(Share(first, None, answers, rounds))
    elif shares:
        shares[-1] = replace(shares[-1], last=None)
    return tuple(shares)
