"""How many columns of a terminal a text takes, and texts broken into lines that fit.

Terminals differ on joined emoji; these are counted in their parts, so that a line may be shorter than it need be, and
never longer than the terminal is wide.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: Below so many columns a text is harder to read wrapped by us than by the terminal.
LEAST = 40
_EMOJI_FOLLOWS = "\ufe0f"


def columns_of(text: str) -> int:
    """The columns that a text without control characters takes."""
    return len(text) if text.isascii() else sum(columns for _, columns in _letters(text))


def broken(text: str, columns: int) -> list[str]:
    """A text in lines of at most so many columns (at least two), broken between words; a longer word within."""
    lines: list[str] = []
    line, taken = "", 0
    for word in text.split():
        for part, width in _parts(word, columns):
            if line and taken + 1 + width <= columns:
                line, taken = f"{line} {part}", taken + 1 + width
            else:
                lines += [line] if line else []
                line, taken = part, width
    return [*lines, line] if line else lines


def hanging(text: str, columns: int) -> list[str]:
    """A line as it stands where it fits; else broken, with what follows its first line set in below it."""
    if columns_of(text) <= columns:
        return [text]
    indent = " " * min(len(text) - len(text.lstrip()), columns // 2)
    first, *rest = broken(text, columns - len(indent) - 2)
    return [f"{indent}{first}", *(f"{indent}  {line}" for line in rest)]


def fitted(text: str, columns: int) -> str:
    """A text whose lines fit where words let them: what a line goes on with is set in below it.

    Blanks within a line stay, and a word that is too long is left to the terminal, so that a path is copied whole.
    """
    if columns < LEAST:
        return text
    return "\n".join(part for line in text.split("\n") for part in _fitted(line, columns))


def shortened(lines: list[str], most: int, columns: int) -> list[str]:
    """The first lines of some, with an ellipsis where some are left out."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], _cut(f"{lines[most - 1]} …", columns)]


def _fitted(line: str, columns: int) -> list[str]:
    if columns_of(line) <= columns:
        return [line]
    indent = line[: len(line) - len(line.lstrip(" "))]
    lines: list[str] = []
    taken = indent
    for blank, word in re.findall(r"( *)([^ ]+)", line.lstrip(" ")):
        if taken != indent and columns_of(taken + blank + word) > columns:
            lines.append(taken)
            taken = f"{indent}    {word}"
        else:
            taken += blank + word
    return [*lines, taken]


def _cut(text: str, columns: int) -> str:
    """A text that ends in an ellipsis, without as much before that as it takes to fit."""
    while columns_of(text) > columns:
        text = f"{text[:-2].rstrip()}…"
    return text


def _parts(word: str, columns: int) -> Iterator[tuple[str, int]]:
    """A word in parts that fit into a line, each with its columns."""
    part, taken = "", 0
    for letter, width in _letters(word):
        if taken + width > columns:
            yield part, taken
            part, taken = "", 0
        part, taken = part + letter, taken + width
    yield part, taken


def _letters(text: str) -> Iterator[tuple[str, int]]:
    """Each letter with the marks that stand on it, and the columns they take together."""
    letter, width = "", 0
    for sign in text:
        if sign == _EMOJI_FOLLOWS:
            letter, width = letter + sign, 2 if letter.strip() else width
        elif unicodedata.category(sign) in ("Mn", "Me", "Cf"):
            letter += sign
        else:
            if letter:
                yield letter, width
            letter, width = sign, 2 if unicodedata.east_asian_width(sign) in "WF" else 1
    if letter:
        yield letter, width
