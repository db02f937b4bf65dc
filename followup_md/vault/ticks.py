"""Taking up what the user made of DUE.md's boxes: each tick goes into its note, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache, partial

from msgspec import Struct
from msgspec.structs import replace

from followup_md.editing.edit import edited
from followup_md.editing.ticks import Wishes, base_of, decide, tick_day
from followup_md.errors import Refused, VaultBusy
from followup_md.folding import folded
from followup_md.model import Duration, Edit, Entry, LeftTick, Prospect, Remark, Rules, Touch
from followup_md.pages.due_page import day_of, is_ours
from followup_md.pages.ticks import linked_notes, read_ticks
from followup_md.planning.facts import APPOINTABLE, took_place
from followup_md.planning.identity import stage_id
from followup_md.planning.plan import make_plan
from followup_md.planning.workdays import after, roll_forward
from followup_md.reading.when import read_when
from followup_md.vault.last_page import last_pages, read_page
from followup_md.vault.vault import Vault, open_vault
from followup_md.vault.write import carry_out
from followup_md.vault.zone import zone_of


class _Page(Struct, frozen=True):
    """DUE.md as it was read (None: there is none), and the day it was last changed."""

    data: bytes | None
    modified: date | None


class _Taken(Struct, frozen=True):
    """What came of the ticks: whether notes may have changed by them, and the ticks that are left with their reasons."""

    changed: bool
    left: tuple[LeftTick, ...]


def take_up_all(
    vault: Vault,
    today: date,
    say: Callable[[str], None],
    writing: bool = True,
    wait: float | None = None,
) -> tuple[Vault, bytes | None, tuple[LeftTick, ...]]:
    """Take up the ticks of DUE.md and of its second copies: the vault as it is then, the page, and the ticks left.

    Raises ``VaultError`` where the settings name no known time zone.
    """
    page = _read_page(vault, vault.rules.due_file)
    left: list[LeftTick] = []
    for one in (page, *(_read_page(vault, copy) for copy in vault.copies)):
        taken = _take_up_ticks(vault, one, today, say, writing, wait)
        left += [tick for tick in taken.left if one is page or _is_unknown(tick, left)]
        if taken.changed:
            vault = open_vault(vault.root, vault.index)
    for tick in left:
        say(f"{tick.path or vault.rules.due_file}: a tick is not taken up: {tick.why}")
    return vault, page.data, tuple(left)


def _is_unknown(tick: LeftTick, left: list[LeftTick]) -> bool:
    """Whether a tick of a second copy says what the page does not. One without an id stays in the copy."""
    said = {(one.tick.id, one.tick.mark, one.tick.text, one.tick.when) for one in left}
    return tick.tick.id is not None and (tick.tick.id, tick.tick.mark, tick.tick.text, tick.tick.when) not in said


def _read_page(vault: Vault, name: str) -> _Page:
    """A page as it stands, with the day where the user is."""
    zone = zone_of(vault.rules.timezone)
    data = read_page(vault.root, name)
    try:
        changed = (vault.root / name).lstat().st_mtime
        return _Page(data, datetime.fromtimestamp(changed, zone).date())
    except (OSError, ValueError, OverflowError):  # it is gone, or of a time beyond the calendar
        return _Page(data, None)


def _take_up_ticks(
    vault: Vault,
    page: _Page,
    today: date,
    say: Callable[[str], None],
    writing: bool = True,
    wait: float | None = None,
) -> _Taken:
    """Write every tick of the page into its note, once. What cannot be written is left ticked.

    Without ``writing`` nothing is: it only says what will be left. ``wait`` is as in ``carry_out``.
    """
    text = (page.data or b"").decode("utf-8", "surrogateescape")
    if not is_ours(text) or not (ticks := read_ticks(text)):
        return _Taken(False, ())
    first_day = min(day_of(text) or today, today)
    named = _named(vault)
    boxes = linked_notes(text)
    wishes = _wishes(vault, _as_written(vault, boxes, named), boxes, first_day, page.modified or today, today)
    meant = [replace(tick, path=_meant(tick.path, named, wishes, tick.id)) for tick in ticks]
    decided, left = decide(meant, wishes, vault.rules)
    busy: VaultBusy | None = None
    for tick, edit in decided if writing else ():
        try:
            if busy:
                raise busy
            if carry_out(vault.root, edit.path, partial(_decided, edit, vault.rules), wait):
                say(f"{edit.path}: {edit.why}")
        except Refused as refused:
            busy = refused if isinstance(refused, VaultBusy) else None
            left.append(LeftTick(tick, edit.path, _without_path(str(refused), edit.path), tick_day(tick, wishes)))
    return _Taken(writing and bool(decided), tuple(left))


def _decided(edit: Edit, rules: Rules, old: bytes | None) -> bytes | None:
    if old is None:
        raise Refused(f"{edit.path}: the note is gone")
    return edited(edit, old, rules)


def _without_path(why: str, path: str) -> str:
    """A refusal's reason where the path is said already: ``line 3: …``."""
    rest = why.removeprefix(f"{path}:")
    return f"line {rest}" if rest[:1].isdigit() else rest.strip()


def _as_written(vault: Vault, boxes: Mapping[str, str], named: _Named) -> dict[str, Prospect]:
    """The prospects by the path they had when the page was written.

    An item's link follows a note that is renamed, its id does not. So a note that the page wrote last had under
    another path is taken as it was called then, whatever has that name by now.
    """
    found = {prospect.path: prospect for prospect in vault.prospects}
    now: dict[str, set[str]] = {}
    for id_, before in linked_notes("".join(last_pages(vault.root)[:1])).items():
        if id_ in boxes:
            now.setdefault(before, set()).update(_linked(boxes[id_], named))
    moved = {before: paths.pop() for before, paths in now.items() if len(paths) == 1}
    moved = {before: path for before, path in moved.items() if path != before}
    stay = {path: prospect for path, prospect in found.items() if path not in moved.values()}
    return stay | {before: found[path] for before, path in moved.items()}


#: The paths of the prospects by the file's name, as names are compared.
_Named = Mapping[str, list[str]]


def _named(vault: Vault) -> _Named:
    named: dict[str, list[str]] = {}
    for prospect in vault.prospects:
        named.setdefault(folded(prospect.path.rpartition("/")[2]), []).append(prospect.path)
    return named


def _linked(link: str, named: _Named) -> list[str]:
    """The prospects that a link may mean: the one of that path, else those of that name in any folder."""
    paths = named.get(folded(link.rpartition("/")[2]), [])
    if link in paths:
        return [link]
    wanted = folded(link)
    return [path for path in paths if folded(path) == wanted] or [
        path for path in paths if folded(path).endswith(f"/{wanted}")
    ]


def _meant(link: str | None, named: _Named, wishes: Wishes, id_: str | None) -> str | None:
    """The path that a tick's link means: of several, that of the note that its id names."""
    if link is None:
        return None
    paths = _linked(link, named)
    due, stage = wishes.due.get(id_ or ""), wishes.stages.get(id_ or "")
    of_id = due.prospect.path if due else stage[0] if stage else None
    if of_id in paths:
        return of_id
    return paths[0] if len(paths) == 1 else link


def _called(prospect: Prospect, path: str) -> Prospect:
    """A prospect under another path, and under the name that the path gave where the note has no ``name``."""
    if prospect.path == path:
        return prospect
    name = prospect.name if prospect.has("name") else path.rpartition("/")[2].removesuffix(".md")
    return replace(prospect, path=path, name=name)


def _wishes(
    vault: Vault,
    written: Mapping[str, Prospect],
    boxes: Mapping[str, str],
    first_day: date,
    modified: date,
    today: date,
) -> Wishes:
    """What ticks of a page of ``first_day`` are decided on; ``written`` are the prospects by their path there.

    What boxes of the page have written since is no change: without it the plan is the page's own.
    """
    rules = vault.rules
    now = [_called(prospect, path) for path, prospect in written.items()]
    then = [_before(prospect, boxes) for prospect in now]
    plans = [make_plan(prospects, rules, first_day) for prospects in ((then, now) if then != now else (now,))]
    items = [due for plan in plans for due in plan.items]

    @cache
    def due_today() -> frozenset[str]:
        return frozenset(due.id for due in make_plan(now, rules, today).items)

    def until(text: str, day: date) -> date | None:
        if not text:
            return roll_forward(day + timedelta(days=1), rules)
        found = read_when(text, day)
        return after(day, found, rules) if isinstance(found, Duration) else found

    def since(prospect: Prospect, id_: str, ticked: date) -> Entry | None:
        newer = (entry for entry in reversed(prospect.log) if first_day < entry.date <= today)
        news = next((entry for entry in newer if _is_news(entry, ticked) and not _wrote(entry, boxes)), None)
        return news if news and id_ not in due_today() else None

    def _is_news(entry: Entry, ticked: date) -> bool:
        """An appointment after the tick may have stood in the log all along."""
        if isinstance(entry, Remark) or not took_place(entry, today):
            return False
        return entry.date <= ticked or not (isinstance(entry, Touch) and entry.channel in APPOINTABLE)

    return Wishes(
        prospects={prospect.path: prospect for prospect in vault.prospects},
        due={due.id: replace(due, prospect=written[due.prospect.path]) for due in items},
        stages={
            stage_id(due.prospect, due.facts.stage.name): (written[due.prospect.path].path, due.facts.stage.name)
            for due in items
            if due.facts.stage_by_hand
        },
        day=modified,
        first_day=first_day,
        today=today,
        until=until,
        since=since,
    )


def _before(prospect: Prospect, boxes: Mapping[str, str]) -> Prospect:
    """A prospect without what boxes of the page wrote."""
    log = tuple(entry for entry in prospect.log if not _wrote(entry, boxes))
    return prospect if log == prospect.log else replace(prospect, log=log)


def _wrote(entry: Entry, boxes: Mapping[str, str]) -> bool:
    """Whether an entry was written by one of the boxes."""
    return entry.id is not None and base_of(entry.id) in boxes
