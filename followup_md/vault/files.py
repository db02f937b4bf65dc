"""Finding the vault, and reading its files. Nothing outside of it is ever opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from followup_md.errors import NotFound, VaultError
from followup_md.vault.scan import on_disk

SETTINGS = "followup.toml"
#: Where Obsidian keeps the settings of a vault.
OBSIDIAN = ".obsidian"
STATS = "STATS.md"
#: Pages of ours, beside DUE.md.
GENERATED = (STATS,)
MAX_BYTES = 1024 * 1024
MAX_SETTINGS = 64 * 1024
#: Links are not followed, and nothing waits for somebody to write into a pipe.
_HOW = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def find_root(chosen: str | None, environment: str | None) -> Path:
    """The vault's root: the one chosen, else ``FOLLOWUP_VAULT``, else the nearest marked folder upwards.

    Raises ``VaultError`` where there is none.
    """
    given: str | None = None
    try:
        for given, what in ((chosen, "--vault"), (environment or None, "FOLLOWUP_VAULT")):
            if given is not None:
                root = Path(given).expanduser()
                if not given or not root.is_dir():
                    raise VaultError(f"{given or what}: {what} names no folder; name the top folder of your notes")
                return root.resolve()
        here = Path.cwd()
        for mark in (SETTINGS, OBSIDIAN):
            for folder in (here, *here.parents):
                if (folder / mark).exists():
                    return folder.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise VaultError(f"{given or 'this folder'}: the vault cannot be looked at ({reason})") from None
    raise VaultError(
        f"{here}: no vault here or in a folder above (none holds {SETTINGS} or {OBSIDIAN}); "
        f"go to one, name it with `-C FOLDER`, or make one with `followup init`"
    )


def in_obsidian(root: Path) -> bool:
    """Whether Obsidian has opened this folder as a vault, or one above it."""
    return any((folder / OBSIDIAN).is_dir() for folder in (root, *root.parents))


def behind_link(root: Path, path: str) -> str | None:
    """The path of the note that a symbolic link of the vault leads to; None where ``path`` names no link.

    Raises ``NotFound`` where it leads out of the vault, or nowhere.
    """
    if "\0" in path or path.startswith("/") or ".." in path.split("/"):
        return None
    for named in (path, f"{path}.md"):
        link, top = root / named, root.resolve()
        try:
            if os.path.lexists(link):
                real = link.resolve(strict=True).relative_to(top).as_posix()
                return None if real == named.removeprefix("./") else real
        except (OSError, RuntimeError, ValueError):
            raise NotFound(
                f"{named}: it is a symbolic link that does not lead to a note of this vault, and others are not followed; "
                "put the file itself there"
            ) from None
    return None


@contextmanager
def opened_file(root: Path, path: str, limit: int = MAX_BYTES) -> Iterator[tuple[int, bytes]]:
    """A file's open handle, and its bytes: at most one more than ``limit``. Links and special files are refused."""
    handle = os.open(on_disk(root, path), _HOW)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "no regular file")
        data = b""
        while len(data) <= limit and (part := os.read(handle, min(limit - len(data), status.st_size) + 1)):
            data += part
        yield handle, data
    finally:
        os.close(handle)


def read_file(root: Path, path: str, limit: int = MAX_BYTES) -> bytes:
    """A file's bytes, as of ``opened_file``."""
    with opened_file(root, path, limit) as (_, data):
        return data


def settings_text(root: Path) -> bytes:
    """The text of ``followup.toml``; empty where there is none. Raises ``VaultError`` where it cannot be read."""
    try:
        data = read_file(root, SETTINGS, MAX_SETTINGS)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise unreadable_settings(error.strerror or "no regular file") from None
    if len(data) > MAX_SETTINGS:
        raise VaultError(f"{SETTINGS}: it is larger than 64 KiB, which settings never are; shorten it")
    return data


def unreadable_settings(reason: str) -> VaultError:
    return VaultError(f"{SETTINGS}: the settings cannot be read ({reason}); mend the file, or remove it")
