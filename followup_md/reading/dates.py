"""Dates, times and durations as people write them: matched by shape first, with ASCII digits only.

The year comes first, always: a date with the year last is ambiguous and is never read.
"""

from __future__ import annotations

import re
from datetime import date, time
from functools import cache, lru_cache
from typing import Literal, cast

from followup_md.model import Duration

#: A date's shape, with ``-``, ``/`` or ``.`` between. It has no groups: the digits' places are fixed.
DATE_SHAPE = r"[0-9]{4}(?:-[0-9]{2}-|/[0-9]{2}/|\.[0-9]{2}\.)[0-9]{2}(?![0-9])"
_TIME_SHAPE = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?(?:[ \t]?([ap])\.?m\b\.?)?"
_ZONE_SHAPE = r"(?:[ \t]?(?:Z|UTC|GMT|CES?T|[ECMP][SD]T|BST)\b|[ \t]?[+-][0-9]{2}:?[0-9]{2})?"

_DATE = re.compile(DATE_SHAPE)
# Those that few lines need are compiled where needed.
_MOMENT = "(?i)(" + DATE_SHAPE + r")(?:[T \t]|[ \t]+at[ \t]+)" + _TIME_SHAPE + _ZONE_SHAPE
_YEAR_LAST = r"([0-9]{1,2})([-./])([0-9]{1,2})\2([0-9]{2,4})(?![0-9])"
_DURATION = r"([0-9]{1,3}) ?(d|w|m|wd)"

FIRST_YEAR, LAST_YEAR = 1900, 2199


@lru_cache(maxsize=4096)
def real_date(shaped: str) -> date | None:
    """The date of a text of that shape, or None where the calendar has no such day (or it is out of reach)."""
    year = int(shaped[:4])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, int(shaped[5:7]), int(shaped[8:10]))
    except ValueError:
        return None


def real_time(hour: str, minute: str, second: str | None, half: str | None = None) -> time | None:
    """The time of those digits, or None where the clock has no such minute. ``half``: a or p, of am and pm."""
    try:
        if half and not 1 <= int(hour) <= 12:
            return None
        shift = 12 * (half in ("p", "P")) if half else 0
        return time(int(hour) % 12 + shift if half else int(hour), int(minute), int(second or 0))
    except ValueError:
        return None


def read_day(text: str) -> date | None:
    """A date and nothing else; None where it is not one."""
    return real_date(text) if _DATE.fullmatch(text) else None


def year_last(text: str) -> tuple[str, str] | None:
    """The date with the year last that a text begins with, and what to say of it; None where there is none.

    It is not read even where only one day can be meant, but then that day is named.
    """
    found = re.match(_YEAR_LAST, text)
    if not found:
        return None
    one, _, other, year = found.groups()
    shaped = {f"{year}-{month:0>2}-{day:0>2}" for month, day in ((one, other), (other, one))}
    days = [day for day in shaped if len(year) == 4 and real_date(day)]
    if len(days) == 1:
        return found[0], f"has its year last: write {days[0]}"
    if len(year) == 4 and not days:
        return found[0], "is no date: write a real one as YYYY-MM-DD"
    return found[0], "may be read two ways: write the date as YYYY-MM-DD"


def read_moment(text: str) -> tuple[date, time | None] | None:
    """A date, with a time or without; a zone is dropped, so the day is the one written."""
    text = text.strip()
    if day := read_day(text):
        return day, None
    found = re.fullmatch(_MOMENT, text)
    if not found or not (day := real_date(found[1])):
        return None
    at = real_time(found[2], found[3], found[4], found[5])
    return (day, at) if at is not None else None


def match_clock(text: str, position: int) -> tuple[time | None, int] | None:
    """A time of day at that position: the time (None: no such minute), and where it ends."""
    found = _clock_shape().match(text, position)
    return (real_time(found[1], found[2], found[3], found[4]), found.end()) if found else None


@cache
def _clock_shape() -> re.Pattern[str]:
    return re.compile(_TIME_SHAPE + _ZONE_SHAPE, re.IGNORECASE)


def dates_in(text: str) -> list[date]:
    """All real dates in a text, in order."""
    return [day for found in _DATE.finditer(text) if (day := real_date(found[0]))]


def read_duration(text: str) -> Duration | None:
    """``3d``, ``2w``, ``1m``, ``5wd``; None for anything else."""
    found = re.fullmatch(_DURATION, text.strip())
    return Duration(int(found[1]), cast(Literal["d", "w", "m", "wd"], found[2])) if found else None


def iso_moment(day: date, at: time | None) -> str:
    """The plain form of a date with an optional time: ``2026-12-01`` or ``2026-12-01T14:30``."""
    return f"{day.isoformat()}T{clock(at)}" if at else day.isoformat()


def clock(at: time) -> str:
    """``14:30``, with seconds only where they say something."""
    return at.isoformat("seconds" if at.second else "minutes")
