"""The next touch of one prospect: who is due, when, how and why.

A pure function of the prospect, its company's newest answer, the rules and the day. The rules are
looked at in their order and the first that applies wins; ``why`` also tells what the others say.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from followup_md.days import count
from followup_md.model import (
    Category,
    CompanyAnswer,
    Content,
    Due,
    Facts,
    Hold,
    Intent,
    Position,
    Prospect,
    Reason,
    Rules,
    Skip,
    StageChange,
    Step,
    Touch,
)
from followup_md.planning.channels import FALLBACK, Choice, best_content, choose, intent_of, unusable
from followup_md.planning.facts import facts_of
from followup_md.planning.identity import due_id
from followup_md.planning.steps import Place
from followup_md.planning.verdicts import (
    ITEMS_CADENCE,
    HalfDone,
    Verdict,
    View,
    appointment,
    cadence,
    held_until,
    holds_of,
    place_of,
    promised,
    reply_owed,
    waiting_for_reply,
)

DARK_CADENCE = "gone-dark"
#: What the rules before the cadence's give, in their order.
_FIRST_CATEGORIES = (Category.REPLY_OWED, Category.APPOINTMENT, Category.PROMISED)


class Grounds(Struct, frozen=True):
    """What rules 3 and 6 rest on: the step in force, a round half done, what holds."""

    place: Place | None
    half: HalfDone | None
    holds: list[Hold]


class Considered(Struct, frozen=True):
    """Every rule's verdict in their order, and the touch that is due (None: none)."""

    facts: Facts
    verdicts: tuple[Verdict, ...]
    won: int | None
    due: Due | None


def next_touch(prospect: Prospect, company_answer: CompanyAnswer | None, rules: Rules, today: date) -> Due | None:
    """The next touch, or None: do not contact, or closed and finished. Never None for an open one (R2)."""
    return touch_in(View(prospect, facts_of(prospect, rules, today), company_answer, rules, today))


def touch_in(view: View) -> Due | None:
    """``next_touch``, as of a view of the prospect."""
    if view.prospect.do_not_contact:
        return None
    grounds = _grounds(view)
    for number, verdict in enumerate(_verdicts(view, grounds)):
        if verdict.on:
            return _due(view, verdict, number, grounds)
    return None


def consider(prospect: Prospect, company_answer: CompanyAnswer | None, rules: Rules, today: date) -> Considered:
    """Look at every rule for one prospect; the first that gives a day wins, as in ``next_touch``."""
    view = View(prospect, facts_of(prospect, rules, today), company_answer, rules, today)
    if prospect.do_not_contact:
        why = Reason("R13", "do not contact", view.at_field("do_not_contact"))
        return Considered(view.facts, (Verdict("R13", "do not contact", None, (why,)),), 0, None)
    grounds = _grounds(view)
    verdicts = tuple(_verdicts(view, grounds))
    won = next((number for number, verdict in enumerate(verdicts) if verdict.on), None)
    due = _due(view, verdicts[won], won, grounds) if won is not None else None
    return Considered(view.facts, verdicts, won, due)


def _grounds(view: View) -> Grounds:
    holds = holds_of(view)
    return Grounds(place_of(view), _half_done(view, holds), holds)


def _verdicts(view: View, grounds: Grounds) -> Iterator[Verdict]:
    """The rules in their order; one is looked at when its turn comes."""
    yield reply_owed(view)
    yield appointment(view)
    yield promised(view, grounds.holds)
    yield cadence(view, grounds.place, grounds.half, grounds.holds)


def _half_done(view: View, holds: list[Hold]) -> HalfDone | None:
    """What is missing of a ``+`` round that was due this morning and has been begun."""
    facts, today = view.facts, view.today
    if facts.last is None or facts.last.date != today:
        return None
    done = {touch.channel for touch in facts.touches if touch.outbound and touch.date == today}
    done |= {"call"} if "voicemail" in done else set()
    ended = any(isinstance(entry, (Skip, StageChange)) and entry.date == today for entry in facts.log)
    answered = facts.last_answer is not None and facts.last_answer.date == today
    if not done or ended or answered or held_until(view, today, holds)[0] > today:
        return None
    before = replace(view.prospect, log=tuple(entry for entry in view.prospect.log if entry.date < today))
    morning = next_touch(before, view.company_answer, view.rules, today)
    if morning is None or not morning.together or morning.on > today or done.isdisjoint(morning.channels):
        return None
    missing = tuple(channel for channel in morning.channels if channel not in done)
    return HalfDone(morning.position, missing) if missing and morning.position else None


def _due(view: View, verdict: Verdict, won: int, grounds: Grounds) -> Due:
    on = verdict.on
    assert on is not None
    facts, prospect = view.facts, view.prospect
    reply_to = [touch for touch in waiting_for_reply(facts) if touch.next is None][-1] if won == 0 else None
    appointment, cadence = won == 1, won == 3
    place, half = grounds.place, grounds.half if cadence else None
    position = half.position if half else place.position if place else None
    dark = facts.last_answer is not None and facts.unanswered >= view.rules.dark_after
    why = list(verdict.why)
    intent: Intent | None = None
    content: Content | None = None
    if reply_to:
        choice = Choice(_reply_channels(view, reply_to), False, False)
    elif appointment:
        choice = Choice((facts.appointments[0].channel,), False, False)
    elif position:
        choice = choose(position.step, prospect, facts, view.rules)
        choice = Choice(half.missing, len(half.missing) > 1, False) if half else choice
        intent, balance = intent_of(position.step, facts, view.rules)
        why += _channel_reasons(view, position.step, choice)
        why += [Reason("R9", balance)] if balance else []
    else:
        choice = Choice((), False, False)
    if intent is Intent.VALUE and (content := best_content(prospect, facts, view.rules)):
        why.append(Reason("R10", f"bring “{content.title}”, not sent to them yet", (content.path,)))
    if dark:
        why.append(Reason("R12", f"gone dark: {count(facts.unanswered, 'round')} without an answer, so ask for none"))
    counted = [hold for hold in grounds.holds if hold.until > view.today and (cadence or hold.reason != "colleague")]
    hold = (
        max(counted, key=lambda one: one.until, default=None)
        if view.facts.open and not (reply_to or appointment)
        else None
    )
    category = _category(view, won, position, place is not None and place.note and not half, dark)
    return Due(
        prospect=prospect,
        facts=facts,
        on=on,
        category=category,
        position=position,
        channels=choice.channels,
        together=choice.together,
        intent=intent,
        hold=hold,
        dark=dark,
        content=content,
        reply_to=reply_to,
        id=due_id(prospect, on, category, position),
        overdue_days=max(0, (view.today - on).days),
        why=tuple(why),
    )


def _category(view: View, won: int, position: Position | None, note: bool, dark: bool) -> Category:
    if won < 3:
        return _FIRST_CATEGORIES[won]
    if note:
        return Category.THANK_NOTE
    cadence = position.cadence if position else ""
    if cadence == ITEMS_CADENCE:
        return Category.ITEMS
    if not view.facts.open:
        return Category.CLOSING
    return Category.DARK if dark or cadence == DARK_CADENCE else Category.CADENCE


def _reply_channels(view: View, reply_to: Touch) -> tuple[str, ...]:
    """The channel they used; a voicemail is called back."""
    if reply_to.channel == "voicemail":
        return ("call",)
    if reply_to.channel != "other":
        return (reply_to.channel,)
    return tuple(c for c in FALLBACK if unusable(c, view.prospect, view.facts, view.rules) is None)[:1]


def _channel_reasons(view: View, step: Step, choice: Choice) -> list[Reason]:
    facts = view.facts
    if not choice.channels:
        return [Reason("R17", "no way to reach them: the note has no address that may be used")]
    if choice.fell_back:
        blocked = [f"{c} ({why})" for c in step.channels if (why := unusable(c, view.prospect, facts, view.rules))]
        return [Reason("R17", f"{choice.channels[0]} instead of {', '.join(blocked) or 'the step’s channels'}")]
    if view.prospect.prefers and choice.channels[0] in view.prospect.prefers:
        return [Reason("R8", f"they prefer {choice.channels[0]}", view.at_field("prefers"))]
    if len(step.channels) == 1 or step.together:
        return []
    last = {touch.channel for touch in facts.touches if touch.date == facts.last_round and touch.outbound}
    others = sorted(last - set(choice.channels))
    return [Reason("R8", f"{choice.channels[0]}: not {' or '.join(others)} again")] if others else []
