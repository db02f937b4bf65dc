"""Taking up what the user made of DUE.md's boxes: each tick goes into its note, once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from followup_md.editing.edit import edited
from followup_md.editing.ticks import Wishes, decide, tick_day
from followup_md.errors import Refused, VaultBusy
from followup_md.model import Duration, Edit, LeftTick, Prospect, Rules, Tick
from followup_md.pages.due_page import day_of, is_ours
from followup_md.pages.ticks import linked_notes, read_ticks
from followup_md.planning.identity import stage_id
from followup_md.planning.plan import make_plan
from followup_md.planning.workdays import after, roll_forward
from followup_md.reading.when import read_when
from followup_md.vault.last_page import last_page
from followup_md.vault.vault import Vault
from followup_md.vault.write import carry_out, read_or_none


class Page(Struct, frozen=True):
    """DUE.md as it was read (None: there is none), and the day it was last changed."""

    data: bytes | None
    modified: date | None


class Taken(Struct, frozen=True):
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
    wishes = _wishes(vault, _as_written(vault, ticks), first_day, page.modified or today, today)
    decided, left = decide(ticks, wishes, vault.rules)
    done: list[Edit] = []
    busy: VaultBusy | None = None
    for tick, edit in decided:
        try:
            if busy:
                raise busy
            if carry_out(vault.root, edit.path, partial(_decided, edit, vault.rules)):
                done.append(edit)
                say(f"{edit.path}: {edit.why}")
        except Refused as refused:
            busy = refused if isinstance(refused, VaultBusy) else None
            left.append(LeftTick(tick, edit.path, str(refused), tick_day(tick, wishes)))
    return Taken(tuple(done), tuple(left))


def _decided(edit: Edit, rules: Rules, old: bytes | None) -> bytes | None:
    if old is None:
        raise Refused(f"{edit.path}: the note is gone")
    return edited(edit, old, rules)


def _as_written(vault: Vault, ticks: Iterable[Tick]) -> dict[str, Prospect]:
    """The prospects by the path they had when the page was written.

    An item's link follows a note that is renamed, its id does not. So a note that the page wrote last had under
    another path is taken as it was called then.
    """
    found = {prospect.path: prospect for prospect in vault.prospects}
    written = linked_notes(last_page(vault.root) or "")
    for tick in ticks:
        before, now = written.get(tick.id or ""), _linked(tick.path, vault)
        if before and now in found and before not in found:
            found[before] = found.pop(now)
    return found


def _linked(link: str | None, vault: Vault) -> str | None:
    """The path of the prospect that a link names: as it stands, or the only one of that name in any folder."""
    paths = [prospect.path for prospect in vault.prospects]
    if link is None or link in paths:
        return link
    ending = [path for path in paths if path.endswith(f"/{link}")]
    return ending[0] if len(ending) == 1 else link


def _called(prospect: Prospect, path: str) -> Prospect:
    """A prospect under another path, and under the name that it gave."""
    if prospect.path == path:
        return prospect
    name = prospect.name if prospect.has("name") else path.rpartition("/")[2].removesuffix(".md")
    return replace(prospect, path=path, name=name)


def _wishes(vault: Vault, written: dict[str, Prospect], first_day: date, modified: date, today: date) -> Wishes:
    """What ticks of a page of ``first_day`` are decided on; ``written`` are the prospects by their path there."""
    rules = vault.rules
    plan = make_plan([_called(prospect, path) for path, prospect in written.items()], rules, first_day)

    def until(text: str) -> date | None:
        if not text:
            return roll_forward(today + timedelta(days=1), rules)
        found = read_when(text, today)
        day = after(today, found, rules) if isinstance(found, Duration) else found
        return day if day and day > today else None

    return Wishes(
        prospects={prospect.path: prospect for prospect in vault.prospects},
        due={due.id: replace(due, prospect=written[due.prospect.path]) for due in plan.items},
        stages={
            stage_id(due.prospect, due.facts.stage.name): (written[due.prospect.path].path, due.facts.stage.name)
            for due in plan.items
            if due.facts.stage_by_hand
        },
        day=modified,
        first_day=first_day,
        today=today,
        until=until,
    )
