"""Balance: touches that brought value, and touches that asked, per prospect and in all (R9)."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from followup_md.model import Intent, Rules
from followup_md.planning.statistics.history import History, Window
from followup_md.planning.statistics.proportions import Share, share_of


class Balance(Struct, frozen=True):
    """The touches of one prospect in the window that were tagged ``#value`` or ``#ask``."""

    path: str
    name: str
    value: Share


class Balances(Struct, frozen=True):
    """Value in all, the ``goal`` of the settings (0 to 1), and per prospect, the least value first."""

    value: Share
    goal: float
    by_prospect: tuple[Balance, ...]


def balances_of(histories: Iterable[History], rules: Rules, window: Window) -> Balances:
    """The balance of the window; touches with no such tag are left out of it."""
    found = []
    for history in histories:
        intents = [touch.intent for touch in history.facts.touches if touch.intent and window.holds(touch.date)]
        value, ask = intents.count(Intent.VALUE), intents.count(Intent.ASK)
        if value + ask:
            found.append(Balance(history.prospect.path, history.prospect.name, share_of(value, value + ask)))
    found.sort(key=lambda one: (one.value.share or 0.0, -one.value.of, one.path))
    in_all = share_of(sum(one.value.count for one in found), sum(one.value.of for one in found))
    return Balances(in_all, float(rules.value_share), tuple(found))
