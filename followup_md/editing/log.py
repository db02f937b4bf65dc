"""Adding a line to the touch log in the manner of the file.

The line goes to the section that holds the newest entry, at the end that is newest there: as a
table row, a dated heading or a bullet, with the file's bullet character and date style.
"""

from __future__ import annotations

import re
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from followup_md.editing.lines import Lines, split_keeping_ends
from followup_md.errors import Refused
from followup_md.model import AddEntry, Rules
from followup_md.reading.dates import clock
from followup_md.reading.front_matter import find_block
from followup_md.reading.log import Placed, read_log, runs_newest_first
from followup_md.reading.outline import BOLD_RANK, MAX_LINE, Line, outline, sections
from followup_md.reading.prospect import section_kinds
from followup_md.reading.table import Columns, cells_of, columns_of
from followup_md.reading.words import vocabulary

HEADING = "## Touches"

_BULLET = re.compile(r"([ \t]*)([-*+•]|[0-9]{1,9}[.)])([ \t]+)")
_STYLE = re.compile(r"(\*\*|\[\[|[\[(`])?[0-9]{4}([-/.])[0-9]{2}[-/.][0-9]{2}")
_CLOSERS = {"**": "**", "[[": "]]", "[": "]", "(": ")", "`": "`", "": ""}
_LAST_ID = re.compile(r"(^|[ \t])\^(?=[A-Za-z0-9-]+[ \t]*$)")
_BEGINS_SOMETHING = re.compile(
    r"[ ]*(?:[-*+•>|#]|`{3}|~{3}|<!--|%%|[0-9]{1,9}[.)][ ]|\[?\*{0,2}[0-9]{4}[-/.][0-9]{2}|\*\*|__|$)"
)
#: A comment begins with two of them.
_PAIR = re.compile("%(?=%)")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class DateStyle(Struct, frozen=True):
    """How a log writes its dates: ``**2026/11/05**`` is ``**`` around and ``/`` between."""

    wrap: str = ""
    between: str = "-"

    def write(self, day: date) -> str:
        return f"{self.wrap}{day.isoformat().replace('-', self.between)}{_CLOSERS[self.wrap]}"


class _Section(Struct, frozen=True):
    """A section of the log: its heading, its lines, what was read there, and the heading after it."""

    heading: Line
    lines: list[Line]
    placed: list[Placed]
    next_heading: int | None


def add_entry(text: str, entry: AddEntry, rules: Rules) -> str:
    """The text with the entry added. Raises ``Refused`` where the file's manner has no place for it."""
    lines = split_keeping_ends(text)
    if len(entry_text(entry)) > MAX_LINE - 200:
        raise Refused("the text is longer than 8 KiB, and no line of a log may be: shorten it")
    found = _sections(text, rules)
    section = max((one for one in found if one.placed), key=_newest, default=None)
    if section is None:
        return _first_entry(lines, found[0] if found else None, entry)
    newest_first = runs_newest_first(section.placed)
    neighbour, newest_first = _neighbour(section.placed, entry.day, newest_first)
    written = lines.lines[neighbour.place - 1]
    shape = next((line for line in section.lines if line.number == neighbour.place), None)
    if shape is not None and shape.rank:
        return _as_heading(lines, section, shape, entry, newest_first)
    if "|" in written and not _BULLET.match(written) and (header := _header_above(lines, neighbour.place)) is not None:
        return _as_row(lines, header, neighbour.place, entry, newest_first)
    return _as_bullet(lines, section.placed, neighbour.place, entry, newest_first)


def touch_head(channel: str, inbound: bool = False) -> str:
    """What stands before the colon for a touch by that channel: ``note:`` would be a remark."""
    if inbound:
        return f"{channel} in"
    return "note sent" if channel == "note" else channel


def entry_text(entry: AddEntry) -> str:
    """The canonical line without its bullet and date."""
    said = _PAIR.sub("% ", _BREAKS.sub(" ", entry.text).replace("<!--", "<! --")).strip()
    said = _LAST_ID.sub(r"\1", said)
    parts = [f"{entry.head}: {said}".rstrip() if said else f"{entry.head}:"]
    parts += [f"#{tag}" for tag in entry.tags]
    parts += [f"[next:: {entry.next.isoformat()}]"] if entry.next else []
    parts += [f"^{entry.id}"] if entry.id else []
    return " ".join(parts)


def _sections(text: str, rules: Rules) -> list[_Section]:
    fence = find_block(text)
    body, first = (text[fence.body :], fence.body_line) if fence else (text.removeprefix("\ufeff"), 1)
    read, _ = outline(body, first)
    following = _following(read)
    found = []
    for kind, heading, inside in sections(read, section_kinds(rules.log_headings)):
        if kind == "log":
            entries = [
                one for one in read_log(inside, vocabulary(rules.channels), rules.stages) if isinstance(one, Placed)
            ]
            found.append(_Section(heading, inside, entries, following.get(heading.number)))
    return sorted(found, key=lambda section: section.heading.number)


def _following(read: list[Line]) -> dict[int, int]:
    """Of each heading, the line of the next one of its own rank or higher, where there is one."""
    following: dict[int, int] = {}
    around: list[Line] = []
    for line in read:
        if line.rank:
            while around and around[-1].rank >= line.rank:
                following[around.pop().number] = line.number
            around.append(line)
    return following


def _newest(section: _Section) -> tuple[date, int]:
    return max(one.entry.date for one in section.placed), -section.heading.number


def _neighbour(placed: list[Placed], day: date, newest_first: bool) -> tuple[Placed, bool]:
    """The entry beside which a new one goes, and whether it goes before it: at the end that is newest.

    An older day that would turn the log's direction round there goes among its own days instead.
    """
    by_place = sorted(placed, key=lambda one: one.place)
    end = by_place[0] if newest_first else by_place[-1]
    if day >= max(one.entry.date for one in placed):
        return end, newest_first
    beside = replace(end, entry=replace(end.entry, date=day), place=end.place + (-1 if newest_first else 1))
    if runs_newest_first([*placed, beside]) == newest_first:
        return end, newest_first
    older = [one for one in by_place if one.entry.date <= day]
    if not older:
        return (by_place[-1], False) if newest_first else (by_place[0], True)
    return (older[0], True) if newest_first else (older[-1], False)


def _day(entry: AddEntry, style: DateStyle) -> str:
    return style.write(entry.day) + (f" {clock(entry.at)}" if entry.at else "")


def _style_of(line: str) -> DateStyle:
    found = _STYLE.search(line)
    return DateStyle(found[1] or "", found[2]) if found else DateStyle()


def _first_entry(lines: Lines, section: _Section | None, entry: AddEntry) -> str:
    """Into an empty section (its table, if it holds one), else into a new one at the end of the note."""
    bullet = f"- {_day(entry, DateStyle())} {entry_text(entry)}"
    if section is None:
        blank = [""] if lines.lines and lines.lines[-1].strip() else []
        return lines.with_inserted(len(lines.lines), [*blank, HEADING, bullet])
    at = section.heading.number
    if at < len(lines.lines) and not lines.lines[at].strip(" \t\r\n=-") and lines.lines[at].strip():
        at += 1  # the line under a setext heading
    while at < len(lines.lines) and not lines.lines[at].strip():
        at += 1
    if _is_table(lines, at) and columns_of(lines.lines[at]):
        return _as_row(lines, at, at + 2, entry, newest_first=True)
    intro = _end_of_intro(lines, at)
    above = [""] if intro > at and lines.lines[intro - 1].strip() else []
    below = [""] if intro < len(lines.lines) else []
    return lines.with_inserted(intro, [*above, bullet, *below])


def _end_of_intro(lines: Lines, at: int) -> int:
    """The index behind a comment or a paragraph, with the blank lines below it; ``at``, where none stands alone there."""
    end = at
    if at < len(lines.lines) and lines.lines[at].startswith(("<!--", "%%")):
        end = _end_of_hidden(lines, at, at + 1) or at + 1
    else:
        while end < len(lines.lines) and lines.lines[end].strip() and not _BEGINS_SOMETHING.match(lines.lines[end]):
            end += 1
    if end < len(lines.lines) and lines.lines[end].strip():
        return at
    while end < len(lines.lines) and not lines.lines[end].strip():
        end += 1
    return end


def _step(lines: Lines, placed: list[Placed], newest_first: bool) -> int:
    """What a new entry's number is more than its neighbour's: 1, where the list counts towards the new entry's end."""
    bullets = (_BULLET.match(lines.lines[one.place - 1]) for one in sorted(placed, key=lambda one: one.place))
    numbers = [int(found[2][:-1]) for found in bullets if found and found[2][0].isdigit()]
    if len(numbers) == 1:
        return 0 if newest_first else 1
    return int(numbers[0] > numbers[-1] if newest_first else numbers[0] < numbers[-1])


def _as_bullet(lines: Lines, placed: list[Placed], place: int, entry: AddEntry, newest_first: bool) -> str:
    """A bullet like its neighbour's; a line without one where the neighbour has none."""
    written = lines.lines[place - 1]
    found = _BULLET.match(written)
    indent, mark, gap = (found[1], found[2], found[3]) if found else ("", "", "")
    if mark[:1].isdigit():
        mark = f"{int(mark[:-1]) + _step(lines, placed, newest_first)}{mark[-1]}"
    line = f"{indent}{mark}{gap}{_day(entry, _style_of(written))} {entry_text(entry)}"
    return lines.with_inserted(place - 1 if newest_first else _end_of(lines, place, len(indent)), [line])


def _end_of(lines: Lines, place: int, indent: int) -> int:
    """The index behind an item and all that belongs to it, a code block or comment that opens in it too."""
    end = place
    hidden: int | None = place - 1
    while hidden is not None:
        start, end = hidden, _end_of_text(lines, max(hidden, place), indent)
        hidden = _end_of_hidden(lines, start, end)
    return end


def _end_of_hidden(lines: Lines, start: int, end: int) -> int | None:
    """The index behind the code block or comment that opens in those lines and is open at their end; else None."""
    _, opened = outline("".join(lines.lines[start:end]), 1)
    if opened is None:
        return None
    return next((at + 1 for at in range(end, len(lines.lines)) if opened.mark in lines.lines[at]), None)


def _end_of_text(lines: Lines, place: int, indent: int) -> int:
    """The index behind the lines that belong to the item above: indented deeper, or running on from it."""
    at = end = place
    while at < len(lines.lines):
        line = lines.lines[at].expandtabs(4)
        runs_on = at == end and not _BEGINS_SOMETHING.match(line)
        if line.strip():
            if len(line) - len(line.lstrip(" ")) <= indent and not runs_on:
                break
            end = at + 1
        at += 1
    return end


def _as_heading(lines: Lines, section: _Section, shape: Line, entry: AddEntry, newest_first: bool) -> str:
    written = lines.lines[shape.number - 1]
    day = _day(entry, DateStyle("", _style_of(written).between))
    if shape.rank == BOLD_RANK:
        line = f"**{day}** {entry_text(entry)}"
    else:
        line = f"{'#' * max(shape.rank, section.heading.rank + 1)} {day} — {entry_text(entry)}"
    if newest_first:
        return lines.with_inserted(shape.number - 1, [line, ""])
    at = section.next_heading - 1 if section.next_heading else len(lines.lines)
    while at > shape.number and not lines.lines[at - 1].strip():
        at -= 1
    return lines.with_inserted(at, ["", line])


def _header_above(lines: Lines, place: int) -> int | None:
    """The index of the header row of the table that a row stands in."""
    at = place - 1
    while at > 0 and "|" in lines.lines[at - 1]:
        at -= 1
    return at if _is_table(lines, at) else None


def _is_table(lines: Lines, at: int) -> bool:
    """Whether a table begins at that index: its second row is the delimiter row."""
    if at + 1 >= len(lines.lines):
        return False
    delimiter = lines.lines[at + 1].strip()
    return "|" in lines.lines[at] and "-" in delimiter and not delimiter.strip("|-: \t")


def _as_row(lines: Lines, header: int, place: int, entry: AddEntry, newest_first: bool) -> str:
    columns = columns_of(lines.lines[header])
    if columns is None or not columns.text:
        raise Refused("this table has no column for the text: name one `Notes`, or add the line by hand", header + 1)
    cells = _row_cells(columns, len(cells_of(lines.lines[header])), entry, _style_of(lines.lines[place - 1]))
    row = " | ".join(cells)
    bare = not lines.lines[header].strip().startswith("|")
    return lines.with_inserted(header + 2 if newest_first else place, [row.rstrip() if bare else f"| {row} |"])


def _row_cells(columns: Columns, width: int, entry: AddEntry, style: DateStyle) -> list[str]:
    cells = [""] * width
    cells[columns.day] = _day(entry, style)
    said = entry_text(entry)
    if columns.head:
        cells[columns.head[0]] = entry.head
        said = said.removeprefix(f"{entry.head}:").strip()
    cells[columns.text[0]] = said
    return [cell.replace("|", "\\|") for cell in cells]
