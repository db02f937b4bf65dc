"""Rows and lines for the terminal: the due list, why, show, check. Plain text, made safe."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from followup_md.days import count, short_day
from followup_md.model import (
    Cadence,
    Category,
    Due,
    Facts,
    Problem,
    Prospect,
    Reason,
    Remark,
    Rules,
    Skip,
    Snooze,
    StageChange,
    Step,
    Touch,
)
from followup_md.pages.text import one_line, safe
from followup_md.planning.next_touch import Considered

HEADER = ("Due", "Who", "How", "Why")


class Row(Struct, frozen=True):
    """A row of the due list. ``late`` and ``company`` may be empty; ``owed`` is for colours, ``path`` for links."""

    day: str
    late: str
    name: str
    company: str
    how: str
    why: str
    owed: bool
    path: str

    @property
    def due(self) -> str:
        return f"{self.day}, {self.late}" if self.late else self.day

    @property
    def who(self) -> str:
        return f"{self.name} ({self.company})" if self.company else self.name


def due_row(due: Due, today: date) -> Row:
    """One item as a row: when, who, by which channel for what, and why."""
    return Row(
        day="today" if due.on == today else short_day(due.on, today),
        late=f"{count(due.overdue_days, 'day')} late" if due.overdue_days else "",
        name=one_line(due.prospect.name, 60),
        company=one_line(due.prospect.company or "", 60),
        how=how(due),
        why=one_line(_in_short(due, today), 100),
        owed=due.category is Category.REPLY_OWED,
        path=due.prospect.path,
    )


def comes_next(due: Due | None, today: date) -> str:
    """What a prospect's next touch is, after something was done."""
    if due is None:
        return "nothing more is due for them"
    still = due.on <= today or due.reply_to
    return f"still due: {how(due)}" if still else f"next: {how(due)} on {short_day(due.on, today)}"


def comes_next_since(due: Due | None, today: date) -> str:
    """As ``comes_next``, and why in a few words."""
    return f"{comes_next(due, today)} · {due_row(due, today).why}" if due else comes_next(due, today)


def next_up(items: Iterable[Due], today: date) -> str | None:
    """The next of some items after today, in words, where nothing is due."""
    first = min((due for due in items if due.on > today), key=lambda due: (due.on, due.prospect.path), default=None)
    return f"next: {first.prospect.name} on {short_day(first.on, today)}" if first else None


def how(due: Due) -> str:
    """``email, value`` or ``call + email, chase``."""
    channels = " + ".join(due.channels) or "no way to reach them"
    return safe(f"{channels}, {due.intent}" if due.intent else channels)


def _in_short(due: Due, today: date) -> str:
    facts = due.facts
    unanswered = f", unanswered {facts.unanswered}" if facts.unanswered else ""
    hold = f", {due.hold.text}" if due.hold else ""
    match due.category:
        case Category.REPLY_OWED | Category.PROMISED | Category.APPOINTMENT:
            return due.why[0].text + hold
        case Category.THANK_NOTE:
            return "note after the meeting"
    step = f"{due.position.cadence} {due.position.number}" if due.position else str(due.category)
    return f"{step}{unanswered}{', gone dark' if due.dark else ''}{hold}"


def plain_table(rows: list[Row]) -> str:
    """The rows as aligned text, one line each: for pipes and files."""
    cells = [(row.due, row.who, row.how, row.why) for row in rows]
    widths = [max((len(row[column]) for row in cells), default=0) for column in range(3)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)), row[3]]).rstrip()
        for row in cells
    )


# --------------------------------------------------------------------------- why


def why_text(prospect: Prospect, considered: Considered, today: date) -> str:
    """How the next touch came about: each rule, what it saw, and which one won."""
    due = considered.due
    lines = [safe(prospect.name), ""]
    if due:
        late = f", {count(due.overdue_days, 'day')} overdue" if due.overdue_days else ""
        lines[0] += f": {how(due)}, due {short_day(due.on, today)}{late} ({due.category})"
    else:
        lines[0] += ": nothing is due, " + safe(considered.verdicts[-1].why[0].text)
    for number, verdict in enumerate(considered.verdicts):
        mark = "→" if number == considered.won else " "
        lines.append(f"{mark} {verdict.name:<13} {short_day(verdict.on, today) if verdict.on else '—'}")
        lines += [f"      {line}" for reason in verdict.why for line in _reason_lines(reason)]
    if due and considered.won is not None:
        extra = due.why[len(considered.verdicts[considered.won].why) :]
        if extra:
            lines += ["", "  By which channel, with what:"]
            lines += [f"      {line}" for reason in extra for line in _reason_lines(reason)]
    if due and due.hold:
        lines += ["", f"  On hold: {safe(due.hold.text)}"]
    return "\n".join(lines)


def _reason_lines(reason: Reason) -> list[str]:
    where = f"  [{', '.join(safe(at) for at in reason.at)}]" if reason.at else ""
    return [f"{safe(reason.text)} ({reason.rule}){where}"]


# --------------------------------------------------------------------------- show


def show_text(prospect: Prospect, facts: Facts, problems: list[Problem], today: date) -> str:
    """The facts read from a note."""
    lines = [f"{safe(prospect.name)}  {safe(prospect.path)}", ""]
    lines += [f"  {field.name:<15} {one_line(value_text(field.value))}" for field in prospect.fields]
    answered = f"last answer {short_day(facts.last_answer.date, today)}" if facts.last_answer else "no answer yet"
    lines += [
        "",
        f"  stage {safe(facts.stage.name)} · {count(facts.rounds, 'round')} · {facts.unanswered} unanswered · {answered}",
    ]
    for title, owed in (("They owe", prospect.they_owe), ("We owe", prospect.we_owe)):
        if owed:
            lines += ["", f"  {title}"]
            lines += [
                f"    {one_line(item.text)}" + (f" (since {short_day(item.since, today)})" if item.since else "")
                for item in owed
            ]
    if prospect.log:
        lines += ["", "  Log, oldest first"]
        lines += [f"    {_entry_line(entry)}" for entry in prospect.log]
    if problems:
        lines += ["", "  Problems", *(f"    {problem_line(problem)}" for problem in problems)]
    return "\n".join(lines)


def value_text(value: str | int | float | bool | tuple[str, ...]) -> str:
    """What was read from a field, as text: a list with commas, a flag in small letters."""
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _entry_line(entry: Touch | StageChange | Skip | Snooze | Remark) -> str:
    clock = f" {entry.time:%H:%M}" if entry.time else ""
    when = f"{entry.date.isoformat()}{clock}"
    match entry:
        case Touch():
            direction = " in" if entry.direction == "in" else ""
            tags = "".join(f" #{tag}" for tag in (*([entry.intent] if entry.intent else []), *entry.outcomes))
            answer = "  ← answer" if entry.answer else ""
            promised = f" [next:: {entry.next.day.isoformat()}]" if entry.next else ""
            note = f"  [{safe(entry.path)}:{entry.line}]" if entry.path else ""
            return f"{when} {entry.channel}{direction}: {one_line(entry.text, 90)}{tags}{promised}{answer}{note}"
        case StageChange():
            return f"{when} stage: {safe(entry.stage)}" + (f" — {one_line(entry.reason, 80)}" if entry.reason else "")
        case Skip():
            return f"{when} skip: {one_line(entry.text, 80)}"
        case Snooze():
            return f"{when} snooze: {entry.until.isoformat() if entry.until else ''}"
        case Remark():
            return f"{when} (remark) {one_line(entry.text, 90)}"


# --------------------------------------------------------------------------- check


def problem_line(problem: Problem) -> str:
    """``path:line:column: severity: what is wrong: what to do [code]``."""
    return safe(
        f"{problem.path}:{problem.line}:{problem.column}: {problem.severity}: {problem.message} [{problem.code}]"
    )


def github_line(problem: Problem) -> str:
    """A problem as GitHub's workflow command, which marks the line in a pull request."""
    level = {"error": "error", "warning": "warning", "info": "notice"}[problem.severity]
    path = _github(problem.path, {":": "%3A", ",": "%2C"})
    return f"::{level} file={path},line={problem.line},col={problem.column},title={problem.code}::{_github(problem.message, {})}"


def _github(text: str, more: dict[str, str | int | None]) -> str:
    marks: dict[str, str | int | None] = {"%": "%25", "\r": "%0D", "\n": "%0A", **more}
    return safe(text).translate(str.maketrans(marks))


# --------------------------------------------------------------------------- cadences


def cadence_line(cadence: Cadence, rules: Rules) -> str:
    """A cadence in one line: its name, how many steps, what follows, which stages use it."""
    follows = f"repeats {cadence.repeat}" if cadence.repeat else f"then {cadence.then}" if cadence.then else "ends"
    stages = [stage.name for stage in rules.stages if stage.cadence == cadence.name]
    used = f"  stages: {', '.join(stages)}" if stages else ""
    own = f"  {cadence.path}" if "/" in cadence.path else ""
    return safe(f"{cadence.name:<16} {count(len(cadence.steps), 'step'):<9} {follows:<16}{used}{own}").rstrip()


def cadence_text(cadence: Cadence, rules: Rules) -> str:
    """A cadence with its steps and scripts."""
    lines = [cadence_line(cadence, rules)]
    for number, step in enumerate(cadence.steps, 1):
        lines += ["", f"{number}. {step_line(step)}"]
        lines += [f"    Subject: {safe(step.subject)}", ""] if step.subject else []
        lines += [f"    {safe(line)}".rstrip() for line in step.script.split("\n")] if step.script else []
    return "\n".join(lines)


def step_line(step: Step) -> str:
    """``after 3d: email | linkedin, value``."""
    channels = (" + " if step.together else " | ").join(step.channels) or "any"
    parts = [
        channels,
        step.intent or "",
        "rolled back" if step.roll_back else "",
        "pinned" if step.pinned else "",
        step.when or "",
        "once in a dark spell" if step.once else "",
        step.rule or "",
    ]
    return safe(f"after {step.wait}: {', '.join(part for part in parts if part)}")
