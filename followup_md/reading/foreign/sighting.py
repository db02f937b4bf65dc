"""What a note looks like to somebody who does not know the vault it lies in: its types, keys, and dated lines.

Nothing here decides whether a note is a prospect. ``survey`` does, once it has seen all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from followup_md.model import Entry, Field, Problem, Rules, Scalar, Touch
from followup_md.reading import fields as of
from followup_md.reading.dates import DATE_SHAPE
from followup_md.reading.foreign.spellings import CHANNELS
from followup_md.reading.interaction import interaction_type, read_interaction
from followup_md.reading.log import Placed, read_log
from followup_md.reading.note import decoded, front_of, kinds_of, tags_of, types_of
from followup_md.reading.outline import Line, heading_name, outline, sections
from followup_md.reading.prospect import as_section, section_kinds
from followup_md.reading.stamp import Stamp, read_stamp
from followup_md.reading.words import vocabulary, words_of

Kind = Literal["note", "unread", "template", "day", "interaction"]

_TEMPLATE = re.compile(r"<%|\{\{ ?(?:title|date|time|name|value)\b", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}-?(?:[0-9]{2}-?[0-9]{2}|W[0-9]{2}|[0-9]{2}|Q[1-4])(?: .{0,3}[A-Za-zä]{3,9})?")
_QUERY = re.compile(r"(?m)^[ \t]*```+(?:dataview|dataviewjs|base|tasks|meta-bind)\b|^!\[\[[^\]\n]+\.base")
_DATED = re.compile(DATE_SHAPE)


class DatedLines(Struct, frozen=True):
    """Dated lines of one shape under one heading (None: under none, or under the note's own title).

    ``telling``: those of the lines read that name a channel.
    """

    heading: str | None
    shape: str
    read: int
    unread: int
    telling: int


class Sighting(Struct, frozen=True):
    """One note: what it says of itself, and what of it could be a touch log.

    ``types`` are what any key of its kind says, ``kinds`` what ``type`` does. ``fields`` are those of the front matter
    and Dataview's. ``words`` are those of other languages that name a channel.
    """

    path: str
    kind: Kind
    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    logs: tuple[DatedLines, ...] = ()
    words: tuple[str, ...] = ()
    queries: bool = False
    kinds: tuple[str, ...] = ()


def sighting(path: str, data: bytes, rules: Rules) -> Sighting:
    """Look at one note. Never raises on its bytes."""
    text = decoded(path, data)
    if isinstance(text, Problem):
        return Sighting(path, "unread")
    front, body, body_line, _ = front_of(path, text)
    if _TEMPLATE.search(text[:4096]):
        return Sighting(path, "template")
    stem = path.rpartition("/")[2][:-3]
    if read_interaction(path, stem, front, rules):
        return Sighting(path, "interaction", (interaction_type(front) or "",), fields=front)
    lines, _ = outline(body, body_line)
    inline = () if "::" not in body else of.inline_keys((line.number, line.text) for line in lines)
    names = {heading_name(stem), *(heading_name(_raw(field)) for field in front if of.key_of(field.key) == "name")}
    logs, words = _logs(lines, names, rules) if _DATED.search(body) else ((), ())
    return Sighting(
        path,
        "day" if _DAY.fullmatch(stem) else "note",
        tuple(dict.fromkeys(types_of(front))),
        tuple(dict.fromkeys(tags_of(front, body))),
        (*front, *inline),
        logs,
        words,
        _QUERY.search(body) is not None,
        tuple(kinds_of(front)),
    )


def _raw(field: Field) -> str:
    return field.value.raw if isinstance(field.value, Scalar) else ""


def _logs(lines: list[Line], names: set[str], rules: Rules) -> tuple[tuple[DatedLines, ...], tuple[str, ...]]:
    """The dated lines of a note by heading and shape, whether the heading is known or not; and foreign words in them."""
    found: dict[tuple[str | None, str], list[int]] = {}
    words: list[str] = []
    for heading, section in _sections(lines, names, rules):
        by_number = {line.number: line for line in section}
        for one in read_log(section, vocabulary(rules.channels), rules.stages):
            line = by_number.get(one.place if isinstance(one, Placed) else one.line)
            counts = found.setdefault((heading, _shape(line) if line else "line"), [0, 0, 0])
            if not isinstance(one, Placed):
                counts[1] += 1
            elif not one.after:
                counts[0] += 1
                foreign = _foreign_words(one.entry)
                words += foreign or ()
                counts[2] += foreign is None or bool(foreign)
    return tuple(DatedLines(*key, *counts) for key, counts in found.items()), tuple(words)


def _foreign_words(entry: Entry) -> frozenset[str] | None:
    """Words of other languages that name the channel of a touch; None for what needs none."""
    if not isinstance(entry, Touch) or entry.channel != "other":
        return None
    return _FOREIGN.intersection(words_of(entry.text, 6))


_FOREIGN = frozenset(word for words in CHANNELS.values() for word in words)


def _sections(lines: list[Line], names: set[str], rules: Rules) -> Iterator[tuple[str | None, list[Line]]]:
    """The sections that could be logs: those of known headings, as they are read; then what lies outside of them."""
    inside: set[int] = set()
    for kind, heading, section in sections(lines, section_kinds(rules.log_headings)):
        inside.update(line.number for line in (heading, *section))
        if kind == "log":
            yield heading.text, as_section(section, heading.rank)
    rest = [line for line in lines if line.number not in inside]
    headings = {heading_name(line.text) for line in rest if line.rank and not isinstance(read_stamp(line.text), Stamp)}
    under: set[int] = set()
    for _, heading, section in sections(rest, dict.fromkeys(headings - names, "log")):
        under.update(line.number for line in (heading, *section))
        yield heading.text, as_section(section, heading.rank)
    yield None, [line for line in rest if line.number not in under]


def _shape(line: Line) -> str:
    """What a dated line is written as."""
    text = line.text.strip()
    if line.rank:
        return "dated heading"
    if re.match(r"(?:[-*+•]|[0-9]{1,9}[.)])[ \t]", text):
        return "done task" if re.match(r"\S+[ \t]+\[[^\]]\]", text) else "bullet"
    if text.startswith("["):
        return "stamped line"
    return "table row" if "|" in text else "line"
