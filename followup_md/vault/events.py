"""What the system tells of changes in a folder. It is only a hint to look: events are lost, late and wrong."""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import watchdog.events
from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

#: No event of opening or closing what was only read: those are our own.
_TOLD: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    FileClosedEvent,
    DirCreatedEvent,
    DirMovedEvent,
    DirDeletedEvent,
]

#: Rights that change; not every version of watchdog tells of these in events of their own.
_TOLD += [
    getattr(watchdog.events, name) for name in ("FileAttribEvent", "DirAttribEvent") if hasattr(watchdog.events, name)
]

#: Seconds to wait for a listener to end.
_PATIENCE = 5.0

#: Kinds of drives that do not tell of every change: those of networks and of other programs, and layered ones.
_INCOMPLETE = ("nfs", "cifs", "smb", "9p", "fuse", "overlay", "afs", "ceph", "vboxsf", "virtiofs", "davfs", "sshfs")


class Events:
    """Listens to a folder and calls ``hint`` from another thread when something in it may have changed: with the path
    of a note, or with None where it may be anything."""

    def __init__(self, root: Path, hint: Callable[[str | None], None]) -> None:
        self._root, self._hint = root, hint
        #: Whether folders came or went since this was last set to False.
        self.folders_changed = False
        self._overflow = _Overflow(hint)
        others = frozenset(threading.enumerate())
        self._observer = Observer()
        self._threads = frozenset(threading.enumerate()) - others

    def start(self) -> None:
        """Listen. Raises ``OSError`` where the system has no more watches to give."""
        others = frozenset(threading.enumerate())
        logging.getLogger("watchdog").addHandler(self._overflow)
        # It warns of folders that come back under another name; the look at all files finds these in any case.
        warnings.filterwarnings("ignore", module=r"watchdog\.")
        handler = _Handler(self._root, self._hint, self._of_folder)
        self._observer.schedule(handler, str(self._root), recursive=True, event_filter=_TOLD)
        self._observer.start()
        self._threads |= frozenset(threading.enumerate()) - others

    def _of_folder(self) -> None:
        self.folders_changed = True

    def stop(self) -> None:
        """Listen no more. One that has lost count of its watches may not end; it is left to itself."""
        logging.getLogger("watchdog").removeHandler(self._overflow)
        ending = threading.Thread(target=self._stop, daemon=True)
        ending.start()
        ending.join(_PATIENCE)

    def _stop(self) -> None:
        with suppress(RuntimeError, KeyError):  # it was never started; or it does not know a folder any more
            self._observer.stop()
            self._observer.join(_PATIENCE)

    def alive(self) -> bool:
        """Whether events still come: any thread of a listener's may end without a word."""
        return all(thread.is_alive() for thread in (self._observer, *self._observer.emitters, *self._threads))


def why_incomplete(root: Path) -> str:
    """Why events do not tell everything here; empty where they should."""
    if kind := next((kind for kind in _INCOMPLETE if _drive_of(root).startswith(kind)), ""):
        return f"this drive ({kind}) does not tell of every change"
    watched, folders = _watches(), sum(1 for _ in os.walk(root))
    if watched is not None and watched < folders:
        return f"the system watches {watched} of {folders} folders (see fs.inotify.max_user_watches)"
    return ""


class _Handler(FileSystemEventHandler):
    def __init__(self, root: Path, hint: Callable[[str | None], None], of_folder: Callable[[], None]) -> None:
        self._top, self._hint, self._of_folder = os.fsencode(root), hint, of_folder

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Pass on what concerns a note, a folder or the settings. What cannot be told is passed on as well."""
        try:
            paths = [self._below(os.fsencode(path)) for path in (event.src_path, event.dest_path) if path]
        except (TypeError, ValueError):
            self._hint(None)
            return
        shown = [path for path in paths if not any(part.startswith(".") for part in path.split("/"))]
        if event.is_directory and shown:
            self._of_folder()
            self._hint(None)
        elif not event.is_directory:
            for path in shown:
                if path[-3:].lower() == ".md":
                    self._hint(path)
                elif path[-5:].lower() == ".toml":
                    self._hint(None)

    def _below(self, path: bytes) -> str:
        """The path in the vault, as it is called there."""
        return (
            path.removeprefix(self._top).replace(os.sep.encode(), b"/").lstrip(b"/").decode("utf-8", "surrogateescape")
        )


class _Overflow(logging.Handler):
    """Events were lost: look at everything."""

    def __init__(self, hint: Callable[[str | None], None]) -> None:
        super().__init__(logging.WARNING)
        self._hint = hint

    def emit(self, record: logging.LogRecord) -> None:
        self._hint(None)


def _watches() -> int | None:
    """How many folders this process watches; None where the system does not say."""
    if sys.platform != "linux":
        return None
    count = 0
    for info in Path("/proc/self/fdinfo").iterdir():
        with suppress(OSError):
            count += info.read_text().count("inotify wd:")
    return count


def _drive_of(root: Path) -> str:
    """The kind of file system that a folder lies on; empty where that is not told."""
    try:
        mounts = Path("/proc/self/mountinfo").read_bytes().splitlines()
    except OSError:
        return ""
    found, longest = b"", -1
    for line in mounts:
        before, _, after = line.partition(b" - ")
        # Blanks and backslashes stand there as \\040 and the like, everything else as the bytes it has.
        place = re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), before.split(b" ")[4])
        folder = Path(os.fsdecode(place))
        if root.is_relative_to(folder) and len(folder.parts) >= longest:
            found, longest = after.split(b" ")[0], len(folder.parts)
    return found.decode("ascii", "replace")
