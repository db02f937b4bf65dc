"""``.obsidian/types.json``: what kind of property Obsidian takes a key for. Added to, never changed.

The file is one object, ``{"types": {"next": "date", …}}``. What is missing is put behind the last entry, in the manner of
that one, and every byte that was there stays.
"""

from __future__ import annotations

import json
import re
from typing import Any

from msgspec import Struct

from followup_md.errors import Refused

TYPES_FILE = ".obsidian/types.json"

_DATE, _NUMBER, _FLAG = ("date", "datetime"), ("number",), ("checkbox",)
_TEXT, _TEXTS = ("text", "multitext"), ("multitext", "text")
#: By field: the kinds of Obsidian's that fit it, the one to set first. Other fields need none.
FIELD_TYPES = {
    "next": _DATE,
    "snooze_until": _DATE,
    "added": _DATE,
    "last_contact": _DATE,
    "amount": _NUMBER,
    "do_not_contact": _FLAG,
    "phone": _TEXT,
    "stage": _TEXT,
    "cadence": _TEXT,
    "pain": _TEXT,
    "opportunity": _TEXT,
    "prefers": _TEXTS,
    "avoid": _TEXTS,
}

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


class Merged(Struct, frozen=True):
    """The new bytes, the keys that were added, and what keys are set to that do not fit: ``(key, kind, fitting)``."""

    data: bytes
    added: tuple[str, ...]
    unfit: tuple[tuple[str, str, str], ...]


class _Member(Struct, frozen=True):
    """A member of an object: where it begins, where its value begins and ends, and the blank between its parts."""

    key: str
    value: Any
    start: int
    begin: int
    end: int
    colon: str


class _Object(Struct, frozen=True):
    """An object's members in a text, and where its braces stand."""

    members: tuple[_Member, ...]
    start: int
    close: int


def merge_types(old: bytes | None, wanted: dict[str, tuple[str, ...]]) -> Merged:
    """The file with a kind for each wanted key. ``old`` is None where there is no file yet.

    Keys are compared without regard to case, as Obsidian compares them. Raises ``Refused`` with line and column for
    what is no such file.
    """
    if old is None:
        types = {key: fitting[0] for key, fitting in wanted.items()}
        return Merged(json.dumps({"types": types}, indent=2, ensure_ascii=False).encode(), tuple(types), ())
    text = _decoded(old)
    top = _read(text)
    member = next((member for member in reversed(top.members) if member.key == "types"), None)
    if member and not isinstance(member.value, dict):
        raise _refused(text, member.begin, "`types` is no object of kinds by key")
    inner = _object(text, member.begin) if member else None
    kinds = {one.key.casefold(): one.value for one in inner.members} if inner else {}
    missing = {key: fitting[0] for key, fitting in wanted.items() if key.casefold() not in kinds}
    unfit = tuple(
        (key, json.dumps(kinds[key.casefold()]).strip('"'), fitting[0])
        for key, fitting in wanted.items()
        if kinds.get(key.casefold(), fitting[0]) not in fitting
    )
    if missing:
        text = _with(text, inner, missing) if inner else _with(text, top, {"types": missing})
    return Merged(text.encode(), tuple(missing), unfit)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refused(data[: error.start].decode("utf-8"), error.start, "this is not UTF-8 text") from None


def _read(text: str) -> _Object:
    """The object that the text is. Raises ``Refused`` where it is none."""
    start = _behind_blank(text, 1 if text.startswith("\ufeff") else 0)
    try:
        value, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise _refused(text, error.pos, error.msg) from None
    except (RecursionError, ValueError):
        raise _refused(text, start, "it holds a number or a nesting beyond all measure") from None
    if not isinstance(value, dict):
        raise _refused(text, start, "an object, `{ }`, is missing")
    if (rest := _behind_blank(text, end)) < len(text):
        raise _refused(text, rest, "the object has ended before this")
    return _object(text, start)


def _object(text: str, start: int) -> _Object:
    """The object that begins there, in a text that is known to be JSON."""
    members = []
    at = _behind_blank(text, start + 1)
    while text[at] != "}":
        key, behind = _DECODER.raw_decode(text, at)
        begin = _behind_blank(text, text.index(":", behind) + 1)
        value, end = _DECODER.raw_decode(text, begin)
        members.append(_Member(key, value, at, begin, end, text[behind:begin]))
        at = _behind_blank(text, end)
        if text[at] == ",":
            at = _behind_blank(text, at + 1)
    return _Object(tuple(members), start, at)


def _with(text: str, within: _Object, entries: dict[str, Any]) -> str:
    """The text with more members in that object, written as its last one is."""
    if within.members:
        last = within.members[-1]
        at, colon = last.end, last.colon
        before = max(text.rfind(mark, 0, last.start) for mark in ",{")
        lead, first, close = text[before + 1 : last.start], ",", ""
    else:
        at, colon, first = within.start + 1, ": ", ""
        line = text[text.rfind("\n", 0, at) + 1 : at]
        close = "\n" + line[: len(line) - len(line.lstrip())]
        lead = f"{close}  "
        if "\n" in text[at : within.close]:
            close = ""
    written = ("," + lead).join(
        f"{json.dumps(key, ensure_ascii=False)}{colon}{_written(value, lead)}" for key, value in entries.items()
    )
    return f"{text[:at]}{first}{lead}{written}{close}{text[at:]}"


def _written(value: Any, lead: str) -> str:
    """A value; an object's members stand one level deeper than ``lead``, if that begins a line."""
    indent = lead.rpartition("\n")[2] if "\n" in lead else None
    if indent is None or not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False, indent=indent or 2).replace("\n", lead)


def _behind_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _refused(text: str, at: int, what: str) -> Refused:
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return Refused(
        f"{TYPES_FILE}:{line}:{column}: it cannot be added to, since it is not read ({what}); mend it, or delete it: "
        "Obsidian makes it anew",
        line,
    )
