"""The touch log: from the sections of a note to its entries, oldest first.

The shapes that people write (bullets, done tasks, dated headings, tables, stamps) are told apart
here; what one dated line says is read in ``entry``. What looks like a touch and cannot be read
becomes a problem, never silence.
"""

from __future__ import annotations

import re
from datetime import date, time
from operator import attrgetter, gt, lt

from msgspec import Struct

from followup_md.model import Entry, Stage
from followup_md.reading.dates import match_clock
from followup_md.reading.entry import Parts, read_entry, split_head, take_apart, with_body
from followup_md.reading.outline import Line
from followup_md.reading.plain_entry import take_plain_apart
from followup_md.reading.stamp import Stamp, Unread, date_within, done_date, is_period, linked_name, read_stamp
from followup_md.reading.table import columns_of, dated_rows, read_row
from followup_md.reading.words import Vocabulary, read_head, words_of

HEADINGS = (
    "touches",
    "touch log",
    "log",
    "contact log",
    "interaction log",
    "interactions",
    "interaction history",
    "recent interactions",
    "history",
    "timeline",
    "activity",
    "activity log",
    "conversation history",
    "recent",
    "interacciones",
)

_ITEM = re.compile(
    r"(?P<indent>[ \t]*)(?P<bullet>(?:[-*+•]|[0-9]{1,9}[.)])(?:[ \t\u00a0]+|$))?(?:\[(?P<box>[^\]])\](?:[ \t]+|$))?"
)
#: Boxes of tasks that are not done: open, begun, dropped, moved.
_NOT_DONE = frozenset(" /-><")


class Placed(Struct, frozen=True):
    """An entry with its place in the file; ``after`` counts what one line adds behind the first."""

    entry: Entry
    place: int
    after: int = 0


class NotRead(Struct, frozen=True):
    """A line of the log that is not read, and why."""

    line: int
    column: int
    code: str
    message: str


Found = Placed | NotRead


def read_log(section: list[Line], known: Vocabulary, stages: tuple[Stage, ...]) -> list[Found]:
    """The entries and unreadable lines of one section, in the file's order."""
    return _Section(section, known, stages).read()


class _Section:
    """One section while it is read: the lines, how far we are, and what was found so far."""

    def __init__(self, lines: list[Line], known: Vocabulary, stages: tuple[Stage, ...]) -> None:
        self.lines, self.known, self.stages = lines, known, stages
        self.at = 0
        self.found: list[Found] = []
        # most logs have no line that belongs to the entry above it
        self.nests = any(line.text.startswith((" ", "\t")) for line in lines)

    def read(self) -> list[Found]:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            if line.rank:
                self._heading(line)
            elif plain := take_plain_apart(line.text):
                self._add(*plain, line.number, self._body(self._below(0)) if self.nests else ())
            elif not line.text or line.text.isspace():
                continue
            elif "|" in line.text and self._is_table():
                self._table(line)
            else:
                self._item(line)
        return self.found

    # ------------------------------------------------------------------ headings

    def _heading(self, line: Line) -> None:
        """``### 2026-04-18 — Sent cold email``, then its lines up to the next heading or dated line."""
        stamp = read_stamp(line.text)
        if isinstance(stamp, Unread):
            if not is_period(line.text):
                self.found.append(NotRead(line.number, 1, stamp.code, stamp.message))
        elif stamp is None:
            if day := date_within(line.text, 60):
                self.found.append(_hidden_date(line, 1, day))
        elif rest := line.text[stamp.rest :].strip():
            self._entry(stamp, rest, line.number, tuple(below.text.strip() for below in self._under()))
        else:
            self._day(stamp, line, self._under())

    def _under(self) -> list[Line]:
        """The lines under a dated heading that belong to it."""
        under: list[Line] = []
        while self.at < len(self.lines) and not self.lines[self.at].rank:
            line = self.lines[self.at]
            item = _ITEM.match(line.text)
            if line.text[:1] not in (" ", "\t", "") and item and read_stamp(line.text, item.end()) is not None:
                break
            if line.text.strip():
                under.append(line)
            self.at += 1
        return under

    def _day(self, stamp: Stamp, heading: Line, under: list[Line]) -> None:
        """A heading that is a date and nothing else: its lines say what happened.

        Where several lines name a channel or a direction, each is an entry of that day.
        """
        entries: list[tuple[Line, list[str]]] = []
        for line in under:
            if not entries or (line.text[:1] not in (" ", "\t") and self._is_head(line.text)):
                entries.append((line, []))
            else:
                entries[-1][1].append(line.text.strip())
        if not entries:
            self.found.append(
                NotRead(heading.number, 1, "touch-unreadable", "nothing stands under this date: say what happened")
            )
        for number, (line, body) in enumerate(entries):
            item = _ITEM.match(line.text)
            start = item.end() if item else 0
            clock = match_clock(line.text, start)
            at, start = (clock[0] or stamp.at, clock[1]) if clock else (stamp.at, start)
            where = heading.number if number == 0 else line.number
            self._entry(Stamp(stamp.day, at, 0), line.text[start:].strip(" \t-–—:"), where, tuple(body))

    def _is_head(self, text: str) -> bool:
        """Whether a bullet begins with what touches begin with: a channel, a direction, ``note:``."""
        item = _ITEM.match(text)
        if not item or not item["bullet"]:
            return False
        written, _ = split_head(text[item.end() :], self.known)
        head = read_head(written, self.known)
        first = words_of(text[item.end() :], 3)
        return bool(head.channel or head.inbound or head.plain in ("note", "stage", "skip")) or (
            bool(first) and self.known.channel_at(first, 0) is not None
        )

    # ------------------------------------------------------------------ bullets, tasks, stamps

    def _item(self, line: Line) -> None:
        """A bullet, a done task, or a line that begins with a date."""
        item = _ITEM.match(line.text)
        assert item is not None
        box, start = item["box"], item.end()
        indent = _width(item["indent"])
        if box is not None and box in _NOT_DONE:
            self._below(indent)
            return
        stamp = read_stamp(line.text, start)
        rest = line.text[stamp.rest :] if isinstance(stamp, Stamp) else line.text[start:]
        if box is not None and not isinstance(stamp, Unread):
            stamp, rest = _done(stamp, rest)
        if stamp is None:
            stamp = self._dateless(rest, item["bullet"] is not None)
        if stamp is None:
            return
        below = self._below(indent)
        if isinstance(stamp, Unread):
            self.found.append(NotRead(line.number, start + 1, stamp.code, stamp.message))
            return
        if not rest.strip() and not below:
            rest = linked_name(line.text, start)
        if not rest.strip() and below:
            self._day(stamp, line, [Line(one.number, one.text.strip()) for one in below])
            return
        if not rest.strip():
            self.found.append(
                NotRead(line.number, start + 1, "touch-unreadable", "a date and nothing else: say what happened")
            )
            return
        self._entry(stamp, rest, line.number, self._body(below), ticked=box is not None)

    def _below(self, indent: int) -> list[Line]:
        """The lines below that are indented deeper: they belong to the entry above them."""
        body: list[Line] = []
        for ahead in range(self.at, len(self.lines)):
            line = self.lines[ahead]
            if line.rank:
                break
            if not line.text or line.text.isspace():
                continue
            if line.text[0] not in " \t" or _width(line.text) <= indent:
                break
            body.append(line)
            self.at = ahead + 1
        return body

    def _body(self, below: list[Line]) -> tuple[str, ...]:
        """The texts of the lines that belong to an entry; a dated one among them is pointed out."""
        self.found += [_nested(one) for one in below if _begins_with_date(one.text)]
        return tuple([one.text.strip() for one in below])

    def _dateless(self, text: str, bullet: bool) -> Unread | None:
        """A line that begins like a touch (``- called Dana``) but not with a date."""
        if day := date_within(text, 60 if bullet else 14):
            return Unread("touch-unreadable", _HIDDEN_DATE.format(day=day))
        words = words_of(text, 3) if bullet else []
        marked = bool(words) and words[0] in ("stage", "skip", "snooze") and text.strip()[len(words[0]) :][:1] == ":"
        if marked or (words and words[0] not in ("note", "other") and self.known.channel_at(words, 0)):
            written = text.strip()[:40]
            return Unread("touch-no-date", f"`{written}` has no date, so it is no touch: write `YYYY-MM-DD` before it")
        return None

    def _entry(self, stamp: Stamp, rest: str, line: int, body: tuple[str, ...], ticked: bool = False) -> None:
        self._add(stamp, take_apart(rest, line, self.known, ticked), line, body)

    def _add(self, stamp: Stamp, parts: Parts, line: int, body: tuple[str, ...]) -> None:
        """The entry of a dated line and of the lines below it."""
        if body:
            parts = with_body(parts, body, line)
        if parts.next_unread is not None:
            self.found.append(_next_unread(parts.next_unread, line))
        entry = read_entry(stamp, parts, line, body, self.known, self.stages)
        if isinstance(entry, Unread):
            self.found.append(NotRead(line, 1, entry.code, entry.message))
        else:
            self.found.append(Placed(entry, line))

    # ------------------------------------------------------------------ tables

    def _is_table(self) -> bool:
        """Whether the line read last is a table's header: the next one is its delimiter row."""
        if self.at >= len(self.lines):
            return False
        below = self.lines[self.at].text.strip()
        return "-" in below and "|" in below and not below.strip("|-: \t")

    def _table(self, header: Line) -> None:
        """A table whose header has a Date column: each row is an entry."""
        self.at += 1
        rows: list[Line] = []
        while self.at < len(self.lines) and _is_row(self.lines[self.at]):
            rows.append(self.lines[self.at])
            self.at += 1
        columns = columns_of(header.text)
        if columns is None:
            if dated_rows(row.text for row in rows):
                message = "this table has no Date column, so its rows are not read: name one `Date`"
                self.found.append(NotRead(header.number, 1, "table-no-date-column", message))
            return
        for line in rows:
            row = read_row(line.text, line.number, columns, self.known, self.stages)
            if row is None:
                continue
            if row.next_unread is not None:
                self.found.append(_next_unread(row.next_unread, line.number))
            if isinstance(row.entry, Unread):
                self.found.append(NotRead(line.number, 1, row.entry.code, row.entry.message))
                continue
            self.found.append(Placed(row.entry, line.number))
            if row.answer:
                self.found.append(Placed(row.answer, line.number, after=1))


def _width(text: str) -> int:
    """How many columns a line is indented, with a tab's stops at every fourth."""
    expanded = text.expandtabs(4) if "\t" in text else text
    return len(expanded) - len(expanded.lstrip(" "))


_HIDDEN_DATE = "`{day}` stands behind something else, so this line is not read: begin it with the date"


def _is_row(line: Line) -> bool:
    if line.rank or "|" not in line.text:
        return False
    item = _ITEM.match(line.text)
    return not (item and item["bullet"])


def _done(stamp: Stamp | None, rest: str) -> tuple[Stamp | Unread, str]:
    """A ticked task's date: the day it was done, else the date it begins with."""
    done = done_date(rest) if stamp is None or "✅" in rest or "completion::" in rest else None
    if done:
        return Stamp(done[0], stamp.at if stamp else None, 0), done[1]
    return stamp or Unread("touch-no-date", "this done task has no date: write `- YYYY-MM-DD channel: text`"), rest


def _begins_with_date(text: str) -> bool:
    item = _ITEM.match(text)
    return bool(item and item["bullet"] and item["box"] is None and isinstance(read_stamp(text, item.end()), Stamp))


def _nested(line: Line) -> NotRead:
    message = "this dated line is indented, so it belongs to the touch above: move it to the left if it is one itself"
    return NotRead(line.number, 1, "touch-nested", message)


def _hidden_date(line: Line, column: int, day: str) -> NotRead:
    return NotRead(line.number, column, "touch-unreadable", _HIDDEN_DATE.format(day=day))


def _next_unread(raw: str, line: int) -> NotRead:
    message = f"`next: {raw}` is no date: write a real one as YYYY-MM-DD, or leave it out"
    return NotRead(line, 1, "next-date-invalid", message)


_PLACE = attrgetter("place", "after")


def in_order(placed: list[Placed]) -> tuple[Entry, ...]:
    """Entries from oldest to newest: by date, then time, then place in the file's own direction.

    Where a file's dates run newest first, the upper of two lines of one day is the later. An entry
    without a time goes with the one before it on its day.
    """
    in_file = sorted(placed, key=_PLACE)
    dates = [found.entry.date for found in in_file]
    if not any(map(gt, dates, dates[1:])):
        return by_time([found.entry for found in in_file])
    if _falls(dates):
        in_file.sort(key=attrgetter("place"), reverse=True)  # what one line adds stays behind it
    return by_time(sorted([found.entry for found in in_file], key=attrgetter("date")))


def by_time(entries: list[Entry]) -> tuple[Entry, ...]:
    """Entries that stand in the order of their dates, those of one day by time; one without goes with the one before it."""
    if not any(map(attrgetter("time"), entries)):
        return tuple(entries)
    keyed = []
    day, clock = None, time.min
    for number, entry in enumerate(entries):
        clock = entry.time or (clock if entry.date == day else time.min)
        day = entry.date
        keyed.append((day, clock, number, entry))
    return tuple(entry for *_, entry in sorted(keyed, key=lambda key: key[:3]))


def runs_newest_first(placed: list[Placed]) -> bool:
    """Whether the dates of a file run from new to old; where they do neither, they run from old to new."""
    return _falls([found.entry.date for found in sorted(placed, key=_PLACE)])


def _falls(dates: list[date]) -> bool:
    falls = sum(map(gt, dates, dates[1:]))
    rises = sum(map(lt, dates, dates[1:]))
    return falls > rises or (falls == rises and bool(dates) and dates[-1] < dates[0])
