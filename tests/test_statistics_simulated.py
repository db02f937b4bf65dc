"""Vaults made by chance with rates that are known: the intervals hold them about as often as they promise."""

from __future__ import annotations

import random
from datetime import date, timedelta

from conftest import rules_of

from followup_md.model import Direction, Entry, Outcome, Prospect, StageChange, Touch
from followup_md.planning.statistics.overview import Scope, Statistics, statistics_of
from followup_md.planning.statistics.proportions import Share

TODAY = date(2026, 6, 30)
VAULTS = 300
RATES = {"email": 0.12, "call": 0.35, "letter": 0.5}
ROUNDS = 6
GOES_ON = 0.4


def _touch(day: date, channel: str, direction: Direction, answered: bool = False) -> Touch:
    return Touch(day, None, channel, direction, None, (Outcome.ANSWERED,) if answered else (), "", 1)


def _prospect(number: int, chance: random.Random) -> Prospect:
    """Rounds every four to nine days until the first answer, which comes before the next round, or until today."""
    day = TODAY - timedelta(days=chance.randint(1, 120))
    begun, log = day, list[Entry]()
    for _ in range(ROUNDS):
        if day > TODAY:
            break
        channel = chance.choice(list(RATES))
        answers, wait = chance.random() < RATES[channel], chance.randint(4, 9)
        log.append(_touch(day, channel, Direction.OUT, answers and channel == "call"))
        if answers:
            replied = day + timedelta(days=chance.randint(0, 3))
            if channel != "call" and replied <= TODAY:
                log.append(_touch(replied, "email", Direction.IN))
            break
        day += timedelta(days=wait)
    stage = "verbal" if chance.random() < GOES_ON else "lost"
    changes = (StageChange(begun, None, "items", "", 1), StageChange(begun + timedelta(days=9), None, stage, "", 1))
    log += [change for change in changes if change.date <= TODAY]
    return Prospect(f"Prospects/{number}.md", str(number), log=tuple(sorted(log, key=lambda entry: entry.date)))


def _vault(seed: int) -> Statistics:
    chance = random.Random(seed)
    prospects = [_prospect(number, chance) for number in range(120)]
    return statistics_of(prospects, rules_of('attribution = "5d"'), TODAY, Scope(None, TODAY))


def _holds(share: Share, rate: float) -> bool:
    return share.low is not None and share.high is not None and share.low <= rate <= share.high


def test_known_rates_are_found_as_often_as_promised() -> None:
    held: dict[str, list[bool]] = {}
    curves = []
    first = sum(RATES.values()) / len(RATES)
    for seed in range(VAULTS):
        found = _vault(seed)
        for row in found.works.by_channel:
            held.setdefault(row.kind, []).append(_holds(row.answered, RATES[row.kind]))
        for point in found.persistence.answers[:3]:
            held.setdefault(f"round {point.at}", []).append(_holds(point.hazard, first))
            low, high, truth = point.low or 0.0, point.high or 1.0, (1 - first) ** point.at
            curves.append(low <= truth <= high)
        (items,) = (stage for stage in found.stages if stage.stage == "items")
        held.setdefault("goes on", []).append(_holds(items.went_on, GOES_ON))
    assert set(held) == {*RATES, "round 1", "round 2", "round 3", "goes on"}
    for kind, times in held.items():
        assert len(times) == VAULTS
        # 95% of 300, give or take three standard deviations of that count, and what whole numbers cost.
        assert 0.905 <= sum(times) / VAULTS <= 0.99, (kind, sum(times) / VAULTS)
    assert 0.92 <= sum(curves) / len(curves) <= 0.98


def test_what_is_within_the_usual_is_rarely_called_unusual() -> None:
    """Where the usual share is true, at most about one verdict in twenty is below or above."""
    verdicts = []
    rules = rules_of(
        '[[stages]]\nname = "items"\nkind = "open"\ncadence = "awaiting-items"\nexpected = 0.4\n[[stages]]\nname = "verbal"\nkind = "open"\ncadence = "after-proposal"\n[[stages]]\nname = "lost"\nkind = "lost"\ncadence = "lost"\n'
    )
    for seed in range(VAULTS):
        chance = random.Random(1000 + seed)
        prospects = [_prospect(number, chance) for number in range(40)]
        found = statistics_of(prospects, rules, TODAY, Scope(None, TODAY))
        verdicts.append(found.stages[0].verdict)
    assert set(verdicts) <= {"within", "above", "below"}
    assert 0.01 <= sum(verdict != "within" for verdict in verdicts) / VAULTS <= 0.08
