"""One followup at a time changes files of a vault."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from followup_md.errors import VaultBusy
from followup_md.vault import disk
from followup_md.vault.places import state_file

_LOCK_SECONDS = 30.0


@contextmanager
def locked(root: Path, path: str) -> Iterator[bool]:
    """Be the only followup that changes files of this vault. False where no lock can be had.

    The lock is a file in the user's state folder. The vault's own folder is locked too, which writes nothing
    in it: that keeps apart commands which have different state folders, or none.
    """
    with ExitStack() as stack:
        end = time.monotonic() + _LOCK_SECONDS
        handles = []
        with suppress(OSError, RuntimeError):
            handles.append(_lock_file(stack, root))
        with suppress(OSError):
            handles.append(disk.open_at(stack, os.fsencode(root), disk.FOLDER))
        locks = [_lock(handle, path, end) for handle in handles]
        yield any(locks)


def _lock_file(stack: ExitStack, root: Path) -> int:
    """Raises ``OSError`` or, where there is no home, ``RuntimeError``."""
    handle = os.open(state_file(root, "lock"), os.O_RDWR | os.O_CREAT | disk.NO_FOLLOW, 0o600)
    stack.callback(disk.close, handle)
    return handle


def _lock(handle: int, path: str, end: float) -> bool:
    try:
        import fcntl
    except ImportError:
        return False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise VaultBusy(
                    f"{path}: another followup is changing files of this vault and does not come to an end; "
                    "wait for it or end it, and run the command again"
                ) from None
            time.sleep(0.003)
        except OSError:
            return False
        else:
            return True
