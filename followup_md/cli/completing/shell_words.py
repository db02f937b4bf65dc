"""A line as bash and fish have it, up to the cursor: its words without their quotes, and how to go on with the last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

#: These need no backslash in bash.
_PLAIN = frozenset("_./,%+-")


class Typed(NamedTuple):
    """One word: as it stands, what the shell makes of it, and the quotation mark that is still open in it."""

    raw: str
    text: str
    quote: str


def typed_words(line: str) -> list[Typed]:
    """The words of a line, the last one being typed just now; it may be empty. Nothing is expanded."""
    words: list[Typed] = []
    raw, text, quote = "", "", ""
    for letter, role, quote in _letters(line):
        if role == "plain" and not quote and letter.isspace():
            if raw:
                words.append(Typed(raw, text, ""))
            raw, text = "", ""
            continue
        raw += letter
        if role == "escaped" and quote and letter not in '"\\$`':
            text += "\\" + letter
        elif role in ("plain", "escaped"):
            text += letter
    return [*words, Typed(raw, text, quote)]


def bash_words(typed: Typed, found: list[str], breaks: str) -> list[str]:
    """What bash is to put for each in the place of the typed word.

    It replaces only what stands behind the last break character, or behind the open quotation mark.
    """
    kept = typed_words(_left_alone(typed, breaks))[-1].text
    return [_quoted(word[len(kept) :], typed.quote) for word in found if word.startswith(kept)]


def _left_alone(typed: Typed, breaks: str) -> str:
    """What of a word bash leaves as it is."""
    end = 0
    for place, (letter, role, quote) in enumerate(_letters(typed.raw), 1):
        if role == "opens" or (role == "plain" and not quote and letter in breaks):
            end = place
    return typed.raw[:end]


def _letters(line: str) -> Iterator[tuple[str, Literal["plain", "escaped", "escapes", "opens", "closes"], str]]:
    """Each letter, what it is to the shell, and the quotation mark that is open behind it."""
    quote, escaped = "", False
    for letter in line:
        if escaped:
            escaped = False
            yield letter, "escaped", quote
        elif letter == "\\" and quote != "'":
            escaped = True
            yield letter, "escapes", quote
        elif letter == quote:
            quote = ""
            yield letter, "closes", quote
        elif letter in "'\"" and not quote:
            quote = letter
            yield letter, "opens", quote
        else:
            yield letter, "plain", quote


def _quoted(text: str, quote: str) -> str:
    """A text as it must be written in bash: within the open quotation mark, or with backslashes."""
    if quote == "'":
        return text.replace("'", "'\\''")
    if quote:
        escaped = "".join(f"\\{letter}" if letter in '"\\$`' else letter for letter in text)
        return escaped.replace("!", '"\\!"')
    return "".join(
        f"\\{letter}" if letter.isascii() and not letter.isalnum() and letter not in _PLAIN else letter
        for letter in text
    )
