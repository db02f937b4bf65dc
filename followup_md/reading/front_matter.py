"""Front matter: from the block between the two ``---`` lines to typed fields with their places.

Values follow the YAML 1.2 core schema, as Obsidian's parser does: ``NO`` and ``10:30`` are text.
The block is read from the parser's events, so depth, aliases, anchors and tags are seen before
anything is built from them; nothing here recurses, and nothing is guessed from a broken block.
"""

from __future__ import annotations

import re

from msgspec import Struct
from yaml import YAMLError
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from followup_md.model import Block, Field, Items, Scalar, Value

try:
    from yaml import CBaseLoader as _Loader
except ImportError:  # PyYAML built without libyaml: the same events, slower
    from yaml import BaseLoader as _Loader  # type: ignore[assignment]

MAX_BYTES = 64 * 1024
MAX_DEPTH = 12

_NULL = frozenset({"", "null", "Null", "NULL", "~"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_BASED = re.compile(r"0o[0-7]{1,20}|0x[0-9a-fA-F]{1,16}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,30}|[0-9]{1,30}(?:\.[0-9]{0,30})?)(?:[eE][-+]?[0-9]{1,3})?")
_KEY_LINE = re.compile(r"[\"']?[A-Za-z_*][\w* -]{0,60}[\"']?:(?:\s|$)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


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
    at, line = first_end + 1, 2
    while at < len(text):
        end = text.find("\n", at)
        stop = len(text) if end < 0 else end
        if text[at : at + 3] in ("---", "...") and text[at + 3 : stop].strip() == "":
            return Fence(first_end + 1, at, stop if end < 0 else stop + 1, line + 1)
        at, line = stop + 1, line + 1
    return None


def unclosed(text: str) -> bool:
    """Whether a text begins like front matter (``---``, then ``key:``) that never ends."""
    lines = text.removeprefix("\ufeff")[:4096].split("\n")[:12]
    return lines[0].rstrip() == "---" and any(_KEY_LINE.match(line) for line in lines[1:])


def read_block(block: str, first_line: int = 2, offset: int = 0) -> tuple[Field, ...]:
    """The fields of a block, in order.

    ``first_line`` and ``offset`` are the block's place in the note: lines and spans count from
    there. Raises ``Broken`` for whatever makes the block unreadable as a whole.
    """
    if len(block) > MAX_BYTES or len(block.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Broken(
            "front-matter-too-large", "the front matter is longer than 64 KiB: move text to the body", first_line
        )
    if bad := _FORBIDDEN.search(block):
        line = block.count("\n", 0, bad.start())
        column = bad.start() - (block.rfind("\n", 0, bad.start()) + 1)
        raise Broken(
            "front-matter-control-character",
            f"the front matter holds the invisible character U+{ord(bad[0]):04X}: delete it",
            first_line + line,
            column + 1,
        )
    try:
        root = _build(block, first_line, offset)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = " ".join(str(getattr(error, "problem", None) or "no YAML").split())
        line, column = (mark.line, mark.column) if mark else (0, 0)
        raise Broken(
            "front-matter-broken",
            f"the front matter cannot be read here ({what}): mend the YAML",
            first_line + line,
            column + 1,
        ) from None
    if root is None or (isinstance(root, Scalar) and root.value is None):
        return ()
    if not isinstance(root, Block):
        raise Broken(
            "front-matter-broken", "the front matter is no list of `key: value` lines: write it so", first_line
        )
    return root.fields


class _Open:
    """A list or map whose end has not come yet. ``key`` is the map's key that waits for its value."""

    __slots__ = ("column", "fields", "is_map", "items", "key", "keys", "line", "start")

    def __init__(self, is_map: bool, line: int, column: int, start: int) -> None:
        self.is_map, self.line, self.column, self.start = is_map, line, column, start
        self.items: list[Value] = []
        self.fields: list[Field] = []
        self.key: Scalar | None = None
        self.keys: set[str] = set()

    def value(self) -> Value:
        if self.is_map:
            return Block(tuple(self.fields), self.line, self.column)
        return Items(tuple(self.items), self.line, self.column)

    def put(self, value: Value, span: tuple[int, int]) -> None:
        """Add a finished value; in a map the first is the key, the second its value."""
        if not self.is_map:
            self.items.append(value)
        elif self.key is not None:
            self.fields.append(Field(self.key.raw, value, self.key.line, self.key.column, span))
            self.key = None
        elif not isinstance(value, Scalar):
            message = "a key is a list or map here: write plain text"
            raise Broken("front-matter-broken", message, value.line, value.column)
        elif value.raw == "<<":
            message = "the front matter holds a merge key (<<): write the values out"
            raise Broken("front-matter-alias", message, value.line, value.column)
        elif value.raw in self.keys:
            message = f"`{value.raw}` stands here a second time, so the front matter is not read: keep one of them"
            raise Broken("front-matter-duplicate-key", message, value.line, value.column)
        else:
            self.keys.add(value.raw)
            self.key = value


class _Tree:
    """A block's values while the parser's events come in."""

    def __init__(self, first_line: int, offset: int) -> None:
        self.first_line, self.offset = first_line, offset
        self.root: Value | None = None
        self.open: list[_Open] = []
        self.documents = 0

    def take(self, event: Event) -> None:
        """Take one event. Raises ``Broken`` for what may not stand in front matter."""
        if isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent)):
            if event.anchor is not None:
                raise self._refused("an anchor (&name): remove it", event)
            if event.tag is not None:
                raise self._refused("a tag (!name): remove it, or quote the text", event)
            line, column = self._place(event)
            if isinstance(event, ScalarEvent):
                plain = event.implicit[0]
                value = Scalar(core_value(event.value) if plain else event.value, event.value, line, column)
                self._put(value, *_span(event))
            elif len(self.open) >= MAX_DEPTH:
                message = "lists and maps are nested too deeply: flatten them"
                raise Broken("front-matter-too-deep", message, line, column)
            else:
                self.open.append(_Open(isinstance(event, MappingStartEvent), line, column, _span(event)[0]))
        elif isinstance(event, CollectionEndEvent):
            done = self.open.pop()
            self._put(done.value(), done.start, _span(event)[1])
        elif isinstance(event, AliasEvent):
            raise self._refused("an alias (*name): write the value out", event)
        elif isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1 or event.explicit:
                message = "a second document begins here: remove this line"
                raise Broken("front-matter-broken", message, self._place(event)[0])

    def _put(self, value: Value, start: int, end: int) -> None:
        if self.open:
            self.open[-1].put(value, (self.offset + start, self.offset + end))
        else:
            self.root = value

    def _place(self, event: Event) -> tuple[int, int]:
        mark = event.start_mark
        assert mark is not None  # events of a parser have their place
        return self.first_line + mark.line, mark.column + 1

    def _refused(self, what: str, event: Event) -> Broken:
        return Broken("front-matter-alias", f"the front matter holds {what}", *self._place(event))


def _span(event: Event) -> tuple[int, int]:
    """Where an event begins and ends in the block, in characters."""
    assert event.start_mark is not None and event.end_mark is not None
    return event.start_mark.index, event.end_mark.index


def _build(block: str, first_line: int, offset: int) -> Value | None:
    """The tree of a block, from the parser's events."""
    loader = _Loader(block)
    tree = _Tree(first_line, offset)
    try:
        while event := loader.get_event():
            tree.take(event)
    finally:
        loader.dispose()
    return tree.root


def core_value(raw: str) -> str | int | float | bool | None:
    """A plain scalar by the YAML 1.2 core schema."""
    if raw in _NULL:
        return None
    first = raw[0]
    if first in "tTfF":
        return True if raw in _TRUE else False if raw in _FALSE else raw
    if first in "0123456789+-.":
        if _INT.fullmatch(raw):
            return int(raw)
        if _BASED.fullmatch(raw):
            return int(raw[2:], 8 if raw[1] == "o" else 16)
        if _FLOAT.fullmatch(raw):
            return float(raw)
        if raw in (".nan", ".NaN", ".NAN"):
            return float("nan")
        if raw.lstrip("+-") in (".inf", ".Inf", ".INF"):
            return float("-inf" if first == "-" else "inf")
    return raw
