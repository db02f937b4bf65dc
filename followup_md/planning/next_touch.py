"""The next touch of one prospect: who is due, when, how and why.

A pure function of the prospect, its company's newest answer, the rules and the day. The rules are
looked at in their order and the first that applies wins; each gives a ``Verdict``, so that ``why``
can also tell what the others would have said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from followup_md.days import count, short_day
from followup_md.model import (
    Category,
    Content,
    Due,
    Facts,
    Hold,
    Intent,
    NextDate,
    Outcome,
    Position,
    Prospect,
    Reason,
    Rules,
    Skip,
    Snooze,
    StageChange,
    StageKind,
    Step,
    Touch,
)
from followup_md.planning.channels import FALLBACK, Choice, best_content, choose, intent_of, unusable
from followup_md.planning.facts import facts_of
from followup_md.planning.identity import due_id
from followup_md.planning.steps import Place, standing
from followup_md.planning.workdays import after, is_workday, roll_back, roll_forward

ITEMS_CADENCE = "awaiting-items"
DARK_CADENCE = "gone-dark"


@dataclass(frozen=True, slots=True)
class CompanyAnswer:
    """The newest answer at a company: whose it was, and when."""

    path: str
    name: str
    touch: Touch


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says: the day it gives (None: it does not apply), and why."""

    rule: str
    name: str
    on: date | None
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class HalfDone:
    """A ``+`` round begun today: the step it belongs to, and what is missing."""

    position: Position
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Considered:
    """Every rule's verdict in their order, and the touch that is due (None: none)."""

    facts: Facts
    verdicts: tuple[Verdict, ...]
    won: int | None
    due: Due | None


def next_touch(prospect: Prospect, company_answer: CompanyAnswer | None, rules: Rules, today: date) -> Due | None:
    """The next touch, or None: do not contact, or closed and finished. Never None for an open one (R2)."""
    return consider(prospect, company_answer, rules, today).due


def consider(prospect: Prospect, company_answer: CompanyAnswer | None, rules: Rules, today: date) -> Considered:
    """Look at every rule for one prospect."""
    return _Look(prospect, company_answer, rules, today).considered()


class _Look:
    """One prospect on one day: what the rules share while they are looked at."""

    def __init__(self, prospect: Prospect, company_answer: CompanyAnswer | None, rules: Rules, today: date) -> None:
        self.prospect, self.rules, self.today = prospect, rules, today
        self.company_answer = company_answer
        self.facts = facts_of(prospect, rules, today)
        self.open = self.facts.open

    def at(self, *lines: int) -> tuple[str, ...]:
        return tuple(f"{self.prospect.path}:{line}" for line in lines)

    def day(self, day: date) -> str:
        return short_day(day, self.today)

    # ------------------------------------------------------------------ the rules in their order

    def considered(self) -> Considered:
        if self.prospect.do_not_contact:
            why = Reason("R13", "do not contact", self.at(self.prospect.line_of("do_not_contact")))
            return Considered(self.facts, (Verdict("R13", "do not contact", None, (why,)),), 0, None)
        behind = self._standing()
        holds = self._holds()
        half = self._half_done(holds)
        verdicts = (
            self._reply_owed(),
            self._appointment(),
            self._promised(holds),
            self._cadence(behind, half, holds),
        )
        won = next((number for number, verdict in enumerate(verdicts) if verdict.on), None)
        due = self._due(verdicts[won], won, behind, half, holds) if won is not None else None
        return Considered(self.facts, verdicts, won, due)

    def _reply_owed(self) -> Verdict:
        """Rule 2 (R5): they wrote last, and nothing of ours came after it."""
        name = "reply owed"
        waiting: list[Touch] = []
        for entry in reversed(self.facts.log):
            if isinstance(entry, (Skip, Snooze)) or (isinstance(entry, Touch) and _reached_them(entry)):
                break
            if isinstance(entry, Touch) and entry.answer and entry.channel != "meeting":
                waiting.append(entry)
        if not waiting:
            return Verdict("R5", name, None, (Reason("R5", "nothing of theirs waits for a reply"),))
        newest = waiting[0]
        if not self.open and not self._wrote_after_closing(newest):
            text = "they last wrote before it was closed"
            return Verdict("R5", name, None, (Reason("R5", text, self.at(newest.line)),))
        waiting = [touch for touch in waiting if touch.next is None]
        if not waiting:
            text = f"they wrote on {self.day(newest.date)}, and a next date was agreed with it"
            return Verdict("R5", name, None, (Reason("R5", text, self.at(newest.line)),))
        newest, oldest = waiting[0], waiting[-1]
        words = f": “{_cut(newest.text)}”" if newest.text else f" by {newest.channel}"
        before = f", and on {self.day(oldest.date)} before" if oldest is not newest else ""
        lines = self.at(*sorted(touch.line for touch in waiting))
        reason = Reason("R5", f"they wrote on {self.day(newest.date)}{words}{before}", lines)
        return self._rolled(Verdict("R5", name, after(oldest.date, self.rules.reply_within, self.rules), (reason,)))

    def _wrote_after_closing(self, answer: Touch) -> bool:
        """Whether an answer is newer than what closed the prospect; where no line says when, it is."""
        facts = self.facts
        if facts.declined:
            return facts.touches.index(answer) > facts.touches.index(facts.declined)
        return facts.stage_line is None or answer.date > facts.stage_line.date

    def _appointment(self) -> Verdict:
        """Rule 4: the nearest meeting, call or event ahead."""
        if not self.facts.appointments or not self.open:
            return Verdict("R4", "appointment", None, (Reason("R4", "no appointment ahead"),))
        nearest = self.facts.appointments[0]
        text = f"{nearest.channel} on {self.day(nearest.date)}" + (f" at {nearest.time:%H:%M}" if nearest.time else "")
        return Verdict("R4", "appointment", nearest.date, (Reason("R4", f"{text}: prepare it", self.at(nearest.line)),))

    def _promised(self, holds: list[Hold]) -> Verdict:
        """Rule 5 (R4): a date said to them or set by hand, until something stands on or after it."""
        if not self.open:
            return Verdict("R4", "promised", None, (Reason("R4", "closed: promises no longer count"),))
        line = next((entry.next for entry in reversed(self.facts.log) if entry.next), None)
        seen: list[Reason] = []
        open_: list[tuple[NextDate, Reason]] = []
        for promise, where in ((self.prospect.next, "next in the front matter"), (line, "said on that line")):
            if promise is None:
                continue
            kept = self._kept(promise.day)
            if kept is None:
                clock = f" at {promise.at:%H:%M}" if promise.at else ""
                open_.append(
                    (
                        promise,
                        Reason("R4", f"promised for {self.day(promise.day)}{clock} ({where})", self.at(promise.line)),
                    )
                )
            else:
                seen.append(
                    Reason(
                        "R4", f"{self.day(promise.day)} ({where}) was kept on {self.day(kept)}", self.at(promise.line)
                    )
                )
        if not open_:
            return Verdict("R4", "promised", None, tuple(seen) or (Reason("R4", "nothing promised"),))
        promise, reason = min(open_, key=lambda one: one[0].day)
        held = self._held_until(promise.day, [hold for hold in holds if hold.reason != "colleague"])
        verdict = Verdict("R4", "promised", held[0], (reason, *held[1]))
        return verdict if promise.at and held[0] == promise.day else self._rolled(verdict)

    def _kept(self, day: date) -> date | None:
        """The day of the first round, answer or skip on or after a promised day."""
        days = [
            entry.date
            for entry in self.facts.log
            if entry.date >= day
            and (isinstance(entry, Skip) or (isinstance(entry, Touch) and (entry.outbound or entry.answer)))
        ]
        if not self.facts.touches and self.facts.last_round and self.facts.last_round >= day:
            days.append(self.facts.last_round)
        return min(days, default=None)

    def _cadence(self, place: Place | None, half: HalfDone | None, holds: list[Hold]) -> Verdict:
        """Rule 6: the cadence's step, so many days after what happened last."""
        if half:
            text = f"{half.position.cadence} {half.position.number} is half done: {' and '.join(half.missing)} still to do today"
            return Verdict("R7", "cadence", self.today, (Reason("R7", text),))
        if place is None:
            return Verdict("R2", "cadence", None, (Reason("R13", "the closing cadence is finished"),))
        anchor, since, lines = self._anchor()
        step = place.position.step
        wanted = after(anchor, step.wait, self.rules)
        label = "the note after the meeting" if place.note else f"{place.position.cadence} {place.position.number}"
        rule = "R6" if place.note else step.rule or ("R2" if self.open else "R13")
        why = [Reason(rule, f"{label}: {_wait(step)} {since}", lines)]
        why += [Reason("R17" if "can be" in passed else "R11", passed) for passed in place.passed]
        floor, pushed = self._held_until(wanted, holds if self.open else [])
        why += pushed
        if not place.note:
            floor, slowed = self._paced(floor)
            why += slowed
        if step.roll_back:
            lowest = max(anchor, self._held_until(anchor, holds if self.open else [])[0])
            lowest = lowest if place.note else self._paced(lowest)[0]
            rolled = roll_back(floor, lowest, self.rules)
            if rolled != floor:
                why.append(Reason("R18", f"{self.day(floor)} is no working day: moved to {self.day(rolled)}"))
            return Verdict("R2", "cadence", rolled, tuple(why))
        return self._rolled(Verdict("R2", "cadence", floor, tuple(why)))

    # ------------------------------------------------------------------ what moves a day

    def _rolled(self, verdict: Verdict) -> Verdict:
        """R18: on a day off, the next working day."""
        assert verdict.on is not None
        if is_workday(verdict.on, self.rules):
            return verdict
        rolled = roll_forward(verdict.on, self.rules)
        reason = Reason("R18", f"{self.day(verdict.on)} is no working day: moved to {self.day(rolled)}")
        return Verdict(verdict.rule, verdict.name, rolled, (*verdict.why, reason))

    def _holds(self) -> list[Hold]:
        """Rule 3: what holds this prospect back, whether its day is past or not."""
        holds: list[Hold] = []
        if until := self.prospect.snooze_until:
            holds.append(
                Hold(
                    until, "snoozed", f"snoozed until {self.day(until)}", self.at(self.prospect.line_of("snooze_until"))
                )
            )
        for touch in reversed(self.facts.touches):
            if touch.answer:
                break
            if Outcome.OOO in touch.outcomes:
                until = touch.back or after(touch.date, self.rules.out_of_office, self.rules)
                holds.append(
                    Hold(until, "out-of-office", f"out of office until {self.day(until)}", self.at(touch.line))
                )
                break
        colleague, own = self.company_answer, self.facts.last_answer
        if colleague and colleague.path != self.prospect.path and (own is None or own.date < colleague.touch.date):
            until = after(colleague.touch.date, self.rules.colleague_hold, self.rules)
            text = f"{colleague.name} at the same company answered on {self.day(colleague.touch.date)}: held until {self.day(until)}"
            holds.append(Hold(until, "colleague", text, (f"{colleague.path}:{colleague.touch.line}",)))
        return holds

    def _held_until(self, day: date, holds: Iterable[Hold]) -> tuple[date, list[Reason]]:
        """That day, or the end of the longest hold, with its reason."""
        longest = max(holds, key=lambda hold: hold.until, default=None)
        if longest is None or longest.until <= day:
            return day, []
        rule = {"snoozed": "R4", "out-of-office": "R19", "colleague": "R20"}[longest.reason]
        return longest.until, [Reason(rule, longest.text, longest.at)]

    def _paced(self, day: date) -> tuple[date, list[Reason]]:
        """R3: ``min_gap`` after the last round, and so many unanswered ones in any seven days."""
        why: list[Reason] = []
        last, most = self.facts.last_round, self.rules.max_rounds_per_week
        if last and (earliest := after(last, self.rules.min_gap, self.rules)) > day:
            why.append(
                Reason(
                    "R3",
                    f"at least {self.rules.min_gap} after the last round on {self.day(last)}: {self.day(earliest)}",
                )
            )
            day = earliest
        crowded = day
        while sum(day - timedelta(days=7) < done < day for done in self.facts.unanswered_rounds) >= most:
            day += timedelta(days=1)
        if day > crowded:
            why.append(Reason("R3", f"at most {count(most, 'unanswered round')} in seven days: {self.day(day)}"))
        return day, why

    # ------------------------------------------------------------------ the cadence

    def _cadence_name(self) -> str:
        """The prospect's own cadence, else the items' if they owe us some, else the stage's."""
        if self.facts.declined:
            lost = next((stage for stage in self.rules.stages if stage.kind is StageKind.LOST), None)
            return lost.cadence if lost else "lost"
        if self.open and self.prospect.cadence in self.rules.cadences:
            return str(self.prospect.cadence)
        if self.open and self.prospect.they_owe:
            return ITEMS_CADENCE
        return self.facts.stage.cadence

    def _standing(self) -> Place | None:
        def usable(channel: str) -> bool:
            return unusable(channel, self.prospect, self.facts, self.rules) is None

        return standing(self._cadence_name(), self.facts, self.rules.cadences, usable)

    def _anchor(self) -> tuple[date, str, tuple[str, ...]]:
        """The newest of last round, last answer, last stage line, last skip; else ``added``; else today."""
        facts = self.facts
        known: list[tuple[date, str, int]] = []
        if facts.last_round:
            line = max((t.line for t in facts.touches if t.outbound and t.date == facts.last_round), default=0)
            known.append((facts.last_round, "the last round", line or self.prospect.line_of("last_contact")))
        if facts.last_answer:
            known.append((facts.last_answer.date, "their last answer", facts.last_answer.line))
        if facts.stage_line:
            known.append((facts.stage_line.date, "the stage line", facts.stage_line.line))
        skip = next((entry for entry in reversed(facts.log) if isinstance(entry, Skip)), None)
        if skip:
            known.append((skip.date, "the last skip", skip.line))
        if known:
            day, what, line = max(known, key=lambda one: one[0])
            return day, f"after {what} on {self.day(day)}", self.at(line)
        if self.prospect.added:
            return (
                self.prospect.added,
                f"after being added on {self.day(self.prospect.added)}",
                self.at(self.prospect.line_of("added")),
            )
        return self.today, "from today, since nothing is dated yet", ()

    def _half_done(self, holds: list[Hold]) -> HalfDone | None:
        """What is missing of a ``+`` round that was due this morning and has been begun."""
        facts, today = self.facts, self.today
        done = {touch.channel for touch in facts.touches if touch.outbound and touch.date == today}
        done |= {"call"} if "voicemail" in done else set()
        ended = any(isinstance(entry, (Skip, StageChange)) and entry.date == today for entry in facts.log)
        answered = facts.last_answer is not None and facts.last_answer.date == today
        if not done or ended or answered or self._held_until(today, holds)[0] > today:
            return None
        before = replace(self.prospect, log=tuple(entry for entry in self.prospect.log if entry.date < today))
        morning = next_touch(before, self.company_answer, self.rules, today)
        if morning is None or not morning.together or morning.on > today or done.isdisjoint(morning.channels):
            return None
        missing = tuple(channel for channel in morning.channels if channel not in done)
        return HalfDone(morning.position, missing) if missing and morning.position else None

    # ------------------------------------------------------------------ the touch that is due

    def _due(self, verdict: Verdict, won: int, place: Place | None, half: HalfDone | None, holds: list[Hold]) -> Due:
        on = verdict.on
        assert on is not None
        facts, prospect = self.facts, self.prospect
        reply, appointment, cadence = won == 0, won == 1, won == 3
        half = half if cadence else None
        position = half.position if half else place.position if place else None
        dark = facts.last_answer is not None and facts.unanswered >= self.rules.dark_after
        why = list(verdict.why)
        intent: Intent | None = None
        content: Content | None = None
        if reply:
            choice = Choice(self._reply_channels(), False, False)
        elif appointment:
            choice = Choice((facts.appointments[0].channel,), False, False)
        elif position:
            choice = choose(position.step, prospect, facts, self.rules)
            choice = Choice(half.missing, len(half.missing) > 1, False) if half else choice
            intent, balance = intent_of(position.step, facts, self.rules)
            why += self._channel_reasons(position.step, choice)
            why += [Reason("R9", balance)] if balance else []
        else:
            choice = Choice((), False, False)
        if intent is Intent.VALUE and (content := best_content(prospect, facts, self.rules)):
            why.append(Reason("R10", f"bring “{content.title}”, not sent to them yet", (content.path,)))
        if dark:
            why.append(
                Reason("R12", f"gone dark: {count(facts.unanswered, 'round')} without an answer, so ask for none")
            )
        counted = [hold for hold in holds if hold.until > self.today and (cadence or hold.reason != "colleague")]
        hold = (
            max(counted, key=lambda one: one.until, default=None) if self.open and not (reply or appointment) else None
        )
        category = self._category(won, position, place is not None and place.note and not half, dark)
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
            id=due_id(prospect, facts, on, category, position),
            overdue_days=max(0, (self.today - on).days),
            why=tuple(why),
        )

    def _category(self, won: int, position: Position | None, note: bool, dark: bool) -> Category:
        if won < 3:
            return (Category.REPLY_OWED, Category.APPOINTMENT, Category.PROMISED)[won]
        if note:
            return Category.THANK_NOTE
        cadence = position.cadence if position else ""
        if cadence == ITEMS_CADENCE:
            return Category.ITEMS
        if not self.open:
            return Category.CLOSING
        return Category.DARK if dark or cadence == DARK_CADENCE else Category.CADENCE

    def _reply_channels(self) -> tuple[str, ...]:
        """The channel they used; a voicemail is called back."""
        waiting = [touch for touch in self.facts.touches if touch.answer and not touch.outbound and not touch.next]
        theirs = waiting[-1].channel
        if theirs == "voicemail":
            return ("call",)
        if theirs != "other":
            return (theirs,)
        return tuple(c for c in FALLBACK if unusable(c, self.prospect, self.facts, self.rules) is None)[:1]

    def _channel_reasons(self, step: Step, choice: Choice) -> list[Reason]:
        facts = self.facts
        if not choice.channels:
            return [Reason("R17", "no way to reach them: the note has no address that may be used")]
        if choice.fell_back:
            blocked = [f"{c} ({why})" for c in step.channels if (why := unusable(c, self.prospect, facts, self.rules))]
            return [Reason("R17", f"{choice.channels[0]} instead of {', '.join(blocked) or 'the step’s channels'}")]
        if self.prospect.prefers and choice.channels[0] in self.prospect.prefers:
            return [Reason("R8", f"they prefer {choice.channels[0]}", self.at(self.prospect.line_of("prefers")))]
        last = {touch.channel for touch in facts.touches if touch.outbound and touch.date == facts.last_round}
        others = sorted(last - set(choice.channels))
        if len(step.channels) != 1 and not step.together and others:
            return [Reason("R8", f"{choice.channels[0]}: not {' or '.join(others)} again")]
        return []


def _reached_them(touch: Touch) -> bool:
    """Whether a touch of ours went out and did not come back."""
    return touch.outbound and Outcome.BOUNCED not in touch.outcomes


def wait_days(due: Due) -> Fraction:
    """The wait of the step behind a due touch, at least one day: what its overdue days are measured by."""
    return max(Fraction(1), due.position.step.wait.days) if due.position else Fraction(1)


def _wait(step: Step) -> str:
    unit = {"d": "day", "w": "week", "m": "month", "wd": "working day"}[step.wait.unit]
    return count(step.wait.count, unit) if step.wait.count else "at once"


def _cut(text: str, length: int = 80) -> str:
    line = " ".join(text.split()).strip("\"“”„'")
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
