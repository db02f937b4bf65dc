"""Finding and reading the files of a vault. Nothing outside of it is ever opened."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from followup_md.errors import NotFound, VaultError
from followup_md.model import Problem, Severity
from followup_md.reading.note import MAX_BYTES

SETTINGS = "followup.toml"
MAX_DEPTH = 32
_IGNORED_STARTS = (".", "_", "#", "~$", "~syncthing~")


class Found(Struct, frozen=True):
    """The files of a vault: notes' paths in order, and what was left out and why."""

    notes: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]


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
        for mark in (SETTINGS, ".obsidian"):
            for folder in (here, *here.parents):
                if (folder / mark).exists():
                    return folder.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise VaultError(f"{given or 'this folder'}: the vault cannot be looked at ({reason})") from None
    raise VaultError(
        f"{here}: no vault here or in a folder above (none holds {SETTINGS} or .obsidian); "
        f"go to one, name it with `-C FOLDER`, or write an empty {SETTINGS} into its top folder"
    )


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


def find_notes(root: Path, exclude: tuple[str, ...], generated: tuple[str, ...]) -> Found:
    """The notes of a vault, without hidden, excluded and generated files; links are not followed.

    An excluded name without ``/`` is a folder of that name at any depth; with ``/``, one path.
    """
    excluded = {_folded(folder) for folder in exclude}
    notes: list[str] = []
    left_out: list[tuple[str, str]] = []
    problems: list[Problem] = []

    def walk(folder: str, depth: int) -> None:
        try:
            entries = sorted(os.scandir(_on_disk(root, folder)), key=lambda entry: entry.name)
        except OSError as error:
            if not folder:
                raise VaultError(
                    f"{root}: cannot be read ({error.strerror}); check the folder and its rights"
                ) from None
            problems.append(
                _problem(
                    folder, "folder-unreadable", f"this folder cannot be read ({error.strerror}): check its rights"
                )
            )
            return
        for entry in entries:
            name = entry.name.decode("utf-8", "surrogateescape")
            path = f"{folder}/{name}" if folder else name
            if name.startswith(".") or path in generated:
                continue
            if entry.is_symlink():
                if _is_note(name) or _leads_to_folder(entry):
                    left_out.append((path, "symbolic link"))
            elif entry.is_dir(follow_symlinks=False):
                if _folded(name) in excluded or _folded(path) in excluded:
                    continue
                if depth < MAX_DEPTH:
                    walk(path, depth + 1)
                else:
                    message = f"folders are nested deeper than {MAX_DEPTH} here: move this one up"
                    problems.append(_problem(path, "folder-too-deep", message))
            elif _is_note(name):
                if entry.is_file(follow_symlinks=False):
                    notes.append(path)
                else:
                    left_out.append((path, "no regular file"))

    walk("", 0)
    return Found(tuple(notes), tuple(left_out), tuple(problems))


def read_files(root: Path, paths: tuple[str, ...]) -> Iterator[tuple[str, bytes | Problem]]:
    """Each file's bytes, or why it cannot be read."""
    for path in paths:
        try:
            yield path, read_file(root, path)
        except FileNotFoundError:
            continue  # it went away between listing and reading
        except OSError as error:
            yield (
                path,
                _problem(path, "note-unreadable", f"the note cannot be read ({error.strerror}): check its rights"),
            )


def read_file(root: Path, path: str, limit: int = MAX_BYTES) -> bytes:
    """A file's bytes, at most one more than ``limit``. Links and special files are refused."""
    handle = os.open(_on_disk(root, path), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(0, "no regular file")
        return file.read(limit + 1)


def _on_disk(root: Path, path: str) -> bytes:
    """A path as the file system has it: names are UTF-8 whatever the locale says, odd bytes stay."""
    return os.fsencode(root) + b"/" + path.encode("utf-8", "surrogateescape")


def _leads_to_folder(link: os.DirEntry[bytes]) -> bool:
    try:
        return link.is_dir()
    except OSError:  # a loop, or a folder one may not enter
        return True


def _is_note(name: str) -> bool:
    return name.lower().endswith(".md") and not name.startswith(_IGNORED_STARTS)


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold().strip("/")


def _problem(path: str, code: str, message: str) -> Problem:
    return Problem(path, 1, 1, code, Severity.ERROR, message)
