"""Futures in which rounds are answered by chance: as often as such rounds were so far, after a delay that was seen.

A round made already that may still be answered is answered as often as one of its age that was silent so far.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from msgspec import Struct

from followup_md.digest import sha256
from followup_md.model import Due, Prospect
from followup_md.planning.forecast.futures import Coming, Futures, Load
from followup_md.planning.forecast.rates import ENOUGH, Delay, OpenRound, Rates

#: Simulated futures, where the vault is small enough for them.
RUNS = 200
#: What may be spent on futures, in the units of ``Futures.work``: a few seconds. Counted, not timed, so that the same
#: vault gives the same answer on a slow machine.
WORK = 25_000
#: So many are simulated in a vault of any size: of fewer, 80% say nothing.
LEAST_RUNS = 10


def simulate(futures: Futures, rates: Rates, rounds: Iterable[OpenRound], seed: int, runs: int) -> list[list[Load]]:
    """The days of up to ``runs`` futures, at least ``LEAST_RUNS`` of them; none where the rates rest on too little.

    ``rounds`` are those made already. The same seed gives the same futures.
    """
    waiting = waiting_of(rounds, rates, futures.today)
    found: list[list[Load]] = []
    while rates.rounds >= ENOUGH and len(found) < (runs if futures.work < WORK else min(runs, LEAST_RUNS)):
        chance = _Chance(rates, Random(seed + len(found)))
        found.append(futures.roll(chance.answer, chance.coming(waiting)))
    return found


def seed_of(prospects: Iterable[Prospect], today: date) -> int:
    """The same number for the same logs and day, on every machine."""
    digest = sha256(today.isoformat().encode())
    for prospect in prospects:
        days = " ".join(entry.date.isoformat() for entry in prospect.log)
        digest.update(f"\n{prospect.path} {days}".encode("utf-8", "surrogatepass"))
    return int.from_bytes(digest.digest()[:8], "big")


class Waiting(Struct, frozen=True):
    """A round made already: the chance, from 0 to 1, that it will be answered, and after which delays that can be."""

    path: str
    day: date
    chance: float
    delays: tuple[Delay, ...]


def waiting_of(rounds: Iterable[OpenRound], rates: Rates, today: date) -> list[Waiting]:
    """The rounds that may still be answered, none of which was answered up to this morning (Bayes' rule)."""
    later: dict[int, tuple[Delay, ...]] = {}
    found = []
    for one in rounds:
        age = (today - one.day).days
        if age not in later:
            later[age] = tuple(delay for delay in rates.delays if delay.days >= age and delay.how != "picked-up")
        if later[age]:
            answered, part = rates.chance(one.before), Fraction(len(later[age]), len(rates.delays))
            chance = answered * part / (1 - answered * (1 - part))
            found.append(Waiting(one.path, one.day, float(chance), later[age]))
    return found


class _Chance:
    """Answers drawn from what was seen."""

    def __init__(self, rates: Rates, random: Random) -> None:
        self._rates, self._random = rates, random

    def answer(self, due: Due) -> Delay | None:
        """What comes of a round that is made."""
        return self._drawn(float(self._rates.chance(due.facts.unanswered)), self._rates.delays)

    def coming(self, waiting: Iterable[Waiting]) -> Coming:
        """What comes of the rounds made already."""
        drawn = ((one, self._drawn(one.chance, one.delays)) for one in waiting)
        return {one.path: (one.day + timedelta(days=delay.days), delay.how) for one, delay in drawn if delay}

    def _drawn(self, chance: float, delays: Sequence[Delay]) -> Delay | None:
        return delays[int(self._random.random() * len(delays))] if self._random.random() < chance else None
