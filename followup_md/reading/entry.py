"""One entry of the touch log: from ``DATE [TIME] HEAD: TEXT`` to a Touch or its like.

The date's wrapping, the head, tags, fields and the block id are taken off one after the other;
what is left is the text. All shapes of the log (bullets, headings, table rows, stamps) end here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time

from followup_md.model import (
    Direction,
    Entry,
    NextDate,
    Outcome,
    Remark,
    Skip,
    Snooze,
    Stage,
    StageChange,
    Touch,
)
from followup_md.reading.dates import DATE_SHAPE, dates_in, match_clock, read_moment, real_date
from followup_md.reading.words import (
    HEAD_WORDS,
    Head,
    Vocabulary,
    channel_in,
    opens_inbound,
    outcomes_of,
    plain,
    read_head,
    stage_named,
    take_tags,
    words_of,
)

_OPENING = re.compile(r"(?:\*\*|__|\[\[|[*_`\[(])*")
_DATE = re.compile(DATE_SHAPE)
_ALIAS = re.compile(r"\|[^\]\n]{0,200}(?=\]\])")
_CLOSING = re.compile(r"[:]?(?:\*\*|__|\]\]|[*_`\])])*")
_LINK = re.compile(r"\([^()\n]{0,500}\)(?:\*\*|__|[*_`)])*")
_SEPARATOR = re.compile(r"[ \t]*(?:[:|–—;,•·]|\.(?=[ \t]|$)|--?(?=[ \t]|$))[ \t]*|[ \t]+|$")
_BLOCK_ID = re.compile(r"(?:^|[ \t])\^([A-Za-z0-9-]+)[ \t]*$")
_HEAD_END = re.compile(r"(?<![0-9:]):(?![:/])|(?<=[0-9]):(?![:/0-9])|[ \t]--?[ \t]|[–—|]")
_TOUCH_MARK = re.compile(r"touch[ \t]*:[ \t]*", re.IGNORECASE)

_NEXT_FIELD = re.compile(r"[\[(]next::[ \t]*([^\])\n]{0,80}(?:\]\])?)[\])]", re.IGNORECASE)
_NEXT_WORD = re.compile(
    r"(?<![\w-])next:?[ \t]+\[{0,2}(" + DATE_SHAPE + r"(?:[T ][0-9]{1,2}:[0-9]{2})?)\]{0,2}", re.IGNORECASE
)
_NEXT_EMOJI = re.compile("[📅⏳]\ufe0f?[ \t]*(" + DATE_SHAPE + ")")
_DONE = re.compile("✅\ufe0f?[ \t]*(" + DATE_SHAPE + ")|\\[completion::[ \t]*(" + DATE_SHAPE + ")[ \t]*\\]")
_EMOJI_FIELD = re.compile("[📅⏳✅➕🛫]\ufe0f?[ \t]*" + DATE_SHAPE)

_REASON = re.compile(r"[ \t:;,|–—(]")
_NOT_TOUCHES = frozenset({"stage", "skip", "snooze", "note", "research"})
_ABOUT_NOTHING = ("contact created", "no interactions recorded yet")


@dataclass(frozen=True, slots=True)
class Stamp:
    """The date at the head of a line, and where the rest begins."""

    day: date
    at: time | None
    rest: int


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a line is not read: the problem's code, what is wrong and what to do."""

    code: str
    message: str


def read_stamp(text: str, position: int) -> Stamp | Unread | None:
    """A date at that position, wrapped or not, with an optional time; None where nothing looks like one."""
    opening = _OPENING.match(text, position)
    start = opening.end() if opening else position
    found = _DATE.match(text, start)
    if not found:
        return looks_like_date(text[start : start + 40])
    day = real_date(found[0])
    if day is None:
        return Unread("touch-date-invalid", f"`{found[0]}` is no date: write a real one")
    wrapped = opening[0] if opening else ""
    at_end = found.end()
    if "[" in wrapped and (alias := _ALIAS.match(text, at_end)):
        at_end = alias.end()
    clock, at_end = _clock(text, at_end)
    closing = _CLOSING.match(text, at_end)
    if closing and (wrapped or closing[0] == ":"):
        at_end = closing.end()
        if "[" in wrapped and closing[0].endswith("]") and (link := _LINK.match(text, at_end)):
            at_end = link.end()
        if clock is None:
            clock, at_end = _clock(text, at_end)
    if isinstance(clock, Unread):
        return clock
    if (separator := _SEPARATOR.match(text, at_end)) is None and not text[:at_end].endswith(":"):
        return Unread(
            "touch-unreadable",
            f"`{text[start : at_end + 8].strip()}` is no date followed by a text: write `{day} email: …`",
        )
    return Stamp(day, clock, separator.end() if separator else at_end)


def _clock(text: str, position: int) -> tuple[time | Unread | None, int]:
    """A time after a blank or ``T``, and where it ends."""
    start = position
    if text[position : position + 1] == "T":
        start += 1
    else:
        while text[start : start + 1] in (" ", "\t"):
            start += 1
        if text[start : start + 3] == "at ":
            start += 3
        if start == position:
            return None, position
    found = match_clock(text, start)
    if found is None:
        return None, position
    if found[0] is None:
        return Unread(
            "touch-time-invalid", f"`{text[start : found[1]].strip()}` is no time of day: write 00:00 to 23:59"
        ), found[1]
    return found


_MONTHS = (
    "jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|"
    "january|february|march|april|june|july|august|september|october|november|december|"
    "januar|februar|märz|juni|juli|oktober|dezember|sept"
)
_YEAR_LAST = re.compile(r"[0-9]{1,2}([-./])[0-9]{1,2}\1[0-9]{2,4}(?![0-9])")
_ALMOST_ISO = re.compile(r"[0-9]{4}[-./][0-9]{1,2}(?:[-./][0-9]{1,2})?(?![0-9])|[0-9]{8}(?![0-9])|[0-9]{4}-?W[0-9]{2}")
_IN_WORDS = re.compile(
    r"(?:(?:mon|tues?|wed|thu|thurs|fri|sat|sun)[a-z]*\.?,?[ ])?"
    r"(?:(?:"
    + _MONTHS
    + r")\.?[ ][0-9]{1,2}(?:st|nd|rd|th)?\b|[0-9]{1,2}(?:st|nd|rd|th|\.)?[ ](?:of[ ])?(?:"
    + _MONTHS
    + r")\b)"
    r"|(?:today|yesterday)\b",
    re.IGNORECASE,
)
_OTHER_DIGITS = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}")


def looks_like_date(text: str) -> Unread | None:
    """Why the opening of a text is a date to a person but not to us; None where it is none."""
    if found := _YEAR_LAST.match(text):
        return Unread("touch-date-ambiguous", f"`{found[0]}` may be read two ways: write the date as YYYY-MM-DD")
    if found := _ALMOST_ISO.match(text) or _IN_WORDS.match(text) or _OTHER_DIGITS.match(text):
        return Unread("touch-date-invalid", f"`{found[0]}` is not read as a date: write it as YYYY-MM-DD")
    return None


def done_date(text: str) -> tuple[date, str] | None:
    """The day a ticked task was done (``✅ D``, else its ``📅 D``), and the text without task dates."""
    found = _DONE.search(text) or _EMOJI_FIELD.search(text)
    if not found:
        return None
    days = dates_in(found[0])
    return (days[0], _EMOJI_FIELD.sub("", _DONE.sub("", text)).strip()) if days else None


@dataclass(frozen=True, slots=True)
class Parts:
    """A line after its date. ``head`` is what stands before the separator, ``text`` what follows,
    ``whole`` both; ``next_unread`` is what stands where a next date should."""

    head: str
    text: str
    whole: str
    next: NextDate | None = None
    next_unread: str | None = None
    id: str | None = None


def take_apart(rest: str, line: int, ticked: bool = False) -> Parts:
    """Take the block id and the next date off a line's rest, and find its head."""
    block_id = None
    if "^" in rest and (found := _BLOCK_ID.search(rest)):
        block_id, rest = found[1], rest[: found.start()]
    next_date, unread, rest = take_next(rest, line, ticked)
    if rest.count("**") % 2:
        rest = rest.replace("**", "", 1)
    whole = _TOUCH_MARK.sub("", rest.strip(), count=1)
    end = _HEAD_END.search(whole)
    if end and len(words_of(whole[: end.start()], HEAD_WORDS + 1)) <= HEAD_WORDS:
        head, text = whole[: end.start()].strip(), whole[end.end() :].strip()
    else:
        head, text = "", whole
    return Parts(head, text, whole, next_date, unread, block_id)


def take_next(text: str, line: int, ticked: bool = False) -> tuple[NextDate | None, str | None, str]:
    """The next date of a line, the text that should have been one, and the line without it."""
    lowered = text.casefold()
    if "next" not in lowered and "📅" not in text and "⏳" not in text:
        return None, None, text
    found = _NEXT_FIELD.search(text) or _NEXT_WORD.search(text) or (None if ticked else _NEXT_EMOJI.search(text))
    if not found:
        return None, None, text
    raw = found[1].strip().removeprefix("[[").removesuffix("]]").strip()
    rest = f"{text[: found.start()].rstrip(' ,;(')} {text[found.end() :].lstrip()}".strip()
    moment = read_moment(raw)
    return (NextDate(*moment, line), None, rest) if moment else (None, raw or None, rest)


def read_entry(
    stamp: Stamp, parts: Parts, line: int, body: tuple[str, ...], known: Vocabulary, stages: tuple[Stage, ...]
) -> Entry | Unread:
    """The entry that a dated line means. ``body`` holds the lines that belong to it."""
    head, text = read_head(parts.head, known), parts.text
    mark = head.plain
    if not mark and text.casefold() in _NOT_TOUCHES:
        mark, text = text.casefold(), ""
    if mark == "stage":
        return _stage_line(stamp, text, parts, line, stages)
    if not mark and text[:6].casefold() == "stage ":
        changed = _stage_line(stamp, text[6:], parts, line, stages)
        if isinstance(changed, StageChange):
            return changed
    if mark == "skip":
        return Skip(stamp.day, stamp.at, take_tags(text).text, line, parts.id, parts.next)
    if mark == "snooze":
        days = dates_in(text)
        return Snooze(stamp.day, stamp.at, days[0] if days else None, line, parts.id, parts.next)
    if mark in ("note", "research") or plain(parts.whole[:40]).startswith(_ABOUT_NOTHING):
        return Remark(stamp.day, stamp.at, take_tags(text).text, line, parts.next)
    return _touch(stamp, parts, head, line, body, known)


def _touch(stamp: Stamp, parts: Parts, head: Head, line: int, body: tuple[str, ...], known: Vocabulary) -> Touch:
    tags = take_tags(parts.text if head.bare else parts.whole)
    intents, tagged = tags.intents, tags.outcomes
    for below in body:
        more = take_tags(below)
        intents, tagged = intents + more.intents, tagged + more.outcomes
    channel = head.channel or channel_in(parts.text, known)
    inbound = head.inbound or opens_inbound(parts.text)
    outcomes = outcomes_of(tags.text, tagged, channel)
    return Touch(
        date=stamp.day,
        time=stamp.at,
        channel=channel,
        direction=Direction.IN if inbound else Direction.OUT,
        intent=intents[0] if intents and not inbound else None,
        outcomes=outcomes,
        text=tags.text,
        line=line,
        id=parts.id,
        next=parts.next,
        back=return_date(tags.text, body) if Outcome.OOO in outcomes else None,
        body=body,
    )


def return_date(text: str, body: tuple[str, ...] = ()) -> date | None:
    """The day an out-of-office reply names: the last date in its text, else in the lines below it."""
    days = dates_in(text) or [day for line in body for day in dates_in(line)]
    return days[-1] if days else None


def _stage_line(stamp: Stamp, text: str, parts: Parts, line: int, stages: tuple[Stage, ...]) -> StageChange | Unread:
    """``stage: lost — chose a competitor``: a stage's name, and a reason after it."""
    text = take_tags(text).text.replace("*", "").strip()
    for end in [len(text), *(found.start() for found in _REASON.finditer(text))]:
        if stage := stage_named(text[:end], stages):
            reason = text[end:].strip(" \t:;,|–—-()")
            return StageChange(stamp.day, stamp.at, stage.name, reason, line, parts.next)
    return Unread("stage-unknown", f"`stage: {text}` names no stage: write one of {', '.join(s.name for s in stages)}")
