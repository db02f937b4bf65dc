"""STATS.md in the vault: written anew, unless it is the user's own, or somebody wrote on it."""

from __future__ import annotations

from pathlib import Path

from followup_md.errors import Refused
from followup_md.pages.due_page import is_ours
from followup_md.pages.stats_page import is_untouched
from followup_md.vault.files import STATS
from followup_md.vault.write import read_or_none


def old_stats(root: Path, due_file: str) -> bytes | None:
    """STATS.md as it stands; None where there is none. Raises ``Refused`` where something would be lost by writing it."""
    if due_file.casefold() == STATS.casefold():
        raise Refused(f"{STATS}: this is the name of your page of the day (`due_file`); give that one another name")
    old = read_or_none(root, STATS)
    if old is None:
        return None
    text = old.decode("utf-8", "surrogateescape")
    if not is_ours(text):
        raise Refused(f"{STATS}: this file is your own, so it is not overwritten; rename it, and run the command again")
    if not is_untouched(text):
        raise Refused(
            f"{STATS}: somebody wrote on it since followup did, and that would be lost; "
            "move those words to a note of your own, and delete the file"
        )
    return old
