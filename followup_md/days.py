"""Dates in words, the same on every machine and in every locale."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def long_day(day: date) -> str:
    """``Saturday 21 November 2026``."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


@lru_cache(maxsize=4096)
def short_day(day: date, today: date) -> str:
    """``Sat 21 Nov``, with the year where it is not this one."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}{year}"


def count(number: int, what: str, plural: str = "") -> str:
    """``1 day``, ``3 days``."""
    return f"{number} {what if number == 1 else plural or what + 's'}"
