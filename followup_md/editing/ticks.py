"""From the ticks of DUE.md to edits: what each box asked for, decided on the plan of the page's own day.

A tick counts only if its id belongs to that plan, and if the log says nothing newer. What it writes carries
the id, so that it is written once however often it is read; what cannot be taken up is left, with the reason.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time

from msgspec import Struct
from msgspec.structs import replace

from followup_md.editing.edit import expected_entry
from followup_md.editing.log import touch_head
from followup_md.errors import Refused
from followup_md.model import (
    AddEntry,
    Category,
    Due,
    Edit,
    Entry,
    Intent,
    LeftTick,
    Outcome,
    Prospect,
    Remark,
    Rules,
    SetField,
    Skip,
    Snooze,
    StageChange,
    Tick,
    Touch,
)
from followup_md.reading.entry import split_head
from followup_md.reading.stamp import Stamp, read_stamp
from followup_md.reading.words import read_head, take_tags, vocabulary

#: Lines that a tick does not write: they mean something else than that a touch was made.
_NOT_TICKED = ("stage", "skip", "snooze")
#: The number behind the id of a box that wrote several lines.
_NUMBER = re.compile(r"(?<=-[0-9a-f]{8})-[0-9]{1,3}$")
#: What may stand between a stage and the reason behind it.
_AROUND_REASON = " \t:;,|–—-()"

#: A day that a plugin planned, as it stands in what a snooze says.
_PLANNED = re.compile(r"📅 ([0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])")

#: The day that stands behind a reason on the page.
_DAY_BEHIND = re.compile(r"(?: [✅❌]\ufe0f? [0-9]{4}-[0-9]{2}-[0-9]{2}){1,3}$")

_SINCE, _BY_HAND = "the log has since: ", "; log it by hand if it is missing"
_NO_TOUCH = "a tick logs a touch: write this line into the note"
_LIES_AHEAD = "the day of its line lies ahead: write the line into the note"
_NO_WAY = "no way to reach them is known: write what was done behind it, such as `call: spoke`"
_THEIRS = "its words would be read as theirs: write `call in: …` or `email in: …` in their place"
_OTHER_NOTE = "its link names another note than its id: log it in the note that is meant"
MOVED = "an appointment is moved in the note: change its date there"
CALLED_OFF = "an appointment is called off in the note: write #cancelled behind it there"
_NOTE_GONE = "its note is gone, or cannot be read"
_SAID_OTHERWISE = "it was taken up already, with other words or another mark: log by hand what is missing"


class Wishes(Struct, frozen=True):
    """What ticks are decided on: the prospects, what was due on the page's day, and its stage boxes.

    ``day`` is the day that ticks without a date of their own count for. ``until`` gives the day that a snooze
    names (None: no day) where it is written on a day, and tomorrow's working day for an empty text. ``since``
    gives what was done beside the page with a prospect whose box of that id was ticked on a day (None: nothing
    that changes what is due).
    """

    prospects: Mapping[str, Prospect]
    due: Mapping[str, Due]
    stages: Mapping[str, tuple[str, str]]
    day: date
    first_day: date
    today: date
    until: Callable[[str, date], date | None]
    since: Callable[[Prospect, str, date], Entry | None]


def decide(ticks: Iterable[Tick], wishes: Wishes, rules: Rules) -> tuple[list[tuple[Tick, Edit]], list[LeftTick]]:
    """The edit that each tick asks for, and the ticks that are left."""
    edits: list[tuple[Tick, Edit]] = []
    left: list[LeftTick] = []
    written: dict[str, list[Entry]] = {}
    for prospect in wishes.prospects.values():
        for entry in prospect.log:
            if entry.id:
                written.setdefault(base_of(entry.id), []).append(entry)
    for tick in ticks:
        answer = _decide(tick, written.get(tick.id or ""), wishes, rules)
        if isinstance(answer, Edit):
            edits.append((tick, answer))
            added = [expected_entry(change, rules) for change in answer.changes if isinstance(change, AddEntry)]
            written[tick.id or ""] = added
        elif answer:
            day = None if answer is _SAID_OTHERWISE else tick_day(tick, wishes)
            left.append(LeftTick(tick, tick.path, answer, day))
    return edits, left


def base_of(entry_id: str) -> str:
    """The id of the box that wrote an entry: several of one box are numbered."""
    return _NUMBER.sub("", entry_id)


def tick_day(tick: Tick, wishes: Wishes) -> date:
    """The day a plugin wrote, else the one the page was changed on, not before its own; never after today."""
    return min(tick.done or max(wishes.day, wishes.first_day), wishes.today)


def _decide(tick: Tick, logged: list[Entry] | None, wishes: Wishes, rules: Rules) -> Edit | str | None:
    """The edit of one tick, why there is none, or None where it was done already: that is what is ``logged``."""
    if tick.mark == "unknown":
        return "its box has a mark that means nothing here: use x, > or -"
    if tick.joined:
        return "two boxes stand in one line: give each its own line"
    if tick.id is None:
        return "its id is gone, so it cannot be told what was ticked: log it in the note"
    if logged:
        return None if _was_said(tick, logged, wishes, rules) else _SAID_OTHERWISE
    if tick.id.startswith("s-"):
        return _stage(tick, wishes, rules)
    due = wishes.due.get(tick.id)
    path = tick.path or (due.prospect.path if due else "")
    if path not in wishes.prospects:
        return _NOTE_GONE
    if newer := wishes.since(wishes.prospects[path], tick.id, tick_day(tick, wishes)):
        return f"{_SINCE}{newer.date.isoformat()} {_kind(newer)}{_BY_HAND}"
    if due is None and (before := _told_before(tick, wishes, rules)):
        return before
    if due is None:
        last = wishes.prospects[path].log[-1:]
        said = f"the log's newest entry is of {last[0].date.isoformat()}" if last else "its log is empty"
        return f"the plan has changed since ({said}): log it by hand if it is missing"
    if due.prospect.path != path:
        return _OTHER_NOTE
    match tick.mark:
        case "snooze":
            return _snooze(tick, due, wishes)
        case "skip" if due.category is Category.APPOINTMENT:
            return CALLED_OFF
        case "skip":
            step = " + ".join(due.channels)
            said = " — ".join(part for part in (step or "no channel", tick.text) if part)
            return Edit(due.prospect.path, (AddEntry(wishes.today, "skip", said, id=tick.id),), f"skipped {step}")
        case _:
            return _touched(tick, due, wishes, rules)


def _snooze(tick: Tick, due: Due, wishes: Wishes) -> Edit | str:
    if due.category is Category.APPOINTMENT:
        return MOVED
    until, remark = _until(tick, wishes, wishes.today)
    if isinstance(until, str):
        return until
    if until <= wishes.today:
        return _not_ahead(tick)
    said = f"{until.isoformat()} — {remark}" if remark else until.isoformat()
    entry = AddEntry(wishes.today, "snooze", said, id=tick.id)
    return Edit(due.prospect.path, (SetField("snooze_until", until.isoformat()), entry), f"snoozed until {until}")


def _until(tick: Tick, wishes: Wishes, day: date) -> tuple[date | str, str]:
    """Until when a snooze written on a day is, or why that is not said, and the remark. With a plugin's day,
    words beside it are the remark, unless they name another day."""
    planned = _PLANNED.findall(tick.when)
    words = " ".join(_PLANNED.sub(" ", tick.when).split())
    if not planned:
        planned, words = [tick.when], ""
    until = {wishes.until(text, day) for text in planned}
    if words and (named := wishes.until(words, day)):
        until.add(named)
        words = ""
    if None in until:
        return _no_day(tick), ""
    if len(until) > 1:
        return _two_days(tick), ""
    return max(one for one in until if one), " ".join(part for part in (words, tick.text) if part)


def _no_day(tick: Tick) -> str:
    return f"`{tick.when}` is no day: write 2026-12-01, 2w, mon or 1 dec behind it, and a remark into a line below"


def _not_ahead(tick: Tick) -> str:
    return f"`{tick.when}` does not lie ahead: write a later day behind it"


def _two_days(tick: Tick) -> str:
    return f"`{tick.when}` names two days: leave one of them, and write a remark into a line below"


def _stage(tick: Tick, wishes: Wishes, rules: Rules) -> Edit | str | None:
    """The ``stage:`` line that a ticked stage box asks for; None where log and field agree by now."""
    if tick.mark != "done":
        return "a stage box is ticked with x; to keep the stage of the log, change the field in the note"
    found = wishes.stages.get(tick.id or "")
    path = tick.path or (found[0] if found else "")
    if path not in wishes.prospects:
        return _NOTE_GONE
    if found is None:
        prospect = wishes.prospects[path]
        line = next((entry for entry in reversed(prospect.log) if isinstance(entry, StageChange)), None)
        if line and line.stage == prospect.stage and not tick.text:
            return None
        said = f"the log's stage is {line.stage}" if line else "its log has no stage"
        return f"the note has changed since ({said}): change the stage by hand if it is wrong"
    if found[0] != path:
        return "its link names another note than its id: change the stage in the note that is meant"
    stage = found[1]
    said = f"{stage} — {tick.text}" if tick.text else stage
    entry = AddEntry(tick_day(tick, wishes), "stage", said, id=tick.id)
    if not _names(entry, stage, rules):
        return "its text would be read as another stage: write it into the note"
    return Edit(path, (entry,), f"stage line: {stage}")


def _names(entry: AddEntry, stage: str, rules: Rules) -> bool:
    try:
        read = expected_entry(entry, rules)
    except Refused:
        return False
    return isinstance(read, StageChange) and read.stage == stage


def _touched(tick: Tick, due: Due, wishes: Wishes, rules: Rules) -> Edit | str:
    """What a box with ``x`` writes: the user's own whole lines, else the touch proposed."""
    lines = _canonical_lines(tick, rules)
    if never := _never_logged(lines, wishes):
        return never
    if lines and all(lines):
        added = _said(tick, [line for line in lines if line], wishes)
        if due.category is Category.APPOINTMENT:
            added = tuple(_held(entry, due, rules) for entry in added)
        return Edit(due.prospect.path, added, "logged what was ticked")
    if not due.channels:
        return _NO_WAY
    added = _proposed(tick, due, wishes, rules)
    read = [expected_entry(entry, rules) for entry in added]
    if not all(isinstance(entry, Touch) and entry.outbound for entry in read):
        return _THEIRS
    return Edit(due.prospect.path, added, "logged what was ticked")


def _never_logged(lines: Iterable[_Line | None], wishes: Wishes) -> str | None:
    """Why whole lines of the user's are not written, whatever was due."""
    if any(line is not None and line.head in _NOT_TICKED for line in lines):
        return _NO_TOUCH
    if any(line is not None and line.day and line.day > wishes.today for line in lines):
        return _LIES_AHEAD
    return None


# --------------------------------------------------------------------------- why a tick was left before


def _told_before(tick: Tick, wishes: Wishes, rules: Rules) -> str | None:
    """The reason that stands on a tick's own line since it was left first, if it may still hold."""
    line = html.unescape(tick.written.partition("\n")[0].partition(f" ^{tick.id}")[0])
    told = _DAY_BEHIND.sub("", line)
    _, since, news = told.rpartition(f" — {_SINCE}")
    if since and news.endswith(_BY_HAND):
        return f"{_SINCE}{news}"
    return next((why for why in _lasting(tick, wishes, rules) if told.endswith(f" — {why}")), None)


def _lasting(tick: Tick, wishes: Wishes, rules: Rules) -> tuple[str, ...]:
    """The reasons that a tick as it stands now may have, whatever the plan is."""
    if tick.mark == "snooze":
        return _OTHER_NOTE, MOVED, _no_day(tick), _not_ahead(tick), _two_days(tick)
    if tick.mark == "skip":
        return _OTHER_NOTE, CALLED_OFF
    lines = _canonical_lines(tick, rules)
    if never := _never_logged(lines, wishes):
        return _OTHER_NOTE, never
    return (_OTHER_NOTE,) if lines and all(lines) else (_OTHER_NOTE, _NO_WAY, _THEIRS)


# --------------------------------------------------------------------------- what a tick said before


def _was_said(tick: Tick, logged: list[Entry], wishes: Wishes, rules: Rules) -> bool:
    """Whether all that a tick would write stands in the entries that it wrote when it was taken up."""
    if tick.mark == "done" and not (tick.id or "").startswith("s-"):
        return _were_logged(tick, [entry for entry in logged if isinstance(entry, (Touch, Remark))], rules)
    for entry in logged:
        text = tick.text
        match entry, tick.mark:
            case Snooze(), "snooze":
                until, text = _until(tick, wishes, entry.date)
                if tick.when and until != entry.until:
                    continue
                said = entry.text
            case Skip(), "skip":
                said = entry.text
            case StageChange(), "done":
                said = entry.reason
            case _:
                continue
        if _plain(text, rules).strip(_AROUND_REASON) in said:
            return True
    return False


def _were_logged(tick: Tick, logged: list[Touch | Remark], rules: Rules) -> bool:
    """Whether each line of the tick has an entry of its own; the words alone need any touch of the box."""
    lines = _canonical_lines(tick, rules)
    if not lines or not all(lines):
        touches = [entry for entry in logged if isinstance(entry, Touch)]
        return any(_says(touch, AddEntry(touch.date, touch_head(touch.channel), tick.text), rules) for touch in touches)
    rest = sorted(logged, key=_number)
    for line in lines:
        entry = next((entry for entry in rest if line and _says(entry, line.on(entry.date), rules)), None)
        if entry is None:
            return False
        rest.remove(entry)
    return True


def _number(entry: Entry) -> int:
    """Which line of its box an entry is."""
    found = _NUMBER.search(entry.id or "")
    return int(found[0][1:]) if found else 1


def _says(entry: Touch | Remark, wanted: AddEntry, rules: Rules) -> bool:
    """Whether an entry of the log says what a line would: the words, and what they mean. No words are said by any."""
    read = expected_entry(wanted, rules)
    if read.date != entry.date or (read.next and (entry.next is None or entry.next.day != read.next.day)):
        return False
    if isinstance(read, Remark) and isinstance(entry, Remark):
        return read.text == entry.text
    if not isinstance(read, Touch) or not isinstance(entry, Touch):
        return False
    return (
        (not wanted.text or read.text == entry.text)
        and (read.channel, read.direction) == (entry.channel, entry.direction)
        and read.intent in (None, entry.intent)
        and set(read.outcomes) <= set(entry.outcomes)
    )


def _plain(text: str, rules: Rules) -> str:
    """A text as the log gives it back."""
    read = expected_entry(AddEntry(date.min, "note", text), rules)
    return read.text if isinstance(read, Remark) else text


# --------------------------------------------------------------------------- lines of the log


class _Line(Struct, frozen=True):
    """A whole line of the log that the user wrote at a tick: ``[DAY [TIME]] HEAD: TEXT``."""

    head: str
    text: str
    day: date | None
    at: time | None

    def on(self, day: date) -> AddEntry:
        """The entry that it asks for; ``day`` counts where it has none of its own."""
        return AddEntry(self.day or day, self.head, self.text, self.at)


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
    """A whole canonical line (``call: left a voicemail``), with its colon; None for other words."""
    stamp = read_stamp(line)
    day, at, rest = (stamp.day, stamp.at, line[stamp.rest :]) if isinstance(stamp, Stamp) else (None, None, line)
    known = vocabulary(rules.channels)
    rest = rest.strip()
    head, text = split_head(rest, known)
    if not head or not rest[len(head) :].lstrip().startswith(":"):
        return None
    read = read_head(head, known)
    if read.plain in (*_NOT_TICKED, "note") or (read.bare and (read.channel or read.inbound)):
        return _Line(head.casefold() if read.plain in _NOT_TICKED else head, text, day, at)
    return None


def _said(tick: Tick, lines: list[_Line], wishes: Wishes) -> tuple[AddEntry, ...]:
    """The user's own lines, in the place of what was proposed."""
    entries = [line.on(tick_day(tick, wishes)) for line in lines]
    return tuple(replace(entry, id=_numbered(tick, number)) for number, entry in enumerate(entries, 1))


def _proposed(tick: Tick, due: Due, wishes: Wishes, rules: Rules) -> tuple[AddEntry, ...]:
    """The touch proposed, one line a channel, with the user's words if there are any."""
    tags = () if take_tags(tick.text).intents or due.intent is None else (due.intent.value,)
    texts = [tick.text or as_planned(due), *[as_planned(due)] * len(due.channels)]
    day = tick_day(tick, wishes)
    added = (
        AddEntry(day, touch_head(channel), texts[number], tags=tags, id=_numbered(tick, number + 1))
        for number, channel in enumerate(due.channels)
    )
    return tuple(_held(entry, due, rules) if due.category is Category.APPOINTMENT else entry for entry in added)


def _held(entry: AddEntry, due: Due, rules: Rules) -> AddEntry:
    """A line of an appointment's channel says that it took place, unless it says what else came of it."""
    read = expected_entry(entry, rules)
    if not isinstance(read, Touch) or read.channel not in due.channels or read.outcomes:
        return entry
    return replace(entry, tags=(*entry.tags, Outcome.HELD.value))


def _numbered(tick: Tick, number: int) -> str:
    return f"{tick.id}-{number}" if number > 1 else f"{tick.id}"


def _kind(entry: Entry) -> str:
    """An entry's head in short: ``email in``, ``skip``."""
    match entry:
        case Touch():
            return entry.channel if entry.outbound else f"{entry.channel} in"
        case StageChange():
            return f"stage: {entry.stage}"
        case _:
            return type(entry).__name__.casefold()


def as_planned(due: Due) -> str:
    """What stands in the log where the user wrote nothing: what was proposed."""
    if due.content and due.intent is Intent.VALUE:
        return f"[[{due.content.title}]]"
    if due.category is Category.REPLY_OWED:
        return "reply, as planned"
    if due.category is Category.APPOINTMENT:
        return "as agreed"
    return f"as planned, {due.position.cadence} {due.position.number}" if due.position else "as planned"
