"""DUE.md: a page to work from. The same bytes from the same plan, on every machine."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property

from msgspec import Struct

from followup_md.days import count, long_day, short_day
from followup_md.model import Category, Due, LeftTick, Plan, Problem, Rules
from followup_md.pages.lines import (
    BRING,
    ID,
    IN_HOURS,
    NO_NOTE,
    OPPORTUNITY,
    OUT_OF_HOURS,
    PAIN,
    THEY_OWE,
    WE_OWE,
    WHEN,
    WHY,
    as_below,
)
from followup_md.pages.text import inert, link, quoted, said
from followup_md.planning.identity import stage_id

MARK = "generated: followup-md"
NOTES = "## Notes"

_DAY = re.compile(r"^day: [\"']?([0-9]{4}-[0-9]{2}-[0-9]{2})[\"']?\r?$", re.MULTILINE)
_OWN_DAY = re.compile(r"day:[ \t]*[\"']?[0-9]{4}-[0-9]{2}-[0-9]{2}[\"']?[ \t]*")
_NOTES_HEADING = re.compile(r"^#{1,6}[ \t]*+notes[ \t]*+:?[ \t]*+#*+[ \t]*+(?:\r?\n|\Z)", re.IGNORECASE | re.MULTILINE)
#: A page to work from names so many problems of one note, and in all; `followup check` names the rest.
MOST_OF_A_NOTE, MOST_IN_ALL = 10, 100


class Own(Struct, frozen=True):
    """What the user wrote on a page of ours: properties in its front matter, and all under ``## Notes``, to the last byte."""

    properties: tuple[str, ...] = ()
    notes: str = ""


NOTHING = Own()


class Lines:
    """The lines that the last page had. What is due that is the very same object has the same lines again."""

    def __init__(self) -> None:
        self._of: tuple[date, Rules] | None = None
        self._texts: dict[tuple[str, int], tuple[Due, str]] = {}
        self._before = self._texts

    def begin(self, plan: Plan, rules: Rules) -> None:
        """A new page: lines of another day or by other rules are forgotten."""
        same = self._of is not None and self._of[0] == plan.today and self._of[1] is rules
        self._before = self._texts if same else {}
        self._of, self._texts = (plan.today, rules), {}

    def taken_over(self, write: Callable[[Due], str]) -> Callable[[Due], str]:
        """``write``, without doing again what it did for the last page."""

        def taken(due: Due) -> str:
            key = write.__name__, id(due)
            known = self._before.get(key)
            text = known[1] if known and known[0] is due else write(due)
            self._texts[key] = due, text
            return text

        return taken


def due_page(
    plan: Plan,
    problems: Iterable[Problem],
    rules: Rules,
    own: Own = NOTHING,
    left: Iterable[LeftTick] = (),
    before: Lines | None = None,
) -> str:
    """The whole page. ``own`` is what the user wrote on it, kept as it is.

    ``left`` are the ticks that could not be taken up: they stay ticked, with the reason. ``before`` changes nothing,
    and saves time where pages are written one after the other.
    """
    page = _Page(plan, rules)
    lines = before or Lines()
    lines.begin(plan, rules)
    box, ahead, held = (lines.taken_over(write) for write in (page.box, page.ahead, page.held))
    wrong = [problem for problem in problems if not problem.hint]
    sections = (
        ("Reply owed", [box(due) for due in plan.replies]),
        ("Today", [box(due) for due in plan.due]),
        (_in_line(plan, rules), [box(due) for due in plan.next_in_line]),
        (
            "This week" if str(rules.horizon) == "7d" else f"The next {rules.horizon}",
            [ahead(due) for due in plan.upcoming],
        ),
        ("Waiting for them", [line for due in plan.waiting for line in page.waiting(due)]),
        ("Gone dark", [ahead(due) for due in plan.dark]),
        ("On hold", [held(due) for due in plan.held]),
        ("Needs a hand", [*map(page.left, left), *page.stages(), *page.problems(wrong)]),
    )
    text = [
        "---",
        MARK,
        f"day: {plan.today.isoformat()}",
        *own.properties,
        "---",
        f"# Due on {long_day(plan.today)}",
        "",
        _summary(plan, len(wrong)),
        "",
    ]
    for title, items in sections:
        if items:
            text += [f"## {title}", *items, ""]
    return "\n".join([*text, NOTES, own.notes])


def own_of(page: str) -> Own | None:
    """What the user wrote on a page of ours; None where the heading ``## Notes`` is gone."""
    found = _NOTES_HEADING.search(page)
    front = page[: found.start()].removeprefix("\ufeff").split("\n---", 1)[0].split("\n")[1:] if found else []
    properties = (line.rstrip("\r") for line in front)
    kept = tuple(line for line in properties if line.rstrip() != MARK and not _OWN_DAY.fullmatch(line))
    return Own(kept, page[found.end() :]) if found else None


def above_notes(page: str) -> str:
    """A page without what stands under ``## Notes``."""
    found = _NOTES_HEADING.search(page)
    return page[: found.start()] if found else page


def day_of(page: str) -> date | None:
    """The day that a page of ours was written for."""
    found = _DAY.search(page[:200])
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def is_ours(page: str) -> bool:
    """Whether a page was written by followup-md: its front matter says so."""
    head, fence, _ = page.removeprefix("\ufeff").replace("\r\n", "\n").partition("\n---\n")
    return fence != "" and head.startswith("---\n") and MARK in head.split("\n")


def _summary(plan: Plan, problems: int) -> str:
    now = [due for due in (*plan.replies, *plan.due, *plan.next_in_line) if due.on <= plan.today]
    overdue = sum(due.overdue_days > 0 for due in now)
    parts = [
        f"{len(plan.replies) + len(plan.due)} to do" if plan.replies or plan.due else "nothing to do",
        count(len(plan.replies), "reply owed", "replies owed") if plan.replies else "",
        f"{overdue} overdue" if overdue else "",
        f"{len(plan.waiting)} waiting for them" if plan.waiting else "",
        f"{plan.open} open",
        f"{count(problems, 'needs a hand', 'need a hand')}" if problems else "",
    ]
    return " · ".join(part for part in parts if part)


def _in_line(plan: Plan, rules: Rules) -> str:
    return f"Next in line ({len(plan.next_in_line)} more than your {rules.daily_capacity} a day)"


class _Page:
    """The lines of one plan's page."""

    def __init__(self, plan: Plan, rules: Rules) -> None:
        self.plan, self.rules = plan, rules

    def day(self, day: date) -> str:
        return short_day(day, self.plan.today)

    def who(self, due: Due) -> str:
        prospect = due.prospect
        parts = [link(prospect.path, prospect.name)]
        if prospect.company:
            parts.append(inert(prospect.company))
        if prospect.amount:
            parts.append(f"{inert(self.rules.currency)}{prospect.amount:,}")
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
        if due.position and due.position.step.when and due.category is not Category.REPLY_OWED:
            zone = f" ({inert(due.prospect.timezone)})" if due.prospect.timezone else ""
            when = (
                f"{OUT_OF_HOURS}, between 8:00 and 21:00 there"
                if due.position.step.when == "out-of-hours"
                else f"{IN_HOURS} there"
            )
            lines.append(f"\t- {WHEN}: {when}{zone}")
        lines += [f"\t- {PAIN}: {inert(due.prospect.pain)}"] if due.prospect.pain else []
        lines += (
            [f"\t- {OPPORTUNITY}: {inert(due.prospect.opportunity)}"]
            if due.prospect.opportunity and not due.prospect.pain
            else []
        )
        lines += [f"\t- {WE_OWE}: {inert(owed.text)}{self._since(owed.since)}" for owed in due.prospect.we_owe]
        lines += [f"\t- {THEY_OWE}: {inert(owed.text)}{self._since(owed.since)}" for owed in due.prospect.they_owe]
        return "\n".join(lines)

    def ahead(self, due: Due) -> str:
        """An item of the coming days, or of later: nothing to tick yet."""
        return f"- {self.day(due.on)}: {self.who(due)} — " + " · ".join(
            part for part in (self._doing(due), self._standing(due)) if part
        )

    def waiting(self, due: Due) -> list[str]:
        return [
            f"- {self.who(due)} — {inert(owed.text)}{self._since(owed.since)} · next {self.day(due.on)}"
            for owed in due.prospect.they_owe
        ]

    def held(self, due: Due) -> str:
        assert due.hold is not None
        return f"- until {self.day(due.hold.until)}: {self.who(due)} — {inert(due.hold.text)} · next {self.day(due.on)}"

    def left(self, left: LeftTick) -> str:
        """A tick that was not taken up, so written that it is read as the same tick again."""
        tick = left.tick
        box = {"done": "x", "snooze": ">", "skip": "-", "unknown": "?"}[tick.mark]
        why = inert(left.why, 300)
        if tick.id is None:
            lines, said = [f"- [{box}] {tick.head}".rstrip(), f"\t- {WHY}: {why}"], tick.lines
        else:
            who = (
                link(left.path, self.names.get(left.path, left.path.rpartition("/")[2][:-3])) if left.path else NO_NOTE
            )
            behind, said = (tick.when, tick.lines) if tick.mark == "snooze" else ("", tick.lines)
            if tick.mark != "snooze" and said and not ID.search(said[0]):
                behind, said = said[0], said[1:]
            day = tick.done or left.day
            done = f" ✅ {day.isoformat()}" if day and tick.mark == "done" else ""
            lines = [f"- [{box}] {who} — {why}{done} ^{tick.id} {behind}".rstrip()]
        return "\n".join([*lines, *(f"\t{as_below(line)}" for line in said)])

    @cached_property
    def names(self) -> dict[str, str]:
        """The prospects' names by their path."""
        return {due.prospect.path: due.prospect.name for due in self.plan.items}

    def stages(self) -> list[str]:
        """A box for each prospect whose stage was changed by hand: ticking it writes the log's line."""
        found = []
        for due in sorted(self.plan.items, key=lambda due: due.prospect.path):
            line = due.facts.stage_line
            if due.facts.stage_by_hand and line:
                stage = due.facts.stage.name
                found.append(
                    f"- [ ] {link(due.prospect.path, due.prospect.name)} — the front matter says {inert(stage)}, the log says "
                    f"{inert(line.stage)} since {self.day(line.date)}: tick to write `stage: {inert(stage)}` into the log "
                    f"^{stage_id(due.prospect, stage)}"
                )
        return found

    def problems(self, wrong: list[Problem]) -> list[str]:
        """The problems, not more than one can work through; how many are left is said."""
        by_note: Counter[str] = Counter()
        told: list[str] = []
        for problem in wrong:
            by_note[problem.path] += 1
            if by_note[problem.path] <= MOST_OF_A_NOTE and len(told) < MOST_IN_ALL:
                told.append(self.problem(problem))
        left = len(wrong) - len(told)
        return [*told, f"- and {left} more: `followup check` lists them all"] if left else told

    def problem(self, problem: Problem) -> str:
        return f"- {inert(problem.path, 300)}:{problem.line} — {said(problem.message)}"

    # ------------------------------------------------------------------ parts of a line

    def _reply(self, due: Due) -> str:
        answer = due.reply_to
        assert answer is not None
        words = f": {quoted(answer.text)}" if answer.text else f" by {inert(answer.channel)}"
        days = (self.plan.today - answer.date).days
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
        """The first reason and what changed it; the balance and the piece to bring stand elsewhere."""
        told = [due.why[0], *(reason for reason in due.why[1:] if reason.rule not in ("R9", "R10"))]
        rules = dict.fromkeys(reason.rule for reason in due.why)
        return f"{inert('; '.join(reason.text for reason in told), 300)} ({', '.join(rules)})"

    def _since(self, day: date | None) -> str:
        return f" · since {self.day(day)}" if day else ""
