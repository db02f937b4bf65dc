"""Who watches a vault, and how that is going: told in a file of the state folder, which the watcher holds locked."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from followup_md.vault.places import state_file


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

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def tell(self, status: Status) -> None:
        """Say how it is going."""
        text = json.dumps(status._asdict()).encode()
        with suppress(OSError):
            os.pwrite(self._handle, text, 0)
            os.ftruncate(self._handle, len(text))


@contextmanager
def post(root: Path) -> Iterator[Post | None]:
    """Be the watcher of a vault; None where there is one already. Raises ``OSError``, ``RuntimeError`` as ``state_file``."""
    import fcntl

    handle = os.open(state_file(root, "watch"), os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            os.ftruncate(handle, 0)
            yield Post(handle)
            os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def read_status(root: Path) -> Status | None:
    """What the watcher of a vault says; None where nobody watches it."""
    import fcntl

    try:
        with state_file(root, "watch").open("rb+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return Status(**json.loads(file.read()))
    except (OSError, RuntimeError, ValueError, TypeError):
        pass
    return None
