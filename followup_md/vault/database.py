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

_WAIT_SECONDS = 0.25
_BROKEN = frozenset(
    {
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_SCHEMA,
        sqlite3.SQLITE_MISMATCH,
    }
)

#: A broken database is told with words that it holds, which may be no UTF-8.
_ERRORS = (sqlite3.Error, UnicodeDecodeError)

#: ``proof`` is a checksum of the row's bytes: it is not synced to disk, so a power cut may leave parts of rows.
_TABLES = (
    "CREATE TABLE version (program BLOB NOT NULL)",
    "CREATE TABLE shelf (kind TEXT, part INTEGER, rests_on BLOB, data BLOB, proof INTEGER, PRIMARY KEY (kind, part))",
    "CREATE TABLE note (path BLOB PRIMARY KEY, digest BLOB, says BLOB, proof INTEGER)",
    "CREATE TABLE name (path BLOB PRIMARY KEY, name TEXT, other TEXT, handles TEXT, owner TEXT) WITHOUT ROWID",
    "CREATE TABLE word (kind TEXT, word TEXT)",
    "CREATE TABLE look (settings BLOB, exclude TEXT, due_file TEXT, timezone TEXT, proof INTEGER)",
    "CREATE TABLE answer (question BLOB PRIMARY KEY, code INTEGER, out BLOB, err BLOB, proof INTEGER)",
)


def proof(*parts: object) -> int:
    """A checksum of a row, whatever a torn one holds."""
    found = 0
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        found = crc32(data, found)
    return found


def raw(path: str) -> bytes:
    """A path as the database has it: odd bytes stay what they are."""
    return path.encode("utf-8", "surrogateescape")


@contextmanager
def database(root: Path) -> Iterator[sqlite3.Connection | None]:
    """The open database of a vault; None where there can be none.

    A failure within ends the block: what was changed is rolled back, and a broken database is removed.
    """
    connection = _connected(root)
    if connection is None:
        yield None
        return
    with closing(connection):
        try:
            yield connection
            connection.commit()
        except _ERRORS as error:
            if _is_broken(error):
                _forget(root)


def _connected(root: Path) -> sqlite3.Connection | None:
    for _ in range(2):
        connection = None
        try:
            place = cache_file(root, "sqlite")
            os.close(os.open(place, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600))
            connection = sqlite3.connect(place, timeout=_WAIT_SECONDS)
            connection.execute("PRAGMA synchronous=OFF")
            _of_this_program(connection)
        except (OSError, RuntimeError):
            return None
        except _ERRORS as error:
            if connection:
                connection.close()
            if not _is_broken(error):
                return None
            _forget(root)
        else:
            return connection
    return None


def _is_broken(error: Exception) -> bool:
    """Whether a database is of no use. Else it is locked, or the disk is full or cannot be written."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in _BROKEN


def _forget(root: Path) -> None:
    with suppress(OSError, RuntimeError):
        for ending in ("sqlite", "sqlite-journal"):
            cache_file(root, ending).unlink(missing_ok=True)


def _of_this_program(connection: sqlite3.Connection) -> None:
    """Empty a database that another state of the program has written."""
    program = _program()
    if _is_of(connection, program):
        return
    connection.execute("BEGIN IMMEDIATE")
    if not _is_of(connection, program):  # by now: another command may have begun at the same moment
        for name in _tables(connection):
            connection.execute(f'DROP TABLE "{name}"')
        for statement in _TABLES:
            connection.execute(statement)
        connection.execute("INSERT INTO version VALUES (?)", (program,))
    connection.commit()


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
