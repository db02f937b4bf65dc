"""A day's plan: every prospect's next touch, ranked, and what fits the day's capacity."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import lru_cache

from followup_md.model import Category, CompanyAnswer, Due, Duration, Plan, Planned, Prospect, Rules, Touch
from followup_md.planning.facts import took_place
from followup_md.planning.next_touch import DARK_CADENCE, next_touch
from followup_md.planning.workdays import after

_ORDER = {category: number for number, category in enumerate(Category)}


def make_plan(prospects: Iterable[Prospect], rules: Rules, today: date, before: Plan | None = None) -> Plan:
    """The plan of a day. The order of the prospects changes nothing.

    ``before`` changes nothing either, and saves time where it is a plan of the same day by the very same
    rules: what it says of a prospect that is still the same object is taken over.
    """
    prospects = sorted(prospects, key=lambda prospect: prospect.path)
    answers = company_answers(prospects, today)
    known = _known(before, rules, today)
    planned = [
        _planned(prospect, answers.get(company_key(prospect)), rules, today, known.get(prospect.path))
        for prospect in prospects
    ]
    items = ranked([one.due for one in planned if one.due], rules, today)
    replies = [due for due in items if due.reply_to]
    now = [due for due in items if due.on <= today and not due.reply_to]
    later = [due for due in items if due.on > today and not due.reply_to]
    room = max(0, rules.daily_capacity - _taken(prospects, now, replies, today)) if rules.daily_capacity else len(now)
    horizon = after(today, rules.horizon, rules)
    held = [due for due in later if due.hold]
    return Plan(
        today=today,
        items=tuple(items),
        replies=tuple(replies),
        due=tuple(now[:room]),
        next_in_line=tuple(now[room:]),
        upcoming=tuple(due for due in later if due.on <= horizon and not due.hold),
        waiting=tuple(due for due in later if due.prospect.they_owe and not due.hold),
        dark=tuple(due for due in later if due.on > horizon and not due.hold and _is_dark(due)),
        held=tuple(held),
        open=sum(due.facts.open for due in items),
        rules=rules,
        planned=tuple(planned),
    )


def _known(before: Plan | None, rules: Rules, today: date) -> dict[str, Planned]:
    if before is None or before.today != today or before.rules is not rules:
        return {}
    return {one.prospect.path: one for one in before.planned}


def _planned(
    prospect: Prospect, company_answer: CompanyAnswer | None, rules: Rules, today: date, known: Planned | None
) -> Planned:
    if known and known.prospect is prospect and known.company_answer == company_answer:
        return known
    return Planned(prospect, company_answer, next_touch(prospect, company_answer, rules, today))


def ranked(items: Iterable[Due], rules: Rules, today: date) -> list[Due]:
    """What can be done now in the order of a day, then what comes by its date.

    Within a category: more overdue first (in waits of its step), then larger amount, later stage,
    name.
    """
    stages = {stage.name: number for number, stage in enumerate(rules.stages)}

    def order(due: Due) -> tuple[int, float, float, int, str, str]:
        return (
            _ORDER[due.category],
            -_waits_overdue(due),
            -(due.prospect.amount or 0),
            -stages.get(due.facts.stage.name, 0),
            due.prospect.name.casefold(),
            due.prospect.path,
        )

    now = [due for due in items if due.on <= today or due.reply_to]
    later = [due for due in items if due.on > today and not due.reply_to]
    return sorted(now, key=order) + sorted(later, key=lambda due: (due.on, order(due)))


def _waits_overdue(due: Due) -> float:
    """The days overdue in waits of the step behind a due touch; a wait is at least one day."""
    wait = _wait_days(due.position.step.wait) if due.position else Fraction(1)
    # One division of whole numbers as small as these is ordered as the fractions are, in a tenth of the time.
    return due.overdue_days * wait.denominator / wait.numerator


@lru_cache
def _wait_days(wait: Duration) -> Fraction:
    return max(Fraction(1), wait.days)


def company_key(prospect: Prospect) -> str:
    """What two prospects of one company have in common."""
    return _folded(prospect.company) if prospect.company else ""


@lru_cache(maxsize=4096)
def _folded(company: str) -> str:
    return " ".join(company.casefold().split())


def company_answers(prospects: Iterable[Prospect], today: date) -> dict[str, CompanyAnswer]:
    """The newest answer at each company; of two on one day, the first path's."""
    newest: dict[str, CompanyAnswer] = {}
    for prospect in sorted(prospects, key=lambda prospect: prospect.path):
        key = company_key(prospect)
        answer = _newest_answer(prospect, today) if key else None
        if answer and (key not in newest or answer.date > newest[key].touch.date):
            newest[key] = CompanyAnswer(prospect.path, prospect.name, answer)
    return newest


def _newest_answer(prospect: Prospect, today: date) -> Touch | None:
    for entry in reversed(prospect.log):
        if isinstance(entry, Touch) and entry.answer and took_place(entry, today):
            return entry
    return None


def _taken(prospects: Iterable[Prospect], now: list[Due], replies: list[Due], today: date) -> int:
    """How much of the day is gone: rounds made today, and replies that are due. A round half done is one."""
    begun = {due.prospect.path for due in now}
    made = sum(made_a_round(prospect, today) for prospect in prospects if prospect.path not in begun)
    return made + sum(due.on <= today for due in replies)


def made_a_round(prospect: Prospect, today: date) -> bool:
    """Whether something of ours went out to them on that day."""
    for entry in reversed(prospect.log):
        if entry.date < today:
            break
        if isinstance(entry, Touch) and entry.outbound and entry.date == today and took_place(entry, today):
            return True
    return False


def _is_dark(due: Due) -> bool:
    return due.dark or (due.position is not None and due.position.cadence == DARK_CADENCE)
