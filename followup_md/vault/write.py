"""Replacing a file so that it is the old one or the new one at every moment, never half of one."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from followup_md.errors import Refused
from followup_md.vault.files import read_file


def read_or_none(root: Path, path: str) -> bytes | None:
    """A file's bytes; None where there is no such file. Raises ``Refused`` for what is no plain file."""
    try:
        return read_file(root, path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(f"{path}: it cannot be read ({error.strerror}), so it is not written either") from None


def replace_file(root: Path, path: str, new: bytes, read: bytes | None) -> None:
    """Write a file whole, if it is still what was ``read`` (None: if there is still none).

    The new bytes go to a hidden file beside it, are synced, and take its place in one step; the
    file keeps its mode. Raises ``Refused`` where the file changed meanwhile or cannot be written.
    """
    target = root / path
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        mode = 0o666 & ~_umask() if read is None else target.lstat().st_mode & 0o7777
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(new)
                file.flush()
                os.fchmod(handle, mode)
                os.fsync(handle)
            if read_or_none(root, path) != read:
                raise Refused(f"{path}: it was changed meanwhile, so nothing was written; run the command again")
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
        _sync_folder(target.parent)
    except OSError as error:
        raise Refused(f"{path}: it cannot be written ({error.strerror}); nothing was changed") from None


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def create_file(root: Path, path: str, new: bytes) -> None:
    """Write a file that does not exist yet. Raises ``Refused`` where something of that name does."""
    folder = (root / path).parent
    try:
        if folder.is_symlink():
            raise Refused(f"{path}: its folder is a symbolic link, and nothing is written through one")
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise Refused(f"{path}: its folder cannot be made ({error.strerror})") from None
    if (root / path).is_symlink() or (root / path).exists():
        raise Refused(f"{path}: a file of that name exists, so nothing was written; edit it, or move it away first")
    replace_file(root, path, new, None)
