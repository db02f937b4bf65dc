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

#: So many pages are kept, and of older ones no more than that many letters: a sync program may bring one back.
_PAGES, _LETTERS = 8, 1_000_000
_BETWEEN = "\0"
_TICKED = re.compile(r"\n- \[[^ \[]\]")


def read_page(root: Path, name: str) -> bytes | None:
    """A page as it stands; None where there is none, or none that can be read: who writes it is told why."""
    try:
        return read_or_none(root, name)
    except Refused:
        return None


def is_untouched(root: Path, page: bytes) -> bool:
    """Whether nobody changed anything above the notes of a page since it was written here, with no tick left on it."""
    text = page.decode("utf-8", "surrogateescape")
    written = next(iter(last_pages(root)), "")
    return bool(written) and text.startswith(f"{written}{NOTES}\n") and not _TICKED.search(written)


def remember_page(root: Path, page: str) -> None:
    """Keep a page that was written. What cannot be kept is left out."""
    before = last_pages(root)
    if before[:1] == (page,):
        return
    pages, room = [page], _LETTERS
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
                file.write(_BETWEEN.join(pages).encode("utf-8", "surrogateescape"))
            new.replace(place)
        finally:
            new.unlink(missing_ok=True)


def last_pages(root: Path) -> tuple[str, ...]:
    """The pages that were kept, the newest first."""
    try:
        kept = state_file(root, "page").read_bytes().decode("utf-8", "surrogateescape")
    except (OSError, RuntimeError):
        return ()
    return tuple(kept.split(_BETWEEN))
