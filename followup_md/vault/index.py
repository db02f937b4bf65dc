"""The incremental index: what each note says, read again only where the note may have changed.

It has one law: reading through it equals reading the files. It holds what files say, and never what a plan says.

A note is known by its path and by what the system says of the file (times, size, inode). Where that cannot tell,
since the file was changed just before it was looked at, its bytes are read again and their digest is compared.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import msgspec

from followup_md.model import Problem, Rules, Severity
from followup_md.reading.note import Reading, read_note
from followup_md.vault.database import database, proof
from followup_md.vault.files import opened_file
from followup_md.vault.patience import Patience
from followup_md.vault.scan import File, file_of


class Known(NamedTuple):
    """A note that was read: from which bytes, and what it says (as it is kept, or as it was read).

    Without ``file`` the bytes are known, but not whether the file still has them.
    """

    file: File | None
    digest: bytes
    says: bytes | Reading


class Index:
    """What is known of a vault's notes, in the database and in memory.

    A command makes one and looks once. The watcher keeps one: it gives the same values for what has not changed.
    """

    def __init__(self, root: Path, full: bool = False, kept: bool = True, patience: Patience | None = None) -> None:
        """``full``: trust nothing that was kept, read every note. ``kept``: whether there is a database at all.

        ``patience``: what is not believed at first sight; without it, files are taken as they are.
        """
        self.root, self.patience = root, patience
        self._known: dict[str, Known] = {}
        self._rules: bytes | None = None
        self._full, self._kept = full, kept
        #: The notes that were found to say something else, or to be gone.
        self.changed: set[str] = set()

    def look(
        self, files: Iterable[File], rules: Rules, settings: bytes, progress: Callable[[int], None] = lambda done: None
    ) -> list[Reading]:
        """What those files say, in their order; one that is gone is left out.

        ``settings`` is the text that the rules come from: with others, everything is read again. ``progress`` is
        told how many files were looked at.
        """
        of = blake2b(settings, digest_size=16).digest()
        if of != self._rules:
            self._known = _kept(self.root, of) if self._kept and not self._full else {}
            self._rules = of
        known: dict[str, Known] = {}
        for number, file in enumerate(files):
            now = self._looked_at(file, self._known.get(file.path), rules)
            if now is not None:
                known[file.path] = now
            progress(number + 1)
        gone = {path for path in self._known if path not in known}
        if self.patience:
            for path in gone - self.patience.believes_gone(gone, len(self._known)):
                known[path] = self._known[path]._replace(file=None)
                gone.discard(path)
        before = self._known
        looked = [path for path, now in known.items() if path not in before or now[:2] != before[path][:2]]
        if self._kept and (looked or gone):
            _keep(self.root, of, {path: known[path] for path in looked}, gone)
        said = [path for path in looked if path not in before or known[path].digest != before[path].digest]
        self.changed.update(said, gone)
        self._known = known
        return [item.says for item in known.values() if isinstance(item.says, Reading)]

    def _is_doubtful(self, before: Known, data: bytes, says: Reading) -> bool:
        if self.patience is None or not isinstance(before.says, Reading):
            return False
        return not self.patience.believes_read(says.path, before.says, data, says)

    def doubt(self) -> None:
        """Compare every note's bytes at the next look, whatever the system says of the files."""
        self._known = {path: known._replace(file=None) for path, known in self._known.items()}

    def _looked_at(self, file: File, before: Known | None, rules: Rules) -> Known | None:
        """The file as it is now; None where it is gone."""
        if before and before.file == file:
            if isinstance(before.says, Reading):
                return before
            if (says := _unpacked(before.says)) is not None:
                return Known(file, before.digest, says)
        looked = time.time_ns()
        try:
            with opened_file(self.root, file.path) as (handle, data):
                at_rest = file_of(file.path, os.fstat(handle)) == file and file.settled(looked)
        except FileNotFoundError:
            return None
        except OSError as error:
            message = f"the note cannot be read ({error.strerror}): check its rights"
            problem = Problem(file.path, 1, 1, "note-unreadable", Severity.ERROR, message)
            return Known(None, b"", Reading(file.path, problems=(problem,)))
        digest = blake2b(data, digest_size=16).digest()
        same = before.says if before and before.digest == digest else None
        says = _unpacked(same) if isinstance(same, bytes) else same
        says = says or read_note(file.path, data, rules)
        if before and self._is_doubtful(before, data, says):
            return before._replace(file=None)
        return Known(file if at_rest else None, digest, says)


# --------------------------------------------------------------------------- in the database


def _kept(root: Path, rules: bytes) -> dict[str, Known]:
    """What the database knows under those rules."""
    found: dict[str, Known] = {}
    with database(root) as connection:
        if connection:
            for path, signature, of, digest, reading, checked in connection.execute("SELECT * FROM note"):
                if of == rules and checked == proof(path, signature, digest, reading):
                    name = path.decode("utf-8", "surrogateescape")
                    file = File(name, *map(int, signature.split())) if signature else None
                    found[name] = Known(file, digest, reading)
    return found


def _keep(root: Path, rules: bytes, changed: dict[str, Known], gone: Iterable[str]) -> None:
    """Write into the database what was read, and take out what is gone."""
    with database(root) as connection:
        if connection is None:
            return
        connection.executemany("DELETE FROM note WHERE path = ?", [(_raw(path),) for path in gone])
        rows = (_row(path, known, rules) for path, known in changed.items())
        connection.executemany("INSERT OR REPLACE INTO note VALUES (?, ?, ?, ?, ?, ?)", [row for row in rows if row])


def _row(path: str, known: Known, rules: bytes) -> tuple[bytes, bytes, bytes, bytes, bytes, int] | None:
    try:
        reading = known.says if isinstance(known.says, bytes) else _packer().encode(known.says)
    except (UnicodeEncodeError, OverflowError):
        return None  # a name that is no UTF-8, or a number beyond all bounds: such a note is read every time
    signature = b"%d %d %d %d" % known.file[1:] if known.file else b""
    return _raw(path), signature, rules, known.digest, reading, proof(_raw(path), signature, known.digest, reading)


def _unpacked(packed: bytes) -> Reading | None:
    try:
        return _unpacker().decode(packed)
    except msgspec.DecodeError:
        return None


@cache
def _packer() -> msgspec.msgpack.Encoder:
    return msgspec.msgpack.Encoder()


@cache
def _unpacker() -> msgspec.msgpack.Decoder[Reading]:
    return msgspec.msgpack.Decoder(Reading)


def _raw(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
