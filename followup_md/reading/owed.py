"""Open items: what they promised to send, and what we promised."""

from __future__ import annotations

import re
from datetime import date

from followup_md.model import Block, Items, Owed, Scalar, Value
from followup_md.reading.dates import DATE_SHAPE, dates_in, read_day
from followup_md.reading.fields import is_empty, key_of, link_text
from followup_md.reading.outline import Line

THEY_OWE = ("waiting on", "waiting for", "they owe", "items")
WE_OWE = ("promised", "owed", "i owe", "next actions")

# Compiled where needed.
_OPEN_TASK = r"[ \t]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]+\[ \][ \t]+(.+)"
_DUE = "[📅⏳]\ufe0f?[ \t]*(" + DATE_SHAPE + r")|\[due::[ \t]*(" + DATE_SHAPE + r")[ \t]*\]"
_ASKED = r"\((?:asked|since|promised)?[: \t]?[ \t]?(" + DATE_SHAPE + r")\)|\b(?:asked|since):?[ \t](" + DATE_SHAPE + ")"


def read_owed(section: list[Line]) -> list[Owed]:
    """The open tasks of a section; ticked ones are done."""
    return [_task(found[1].strip(), line.number) for line in section if (found := re.fullmatch(_OPEN_TASK, line.text))]


def _task(text: str, line: int) -> Owed:
    due, since = re.search(_DUE, text), re.search(_ASKED, text)
    bare = " ".join(re.sub(_ASKED, "", re.sub(_DUE, "", text)).split())
    return Owed(bare, _day(since), _day(due), line)


def _day(found: re.Match[str] | None) -> date | None:
    days = dates_in(found[0]) if found else []
    return days[0] if days else None


def read_waiting_on(value: Value) -> list[Owed]:
    """``waiting_on:`` in the front matter: maps with ``what`` and ``since``, or plain texts."""
    items = value.items if isinstance(value, Items) else (value,)
    return [owed for item in items if not is_empty(item) and (owed := _item(item))]


def _item(item: Value) -> Owed | None:
    if isinstance(item, Scalar):
        return _task(link_text(item.raw), item.line)
    if not isinstance(item, Block):
        return None
    said = {key_of(field.key): link_text(field.value.raw) for field in item.fields if isinstance(field.value, Scalar)}
    what = said.get("what") or said.get("item") or said.get("text")
    return Owed(what, read_day(said.get("since", "")), read_day(said.get("due", "")), item.line) if what else None
