"""Hints about how one follows up: what was read well, and might be done better (R3, R4, R9, R12, R15)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from followup_md.days import count, short_day
from followup_md.model import (
    Facts,
    Intent,
    Problem,
    Prospect,
    Rules,
    Severity,
    Touch,
)
from followup_md.planning.channels import BALANCE
from followup_md.planning.letting_go import hints_of_loss
from followup_md.planning.verdicts import View, cut, holds_of, promised, waiting_for_reply
from followup_md.planning.workdays import after, roll_forward

#: Days: so long rounds that came too close together are told.
RECENT = 30
#: R9 is looked at from so many touches of value or ask on, and may be missed by so much.
BALANCE_FROM = 5
BALANCE_SLACK = Fraction(1, 5)
#: What presses somebody who has gone silent (R12), as words of one's own log say it; the settings may add more.
PRESSING = (
    "last chance",
    "last attempt",
    "final attempt",
    "final notice",
    "final reminder",
    "still alive",
    "still there",
    "still interested",
    "why no answer",
    "why no reply",
    "why haven't you",
    "why have you not",
    "haven't heard back",
    "have not heard back",
    "are you ok",
    "urgent",
    "asap",
    "act now",
    "closing your file",
    "running out of time",
)
_APOSTROPHES = str.maketrans("’ʼ", "''")


def hygiene(prospect: Prospect, facts: Facts, rules: Rules, today: date, decider_known: bool) -> Iterator[Problem]:
    """The hints about one prospect as of a day; none about one that is not to be contacted.

    ``decider_known``: who decides at their company is known from another note.
    """
    if prospect.do_not_contact:
        return
    yield from hints_of_loss(prospect, facts, rules, today, decider_known)
    if not facts.open:
        return
    yield from _missed(prospect, facts, rules, today)
    yield from _no_reason(prospect, facts, today)
    if facts.touches:
        yield from _balance(prospect, facts, rules)
        yield from _pressure(prospect, facts, rules, today)
        yield from _pressing_words(prospect, facts, rules)


def _hint(prospect: Prospect, line: int, code: str, message: str) -> Problem:
    return Problem(prospect.path, line, 1, code, Severity.INFO, message)


def _hint_at(prospect: Prospect, touch: Touch, code: str, message: str) -> Problem:
    """A hint at a touch, which may stand in a note of its own."""
    return Problem(touch.path or prospect.path, touch.line, 1, code, Severity.INFO, message)


def _missed(prospect: Prospect, facts: Facts, rules: Rules, today: date) -> Iterator[Problem]:
    """R4: a day that was promised is past, and nothing was done on or after it."""
    told: set[date] = set()
    days = [entry.next.day for entry in facts.log if entry.next]
    if min([*days, *([prospect.next.day] if prospect.next else [])], default=today) < today:
        view = View(prospect, facts, None, rules, today)
        verdict = promised(view, holds_of(view))
        if verdict.on and verdict.on < today:
            told.add(verdict.on)
            path, _, line = verdict.why[0].at[0].rpartition(":")
            late = count((today - verdict.on).days, "day")
            message = f"promised for {short_day(verdict.on, today)}, {late} ago, and not done: do it today, or name them another day"
            yield Problem(path, int(line), 1, "promise-missed", Severity.INFO, f"{message} (R4)")
    for owed in prospect.we_owe:
        due = roll_forward(owed.due, rules) if owed.due else today
        if due < today and due not in told:
            late = count((today - due).days, "day")
            message = f"“{cut(owed.text)}” was promised for {short_day(due, today)}, {late} ago: send it, tick it, or name them another day"
            yield _hint(prospect, owed.line, "promise-missed", f"{message} (R4)")


def has_reason(prospect: Prospect, facts: Facts, today: date) -> bool:
    """Whether there is a reason to follow up (R15): their pain, an opportunity, or something open between us: a reply,
    an appointment, an item owed either way, a day that was promised and is not past.
    """
    if prospect.pain or prospect.opportunity or prospect.they_owe or prospect.we_owe or facts.appointments:
        return True
    promised = (prospect.next, *(entry.next for entry in facts.log))
    return any(one and one.day >= today for one in promised) or bool(waiting_for_reply(facts))


def _no_reason(prospect: Prospect, facts: Facts, today: date) -> Iterator[Problem]:
    """R15, from the first touch on: whoever was imported has one to be found. A note that says nothing is left alone."""
    if facts.touches and prospect.fields and not has_reason(prospect, facts, today):
        message = (
            "no reason to follow up: write down their `pain` or an `opportunity`, so that the next touch is about them"
        )
        yield _hint(prospect, 1, "no-reason", f"{message} (R15)")


def _balance(prospect: Prospect, facts: Facts, rules: Rules) -> Iterator[Problem]:
    """R9: of the last ten touches that brought value or asked, far too few brought value."""
    recent = [touch for touch in facts.touches if touch.intent in (Intent.VALUE, Intent.ASK)][-BALANCE:]
    if len(recent) < BALANCE_FROM:
        return
    values = sum([touch.intent is Intent.VALUE for touch in recent])
    wished, slack = rules.value_share, BALANCE_SLACK  # compared in whole numbers, as fractions take long to make
    least = wished.numerator * slack.denominator - slack.numerator * wished.denominator
    if values * wished.denominator * slack.denominator < least * len(recent):
        seen = f"of the last {len(recent)} touches tagged `#value` or `#ask`, {values} brought value"
        message = f"{seen}, and your goal is {float(rules.value_share):.0%}"
        yield _hint_at(prospect, recent[-1], "balance-off", f"{message}: bring something before you ask again (R9)")


def _pressure(prospect: Prospect, facts: Facts, rules: Rules, today: date) -> Iterator[Problem]:
    """R3: since their last answer, rounds closer together than the plan would ever make them.

    What R3 leaves alone counts for nothing: the first round after an answer, and one on a promised day.
    """
    rounds = facts.unanswered_rounds[1:] if facts.last_answer else facts.unanswered_rounds
    if not rounds or (today - rounds[-1]).days > RECENT:
        return
    promises = {entry.next.day for entry in facts.log if entry.next}
    rounds = tuple(day for day in rounds if day not in promises)
    sent = {touch.date: touch for touch in facts.touches if touch.outbound}
    most = rules.max_rounds_per_week
    for number in range(len(rounds) - 1, -1, -1):
        day, before = rounds[number], rounds[max(number - 1, 0)]
        if day not in sent or (today - day).days > RECENT:
            return
        week = sum(day - timedelta(days=7) < other <= day for other in rounds)
        if week > most:
            what = f"{week} unanswered rounds in the seven days up to {short_day(day, today)}, more than your {most}"
        elif before < day < after(before, rules.min_gap, rules):
            what = f"rounds on {short_day(before, today)} and {short_day(day, today)}, closer than your {rules.min_gap}"
        else:
            continue
        yield _hint_at(prospect, sent[day], "too-much-pressure", f"{what}: leave them some air (R3)")
        return


def _pressing_words(prospect: Prospect, facts: Facts, rules: Rules) -> Iterator[Problem]:
    """R12: in this dark spell, words of ours that press them. The newest such touch is told."""
    if facts.last_answer is None or facts.unanswered <= rules.dark_after:
        return
    dark_from = facts.unanswered_rounds[rules.dark_after] if rules.dark_after else facts.last_answer.date
    for touch in reversed(facts.touches):
        if touch.date < dark_from or touch.answer:
            return
        if not touch.outbound:
            continue
        if found := _pressing(rules.pressing_words).search(_compared(" ".join((touch.text, *touch.body)))):
            message = f"“{found[0]}” presses somebody who has gone dark: bring something, and ask for no answer"
            yield _hint_at(prospect, touch, "pressing-words", f"{message} (R12)")
            return


@lru_cache(maxsize=8)
def _pressing(more: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the pressing words, whole; ``more`` are the user's own."""
    words = (re.escape(_compared(" ".join(words.split()))) for words in (*PRESSING, *more) if words.strip())
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")


def _compared(text: str) -> str:
    return text.casefold().translate(_APOSTROPHES)
