"""The script of a step, filled in. Scripts come from notes, so nothing in them may run."""

from __future__ import annotations

import re

from msgspec import Struct

from followup_md.model import Category, Content, Direction, Due, Intent, Rules
from followup_md.pages.text import one_line, safe

PLACEHOLDERS = ("first_name", "name", "company", "role", "pain", "opportunity", "last_said", "content", "my_name")
_TITLES = frozenset({"dr", "prof", "mr", "mrs", "ms", "herr", "frau", "ing", "dipl-ing"})
_PLACEHOLDER = re.compile(r"\{\{[ \t]{0,9}([a-z_]{1,30})[ \t]{0,9}\}\}")
_LONGEST_SUBJECT = 200
#: Where the script of a round by several channels has its mail.
_MAIL_PART = re.compile(r"(?:\A|(?<=\n\n))email:[ \t]*", re.IGNORECASE)


class Draft(Struct, frozen=True):
    """A script filled in: what ``draft`` prints. ``subject`` is "" where it is no mail's, or where none is known.

    ``missing`` are the placeholders that nothing is known for; each shows as ``[pain?]``.
    """

    subject: str
    text: str
    missing: tuple[str, ...]

    def __str__(self) -> str:
        return f"Subject: {self.subject}\n\n{self.text}" if self.subject else self.text

    @property
    def mail(self) -> str:
        """The text of the mail: what stands from ``Email:`` on, where the script has such a part, else all of it."""
        part = _MAIL_PART.search(self.text)
        return self.text[part.end() :] if part else self.text


def draft(due: Due, rules: Rules) -> Draft | None:
    """The script of the step in force, with the piece that the touch brings.

    None where the step has none, and where what they said is what counts: for a reply and an appointment.
    """
    step = due.position.step if due.position else None
    if step is None or not step.script or due.category in (Category.REPLY_OWED, Category.APPOINTMENT):
        return None
    known = _values(due, rules)
    missing: dict[str, None] = {}

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name in PLACEHOLDERS and name not in known:
            missing[name] = None
        return known.get(name) or (f"[{name}?]" if name in PLACEHOLDERS else found[0])

    def filled(script: str) -> str:
        return "\n".join(safe(line) for line in _PLACEHOLDER.sub(value, script).split("\n"))

    by_mail = "email" in due.channels
    subject = one_line(filled(step.subject), _LONGEST_SUBJECT) if by_mail else ""
    text = filled(step.script)
    if due.content:
        subject = subject or (one_line(due.content.title, _LONGEST_SUBJECT) if by_mail else "")
        piece = safe(known["content"])
        if piece not in text:
            text += f"\n\n{piece if by_mail else f'Bring: {piece}'}"
    return Draft(subject, text, tuple(missing))


def to_add(placeholder: str, due: Due, rules: Rules) -> str:
    """What to write, and where, so that a placeholder that is missing is filled in the next time."""
    path = due.prospect.path
    match placeholder:
        case "my_name":
            return 'add `my_name = "…"` to followup.toml'
        case "last_said":
            return f"nothing of theirs is in the log of {path}: add `- YYYY-MM-DD email in: …` there"
        case "content" if due.intent is Intent.VALUE:
            stage = due.facts.stage.name
            return f"the library has nothing for {stage} that they were not sent: add a note with `type: content` to Library/"
        case "content":
            return "this touch is not for value, so it brings nothing from the library"
    return f"add `{placeholder}: …` to the front matter of {path}"


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
    values = {
        "first_name": first_name(prospect.name),
        "name": prospect.name,
        "company": prospect.company,
        "role": prospect.role,
        "pain": prospect.pain,
        "opportunity": prospect.opportunity,
        "last_said": (said or met).strip("\"“”'"),
        "content": _named(due.content) if due.content else None,
        "my_name": rules.my_name,
    }
    plain = {name: " ".join(value.split()).rstrip(".") for name, value in values.items() if value}
    return {name: value for name, value in plain.items() if value}


def _named(content: Content) -> str:
    return f"{content.title} ({content.url})" if content.url else content.title
