"""The prospect of a new vault, to try things on."""

from __future__ import annotations

from datetime import date, timedelta

from followup_md.editing.new import new_note
from followup_md.model import Rules

SAMPLE = "Dana Okafor"

_FIELDS = {
    "company": "Northwind",
    "role": "head of finance",
    "email": "dana@northwind.example",
    "phone": "+1 555 0100",
    "stage": "contacted",
    "pain": "invoices take three weeks",
}

_BODY = """\
This prospect is made up. Try things on it, then delete the note.

The fields above and the log below are what followup-md reads; what else stands in a note is yours.

## Touches

- {first} email: sent the billing case study #value
- {second} call: left a message about the audit #ask #no-answer
- {third} email in: "can you send prices?"
"""


def sample_note(path: str, rules: Rules, today: date) -> bytes:
    """A prospect who wrote yesterday, so that a reply is owed."""
    days = [(today - timedelta(days)).isoformat() for days in (6, 3, 1)]
    body = _BODY.format(first=days[0], second=days[1], third=days[2]).rstrip()
    return new_note(path, _FIELDS, today - timedelta(6), rules, body)
