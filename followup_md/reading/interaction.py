"""Interactions kept as notes of their own: a meeting's note, with its date and links to those who took part."""

from __future__ import annotations

import re
from datetime import time

from msgspec.structs import replace

from followup_md.model import Field, Interaction, Items, Linked, Problem, Remark, Rules, Scalar, Severity, Touch, Value
from followup_md.reading import fields as of
from followup_md.reading.dates import DATE_SHAPE, match_clock
from followup_md.reading.entry import read_entry, take_apart
from followup_md.reading.stamp import Stamp, Unread, read_stamp
from followup_md.reading.table import with_outcome
from followup_md.reading.words import tags_named, vocabulary

#: Types that say so and nothing else, and types of notes that are kept for other reasons as well; with their channel.
SURE = {"interaction": "", "interactions": "", "crm-interaction": "", "crm/interaction": ""}
TYPES = SURE | {"meeting": "meeting", "meetings": "meeting", "call": "call", "calls": "call"}

#: Keys that may hold a note's type.
TYPE_KEYS = frozenset({"type", "category", "categories", "class", "file-class", "note-type"})
_PEOPLE_KEYS = frozenset(
    {"contacts", "contact", "people", "person", "attendees", "attendee", "participants", "participant"}
)
_DATE_KEYS = ("date", "datetime", "date-time", "when", "day", "start")
_TIME_KEYS = ("time", "start-time", "start")
_CHANNEL_KEYS = ("channel", "kind", "medium", "method", "interaction-type")
_TEXT_KEYS = ("summary", "text", "subject", "title", "topic")
_OUTCOME_KEYS = ("outcome", "result", "response")

_LINK = r"\[\[([^\[\]|#]*)[^\[\]]*\]\]"  # compiled where needed: many vaults have no such notes
_EDGES = " \t-–—_.,:;()[]"


def interaction_type(front: tuple[Field, ...]) -> str | None:
    """The type that makes a note an interaction; None for any other note."""
    for field in front:
        if of.key_of(field.key) in TYPE_KEYS:
            for kind in _texts(field.value):
                if kind.casefold() in TYPES:
                    return kind.casefold()
    return None


def read_interaction(path: str, stem: str, front: tuple[Field, ...], rules: Rules) -> Interaction | None:
    """The touch that a note of its own tells; None where its type is another, or where it names nobody."""
    kind = interaction_type(front)
    if kind is None:
        return None
    people = [one for field in front if of.key_of(field.key) in _PEOPLE_KEYS for one in _named(field.value)]
    if not people:
        return None
    by_key: dict[str, Field] = {}
    for field in front:
        if isinstance(field.value, Scalar) and not of.is_empty(field.value):
            by_key.setdefault(of.key_of(field.key), field)

    def said(*keys: str) -> str:
        found = (by_key[key].value for key in keys if key in by_key)
        return " ".join(of.as_text(value) for value in found)

    def first(keys: tuple[str, ...]) -> str:
        return next((said(key) for key in keys if key in by_key), "")

    dated = next((by_key[key] for key in _DATE_KEYS if key in by_key), None)
    line = dated.line if dated else 1
    stamp = read_stamp(of.as_text(dated.value)) if dated else _in_name(stem)
    if not isinstance(stamp, Stamp):
        unread = stamp or Unread("touch-no-date", "this interaction has no date: write `date: YYYY-MM-DD`")
        problem = Problem(path, line, 1, unread.code, Severity.ERROR, unread.message)
        return Interaction(path, None, tuple(people), kind in SURE, (problem,))
    known = vocabulary(rules.channels)
    tags = [tag for field in front if of.key_of(field.key) == "tags" for tag in _texts(field.value)]
    told = [f"#{tag.removeprefix('#')}" for tag in tags if tags_named(f"#{tag.removeprefix('#')}")]
    if promised := _promised(by_key, rules):
        told.append(f"[next:: {promised}]")
    head = " ".join(part for part in (first(_CHANNEL_KEYS) or TYPES[kind], said("direction")) if part)
    parts = take_apart(" ".join([first(_TEXT_KEYS) or _without_date(stem), *told]), line, known, head=head)
    entry = read_entry(Stamp(stamp.day, stamp.at or _clock(first(_TIME_KEYS)), 0), parts, line, (), known, rules.stages)
    problems = []
    if parts.next_unread is not None:
        message = f"`next: {parts.next_unread}` is no date: write a real one as YYYY-MM-DD, or leave it out"
        problems.append(Problem(path, line, 1, "next-date-invalid", Severity.ERROR, message))
    if not isinstance(entry, (Touch, Remark)):
        message = f"`{head}` is no channel: write how you reached them, such as call, email or meeting"
        problems.append(Problem(path, line, 1, "touch-unreadable", Severity.ERROR, message))
        return Interaction(path, None, tuple(people), kind in SURE, tuple(problems))
    if isinstance(entry, Touch):
        entry = with_outcome(entry, first(_OUTCOME_KEYS))
    promise = replace(entry.next, path=path) if entry.next else None
    return Interaction(path, replace(entry, path=path, next=promise), tuple(people), kind in SURE, tuple(problems))


def _named(value: Value) -> list[Linked]:
    """Everybody whom a value names. ``[[Dana]]`` without quotes is a list in a list to YAML."""
    match value:
        case Scalar(raw=raw, line=line) if not of.is_empty(value):
            links = [found[1].strip() for found in re.finditer(_LINK, raw)]
            if links:
                return [Linked(target.removesuffix(".md"), line, True) for target in links if target]
            return [Linked(name.strip(), line, False) for name in raw.split(",") if name.strip()]
        case Items(items=(Items(items=(Scalar(raw=raw, line=line),)),)):
            return _named(Scalar(f"[[{raw}]]", f"[[{raw}]]", line, 1))
        case Items(items=items):
            return [one for item in items for one in _named(_unwrapped(item))]
    return []


def _unwrapped(item: Value) -> Value:
    """An item of a list; ``- [[Dana]]`` without quotes as the link that it is to everybody but YAML."""
    return Items((item,), item.line, item.column) if isinstance(item, Items) else item


def _texts(value: Value) -> tuple[str, ...]:
    try:
        return of.as_words(value)
    except of.NotUnderstood:
        return ()


def _in_name(stem: str) -> Stamp | Unread | None:
    """The date in a file's name: ``2026-09-20 Call with Jane``, ``Meeting - 2026-06-14``."""
    found = re.search(rf"(?<![0-9]){DATE_SHAPE}", stem)
    return read_stamp(found[0]) if found else None


def _without_date(stem: str) -> str:
    return re.sub(rf"(?<![0-9]){DATE_SHAPE}", "", stem).strip(_EDGES) or stem


def _clock(written: str) -> time | None:
    found = match_clock(written, 0)
    return found[0] if found else None


def _promised(by_key: dict[str, Field], rules: Rules) -> str:
    """The next date that the note's front matter names."""
    known = of.names(rules.field_names)
    return next((of.as_text(field.value) for key, field in by_key.items() if known.get(key) == "next"), "")
