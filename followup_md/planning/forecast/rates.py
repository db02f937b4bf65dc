"""How often, and after how long, rounds were answered so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from followup_md.model import Prospect, Rules, Touch
from followup_md.planning.facts import took_place
from followup_md.planning.workdays import after

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


def answer_rates(prospects: Iterable[Prospect], rules: Rules, today: date) -> Rates:
    """How often, and after how long, rounds were answered, from all logs up to ``today``.

    An answer counts for the newest round before it (or on its day) within ``attribution``, once. A round that is
    younger than that and may still be answered is left out, and so is a round that is nothing but a meeting. Numbers
    of unanswered rounds with fewer than 20 rounds are taken together with those after them.
    """
    made: dict[int, int] = {}
    answered: dict[int, int] = {}
    delays: list[Delay] = []
    for prospect in prospects:
        for before, delay, is_open in _rounds(prospect, rules, today):
            if is_open:
                continue
            made[before] = made.get(before, 0) + 1
            if delay:
                answered[before] = answered.get(before, 0) + 1
                delays.append(delay)
    return Rates(_together(made, answered), tuple(sorted(delays)))


def _rounds(prospect: Prospect, rules: Rules, today: date) -> list[tuple[int, Delay | None, bool]]:
    """Each round: how many unanswered ones came before, the answer's delay, and whether it may still be answered."""
    rounds: list[tuple[int, Delay | None, bool]] = []
    unanswered, last, waits = 0, None, False
    for touch in prospect.log:
        if not isinstance(touch, Touch) or not took_place(touch, today):
            continue
        if touch.outbound and touch.channel != "meeting" and (touch.date != last or not (waits or touch.answer)):
            rounds.append((unanswered, None, False))
            unanswered, last, waits = unanswered + 1, touch.date, True
        if touch.answer:
            if waits and last is not None and touch.date <= after(last, rules.attribution, rules):
                rounds[-1] = (rounds[-1][0], Delay((touch.date - last).days, _how(touch)), False)
            unanswered, waits = 0, False
    if waits and last is not None and today < after(last, rules.attribution, rules):
        rounds[-1] = (rounds[-1][0], None, True)
    return rounds


def _how(answer: Touch) -> How:
    if answer.channel == "meeting":
        return "met"
    return "picked-up" if answer.outbound else "wrote"


def _together(made: Mapping[int, int], answered: Mapping[int, int]) -> tuple[Share, ...]:
    """Shares of at least ``ENOUGH`` rounds each; what is left at the end belongs to the last."""
    shares: list[Share] = []
    first, rounds, answers = 0, 0, 0
    most = max(made, default=-1)
    for number in range(most + 1):
        rounds += made.get(number, 0)
        answers += answered.get(number, 0)
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
