"""The pipeline as of today: who is open, by stage, how much, how many dark, and who has no reason (R15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from followup_md.model import Rules, StageKind
from followup_md.planning.hygiene import has_reason
from followup_md.planning.statistics.history import History


class StageLoad(Struct, frozen=True):
    """The open prospects of a stage: how many, ``amount`` in all over those ``with_amount``, gone ``dark``, and with ``no_reason``."""

    stage: str
    open: int
    amount: int | float
    with_amount: int
    dark: int
    no_reason: int


class Pipeline(Struct, frozen=True):
    """The open stages in the order of the settings, those with somebody in it; and all of them together.

    Left out: who is not to be contacted, and who has declined.
    """

    stages: tuple[StageLoad, ...]
    in_all: StageLoad


def pipeline_of(histories: Iterable[History], rules: Rules, today: date) -> Pipeline:
    """The pipeline; the window changes nothing in it."""
    open_ones = [one for one in histories if one.facts.open and not one.prospect.do_not_contact]
    stages = [
        _load(stage.name, [one for one in open_ones if one.facts.stage.name == stage.name], rules, today)
        for stage in rules.stages
        if stage.kind is StageKind.OPEN
    ]
    return Pipeline(tuple(stage for stage in stages if stage.open), _load("", open_ones, rules, today))


def _load(stage: str, histories: list[History], rules: Rules, today: date) -> StageLoad:
    amounts = [history.prospect.amount for history in histories if history.prospect.amount is not None]
    return StageLoad(
        stage,
        open=len(histories),
        amount=round(sum(amounts), 2),
        with_amount=len(amounts),
        dark=sum(one.facts.last_answer is not None and one.facts.unanswered >= rules.dark_after for one in histories),
        no_reason=sum(not has_reason(one.prospect, one.facts, today) for one in histories),
    )
