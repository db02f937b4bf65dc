"""A vault on a day: what every command begins with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property

from msgspec import Struct

from followup_md.model import LeftTick, Plan, Problem, Rules
from followup_md.planning.checks import check_all, place_of
from followup_md.planning.plan import make_plan
from followup_md.vault.index import Index
from followup_md.vault.ticks import Page, read_page, take_up_ticks
from followup_md.vault.vault import Progress, Vault, open_vault


class Day(Struct, frozen=True, dict=True):
    """A vault on a day: DUE.md as it stands, ticks that could not be taken up, and, once asked for, plan and problems."""

    vault: Vault
    today: date
    page: Page
    left: tuple[LeftTick, ...]

    @cached_property
    def plan(self) -> Plan:
        return make_plan(self.vault.prospects, self.vault.rules, self.today)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, hints too, by their places."""
        found = check_all(self.vault.prospects, self.vault.rules, self.today)
        return tuple(sorted([*self.vault.problems, *found], key=place_of))

    @property
    def wrong(self) -> int:
        """How many problems there are, hints left out."""
        return sum(not problem.hint for problem in self.problems)


def open_day(
    index: Index,
    today_by: Callable[[Rules], date],
    say: Callable[[str], None],
    writing: bool = True,
    progress: Progress = lambda done, of: None,
    wait: float | None = None,
) -> Day:
    """Read the vault, and take up the ticks of DUE.md (unless nothing is to be written).

    ``wait`` is for how many seconds another program may be at work on a ticked note.
    """
    vault = open_vault(index.root, index, progress)
    today = today_by(vault.rules)
    page = read_page(vault, vault.rules.due_file)
    left: list[LeftTick] = []
    for one in (page, *(read_page(vault, copy) for copy in vault.copies)):
        taken = take_up_ticks(vault, one, today, say, writing, wait)
        left += [tick for tick in taken.left if one is page or _is_news(tick, left)]
        if taken.changed:
            vault = open_vault(index.root, index)
    for tick in left:
        say(f"{tick.path or vault.rules.due_file}: a tick is not taken up: {tick.why}")
    return Day(vault, today, page, tuple(left))


def _is_news(tick: LeftTick, left: list[LeftTick]) -> bool:
    """Whether a tick of a second copy says what the page does not. One without an id stays in the copy."""
    said = {(one.tick.id, one.tick.mark, one.tick.text, one.tick.when) for one in left}
    return tick.tick.id is not None and (tick.tick.id, tick.tick.mark, tick.tick.text, tick.tick.when) not in said
