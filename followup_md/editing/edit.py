"""Text in, text out: changes are made, read back and proved before anything is written.

What was asked for must be there, and everything else must read as before; else nothing is done.
"""

from __future__ import annotations

from collections import Counter
from itertools import takewhile

from msgspec.structs import replace

from followup_md.editing.fields import clear_field, set_field
from followup_md.editing.log import add_entry, entry_text
from followup_md.errors import Refused
from followup_md.model import AddEntry, Change, ClearField, Edit, Entry, Prospect, Rules, SetField, StageChange
from followup_md.reading.entry import read_entry, take_apart
from followup_md.reading.note import Reading, read_note
from followup_md.reading.prospect import HINTS
from followup_md.reading.stamp import Stamp, Unread
from followup_md.reading.words import vocabulary, words_of


def edited(edit: Edit, data: bytes, rules: Rules) -> bytes | None:
    """A note's new bytes, or None where it was done already: an entry's id stands in its log.

    Raises ``Refused`` with path, line and what to do where the note cannot be edited, or the new
    text would not read as it must.
    """
    try:
        return _edited(edit, data, rules)
    except Refused as refused:
        raise Refused(f"{edit.path}:{refused.line}: {refused}", refused.line) from None


def _edited(edit: Edit, data: bytes, rules: Rules) -> bytes | None:
    before = read_note(edit.path, data, rules)
    if before.prospect is None:
        if before.problems:
            raise Refused(before.problems[0].message, before.problems[0].line)
        raise Refused("it is no prospect's note")
    if b"\r" in data.replace(b"\r\n", b""):
        raise Refused("its lines end in lone CR characters: save it with LF or CRLF line ends first")
    lost = next((problem for problem in before.problems if problem.code == "log-not-found"), None)
    if lost and any(isinstance(change, AddEntry) for change in edit.changes):
        raise Refused(lost.message, lost.line)
    if any(_is_there(change, before.prospect) for change in edit.changes):
        return None
    old = text = data.decode("utf-8")
    for change in edit.changes:
        text = _changed(text, change, rules)
    try:
        new = text.encode("utf-8")
    except UnicodeEncodeError:
        raise Refused("the new text holds bytes that are no UTF-8: write it in UTF-8") from None
    if not _is_proved(edit, before, read_note(edit.path, new, rules), rules):
        hidden = next((problem for problem in before.problems if problem.code == "comment-not-closed"), None)
        if hidden:
            raise Refused(hidden.message, hidden.line)
        raise Refused(
            f"the note would not read as it must after this change ({edit.why}): make it by hand",
            _first_difference(old, text),
        )
    return new


def _changed(text: str, change: Change, rules: Rules) -> str:
    match change:
        case AddEntry():
            return add_entry(text, change, rules)
        case SetField():
            return set_field(text, change, rules)
        case ClearField():
            return clear_field(text, change, rules)


def _is_there(change: Change, prospect: Prospect) -> bool:
    """Whether an entry was written already: its id stands in the log."""
    return isinstance(change, AddEntry) and change.id is not None and change.id in {one.id for one in prospect.log}


def _first_difference(old: str, new: str) -> int:
    """The first line that differs: where the change would stand."""
    both = zip(old.split("\n"), new.split("\n"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both)) + 1


def _is_proved(edit: Edit, before: Reading, after: Reading, rules: Rules) -> bool:
    """Whether the new text says the old one and the changes, and nothing else.

    Raises ``Refused`` for an entry that would mean something else than what was asked for, and for a field that is
    cleared and stands in the note's text too.
    """
    old, new = before.prospect, after.prospect
    fields = {change.field: change.value for change in edit.changes if isinstance(change, SetField)}
    cleared = {change.field for change in edit.changes if isinstance(change, ClearField)}
    for field in cleared:
        if new and new.has(field):
            raise Refused(f"{field} stands here, outside of the front matter: delete it by hand", new.line_of(field))
    wanted = Counter(_bare(entry) for entry in (old.log if old else ()))
    wanted.update(expected_entry(change, rules) for change in edit.changes if isinstance(change, AddEntry))
    return (
        old is not None
        and new is not None
        and Counter(_bare(entry) for entry in new.log) == wanted
        and _in_order(old.log, new.log)
        and _fields(new, cleared | fields.keys()) == _fields(old, cleared | fields.keys())
        and all(_says(new, field, value) for field, value in fields.items())
        and [owed.text for owed in new.they_owe + new.we_owe] == [owed.text for owed in old.they_owe + old.we_owe]
        and _troubles(after) <= _troubles(before)
    )


def _troubles(reading: Reading) -> Counter[str]:
    """The problems of a note, without hints at what an entry's words may mean: the entries themselves are compared."""
    return Counter(problem.code for problem in reading.problems if problem.code not in HINTS)


def expected_entry(change: AddEntry, rules: Rules) -> Entry:
    """What the added line must be read as. Raises ``Refused`` for a line that would not mean what was asked for."""
    known = vocabulary(rules.channels)
    parts = take_apart(entry_text(change), 0, known)
    if parts.next_unread is not None:
        raise Refused(
            f"`next: {parts.next_unread}` in the text would be read as a next date, and is none: "
            "write it as YYYY-MM-DD, or in other words"
        )
    if change.next and (parts.next is None or parts.next.day != change.next):
        raise Refused("the text names a next date of its own: leave one of the two out")
    entry = read_entry(Stamp(change.day, change.at, 0), parts, 0, (), known, rules.stages)
    if isinstance(entry, Unread):
        raise Refused(entry.message)
    if isinstance(entry, StageChange):
        _prove_stage(entry, change, rules)
    return _bare(entry)


def _prove_stage(read: StageChange, change: AddEntry, rules: Rules) -> None:
    """Raise ``Refused`` unless a stage line says the stage and the reason that were asked for (``lost — why``)."""
    stage, _, reason = change.text.partition(" — ")
    said = take_apart(entry_text(replace(change, text=reason)), 0, vocabulary(rules.channels)).text
    if read.stage != stage or words_of(read.reason) != words_of(said):
        found = f"{read.stage} — {read.reason}" if read.reason else read.stage
        raise Refused(f"`stage: {change.text}` would be read as `{found}`: give the reason in other words")


def _in_order(old: tuple[Entry, ...], new: tuple[Entry, ...]) -> bool:
    """Whether the entries that were there follow one another as before."""
    rest = iter(map(_bare, new))
    return all(entry in rest for entry in map(_bare, old))


def _bare(entry: Entry) -> Entry:
    """An entry without its place."""
    promised = replace(entry.next, line=0) if entry.next else None
    return replace(entry, line=0, next=promised)


def _fields(prospect: Prospect, changed: set[str]) -> list[tuple[str, object]]:
    return [(field.name, field.value) for field in prospect.fields if field.name not in changed]


def _says(prospect: Prospect, field: str, value: str) -> bool:
    return any(read.name == field and str(read.value) == value for read in prospect.fields)
