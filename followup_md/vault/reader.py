"""Reading many notes: by all processors at once where that pays."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from followup_md.model import Problem, Rules, Severity
from followup_md.reading.note import Reading, read_note
from followup_md.vault.files import opened_file
from followup_md.vault.packing import packed, unpacked
from followup_md.vault.scan import File, file_of

#: From so many notes on, starting other processes costs less than they save.
WORTH_SHARING = 400
_CHUNKS_EACH = 4


class Wanted(NamedTuple):
    """A file to read, and the digest of the bytes that are known of it, if any."""

    file: File
    known: bytes


class Read(NamedTuple):
    """A file that was read. ``at_rest``: nobody wrote to it meanwhile, or just before. ``hollow``: empty, or with NULs.

    ``says`` is None where the bytes are the known ones.
    """

    at_rest: bool
    digest: bytes
    hollow: bool
    says: Reading | None


def read_all(root: Path, wanted: Sequence[Wanted], rules: Rules) -> Iterator[tuple[File, Read | None]]:
    """Each file with what it says, in their order; None for one that is gone."""
    workers = min(os.cpu_count() or 1, 8)
    # Only Linux starts a process from what is in memory. Other threads would be missing in it, and their locks held.
    if len(wanted) < WORTH_SHARING or workers == 1 or sys.platform != "linux" or threading.active_count() > 1:
        yield from ((one.file, _read(root, one, rules)) for one in wanted)
        return
    import signal
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    size = -(-len(wanted) // (workers * _CHUNKS_EACH))
    chunks = [wanted[start : start + size] for start in range(0, len(wanted), size)]
    # What ends the command from the keyboard is for this process to tell.
    with ProcessPoolExecutor(workers, get_context("fork"), signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        futures = [pool.submit(_read_packed, root, chunk, rules) for chunk in chunks]
        for chunk, future in zip(chunks, futures, strict=True):
            for one, (read, says) in zip(chunk, future.result(), strict=True):
                yield one.file, read._replace(says=unpacked(says)) if read and says else read


def _read_packed(root: Path, wanted: Sequence[Wanted], rules: Rules) -> list[tuple[Read | None, bytes | None]]:
    """What another process sends back: what a note says goes packed, if it can."""
    sent: list[tuple[Read | None, bytes | None]] = []
    for one in wanted:
        read = _read(root, one, rules)
        says = packed(read.says) if read and read.says else None
        sent.append((read._replace(says=None) if read and says else read, says))
    return sent


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
        return Read(False, b"", False, Reading(file.path, problems=(problem,)))
    digest = blake2b(data, digest_size=16).digest()
    says = None if digest == wanted.known else read_note(file.path, data, rules)
    return Read(at_rest, digest, not data.strip() or b"\0" in data, says)
