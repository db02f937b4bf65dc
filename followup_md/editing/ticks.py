"""From the ticks of DUE.md to edits: what each box asked for, decided on the plan of the page's own day.

A tick counts only if its id belongs to that plan. What it writes carries the id, so that it is
written once however often it is read; what cannot be taken up is left, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from followup_md.editing.edit import ids_of
from followup_md.model import AddEntry, Category, Due, Edit, Intent, LeftTick, Prospect, Rules, SetField, Tick
from followup_md.reading.entry import split_head
from followup_md.reading.words import read_head, take_tags, vocabulary


@dataclass(frozen=True, slots=True)
class Wishes:
    """What ticks are decided on: the prospects, what was due on the page's day, and its stage boxes.

    ``day`` is the day that ticks without a date of their own count for; ``until`` gives the day
    that a snooze names (None: no day), and tomorrow's working day for an empty text.
    """

    prospects: Mapping[str, Prospect]
    due: Mapping[str, Due]
    stages: Mapping[str, tuple[str, str]]
    day: date
    first_day: date
    today: date
    until: Callable[[str], date | None]


def decide(ticks: Iterable[Tick], wishes: Wishes, rules: Rules) -> tuple[list[tuple[Tick, Edit]], list[LeftTick]]:
    """The edit that each tick asks for, and the ticks that are left."""
    edits: list[tuple[Tick, Edit]] = []
    left: list[LeftTick] = []
    written = {name for prospect in wishes.prospects.values() for name in ids_of(prospect)}
    for tick in ticks:
        if tick.id in written:
            continue
        answer = _decide(tick, wishes, rules)
        if isinstance(answer, Edit):
            edits.append((tick, answer))
            written.add(tick.id or "")
        elif answer:
            left.append(LeftTick(tick, tick.path, answer))
    return edits, left


def _decide(tick: Tick, wishes: Wishes, rules: Rules) -> Edit | str | None:
    """The edit of one tick, why there is none, or None where it was done already."""
    if tick.mark == "unknown":
        return "its box has a mark that means nothing here: use x, > or -"
    if tick.id is None:
        return "its id is gone, so it cannot be told what was ticked: log it in the note"
    if tick.id.startswith("s-"):
        return _stage(tick, wishes)
    due = wishes.due.get(tick.id)
    path = due.prospect.path if due else tick.path
    if path not in wishes.prospects:
        return "its note is gone, or cannot be read"
    if due is None:
        last = wishes.prospects[path].log[-1:] if path else ()
        said = f"the log's newest entry is of {last[0].date.isoformat()}" if last else "its log is empty"
        return f"the plan has changed since ({said}): log it by hand if it is missing"
    match tick.mark:
        case "snooze":
            until = wishes.until(tick.when)
            if until is None:
                return f"`{tick.when}` is no day: write 2026-12-01, 2w, mon or 1 dec behind it"
            entry = AddEntry(wishes.today, "snooze", until.isoformat(), id=tick.id)
            return Edit(
                due.prospect.path, (SetField("snooze_until", until.isoformat()), entry), f"snoozed until {until}"
            )
        case "skip":
            step = " + ".join(due.channels)
            return Edit(
                due.prospect.path, (AddEntry(wishes.today, "skip", step, id=tick.id),), f"skipped {step or 'the step'}"
            )
    return Edit(due.prospect.path, _touches(tick, due, wishes, rules), "logged what was ticked")


def _stage(tick: Tick, wishes: Wishes) -> Edit | None:
    """The ``stage:`` line that a ticked stage box asks for; None where log and field agree by now."""
    found = wishes.stages.get(tick.id or "")
    if found is None:
        return None
    path, stage = found
    return Edit(path, (AddEntry(_day(tick, wishes), "stage", stage),), f"stage line: {stage}")


def _day(tick: Tick, wishes: Wishes) -> date:
    """The day a plugin wrote, else the page's; not before the page was written, nor after today."""
    return min(max(tick.done or wishes.day, wishes.first_day), wishes.today)


def _touches(tick: Tick, due: Due, wishes: Wishes, rules: Rules) -> tuple[AddEntry, ...]:
    """The touch proposed, one a channel; the user's own words, or a whole canonical line, in its place."""
    day, known = _day(tick, wishes), vocabulary(rules.channels)
    head, text = split_head(tick.text, known)
    if head and read_head(head, known).channel and read_head(head, known).bare:
        return (AddEntry(day, head, text, id=tick.id),)
    tagged = take_tags(tick.text)
    tags = () if tagged.intents or due.intent is None else (due.intent.value,)
    if due.category is Category.APPOINTMENT and not tagged.outcomes:
        tags = (*tags, "held")
    said = tick.text or _as_planned(due)
    return tuple(
        AddEntry(
            day,
            "note sent" if channel == "note" else channel,
            said,
            tags=tags,
            id=f"{tick.id}-{number}" if number > 1 else tick.id,
        )
        for number, channel in enumerate(due.channels or ("other",), 1)
    )


def _as_planned(due: Due) -> str:
    """What stands in the log where the user wrote nothing: what was proposed."""
    if due.content and due.intent is Intent.VALUE:
        return f"[[{due.content.title}]]"
    if due.category is Category.REPLY_OWED:
        return "reply, as planned"
    if due.category is Category.APPOINTMENT:
        return "as agreed"
    return f"as planned, {due.position.cadence} {due.position.number}" if due.position else "as planned"
