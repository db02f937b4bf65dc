"""A note's body as lines that can be read: code and comments blanked, headings and their rank found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

MAX_LINE = 8 * 1024

#: The rank of a line that is bold as a whole: below every real heading.
BOLD_RANK = 7

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_UNDERLINE_START = re.compile(r"\n {0,3}(?:=|--)")
_FENCE = re.compile(r"[ \t]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)?(`{3,}|~{3,})([^\n]*)")
_NO_PARAGRAPH = re.compile(r"[ \t]*(?:[-*+>|#]|[0-9]{1,9}[.)][ \t])|[ \t]*$")
_LEADING_MARKS = re.compile(r"[^\w(\[]+")


class Line(Struct, frozen=True):
    """A line of the body: its number, its text without comments, and its rank (0: no heading)."""

    number: int
    text: str
    rank: int = 0


class Unclosed(Struct, frozen=True):
    """A comment or a code block that is opened and never closed hides the rest of the note."""

    number: int
    mark: str


def split_lines(text: str) -> list[str]:
    """Lines as an editor counts them: split at LF, or at CR in a text that has no LF."""
    if "\n" not in text and "\r" in text:
        return text.split("\r")
    return [line.removesuffix("\r") for line in text.split("\n")] if "\r" in text else text.split("\n")


def outline(body: str, first_line: int) -> tuple[list[Line], Unclosed | None]:
    """The body's lines, without those that are code or comment. ``first_line``: the body's own."""
    lines: list[Line] = []
    fence = ""
    comment = ""
    opened = Unclosed(0, "")
    paragraph = False
    # what stands nowhere in the body begins no mark in any line; looking for it once costs next to nothing
    has_long = len(body) > MAX_LINE
    has_comments = "<" in body or "%" in body
    has_fences = "`" in body or "~" in body
    has_underlines = "\r" in body or _UNDERLINE_START.search(body) is not None
    has_bold = "*" in body or "_" in body
    for number, written in enumerate(split_lines(body), first_line):
        text = written
        blank = not text or text.isspace()
        if blank and (not lines or not lines[-1].text):
            continue
        if has_long and len(text) > MAX_LINE:
            lines.append(Line(number, text))
            continue
        if fence:
            found = _FENCE.match(text)
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""
            continue
        if has_comments and (comment or "<!--" in text or "%%" in text):
            was = comment
            text, comment = _without_comments(text, comment)
            blank = not text or text.isspace()
            if comment and comment != was:
                opened = Unclosed(number, comment)
            if was and blank:
                continue
        if has_fences and ("```" in text or "~~~" in text) and (found := _FENCE.match(text)) and "`" not in found[2]:
            fence, opened = found[1], Unclosed(number, found[1])
            continue
        if text[:1] in ("#", " ") and (atx := _ATX.match(text)):
            lines.append(Line(number, _heading(text[atx.end() :]), len(atx[1])))
            paragraph = False
        elif paragraph and (under := _UNDERLINE.fullmatch(text)):
            above = lines[-1]
            lines[-1] = Line(above.number, above.text.strip(), 1 if under[1][0] == "=" else 2)
            paragraph = False
        elif has_bold and ("**" in text or "__" in text) and (bold := _bold_whole(text)) is not None:
            lines.append(Line(number, bold, BOLD_RANK))
            paragraph = False
        else:
            if has_underlines:  # nothing else asks whether a paragraph begins
                begins = not lines or lines[-1].rank > 0 or not lines[-1].text.strip()
                paragraph = begins and not _NO_PARAGRAPH.match(text)
            lines.append(Line(number, "" if blank else text))
    return lines, opened if fence or comment else None


def _without_comments(text: str, comment: str) -> tuple[str, str]:
    """A line without its comments, and the mark that would close the comment still open at its end."""
    kept: list[str] = []
    at = 0
    while True:
        if comment:
            end = text.find(comment, at)
            if end < 0:
                return "".join(kept), comment
            at, comment = end + len(comment), ""
            continue
        starts = [(place, mark) for mark in ("<!--", "%%") if (place := _opens(text, mark, at)) >= 0]
        if not starts:
            kept.append(text[at:])
            return "".join(kept), ""
        place, mark = min(starts)
        kept.append(text[at:place])
        at, comment = place + len(mark), "-->" if mark == "<!--" else "%%"


def _opens(text: str, mark: str, at: int) -> int:
    """Where a comment opens; as code (`` `<!--` ``) its mark is no comment."""
    place = text.find(mark, at)
    while place > 0 and text[place - 1] == "`":
        place = text.find(mark, place + len(mark))
    return place


def _heading(text: str) -> str:
    """An ATX heading's text without the closing ``#``."""
    text = text.strip()
    bare = text.rstrip("#")
    return bare.rstrip() if bare == "" or bare[-1] in " \t" else text


def _bold_whole(text: str) -> str | None:
    """The text of a line that is bold as a whole (``**Touches:**``), else None."""
    stripped = text.strip()
    mark = stripped[:2]
    if mark not in ("**", "__") or len(stripped) < 5 or text[:4].isspace():
        return None
    inner = stripped[2:].removesuffix(":").removesuffix(mark)
    return (
        inner.strip()
        if len(inner) < len(stripped[2:].removesuffix(":")) and mark not in inner and inner.strip()
        else None
    )


@lru_cache(maxsize=1024)
def heading_name(text: str) -> str:
    """A heading as it is compared: no case, emoji, tags, bold marks, trailing colon or parenthesis."""
    text = text.partition(" (")[0].partition(" #")[0]
    text = _LEADING_MARKS.sub("", text, count=1) if text and not text[0].isalnum() else text
    while text and not (text[-1].isalnum() or text[-1] in ")]"):
        text = text[:-1]
    return " ".join(text.casefold().split())


def sections(lines: list[Line], kinds: dict[str, str]) -> Iterator[tuple[str, Line, list[Line]]]:
    """The sections whose heading is known: ``(kind, the heading, its lines)``.

    A section ends at the next heading of its own rank or higher. A heading inside it that is
    known begins a section of its own; another one belongs to the section around it.
    """
    around: list[tuple[str, Line, list[Line]]] = []
    for line in lines:
        if line.rank:
            while around and around[-1][1].rank >= line.rank:
                yield around.pop()
            if kind := kinds.get(heading_name(line.text), ""):
                around.append((kind, line, []))
                continue
        if around:
            around[-1][2].append(line)
    while around:
        yield around.pop()
