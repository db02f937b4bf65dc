"""Front matter: from the block between the two ``---`` lines to typed fields with their places.

Values follow the YAML 1.2 core schema, as Obsidian's parser does: ``NO`` and ``10:30`` are text.
What a block means is what the YAML parser finds in it (``yaml_tree``). Most blocks are plain lines
that can be read without it (``plain_lines``), and to the same fields.
"""

from __future__ import annotations

import re

from msgspec import Struct

from followup_md.model import Field
from followup_md.reading.plain_lines import read_plain_lines

MAX_BYTES = 64 * 1024

_KEY_LINE = r"[\"']?[A-Za-z_*][\w* -]{0,60}[\"']?:(?:\s|$)"
_FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"


_CLOSING = re.compile(r"\n(?:---|\.\.\.)[^\S\n]*(?![^\n])")


class Broken(Exception):
    """A block that is not read: the code, what is wrong, and where (line and column from 1)."""

    def __init__(self, code: str, message: str, line: int, column: int = 1) -> None:
        super().__init__(message)
        self.code, self.message, self.line, self.column = code, message, line, column


class Fence(Struct, frozen=True):
    """Where the block stands in a text: its own span, and where the body begins (offset and line)."""

    start: int
    end: int
    body: int
    body_line: int


def find_block(text: str) -> Fence | None:
    """The front matter's place, or None: a first line ``---``, then the first ``---`` or ``...``."""
    start = 1 if text.startswith("\ufeff") else 0
    first_end = text.find("\n", start)
    if first_end < 0 or text[start:first_end].rstrip() != "---" or text[start] != "-":
        return None
    closing = _CLOSING.search(text, first_end)
    if closing is None:
        return None
    end = closing.start() + 1
    return Fence(first_end + 1, end, min(closing.end() + 1, len(text)), text.count("\n", first_end, end) + 2)


def unclosed(text: str) -> bool:
    """Whether a text begins like front matter (``---``, then ``key:``) that never ends."""
    lines = text.removeprefix("\ufeff")[:4096].split("\n")[:12]
    return lines[0].rstrip() == "---" and any(re.match(_KEY_LINE, line) for line in lines[1:])


def read_block(block: str, first_line: int = 2, offset: int = 0) -> tuple[Field, ...]:
    """The fields of a block, in order.

    ``first_line`` and ``offset`` are the block's place in the note: lines and spans count from
    there. Raises ``Broken`` for whatever makes the block unreadable as a whole.
    """
    if len(block) > MAX_BYTES or len(block.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Broken(
            "front-matter-too-large", "the front matter is longer than 64 KiB: move text to the body", first_line
        )
    if (fields := read_plain_lines(block, first_line, offset)) is not None:
        return fields
    if bad := re.search(_FORBIDDEN, block):
        line = block.count("\n", 0, bad.start())
        column = bad.start() - (block.rfind("\n", 0, bad.start()) + 1)
        raise Broken(
            "front-matter-control-character",
            f"the front matter holds the invisible character U+{ord(bad[0]):04X}: delete it",
            first_line + line,
            column + 1,
        )
    from followup_md.reading.yaml_tree import read_yaml

    return read_yaml(block, first_line, offset)
