"""Ids of what is due: the same on every machine, and another once the touch is logged."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from followup_md.digest import sha256
from followup_md.model import Category, Position, Prospect, StageChange

_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})


def slug(name: str) -> str:
    """A name in the letters that a block id may have: ``Jörg Müßig`` is ``jorg-mussig``."""
    plain = name.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain.translate(_LETTERS)).encode("ascii", "ignore").decode()
    return _NOT_SLUG.sub("-", plain).strip("-")[:40].strip("-") or "prospect"


def due_id(prospect: Prospect, on: date, category: Category, position: Position | None) -> str:
    """The id of a due touch, from path, day, step and how many entries carry an id of this base."""
    base = f"f-{slug(prospect.name)}-"
    logged = len([entry for entry in prospect.log if entry.id and entry.id.startswith(base)])
    step = f"{position.cadence} {position.number}" if position else ""
    return base + _digest(prospect.path, on.isoformat(), category, step, str(logged))


def stage_id(prospect: Prospect, stage: str) -> str:
    """The id of the box that writes the missing ``stage:`` line."""
    lines = sum(isinstance(entry, StageChange) for entry in prospect.log)
    return f"s-{slug(prospect.name)}-{_digest(prospect.path, stage, str(lines))}"


def _digest(*parts: str) -> str:
    text = unicodedata.normalize("NFC", "\n".join(parts))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
