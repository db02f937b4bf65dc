"""All statistics of a vault: from the logs, the rules, the day and a window. No clock, no file, no chance in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from followup_md.model import Prospect, Rules
from followup_md.planning.letting_go import deciders_of
from followup_md.planning.statistics.activity import Activity, in_all, weeks_of
from followup_md.planning.statistics.answers import Works, works_of
from followup_md.planning.statistics.balance import Balances, balances_of
from followup_md.planning.statistics.history import Window, history_of, settled_until
from followup_md.planning.statistics.persistence import Persistence, persistence_of
from followup_md.planning.statistics.pipeline import Pipeline, pipeline_of
from followup_md.planning.statistics.promises import Promises, promises_of
from followup_md.planning.statistics.stages import StageResult, stages_of


class Scope(Struct, frozen=True):
    """What is looked at: the days from ``since`` to ``until`` (both included), and whose prospects.

    ``owner`` is compared without regard to case, ``stage`` is the name of the stage in force today; None: all.
    """

    since: date | None
    until: date
    owner: str | None = None
    stage: str | None = None


class Statistics(Struct, frozen=True):
    """The seven groups. ``settled_until``: touches up to this day count for what works, newer ones may still be answered."""

    today: date
    scope: Scope
    prospects: int
    settled_until: date
    activity: tuple[Activity, ...]
    activity_in_all: Activity
    works: Works
    persistence: Persistence
    stages: tuple[StageResult, ...]
    balance: Balances
    promises: Promises
    pipeline: Pipeline


def statistics_of(prospects: Iterable[Prospect], rules: Rules, today: date, scope: Scope) -> Statistics:
    """The statistics of those prospects as of today. Their order changes nothing; ``until`` is today at the latest."""
    prospects = tuple(prospects)
    window = Window(scope.since, min(scope.until, today))
    chosen = sorted((one for one in prospects if _is_of(one, scope)), key=lambda prospect: prospect.path)
    histories = [history_of(prospect, rules, today) for prospect in chosen]
    histories = [one for one in histories if scope.stage is None or one.facts.stage.name == scope.stage]
    until = settled_until(rules, today)
    weeks = weeks_of(histories, window)
    return Statistics(
        today=today,
        scope=Scope(window.since, window.until, scope.owner, scope.stage),
        prospects=len(histories),
        settled_until=until,
        activity=weeks,
        activity_in_all=in_all(weeks, weeks[0].week if weeks else window.until),
        works=works_of(histories, window, until),
        persistence=persistence_of(histories, rules, window, until, deciders_of(prospects)),
        stages=stages_of(histories, rules, window, today),
        balance=balances_of(histories, rules, window),
        promises=promises_of(histories, rules, window, today),
        pipeline=pipeline_of(histories, rules, today),
    )


def _is_of(prospect: Prospect, scope: Scope) -> bool:
    return scope.owner is None or (prospect.owner or "").casefold() == scope.owner.casefold()
