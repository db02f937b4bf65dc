"""What the commands that change a note have in common: show the change, or carry it out."""

from __future__ import annotations

import difflib

import click
from msgspec import Struct

from followup_md.cli.session import Session
from followup_md.editing.edit import edited
from followup_md.errors import Refused
from followup_md.model import Edit, Prospect
from followup_md.pages.listing import comes_next_since
from followup_md.pages.text import safe
from followup_md.planning.facts import facts_of
from followup_md.planning.neighbours import neighbour_of, surroundings
from followup_md.planning.next_touch import next_touch
from followup_md.reading.joining import with_touches
from followup_md.reading.note import read_note
from followup_md.vault.day import Day
from followup_md.vault.write import carry_out, read_or_none

dry_run_option = click.option("--dry-run", is_flag=True, help="Print the change as a diff, and write nothing.")


def change(session: Session, day: Day, edit: Edit, dry_run: bool) -> None:
    """Carry out an edit and say what comes next, or print its diff. Raises ``Refused`` as ``carried_out`` does."""
    if dry_run:
        old = read_or_none(day.vault.root, edit.path)
        click.echo(diff(edit.path, old or b"", decided(edit, day, old) or old or b""), nl=False)
    elif written := carried_out(edit, day):
        session.say(f"{edit.path}: {edit.why}")
        say_next(session, day, edit.path, written.after)
    else:
        session.say(f"{edit.path}: {edit.why} already; nothing was written")


def say_next(session: Session, day: Day, path: str, note: bytes) -> None:
    """Say what comes next for the prospect of a note that was written just now."""
    vault, today = day.vault, day.today
    if alone := read_note(path, note, vault.rules).prospect:
        prospect = with_touches(alone, vault.touches.get(path, ()))
        others = [other for other in vault.neighbours if other.path != path]
        near = surroundings([*others, neighbour_of(prospect)], today)[-1]
        session.say(comes_next_since(next_touch(prospect, near.company_answer, vault.rules, today), today))


class Written(Struct, frozen=True):
    """A note's bytes before a change and behind it."""

    before: bytes
    after: bytes


def carried_out(edit: Edit, day: Day) -> Written | None:
    """Carry out an edit; None where it was done already. Raises ``Refused`` where it cannot be proved or written."""
    seen = Written(b"", b"")

    def decide(data: bytes | None) -> bytes | None:
        nonlocal seen
        new = decided(edit, day, data)
        seen = Written(data or b"", new or b"")
        return new

    return seen if carry_out(day.vault.root, edit.path, decide) else None


def taken_back(path: str, written: Written, day: Day) -> None:
    """Give a note the very bytes back that it had before a change. Raises ``Refused`` where it changed since."""

    def decide(data: bytes | None) -> bytes:
        if data != written.after:
            raise Refused(f"{path}: it was changed since, so nothing is undone; take the line out by hand")
        return written.before

    carry_out(day.vault.root, path, decide)


def decided(edit: Edit, day: Day, data: bytes | None) -> bytes | None:
    """The new bytes of an edit's note, or None where it was done already. Raises ``Refused``."""
    if data is None:
        raise Refused(f"{edit.path}: the note is gone; nothing was written")
    return edited(edit, data, day.vault.rules)


def diff(path: str, old: bytes, new: bytes) -> str:
    """A unified diff of two versions of a note, safe to print."""
    before, behind = (
        data.decode("utf-8", "replace").removesuffix("\n").split("\n") if data else [] for data in (old, new)
    )
    lines = difflib.unified_diff(before, behind, path if old else "/dev/null", path, lineterm="")
    return "".join(f"{safe(line)}\n" for line in lines)


def refuse_closed(day: Day, prospect: Prospect) -> None:
    """Raise ``Refused`` where a date would have no effect: the prospect is closed, or not to be contacted."""
    facts = facts_of(prospect, day.vault.rules, day.today)
    if prospect.do_not_contact:
        raise Refused(f"{prospect.name} is not to be contacted, so a date has no effect")
    if not facts.open:
        state = "has declined" if facts.declined else f"is {facts.stage.name}"
        raise Refused(f"{prospect.name} {state}, so a date has no effect: move the stage first (`followup stage`)")
