"""From the ticks of DUE.md to edits: what each box asked for, decided on the plan of the page's own day.

A tick counts only if its id belongs to that plan. What it writes carries the id, so that it is
written once however often it is read; what cannot be taken up is left, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time

from msgspec import Struct
from msgspec.structs import replace

from followup_md.model import AddEntry, Category, Due, Edit, Entry, Intent, LeftTick, Prospect, Rules, SetField, Tick
from followup_md.reading.entry import split_head
from followup_md.reading.stamp import Stamp, read_stamp
from followup_md.reading.words import read_head, take_tags, vocabulary

#: Lines that a tick does not write: they mean something else than that a touch was made.
_NOT_TICKED = ("stage", "skip", "snooze")


class Wishes(Struct, frozen=True):
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
    written = {entry.id: entry for prospect in wishes.prospects.values() for entry in prospect.log if entry.id}
    taken: dict[str, Tick] = {}
    for tick in ticks:
        if tick.id in written or tick.id in taken:
            if not _was_said(tick, written.get(tick.id or ""), taken.get(tick.id or "")):
                left.append(
                    LeftTick(tick, tick.path, "it was taken up already, with other words: log these by hand", None)
                )
            continue
        answer = _decide(tick, wishes, rules)
        if isinstance(answer, Edit):
            edits.append((tick, answer))
            taken[tick.id or ""] = tick
        elif answer:
            left.append(LeftTick(tick, tick.path, answer, tick_day(tick, wishes)))
    return edits, left


def _was_said(tick: Tick, entry: Entry | None, taken: Tick | None) -> bool:
    """Whether what was written at a tick stands in the log, or in the tick of the same id before it."""
    if not tick.text:
        return True
    logged = (
        " ".join((getattr(entry, "text", ""), *getattr(entry, "body", ()))) if entry else taken.text if taken else ""
    )
    bare = take_tags(tick.text).text
    return bare in logged or logged in bare


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
        case "snooze" if due.category is Category.APPOINTMENT:
            return "an appointment is moved in the note: change its date there"
        case "snooze":
            until = wishes.until(tick.when)
            if until is None:
                return f"`{tick.when}` is no day: write 2026-12-01, 2w, mon or 1 dec behind it"
            said = f"{until.isoformat()} — {tick.text}" if tick.text else until.isoformat()
            entry = AddEntry(wishes.today, "snooze", said, id=tick.id)
            return Edit(
                due.prospect.path, (SetField("snooze_until", until.isoformat()), entry), f"snoozed until {until}"
            )
        case "skip":
            step = " + ".join(due.channels)
            said = " — ".join(part for part in (step or "no channel", tick.text) if part)
            return Edit(due.prospect.path, (AddEntry(wishes.today, "skip", said, id=tick.id),), f"skipped {step}")
    lines = _canonical_lines(tick, rules)
    if any(line is not None and line.head in _NOT_TICKED for line in lines):
        return "a tick logs a touch: write this line into the note"
    if lines and all(lines):
        return Edit(due.prospect.path, _said(tick, [line for line in lines if line], wishes), "logged what was ticked")
    if not due.channels:
        return "no way to reach them is known: write what was done behind it, such as `call: spoke`"
    return Edit(due.prospect.path, _proposed(tick, due, wishes), "logged what was ticked")


def _stage(tick: Tick, wishes: Wishes) -> Edit | None:
    """The ``stage:`` line that a ticked stage box asks for; None where log and field agree by now."""
    found = wishes.stages.get(tick.id or "")
    if found is None:
        return None
    path, stage = found
    return Edit(path, (AddEntry(tick_day(tick, wishes), "stage", stage, id=tick.id),), f"stage line: {stage}")


def tick_day(tick: Tick, wishes: Wishes) -> date:
    """The day a plugin wrote, else the one the page was changed on, not before its own; never after today."""
    return min(tick.done or max(wishes.day, wishes.first_day), wishes.today)


class _Line(Struct, frozen=True):
    """A whole line of the log that the user wrote at a tick: ``[DAY [TIME]] HEAD: TEXT``."""

    head: str
    text: str
    day: date | None
    at: time | None


def _canonical_lines(tick: Tick, rules: Rules) -> list[_Line | None]:
    """The lines at a tick; words below a whole line belong to it. None for words that are none."""
    found: list[_Line | None] = []
    for written in tick.lines:
        line = _canonical(written, rules)
        if line is None and found and (above := found[-1]):
            found[-1] = replace(above, text=f"{above.text} {written}")
        else:
            found.append(line)
    return found


def _canonical(line: str, rules: Rules) -> _Line | None:
    """A whole canonical line (``call: left a voicemail``); None for other words."""
    stamp = read_stamp(line)
    day, at, rest = (stamp.day, stamp.at, line[stamp.rest :]) if isinstance(stamp, Stamp) else (None, None, line)
    known = vocabulary(rules.channels)
    head, text = split_head(rest, known)
    read = read_head(head, known)
    if head and (read.plain in (*_NOT_TICKED, "note") or (read.bare and (read.channel or read.inbound))):
        return _Line(head.casefold() if read.plain in _NOT_TICKED else head, text, day, at)
    return None


def _said(tick: Tick, lines: list[_Line], wishes: Wishes) -> tuple[AddEntry, ...]:
    """The user's own lines, in the place of what was proposed."""
    return tuple(
        AddEntry(
            min(line.day or tick_day(tick, wishes), wishes.today),
            line.head,
            line.text,
            line.at,
            id=_numbered(tick, number),
        )
        for number, line in enumerate(lines, 1)
    )


def _proposed(tick: Tick, due: Due, wishes: Wishes) -> tuple[AddEntry, ...]:
    """The touch proposed, one line a channel, with the user's words if there are any."""
    tagged = take_tags(tick.text)
    tags = () if tagged.intents or due.intent is None else (due.intent.value,)
    if due.category is Category.APPOINTMENT and not tagged.outcomes:
        tags = (*tags, "held")
    texts = [tick.text or _as_planned(due), *[_as_planned(due)] * len(due.channels)]
    heads = ["note sent" if channel == "note" else channel for channel in due.channels]
    day = tick_day(tick, wishes)
    return tuple(
        AddEntry(day, head, texts[number], tags=tags, id=_numbered(tick, number + 1))
        for number, head in enumerate(heads)
    )


def _numbered(tick: Tick, number: int) -> str:
    return f"{tick.id}-{number}" if number > 1 else f"{tick.id}"


def _as_planned(due: Due) -> str:
    """What stands in the log where the user wrote nothing: what was proposed."""
    if due.content and due.intent is Intent.VALUE:
        return f"[[{due.content.title}]]"
    if due.category is Category.REPLY_OWED:
        return "reply, as planned"
    if due.category is Category.APPOINTMENT:
        return "as agreed"
    return f"as planned, {due.position.cadence} {due.position.number}" if due.position else "as planned"
