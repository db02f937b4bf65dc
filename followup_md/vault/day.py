"""A vault on a day: what every command begins with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cached_property

from msgspec import Struct

from followup_md.model import Due, LeftTick, Plan, Problem, Prospect, Rules
from followup_md.planning.checks import check_all, place_of
from followup_md.planning.neighbours import NOBODY, Around, company_key, surroundings
from followup_md.planning.next_touch import next_touch
from followup_md.planning.plan import make_plan
from followup_md.vault.answers import Looked
from followup_md.vault.database import blob
from followup_md.vault.index import Index
from followup_md.vault.last_page import as_written, read_page
from followup_md.vault.vault import Progress, Vault, open_vault
from followup_md.vault.zone import zone_of


class Day(Struct, frozen=True, dict=True):
    """A vault on a day: DUE.md as it stands, ticks that could not be taken up, and, once asked for, plan and problems.

    ``page`` is None where there is none that can be read. ``untouched`` is all above its notes, where nobody changed it
    since it was written here.
    """

    vault: Vault
    today: date
    page: bytes | None
    left: tuple[LeftTick, ...] = ()
    untouched: bytes | None = None

    @cached_property
    def plan(self) -> Plan:
        return make_plan(self.vault.prospects, self.vault.rules, self.today)

    def touch_of(self, prospect: Prospect) -> Due | None:
        """The next touch of one prospect: what the plan has for it, made without those of all others."""
        return next_touch(prospect, self.around(prospect).company_answer, self.vault.rules, self.today)

    def touches_of(self, paths: Iterable[str]) -> Iterator[Due]:
        """The next touches of some prospects, in their order; who has none is left out."""
        return (due for path in paths if (due := self.touch_of(self.vault.prospect(path))))

    def around(self, prospect: Prospect) -> Around:
        """What other notes say that bears on a prospect."""
        company = company_key(prospect)
        if company and company not in self._at_company:
            colleagues = self.vault.neighbours_where("company = ?", blob(company))
            self._at_company[company] = next(iter(surroundings(colleagues, self.today)), NOBODY)
        return self._at_company.get(company, NOBODY)

    @cached_property
    def _at_company(self) -> dict[str, Around]:
        return {}

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
    looked: Looked | None = None,
    lap: Callable[[str], None] = lambda part: None,
) -> Day:
    """Read the vault, and take up the ticks of DUE.md (unless nothing is to be written).

    ``wait`` is for how many seconds another program may be at work on a ticked note. ``looked`` is what was found in
    the vault just now. ``lap`` is told each part of this when it is done.
    """
    vault = open_vault(index.root, index, progress, looked)
    today = today_by(vault.rules)
    lap("reading")
    zone_of(vault.rules.timezone)  # a wrong one is told whether or not it is asked for
    return day_in(vault, today, say, writing, wait, lap)


def day_in(
    vault: Vault,
    today: date,
    say: Callable[[str], None],
    writing: bool = True,
    wait: float | None = None,
    lap: Callable[[str], None] = lambda part: None,
) -> Day:
    """A vault on a day, with the ticks of DUE.md taken up. ``writing``, ``wait`` and ``lap`` are as in ``open_day``."""
    page = read_page(vault.root, vault.rules.due_file)
    untouched = None if page is None else as_written(vault.root, page)
    if not vault.copies and (page is None or untouched is not None):
        return Day(vault, today, page, untouched=untouched)
    from followup_md.vault.ticks import take_up_all

    vault, page, left = take_up_all(vault, today, say, writing, wait)
    lap("taking up ticks")
    return Day(vault, today, page, left)
