"""DUE.md in the vault: taking up what the user made of its boxes, and writing it anew.

The notes come first: only when every tick is safely in its note is the page written again, and
only if it is still what was read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from followup_md.editing.edit import edited
from followup_md.editing.ticks import Wishes, decide, tick_day
from followup_md.errors import Refused
from followup_md.model import Duration, Edit, LeftTick, Rules
from followup_md.pages.due_page import day_of, is_ours
from followup_md.pages.ticks import read_ticks
from followup_md.planning.identity import stage_id
from followup_md.planning.plan import make_plan
from followup_md.planning.workdays import after, roll_forward
from followup_md.reading.when import read_when
from followup_md.vault.vault import Vault
from followup_md.vault.write import carry_out, read_or_none


@dataclass(frozen=True, slots=True)
class Page:
    """DUE.md as it was read (None: there is none), and the day it was last changed."""

    data: bytes | None
    modified: date | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of the ticks: the edits carried out, and the ticks that are left with their reasons."""

    done: tuple[Edit, ...]
    left: tuple[LeftTick, ...]


def read_page(vault: Vault) -> Page:
    """DUE.md as it stands. A page that cannot be read holds no ticks; who writes it is told why."""
    name = vault.rules.due_file
    try:
        data = read_or_none(vault.root, name)
        zone = ZoneInfo(vault.rules.timezone) if vault.rules.timezone else None
        changed = (vault.root / name).lstat().st_mtime if data is not None else None
        modified = datetime.fromtimestamp(changed, zone).date() if changed is not None else None
    except (Refused, OSError):
        return Page(None, None)
    return Page(data, modified)


def take_up_ticks(vault: Vault, page: Page, today: date, say: Callable[[str], None]) -> Taken:
    """Write every tick of the page into its note, once. What cannot be written is left ticked."""
    text = (page.data or b"").decode("utf-8", "surrogateescape")
    if not is_ours(text) or not (ticks := read_ticks(text)):
        return Taken((), ())
    first_day = min(day_of(text) or today, today)
    wishes = _wishes(vault, first_day, page.modified or today, today)
    decided, left = decide(ticks, wishes, vault.rules)
    done: list[Edit] = []
    for tick, edit in decided:
        try:
            if carry_out(vault.root, edit.path, partial(_decided, edit, vault.rules)):
                done.append(edit)
                say(f"{edit.path}: {edit.why}")
        except Refused as refused:
            left.append(LeftTick(tick, edit.path, str(refused), tick_day(tick, wishes)))
    return Taken(tuple(done), tuple(left))


def _decided(edit: Edit, rules: Rules, old: bytes | None) -> bytes | None:
    if old is None:
        raise Refused(f"{edit.path}: the note is gone")
    return edited(edit, old, rules)


def _wishes(vault: Vault, first_day: date, modified: date, today: date) -> Wishes:
    """What ticks of a page of ``first_day`` are decided on."""
    rules = vault.rules
    plan = make_plan(vault.prospects, rules, first_day)

    def until(text: str) -> date | None:
        if not text:
            return roll_forward(today + timedelta(days=1), rules)
        found = read_when(text, today)
        day = after(today, found, rules) if isinstance(found, Duration) else found
        return day if day and day > today else None

    return Wishes(
        prospects={prospect.path: prospect for prospect in vault.prospects},
        due={due.id: due for due in plan.items},
        stages={
            stage_id(due.prospect, due.facts.stage.name): (due.prospect.path, due.facts.stage.name)
            for due in plan.items
            if due.facts.stage_by_hand
        },
        day=modified,
        first_day=first_day,
        today=today,
        until=until,
    )
