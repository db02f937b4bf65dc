"""The rules that give a date, each a function: what it says of one prospect on one day, and why.

``reply_owed`` is R5, ``appointment`` and ``promised`` are R4, ``cadence`` is the step in force. What
moves a day stands below them: holds (R19, R20, snoozes), pace (R3), days off (R18).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from operator import attrgetter, itemgetter

from msgspec import Struct

from followup_md.days import count, short_day
from followup_md.model import (
    CompanyAnswer,
    Entry,
    Facts,
    Hold,
    NextDate,
    Outcome,
    Position,
    Prospect,
    Reason,
    Rules,
    Skip,
    Snooze,
    StageKind,
    Step,
    Touch,
)
from followup_md.planning.channels import unusable
from followup_md.planning.steps import Place, standing
from followup_md.planning.workdays import after, is_workday, roll_back, roll_forward

ITEMS_CADENCE = "awaiting-items"
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class View(Struct, frozen=True):
    """One prospect on one day: what every rule looks at."""

    prospect: Prospect
    facts: Facts
    company_answer: CompanyAnswer | None
    rules: Rules
    today: date

    def at(self, *entries: Entry | NextDate) -> tuple[str, ...]:
        """Where entries of the log stand: ``path:line``."""
        return tuple([self.prospect.place_of(entry) for entry in entries])

    def at_field(self, field: str) -> tuple[str, ...]:
        """Where a field of the front matter stands: ``path:line``."""
        return (f"{self.prospect.path}:{self.prospect.line_of(field)}",)

    def day(self, day: date) -> str:
        """A day in words, as of today."""
        return short_day(day, self.today)


class Verdict(Struct, frozen=True):
    """What one rule says: the day it gives (None: it does not apply), and why."""

    rule: str
    name: str
    on: date | None
    why: tuple[Reason, ...]


class HalfDone(Struct, frozen=True):
    """A ``+`` round begun today: the step it belongs to, and what is missing."""

    position: Position
    missing: tuple[str, ...]


# --------------------------------------------------------------------------- the rules in their order


def reply_owed(view: View) -> Verdict:
    """Rule 2 (R5): they wrote last, and nothing of ours came after it."""
    name, waiting = "reply owed", waiting_for_reply(view.facts)
    if not waiting:
        return Verdict("R5", name, None, (Reason("R5", "nothing of theirs waits for a reply"),))
    newest = waiting[-1]
    if not view.facts.open and not _wrote_after_closing(view, newest):
        text = "they last wrote before it was closed"
        return Verdict("R5", name, None, (Reason("R5", text, view.at(newest)),))
    owed = [touch for touch in waiting if touch.next is None]
    if not owed:
        text = f"they wrote on {view.day(newest.date)}, and a next date was agreed with it"
        return Verdict("R5", name, None, (Reason("R5", text, view.at(newest)),))
    newest, oldest = owed[-1], owed[0]
    words = f": “{cut(newest.text)}”" if newest.text else f" by {newest.channel}"
    before = f", and on {view.day(oldest.date)} before" if oldest is not newest else ""
    lines = view.at(*sorted(owed, key=attrgetter("line")))
    reason = Reason("R5", f"they wrote on {view.day(newest.date)}{words}{before}", lines)
    return _rolled(view, Verdict("R5", name, after(oldest.date, view.rules.reply_within, view.rules), (reason,)))


def waiting_for_reply(facts: Facts) -> list[Touch]:
    """Their answers, oldest first, that nothing of ours came after: no touch, ``skip:`` or ``snooze:``."""
    waiting: list[Touch] = []
    for entry in reversed(facts.log):
        if isinstance(entry, Touch):
            if _reached_them(entry):
                break
            if entry.answer and entry.channel != "meeting":
                waiting.append(entry)
        elif isinstance(entry, (Skip, Snooze)):
            break
    return waiting[::-1]


def _wrote_after_closing(view: View, answer: Touch) -> bool:
    """Whether an answer is newer than what closed the prospect; where no line says when, it is."""
    facts = view.facts
    if facts.declined:
        return facts.touches.index(answer) > facts.touches.index(facts.declined)
    return facts.stage_line is None or answer.date > facts.stage_line.date


def _reached_them(touch: Touch) -> bool:
    """Whether a touch of ours went out and did not come back."""
    return touch.outbound and Outcome.BOUNCED not in touch.outcomes


def appointment(view: View) -> Verdict:
    """Rule 4: the nearest meeting, call or event ahead."""
    if not view.facts.appointments or not view.facts.open:
        return Verdict("R4", "appointment", None, (Reason("R4", "no appointment ahead"),))
    nearest = view.facts.appointments[0]
    text = f"{nearest.channel} on {view.day(nearest.date)}" + (f" at {nearest.time:%H:%M}" if nearest.time else "")
    return Verdict("R4", "appointment", nearest.date, (Reason("R4", f"{text}: prepare it", view.at(nearest)),))


def promised(view: View, holds: list[Hold]) -> Verdict:
    """Rule 5 (R4): a date said to them or set by hand, until something stands on or after it."""
    if not view.facts.open:
        return Verdict("R4", "promised", None, (Reason("R4", "closed: promises no longer count"),))
    said = [entry.next for entry in view.facts.log if entry.next]
    line = said[-1] if said else None
    seen: list[Reason] = []
    open_: list[tuple[NextDate, Reason]] = []
    for promise, where in ((view.prospect.next, "next in the front matter"), (line, "said in the log")):
        if promise is None:
            continue
        kept = _kept(view, promise.day)
        if kept is None:
            clock = f" at {promise.at:%H:%M}" if promise.at else ""
            open_.append(
                (
                    promise,
                    Reason("R4", f"promised for {view.day(promise.day)}{clock} ({where})", view.at(promise)),
                )
            )
        else:
            seen.append(
                Reason("R4", f"{view.day(promise.day)} ({where}) was kept on {view.day(kept)}", view.at(promise))
            )
    if not open_:
        return Verdict("R4", "promised", None, tuple(seen) or (Reason("R4", "nothing promised"),))
    promise, reason = min(open_, key=lambda one: one[0].day)
    held = held_until(view, promise.day, [hold for hold in holds if hold.reason != "colleague"])
    verdict = Verdict("R4", "promised", held[0], (reason, *held[1]))
    return verdict if promise.at and held[0] == promise.day else _rolled(view, verdict)


def _kept(view: View, day: date) -> date | None:
    """The day of the first round, answer or skip on or after a promised day."""
    days = [
        entry.date
        for entry in view.facts.log
        if entry.date >= day
        and (isinstance(entry, Skip) or (isinstance(entry, Touch) and (entry.outbound or entry.answer)))
    ]
    if not view.facts.touches and view.facts.last_round and view.facts.last_round >= day:
        days.append(view.facts.last_round)
    return min(days, default=None)


def cadence(view: View, place: Place | None, half: HalfDone | None, holds: list[Hold]) -> Verdict:
    """Rule 6: the cadence's step, so many days after what happened last."""
    if half:
        text = f"{half.position.cadence} {half.position.number} is half done: {' and '.join(half.missing)} still to do today"
        return Verdict("R7", "cadence", view.today, (Reason("R7", text),))
    if place is None:
        return Verdict("R2", "cadence", None, (Reason("R13", "the closing cadence is finished"),))
    anchor, since, lines = _anchor(view)
    step = place.position.step
    wanted = after(anchor, step.wait, view.rules)
    label = "the note after the meeting" if place.note else f"{place.position.cadence} {place.position.number}"
    rule = "R6" if place.note else step.rule or ("R2" if view.facts.open else "R13")
    why = [Reason(rule, f"{label}: {_wait(step)} {since}", lines)]
    why += [Reason("R17" if "can be" in passed else "R11", passed) for passed in place.passed]
    floor, pushed = held_until(view, wanted, holds if view.facts.open else [])
    why += pushed
    if not place.note:
        floor, slowed = _paced(view, floor)
        why += slowed
    if step.roll_back:
        lowest = max(anchor, held_until(view, anchor, holds if view.facts.open else [])[0])
        lowest = lowest if place.note else _paced(view, lowest)[0]
        rolled = roll_back(floor, lowest, view.rules)
        if rolled != floor:
            why.append(Reason("R18", f"{view.day(floor)} is no working day: moved to {view.day(rolled)}"))
        return Verdict("R2", "cadence", rolled, tuple(why))
    return _rolled(view, Verdict("R2", "cadence", floor, tuple(why)))


def _anchor(view: View) -> tuple[date, str, tuple[str, ...]]:
    """The newest of last round, last answer, last stage line, last skip; else ``added``; else today."""
    facts = view.facts
    known: list[tuple[date, str, Entry | None]] = []
    if last := facts.last_round:
        sent = [touch for touch in facts.touches if touch.date == last and touch.outbound]
        known.append((last, "the last round", max(sent, key=attrgetter("line"), default=None)))
    if facts.last_answer:
        known.append((facts.last_answer.date, "their last answer", facts.last_answer))
    if facts.stage_line:
        known.append((facts.stage_line.date, "the stage line", facts.stage_line))
    skips = [entry for entry in facts.log if isinstance(entry, Skip)]
    if skips:
        known.append((skips[-1].date, "the last skip", skips[-1]))
    if known:
        day, what, entry = max(known, key=itemgetter(0))
        return day, f"after {what} on {view.day(day)}", view.at(entry) if entry else view.at_field("last_contact")
    if view.prospect.added:
        return (
            view.prospect.added,
            f"after being added on {view.day(view.prospect.added)}",
            view.at_field("added"),
        )
    return view.today, "from today, since nothing is dated yet", ()


# --------------------------------------------------------------------------- the step in force


def place_of(view: View) -> Place | None:
    def usable(channel: str) -> bool:
        return unusable(channel, view.prospect, view.facts, view.rules) is None

    return standing(cadence_name(view), view.facts, view.rules.cadences, usable)


def cadence_name(view: View) -> str:
    """The prospect's own cadence, else the items' if they owe us some, else the stage's."""
    if view.facts.declined:
        lost = next((stage for stage in view.rules.stages if stage.kind is StageKind.LOST), None)
        return lost.cadence if lost else "lost"
    if view.facts.open and view.prospect.cadence in view.rules.cadences:
        return str(view.prospect.cadence)
    if view.facts.open and view.prospect.they_owe:
        return ITEMS_CADENCE
    return view.facts.stage.cadence


# --------------------------------------------------------------------------- what moves a day


def holds_of(view: View) -> list[Hold]:
    """Rule 3: what holds this prospect back, whether its day is past or not."""
    holds: list[Hold] = []
    if until := view.prospect.snooze_until:
        holds.append(Hold(until, "snoozed", f"snoozed until {view.day(until)}", view.at_field("snooze_until")))
    for touch in reversed(view.facts.touches):
        if touch is view.facts.last_answer:
            break
        if touch.outcomes and Outcome.OOO in touch.outcomes:
            until = touch.back or after(touch.date, view.rules.out_of_office, view.rules)
            holds.append(Hold(until, "out-of-office", f"out of office until {view.day(until)}", view.at(touch)))
            break
    colleague, own = view.company_answer, view.facts.last_answer
    if colleague and colleague.path != view.prospect.path and (own is None or own.date < colleague.date):
        until = after(colleague.date, view.rules.colleague_hold, view.rules)
        text = (
            f"{colleague.name} at the same company answered on {view.day(colleague.date)}: held until {view.day(until)}"
        )
        holds.append(Hold(until, "colleague", text, (colleague.place,)))
    return holds


def held_until(view: View, day: date, holds: Iterable[Hold]) -> tuple[date, list[Reason]]:
    """That day, or the end of the longest hold, with its reason."""
    longest = max(holds, key=lambda hold: hold.until, default=None)
    if longest is None or longest.until <= day:
        return day, []
    rule = {"snoozed": "R4", "out-of-office": "R19", "colleague": "R20"}[longest.reason]
    return longest.until, [Reason(rule, longest.text, longest.at)]


def _paced(view: View, day: date) -> tuple[date, list[Reason]]:
    """R3: ``min_gap`` after the last round, and so many unanswered ones in any seven days."""
    why: list[Reason] = []
    last, most = view.facts.last_round, view.rules.max_rounds_per_week
    if last and (earliest := after(last, view.rules.min_gap, view.rules)) > day:
        why.append(
            Reason(
                "R3",
                f"at least {view.rules.min_gap} after the last round on {view.day(last)}: {view.day(earliest)}",
            )
        )
        day = earliest
    crowded = day
    while _rounds_between(day - _WEEK, day, view.facts) >= most:
        day += _DAY
    if day > crowded:
        why.append(Reason("R3", f"at most {count(most, 'unanswered round')} in seven days: {view.day(day)}"))
    return day, why


def _rounds_between(start: date, end: date, facts: Facts) -> int:
    """How many unanswered rounds lie between two days, both left out."""
    return len([done for done in facts.unanswered_rounds if start < done < end])


def _rolled(view: View, verdict: Verdict) -> Verdict:
    """R18: on a day off, the next working day."""
    assert verdict.on is not None
    if is_workday(verdict.on, view.rules):
        return verdict
    rolled = roll_forward(verdict.on, view.rules)
    reason = Reason("R18", f"{view.day(verdict.on)} is no working day: moved to {view.day(rolled)}")
    return Verdict(verdict.rule, verdict.name, rolled, (*verdict.why, reason))


def _wait(step: Step) -> str:
    unit = {"d": "day", "w": "week", "m": "month", "wd": "working day"}[step.wait.unit]
    return count(step.wait.count, unit) if step.wait.count else "at once"


def cut(text: str, length: int = 80) -> str:
    """Somebody's words on one line, without their quotation marks, cut with an ellipsis."""
    line = " ".join(text.split()).strip("\"“”„'")
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
