"""One entry of the touch log: from ``DATE [TIME] HEAD: TEXT`` to a Touch or its like.

The block id, the next date, tags and the head are taken off one after the other; what is left is
the text. All shapes of the log (bullets, headings, table rows, stamps) end here.
"""

from __future__ import annotations

import re
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from followup_md.model import (
    Direction,
    Entry,
    Intent,
    NextDate,
    Outcome,
    Remark,
    Skip,
    Snooze,
    Stage,
    StageChange,
    Touch,
)
from followup_md.reading.dates import DATE_SHAPE, dates_in, read_moment
from followup_md.reading.stamp import Stamp, Unread
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

_BLOCK_ID = re.compile(r"(?:^|[ \t])\^([A-Za-z0-9-]+)[ \t]*$")
_HEAD_END = re.compile(r":(?:(?<![0-9:]:)(?![:/])|(?<=[0-9]:)(?![:/0-9]))| --?[ \t]|\t--?[ \t]|–|—|\||,")
_TOUCH_MARK = re.compile(r"\W{0,4}touch[ \t]*:[ \t]*", re.IGNORECASE)

_CLOCK_SHAPE = r"(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?"
_NEXT_FIELD = re.compile(r"[\[(]next[ \t]{0,3}::?([^\])\n]{0,80}(?:\]\])?)[\])]", re.IGNORECASE)
# Those that few lines need are compiled where needed.
_NEXT_WORD = (
    r"(?i)(?<![\w-])next(?:[ \t]+(?:contact|touch|follow-up))?(?::{0,2}[ \t]+|::?)[\[(*]{0,4}("
    + DATE_SHAPE
    + _CLOCK_SHAPE
    + r")[\])*]{0,4}"
)
_NEXT_WRONG = r"(?i)(?<![\w-])next::?[ \t]*([0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4})"
_NEXT_EMOJI = "[📅⏳]\ufe0f?[ \t]*(" + DATE_SHAPE + ")"

_LABEL = r"(?i)[-*+_ \t]{0,9}(direction|outcome|summary)[*_]{0,2}::?[*_]{0,2}[ \t]*(.*)"
_REASON = r"[ \t:;,|–—(]"
_TO_STAGE = r"(?i)(?:→|->|\bto\b)[ \t]*(?!.*(?:→|->))"
_REASON_MARK = r"[ \t](?:[—–]|--?)[ \t]|[ \t]\("
_NOT_TOUCHES = frozenset({"stage", "skip", "snooze", "note", "research"})
_MARKS = {"notes": "note", "skipped": "skip", "snoozed": "snooze", "stage change": "stage", "stage changed": "stage"}
_ABOUT_NOTHING = ("contact created", "no interactions recorded yet")


class Parts(Struct, frozen=True):
    """A line after its date. ``head`` is what stands before the separator, ``text`` what follows,
    ``whole`` both; all without tags. ``next_unread`` is what stands where a next date should."""

    head: str
    text: str
    whole: str
    intents: tuple[Intent, ...]
    outcomes: tuple[Outcome, ...]
    next: NextDate | None = None
    next_unread: str | None = None
    id: str | None = None


def take_apart(rest: str, line: int, known: Vocabulary, ticked: bool = False, head: str = "") -> Parts:
    """Take the block id, the next date and the tags off a line's rest, and find its head where none is given."""
    block_id = None
    if "^" in rest and (found := _BLOCK_ID.search(rest)):
        block_id, rest = found[1], rest[: found.start()]
    next_date, unread, rest = take_next(rest, line, ticked)
    tags = take_tags(rest)
    whole = tags.text
    if whole.count("**") % 2:
        whole = whole.replace("**", "", 1)
    if mark := _TOUCH_MARK.match(whole):
        whole = whole[mark.end() :]
    whole = whole.strip()
    head, text = (head, whole) if head else split_head(whole, known)
    return Parts(head, text, whole, tags.intents, tags.outcomes, next_date, unread, block_id)


def split_head(whole: str, known: Vocabulary) -> tuple[str, str]:
    """The head and what follows it. A comma ends a head of channel and direction only, and the text keeps it."""
    for end in _HEAD_END.finditer(whole):
        head = whole[: end.start()].strip()
        if len(head) > 2 * HEAD_WORDS and len(words_of(head, HEAD_WORDS + 1)) > HEAD_WORDS:
            break
        if end[0] == ",":
            if read_head(head, known).bare:
                return head, whole
            continue
        text = whole[end.end() :].strip()
        return head, text.lstrip("*_ ") if head.startswith(("*", "_")) else text
    return "", whole


def may_hold_next(text: str) -> bool:
    """Whether a next date may stand in a text: a cheap look, true of all that hold one."""
    return "next" in text.casefold() or "📅" in text or "⏳" in text


def take_next(text: str, line: int, ticked: bool = False) -> tuple[NextDate | None, str | None, str]:
    """The next date of a line, the text that should have been one, and the line without it."""
    if not may_hold_next(text):
        return None, None, text
    found = (
        _NEXT_FIELD.search(text) or re.search(_NEXT_WORD, text) or (None if ticked else re.search(_NEXT_EMOJI, text))
    )
    if not found:
        wrong = re.search(_NEXT_WRONG, text)
        return None, wrong[1] if wrong else None, text
    raw = found[1].strip().removeprefix("[[").removesuffix("]]").strip()
    before, behind = text[: found.start()].rstrip(" ,;("), text[found.end() :].lstrip(" ,;")
    rest = f"{before} {behind.removeprefix(')')}".strip()
    moment = read_moment(raw)
    return (NextDate(*moment, line), None, rest) if moment else (None, raw or None, rest)


def with_body(parts: Parts, body: tuple[str, ...], line: int) -> Parts:
    """The parts with what the lines below add: tags, and a next date or id where the line has none."""
    for number, below in enumerate(body, 1):
        more = take_tags(below)
        if more.intents or more.outcomes:
            parts = replace(parts, intents=parts.intents + more.intents, outcomes=parts.outcomes + more.outcomes)
        if (
            parts.next is None
            and may_hold_next(below)
            and (_NEXT_FIELD.search(below) or below.casefold().startswith("next"))
        ):
            promised, unread, _ = take_next(below, line + number)
            parts = replace(parts, next=promised, next_unread=parts.next_unread or unread)
        if parts.id is None and "^" in below and (found := _BLOCK_ID.fullmatch(below)):
            parts = replace(parts, id=found[1])
    return parts


def read_entry(
    stamp: Stamp, parts: Parts, line: int, body: tuple[str, ...], known: Vocabulary, stages: tuple[Stage, ...]
) -> Entry | Unread:
    """The entry that a dated line means. ``body`` holds the lines that belong to it."""
    head, text = read_head(parts.head, known), parts.text
    mark = _MARKS.get(head.plain, head.plain)
    if not mark:
        mark, text = _markless(text, known, stages)
    if mark not in _NOT_TOUCHES and (head.channel or not plain(parts.whole[:40]).startswith(_ABOUT_NOTHING)):
        return _touch(stamp, parts, head, line, body, known)
    if mark == "stage":
        return _stage_line(stamp, text, parts, line, stages)
    if mark == "skip":
        return Skip(stamp.day, stamp.at, text, line, parts.id, parts.next)
    if mark == "snooze":
        days = dates_in(text)
        return Snooze(stamp.day, stamp.at, days[0] if days else None, line, parts.id, parts.next, text)
    return Remark(stamp.day, stamp.at, text, line, parts.id, parts.next)


def _markless(text: str, known: Vocabulary, stages: tuple[Stage, ...]) -> tuple[str, str]:
    """The mark of a line without a separator: ``skip call``, ``snooze 2026-12-01``, ``stage proposal``."""
    first, _, rest = text.partition(" ")
    mark = _MARKS.get(first.casefold(), first.casefold())
    said = (
        not rest
        or (mark == "skip" and known.named(rest) is not None)
        or (mark == "snooze" and bool(dates_in(rest)))
        or (mark == "stage" and _stage_in(rest, stages) is not None)
    )
    return (mark, rest) if mark in _NOT_TOUCHES and said else ("", text)


def _touch(stamp: Stamp, parts: Parts, head: Head, line: int, body: tuple[str, ...], known: Vocabulary) -> Touch:
    text = parts.text if head.bare else parts.whole
    channel = head.channel or channel_in(parts.text, known)
    inbound = head.inbound or opens_inbound(parts.text)
    said = f"{head.other_words} {text}" if head.bare and head.other_words else text
    outcomes = outcomes_of(said, parts.outcomes, channel)
    if body:
        labelled = _labelled(body)
        inbound = inbound or read_head(labelled.get("direction", ""), known).inbound
        if said := labelled.get("outcome", ""):
            outcomes = outcomes_of(said, outcomes, channel)
        if (said := labelled.get("summary", "")) and read_head(text, known).bare:
            text = said
    return Touch(
        stamp.day,
        stamp.at,
        channel,
        Direction.IN if inbound else Direction.OUT,
        parts.intents[0] if parts.intents and not inbound else None,
        outcomes,
        text,
        line,
        parts.id,
        parts.next,
        return_date(text, body) if Outcome.OOO in outcomes else None,
        body,
    )


def _labelled(body: tuple[str, ...]) -> dict[str, str]:
    """What lines below an entry say under a label: ``- **Direction:** Inbound``."""
    found = (re.match(_LABEL, line) for line in body if ":" in line)
    return {label[1].casefold(): label[2] for label in found if label}


def return_date(text: str, body: tuple[str, ...] = ()) -> date | None:
    """The day an out-of-office reply names: the last date in its text, else in the lines below it."""
    days = dates_in(text) or [day for line in body for day in dates_in(line)]
    return days[-1] if days else None


def _stage_line(stamp: Stamp, text: str, parts: Parts, line: int, stages: tuple[Stage, ...]) -> StageChange | Unread:
    """``stage: lost — chose a competitor``: a stage's name, and a reason after it."""
    found = _stage_in(text, stages)
    if found is None:
        known = ", ".join(stage.name for stage in stages)
        return Unread("stage-unknown", f"`stage: {text[:60]}` names no stage: write one of {known}")
    stage, reason = found
    return StageChange(stamp.day, stamp.at, stage.name, reason, line, parts.id, parts.next)


def _stage_in(text: str, stages: tuple[Stage, ...]) -> tuple[Stage, str] | None:
    """The stage that a text names before a dash, leads to (``lead → proposal``) or begins with, and the reason after it."""
    text = text.replace("*", "").strip()
    mark = re.search(_REASON_MARK, text)
    said = text[: mark.start()] if mark else text
    if stage := stage_named(said, stages):
        return stage, _reason(text[len(said) :])
    for searched in (said, text):
        to = re.search(_TO_STAGE, searched[:120])
        if to and (found := _stage_at_start(text[to.end() :], stages)):
            return found
    return _stage_at_start(text, stages)


def _stage_at_start(text: str, stages: tuple[Stage, ...]) -> tuple[Stage, str] | None:
    ends = [found.start() for found in re.finditer(_REASON, text[:60])]
    for end in [len(text), *ends] if len(text) <= 60 else ends:
        if stage := stage_named(text[:end], stages):
            return stage, _reason(text[end:])
    return None


def _reason(text: str) -> str:
    return text.strip(" \t:;,|–—-()")
