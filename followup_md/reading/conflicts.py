"""What is left where two versions of a file met: a sync program's second copy, git's markers in the text."""

from __future__ import annotations

import re

#: Names that sync programs give to the loser of a conflict; group 1 is the note's own name.
_COPIES = (
    r"(.+)\.sync-conflict-[0-9]{8}-[0-9]{6}(?:-[A-Z0-9]{7})?\.md",
    r"(.+?) \((?:[^\n]{0,80} )?(?:conflicted copy|SFConflict)[^()\n]{0,120}\)(?: \([0-9]+\))?\.md",
    r"(.+) \((?:case conflict|selective sync conflict|unicode encoding conflict)(?: [0-9]+)?\)\.md",
    r"(.+)_conflict-[0-9]{8}-[0-9]{6}\.md",
    r"(.+)_(?:BACKUP|BASE|LOCAL|REMOTE)_[0-9]{1,9}\.md",
    r"(.+)~HEAD\.md",
)
# Compiled where needed.
_START = r"(?m)^<{7}(?: |\r?$)"
_END = r"(?m)^>{7}(?: |\r?$)"


def conflict_base(path: str) -> str | None:
    """The name of the note that a sync program's conflict copy is a copy of; None for any other note."""
    name = path.rpartition("/")[2]
    if "conflict" not in name.casefold() and "_" not in name and "~" not in name:
        return None
    for pattern in _COPIES:
        if found := re.fullmatch(pattern, name, re.IGNORECASE):
            return found[1] + ".md"
    return None


def is_copy_of(path: str, page: str) -> bool:
    """Whether a path is a sync program's second copy of a page at the vault's top."""
    return "/" not in path and conflict_base(path) == page


def marked_line(text: str) -> int | None:
    """The line of the first marker that ends a merge conflict; None where the text holds no conflict."""
    if "<" in text and "<<<<<<<" in text and re.search(_START, text) and (end := re.search(_END, text)):
        return text.count("\n", 0, end.start()) + 1
    return None
