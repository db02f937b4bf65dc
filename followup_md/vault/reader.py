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
from followup_md.vault.known import Known, known_of
from followup_md.vault.packing import packed, unpacked
from followup_md.vault.scan import File, file_of, is_settled
from followup_md.vault.workers import shared


class Wanted(NamedTuple):
    """A file to read, and the digest of the bytes that are known of it, if any."""

    file: File
    known: bytes


class Read(Struct, frozen=True, array_like=True):
    """A file that was read. ``at_rest``: nobody wrote to it meanwhile, or just before. ``hollow``: empty, or with NULs.

    ``note`` is None where the bytes are the known ones.
    """

    at_rest: bool
    hollow: bool
    note: Known | None


def read_all(
    root: Path, wanted: Sequence[Wanted], rules: Rules, progress: Callable[[int], None] = lambda done: None
) -> Iterator[tuple[File, Read | None]]:
    """Each file with what it says, in their order; None for one that is gone."""

    def work(some: Sequence[Wanted]) -> bytes:
        return packed([_read(root, one, rules) for one in some])

    for some, data in shared(wanted, work, progress):
        for one, read in zip(some, unpacked(data, list[Read | None]), strict=True):
            yield one.file, read


def _read(root: Path, wanted: Wanted, rules: Rules) -> Read | None:
    file, looked = wanted.file, time.time_ns()
    try:
        with opened_file(root, file.path) as (handle, data):
            is_same = file_of(file.path, os.fstat(handle)) == file
            at_rest = is_same and is_settled(file.modified, file.changed, looked)
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"the note cannot be read ({error.strerror}): check its rights"
        problem = Problem(file.path, 1, 1, "note-unreadable", Severity.ERROR, message)
        return Read(False, False, known_of(b"", Reading(file.path, problems=(problem,))))
    digest = blake2b(data, digest_size=16).digest()
    hollow = not data.strip() or b"\0" in data
    return Read(
        at_rest, hollow, None if digest == wanted.known else known_of(digest, read_note(file.path, data, rules))
    )
