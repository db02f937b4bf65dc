"""What the commands print with ``--json``: one function a record, its keys in the documented order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import TYPE_CHECKING, cast

from msgspec import to_builtins

from followup_md.model import (
    Cadence,
    Due,
    Facts,
    Hold,
    NextDate,
    Owed,
    Problem,
    Prospect,
    Reason,
    Remark,
    Skip,
    StageChange,
    Step,
    Survey,
    Touch,
)
from followup_md.planning.next_touch import Considered

if TYPE_CHECKING:
    from followup_md.planning.statistics.overview import Statistics

Record = dict[str, object]


def due_list(items: tuple[Due, ...], today: date, vault: str, problems: int) -> Record:
    """``due --json``."""
    return {
        "today": today.isoformat(),
        "vault": vault,
        "items": [due_item(due) for due in items],
        "problems": problems,
    }


def due_item(due: Due) -> Record:
    """One item of ``due --json``."""
    prospect, facts = due.prospect, due.facts
    return {
        "prospect": prospect.name,
        "path": prospect.path,
        "company": prospect.company,
        "owner": prospect.owner,
        "stage": facts.stage.name,
        "due": due.on.isoformat(),
        "overdue_days": due.overdue_days,
        "category": due.category.value,
        "hold": _hold(due.hold),
        "cadence": due.position.cadence if due.position else None,
        "step": due.position.number if due.position else None,
        "channels": list(due.channels),
        "together": due.together,
        "intent": due.intent.value if due.intent else None,
        "unanswered": facts.unanswered,
        "rounds": facts.rounds,
        "dark": due.dark,
        "last": _last(facts.last),
        "content": due.content.path if due.content else None,
        "id": due.id,
        "why": [_reason(one) for one in due.why],
    }


def why(prospect: Prospect, considered: Considered) -> Record:
    """``why --json``."""
    return {
        "prospect": prospect.name,
        "path": prospect.path,
        "rules": [
            {
                "rule": verdict.rule,
                "name": verdict.name,
                "due": verdict.on.isoformat() if verdict.on else None,
                "won": number == considered.won,
                "why": [_reason(one) for one in verdict.why],
            }
            for number, verdict in enumerate(considered.verdicts)
        ],
        "next": due_item(considered.due) if considered.due else None,
    }


def _reason(one: Reason) -> Record:
    return {"rule": one.rule, "text": one.text, "at": list(one.at)}


def prospect_facts(prospect: Prospect, facts: Facts, problems: list[Problem]) -> Record:
    """``show --json``."""
    return {
        "path": prospect.path,
        "name": prospect.name,
        "fields": {
            field.name: list(field.value) if isinstance(field.value, tuple) else field.value
            for field in prospect.fields
        },
        "stage": facts.stage.name,
        "touches": [touch(one) for one in facts.touches],
        "appointments": [touch(one) for one in facts.appointments],
        "remarks": [
            {"date": entry.date.isoformat(), "text": entry.text, "line": entry.line, **_own_note(entry)}
            for entry in prospect.log
            if isinstance(entry, Remark)
        ],
        "stages": [
            {"date": entry.date.isoformat(), "stage": entry.stage, "line": entry.line, "reason": entry.reason or None}
            for entry in prospect.log
            if isinstance(entry, StageChange)
        ],
        "skips": [
            {"date": entry.date.isoformat(), "text": entry.text, "line": entry.line}
            for entry in prospect.log
            if isinstance(entry, Skip)
        ],
        "rounds": facts.rounds,
        "unanswered": facts.unanswered,
        "last_answer": touch(facts.last_answer) if facts.last_answer else None,
        "they_owe": [_owed(one) for one in prospect.they_owe],
        "we_owe": [_owed(one) for one in prospect.we_owe],
        "problems": [problem(one) for one in problems],
    }


def touch(one: Touch) -> Record:
    """A touch as understood."""
    return {
        "date": one.date.isoformat(),
        "time": _clock(one.time),
        "channel": one.channel,
        "direction": one.direction.value,
        "intent": one.intent.value if one.intent else None,
        "outcomes": [outcome.value for outcome in one.outcomes],
        "answer": one.answer,
        "text": one.text,
        "line": one.line,
        "id": one.id,
        "next": _next(one.next),
        **_own_note(one),
    }


def _own_note(one: Touch | Remark) -> Record:
    """The path of the note that a touch has for itself; nothing where it stands in the prospect's."""
    return {"path": one.path} if one.path else {}


def problem(one: Problem) -> Record:
    """One item of ``check --json``."""
    return {
        "path": one.path,
        "line": one.line,
        "column": one.column,
        "code": one.code,
        "severity": one.severity.value,
        "message": one.message,
        "fix": one.fix,
    }


def statistics(one: Statistics) -> Record:
    """``stats --json``: every number, under the names that the types have."""
    return cast(Record, to_builtins(one))


def cadence(one: Cadence) -> Record:
    """One cadence of ``cadence list --json``."""
    return {
        "name": one.name,
        "path": one.path,
        "steps": [step(each) for each in one.steps],
        "repeat": one.repeat,
        "then": one.then,
        "end": one.repeat is None and one.then is None,
    }


def step(one: Step) -> Record:
    return {
        "wait": str(one.wait),
        "do": list(one.channels) or ["any"],
        "together": one.together,
        "intent": one.intent.value if one.intent else "any",
        "roll": "back" if one.roll_back else "forward",
        "pinned": one.pinned,
        "when": one.when,
        "once": "dark" if one.once else None,
        "rule": one.rule,
        "subject": one.subject or None,
        "script": one.script,
    }


def _hold(hold: Hold | None) -> Record | None:
    return {"until": hold.until.isoformat(), "reason": hold.reason} if hold else None


def _last(last: Touch | None) -> Record | None:
    if last is None:
        return None
    return {
        "date": last.date.isoformat(),
        "channel": last.channel,
        "direction": last.direction.value,
        "text": last.text,
        "line": last.line,
        **_own_note(last),
    }


def _owed(owed: Owed) -> Record:
    return {
        "text": owed.text,
        "since": owed.since.isoformat() if owed.since else None,
        "due": owed.due.isoformat() if owed.due else None,
        "line": owed.line,
    }


def _clock(at: time | None) -> str | None:
    return at.isoformat("seconds" if at.second else "minutes") if at else None


def _next(promised: NextDate | None) -> str | None:
    if promised is None:
        return None
    clock = _clock(promised.at)
    return f"{promised.day.isoformat()}T{clock}" if clock else promised.day.isoformat()


# --------------------------------------------------------------------------- init


def survey(found: Survey, prospects: Sequence[Prospect], problems: Sequence[Problem], settings: str) -> Record:
    """``init --json``: what was found, what would be read, and the settings that are proposed."""
    read = {prospect.path for prospect in prospects}
    touches = [entry for prospect in prospects for entry in prospect.log if isinstance(entry, Touch)]
    looking = {one.path for one in found.candidates}
    return {
        "notes": found.notes,
        "prospects": [{"path": one.path, "why": list(one.why), "read": one.path in read} for one in found.candidates],
        "others": [
            {"reason": one.reason, "paths": list(one.paths), "read": [path for path in one.paths if path in read]}
            for one in found.others
        ],
        "interactions": list(found.interactions),
        "keys": cast(list[Record], to_builtins(found.keys)),
        "logs": cast(list[Record], to_builtins(found.logs)),
        "stages": cast(list[Record], to_builtins(found.stages)),
        "reads": {
            "prospects": len(prospects),
            "touches": len(touches),
            "interactions": len({touch.path for touch in touches if touch.path}),
            "not_looking_like_prospects": sorted(read - looking),
        },
        "problems": [problem(one) for one in problems],
        "settings": settings,
    }
