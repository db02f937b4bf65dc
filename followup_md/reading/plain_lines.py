"""Front matter of plain lines, read without the YAML parser.

A line is plain where it can be read in one way only: ``key: value``, ``key:``, ``- value`` or
nothing, where a value is a bare text, a text in quotes without escapes, or a list or map of such on
one line. What these mean is not decided here: for every block this gives what ``yaml_tree`` gives,
or None.
"""

from __future__ import annotations

import re
from functools import lru_cache

from followup_md.model import Block, Field, Items, Scalar, Value
from followup_md.reading.core_schema import core_value

_KEY = re.compile(r"[^\W\d](?:[\w -]{0,60}[\w-])?")
_ITEM_LINE = re.compile(r"( *)- +(\S.*)")

_QUOTED = re.compile(r"\"[^\"\\]*\"|'[^']*'")
_NO_BARE_START = frozenset("-?:,[]{}#&*!|>'\"%@`")

#: A value within a list or map on one line: fewer bare texts are plain there.
_INNER = rf"(?:{_QUOTED.pattern}|[\w+./][\w+./@&|'-]*+(?: ++[\w+./@&|'-]++)*+)"
_INNER_VALUE = re.compile(_INNER)
_LIST = re.compile(rf"\[ *(?:{_INNER}(?: *, *{_INNER})*+)? *\]")
# Maps are rare, so what finds them is compiled where needed.
_INNER_FIELD = rf"([^\W\d][\w-]*+): +({_INNER})"
_MAP = rf"\{{ *{_INNER_FIELD}(?: *, *{_INNER_FIELD})*+ *\}}"


def read_plain_lines(block: str, first_line: int, offset: int) -> tuple[Field, ...] | None:
    """The fields of a block of plain lines, in order; None for any other block."""
    lines = block.split("\n")
    if not "".join(lines).isprintable():
        return None
    fields: dict[str, Field] = {}
    under: _List | None = None
    start = offset
    for number, line in enumerate(lines, first_line):
        key, colon, rest = line.partition(":")
        if colon and rest[:1] in ("", " ") and _is_key(key):
            written = rest.strip(" ")
            column = line.find(written, len(key) + 1)
            value = _value(written, number, column, start) if written else Scalar(None, "", number, column + 1)
            if value is None or key in fields:
                return None
            if under:
                fields[under.field.key] = under.closed(start)
            field = Field(key, value, number, 1, (start + column, start + column + len(written)))
            fields[key], under = field, None if written else _List(field)
        elif found := _ITEM_LINE.fullmatch(line):
            item = _value(found[2].rstrip(" "), number, found.start(2), start)
            if item is None or under is None or not under.takes(item, number, len(found[1]), start):
                return None
        elif line:
            return None
        start += len(line) + 1
    if under:
        fields[under.field.key] = under.closed(offset + len(block))
    return tuple(fields.values())


@lru_cache(maxsize=1024)
def _is_key(text: str) -> bool:
    """Whether a text can only be a key. People write the same few in every note, so they are remembered."""
    return _KEY.fullmatch(text) is not None


class _List:
    """The items below a key without a value, while their lines come in."""

    __slots__ = ("field", "indent", "items", "line", "start")

    def __init__(self, field: Field) -> None:
        self.field = field
        self.items: list[Value] = []
        self.indent = self.line = self.start = 0

    def takes(self, item: Value, line: int, indent: int, start: int) -> bool:
        """Take an item; False where it is not indented like the ones above it. ``start``: the line's own."""
        if not self.items:
            self.indent, self.line, self.start = indent, line, start + indent
        self.items.append(item)
        return indent == self.indent

    def closed(self, end: int) -> Field:
        """The field with its items. A list ends where the next key begins."""
        if not self.items:
            return self.field
        items = Items(tuple(self.items), self.line, self.indent + 1)
        return Field(self.field.key, items, self.field.line, self.field.column, (self.start, end))


def _value(text: str, line: int, column: int, at: int) -> Value | None:
    """The value that a line ends with; None where it is not plain. ``column`` counts from 0, ``at``: the line's offset."""
    first = text[0]
    if first not in _NO_BARE_START:
        plain = ": " not in text and " #" not in text and text[-1] != ":"
        return Scalar(core_value(text), text, line, column + 1) if plain else None
    if first in "\"'":
        return _inner(text, line, column) if _QUOTED.fullmatch(text) else None
    if first == "[" and _LIST.fullmatch(text):
        items = [_inner(found[0], line, column + found.start()) for found in _INNER_VALUE.finditer(text)]
        return Items(tuple(items), line, column + 1)
    if first == "{" and re.fullmatch(_MAP, text):
        return _map(text, line, column, at)
    return None


def _inner(text: str, line: int, column: int) -> Scalar:
    """A text in quotes, or a bare one."""
    if text[0] in "\"'":
        return Scalar(text[1:-1], text[1:-1], line, column + 1)
    return Scalar(core_value(text), text, line, column + 1)


def _map(text: str, line: int, column: int, at: int) -> Block | None:
    """A map on one line; None where a key stands in it twice."""
    fields: dict[str, Field] = {}
    for found in re.finditer(_INNER_FIELD, text):
        key, value = found[1], _inner(found[2], line, column + found.start(2))
        span = (at + column + found.start(2), at + column + found.end(2))
        fields[key] = Field(key, value, line, column + found.start(1) + 1, span)
    return Block(tuple(fields.values()), line, column + 1) if len(fields) == text.count(": ") else None
