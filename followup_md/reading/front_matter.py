"""Front matter: from the block between the two ``---`` lines to typed fields with their places.

Values follow the YAML 1.2 core schema, as Obsidian's parser does: ``NO`` and ``10:30`` are text.
The block is read from the parser's events, so depth, aliases, anchors and tags are seen before
anything is built from them; nothing here recurses, and nothing is guessed from a broken block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from yaml import YAMLError
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
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
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


class Broken(Exception):
    """A block that is not read: the code, what is wrong, and where (line and column from 1)."""

    def __init__(self, code: str, message: str, line: int, column: int = 1) -> None:
        super().__init__(message)
        self.code, self.message, self.line, self.column = code, message, line, column


@dataclass(frozen=True, slots=True)
class Fence:
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
    lines = text.removeprefix("\ufeff").split("\n", 2)
    return len(lines) > 1 and lines[0].rstrip() == "---" and re.match(r"[\w* -]{1,60}:(?:\s|$)", lines[1]) is not None


def read_block(block: str, first_line: int = 2, offset: int = 0) -> tuple[Field, ...]:
    """The fields of a block, in order.

    ``first_line`` and ``offset`` are the block's place in the note: lines and spans count from
    there. Raises ``Broken`` for whatever makes the block unreadable as a whole.
    """
    if len(block) > MAX_BYTES or len(block.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Broken("front-matter-too-large", "the front matter is longer than 64 KiB: move text to the body", first_line)
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
            "front-matter-broken", f"the front matter cannot be read here ({what}): mend the YAML", first_line + line, column + 1
        ) from None
    if root is None or (isinstance(root, Scalar) and root.value is None):
        return ()
    if not isinstance(root, Block):
        raise Broken("front-matter-broken", "the front matter is no list of `key: value` lines: write it so", first_line)
    return root.fields


class _Open:
    """A list or map whose end has not come yet. ``key`` is the map's key that waits for its value."""

    __slots__ = ("column", "is_map", "key", "keys", "line", "parts", "start")

    def __init__(self, is_map: bool, line: int, column: int, start: int) -> None:
        self.is_map, self.line, self.column, self.start = is_map, line, column, start
        self.parts: list[Value] | list[Field] = []
        self.key: Scalar | None = None
        self.keys: set[str] = set()


def _build(block: str, first_line: int, offset: int) -> Value | None:
    """The tree of a block, from the parser's events."""
    loader = _Loader(block)
    root: Value | None = None
    open_: list[_Open] = []
    documents = 0
    try:
        while loader.check_event():
            event = loader.get_event()
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1 or event.explicit:
                    raise Broken("front-matter-broken", "a second document begins here: remove this line", first_line)
                continue
            if isinstance(event, AliasEvent):
                raise _refused("an alias (*name): write the value out", event, first_line)
            if isinstance(event, (ScalarEvent, SequenceStartEvent, MappingStartEvent)):
                if event.anchor is not None:
                    raise _refused("an anchor (&name): remove it", event, first_line)
                if event.tag is not None:
                    raise _refused("a tag (!name): remove it, or quote the text", event, first_line)
                mark = event.start_mark
                line, column = first_line + mark.line, mark.column + 1
                if isinstance(event, ScalarEvent):
                    value: Value = Scalar(core_value(event.value) if event.implicit[0] else event.value, event.value, line, column)
                    start, end = mark.index, event.end_mark.index
                else:
                    if len(open_) >= MAX_DEPTH:
                        raise Broken("front-matter-too-deep", "lists and maps nested too deeply: flatten them", line, column)
                    open_.append(_Open(isinstance(event, MappingStartEvent), line, column, mark.index))
                    continue
            elif isinstance(event, CollectionEndEvent):
                done = open_.pop()
                value = (
                    Block(tuple(done.parts), done.line, done.column)  # type: ignore[arg-type]
                    if done.is_map
                    else Items(tuple(done.parts), done.line, done.column)  # type: ignore[arg-type]
                )
                start, end = done.start, event.end_mark.index
            else:
                continue
            if not open_:
                root = value
            else:
                _put(open_[-1], value, (offset + start, offset + end))
    finally:
        loader.dispose()
    return root


def _put(parent: _Open, value: Value, span: tuple[int, int]) -> None:
    """Add a finished value to the list or map that is open around it."""
    if not parent.is_map:
        parent.parts.append(value)  # type: ignore[arg-type]
    elif parent.key is None:
        if not isinstance(value, Scalar):
            raise Broken("front-matter-broken", "a key is a list or map here: write plain text", value.line, value.column)
        if value.raw in parent.keys:
            raise Broken(
                "front-matter-duplicate-key",
                f"`{value.raw}` stands here a second time, so the front matter is not read: keep one of them",
                value.line,
                value.column,
            )
        parent.keys.add(value.raw)
        parent.key = value
    else:
        key, parent.key = parent.key, None
        parent.parts.append(Field(key.raw, value, key.line, key.column, span))  # type: ignore[arg-type]


def _refused(what: str, event: ScalarEvent | AliasEvent | SequenceStartEvent | MappingStartEvent, first_line: int) -> Broken:
    mark = event.start_mark
    return Broken(
        "front-matter-alias", f"the front matter holds {what}", first_line + mark.line, mark.column + 1
    )


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
