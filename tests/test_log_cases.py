"""The touch log as people write it: one case, one file, the note above and what was read below.

A line below ``=====`` is ``DATE [TIME] CHANNEL in|out [intent] [#outcomes] [answer] [next DATE]
[^id] | TEXT`` for a touch, ``DATE stage|skip|snooze|remark | …`` for what is none, ``owed: …`` for an
open item, ``problem LINE CODE`` for a line that was not read.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import rules_of

from followup_md.model import Entry, Remark, Skip, Snooze, StageChange, Touch
from followup_md.reading.note import read_note

CASES = sorted((Path(__file__).parent / "cases" / "log").glob("*.md"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_log_is_read_as_people_mean_it(case: Path) -> None:
    note, _, expected = case.read_bytes().decode().partition("\n=====\n")
    reading = read_note("Prospects/Case.md", note.encode(), rules_of())
    assert reading.prospect is not None
    told = [line_of(entry) for entry in reading.prospect.log]
    told += [
        f"they owe: {owed.text}" + (f" since {owed.since}" if owed.since else "") for owed in reading.prospect.they_owe
    ]
    told += [f"we owe: {owed.text}" + (f" due {owed.due}" if owed.due else "") for owed in reading.prospect.we_owe]
    told += [f"problem {problem.line} {problem.code}" for problem in reading.problems]
    assert "\n".join(told) == expected.strip()


def line_of(entry: Entry) -> str:
    when = entry.date.isoformat() + (f" {entry.time.isoformat('minutes')}" if entry.time else "")
    match entry:
        case Touch():
            parts = [when, entry.channel, entry.direction.value]
            parts += [entry.intent.value] if entry.intent else []
            parts += [f"#{outcome}" for outcome in entry.outcomes]
            parts += ["answer"] if entry.answer else []
            parts += [f"next {entry.next.day}"] if entry.next else []
            parts += [f"^{entry.id}"] if entry.id else []
            return f"{' '.join(parts)} | {entry.text}"
        case StageChange():
            return f"{when} stage | {entry.stage} | {entry.reason}"
        case Skip():
            return f"{when} skip | {entry.text}"
        case Snooze():
            return f"{when} snooze | {entry.until}"
        case Remark():
            return f"{when} remark | {entry.text}"
