"""A text for a terminal: lines that fit its width, and words that lead to a note."""

from __future__ import annotations

from textwrap import TextWrapper
from urllib.parse import quote

#: Below so many columns a text is harder to read wrapped by us than by the terminal.
LEAST = 40


def fitted(text: str, width: int) -> str:
    """The text in lines of at most so many columns; what a line goes on with is indented below it."""
    if width < LEAST:
        return text
    return "\n".join(line if len(line) <= width else _wrapped(line, width) for line in text.split("\n"))


def _wrapped(line: str, width: int) -> str:
    indent = line[: len(line) - len(line.lstrip(" "))]
    wrapper = TextWrapper(
        width,
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
    )
    return wrapper.fill(line.lstrip(" "))


def note_uri(path: bytes, obsidian: bool) -> str:
    """What opens a file, given its absolute path: in Obsidian, or in the program for such files.

    Every byte that could end the link or begin something else is percent-encoded, so the URI is printable ASCII.
    """
    return f"obsidian://open?path={quote(path, safe='')}" if obsidian else f"file://{quote(path)}"


def linked(shown: str, uri: str) -> str:
    """Words that lead to a URI (OSC 8). A terminal that does not know of links shows the words alone."""
    return f"\x1b]8;;{uri}\x1b\\{shown}\x1b]8;;\x1b\\"
