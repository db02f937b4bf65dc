"""What lies in a vault, without opening any of it: the notes' paths, and how to tell whether one has changed.

It imports next to nothing, so that a command may find out quickly that nothing has changed at all.
"""

from __future__ import annotations

import os
import unicodedata
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from followup_md.errors import VaultError

MAX_DEPTH = 32
#: A file that was changed so shortly before it was looked at may change again without showing it: file systems
#: count time in steps of up to two seconds.
GRAIN_NS = 2_000_000_000
#: Some drives number files with one bit more than a database takes.
_63_BITS = (1 << 63) - 1
_ENDINGS = (".md", ".MD", ".Md", ".mD")
_IGNORED_STARTS = (".", "_", "#", "~$", "~syncthing~")


class File(NamedTuple):
    """A file as it was when it was looked at. Unequal means changed; times are in nanoseconds."""

    path: str
    modified: int
    changed: int
    size: int
    inode: int


class Trouble(NamedTuple):
    """A folder that is not looked into: its path, a problem's code, and what is wrong."""

    folder: str
    code: str
    message: str


class Scan(NamedTuple):
    """The notes of a vault by path, and what was left out and why."""

    notes: list[File]
    left_out: list[tuple[str, str]]
    troubles: list[Trouble]


def file_of(path: str, status: os.stat_result) -> File:
    """A file by what the system says of it."""
    return File(path, status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino & _63_BITS)


def is_settled(modified: int, changed: int, now: int) -> bool:
    """Whether a file of these times would be unequal if it were changed after ``now``, when it was looked at."""
    return modified < now - GRAIN_NS and changed < now - GRAIN_NS


def scan(root: Path, exclude: tuple[str, ...], generated: tuple[str, ...]) -> Scan:
    """The notes of a vault, without hidden, excluded and generated files; links are not followed.

    An excluded name without ``/`` is a folder of that name at any depth; with ``/``, one path. Raises ``VaultError``
    where the vault itself cannot be read.
    """
    excluded = frozenset(_folded(folder) for folder in exclude)
    found = Scan([], [], [])
    folders = [("", 0)]
    while folders:
        folder, depth = folders.pop()
        try:
            with os.scandir(on_disk(root, folder)) as listing:
                entries = list(listing)
        except OSError as error:
            if not folder:
                raise VaultError(
                    f"{root}: cannot be read ({error.strerror}); check the folder and its rights"
                ) from None
            message = f"this folder cannot be read ({error.strerror}): check its rights"
            found.troubles.append(Trouble(folder, "folder-unreadable", message))
            continue
        above = f"{folder}/" if folder else ""
        for entry in entries:
            name = entry.name.decode("utf-8", "surrogateescape")
            path = above + name
            if name.startswith(".") or path in generated:
                continue
            if entry.is_file(follow_symlinks=False):
                if _is_note(name):
                    try:
                        found.notes.append(file_of(path, entry.stat(follow_symlinks=False)))
                    except OSError:  # it may go away between listing and looking
                        continue
            elif entry.is_symlink():
                if _is_note(name) or _leads_to_folder(entry):
                    found.left_out.append((path, "symbolic link"))
            elif entry.is_dir(follow_symlinks=False):
                if _is_named(name, path, excluded):
                    continue
                if depth < MAX_DEPTH:
                    folders.append((path, depth + 1))
                else:
                    message = f"folders are nested deeper than {MAX_DEPTH} here: move this one up"
                    found.troubles.append(Trouble(path, "folder-too-deep", message))
            elif _is_note(name):
                found.left_out.append((path, "no regular file"))
    found.notes.sort(key=itemgetter(0))  # no two have one path
    return Scan(found.notes, sorted(found.left_out), sorted(found.troubles))


def is_excluded(path: str, exclude: tuple[str, ...]) -> bool:
    """Whether a note is not looked at, since a folder it lies in is excluded or hidden."""
    excluded = frozenset(_folded(folder) for folder in exclude)
    *folders, _ = path.split("/")
    return any(
        name.startswith(".") or _is_named(name, "/".join(folders[:number]), excluded)
        for number, name in enumerate(folders, 1)
    )


def on_disk(root: Path, path: str) -> bytes:
    """A path as the file system has it: names are UTF-8 whatever the locale says, odd bytes stay."""
    return os.fsencode(root) + b"/" + path.encode("utf-8", "surrogateescape")


def _leads_to_folder(link: os.DirEntry[bytes]) -> bool:
    try:
        return link.is_dir()
    except OSError:  # a loop, or a folder one may not enter
        return True


def _is_named(name: str, path: str, excluded: frozenset[str]) -> bool:
    """Whether a folder is excluded, by its name or by its path."""
    return _folded(name) in excluded or _folded(path) in excluded


def _is_note(name: str) -> bool:
    return name.endswith(_ENDINGS) and not name.startswith(_IGNORED_STARTS)


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold().strip("/")
