"""Where followup-md keeps what is its own: files in the user's state and cache folders, never in the vault."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from followup_md.digest import blake2b


def state_file(root: Path, ending: str) -> Path:
    """A file of this vault in the user's state folder, which is made if need be.

    Raises ``OSError`` where there can be none, and ``RuntimeError`` where there is no home.
    """
    return _file_of(root, _folder("XDG_STATE_HOME", ".local/state"), ending)


def cache_file(root: Path, ending: str) -> Path:
    """A file of this vault in the user's cache folder: what may be lost. Raises as ``state_file`` does."""
    return _file_of(root, _folder("XDG_CACHE_HOME", ".cache"), ending)


def _file_of(root: Path, folder: Path, ending: str) -> Path:
    vault = root.resolve()
    if folder.resolve().is_relative_to(vault):
        raise OSError(errno.EINVAL, "the folder lies in the vault")
    folder.mkdir(0o700, parents=True, exist_ok=True)
    return folder / f"{blake2b(os.fsencode(vault), digest_size=16).hexdigest()}.{ending}"


def _folder(variable: str, below_home: str) -> Path:
    if sys.platform != "linux":
        import platformdirs

        of = platformdirs.user_state_path if variable == "XDG_STATE_HOME" else platformdirs.user_cache_path
        return of("followup-md", appauthor=False)
    given = Path(os.environ.get(variable, ""))
    return (given if given.is_absolute() else Path.home() / below_home) / "followup-md"
