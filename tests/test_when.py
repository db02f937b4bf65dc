"""WHEN: the days and durations that people type."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_md.model import Duration
from followup_md.reading.when import read_when, read_when_at

SATURDAY = date(2026, 11, 21)
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 1))
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WORDS = (
    *(*WEEKDAYS, "mon", "next", "in", "of", "the", "week", "month", "days", "working", "today", "dec", "february"),
    *("1", "3", "29", "31st", "0", "2027", "9999", "-", "/", ".", ",", "３", "²", "\u212a", "ſ", "\x00", "\ud800"),
)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-01", "2026-12-01"),
        ("2026/12/01", "2026-12-01"),
        ("2026.12.01", "2026-12-01"),
        ("1900-01-01", "1900-01-01"),
        ("2199-12-31", "2199-12-31"),
        ("today", "2026-11-21"),
        ("tomorrow", "2026-11-22"),
        ("yesterday", "2026-11-20"),
        ("  Tomorrow\t", "2026-11-22"),
        ("sun", "2026-11-22"),
        ("Mon", "2026-11-23"),
        ("monday", "2026-11-23"),
        ("tues", "2026-11-24"),
        ("thurs", "2026-11-26"),
        ("FRIDAY", "2026-11-27"),
        ("sat", "2026-11-28"),
        ("saturday", "2026-11-28"),
        ("next mon", "2026-11-23"),
        ("next  Monday", "2026-11-23"),
        ("next sat", "2026-11-28"),
        ("next sunday", "2026-11-29"),
        ("next week", "2026-11-23"),
        ("next month", "2026-12-01"),
        ("1 dec", "2026-12-01"),
        ("dec 1", "2026-12-01"),
        ("1 December", "2026-12-01"),
        ("01 dec.", "2026-12-01"),
        ("1 dec 2027", "2027-12-01"),
        ("1 dec, 2027", "2027-12-01"),
        ("December 1st, 2027", "2027-12-01"),
        ("1st of december", "2026-12-01"),
        ("the 2nd of Jan", "2027-01-02"),
        ("3rd sept", "2027-09-03"),
        ("21 nov", "2026-11-21"),
        ("20 nov", "2027-11-20"),
        ("22 nov", "2026-11-22"),
        ("20 nov 2026", "2026-11-20"),
        ("may 5", "2027-05-05"),
        ("29 feb", "2028-02-29"),
        ("29 feb 2028", "2028-02-29"),
        ("on friday", "2026-11-27"),
        ("on 1 dec", "2026-12-01"),
        ("on the 1st of december", "2026-12-01"),
        ("on 2026-12-01", "2026-12-01"),
        ("day after tomorrow", "2026-11-23"),
        ("The day after tomorrow", "2026-11-23"),
    ],
)
def test_days_as_of_saturday_2026_11_21(text: str, day: str) -> None:
    assert read_when(text, SATURDAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "today", "day"),
    [
        ("next mon", "2026-11-22", "2026-11-23"),  # a Sunday: the coming week begins tomorrow
        ("next sun", "2026-11-22", "2026-11-29"),
        ("next mon", "2026-11-23", "2026-11-30"),
        ("next tue", "2026-11-23", "2026-12-01"),
        ("tue", "2026-11-23", "2026-11-24"),
        ("next week", "2026-11-23", "2026-11-30"),
        ("next month", "2026-12-31", "2027-01-01"),
        ("29 feb", "2096-03-01", "2104-02-29"),
        ("29 feb", "2028-02-29", "2028-02-29"),
    ],
)
def test_days_as_of_another_day(text: str, today: str, day: str) -> None:
    assert read_when(text, date.fromisoformat(today)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("3d", "3d"),
        ("2w", "2w"),
        ("1m", "1m"),
        ("5wd", "5wd"),
        ("5WD", "5wd"),
        ("3 d", "3d"),
        ("in 3d", "3d"),
        ("in 3 days", "3d"),
        ("In  2  Weeks", "2w"),
        ("in 1 day", "1d"),
        ("3 days", "3d"),
        ("in 1 month", "1m"),
        ("in 5 working days", "5wd"),
        ("5 workdays", "5wd"),
        ("in 2 business days", "2wd"),
        ("0d", "0d"),
        ("a week", "1w"),
        ("in a week", "1w"),
        ("in a month", "1m"),
        ("one day", "1d"),
        ("in two weeks", "2w"),
        ("Ten working days", "10wd"),
    ],
)
def test_durations(text: str, duration: str) -> None:
    found = read_when(text, SATURDAY)
    assert isinstance(found, Duration) and str(found) == duration


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "soon", "later", "next", "next year", "next 3d", "in", "in tomorrow", "mond", "3", "d", "-3d", "3y"),
        *("5/11/2026", "5/11", "11-05", "01.12.2026", "2026-12", "2026-1-2", "20261201", "2026-12-01 10:00"),
        *("2026-02-30", "2026-13-01", "1899-12-31", "2200-01-01", "30 feb", "31 nov", "0 dec", "32 dec", "29 feb 2027"),
        *("1 dec 27", "1 dec 2200", "1 dec 1899", "1 dezember", "dec", "dec 2027", "1", "1000d", "in 1000 days"),
        *("２０２６-12-01", "３d", "in ３ days", "１ dec", "2 wee\u212as", "1 dec\x00", "mon\x00"),
    ],
)
def test_what_is_no_day(text: str) -> None:
    assert read_when(text, SATURDAY) is None


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("tomorrow", "2026-11-22", None),
        ("tomorrow 10:00", "2026-11-22", "10:00"),
        ("Tomorrow at 9:30", "2026-11-22", "09:30"),
        ("on fri at 2 pm", "2026-11-27", "14:00"),
        ("next week 2:15pm", "2026-11-23", "14:15"),
        ("1 dec 12 a.m.", "2026-12-01", "00:00"),
        ("dec 1 2027 8:00", "2027-12-01", "08:00"),
        ("2026-12-01 2pm", "2026-12-01", "14:00"),
    ],
)
def test_days_with_a_time(text: str, day: str, at: str | None) -> None:
    assert read_when_at(text, SATURDAY) == (date.fromisoformat(day), time.fromisoformat(at) if at else None)


def test_a_duration_with_a_time() -> None:
    assert read_when_at("in a week at 10:00", SATURDAY) == (Duration(1, "w"), time(10))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "tomorrow 25:00",
            "tomorrow 10:60",
            "tomorrow 13 pm",
            "tomorrow 0 am",
            "tomorrow 10",
            "mon at",
            "10:00",
            "2 pm",
        ),
        *("soon 10:00", "5/11 10:00", "tomorrow 10:00 10:00", "tomorrow １0:00", "tomorrow 10:0", "fri 9 o'clock", ""),
    ],
)
def test_what_is_no_day_with_a_time(text: str) -> None:
    assert read_when_at(text, SATURDAY) is None


@given(st.text() | st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), st.dates())
def test_any_text_is_read_without_an_error(text: str, today: date) -> None:
    found = read_when(text, today)
    assert not isinstance(found, date) or 1900 <= found.year <= 2199
    assert found is None or read_when_at(text, today) == (found, None)
    with_time = read_when_at(f"{text} 10:00", today)
    assert with_time == ((found, time(10)) if found is not None else None)


@given(st.sampled_from(range(7)), st.booleans(), DAYS)
def test_a_weekday_lies_in_the_next_seven_days(weekday: int, short: bool, today: date) -> None:
    word = WEEKDAYS[weekday][: 3 if short else None]
    found, of_next_week = read_when(word, today), read_when(f"next {word}", today)
    assert isinstance(found, date) and isinstance(of_next_week, date)
    assert found.weekday() == of_next_week.weekday() == weekday
    assert today < found <= today + timedelta(days=7)
    assert today < of_next_week < today + timedelta(days=14)
    assert of_next_week.isocalendar().week != today.isocalendar().week


@given(DAYS, DAYS)
def test_a_day_of_a_month_is_the_next_such_day(day: date, today: date) -> None:
    found = read_when(f"{day.day} {day:%B}", today)
    if found is None:  # behind the last year that is read
        assert today.year > 2190
        return
    assert isinstance(found, date)
    assert found >= today and (found.day, found.month) == (day.day, day.month)
    assert (day.month, day.day) == (2, 29) or found - today < timedelta(days=366)
