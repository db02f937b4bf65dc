"""The script of a step, filled in. Scripts come from notes, so nothing in them may run."""

from __future__ import annotations

import re

from followup_md.model import Category, Direction, Due, Rules
from followup_md.pages.text import safe

PLACEHOLDERS = ("first_name", "name", "company", "role", "pain", "opportunity", "last_said", "content", "my_name")
_TITLES = frozenset({"dr", "prof", "mr", "mrs", "ms", "herr", "frau", "ing", "dipl-ing"})
_PLACEHOLDER = re.compile(r"\{\{[ \t]{0,9}([a-z_]{1,30})[ \t]{0,9}\}\}")


def draft(due: Due, rules: Rules) -> str | None:
    """The script of the step in force. A placeholder that is not known shows as ``[pain?]``.

    None where the step has none, and where what they said is what counts: for a reply and an appointment.
    """
    script = due.position.step.script if due.position else ""
    if not script or due.category in (Category.REPLY_OWED, Category.APPOINTMENT):
        return None
    known = _values(due, rules)

    def filled(found: re.Match[str]) -> str:
        name = found[1]
        return known.get(name) or (f"[{name}?]" if name in PLACEHOLDERS else found[0])

    return "\n".join(safe(line) for line in _PLACEHOLDER.sub(filled, script).split("\n"))


def first_name(name: str) -> str:
    """``Jörg`` of ``Jörg Müßig``, ``Müßig, Jörg`` and ``Dr. Jörg Müßig``."""
    words = (name.partition(",")[2] or name).split()
    return next((word for word in words if word.strip(".").casefold() not in _TITLES), name)


def _values(due: Due, rules: Rules) -> dict[str, str]:
    prospect = due.prospect
    said = next(
        (touch.text for touch in reversed(due.facts.touches) if touch.direction is Direction.IN and touch.text), ""
    )
    met = next((touch.text for touch in reversed(due.facts.touches) if touch.answer and touch.text), "")
    content = due.content
    values = {
        "first_name": first_name(prospect.name),
        "name": prospect.name,
        "company": prospect.company,
        "role": prospect.role,
        "pain": prospect.pain,
        "opportunity": prospect.opportunity,
        "last_said": (said or met).strip("\"“”'"),
        "content": f"{content.title} ({content.url})"
        if content and content.url
        else content.title
        if content
        else None,
        "my_name": rules.my_name,
    }
    return {name: " ".join(value.split()).rstrip(".") for name, value in values.items() if value}
