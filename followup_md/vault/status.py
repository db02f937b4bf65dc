"""Who watches a vault, and how that is going: told in a file of the state folder, which the watcher holds locked."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from followup_md.vault.places import state_file

_BYTES = 8192
#: Seconds that one waits for a place which may be taken for a moment only.
_MOMENT = 1.0


class Status(NamedTuple):
    """What a watcher says of itself; moments are in seconds since 1970.

    ``looked`` is when it last saw the whole vault and DUE.md was true; ``every`` how often it looks at least.
    ``wrong`` says why DUE.md may not be true, ``incomplete`` why events alone would not do.
    """

    pid: int
    since: float
    looked: float
    every: float
    notes: int
    wrong: str = ""
    incomplete: str = ""

    def late(self, now: float) -> bool:
        """Whether the last look is longer ago than three times what was promised."""
        return now - self.looked > 3 * self.every + 5


class Post:
    """The place of the one watcher of a vault, while it is held."""

    def __init__(self, root: Path, handle: int) -> None:
        self._root, self._handle = root, handle

    def tell(self, status: Status) -> None:
        """Say how it is going. What is told is always of the same length, so that nobody reads half of two."""
        text = json.dumps(status._replace(wrong=status.wrong[:1000], incomplete=status.incomplete[:1000])._asdict())
        with suppress(OSError):
            os.pwrite(self._handle, text.encode().ljust(_BYTES), 0)

    def held(self) -> bool:
        """Whether the place is still ours: the file may be deleted, and then it is made anew.

        False where another watcher has taken it.
        """
        with suppress(OSError, RuntimeError):
            if os.fstat(self._handle).st_nlink == 0:
                handle = _open(self._root)
                if not _locked(handle):
                    os.close(handle)
                    return False
                os.dup2(handle, self._handle)
                os.close(handle)
        return True

    def leave(self) -> None:
        """Say nothing any more, and give the place up."""
        with suppress(OSError):
            os.ftruncate(self._handle, 0)
        os.close(self._handle)


@contextmanager
def post(root: Path) -> Iterator[Post | None]:
    """Be the watcher of a vault; None where there is one already. Raises ``OSError``, ``RuntimeError`` as ``state_file``."""
    handle = _open(root)
    end = time.monotonic() + _MOMENT
    while not (mine := _locked(handle)) and time.monotonic() < end:
        time.sleep(0.02)  # somebody may just be asking for the status
    if not mine:
        os.close(handle)
        yield None
        return
    place = Post(root, handle)
    try:
        yield place
    finally:
        place.leave()


def read_status(root: Path) -> Status | None:
    """What the watcher of a vault says; None where nobody watches it."""
    import fcntl

    try:
        with state_file(root, "watch").open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return Status(**json.loads(file.read()))
    except (OSError, RuntimeError, ValueError, TypeError):
        pass
    return None


def _open(root: Path) -> int:
    how = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    return os.open(state_file(root, "watch"), how, 0o600)


def _locked(handle: int) -> bool:
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
