"""The sheets of a day's prospects, made anew only where something that they rest on has changed.

They are kept in the database, under a digest of all they rest on: the note's bytes, what other notes say that bears on
it, the rules, and the day. So a sheet that is kept is the one that would be made.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from followup_md.digest import blake2b
from followup_md.model import Entry, Problem
from followup_md.pages.sheet import Sheet, Sheets
from followup_md.planning.checks import check_together, place_of
from followup_md.planning.neighbours import NOBODY, Around, surroundings
from followup_md.planning.plan import Arrangement, arranged
from followup_md.vault.known import Note
from followup_md.vault.shelf import Shelf, packed, unpacked
from followup_md.vault.vault import Vault
from followup_md.vault.workers import shared


class Shown(Struct, frozen=True):
    """All that DUE.md shows of a vault on a day: the sheets by path, their order, and the problems without hints."""

    sheets: list[Sheet]
    order: Arrangement
    wrong: list[Problem]

    @property
    def ready(self) -> list[str]:
        """The paths of those for whom something can be done now, in the order of the day, whatever the day holds."""
        return [self.sheets[place].path for place in (*self.order.replies, *self.order.due, *self.order.next_in_line)]


class _Kept(Struct, frozen=True, array_like=True):
    """A sheet, and what it rests on beside rules and day; empty where that cannot be told."""

    rests_on: bytes
    sheet: Sheet


class _Wanted(NamedTuple):
    """A sheet to be made: whose, what others say that bears on it, and the digest of all that it rests on."""

    path: str
    around: Around
    rests_on: bytes


class Board:
    """What is known of a vault's sheets, in the database and in memory. A command makes one, the watcher keeps one."""

    def __init__(self, root: Path, full: bool = False) -> None:
        """``full``: trust nothing that was kept, make every sheet."""
        self.root = root
        self._full = full
        self._day = b""
        self._sheets: dict[str, _Kept] = {}
        self._shelf = Shelf(root, "sheet", _Kept)

    def show(self, vault: Vault, today: date) -> Shown:
        """The sheets of a day, as they would be made of the vault's prospects."""
        rules = packed((vault.rules, today))
        day = blake2b(rules, digest_size=16).digest() if rules else b""
        before = self._sheets
        if day != self._day or not day:
            self._shelf.begin(day)
            before = {} if self._full or not day else self._shelf.load(day)
        now: dict[str, _Kept] = {}
        wanted: list[_Wanted] = []
        for one, near in zip(vault.neighbours, surroundings(vault.neighbours, today), strict=True):
            rests_on = _rests_on(vault.notes[one.path], near, vault.touches.get(one.path))
            known = before.get(one.path)
            if known and rests_on and known.rests_on == rests_on:
                now[one.path] = known
            else:
                wanted.append(_Wanted(one.path, near, rests_on))
        new = _made(vault, today, wanted)
        now |= new
        gone = before.keys() - now.keys()
        if day and (new or gone):
            self._shelf.change({path: one for path, one in new.items() if one.rests_on}, gone)
        self._day, self._sheets = day, now
        sheets = [now[one.path].sheet for one in vault.neighbours]
        problems = (*vault.problems, *check_together(vault.neighbours, vault.rules))
        wrong = [problem for problem in problems if not problem.hint]
        wrong += dict.fromkeys(problem for sheet in sheets for problem in sheet.wrong)
        order = arranged([sheet.standing for sheet in sheets], vault.rules, today)
        return Shown(sheets, order, sorted(wrong, key=place_of))


def _rests_on(note: Note, around: Around, touches: tuple[Entry, ...] | None) -> bytes:
    """What a sheet rests on beside rules and day; empty where that cannot be told."""
    if around is NOBODY and touches is None:
        return note.digest
    near = packed((around, touches))
    return blake2b(note.digest + near, digest_size=20).digest() if near and note.digest else b""


def _made(vault: Vault, today: date, wanted: Sequence[_Wanted]) -> dict[str, _Kept]:
    """The sheets that are wanted, by path."""
    write = Sheets(vault.rules, today)

    def sheet(one: _Wanted) -> Sheet:
        return write.planned(vault.prospect_as_known(one.path), one.around)

    def work(some: Sequence[_Wanted]) -> bytes:
        return packed([packed(sheet(one)) or b"" for one in some]) or b""

    return {
        one.path: _Kept(one.rests_on, unpacked(data, Sheet) if data else sheet(one))
        for some, packet in shared(wanted, work)
        for one, data in zip(some, unpacked(packet, list[bytes]), strict=True)
    }
