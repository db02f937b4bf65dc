"""A table of the touch log: each row is an entry, a Response cell is their answer."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from followup_md.model import Direction, Entry, Outcome, Stage, Touch
from followup_md.reading.entry import Parts, read_entry, return_date, take_apart, take_next
from followup_md.reading.stamp import Unread, read_stamp
from followup_md.reading.words import Vocabulary, outcomes_of, take_tags

_DATE_COLUMNS = frozenset({"date", "when", "day"})
_HEAD_COLUMNS = frozenset({"type", "channel", "method", "kind", "direction", "in/out"})
_TEXT_COLUMNS = frozenset({"notes", "note", "summary", "message", "topics", "topic", "text"})
_OUTCOME_COLUMNS = frozenset({"outcome", "result"})

#: What stands in a Response cell where nobody answered; the longer ones also at its beginning.
_NO_RESPONSE = frozenset({"-", "–", "—", "?", "none", "no", "n/a", "voicemail", "bounced", "pending", "waiting", "tbd"})
_NO_RESPONSE_OPENINGS = (
    "no reply",
    "no response",
    "no answer",
    "left message",
    "left a message",
    "left voicemail",
    "left a voicemail",
    "bounced",
    "waiting",
    "awaiting",
    "pending",
    "none yet",
    "not yet",
    "nothing",
)


class Columns(Struct, frozen=True):
    """Which columns of a table say what."""

    day: int
    head: tuple[int, ...]
    text: tuple[int, ...]
    outcome: tuple[int, ...]
    response: int | None
    next: int | None


def columns_of(header: str) -> Columns | None:
    """The columns of a header row; None where none of them is called Date, When or Day."""
    names = [_column(cell) for cell in cells_of(header)]
    day = next((at for at, name in enumerate(names) if name in _DATE_COLUMNS), None)
    if day is None:
        return None
    rest = [(at, name) for at, name in enumerate(names) if at != day]
    head = tuple(at for at, name in rest if name in _HEAD_COLUMNS)
    text = tuple(at for at, name in rest if name in _TEXT_COLUMNS)
    outcome = tuple(at for at, name in rest if name in _OUTCOME_COLUMNS)
    response = next((at for at, name in rest if name == "response"), None)
    promised = next((at for at, name in rest if name == "next"), None)
    known = {*head, *text, *outcome, response, promised}
    return Columns(day, head, text or tuple(at for at, _ in rest if at not in known), outcome, response, promised)


def is_log_header(header: str) -> bool:
    """Whether a row names a column for the date, and one for what happened: ``| Date | Notes |``."""
    names = {_column(cell) for cell in cells_of(header)}
    return not (_DATE_COLUMNS.isdisjoint(names) or (_HEAD_COLUMNS | _TEXT_COLUMNS | _OUTCOME_COLUMNS).isdisjoint(names))


def _column(cell: str) -> str:
    """A column's name, without what stands in parentheses behind it: ``Type (call/email)`` is ``type``."""
    return cell.partition("(")[0].strip("*_ ").casefold()


def cells_of(row: str) -> list[str]:
    """A table row's cells; an escaped pipe is part of its cell."""
    row = row.strip().removeprefix("|")
    if row.endswith("|") and not row.endswith("\\|"):
        row = row[:-1]
    return [cell.replace("\0", "|").strip() for cell in row.replace("\\|", "\0").split("|")]


class Row(Struct, frozen=True):
    """What one row says: its entry, their answer, and a next date that is none."""

    entry: Entry | Unread
    answer: Touch | None = None
    next_unread: str | None = None


def read_row(row: str, line: int, columns: Columns, known: Vocabulary, stages: tuple[Stage, ...]) -> Row | None:
    """One row; None for a row of empty cells."""
    cells = cells_of(row)
    if not any(cells):
        return None

    def said(places: tuple[int, ...]) -> list[str]:
        return [cells[at] for at in places if at < len(cells) and cells[at]]

    def cell(place: int | None) -> str:
        return cells[place] if place is not None and place < len(cells) else ""

    day = cell(columns.day)
    stamp = read_stamp(day) or Unread(
        "touch-no-date",
        f"`{day}` in the Date column is no date: write YYYY-MM-DD" if day else "this row has no date: write YYYY-MM-DD",
    )
    if isinstance(stamp, Unread):
        return Row(stamp)
    parts = take_apart(" — ".join(said(columns.text)), line, known, head=" ".join(said(columns.head)))
    if promised := cell(columns.next):
        wanted, unread, _ = take_next(f"[next:: {promised}]", line)
        parts = replace(parts, next=parts.next or wanted, next_unread=parts.next_unread or unread)
    entry = read_entry(stamp, parts, line, (), known, stages)
    if not isinstance(entry, Touch):
        return Row(entry, None, parts.next_unread)
    response, outcome = cell(columns.response), " ".join(said(columns.outcome))
    if response and not _is_no_response(response):
        answer = _answer(entry, take_apart(response, line, known), line)
        return Row(with_outcome(entry, outcome), answer, parts.next_unread)
    return Row(with_outcome(entry, f"{outcome} {response}"), None, parts.next_unread)


def dated_rows(rows: Iterator[str]) -> bool:
    """Whether any cell of those rows begins with a date."""
    return any(read_stamp(cell) for row in rows for cell in cells_of(row))


def _is_no_response(cell: str) -> bool:
    said = cell.casefold().strip(" .!*_")
    return not any(map(str.isalnum, said)) or said in _NO_RESPONSE or said.startswith(_NO_RESPONSE_OPENINGS)


def with_outcome(touch: Touch, said: str) -> Touch:
    """A touch with what is said apart about its outcome as well: in a cell, in a field."""
    if not said.strip():
        return touch
    tags = take_tags(said)
    found = outcomes_of(tags.text, touch.outcomes + tags.outcomes, touch.channel)
    return replace(touch, outcomes=found, back=touch.back or (return_date(said) if Outcome.OOO in found else None))


def _answer(touch: Touch, response: Parts, line: int) -> Touch:
    """The answer that a Response cell adds, by the same channel, directly after the touch."""
    outcomes = outcomes_of(response.whole, response.outcomes, touch.channel)
    return Touch(
        date=touch.date,
        time=touch.time,
        channel=touch.channel,
        direction=Direction.IN,
        intent=None,
        outcomes=outcomes,
        text=response.whole,
        line=line,
        next=response.next,
        back=return_date(response.whole) if Outcome.OOO in outcomes else None,
    )
