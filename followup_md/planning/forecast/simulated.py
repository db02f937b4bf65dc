"""Futures in which rounds are answered by chance: as often as such rounds were so far, after a delay that was seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from random import Random

from followup_md.model import Due, Prospect
from followup_md.planning.forecast.futures import Draw, Futures, Load
from followup_md.planning.forecast.rates import ENOUGH, Delay, Rates

#: Simulated futures, where the vault is small enough for them.
RUNS = 200
#: What may be spent on futures, in the units of ``Futures.work``: a few seconds. Counted, not timed, so that the same
#: vault gives the same answer on a slow machine.
WORK = 25_000
#: So many are simulated in a vault of any size: of fewer, 80% say nothing.
LEAST_RUNS = 10


def simulate(futures: Futures, rates: Rates, seed: int, runs: int) -> list[list[Load]]:
    """The days of up to ``runs`` futures, at least ``LEAST_RUNS`` of them; none where the rates rest on too little.

    The same seed gives the same futures.
    """
    found: list[list[Load]] = []
    while rates.rounds >= ENOUGH and len(found) < (runs if futures.work < WORK else min(runs, LEAST_RUNS)):
        found.append(futures.roll(_drawn(rates, Random(seed + len(found)))))
    return found


def seed_of(prospects: Iterable[Prospect], today: date) -> int:
    """The same number for the same logs and day, on every machine."""
    digest = hashlib.sha256(today.isoformat().encode())
    for prospect in prospects:
        days = " ".join(entry.date.isoformat() for entry in prospect.log)
        digest.update(f"\n{prospect.path} {days}".encode("utf-8", "surrogatepass"))
    return int.from_bytes(digest.digest()[:8], "big")


def _drawn(rates: Rates, chance: Random) -> Draw:
    """Answers drawn from what was seen."""

    def draw(due: Due) -> Delay | None:
        if chance.random() >= rates.chance(due.facts.unanswered):
            return None
        return rates.delays[int(chance.random() * len(rates.delays))]

    return draw
