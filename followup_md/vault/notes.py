"""The notes of a vault in its database: put in as they were read, taken out again, and what each of them says."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from followup_md.reading.note import Reading
from followup_md.vault.database import blob, changing, keep_state, proof, state, text_of
from followup_md.vault.known import Gist, Known
from followup_md.vault.names import keep_names
from followup_md.vault.packing import unpacked
from followup_md.vault.scan import File

_LINKS = "links"
#: What is kept of each note.
_TABLES = ("note", "gist", "said", "single", "name")
#: Of a note as it was known: whose colleague it makes its prospect, and all that decides what links lead to it or from it.
_BEFORE = "SELECT company, handles, special FROM note LEFT JOIN name USING (path) WHERE path = ?"
_SIGNATURE = "UPDATE note SET modified = ?, changed = ?, size = ?, inode = ? WHERE path = ?"
#: Of each note the file as it was when it was read; None stands for what must not be relied on.
_FILES = "SELECT path, modified, changed, size, inode FROM note"
#: The largest number that is kept: some drives tell of times before 1677.
_MOST = (1 << 63) - 1
_UNSURE = (None, None, None, None)


class Seen(NamedTuple):
    """A note that was looked at: the file as it was, None if it may not be that any more; and what it says, None if
    that is known already."""

    path: str
    file: File | None
    note: Known | None


def compared(connection: sqlite3.Connection, files: Iterable[File]) -> tuple[list[File], set[str]]:
    """A vault's files, in the order of their paths, gone through side by side with what is known of its notes.

    Returns those that are not as they are known, and the paths of the notes that are not there.
    """
    changed: list[File] = []
    gone: set[str] = set()
    rows = connection.execute(f"{_FILES} ORDER BY path")
    row = rows.fetchone()
    for file in files:
        path = blob(file.path)
        while row and row[0] < path:
            gone.add(text_of(row[0]))
            row = rows.fetchone()
        if row and row[0] == path:
            if row[1:] != file[1:]:
                changed.append(file)
            row = rows.fetchone()
        else:
            changed.append(file)
    while row:
        gone.add(text_of(row[0]))
        row = rows.fetchone()
    return changed, gone


def as_known(connection: sqlite3.Connection, file: File) -> bool:
    """Whether a file is as it was when its note was read."""
    row = connection.execute(f"{_FILES} WHERE path = ?", (blob(file.path),)).fetchone()
    return row is not None and row[1:] == file[1:]


def knows(connection: sqlite3.Connection, path: str) -> bool:
    """Whether there is a note of that path."""
    return connection.execute("SELECT 1 FROM note WHERE path = ?", (blob(path),)).fetchone() is not None


def digest(connection: sqlite3.Connection, path: str) -> bytes | None:
    """The digest of a note's bytes; None where the note is not known, or must not be relied on."""
    row = connection.execute("SELECT digest FROM note WHERE path = ?", (blob(path),)).fetchone()
    return row[0] if row else None


def put(connection: sqlite3.Connection, notes: Iterable[Seen]) -> None:
    """Keep what was seen of notes, and mark whose sheets it bears on."""
    new: dict[bytes, Known] = {}
    rows = []
    linked_anew = False
    for seen in notes:
        path, note = blob(seen.path), seen.note
        signature = seen.file[1:] if seen.file and max(map(abs, seen.file[1:])) <= _MOST else _UNSURE
        if note is None:
            connection.execute(_SIGNATURE, (*signature, path))
            continue
        handles = note.called.handles if note.called else None
        if before := connection.execute(_BEFORE, (path,)).fetchone():
            company, *linked = before
            linked_anew = linked_anew or linked != [handles, False] or note.special
            if company not in (None, note.company):
                _mark_colleagues_of(connection, path)
            _take_out(connection, path)
        else:
            linked_anew = True
        rows.append((path, *signature, note.digest, note.called is not None, note.special, note.company, note.timezone))
        new[path] = note
    if linked_anew:
        forget_links(connection)
    connection.executemany("INSERT INTO note VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    gists = ((path, note.packed_gist, proof(path, note.packed_gist)) for path, note in new.items())
    connection.executemany("INSERT INTO gist VALUES (?, ?, ?)", gists)
    says = ((path, note.says, proof(path, note.says)) for path, note in new.items())
    connection.executemany("INSERT INTO said VALUES (?, ?, ?)", says)
    singles = [(key, path) for path, note in new.items() for key in note.alone]
    connection.executemany("INSERT OR IGNORE INTO single VALUES (?, ?)", singles)
    connection.executemany("INSERT OR IGNORE INTO twin SELECT key FROM single WHERE key = ? AND path != ?", singles)
    keep_names(connection, ((path, note.called) for path, note in new.items()))
    mark(connection, new)


def remove(connection: sqlite3.Connection, paths: Iterable[bytes]) -> None:
    """Take out notes that are gone."""
    forget_links(connection)
    for path in paths:
        _mark_colleagues_of(connection, path)
        mark(connection, [path])
        _take_out(connection, path)


def links(connection: sqlite3.Connection) -> bytes:
    """What stays the same for as long as all links between these notes lead where they led."""
    return state(connection, _LINKS) or b""


def forget_links(connection: sqlite3.Connection) -> None:
    """From now on, links between the notes may lead elsewhere."""
    keep_state(connection, _LINKS, os.urandom(8))


def take_out_all(connection: sqlite3.Connection) -> None:
    """Know nothing of any note. What was kept for their sheets has to be made anew as well."""
    forget_links(connection)
    connection.execute("INSERT OR IGNORE INTO stale SELECT path FROM note")
    for table in (*_TABLES, "twin"):
        connection.execute(f"DELETE FROM {table}")


def _take_out(connection: sqlite3.Connection, path: bytes) -> None:
    for table in _TABLES:
        connection.execute(f"DELETE FROM {table} WHERE path = ?", (path,))


def doubt(connection: sqlite3.Connection) -> None:
    """Rely on no file to be what it was."""
    with changing(connection):
        connection.execute("UPDATE note SET modified = NULL")


def number(connection: sqlite3.Connection, where: str = "true") -> int:
    """How many notes there are, of all or of some."""
    count: int = connection.execute(f"SELECT count(*) FROM note WHERE {where}").fetchone()[0]
    return count


def gists(connection: sqlite3.Connection, where: str = "prospect", given: tuple[object, ...] = ()) -> dict[str, Gist]:
    """The gists of some notes by path, in the order of paths."""
    rows = connection.execute(
        f"SELECT path, gist, proof FROM note LEFT JOIN gist USING (path) WHERE {where} ORDER BY path", given
    )
    return {text_of(path): unpacked(_sound(path, gist, checked), Gist) for path, gist, checked in rows}


def readings(connection: sqlite3.Connection) -> Iterator[Reading]:
    """All that the prospects' notes say, in the order of their paths."""
    rows = connection.execute(
        "SELECT path, says, proof FROM note LEFT JOIN said USING (path) WHERE prospect ORDER BY path"
    )
    return (unpacked(_sound(*row), Reading) for row in rows)


def says(connection: sqlite3.Connection, path: str) -> bytes | None:
    """All that a note says, packed; None where there is no such note."""
    row = connection.execute(
        "SELECT path, says, proof FROM note LEFT JOIN said USING (path) WHERE path = ?", (blob(path),)
    ).fetchone()
    return _sound(*row) if row else None


def mark(connection: sqlite3.Connection, paths: Iterable[bytes]) -> None:
    """Have the sheets of those notes made anew, and in the end those of their prospects' colleagues."""
    connection.executemany("INSERT OR IGNORE INTO stale VALUES (?)", ((path,) for path in paths))


def mark_colleagues(connection: sqlite3.Connection) -> None:
    """Have the sheets made anew of all who are now colleagues of somebody who is marked."""
    _mark_at(connection, "IN (SELECT company FROM note JOIN stale USING (path))")


def _mark_colleagues_of(connection: sqlite3.Connection, path: bytes) -> None:
    """Have the sheets made anew of all who are colleagues of a note's prospect, before it changes."""
    _mark_at(connection, "= (SELECT company FROM note WHERE path = ?)", path)


def _mark_at(connection: sqlite3.Connection, company: str, *given: bytes) -> None:
    connection.execute(f"INSERT OR IGNORE INTO stale SELECT path FROM note WHERE company {company}", given)


def _sound(path: bytes, data: bytes | None, checked: int | None) -> bytes:
    """Those bytes of a note, if they are the ones that were kept. Raises ``sqlite3.DatabaseError``."""
    if data is None or checked != proof(path, data):
        raise sqlite3.DatabaseError("a row of the database is damaged")
    return data
