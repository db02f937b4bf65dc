"""The incremental index: what each note says, read again only where the note may have changed.

It has one law: reading through it equals reading the files. It holds what files say, and never what a plan says.

A note is known by its path and by what the system says of the file (times, size, inode). Where that cannot tell,
since the file was changed just before it was looked at, its bytes are read again and their digest is compared.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

from followup_md.model import Rules
from followup_md.reading.note import is_under
from followup_md.vault import notes
from followup_md.vault.database import (
    ERRORS,
    blob,
    changing,
    connected,
    forget,
    in_memory,
    is_broken,
    keep_state,
    proof,
    state,
)
from followup_md.vault.files import SETTINGS
from followup_md.vault.names import keep_words, words_of
from followup_md.vault.notes import Seen
from followup_md.vault.packing import packed, unpacked
from followup_md.vault.patience import Patience
from followup_md.vault.places import cache_file
from followup_md.vault.reader import Read, Wanted, read_all
from followup_md.vault.scan import File
from followup_md.vault.write import changed_meanwhile

T = TypeVar("T")

#: So many notes are kept at a time.
_BATCH = 1_000


class Look(NamedTuple):
    """What a vault's index has to know: these files, read by those rules; the settings behind them have a digest.

    ``hidden`` are folders that cannot be looked into now. ``progress`` is told how many files were looked at.
    """

    files: Sequence[File]
    rules: Rules
    of: bytes
    hidden: Sequence[str] = ()
    progress: Callable[[int], None] = lambda done: None


class Index:
    """What is known of a vault's notes, in a database on disk; in memory where there can be none.

    A command makes one and looks once. The watcher keeps one.
    """

    def __init__(self, root: Path, full: bool = False, kept: bool = True, patience: Patience | None = None) -> None:
        """``full``: trust nothing that was kept, read every note. ``kept``: whether to have it on disk at all.

        ``patience``: what is not believed at first sight; without it, files are taken as they are.
        """
        self.root, self.patience = root, patience
        self._full, self._kept, self._on_disk = full, kept, kept
        self._connection: sqlite3.Connection | None = None
        self._place: tuple[int, int] | None = None
        self._look: Look | None = None
        self._is_known = self._has_looked = self._answering = False
        self._made: dict[str, tuple[bytes, object]] = {}
        #: The notes whose files were read, at any look.
        self.read: set[str] = set()
        #: The notes that were found to say something else, or to be gone.
        self.changed: set[str] = set()
        #: The notes that went away between being listed and being read, at the last look.
        self.away: set[str] = set()

    def look(self, look: Look) -> None:
        """Know what those files say, and of no others."""
        if self._place and _place_of(self.root) != self._place:
            self.close()  # somebody has removed the database
        self._look, self._is_known = look, False
        self.ask(lambda connection: None)
        self._has_looked = True

    def look_at(self, files: Sequence[File]) -> None:
        """Know what those files say, beside what is known of others."""

        def read(connection: sqlite3.Connection) -> None:
            assert self._look
            self._read(connection, [file for file in files if not notes.as_known(connection, file)], self._look)

        self.ask(read)

    def knows(self, paths: Iterable[str]) -> bool:
        """Whether all of these are notes that were looked at."""
        return self.ask(lambda connection: all(notes.knows(connection, path) for path in paths))

    def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """What the database says that knows what was looked at last.

        One that is of no use is made anew, or left out.
        """
        if self._answering and self._connection:
            return question(self._connection)
        was_broken = False
        while True:
            connection = self._opened()
            self._answering = True
            try:
                if self._look and not self._is_known:
                    self._go_through(connection, self._look)
                    self._is_known = True
                return question(connection)
            except ERRORS as error:
                if not self._place:
                    raise
                self.close()
                self._on_disk = is_broken(error) and not was_broken
                if self._on_disk:
                    was_broken = True
                    forget(self.root)
            finally:
                self._answering = False

    def remembered(self, name: str, of: bytes, type_: type[T], make: Callable[[], T]) -> T:
        """What ``make`` makes of what has the digest ``of``, unless it is known from before."""

        def known(connection: sqlite3.Connection) -> T | None:
            rows = connection.execute("SELECT data, proof FROM made WHERE name = ? AND rests_on = ?", (name, of))
            return next((unpacked(data, type_) for data, checked in rows if checked == proof(of, data)), None)

        def keep(connection: sqlite3.Connection) -> None:
            data = packed(value)
            with changing(connection):
                connection.execute("INSERT OR REPLACE INTO made VALUES (?, ?, ?, ?)", (name, of, data, proof(of, data)))

        if self._made.get(name, (None,))[0] == of:
            return self._made[name][1]  # type: ignore[return-value]
        value = None if self._full else self.ask(known)
        if value is None:
            value = make()
            self.ask(keep)
        self._made[name] = of, value
        return value

    def close(self) -> None:
        """Let go of the database. Whoever asks again opens it again."""
        if self._connection:
            with suppress(sqlite3.Error):
                self._let_go()
        self._connection = self._place = None

    def tidy(self) -> None:
        """Put into the database what lies beside it, in a moment when nobody waits. One that could not be had is looked
        for again."""
        if self._kept and not self._place and (connection := connected(self.root)):
            connection.close()
            self.close()
            self._on_disk = True
        elif self._connection:
            with suppress(sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def doubt(self) -> None:
        """Compare every note's bytes at the next look, whatever the system says of the files."""
        self.ask(notes.doubt)

    def _go_through(self, connection: sqlite3.Connection, look: Look) -> None:
        """Read what has changed, and take out what is gone."""
        self._begin(connection, look)
        known = notes.number(connection) if self.patience else 0
        changed, gone = notes.compared(connection, look.files)
        self.away = self._read(connection, changed, look)
        gone |= self.away
        if self.patience:
            moved = self._moved(connection, gone, {file.path for file in changed})
            unseen = {path for path in gone if is_under(path, look.hidden)}
            gone = moved | self.patience.believes_gone(gone - unseen - moved, known, self._has_looked)
        if gone:
            with changing(connection):
                notes.remove(connection, map(blob, gone))
        self.changed |= gone

    def _moved(self, connection: sqlite3.Connection, gone: Iterable[str], read: Collection[str]) -> set[str]:
        """Those of the notes that are gone whose very bytes were just read under another path."""
        digests = {path: notes.digest(connection, path) for path in gone}
        if not digests:
            return set()
        came = {notes.digest(connection, path) for path in read} - {None}
        return {path for path, digest in digests.items() if digest in came}

    def _read(self, connection: sqlite3.Connection, files: Sequence[File], look: Look) -> set[str]:
        """Read files that are not as they are known. Returns those that are gone by now."""
        digests = {file.path: notes.digest(connection, file.path) for file in files}
        wanted = [Wanted(file, digests[file.path] or b"") for file in files]
        away, seen = set(), []
        sure = len(look.files) - len(files)
        look.progress(sure)
        for file, read in read_all(self.root, wanted, look.rules, lambda done: look.progress(sure + done)):
            if read is None:
                away.add(file.path)
            else:
                seen.append(self._seen(connection, file, read, digests[file.path]))
            if len(seen) == _BATCH:
                self._put(connection, seen)
                seen = []
        self._put(connection, seen)
        self.read.update(digests)
        return away

    def _seen(self, connection: sqlite3.Connection, file: File, read: Read, digest: bytes | None) -> Seen:
        """What is to be known of a file that was read, whose bytes had that digest before."""
        note = read.note if read.note and read.note.digest != digest else None
        if self.patience and digest is not None:
            before = notes.gists(connection, "path = ?", (blob(file.path),)).get(file.path)
            now = note.gist if note else before
            if before and now and not self.patience.believes_read(file.path, before, read, now):
                return Seen(file.path, None, None)
        return Seen(file.path, file if read.at_rest else None, note)

    def _put(self, connection: sqlite3.Connection, seen: Sequence[Seen]) -> None:
        if seen:
            with changing(connection):
                if self._look and state(connection, "settings") != self._look.of:
                    raise changed_meanwhile(SETTINGS)
                notes.put(connection, seen)
            self.changed.update(one.path for one in seen if one.note)

    def _begin(self, connection: sqlite3.Connection, look: Look) -> None:
        """Rely on nothing that was read by other rules, and on nothing at all where that is wished for."""
        words = words_of(look.rules)
        if state(connection, "words") != (named := packed(words)):
            with changing(connection):
                keep_words(connection, words)
                keep_state(connection, "words", named)
        is_begun_anew = self._full and not self._has_looked
        if is_begun_anew or state(connection, "settings") != look.of:
            with changing(connection):
                if is_begun_anew:
                    notes.take_out_all(connection)
                connection.execute("UPDATE note SET modified = NULL, digest = NULL")
                keep_state(connection, "settings", look.of)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = connected(self.root) if self._on_disk else None
            self._place = _place_of(self.root) if self._connection else None
            self._connection = self._connection or in_memory()
            # It is in a cycle with its own statements, so it would stay open when nobody has the index any more.
            self._let_go = weakref.finalize(self, self._connection.close)
            self._is_known = False
        return self._connection


def _place_of(root: Path) -> tuple[int, int] | None:
    """What tells the database's file from another in its place."""
    try:
        status = cache_file(root, "sqlite").stat()
    except (OSError, RuntimeError):
        return None
    return status.st_dev, status.st_ino
