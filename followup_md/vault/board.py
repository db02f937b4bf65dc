"""The sheets of a day's prospects, made anew only where something that they rest on has changed.

They are kept in the database, under a digest of all they rest on: the note's bytes, what other notes say that bears on
it, the rules, and the day. So a sheet that is kept is the one that would be made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from msgspec import DecodeError, Struct

from followup_md.model import Entry, Problem
from followup_md.pages.sheet import Sheet, Sheets
from followup_md.planning.checks import check_together, place_of
from followup_md.planning.neighbours import Around, surroundings
from followup_md.planning.plan import Arrangement, arranged
from followup_md.vault.database import database, proof, raw
from followup_md.vault.known import Note, packed, unpacked
from followup_md.vault.vault import Vault
from followup_md.vault.workers import shared


class Shown(Struct, frozen=True):
    """All that DUE.md shows of a vault on a day: the sheets by path, their order, and the problems without hints."""

    sheets: list[Sheet]
    order: Arrangement
    wrong: list[Problem]


class _Kept(NamedTuple):
    """A sheet, and the digest of all it rests on; empty where that cannot be told."""

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
        self._sheets: dict[str, _Kept] | None = {} if full else None

    def show(self, vault: Vault, today: date) -> Shown:
        """The sheets of a day, as they would be made of the vault's prospects."""
        before = _kept(self.root) if self._sheets is None else self._sheets
        rules = packed((vault.rules, today))
        day = blake2b(rules, digest_size=16).digest() if rules else b""
        now: dict[str, _Kept] = {}
        wanted: list[_Wanted] = []
        for one, near in zip(vault.neighbours, surroundings(vault.neighbours, today), strict=True):
            rests_on = _rests_on(day, vault.notes[one.path], near, vault.touches.get(one.path))
            known = before.get(one.path)
            if known and rests_on and known.rests_on == rests_on:
                now[one.path] = known
            else:
                wanted.append(_Wanted(one.path, near, rests_on))
        new = _made(vault, today, wanted)
        now.update((sheet.path, _Kept(one.rests_on, sheet)) for one, sheet, _ in new)
        gone = before.keys() - now.keys()
        if new or gone:
            _keep(self.root, new, gone)
        self._sheets = now
        sheets = [now[one.path].sheet for one in vault.neighbours]
        problems = (*vault.problems, *check_together(vault.neighbours, vault.rules))
        wrong = [problem for problem in problems if not problem.hint]
        wrong += dict.fromkeys(problem for sheet in sheets for problem in sheet.wrong)
        order = arranged([sheet.standing for sheet in sheets], vault.rules, today)
        return Shown(sheets, order, sorted(wrong, key=place_of))


def _rests_on(day: bytes, note: Note, around: Around, touches: tuple[Entry, ...] | None) -> bytes:
    """The digest of all that a sheet rests on; empty where that cannot be told."""
    near = packed((around, touches))
    return blake2b(day + note.digest + near, digest_size=16).digest() if day and near and note.digest else b""


def _made(vault: Vault, today: date, wanted: Sequence[_Wanted]) -> list[tuple[_Wanted, Sheet, bytes]]:
    """The sheets that are wanted, with their bytes; empty where they cannot be kept."""
    write = Sheets(vault.rules, today)

    def sheet(one: _Wanted) -> Sheet:
        return write.planned(vault.prospect(one.path), one.around)

    def work(some: Sequence[_Wanted]) -> bytes:
        return packed([packed(sheet(one)) or b"" for one in some]) or b""

    return [
        (one, unpacked(data, Sheet) if data else sheet(one), data)
        for some, packet in shared(wanted, work)
        for one, data in zip(some, unpacked(packet, list[bytes]), strict=True)
    ]


# --------------------------------------------------------------------------- in the database


def _kept(root: Path) -> dict[str, _Kept]:
    """The sheets that the database knows."""
    found: dict[str, _Kept] = {}
    with database(root) as connection:
        if connection:
            for rests_on, data, checked in connection.execute("SELECT rests_on, sheet, proof FROM sheet"):
                if checked == proof(rests_on, data):
                    with suppress(DecodeError):
                        sheet = unpacked(data, Sheet)
                        found[sheet.path] = _Kept(rests_on, sheet)
    return found


def _keep(root: Path, new: Iterable[tuple[_Wanted, Sheet, bytes]], gone: Iterable[str]) -> None:
    """Write new sheets into the database, and take out those of prospects that are gone."""
    with database(root) as connection:
        if connection:
            connection.executemany("DELETE FROM sheet WHERE path = ?", [(raw(path),) for path in gone])
            rows = [
                (raw(sheet.path), one.rests_on, data, proof(one.rests_on, data))
                for one, sheet, data in new
                if data and one.rests_on
            ]
            connection.executemany("INSERT OR REPLACE INTO sheet VALUES (?, ?, ?, ?)", rows)
