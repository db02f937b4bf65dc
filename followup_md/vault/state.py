"""What followup-md keeps of a vault for itself: files in the user's state folder, never in the vault."""

from __future__ import annotations

import errno
import os
import sys
from hashlib import sha256
from pathlib import Path


def state_file(root: Path, ending: str) -> Path:
    """Where a file of this vault is kept; its folder is made if need be.

    Raises ``OSError`` where there can be none, and ``RuntimeError`` where there is no home.
    """
    vault, state = root.resolve(), _state_folder()
    if state.resolve().is_relative_to(vault):
        raise OSError(errno.EINVAL, "the state folder lies in the vault")
    state.mkdir(0o700, parents=True, exist_ok=True)
    return state / f"{sha256(os.fsencode(vault)).hexdigest()[:32]}.{ending}"


def _state_folder() -> Path:
    if sys.platform != "linux":
        from platformdirs import user_state_path

        return user_state_path("followup-md", appauthor=False)
    given = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (given if given.is_absolute() else Path.home() / ".local" / "state") / "followup-md"
