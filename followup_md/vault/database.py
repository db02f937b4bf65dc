"""The file in the user's cache folder where a vault's index is kept. Never in the vault, and never needed.

What is broken, locked, of another version or cannot be written is left out or made anew; it is no error.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from zlib import crc32

from followup_md import __version__
from followup_md.digest import blake2b
from followup_md.vault.places import cache_file

#: For so long another program may write to it, before it is left out.
_WAIT_SECONDS = 2.0
#: So many pages of changes (4 KB each) may lie beside it before a change has to wait until they are put in.
_WAL_PAGES = 10_000
_BROKEN = frozenset(
    {
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_SCHEMA,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_CONSTRAINT,
    }
)

#: A broken database is told with words that it holds, which may be no UTF-8, and may hold values of another shape.
ERRORS = (sqlite3.Error, ValueError, TypeError)

_TABLES = (
    "CREATE TABLE version (program BLOB NOT NULL)",
    "CREATE TABLE state (name TEXT PRIMARY KEY, value BLOB)",
    "CREATE TABLE made (name TEXT PRIMARY KEY, rests_on BLOB, data BLOB, proof INTEGER)",
    # Of each note the file's times as they were, the digest of its bytes, and what notes are looked for by.
    "CREATE TABLE note (path BLOB PRIMARY KEY, modified INTEGER, changed INTEGER, size INTEGER, inode INTEGER, "
    "digest BLOB, prospect INTEGER, special INTEGER, company BLOB, timezone BLOB) WITHOUT ROWID",
    "CREATE INDEX colleague ON note (company) WHERE company IS NOT NULL",
    "CREATE INDEX zone ON note (timezone) WHERE timezone IS NOT NULL",
    "CREATE INDEX odd ON note (path) WHERE special",
    "CREATE TABLE gist (path BLOB PRIMARY KEY, gist BLOB, proof INTEGER)",
    "CREATE TABLE said (path BLOB PRIMARY KEY, says BLOB, proof INTEGER)",
    "CREATE TABLE single (key BLOB, path BLOB, PRIMARY KEY (key, path)) WITHOUT ROWID",
    "CREATE INDEX single_of ON single (path)",
    # Keys that more than one note has, or had.
    "CREATE TABLE twin (key BLOB PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE name (path BLOB PRIMARY KEY, name TEXT, other TEXT, handles TEXT, owner TEXT) WITHOUT ROWID",
    "CREATE TABLE word (kind TEXT, word TEXT)",
    # Of each prospect what DUE.md says of it on a day, and whose of these are to be made anew.
    "CREATE TABLE sheet (path BLOB PRIMARY KEY, rests_on BLOB, name BLOB, open INTEGER, takes INTEGER, late INTEGER, "
    "wrong BLOB) WITHOUT ROWID",
    "CREATE INDEX wronged ON sheet (path) WHERE wrong IS NOT NULL",
    "CREATE TABLE item (section INTEGER, day TEXT, category INTEGER, waits REAL, amount REAL, stage INTEGER, name BLOB, "
    "path BLOB, text BLOB, PRIMARY KEY (section, day, category, waits, amount, stage, name, path)) WITHOUT ROWID",
    "CREATE INDEX item_of ON item (path)",
    "CREATE TABLE stale (path BLOB PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE look (settings BLOB, exclude TEXT, due_file TEXT, timezone TEXT, proof INTEGER)",
    "CREATE TABLE answer (question BLOB PRIMARY KEY, code INTEGER, out BLOB, err BLOB, proof INTEGER)",
)


def proof(*parts: object) -> int:
    """A checksum of a row, whatever a damaged one holds."""
    found = 0
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        found = crc32(data, found)
    return found


def blob(text: str) -> bytes:
    """A text as the database has it: the odd bytes of a path stay what they are, and the order of texts as well."""
    return text.encode("utf-8", "surrogatepass")


def text_of(data: bytes) -> str:
    """The text that is kept as ``blob``."""
    return str(data, "utf-8", "surrogatepass")


@contextmanager
def database(root: Path) -> Iterator[sqlite3.Connection | None]:
    """The open database of a vault; None where there can be none.

    A failure within ends the block: what was changed is rolled back, and a broken database is removed.
    """
    connection = connected(root)
    if connection is None:
        yield None
        return
    with closing(connection):
        try:
            yield connection
            connection.commit()
        except ERRORS as error:
            if is_broken(error):
                forget(root)


@contextmanager
def changing(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is changed within is changed at once, or not at all; meanwhile nobody else changes anything."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.commit()
    finally:
        if connection.in_transaction:
            connection.rollback()


def state(connection: sqlite3.Connection, name: str) -> bytes | None:
    """What all of a kind that is kept rests on; None where there is nothing of it."""
    row = connection.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def keep_state(connection: sqlite3.Connection, name: str, value: bytes) -> None:
    """From now on, all of that kind rests on this."""
    connection.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, value))


def connected(root: Path) -> sqlite3.Connection | None:
    """The database of a vault, made anew if it is of no use; None where there can be none."""
    for _ in range(2):
        connection = None
        try:
            place = cache_file(root, "sqlite")
            os.close(os.open(place, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600))
            connection = sqlite3.connect(place, timeout=_WAIT_SECONDS)
            _of_this_program(connection)
        except (OSError, RuntimeError):
            return None
        except ERRORS as error:
            if connection:
                connection.close()
            if not is_broken(error):
                return None
            forget(root)
        else:
            return connection
    return None


def in_memory() -> sqlite3.Connection:
    """A database that is gone with the process."""
    connection = sqlite3.connect(":memory:")
    _of_this_program(connection)
    return connection


def is_broken(error: Exception) -> bool:
    """Whether a database is of no use. Else it is locked, or the disk is full or cannot be written."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in _BROKEN


def forget(root: Path) -> None:
    """Remove the database of a vault."""
    with suppress(OSError, RuntimeError):
        for ending in ("sqlite", "sqlite-journal", "sqlite-wal", "sqlite-shm"):
            cache_file(root, ending).unlink(missing_ok=True)


def _of_this_program(connection: sqlite3.Connection) -> None:
    """Empty a database that another state of the program has written."""
    # Readers and a writer are not in each other's way so, and a power cut leaves it as it was some moments before.
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint={_WAL_PAGES}")
    program = _program()
    if _is_of(connection, program):
        return
    connection.execute("PRAGMA journal_mode=WAL")
    with changing(connection):
        if not _is_of(connection, program):  # by now: another command may have begun at the same moment
            for name in _tables(connection):
                connection.execute(f'DROP TABLE "{name}"')
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute("INSERT INTO version VALUES (?)", (program,))


def _is_of(connection: sqlite3.Connection, program: bytes) -> bool:
    return "version" in _tables(connection) and connection.execute("SELECT program FROM version").fetchall() == [
        (program,)
    ]


def _tables(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


@cache
def _program() -> bytes:
    """What tells one state of this program from another: the sources it runs from, and the Python it runs on."""
    found = blake2b(repr((__version__, sys.version, sqlite3.sqlite_version)).encode(), digest_size=16)

    def add(folder: str) -> None:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
        for entry in entries:
            if entry.name.endswith((".py", ".md")):
                status = entry.stat()
                found.update(f"{entry.name} {status.st_mtime_ns} {status.st_size}\n".encode())
            elif entry.is_dir() and not entry.name.startswith("_"):
                add(entry.path)

    add(str(Path(__file__).parent.parent))
    return found.digest()
