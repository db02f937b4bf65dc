"""What holds for any vault and any day (R2, R3, and what a day may change)."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from conftest import SATURDAY, due_of, plan_of, rules_of
from hypothesis import assume, given
from hypothesis import strategies as st
from notes import notes

from followup_md.model import Category, Due, StageKind
from followup_md.planning.checks import check, check_without_hints
from followup_md.planning.facts import facts_of
from followup_md.planning.next_touch import consider, next_touch
from followup_md.reading.note import read_note

RULES = rules_of()
OTHER_RULES = rules_of('min_gap = "9d"\ncolleague_hold = "5w"\n')
NAMES = st.sampled_from("abcd")
OPEN = ("lead", "contacted", "meeting", "proposal", "items", "verbal", "nurture", "")
DAYS = st.dates(date(2026, 1, 5), date(2027, 6, 1))
LINE = {"note": "note sent"}


@given(st.data(), DAYS)
def test_an_open_prospect_always_has_a_next_touch(data: st.DataObject, today: date) -> None:
    """R2, and R1: nothing but an explicit no closes one."""
    text = data.draw(notes(today))
    due = due_of(text, today, RULES)
    prospect = read_note("Prospects/Dana Okafor.md", text.encode(), RULES).prospect
    assert prospect is not None
    facts = facts_of(prospect, RULES, today)
    if facts.open:
        assert due is not None
    elif facts.stage.kind is StageKind.OPEN:
        assert due is None or due.category in (Category.CLOSING, Category.REPLY_OWED)


@given(st.data(), DAYS)
def test_a_touch_of_today_leaves_no_cadence_round_for_today_or_tomorrow(data: st.DataObject, today: date) -> None:
    text = data.draw(notes(today))
    channel = data.draw(st.sampled_from(("email", "call", "letter", "linkedin")))
    due = due_of(f"{text}- {today} {channel}: one more\n", today, RULES)
    if due is None or due.category in (
        Category.REPLY_OWED,
        Category.PROMISED,
        Category.APPOINTMENT,
        Category.THANK_NOTE,
    ):
        return
    half_done = any("half done" in reason.text for reason in due.why)
    assert half_done or due.on > today + timedelta(days=1)


@given(st.data(), DAYS, st.integers(1, 30))
def test_a_due_date_with_an_anchor_does_not_depend_on_today(data: st.DataObject, today: date, later: int) -> None:
    text = data.draw(notes(today))
    assume(f"{today} meeting" not in text and f"{today} event" not in text)  # these take place as the day ends
    first, second = due_of(text, today, RULES), due_of(text, today + timedelta(days=later), RULES)
    assert (first is None) == (second is None)
    if (
        first is None
        or second is None
        or any("half done" in r.text or "from today" in r.text for r in (*first.why, *second.why))
    ):
        return
    assert (first.on, first.category, first.channels, first.id) == (
        second.on,
        second.category,
        second.channels,
        second.id,
    )


@given(st.data(), DAYS, st.randoms())
def test_the_order_of_files_and_of_lines_of_different_days_changes_nothing(
    data: st.DataObject, today: date, chance: random.Random
) -> None:
    texts = {f"N{number}": data.draw(notes(today)) for number in range(3)}
    names = list(texts)
    chance.shuffle(names)

    def shuffled(text: str) -> str:
        head, _, log = text.partition("## Touches\n")
        lines = log.splitlines(keepends=True)
        chance.shuffle(lines)
        return f"{head}## Touches\n{''.join(lines)}"

    told = [_told(due) for due in plan_of(texts, today, RULES).items]
    assert told == [_told(due) for due in plan_of({name: shuffled(texts[name]) for name in names}, today, RULES).items]


@given(st.data(), DAYS)
def test_what_why_explains_is_what_is_planned(data: st.DataObject, today: date) -> None:
    prospect = read_note("Prospects/Dana.md", data.draw(notes(today)).encode(), RULES).prospect
    assert prospect is not None
    assert consider(prospect, None, RULES, today).due == next_touch(prospect, None, RULES, today)


@given(st.data(), DAYS, st.booleans())
def test_what_the_page_tells_as_wrong_is_all_that_is_no_hint(
    data: st.DataObject, today: date, decider_known: bool
) -> None:
    prospect = read_note("Prospects/D.md", data.draw(notes(today)).encode(), RULES).prospect
    assert prospect is not None
    seen = prospect, facts_of(prospect, RULES, today), RULES, today, decider_known
    assert check_without_hints(*seen) == [problem for problem in check(*seen) if not problem.hint]


def _told(due: Due) -> tuple[object, ...]:
    return (
        due.prospect.path,
        due.on,
        due.category,
        due.channels,
        due.intent,
        due.id,
        due.facts.unanswered,
        due.hold is None,
    )


@given(st.data(), st.integers(0, 2**32))
def test_following_the_plan_for_a_year_keeps_the_pace(data: st.DataObject, seed: int) -> None:
    """R3: never two unanswered cadence rounds on consecutive days, nor three in seven days."""
    follow_a_year(data.draw(notes(SATURDAY, OPEN)), random.Random(seed), days=120)


@pytest.mark.parametrize("seed", range(3))
def test_a_whole_year_keeps_the_pace(seed: int) -> None:
    follow_a_year(
        "---\nemail: d@x.example\nphone: +1555\naddress: 1 Quay\n---\n## Touches\n", random.Random(seed), days=365
    )


def follow_a_year(text: str, chance: random.Random, days: int) -> None:
    """Do what is due, day after day; sometimes they answer."""
    rounds: list[date] = []
    answered: list[date] = []
    for offset in range(days):
        today = SATURDAY + timedelta(days=offset)
        for _ in range(3):
            due = due_of(text, today, RULES)
            if due is None or due.on > today or due.category is Category.APPOINTMENT:
                break
            if due.category in (Category.CADENCE, Category.DARK, Category.ITEMS, Category.CLOSING) and (
                not rounds or rounds[-1] != today
            ):
                rounds.append(today)
            for channel in due.channels or ("other",):
                text += (
                    f"- {today} {LINE.get(channel, channel)}: done{f' #{due.intent}' if due.intent else ''} ^{due.id}\n"
                )
        if chance.random() < 0.03:
            answered.append(today)
            text += f"- {today} email in: they say something\n"
    unanswered = [day for day in rounds if not any(day <= answer <= day + timedelta(days=7) for answer in answered)]
    for day in unanswered:
        week = [other for other in unanswered if day <= other < day + timedelta(days=7)]
        assert day + timedelta(days=1) not in unanswered, f"{day}: the day after as well"
        assert len(week) <= 2, f"{day}: {week}"
