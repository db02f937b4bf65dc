"""The DUE.md that this machine wrote last, kept in the user's state folder.

It tells what was typed into the page's own lines since, and from which note a box came that was renamed. Without
it nothing else is lost.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from followup_md.vault.places import state_file


def remember_page(root: Path, page: str) -> None:
    """Keep a page that was written. What cannot be kept is left out."""
    if page == last_page(root):
        return
    with suppress(OSError, RuntimeError):
        place = state_file(root, "page")
        new = place.with_name(f"{place.name}.{os.getpid()}")
        try:
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(page.encode("utf-8", "surrogateescape"))
            new.replace(place)
        finally:
            new.unlink(missing_ok=True)


def last_page(root: Path) -> str | None:
    """The page that was kept; None where there is none."""
    try:
        return state_file(root, "page").read_bytes().decode("utf-8", "surrogateescape")
    except (OSError, RuntimeError):
        return None
