"""Reading many notes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from followup_md.digest import blake2b
from followup_md.model import Problem, Rules, Severity
from followup_md.reading.note import Reading, read_note
from followup_md.vault.files import opened_file
from followup_md.vault.known import Gist, Note, note_of
from followup_md.vault.scan import File, file_of
from followup_md.vault.shelf import packed, unpacked
from followup_md.vault.workers import shared


class Wanted(NamedTuple):
    """A file to read, and the digest of the bytes that are known of it, if any."""

    file: File
    known: bytes


class Read(NamedTuple):
    """A file that was read. ``at_rest``: nobody wrote to it meanwhile, or just before. ``hollow``: empty, or with NULs.

    ``note`` is None where the bytes are the known ones.
    """

    at_rest: bool
    hollow: bool
    note: Note | None


class _Sent(Struct, frozen=True, array_like=True):
    """A read as one process sends it to another: of a note its digest, its gist and all it says."""

    at_rest: bool
    hollow: bool
    note: tuple[bytes, Gist, bytes] | None


def read_all(
    root: Path, wanted: Sequence[Wanted], rules: Rules, progress: Callable[[int], None] = lambda done: None
) -> Iterator[tuple[File, Read | None]]:
    """Each file with what it says, in their order; None for one that is gone."""

    def work(some: Sequence[Wanted]) -> bytes:
        return packed([_sent(_read(root, one, rules)) for one in some]) or b""

    for some, data in shared(wanted, work, progress):
        for one, sent in zip(some, unpacked(data, list[_Sent | None]), strict=True):
            yield one.file, _received(sent) if sent else _read(root, one, rules)


def _sent(read: Read | None) -> _Sent | None:
    """A read to be sent; None where it cannot be, or there is none."""
    if read is None:
        return None
    if read.note is None:
        return _Sent(read.at_rest, read.hollow, None)
    digest, gist, says = read.note.digest, read.note.gist, read.note.says
    return _Sent(read.at_rest, read.hollow, (digest, gist, says)) if isinstance(says, bytes) else None


def _received(sent: _Sent) -> Read:
    return Read(sent.at_rest, sent.hollow, Note(*sent.note) if sent.note else None)


def _read(root: Path, wanted: Wanted, rules: Rules) -> Read | None:
    file, looked = wanted.file, time.time_ns()
    try:
        with opened_file(root, file.path) as (handle, data):
            at_rest = file_of(file.path, os.fstat(handle)) == file and file.settled(looked)
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"the note cannot be read ({error.strerror}): check its rights"
        problem = Problem(file.path, 1, 1, "note-unreadable", Severity.ERROR, message)
        return Read(False, False, note_of(b"", Reading(file.path, problems=(problem,))))
    digest = blake2b(data, digest_size=16).digest()
    hollow = not data.strip() or b"\0" in data
    return Read(at_rest, hollow, None if digest == wanted.known else note_of(digest, read_note(file.path, data, rules)))
