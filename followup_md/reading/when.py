"""A day as people name it on the command line and behind a box: ``2w``, ``in a week``, ``next mon``, ``1 dec``.

Matched as a whole, in ASCII only. What could be two days (``5/11``) and what is no day are not read.
"""

from __future__ import annotations

import re
from datetime import date, time
from typing import Literal

from followup_md.days import MONTHS, WEEKDAYS
from followup_md.model import Duration
from followup_md.reading.dates import FIRST_YEAR, LAST_YEAR, read_day, read_duration, real_time

_WEEKDAYS = {name: number for number, full in enumerate(map(str.lower, WEEKDAYS)) for name in (full, full[:3])}
_WEEKDAYS |= {"tues": 1, "thur": 3, "thurs": 3}
_MONTHS = {name: number for number, full in enumerate(map(str.lower, MONTHS), 1) for name in (full, full[:3])} | {
    "sept": 9
}
_NAMED_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1, "day after tomorrow": 2, "the day after tomorrow": 2}
_NUMBERS = {
    name: number
    for number, name in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1)
} | {"a": 1}
_UNITS: dict[str, Literal["d", "w", "m", "wd"]] = {
    "day": "d",
    "week": "w",
    "month": "m",
    "workday": "wd",
    "working day": "wd",
    "business day": "wd",
}

_MONTH = r"(?P<month>[a-z]{3,9})\.?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<year>[0-9]{4}))?"
_DAY_MONTH = re.compile(rf"(?:the )?{_DAY}(?: of)? {_MONTH}{_YEAR}")
_MONTH_DAY = re.compile(rf"{_MONTH} {_DAY}{_YEAR}")
_IN_WORDS = re.compile(
    rf"(?P<count>[0-9]{{1,3}}|{'|'.join(_NUMBERS)}) (?P<unit>(?:working |business )?day|week|month|workday)s?"
)
_WITH_TIME = re.compile(
    r"(?P<day>.+?)(?: at)? (?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2})|(?= ?[ap]))(?: ?(?P<half>[ap])\.?m\.?)?"
)

#: February has its 29th at least once in so many years (1896 to 1904, 2096 to 2104).
_LEAP_GAP = 8


def read_when(text: str, today: date) -> date | Duration | None:
    """The day meant on ``today``, or how long from then; None for anything else."""
    folded = " ".join(text.split())
    if not folded.isascii():
        return None
    words = folded.lower()
    on = words.removeprefix("on ")
    return read_day(on) or _duration(words) or _named(on, today) or _of_a_month(on, today)


def read_when_at(text: str, today: date) -> tuple[date | Duration, time | None] | None:
    """As ``read_when``, with the time of day where one is named: ``tomorrow 10:00``, ``fri at 2 pm``."""
    if (day := read_when(text, today)) is not None:
        return day, None
    found = _WITH_TIME.fullmatch(" ".join(text.split()).lower())
    if not found or (day := read_when(found["day"], today)) is None:
        return None
    at = real_time(found["hour"], found["minute"] or "0", None, found["half"]) if text.isascii() else None
    return (day, at) if at is not None else None


def _duration(words: str) -> Duration | None:
    """``3d``, ``in 3d``, ``in 3 days``, ``2 weeks``, ``in a week``, ``5 working days``."""
    words = words.removeprefix("in ")
    if found := _IN_WORDS.fullmatch(words):
        count = _NUMBERS.get(found["count"])
        return Duration(int(found["count"]) if count is None else count, _UNITS[found["unit"]])
    return read_duration(words)


def _named(words: str, today: date) -> date | None:
    """``tomorrow``; a weekday, the next one after today; with ``next``, in the week that begins on Monday."""
    if words in _NAMED_DAYS:
        return _in_reach(today, _NAMED_DAYS[words])
    if words in _WEEKDAYS:
        return _in_reach(today, (_WEEKDAYS[words] - today.weekday() - 1) % 7 + 1)
    first, _, last = words.partition(" ")
    if first != "next":
        return None
    if last == "month":
        year, month = (today.year, today.month + 1) if today.month < 12 else (today.year + 1, 1)
        return _real(year, month, 1)
    weekday = 0 if last == "week" else _WEEKDAYS.get(last)
    return _in_reach(today, 7 - today.weekday() + weekday) if weekday is not None else None


def _of_a_month(words: str, today: date) -> date | None:
    """``1 dec``, ``dec 1``, ``1st of december``, ``1 dec 2027``; without a year the next such day, today included."""
    found = _DAY_MONTH.fullmatch(words) or _MONTH_DAY.fullmatch(words)
    month = _MONTHS.get(found["month"]) if found else None
    if not found or not month:
        return None
    day = int(found["day"])
    if found["year"]:
        return _real(int(found["year"]), month, day)
    days = (_real(year, month, day) for year in range(today.year, today.year + _LEAP_GAP + 1))
    return next((found_day for found_day in days if found_day and found_day >= today), None)


def _in_reach(today: date, days: int) -> date | None:
    """The day so many days from today, where it lies within the years that are read."""
    ordinal = today.toordinal() + days
    within = date(FIRST_YEAR, 1, 1).toordinal() <= ordinal <= date(LAST_YEAR, 12, 31).toordinal()
    return date.fromordinal(ordinal) if within else None


def _real(year: int, month: int, day: int) -> date | None:
    """The date of those numbers, or None where the calendar has no such day (or it is out of reach)."""
    try:
        return date(year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None
