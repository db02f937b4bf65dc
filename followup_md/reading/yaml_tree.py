"""Any block of front matter, read with the YAML parser.

The block is read from the parser's events, so depth, aliases, anchors and tags are seen before
anything is built from them; nothing here recurses, and nothing is guessed from a broken block.
"""

from __future__ import annotations

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
from followup_md.reading.core_schema import core_value
from followup_md.reading.front_matter import Broken

try:
    from yaml import CBaseLoader as _Loader
except ImportError:  # PyYAML built without libyaml: the same events, slower
    from yaml import BaseLoader as _Loader  # type: ignore[assignment]

MAX_DEPTH = 12
_TOO_DEEP = "lists and maps are nested too deeply: flatten them"


def read_yaml(block: str, first_line: int, offset: int) -> tuple[Field, ...]:
    """The fields of a block, in order. Raises ``Broken`` where it is no YAML, or holds what is refused."""
    try:
        root = _build(block, first_line, offset)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = " ".join(str(getattr(error, "problem", None) or "no YAML").split())
        line, column = (mark.line, mark.column) if mark else (0, 0)
        if "nesting" in what:  # newer parsers refuse some depth themselves, before it is seen here
            raise Broken("front-matter-too-deep", _TOO_DEEP, first_line + line, column + 1) from None
        raise Broken(
            "front-matter-broken",
            f"the front matter cannot be read here ({what}): mend the YAML; "
            "a value that has a colon in it or begins with a sign needs quotes",
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
                raise Broken("front-matter-too-deep", _TOO_DEEP, line, column)
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
