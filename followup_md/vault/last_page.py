"""The DUE.md pages that this machine wrote last, kept in the user's state folder.

They tell what was typed into a page's own lines since, and from which note a box came that was renamed. Without
them nothing else is lost.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from followup_md.errors import Refused
from followup_md.pages.due_page import NOTES
from followup_md.vault.places import state_file
from followup_md.vault.write import read_or_none

#: So many pages are kept, and of older ones no more than that many bytes: a sync program may bring one back.
_PAGES, _BYTES = 8, 1_000_000
_BETWEEN = b"\0"
_TICKED = re.compile(rb"\n- \[[^ \[]\]")
_HEADING = NOTES.encode() + b"\n"


def read_page(root: Path, name: str) -> bytes | None:
    """A page as it stands; None where there is none, or none that can be read: who writes it is told why."""
    try:
        return read_or_none(root, name)
    except Refused:
        return None


def as_written(root: Path, page: bytes) -> bytes | None:
    """All above the notes of a page where nobody changed it since it was written here, with no tick left on it."""
    written = next(iter(_kept(root, len(page))), b"")
    is_untouched = written and page.startswith(written) and page.startswith(_HEADING, len(written))
    return written if is_untouched and not _TICKED.search(written) else None


def remember_page(root: Path, page: bytes) -> None:
    """Keep all above the notes of a page that was written. What cannot be kept is left out."""
    before = _kept(root)
    if before[:1] == [page]:
        return
    pages, room = [page], _BYTES
    for one in before[:_PAGES]:
        room -= len(one)
        if one != page and room > 0:
            pages.append(one)
    with suppress(OSError, RuntimeError):
        place = state_file(root, "page")
        new = place.with_name(f"{place.name}.{os.getpid()}")
        try:
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(_BETWEEN.join(pages))
            new.replace(place)
        finally:
            new.unlink(missing_ok=True)


def last_pages(root: Path) -> tuple[str, ...]:
    """The pages that were kept, the newest first."""
    return tuple(page.decode("utf-8", "surrogateescape") for page in _kept(root))


def _kept(root: Path, most: int = -1) -> list[bytes]:
    """The pages that were kept; with ``most``, only the newest, and no more of it than that many bytes."""
    try:
        with state_file(root, "page").open("rb") as file:
            if most < 0:
                return file.read().split(_BETWEEN)
            return file.read(most + 1).split(_BETWEEN, 1)[:1]
    except (OSError, RuntimeError):
        return []
