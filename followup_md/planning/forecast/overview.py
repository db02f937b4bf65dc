"""What the coming weeks hold: the plan rolled forward, day by day, and a simulation with one's own answer rates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct

from followup_md.model import Plan, Rules
from followup_md.planning.forecast.futures import Futures, Load, days_from
from followup_md.planning.forecast.rates import Rates, answer_rates, open_rounds
from followup_md.planning.forecast.simulated import RUNS, seed_of, simulate
from followup_md.planning.statistics.history import history_of, settled_until
from followup_md.planning.workdays import is_workday

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


class Band(Struct, frozen=True):
    """Of all simulated futures: the median, and the 10% and 90% between which 80% of them lie."""

    low: int
    median: int
    high: int


class ForecastDay(Struct, frozen=True):
    """A working day, or a day off on which something was agreed. ``simulated``: rounds due."""

    load: Load
    working: bool
    simulated: Band | None


class ForecastWeek(Struct, frozen=True):
    """A calendar week, from today or its Monday to its Sunday.

    ``rounds`` get done in it, ``left`` wait at its end. ``overflows``: some wait although it had a working day.
    ``overflowing`` says in how many simulated futures it overflows.
    """

    first: date
    last: date
    rounds: int
    left: int
    overflows: bool
    simulated_rounds: Band | None
    simulated_left: Band | None
    overflowing: int


class Forecast(Struct, frozen=True):
    """The coming weeks. ``runs`` simulated futures; 0 where too few rounds were ever made to tell a rate."""

    today: date
    capacity: int
    days: tuple[ForecastDay, ...]
    weeks: tuple[ForecastWeek, ...]
    rates: Rates
    runs: int


def make_forecast(plan: Plan, weeks: int, runs: int = RUNS) -> Forecast:
    """What becomes of a day's plan in this calendar week and those after it, ``weeks`` in all.

    Where this week has no working day left, its end is told with the next one. The simulation is the same each time:
    its chance is seeded from the prospects' logs and the day. Where the vault is large, fewer than ``runs`` futures
    are simulated.
    """
    rules, today = plan.rules, plan.today
    prospects = [one.prospect for one in plan.planned]
    spans = _spans(today, weeks, rules)
    futures = Futures(plan, spans[-1][1])
    silent = futures.roll(lambda due: None, {})
    histories = [history_of(prospect, rules, today) for prospect in prospects]
    until = settled_until(rules, today)
    rates = answer_rates(histories, until)
    simulated = simulate(futures, rates, open_rounds(histories, until), seed_of(prospects, today), runs)
    days = tuple(
        ForecastDay(load, is_workday(load.day, rules), _band([run[number].due for run in simulated]))
        for number, load in enumerate(silent)
        if is_workday(load.day, rules) or load.done
    )
    told = tuple(_week(first, last, silent, simulated, rules) for first, last in spans)
    return Forecast(today, rules.daily_capacity, days, told, rates, len(simulated))


# --------------------------------------------------------------------------- weeks


def _spans(today: date, weeks: int, rules: Rules) -> list[tuple[date, date]]:
    """The first and last day of each week."""
    sunday = today + timedelta(days=6 - today.weekday())
    first = today
    if not any(is_workday(day, rules) for day in days_from(today, sunday)):
        sunday += _WEEK  # the days off that are left of this week are told with the next one
    spans = [(first, sunday)]
    for _ in range(weeks - 1):
        spans.append((spans[-1][1] + _DAY, spans[-1][1] + _WEEK))
    return spans


def _week(first: date, last: date, silent: Sequence[Load], simulated: list[list[Load]], rules: Rules) -> ForecastWeek:
    begin = (first - silent[0].day).days
    span = slice(begin, begin + (last - first).days + 1)
    worked = any(is_workday(load.day, rules) for load in silent[span])
    left = [run[span][-1].waiting for run in simulated]
    return ForecastWeek(
        first=first,
        last=last,
        rounds=sum(load.done for load in silent[span]),
        left=silent[span][-1].waiting,
        overflows=worked and silent[span][-1].waiting > 0,
        simulated_rounds=_band([sum(load.done for load in run[span]) for run in simulated]),
        simulated_left=_band(left),
        overflowing=sum(waiting > 0 for waiting in left) if worked else 0,
    )


def _band(values: list[int]) -> Band | None:
    """Median and 80% band, each a value that occurred (nearest rank)."""
    if not values:
        return None
    values = sorted(values)
    low, median, high = (values[-(-len(values) * tenths // 10) - 1] for tenths in (1, 5, 9))
    return Band(low, median, high)
