"""Words on a terminal that lead to a note (OSC 8), and the URIs that open it."""

from __future__ import annotations

from urllib.parse import quote


def obsidian_uri(path: bytes) -> str:
    """What opens a file in Obsidian, given its absolute path.

    Every byte that could end the link or begin something else is percent-encoded, so the URI is printable ASCII.
    """
    return f"obsidian://open?path={quote(path, safe='')}"


def file_uri(path: bytes) -> str:
    """What opens a file in the program for such files; encoded as in ``obsidian_uri``."""
    return f"file://{quote(path)}"


def linked(shown: str, uri: str) -> str:
    """Words that lead to a URI. A terminal that does not know of links shows the words alone."""
    return f"\x1b]8;;{uri}\x1b\\{shown}\x1b]8;;\x1b\\"
