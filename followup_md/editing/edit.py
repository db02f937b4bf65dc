"""Text in, text out: changes are made, read back and proved before anything is written.

What was asked for must be there, and everything else must read as before; else nothing is done.
"""

from __future__ import annotations

from collections import Counter

from msgspec.structs import replace

from followup_md.editing.fields import set_field
from followup_md.editing.log import add_entry, entry_text
from followup_md.errors import Refused
from followup_md.model import AddEntry, Change, Edit, Entry, Prospect, Rules, SetField
from followup_md.reading.entry import read_entry, take_apart
from followup_md.reading.note import Reading, read_note
from followup_md.reading.stamp import Stamp, Unread
from followup_md.reading.words import vocabulary


def edited(edit: Edit, data: bytes, rules: Rules) -> bytes | None:
    """A note's new bytes, or None where it was done already: an entry's id stands in its log.

    Raises ``Refused`` with path, line and what to do where the note cannot be edited, or the new
    text would not read as it must.
    """
    before = read_note(edit.path, data, rules)
    if before.prospect is None:
        why = before.problems[0].message if before.problems else "it is no prospect's note"
        raise Refused(f"{edit.path}:{before.problems[0].line if before.problems else 1}: {why}")
    if b"\r" in data.replace(b"\r\n", b""):
        raise Refused(f"{edit.path}:1: its lines end in lone CR characters: save it with LF or CRLF line ends first")
    lost = next((problem for problem in before.problems if problem.code == "log-not-found"), None)
    if lost and any(isinstance(change, AddEntry) for change in edit.changes):
        raise Refused(f"{edit.path}:{lost.line}: {lost.message}")
    if any(_is_there(change, before.prospect) for change in edit.changes):
        return None
    text = data.decode("utf-8")
    try:
        for change in edit.changes:
            text = add_entry(text, change, rules) if isinstance(change, AddEntry) else set_field(text, change, rules)
    except Refused as refused:
        line, colon, rest = str(refused).partition(": ")
        place = line.removeprefix("line ") if line.startswith("line ") and colon else "1"
        raise Refused(f"{edit.path}:{place}: {rest if place != '1' or line == 'line 1' else refused}") from None
    new = text.encode("utf-8")
    _prove(edit, before, read_note(edit.path, new, rules), rules)
    return new


def _is_there(change: Change, prospect: Prospect) -> bool:
    """Whether an entry was written already: its id stands in the log."""
    return isinstance(change, AddEntry) and change.id is not None and change.id in ids_of(prospect)


def ids_of(prospect: Prospect) -> frozenset[str]:
    """The ids in a prospect's log."""
    return frozenset(entry.id for entry in prospect.log if entry.id)


def _prove(edit: Edit, before: Reading, after: Reading, rules: Rules) -> None:
    """Raise ``Refused`` unless the new text says the old one and the changes, and nothing else."""
    old, new = before.prospect, after.prospect
    fields = {change.field: change.value for change in edit.changes if isinstance(change, SetField)}
    wanted = Counter(_bare(entry) for entry in (old.log if old else ()))
    wanted.update(expected_entry(change, rules) for change in edit.changes if isinstance(change, AddEntry))
    proved = (
        old is not None
        and new is not None
        and Counter(_bare(entry) for entry in new.log) == wanted
        and _in_order(old.log, new.log)
        and _fields(new, fields) == _fields(old, fields)
        and all(_says(new, field, value) for field, value in fields.items())
        and [owed.text for owed in new.they_owe + new.we_owe] == [owed.text for owed in old.they_owe + old.we_owe]
        and Counter(problem.code for problem in after.problems) <= Counter(problem.code for problem in before.problems)
    )
    if not proved:
        hidden = next((problem for problem in before.problems if problem.code == "comment-not-closed"), None)
        if hidden:
            raise Refused(f"{edit.path}:{hidden.line}: {hidden.message}")
        raise Refused(
            f"{edit.path}:1: the note would not read as it must after this change ({edit.why}): make it by hand"
        )


def expected_entry(change: AddEntry, rules: Rules) -> Entry:
    """What the added line must be read as. Raises ``Refused`` for a line that would mean nothing."""
    known = vocabulary(rules.channels)
    parts = take_apart(entry_text(change), 0, known)
    entry = read_entry(Stamp(change.day, change.at, 0), parts, 0, (), known, rules.stages)
    if isinstance(entry, Unread):
        raise Refused(entry.message)
    return _bare(entry)


def _in_order(old: tuple[Entry, ...], new: tuple[Entry, ...]) -> bool:
    """Whether the entries that were there follow one another as before."""
    rest = iter(map(_bare, new))
    return all(entry in rest for entry in map(_bare, old))


def _bare(entry: Entry) -> Entry:
    """An entry without its place."""
    promised = replace(entry.next, line=0) if entry.next else None
    return replace(entry, line=0, next=promised)


def _fields(prospect: Prospect, changed: dict[str, str]) -> list[tuple[str, object]]:
    return [(field.name, field.value) for field in prospect.fields if field.name not in changed]


def _says(prospect: Prospect, field: str, value: str) -> bool:
    return any(read.name == field and str(read.value) == value for read in prospect.fields)
