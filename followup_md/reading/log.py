"""The touch log: from the sections of a note to its entries, oldest first.

The shapes that people write (bullets, done tasks, dated headings, tables, stamps) are told apart
here; what one dated line says is read in ``entry``. What looks like a touch and cannot be read
becomes a problem, never silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time
from itertools import pairwise

from followup_md.model import Channel, Direction, Entry, Outcome, Stage, Touch
from followup_md.reading.entry import Stamp, Unread, done_date, read_entry, read_stamp, return_date, take_apart
from followup_md.reading.outline import Line
from followup_md.reading.words import Vocabulary, outcomes_of, take_tags, vocabulary, words_of

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
    r"(?P<indent>[ \t]*)(?P<bullet>(?:[-*+]|[0-9]{1,9}[.)])(?:[ \t]+|$))?(?:\[(?P<box>[^\]])\](?:[ \t]+|$))?"
)

_DATE_COLUMNS = frozenset({"date", "when", "day"})
_CHANNEL_COLUMNS = frozenset({"type", "channel", "method", "kind"})
_TEXT_COLUMNS = frozenset({"notes", "note", "summary", "message", "topics", "topic", "text"})
_OUTCOME_COLUMNS = frozenset({"outcome", "result"})
_DIRECTION_COLUMNS = frozenset({"direction", "in/out"})

#: What stands in a Response cell where nobody answered.
_NO_RESPONSE = frozenset(
    {"-", "–", "—", "?", "none", "no", "n/a", "no reply", "no response", "no answer", "voicemail"}
    | {"left message", "left a message", "left voicemail", "bounced", "pending", "waiting", "tbd"}
)
_NO_RESPONSE_OPENINGS = (
    "no reply",
    "no response",
    "no answer",
    "left message",
    "left a message",
    "left voicemail",
    "bounced",
)


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry with its place in the file; ``after`` counts what one line adds behind the first."""

    entry: Entry
    place: int
    after: int = 0


@dataclass(frozen=True, slots=True)
class NotRead:
    """A line of the log that is not read, and why."""

    line: int
    column: int
    code: str
    message: str


Found = Placed | NotRead


def read_log(section: list[Line], channels: tuple[Channel, ...], stages: tuple[Stage, ...]) -> list[Found]:
    """The entries and unreadable lines of one section, in the file's order."""
    return list(_Section(section, vocabulary(channels), stages).read())


class _Section:
    """One section while it is read: the lines, and how far we are."""

    def __init__(self, lines: list[Line], known: Vocabulary, stages: tuple[Stage, ...]) -> None:
        self.lines, self.known, self.stages = lines, known, stages
        self.at = 0

    def read(self) -> Iterator[Found]:
        lines = self.lines
        while self.at < len(lines):
            line = lines[self.at]
            self.at += 1
            text = line.text
            if not text or text.isspace():
                continue
            if line.rank:
                yield from self._heading(line)
            elif "|" in text and self._is_table():
                yield from self._table(line)
            else:
                yield from self._item(line)

    # ------------------------------------------------------------------ headings

    def _heading(self, line: Line) -> Iterator[Found]:
        """``### 2026-04-18 — Sent cold email``, then its lines up to the next heading."""
        stamp = read_stamp(line.text, 0)
        if stamp is None:
            return
        body: list[str] = []
        while self.at < len(self.lines) and not self.lines[self.at].rank:
            if below := self.lines[self.at].text.strip():
                body.append(below)
            self.at += 1
        if isinstance(stamp, Unread):
            yield NotRead(line.number, 1, stamp.code, stamp.message)
            return
        rest = line.text[stamp.rest :]
        if not rest.strip() and body:
            rest = _ITEM.sub("", body.pop(0), count=1)
        yield from self._entry(stamp, rest, line.number, tuple(body))

    # ------------------------------------------------------------------ bullets, tasks, stamps

    def _item(self, line: Line) -> Iterator[Found]:
        """A bullet, a done task, or a line that begins with a date."""
        item = _ITEM.match(line.text)
        assert item is not None
        box, start = item["box"], item.end()
        indent = len(item["indent"].expandtabs(4))
        if box is not None and box not in "xX":
            self._below(indent)
            return
        stamp = read_stamp(line.text, start)
        rest = line.text[stamp.rest :] if isinstance(stamp, Stamp) else line.text[start:]
        if (
            box is not None
            and not isinstance(stamp, Unread)
            and ("✅" in rest or "completion::" in rest or stamp is None)
        ):
            done = done_date(rest)
            if done:
                stamp, rest = Stamp(done[0], stamp.at if stamp else None, 0), done[1]
            elif stamp is None:
                stamp = Unread("touch-no-date", "this done task has no date: write `- YYYY-MM-DD channel: text`")
        if stamp is None and item["bullet"]:
            stamp = self._dateless(rest)
        if stamp is None:
            return
        body = self._below(indent)
        if isinstance(stamp, Unread):
            yield NotRead(line.number, start + 1, stamp.code, stamp.message)
        else:
            yield from self._entry(stamp, rest, line.number, body, ticked=box is not None)

    def _below(self, indent: int) -> tuple[str, ...]:
        """The lines below that are indented deeper: they belong to the entry above them."""
        body: list[str] = []
        ahead = self.at
        while ahead < len(self.lines):
            line = self.lines[ahead]
            stripped = line.text.strip()
            if line.rank:
                break
            if stripped:
                expanded = line.text.expandtabs(4)
                if len(expanded) - len(expanded.lstrip(" ")) <= indent:
                    break
                body.append(stripped)
                self.at = ahead + 1
            ahead += 1
        return tuple(body)

    def _dateless(self, text: str) -> Unread | None:
        """A bullet that begins like a touch (``- called Dana``) but has no date."""
        words = words_of(text, 3)
        if words and words[0] not in ("note", "other") and self.known.channel_at(words, 0):
            return Unread(
                "touch-no-date", f"`{text.strip()[:40]}` has no date, so it is no touch: write `YYYY-MM-DD` before it"
            )
        return None

    def _entry(
        self, stamp: Stamp, rest: str, line: int, body: tuple[str, ...], ticked: bool = False
    ) -> Iterator[Found]:
        parts = take_apart(rest, line, ticked)
        if parts.next_unread is not None:
            yield _next_unread(parts.next_unread, line)
        entry = read_entry(stamp, parts, line, body, self.known, self.stages)
        if isinstance(entry, Unread):
            yield NotRead(line, 1, entry.code, entry.message)
        else:
            yield Placed(entry, line)

    # ------------------------------------------------------------------ tables

    def _is_table(self) -> bool:
        """Whether the line read last is a table's header: the next one is its delimiter row."""
        if self.at >= len(self.lines):
            return False
        below = self.lines[self.at].text.strip()
        return "-" in below and "|" in below and not below.strip("|-: \t")

    def _table(self, header: Line) -> Iterator[Found]:
        """A table whose header has a Date column: each row is an entry."""
        names = [cell.strip("*_ ").casefold() for cell in _cells(header.text)]
        self.at += 1
        rows: list[Line] = []
        while self.at < len(self.lines) and "|" in self.lines[self.at].text and not self.lines[self.at].rank:
            rows.append(self.lines[self.at])
            self.at += 1
        columns = _Columns.of(names)
        if columns is None:
            if any(read_stamp(cell, 0) for row in rows for cell in _cells(row.text)):
                yield NotRead(
                    header.number,
                    1,
                    "table-no-date-column",
                    "this table has no Date column, so its rows are not read: name one `Date`",
                )
            return
        for row in rows:
            yield from self._row(row, columns)

    def _row(self, row: Line, columns: _Columns) -> Iterator[Found]:
        cells = _cells(row.text)
        if not any(cells):
            return
        day = cells[columns.day] if columns.day < len(cells) else ""
        stamp = read_stamp(day, 0) or Unread(
            "touch-no-date",
            f"`{day}` in the Date column is no date: write YYYY-MM-DD"
            if day
            else "this row has no date: write one as YYYY-MM-DD",
        )
        if isinstance(stamp, Unread):
            yield NotRead(row.number, 1, stamp.code, stamp.message)
            return
        parts = take_apart(columns.join(columns.text, cells, " — "), row.number)
        if parts.next_unread is not None:
            yield _next_unread(parts.next_unread, row.number)
        if head := columns.join(columns.head, cells, " "):
            parts = replace(parts, head=head, text=parts.whole)
        entry = read_entry(stamp, parts, row.number, (), self.known, self.stages)
        if isinstance(entry, Unread):
            yield NotRead(row.number, 1, entry.code, entry.message)
            return
        if not isinstance(entry, Touch):
            yield Placed(entry, row.number)
            return
        response = cells[columns.response] if columns.response is not None and columns.response < len(cells) else ""
        outcome = columns.join(columns.outcome, cells, " ")
        silent = _is_no_response(response)
        yield Placed(_with_outcome(entry, f"{outcome} {response}" if silent else outcome), row.number)
        if response and not silent:
            yield Placed(_answer_in_cell(entry, response, row.number), row.number, after=1)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which columns of a table say what."""

    day: int
    head: tuple[int, ...]
    text: tuple[int, ...]
    outcome: tuple[int, ...]
    response: int | None

    @staticmethod
    def of(names: list[str]) -> _Columns | None:
        day = next((at for at, name in enumerate(names) if name in _DATE_COLUMNS), None)
        if day is None:
            return None
        rest = [(at, name) for at, name in enumerate(names) if at != day]
        head = tuple(at for at, name in rest if name in _CHANNEL_COLUMNS | _DIRECTION_COLUMNS)
        text = tuple(at for at, name in rest if name in _TEXT_COLUMNS)
        outcome = tuple(at for at, name in rest if name in _OUTCOME_COLUMNS)
        response = next((at for at, name in rest if name == "response"), None)
        known = {*head, *text, *outcome, response}
        return _Columns(day, head, text or tuple(at for at, _ in rest if at not in known), outcome, response)

    @staticmethod
    def join(columns: tuple[int, ...], cells: list[str], mark: str) -> str:
        return mark.join(cell for at in columns if at < len(cells) and (cell := cells[at]))


def _cells(row: str) -> list[str]:
    """A table row's cells; an escaped pipe is part of its cell."""
    row = row.strip().removeprefix("|")
    if row.endswith("|") and not row.endswith("\\|"):
        row = row[:-1]
    return [cell.replace("\0", "|").strip() for cell in row.replace("\\|", "\0").split("|")]


def _is_no_response(cell: str) -> bool:
    said = cell.casefold().strip(" .!*_")
    return (not said and bool(cell)) or said in _NO_RESPONSE or said.startswith(_NO_RESPONSE_OPENINGS)


def _with_outcome(touch: Touch, said: str) -> Touch:
    """A touch with what its Outcome cell says as well."""
    if not said.strip():
        return touch
    tags = take_tags(said)
    found = outcomes_of(tags.text, touch.outcomes + tags.outcomes, touch.channel)
    back = touch.back or (return_date(said) if Outcome.OOO in found else None)
    return replace(touch, outcomes=found, back=back)


def _answer_in_cell(touch: Touch, response: str, line: int) -> Touch:
    """The answer that a Response cell adds, by the same channel, directly after the touch."""
    parts = take_apart(response, line)
    tags = take_tags(parts.whole)
    outcomes = outcomes_of(tags.text, tags.outcomes, touch.channel)
    return Touch(
        date=touch.date,
        time=touch.time,
        channel=touch.channel,
        direction=Direction.IN,
        intent=None,
        outcomes=outcomes,
        text=tags.text,
        line=line,
        next=parts.next,
        back=return_date(tags.text) if Outcome.OOO in outcomes else None,
    )


def _next_unread(raw: str, line: int) -> NotRead:
    return NotRead(
        line, 1, "next-date-invalid", f"`next: {raw}` is no date: write a real one as YYYY-MM-DD, or leave it out"
    )


def in_order(placed: list[Placed]) -> tuple[Entry, ...]:
    """Entries from oldest to newest: by date, then time, then place in the file's own direction.

    Where a file's dates run newest first, the upper of two lines of one day is the later. An entry
    without a time goes with the one before it on its day.
    """
    newest_first = _runs_newest_first(placed)
    by_place = sorted(
        placed, key=lambda found: (found.entry.date, -found.place if newest_first else found.place, found.after)
    )
    keyed = []
    day, clock = None, time.min
    for number, found in enumerate(by_place):
        entry = found.entry
        clock = entry.time or (clock if entry.date == day else time.min)
        day = entry.date
        keyed.append((day, clock, number, entry))
    return tuple(entry for *_, entry in sorted(keyed, key=lambda key: key[:3]))


def _runs_newest_first(placed: list[Placed]) -> bool:
    """Whether the dates of a file run from new to old; where they do neither, they run from old to new."""
    dates = [found.entry.date for found in sorted(placed, key=lambda found: (found.place, found.after))]
    falls = sum(after < before for before, after in pairwise(dates))
    rises = sum(after > before for before, after in pairwise(dates))
    return falls > rises or (falls == rises and bool(dates) and dates[-1] < dates[0])
