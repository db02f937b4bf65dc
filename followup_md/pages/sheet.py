"""What DUE.md says of one prospect: the lines that stand for it in each section."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from followup_md.days import count, short_day
from followup_md.model import Category, Due, Problem, Prospect, Rules
from followup_md.pages.lines import (
    BRING,
    IN_HOURS,
    OPPORTUNITY,
    OUT_OF_HOURS,
    PAIN,
    THEY_OWE,
    WE_OWE,
    WHEN,
    WHY,
)
from followup_md.pages.text import inert, link, quoted
from followup_md.planning.checks import check_without_hints
from followup_md.planning.facts import facts_of
from followup_md.planning.identity import stage_id
from followup_md.planning.neighbours import Around
from followup_md.planning.next_touch import touch_in
from followup_md.planning.plan import Section, Standing, standing_of
from followup_md.planning.verdicts import View
from followup_md.planning.workdays import after


class Sheet(Struct, frozen=True, array_like=True):
    """All that DUE.md says of one prospect on a day, wherever it stands on the page; empty where it says nothing.

    ``stage`` is the box of a stage that was changed by hand. ``wrong`` are its problems as of the day, without hints.
    """

    path: str
    name: str
    standing: Standing
    box: str = ""
    ahead: str = ""
    waiting: str = ""
    held: str = ""
    stage: str = ""
    wrong: tuple[Problem, ...] = ()

    def text(self, section: Section) -> str:
        """What stands for the prospect in a section."""
        match section:
            case Section.REPLIES | Section.NOW:
                return self.box
            case Section.UPCOMING | Section.DARK:
                return self.ahead
            case Section.WAITING:
                return self.waiting
            case Section.HELD:
                return self.held


class Sheets:
    """Writes the sheets of one day."""

    def __init__(self, rules: Rules, today: date) -> None:
        self.rules, self.today = rules, today
        self.horizon = after(today, rules.horizon, rules)

    def planned(self, prospect: Prospect, around: Around) -> Sheet:
        """The sheet of a prospect that is planned and checked for it."""
        facts = facts_of(prospect, self.rules, self.today)
        due = touch_in(View(prospect, facts, around.company_answer, self.rules, self.today))
        wrong = check_without_hints(prospect, facts, self.rules, self.today, around.decider_known)
        return self.sheet(prospect, due, tuple(wrong))

    def sheet(self, prospect: Prospect, due: Due | None, wrong: tuple[Problem, ...] = ()) -> Sheet:
        """The sheet of a prospect with that next touch."""
        standing = standing_of(prospect, due, self.rules, self.today)
        if due is None:
            return Sheet(prospect.path, prospect.name, standing, wrong=wrong)
        later = not standing.reply and due.on > self.today
        free = later and not due.hold
        return Sheet(
            prospect.path,
            prospect.name,
            standing,
            box="" if later else self.box(due),
            ahead=self.ahead(due) if free and (due.on <= self.horizon or standing.dark) else "",
            waiting=self.waiting(due) if free else "",
            held=self.held(due) if later and due.hold else "",
            stage=self.stage(due),
            wrong=wrong,
        )

    def day(self, day: date) -> str:
        return short_day(day, self.today)

    def who(self, due: Due) -> str:
        prospect = due.prospect
        parts = [link(prospect.path, prospect.name)]
        if prospect.company:
            parts.append(inert(prospect.company))
        if prospect.amount:
            parts.append(inert(money(prospect.amount, self.rules)))
        return " · ".join(parts)

    def box(self, due: Due) -> str:
        """An item that can be done now, with its box, and below it why and with what."""
        if due.category is Category.REPLY_OWED:
            what = self._reply(due)
        else:
            what = " · ".join(
                part for part in (self._doing(due), self._standing(due), self._last(due), self._late(due)) if part
            )
        lines = [f"- [ ] {self.who(due)} — {what} ^{due.id}"]
        if due.category is not Category.REPLY_OWED:
            lines.append(f"\t- {WHY}: {self._why(due)}")
        if due.content:
            lines.append(f"\t- {BRING}: {link(due.content.path, due.content.title)}")
        if when := hours(due):
            lines.append(f"\t- {WHEN}: {inert(when)}")
        lines += [f"\t- {label}: {inert(text)}" for label, text in reason_to_follow_up(due.prospect)]
        lines += [f"\t- {WE_OWE}: {inert(owed.text)}{self._since(owed.since)}" for owed in due.prospect.we_owe]
        lines += [f"\t- {THEY_OWE}: {inert(owed.text)}{self._since(owed.since)}" for owed in due.prospect.they_owe]
        return "\n".join(lines)

    def ahead(self, due: Due) -> str:
        """An item of the coming days, or of later: nothing to tick yet."""
        return f"- {self.day(due.on)}: {self.who(due)} — " + " · ".join(
            part for part in (self._doing(due), self._standing(due)) if part
        )

    def waiting(self, due: Due) -> str:
        """What they owe us, a line each."""
        return "\n".join(
            f"- {self.who(due)} — {inert(owed.text)}{self._since(owed.since)} · next {self.day(due.on)}"
            for owed in due.prospect.they_owe
        )

    def held(self, due: Due) -> str:
        """One that is left alone for now, until when and why."""
        assert due.hold is not None
        return f"- until {self.day(due.hold.until)}: {self.who(due)} — {inert(due.hold.text)} · next {self.day(due.on)}"

    def stage(self, due: Due) -> str:
        """A box where the stage was changed by hand: ticking it writes the log's line."""
        line = due.facts.stage_line
        if not due.facts.stage_by_hand or line is None:
            return ""
        stage = due.facts.stage.name
        return (
            f"- [ ] {link(due.prospect.path, due.prospect.name)} — the front matter says {inert(stage)}, the log says "
            f"{inert(line.stage)} since {self.day(line.date)}: tick to write `stage: {inert(stage)}` into the log "
            f"^{stage_id(due.prospect, stage)}"
        )

    # ------------------------------------------------------------------ parts of a line

    def _reply(self, due: Due) -> str:
        answer = due.reply_to
        assert answer is not None
        words = f": {quoted(answer.text)}" if answer.text else f" by {inert(answer.channel)}"
        days = (self.today - answer.date).days
        return f"**{self._channels(due)}** · they wrote on {self.day(answer.date)}{words} · since {count(days, 'day')}"

    def _doing(self, due: Due) -> str:
        doing = f"**{self._channels(due)}**"
        if due.category is Category.APPOINTMENT:
            at = due.facts.appointments[0]
            clock = f" at {at.time:%H:%M}" if at.time else ""
            return f"{doing}{clock} · prepare: {inert(at.text)}" if at.text else f"{doing}{clock} · prepare it"
        return f"{doing} · {due.intent}" if due.intent else doing

    def _channels(self, due: Due) -> str:
        return inert(" + ".join(due.channels)) if due.channels else "no way to reach them"

    def _standing(self, due: Due) -> str:
        """The step in force, or what stands in its place."""
        if due.category is Category.PROMISED:
            return f"promised, unanswered {due.facts.unanswered}" if due.facts.unanswered else "promised"
        if due.category is Category.APPOINTMENT or not due.position:
            return ""
        step = (
            "note after the meeting"
            if due.category is Category.THANK_NOTE
            else f"{inert(due.position.cadence)} {due.position.number}"
        )
        dark = ", gone dark" if due.dark else ""
        return f"{step}, unanswered {due.facts.unanswered}{dark}" if due.facts.unanswered else step

    def _last(self, due: Due) -> str:
        last = due.facts.last
        if last is None:
            return "no touch yet"
        by = f"they, {last.channel}" if last.direction == "in" else last.channel
        return f"last {self.day(last.date)} {inert(by)}" + (f" {quoted(last.text, 60)}" if last.text else "")

    def _late(self, due: Due) -> str:
        return f"{count(due.overdue_days, 'day')} overdue" if due.overdue_days else ""

    def _why(self, due: Due) -> str:
        return f"{inert(because(due), 300)} ({', '.join(rules_behind(due))})"

    def _since(self, day: date | None) -> str:
        return f" · since {self.day(day)}" if day else ""


def money(amount: float, rules: Rules) -> str:
    """``€18,500``."""
    return f"{rules.currency}{amount:,}"


def hours(due: Due) -> str:
    """When the step is to be done on its day, as seen from where they are; empty where any hour will do."""
    when = due.position.step.when if due.position and not due.reply_to else None
    if when is None:
        return ""
    told = f"{OUT_OF_HOURS}, between 8:00 and 21:00 there" if when == "out-of-hours" else f"{IN_HOURS} there"
    return f"{told} ({due.prospect.timezone})" if due.prospect.timezone else told


def reason_to_follow_up(prospect: Prospect) -> list[tuple[str, str]]:
    """Their pain, else what they could gain, behind its label (R15); empty where neither is known."""
    known = ((PAIN, prospect.pain), (OPPORTUNITY, prospect.opportunity))
    return [(label, text) for label, text in known if text][:1]


def because(due: Due) -> str:
    """The first reason and what changed it; the balance and the piece to bring stand elsewhere."""
    told = [due.why[0], *(reason for reason in due.why[1:] if reason.rule not in ("R9", "R10"))]
    return "; ".join(reason.text for reason in told)


def rules_behind(due: Due) -> tuple[str, ...]:
    """The numbers of the rules that have a say in what is due."""
    return tuple(dict.fromkeys(reason.rule for reason in due.why))
