"""The date at the head of a log line: wrapped or not, with a time or without, or a date in disguise."""

from __future__ import annotations

import re
from datetime import date, time
from functools import cache

from msgspec import Struct

from followup_md.reading.dates import DATE_SHAPE, dates_in, match_clock, real_date, year_last

_DATE = re.compile(DATE_SHAPE)
_BLANKS = " \t\u00a0"
#: A bare date that a dash or a blank sets apart from a letter, as most lines begin, or that ends a text: nothing
#: wraps it, and no time follows.
_BARE = re.compile("(" + DATE_SHAPE + r")(?: (?:(?:[–—]|--?) |(?!at ))(?=[^\W\d_])|\Z)")
_ALIAS = re.compile(r"\|[^\]\n]{0,200}(?=\]\])|[^\]\n|]{0,40}(?=\]\])")
_CLOSING = re.compile(r"[:]?(?:\*\*|__|==|~~|\]\]|[*_`\])\"])*")
_LINK = re.compile(r"\([^()\n]{0,500}\)(?:\*\*|__|[*_`)])*")
_SEPARATOR = re.compile(
    r"[ \t\u00a0]*(?:[:|–—;,•·]|\.(?=[ \t\u00a0]|$)|--?(?=[ \t\u00a0]|$))[ \t\u00a0]*|[ \t\u00a0]+|$"
)

# Compiled where needed, as few notes hold them: links with a date, done tasks, and days in words.
_NAMED_LINK = r"\[\[(?:[^\[\]|#\n]{0,80}/)?" + DATE_SHAPE + r"[^\[\]|#\n]{0,80}[^\W\d][^\[\]\n]{0,200}\]\]"
_DONE = f"✅\ufe0f?[ \t]*{DATE_SHAPE}|\\[completion::[ \t]*{DATE_SHAPE}[ \t]*\\]"
_PLANNED = f"[📅⏳]\ufe0f?[ \t]*{DATE_SHAPE}"
_TASK_FIELDS = f"[📅⏳✅➕🛫]\ufe0f?[ \t]*{DATE_SHAPE}|\\[completion::[ \t]*{DATE_SHAPE}[ \t]*\\]"

_MONTHS = (
    "january|february|march|april|june|july|august|september|october|november|december|"
    "januar|februar|märz|juni|juli|oktober|dezember|"
    "jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sept|sep|oct|okt|nov|dec|dez"
)
_ALMOST_ISO = re.compile(
    r"[0-9]{4}[-./‐‑‒–][0-9]{1,2}[-./‐‑‒–][0-9]{1,2}(?![0-9])|[0-9]{8}(?![0-9])|[0-9]{4}-?W[0-9]{2}-[0-9]"
)
_NO_DAY = re.compile(r"[0-9]{4}[-./][0-9]{1,2}(?![0-9])|[0-9]{4}-?W[0-9]{2}")
_IN_WORDS = (
    r"(?i)(?:(?:" + _MONTHS + r")\.?[ ][0-9]{1,2}(?:st|nd|rd|th)?\b"
    r"|[0-9]{1,2}(?:st|nd|rd|th|\.)?[ ](?:of[ ])?(?:" + _MONTHS + r")\b"
    r"|[0-9]{1,2}/[0-9]{1,2}(?![0-9/])|(?:today|yesterday)\b)"
)
_OTHER_DIGITS = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}")


class Stamp(Struct, frozen=True):
    """The date at the head of a line, and where the rest begins."""

    day: date
    at: time | None
    rest: int


class Unread(Struct, frozen=True):
    """Why a line is not read: the problem's code, what is wrong and what to do."""

    code: str
    message: str


def read_stamp(text: str, position: int = 0) -> Stamp | Unread | None:
    """A date at that position, wrapped or not, with an optional time; None where nothing looks like one."""
    if (bare := _BARE.match(text, position)) and (day := real_date(bare[1])):
        return Stamp(day, None, bare.end())
    opening = _opening().match(text, position)
    assert opening is not None
    start, wrapped = opening.end(), opening[1]
    found = _DATE.match(text, start)
    if not found:
        return looks_like_date(text[start : start + 40])
    day = real_date(found[0])
    if day is None:
        return Unread("touch-date-invalid", f"`{found[0]}` is no date: write a real one")
    end = found.end()
    if "[[" in wrapped and (alias := _ALIAS.match(text, end)):
        end = alias.end()
    clock, end = _clock(text, end)
    closing = _CLOSING.match(text, end)
    if closing and (wrapped or closing[0] == ":"):
        end = closing.end()
        if "[" in wrapped and closing[0].endswith("]") and (link := _LINK.match(text, end)):
            end = link.end()
        if clock is None:
            clock, end = _clock(text, end)
    if isinstance(clock, Unread):
        return clock
    separator = _SEPARATOR.match(text, end)
    if separator is None and not text[:end].endswith(":"):
        written = text[start : end + 8].strip()
        return Unread("touch-unreadable", f"`{written}` is no date followed by a text: write `{day} email: …`")
    return Stamp(day, clock, separator.end() if separator else end)


@cache
def _opening() -> re.Pattern[str]:
    """What may stand before the date: an emoji, a weekday; then what wraps it."""
    return re.compile(
        r"(?:[^\w\s\[\]()<>*_`'\"~=|@#:;.,/\\-]{1,4}[ \t\u00a0]+)?"
        r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?[ \t\u00a0]+)?"
        r"((?:\*\*|__|==|~~|\[\[(?:[^\[\]|#\n]{0,80}/)?|[*_`\[(\"])*)",
        re.IGNORECASE,
    )


def linked_name(text: str, position: int) -> str:
    """The link at that position, if its note's name goes on behind the date: ``[[2026-09-20 Call with Jane]]``."""
    found = re.compile(_NAMED_LINK).match(text, position)
    return found[0] if found else ""


def _clock(text: str, position: int) -> tuple[time | Unread | None, int]:
    """A time after a blank or ``T``, and where it ends."""
    start = position
    if text[position : position + 1] == "T":
        start += 1
    else:
        while text[start : start + 1] and text[start] in _BLANKS:
            start += 1
        if text[start : start + 3] == "at ":
            start += 3
        if start == position:
            return None, position
    found = match_clock(text, start)
    if found is None:
        return None, position
    at, end = found
    if at is None:
        written = text[start:end].strip()
        return Unread("touch-time-invalid", f"`{written}` is no time of day: write 00:00 to 23:59"), end
    return at, end


def looks_like_date(text: str) -> Unread | None:
    """Why the opening of a text is a date to a person but not to us; None where it is none."""
    if last := year_last(text):
        return Unread("touch-date-ambiguous", f"`{last[0]}` {last[1]}")
    if (
        found := _ALMOST_ISO.match(text)
        or _NO_DAY.match(text)
        or re.match(_IN_WORDS, text)
        or _OTHER_DIGITS.match(text)
    ):
        return Unread("touch-date-invalid", f"`{found[0]}` is not read as a date: write it as YYYY-MM-DD")
    return None


def is_period(text: str) -> bool:
    """Whether a heading names a month or a week: it groups entries and is none."""
    return _NO_DAY.fullmatch(text.strip()) is not None


def date_within(text: str, letters: int) -> str | None:
    """A date that stands within the first so many letters of a line, behind something else."""
    found = _DATE.search(text[: letters + 10]) or _ALMOST_ISO.search(text[:letters])
    return found[0] if found else None


def done_date(text: str) -> tuple[date, str] | None:
    """The day a ticked task was done (``✅ D``, else its ``📅 D``), and the text without task dates."""
    found = re.search(_DONE, text) or re.search(_PLANNED, text)
    days = dates_in(found[0]) if found else []
    return (days[0], " ".join(re.sub(_TASK_FIELDS, "", text).split())) if days else None
