"""What a user made of the boxes of DUE.md: ticks, and remarks on boxes that are still open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from urllib.parse import unquote

from msgspec import Struct, field

from followup_md.model import Mark, Tick
from followup_md.pages.due_page import above_notes
from followup_md.pages.lines import BULLET, ID, is_ours_below, said_below

_MARKS: dict[str, Mark] = {"x": "done", "X": "done", ">": "snooze", "-": "skip"}

_INDENT = re.compile(r"[> \t]*")
_BOX = re.compile(r"\[([^\[\]]{0,20})\](?:[ \t]+|$)")
_LINK = re.compile(
    r"(?<!!)\[\[(?P<note>[^\[\]|]+)(?:\|[^\[\]]*)?\]\]"
    r"|(?<!!)\[[^\[\]]*\]\((?:<(?P<pointed>[^<>]*)>|(?P<bare>(?:[^()<>\s]|\([^()\s]*\))*))(?:[ \t]+\"[^\"]*\")?\)"
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_DAY_LINK = re.compile(r"\[\[([0-9]{4}-[0-9]{2}-[0-9]{2})(?:\|[^\[\]]*)?\]\]")

_DAY = r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])"
_TIME = r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"


def _plugin_date(emoji: str, fields: str) -> re.Pattern[str]:
    """A day as the Tasks plugin or Dataview writes it: behind an emoji, or in a field, maybe with a time."""
    return re.compile(
        rf"(?:[{emoji}]\ufe0f?[ \t]*|(?P<field>[\[(])(?:{fields})::[ \t]*){_DAY}(?(field){_TIME}[ \t]*[\])])"
    )


#: Most pages have no tick at all, and this tells so at once.
_SOME_MARK = re.compile(r"\[[^\[\]\n]{0,20}(?<=[^\s\[])\s{0,20}\](?=\s|\Z)")

_DONE = _plugin_date("✅", "completion")
_PLANNED = _plugin_date("📅📆🗓⏳⌛", "due|scheduled")
_MADE = _plugin_date("➕❌🛫", "created|cancelled|start")
_DATED = (_DONE, _PLANNED, _MADE)
_WORDS_IN_FIELD = re.compile(r"[\[(](?:completion|cancelled|created|start|due|scheduled)::[^\[\]()]{0,40}[\])]")


def read_ticks(page: str) -> tuple[Tick, ...]:
    """The ticks above the notes, in the page's order; a line that was copied counts each time."""
    if not _SOME_MARK.search(page):
        return ()
    lines = _lines(page)
    return tuple(_tick(item, item.mark, lines) for item in _items(lines) if item.mark)


def read_remarks(page: str) -> tuple[tuple[int, str], ...]:
    """What the user wrote at boxes that are still open: the box's line, and the text."""
    found = (
        (item.line, _plain([item.head] if item.joined else item.parts, _DONE))
        for item in _items(_lines(page))
        if not item.mark
    )
    return tuple((line, text) for line, text in found if text)


def linked_notes(page: str) -> dict[str, str]:
    """The note that each box of a page links to, by the box's id."""
    found = ((item.id, _note_link(item.head)) for item in _items(_lines(page)))
    return {id_: link[0] for id_, link in found if id_ and link}


# --------------------------------------------------------------------------- the items of a page


class _Item(Struct):
    """A list item with a box, or with an id of ours: its text behind the box, and the user's lines below it.

    ``torn``: one of the page's lines below it goes on in the next line. ``last`` is the last line before that.
    """

    line: int
    column: int
    quoted: bool
    mark: Mark | None
    head: str
    last: int
    own: list[str] = field(default_factory=list)
    torn: bool = False

    @property
    def id(self) -> str | None:
        found = _last_id(self.head)
        return found["id"] if found and not self.joined else None

    @property
    def joined(self) -> bool:
        """Whether two boxes stand in one line, so that it cannot be told which one was ticked."""
        return len({found["id"] for found in ID.finditer(self.head)}) > 1

    @property
    def parts(self) -> list[str]:
        """What the user wrote: in fields and behind the id (where that is gone, all may be ours), then line by line."""
        found = _last_id(self.head)
        behind = self.head[found.end() :] if found and not self.joined else ""
        return [f"{self.before} {behind}", *map(said_below, self.own)]

    @property
    def before(self) -> str:
        """What the user or a plugin wrote into fields before the id: words that are no day."""
        found = _last_id(self.head)
        fields = _WORDS_IN_FIELD.finditer(self.head, 0, found.start()) if found and not self.joined else ()
        return " ".join(field[0] for field in fields if not any(dated.fullmatch(field[0]) for dated in _DATED))

    @property
    def planned(self) -> str:
        """The days that a plugin planned before the id, where it puts them."""
        found = _last_id(self.head)
        return " ".join(_planned(self.head[: found.start()])) if found and not self.joined else ""


def _lines(page: str) -> list[str]:
    """The lines above the notes, without line ends."""
    return [line.rstrip("\r") for line in above_notes(page).removeprefix("\ufeff").split("\n")]


def _items(lines: Sequence[str]) -> list[_Item]:
    """The items, each with the lines that are indented deeper. One inside another counts if it has an id.

    Where an editor has wrapped one of the page's lines below a box, its further lines are nobody's.
    """
    found: list[_Item] = []
    around: list[_Item] = []
    above: tuple[int, int] | None = None
    for number, line in enumerate(lines, 1):
        indent = _INDENT.match(line)
        before = indent[0] if indent else ""
        rest, column, quoted = line[len(before) :].rstrip(), len(before.expandtabs(4)), line.startswith(">")
        if not rest:
            above = None
            continue
        if around and around[-1].quoted != quoted:
            around.clear()
        quotes = before.count(">")
        if around and above and column > above[0] and quotes == above[1] and not BULLET.match(rest):
            for item in around:
                item.torn = True
            continue
        ours = column > 0 and is_ours_below(rest)
        above = (column, quotes) if ours else None
        while around and around[-1].column >= column and not ours:
            around.pop()
        for item in around:
            item.last = item.last if item.torn else number
        if ours:
            continue
        new = _item(rest, number, column, quoted)
        if new and (new.id or new.joined or not around):
            found.append(new)
            around.append(new)
        elif around:
            _add(around[-1], rest)
    return found


def _item(rest: str, number: int, column: int, quoted: bool) -> _Item | None:
    """The item that a line begins: with a box, or with an id whose box was deleted."""
    bullet = BULLET.match(rest)
    if not bullet:
        return None
    box = _BOX.match(rest, bullet.end())
    has_id = _last_id(rest) is not None
    letter = box[1].strip().removesuffix("\ufe0f") if box else ""
    if not has_id and (not box or len(letter) > 1):
        return None
    mark = _MARKS.get(letter, "unknown") if letter else None
    return _Item(number, column, quoted, mark, rest[(box or bullet).end() :], number)


def _add(item: _Item, rest: str) -> None:
    """Add a line of the user's; where an editor has wrapped the item, the lines down to its id are the item."""
    wrapped = _last_id(rest) and not _last_id(item.head) and not any(BULLET.match(line) for line in (*item.own, rest))
    if wrapped:
        item.head = " ".join((item.head, *item.own, rest))
        item.own.clear()
    else:
        item.own.append(rest)


def _last_id(text: str) -> re.Match[str] | None:
    return max(ID.finditer(text), key=re.Match.start, default=None)


# --------------------------------------------------------------------------- the parts of an item


def _tick(item: _Item, mark: Mark, lines: Sequence[str]) -> Tick:
    link = _note_link(item.head)
    if item.id is None:
        when, said = "", _parts(item.parts)
    else:
        when, said = _snoozed(item) if mark == "snooze" else ("", _with_planned(item))
    return Tick(
        line=item.line,
        mark=mark,
        id=item.id,
        path=link[0] if link else None,
        done=_done(item.head),
        text=" ".join(said),
        when=when,
        written="\n".join(lines[item.line - 1 : item.last]),
        lines=said,
        head="" if item.id else _plain([item.head]),
        joined=item.joined,
    )


def _with_planned(item: _Item) -> tuple[str, ...]:
    """What the user wrote; a day that a plugin put before the id stands in the first line, as if it were behind it."""
    first, *below = _parts(item.parts, _DONE, _MADE) or ("",)
    return _parts([f"{first} {item.planned}", *below])


def _snoozed(item: _Item) -> tuple[str, tuple[str, ...]]:
    """Until when, and what else was written. A daily note's link names its day, and so does a plugin's ``📅``.

    The day stands behind the id or before the link; what stands below is a remark. Where a plugin's day is not
    alone there, all of it is given, the day first: ``📅 2026-12-01 the board``.
    """
    head, behind, *below = (_DAY_LINK.sub(r"\1", part) for part in (item.head, *item.parts))
    link = _note_link(head)
    before = head[: link[1]] if link else ""
    said = _parts(["" if _last_id(before) else before, behind], *_DATED)
    if days := _planned(head):
        return _until([*days, *said[:1]]), (*said[1:], *_parts(below, _DONE, _MADE))
    if said:
        return said[0], (*said[1:], *_parts(below, _DONE, _MADE))
    return _until(_planned(*below)), _parts(below, *_DATED)


def _planned(*parts: str) -> list[str]:
    """The days that a plugin planned there, each once."""
    return list(dict.fromkeys(f"📅 {found['day']}" for part in parts for found in _PLANNED.finditer(part)))


def _until(named: Sequence[str]) -> str:
    return " ".join(named) if len(named) > 1 else "".join(named).removeprefix("📅 ")


def _parts(parts: Iterable[str], *without: re.Pattern[str]) -> tuple[str, ...]:
    """What stands in the parts, each in one line, without those marks."""
    return tuple(said for part in parts if (said := _plain([part], *without)))


def _plain(parts: Iterable[str], *without: re.Pattern[str]) -> str:
    """The parts in one line, blanks folded, without those marks."""
    text = "\n".join(parts)
    for mark in without:
        text = mark.sub(" ", text)
    return " ".join(text.split())


def _note_link(text: str) -> tuple[str, int] | None:
    """The note that the first link names, and where that link begins. A daily note is no prospect."""
    for found in _LINK.finditer(text):
        if found["note"] is not None:
            name = found["note"].partition("#")[0].strip()
            if name and not _DAY_LINK.match(found[0]):
                return (name if name.endswith(".md") else f"{name}.md"), found.start()
        else:
            target = (found["bare"] if found["pointed"] is None else found["pointed"]).partition("#")[0]
            name = unquote(target, errors="surrogateescape")
            if name.endswith(".md") and not _SCHEME.match(target):
                return name, found.start()
    return None


def _done(text: str) -> date | None:
    """The last day that a plugin gave as the day of completion."""
    for day in reversed([found["day"] for found in _DONE.finditer(text)]):
        try:
            return date.fromisoformat(day)
        except ValueError:
            continue
    return None
