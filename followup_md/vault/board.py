"""The sheets of a day's prospects, made anew only where something that they rest on has changed.

They are kept in the database beside the notes. All of them rest on the rules and the day, and each on its note and on
what other notes say that bears on it. So a sheet that is kept is the one that would be made.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from msgspec import Struct

from followup_md.digest import blake2b
from followup_md.model import Entry, LeftTick, Problem
from followup_md.pages.due_page import Lists, written
from followup_md.pages.sheet import Sheet, Sheets
from followup_md.planning.checks import check_together, place_of
from followup_md.planning.neighbours import NOBODY, Around, surroundings
from followup_md.planning.plan import Section, listed_from, order_of, room, sections_of, taken_by
from followup_md.planning.workdays import after
from followup_md.reading.note import Reading
from followup_md.vault import notes
from followup_md.vault.database import blob, changing, keep_state, state, text_of
from followup_md.vault.files import SETTINGS
from followup_md.vault.packing import packed, unpacked
from followup_md.vault.vault import Progress, Vault
from followup_md.vault.workers import shared
from followup_md.vault.write import changed_meanwhile

#: What can be done now.
_READY = frozenset({Section.REPLIES, Section.NOW})
#: The boxes of stages stand behind the sections of the plan. Before these stands everybody who has a next touch, with
#: the day from which on they are listed as due.
_STAGES, _LISTED = max(Section) + 1, min(Section) - 1
#: Of so many notes all they say is held at a time.
_BATCH = 5_000
_IN_ORDER = "ORDER BY day, category, waits, amount, stage, name, path"


class Shown(Struct, frozen=True):
    """All that DUE.md shows of a vault on a day: its lists, and the problems without hints."""

    lists: Lists
    wrong: list[Problem]


class _Wanted(NamedTuple):
    """A sheet to be made: whose, what others say that bears on it, and the digest of all that it rests on."""

    path: str
    around: Around
    rests_on: bytes


def show(
    vault: Vault,
    today: date,
    left: Sequence[LeftTick] = (),
    full: bool = False,
    progress: Progress = lambda done, of: None,
) -> Shown:
    """What DUE.md shows on a day, as it would be made of the vault's prospects. ``full``: trust nothing that was kept.

    ``progress`` is told how many prospects were planned, of how many that had to be.
    Raises ``ChangedMeanwhile`` where somebody has looked at the vault by other settings meanwhile.
    """
    day = blake2b(packed((vault.rules, today)), digest_size=16).digest()

    def up_to_date(connection: sqlite3.Connection) -> Shown:
        with changing(connection):
            if state(connection, "settings") != vault.of:
                raise changed_meanwhile(SETTINGS)
            if full or state(connection, "day") != day:
                keep_state(connection, "day", day)
                connection.execute("DELETE FROM sheet")
                connection.execute("DELETE FROM item")
                connection.execute("INSERT OR IGNORE INTO stale SELECT path FROM note")
            _mark_joined(connection, vault)
            notes.mark_colleagues(connection)
            _take_out_strangers(connection)
            wanted = _wanted(connection, vault, today)
            done = 0
            progress(done, len(wanted))
            for made in _made(connection, vault, today, wanted):
                _keep(connection, made, vault, today)
                done += len(made)
                progress(done, len(wanted))
            connection.execute("DELETE FROM stale")
            return _shown(connection, vault, left)

    return vault.index.ask(up_to_date)


def due_until(vault: Vault, until: date) -> list[str]:
    """The paths of those who are due on a day or before, and of all to whom a reply is owed, as it was shown last: in the
    order of the day. Of those who are due now, first come those that the day has room for."""

    def paths(connection: sqlite3.Connection) -> list[str]:
        rows = connection.execute(
            f"SELECT path FROM item WHERE section = ? AND text <= ? {_IN_ORDER}", (_LISTED, until.isoformat().encode())
        )
        return [text_of(path) for (path,) in rows]

    return vault.index.ask(paths)


def _mark_joined(connection: sqlite3.Connection, vault: Vault) -> None:
    """Notes of interactions bear on those whom they link, now or before, and on their colleagues."""
    before, now = state(connection, "joined"), packed(vault.touches)
    if now != (before or packed({})):
        then = unpacked(before, dict[str, tuple[Entry, ...]]) if before else {}
        paths = vault.touches.keys() | then.keys()
        notes.mark(connection, [blob(path) for path in paths if vault.touches.get(path) != then.get(path)])
        keep_state(connection, "joined", now)


def _take_out_strangers(connection: sqlite3.Connection) -> None:
    """Who is no prospect any more has no sheet."""
    for (path,) in connection.execute(
        "SELECT path FROM stale LEFT JOIN note USING (path) WHERE prospect IS NOT 1"
    ).fetchall():
        _take_out(connection, path)


def _take_out(connection: sqlite3.Connection, path: bytes) -> None:
    connection.execute("DELETE FROM sheet WHERE path = ?", (path,))
    connection.execute("DELETE FROM item WHERE path = ?", (path,))


def _wanted(connection: sqlite3.Connection, vault: Vault, today: date) -> list[_Wanted]:
    """The sheets that are to be made, by path; what was kept of these is taken out."""
    neighbours = vault.neighbours_where("path IN (SELECT path FROM stale)")
    around = {one.path: near for one, near in zip(neighbours, surroundings(neighbours, today), strict=True)}
    wanted = []
    for path, digest, before in connection.execute(
        "SELECT path, digest, rests_on FROM stale JOIN note USING (path) LEFT JOIN sheet USING (path) WHERE prospect ORDER BY path"
    ).fetchall():
        name = text_of(path)
        # A note that is away since the rules changed has none: it is known as it was read by other rules.
        rests_on = _rests_on(digest or b"", around[name], vault.touches.get(name))
        if rests_on != before:
            if before is not None:
                _take_out(connection, path)
            wanted.append(_Wanted(name, around[name], rests_on))
    return wanted


def _rests_on(digest: bytes, around: Around, touches: tuple[Entry, ...] | None) -> bytes:
    """What a sheet rests on beside rules and day."""
    if around is NOBODY and touches is None:
        return digest
    return blake2b(digest + packed((around, touches)), digest_size=20).digest()


def _made(
    connection: sqlite3.Connection, vault: Vault, today: date, wanted: Sequence[_Wanted]
) -> Iterator[list[tuple[_Wanted, Sheet]]]:
    """The sheets that are wanted, some at a time."""
    write = Sheets(vault.rules, today)

    def work(some: Sequence[tuple[_Wanted, bytes]]) -> bytes:
        return packed([write.planned(vault.joined(unpacked(said, Reading)), one.around) for one, said in some])

    for start in range(0, len(wanted), _BATCH):
        says = [(one, notes.says(connection, one.path) or b"") for one in wanted[start : start + _BATCH]]
        for some, data in shared(says, work):
            yield list(zip((one for one, _ in some), unpacked(data, list[Sheet]), strict=True))


def _keep(connection: sqlite3.Connection, made: Sequence[tuple[_Wanted, Sheet]], vault: Vault, today: date) -> None:
    """Keep sheets, of which none is kept any more."""
    horizon = after(today, vault.rules.horizon, vault.rules)
    sheets: list[tuple[object, ...]] = []
    items: list[tuple[object, ...]] = []
    for one, sheet in made:
        path, standing = blob(one.path), sheet.standing
        sections = sections_of(standing, today, horizon)
        sheets.append(
            (
                path,
                one.rests_on,
                None if standing.on is None else blob(sheet.name),
                standing.open,
                taken_by(standing, today),
                standing.overdue and not _READY.isdisjoint(sections),
                packed(sheet.wrong) if sheet.wrong else None,
            )
        )
        if standing.on is not None:
            day, (category, waits, amount, stage, name, _) = order_of(standing, today)
            order = (day.isoformat(), category, waits, amount, stage, blob(name), path)
            items.append((_LISTED, *order, listed_from(standing).isoformat().encode()))
            items += [(section, *order, written(sheet.text(section))) for section in sections]
        if sheet.stage:
            items.append((_STAGES, "", 0, 0.0, 0.0, 0, b"", path, written(sheet.stage)))
    connection.executemany("INSERT INTO sheet VALUES (?, ?, ?, ?, ?, ?, ?)", sheets)
    connection.executemany("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", items)


def _shown(connection: sqlite3.Connection, vault: Vault, left: Sequence[LeftTick]) -> Shown:
    texts = {section: _texts(connection, section) for section in (*Section, _STAGES)}
    number, taken, late = connection.execute("SELECT total(open), total(takes), total(late) FROM sheet").fetchone()
    now = texts[Section.NOW]
    fits = room(len(now), int(taken), vault.rules)
    lists = Lists(
        texts[Section.REPLIES],
        now[:fits],
        now[fits:],
        texts[Section.UPCOMING],
        texts[Section.WAITING],
        texts[Section.DARK],
        texts[Section.HELD],
        texts[_STAGES],
        int(late),
        int(number),
        _names(connection, left),
    )
    return Shown(lists, _wrong(connection, vault))


def _texts(connection: sqlite3.Connection, section: int) -> list[bytes]:
    """What stands in a section, in its order."""
    return [text for (text,) in connection.execute(f"SELECT text FROM item WHERE section = ? {_IN_ORDER}", (section,))]


def _names(connection: sqlite3.Connection, left: Sequence[LeftTick]) -> dict[str, str]:
    """What those are called at whom ticks were left, by path; who has no next touch is left out."""
    found = {}
    for path in {one.path for one in left if one.path}:
        row = connection.execute("SELECT name FROM sheet WHERE path = ? AND name NOT NULL", (blob(path),)).fetchone()
        if row:
            found[path] = text_of(row[0])
    return found


def _wrong(connection: sqlite3.Connection, vault: Vault) -> list[Problem]:
    """All problems that are no hints, by their places."""
    several = "path IN (SELECT path FROM twin CROSS JOIN single USING (key))"  # so that only twins are looked for
    together = check_together(vault.neighbours_where(several), vault.rules)
    wrong = [problem for problem in (*vault.problems, *together) if not problem.hint]
    rows = connection.execute("SELECT wrong FROM sheet WHERE wrong NOT NULL ORDER BY path")
    wrong += dict.fromkeys(problem for (data,) in rows for problem in unpacked(data, tuple[Problem, ...]))
    return sorted(wrong, key=place_of)
