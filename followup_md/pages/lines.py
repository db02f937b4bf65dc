"""The grammar of DUE.md's lines: what ``due_page`` writes, ``ticks`` reads, and ``foreign`` tells apart."""

from __future__ import annotations

import re

#: The labels of the lines below a box.
WHY, BRING, WHEN, PAIN, OPPORTUNITY, WE_OWE, THEY_OWE = LABELS = (
    "why",
    "bring",
    "when",
    "pain",
    "opportunity",
    "we owe",
    "they owe",
)
IN_HOURS, OUT_OF_HOURS = "in business hours", "out of hours"
#: What stands in the place of a link to a note where none is known.
NO_NOTE = "an item"

MARKER = r"(?:[-*+]|[0-9]{1,9}[.)])"
BULLET = re.compile(rf"{MARKER}(?:[ \t]+|$)")
ID = re.compile(r"(?<!\S)\^(?P<id>[fs]-(?>[a-z0-9]+(?:-[a-z0-9]+)*))(?!\w)")

_DATED = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [0-9]{1,2} [A-Z][a-z]{2}(?: [0-9]{4})?: "
_LINKED = r"(?:\[\[[^\]]+\]\]|\[[^\]]+\]\([^)]*\))(?: · .*)? — .*"
_COUNTED = r"[0-9]+ (?:repl(?:y|ies) owed|overdue|waiting for them|open|needs? a hand)"
_TO_DO = r"(?:[0-9]+ to do|nothing to do) · "

# Those that only a page needs that somebody touched are compiled where needed.

#: Any line of the page, with ``-`` for its bullet and a tab for its indent.
LINE = (
    r"|# Due on .*"
    r"|## (?:Reply owed|Today|Next in line \(.*\)|This week|The next \S+|Waiting for them|Gone dark|On hold|Needs a hand)"
    rf"|{_TO_DO}.*"
    r"|- \[ \] .* \^[fs]-[a-z0-9-]+"
    rf"|- (?:until )?(?:{_DATED})?{_LINKED}"
    r"|- (?!\[).*:[0-9]+ — .*|- and [0-9]+ more: .*"
    rf"|\t- (?:{'|'.join(LABELS)}): .*"
)
#: The line of what the page counts, as it was written.
SUMMARY = rf"(?m)^{_TO_DO}{_COUNTED}(?: · {_COUNTED})*$"

#: The lines that the page has below a box. A ``when: 2w`` is the user's.
_BELOW = (
    rf"[-*+][ \t]+(?:(?:{'|'.join(label for label in LABELS if label != WHEN)}):"
    rf"|{WHEN}: (?:{IN_HOURS}|{OUT_OF_HOURS})\b).*"
)
_OWN_MARKS = r"(?:[-*+](?:[ \t]+|$))?(?:\[[^\[\]]?\](?:[ \t]+|$))?"


def is_ours_below(line: str) -> bool:
    """Whether a line below a box, without its indent, is one that the page has there."""
    return re.fullmatch(_BELOW, line) is not None


def said_below(line: str) -> str:
    """What the user wrote in a line below a box: without its bullet and its box."""
    return re.sub(_OWN_MARKS, "", line, count=1)


def as_below(said: str) -> str:
    """The line below a box that says it, so written that it is read as the same again."""
    for line in (f"- {said}", said):
        is_item = BULLET.match(line) is not None and ID.search(line) is not None
        if not is_item and not is_ours_below(line) and said_below(line) == said:
            return line
    return f"[ ] {said}"
