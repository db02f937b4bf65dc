"""Obsidian's bases, as its help documents them: the shape of the file, and what an expression means.

After the pages "Bases syntax", "Functions" and "Views". ``sort`` is not on these pages; it is what Obsidian's own
menu writes, and what ``BasesViewConfig.getSort`` of its API reads.
"""

# ruff: noqa: N802, N815 - the names are Obsidian's

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any, Literal

import msgspec

Filter = str | dict[Literal["and", "or", "not"], list[Any]]


class Direction(msgspec.Struct, forbid_unknown_fields=True):
    property: str
    direction: Literal["ASC", "DESC"]


class View(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["table", "cards", "list", "map"]
    name: str
    limit: int | None = None
    filters: Filter | None = None
    groupBy: Direction | None = None
    order: list[str] = []
    sort: list[Direction] = []
    summaries: dict[str, str] = {}


class Base(msgspec.Struct, forbid_unknown_fields=True):
    filters: Filter | None = None
    formulas: dict[str, str] = {}
    properties: dict[str, dict[Literal["displayName"], str]] = {}
    summaries: dict[str, str] = {}
    views: list[View] = []


#: The summaries that come with Obsidian.
SUMMARIES = (
    "Average",
    "Min",
    "Max",
    "Sum",
    "Range",
    "Median",
    "Stddev",
    "Earliest",
    "Latest",
    "Empty",
    "Filled",
    "Unique",
)


class NotDocumented(Exception):
    """Something in an expression that the help does not have, or a value without the function that is called."""


class Text(str):
    """A string with the functions that the help lists for it."""

    def contains(self, part: str) -> bool:
        return part in self

    def startsWith(self, part: str) -> bool:
        return self.startswith(part)

    def lower(self) -> Text:
        return Text(super().lower())

    def trim(self) -> Text:
        return Text(self.strip())

    def replace(self, pattern: Any, replacement: str) -> Text:  # type: ignore[override]
        return Text(pattern.sub(replacement, self))

    def split(self, separator: str) -> List:  # type: ignore[override]
        return List(map(Text, super().split(separator)))

    def toString(self) -> Text:
        return self


class List(list[Any]):
    """A list with the functions that the help lists for it."""

    def contains(self, value: Any) -> bool:
        return value in self

    def map(self, of: Callable[[Any], Any]) -> List:
        return List(map(of, self))

    def containsAny(self, *values: Any) -> bool:
        return any(value in self for value in values)


class Day(date):
    """A date, to which a text such as ``1d`` can be added."""

    def __add__(self, duration: Any) -> Day:
        found = re.fullmatch(r"([0-9]+)d", duration)
        assert found, duration
        moved = date.fromordinal(self.toordinal()) + timedelta(int(found[1]))
        return Day(moved.year, moved.month, moved.day)


class Nothing:
    """A property that a note does not have. Nothing can be asked of it, but whether it is there."""

    def __bool__(self) -> bool:
        return False

    def __getattr__(self, name: str) -> Any:
        raise NotDocumented(f"{name} of a property that is not there")


class File:
    """The file in question, and the function that gives another."""

    def __init__(self, path: str, links: dict[str, set[str]], tags: Iterable[str] = ()) -> None:
        folder, _, name = path.rpartition("/")
        self.path, self._links, self._tags = path, links, tags
        self.folder, self.name, self.ext = Text(folder), Text(name.rpartition(".")[0]), Text(name.rpartition(".")[2])
        self.file = self

    def __call__(self, path: str) -> File:
        return File(path, self._links)

    def inFolder(self, folder: str) -> bool:
        return f"{self.folder}/".startswith(f"{folder}/")

    def hasTag(self, *tags: str) -> bool:
        return any(one == tag or one.startswith(f"{tag}/") for one in self._tags for tag in tags)

    def hasLink(self, other: File) -> bool:
        return other.path in self._links.get(self.path, ())


class Properties:
    """``note`` or ``formula``: values by name, with a dot or in brackets."""

    def __init__(self, of: Callable[[str], Any]) -> None:
        self._of = of

    def __getattr__(self, name: str) -> Any:
        return self._of(name)

    __getitem__ = __getattr__


_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|/[^/]+/g|&&|\|\||[<>=!]=|[A-Za-z_]\w*|[0-9]+|[][().,<>+!])')
_NAMES = {"&&": " and ", "||": " or ", "!": " not ", "if": "choose", "list": "as_list"}


def as_python(expression: str) -> str:
    """An expression in Python's words. Raises ``NotDocumented`` for a sign that the language does not have."""
    written, before, open_ones, at = "", "", [], 0
    while at < len(expression.rstrip()):
        found = _TOKEN.match(expression, at)
        if not found:
            raise NotDocumented(expression[at:])
        token, at = found[1], found.end()
        new = _NAMES.get(token, token)
        if token[0] == '"':
            new = f"Text({token})"
        elif token.endswith("/g"):
            new = f"pattern({token[1:-2]!r})"
        elif token == "(" and before == "map":
            open_ones.append(token)
            new = "(lambda value: "
        elif token in "([":
            literal = token == "[" and not re.fullmatch(r"\w+|[])]", before)
            open_ones.append("if" if before == "if" else "list" if literal else token)
            new = "(lambda: " if before == "if" else "List([" if literal else token
        elif token in ")]":
            new = "])" if open_ones.pop() == "list" else token
        elif token == "," and open_ones[-1] == "if":
            new = ", lambda: "
        written, before = written + new, token
    assert not open_ones, expression
    return written


class Note:
    """A note of the vault as a base sees it, on a day."""

    def __init__(self, base: Base, path: str, fields: dict[str, Any], today: date, links: dict[str, set[str]]) -> None:
        self._names = {
            "note": Properties(lambda key: fields.get(key) or Nothing()),
            "formula": Properties(lambda name: self.value(base.formulas[name])),
            "file": File(path, links, fields.get("tags", ())),
            "today": lambda: Day(today.year, today.month, today.day),
            "choose": lambda condition, yes, no: yes() if condition() else no(),
            "as_list": lambda value: value if isinstance(value, list) else List([value]),
            "pattern": re.compile,
            "Text": Text,
            "List": List,
            "__builtins__": {},
        }

    def value(self, expression: str) -> Any:
        return eval(as_python(expression).strip(), self._names)

    def passes(self, condition: Filter | None) -> bool:
        match condition:
            case None:
                return True
            case str():
                return bool(self.value(condition))
            case {"and": parts}:
                return all(map(self.passes, parts))
            case {"or": parts}:
                return any(map(self.passes, parts))
            case {"not": parts}:
                return not any(map(self.passes, parts))
        raise AssertionError(condition)
