"""One future of a vault, day by day: the plan rolled forward.

A day's due rounds are done on it, in rank order, as far as they fit the day's capacity; what does not fit waits for
the next working day. A round done becomes a touch of the proposed channels and intent in the log, in memory, and the
prospect is planned anew by the same rules as ever. What is assumed:

- Replies and appointments are never put off, as in the plan; appointments take place.
- On a day off only what was agreed for that very day is done.
- Stages, fields and items owed stay as they are, and nobody new comes in.

Where a round is answered, the answer counts from the morning of its day (one of the same day from the next): where
they wrote, a reply is due; where they picked up, the count of unanswered rounds starts again; a meeting takes no room.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from followup_md.model import (
    Category,
    CompanyAnswer,
    Direction,
    Due,
    Intent,
    Outcome,
    Plan,
    Prospect,
    Skip,
    StageChange,
    Touch,
)
from followup_md.planning.facts import APPOINTABLE
from followup_md.planning.forecast.agenda import Agenda
from followup_md.planning.forecast.rates import Delay, How
from followup_md.planning.neighbours import company_key, neighbour_of, newest_answer
from followup_md.planning.next_touch import next_touch
from followup_md.planning.plan import made_a_round
from followup_md.planning.workdays import after, is_workday, roll_forward

_DAY = timedelta(days=1)
#: Never put off.
_FIXED = (Category.REPLY_OWED, Category.APPOINTMENT)
_REST = tuple(category for category in Category if category not in _FIXED)
#: What a cadence gives: all that is counted from a day, and that a colleague's answer holds (R20).
_COUNTED = frozenset({Category.THANK_NOTE, Category.ITEMS, Category.CLOSING, Category.CADENCE, Category.DARK})


class Load(Struct, frozen=True):
    """One day, in rounds: how many are due (with what waited), how many get done, how many then wait."""

    day: date
    due: int
    done: int
    waiting: int


#: Whether a round is answered, and after what delay.
Draw = Callable[[Due], Delay | None]
#: What is on its way to us: by the prospect's path, the day it comes on, and how.
Coming = Mapping[str, tuple[date, How]]


class _Standing(Struct, frozen=True, eq=False):
    """Where one prospect stands in a future: its note as it would be by then, and what is due next.

    ``undated``: nothing in the note is dated, so the touch is due today, whenever today is.
    """

    prospect: Prospect
    due: Due | None
    undated: bool


class _Course:
    """A future on its way: where everybody stands, what is due, who of a company answered last, and what is coming."""

    def __init__(
        self, standing: dict[str, _Standing], agenda: Agenda, answers: dict[str, CompanyAnswer], coming: Coming
    ) -> None:
        self.standing, self.agenda, self.answers, self.coming = standing, agenda, answers, dict(coming)
        self.undated = {path for path, one in standing.items() if one.undated}
        self.picked_up: list[str] = []

    def copy(self, coming: Coming) -> _Course:
        """Another one from the same beginning, to go on by itself."""
        return _Course(self.standing.copy(), self.agenda.copy(), self.answers.copy(), coming)

    def put(self, path: str, after: _Standing) -> None:
        """From now on the prospect stands there."""
        before = self.standing[path]
        if after is before:
            return
        if before.due:
            self.agenda.remove(before.due)
        if after.due:
            self.agenda.add(after.due)
        if before.undated and not after.undated:
            self.undated.discard(path)
        self.standing[path] = after


class Futures:
    """All futures of a vault from a day on. What two of them have in common is planned once.

    ``work`` counts what they cost so far: prospects planned, and colleagues held (eight cost as much as one plan).
    """

    def __init__(self, plan: Plan, last: date) -> None:
        self.rules, self.today = plan.rules, plan.today
        self.days = days_from(plan.today, last)
        self.work = 0
        self._seen: dict[tuple[_Standing, str, date, date | None], _Standing] = {}
        self._companies: dict[str, list[str]] = {}
        self._turning: dict[date, list[str]] = {}
        answers: dict[str, CompanyAnswer] = {}
        for one in plan.planned:
            if company := company_key(one.prospect):
                self._companies.setdefault(company, []).append(one.prospect.path)
                if one.company_answer:
                    answers[company] = one.company_answer
            for day in self._turns(one.prospect):
                self._turning.setdefault(day, []).append(one.prospect.path)
        standing = {one.prospect.path: _Standing(one.prospect, one.due, _is_undated(one.due)) for one in plan.planned}
        agenda = Agenda((one.due for one in plan.planned if one.due), plan.rules)
        self._begin = _Course(standing, agenda, answers, {})

    def _turns(self, prospect: Prospect) -> list[date]:
        """The days on which an entry that stands in the log already changes what is said of a prospect.

        An appointment is prepared on its day, and lies behind on the day after.
        """
        ahead = {entry.date for entry in prospect.log if entry.date >= self.today}
        return sorted(ahead | {day + _DAY for day in ahead})

    def roll(self, draw: Draw, coming: Coming) -> list[Load]:
        """One future, day by day: ``coming`` are the answers to rounds made already, ``draw`` says what comes of one made
        then.
        """
        course = self._begin.copy(coming)
        loads = []
        for day in self.days:
            if day > self.today:
                self._morning(course, day)
            loads.append(self._worked(course, day, draw))
        return loads

    # ----- a day

    def _morning(self, course: _Course, day: date) -> None:
        """What came in since yesterday, and what the date alone changes."""
        answered, course.picked_up = course.picked_up, []
        arrived = [path for path, (on, _) in course.coming.items() if on <= day]
        for path in arrived:
            course.put(path, self._heard(course, path, *course.coming.pop(path), day))
        turned = self._turning.get(day, [])
        for path in turned:
            course.put(path, self._anew(course, path, day))
        for path in list(course.undated):
            course.put(path, self._still_undated(course, path, day))
        for path in (*answered, *arrived, *turned):
            self._tell_colleagues(course, path, day)

    def _worked(self, course: _Course, day: date, draw: Draw) -> Load:
        made = self._made(course, day)
        if is_workday(day, self.rules):
            done = course.agenda.first(_FIXED, day)
            capacity = self.rules.daily_capacity
            room = max(0, capacity - made - len(done)) if capacity else None
            done += course.agenda.first(_REST, day, room)
            due = course.agenda.number(day)
        else:
            done = course.agenda.on(day)
            due = len(done)
        waiting = course.agenda.number(day) - len(done)
        for one in done:
            self._do(course, one, day, draw)
        before = made if day > self.today else 0
        return Load(day, due + before, len(done) + before, waiting)

    def _made(self, course: _Course, day: date) -> int:
        """The rounds of a day that are made already: logged this morning, or a call agreed on for it."""
        made = 0
        for path in self._turning.get(day, ()):
            due = course.standing[path].due
            begun = due is not None and due.on <= day and not due.reply_to
            made += not begun and made_a_round(self._begin.standing[path].prospect, day)
        return made

    def _do(self, course: _Course, due: Due, day: date, draw: Draw) -> None:
        if due.category is Category.APPOINTMENT:
            return  # it stands in the log already, and lies behind tomorrow
        path = due.prospect.path
        answer = None if path in course.coming else draw(due)
        picked_up = answer is not None and answer.how == "picked-up"
        if picked_up:
            course.picked_up.append(path)
        elif answer:
            course.coming[path] = day + timedelta(days=answer.days), answer.how
        course.put(path, self._after_round(course, due, day, picked_up))

    # ----- what may happen to a prospect

    def _planned(
        self, course: _Course, path: str, what: str, day: date, note: Callable[[Prospect], Prospect]
    ) -> _Standing:
        """Where a prospect stands once ``note`` changed what its note says, as of that day.

        What came of it the last time is kept: futures part late, so most is met again and again. Of a colleague's
        answer only the day counts, not whose it was.
        """
        before = course.standing[path]
        answer = course.answers.get(company_key(before.prospect))
        key = (before, what, day, answer.date if answer else None)
        if (found := self._seen.get(key)) is None:
            prospect = note(before.prospect)
            due = next_touch(prospect, answer, self.rules, day)
            found = self._seen[key] = _Standing(prospect, due, _is_undated(due))
            self.work += 1
        return found

    def _anew(self, course: _Course, path: str, day: date) -> _Standing:
        return self._planned(course, path, "day", day, lambda prospect: prospect)

    def _after_round(self, course: _Course, due: Due, day: date, picked_up: bool) -> _Standing:
        def made(prospect: Prospect) -> Prospect:
            entries = [_touch(channel, due.intent, day, picked_up) for channel in due.channels or ("other",)]
            return _with(prospect, entries)

        return self._planned(course, due.prospect.path, "picked-up" if picked_up else "made", day + _DAY, made)

    def _heard(self, course: _Course, path: str, on: date, how: How, day: date) -> _Standing:
        """They wrote, by the channel of our last touch (by email, where that was an event), or we met."""

        def answered(prospect: Prospect) -> Prospect:
            last = [entry.channel for entry in prospect.log if isinstance(entry, Touch) and entry.outbound][-1]
            channel = "email" if last in APPOINTABLE - {"call"} else last
            if how == "met":
                return _with(prospect, [Touch(on, None, "meeting", Direction.OUT, None, (Outcome.HELD,), "", 1)])
            return _with(prospect, [Touch(on, None, channel, Direction.IN, None, (), "", 1)])

        return self._planned(course, path, f"{how} {on}", day, answered)

    def _still_undated(self, course: _Course, path: str, day: date) -> _Standing:
        """The same as planning it on that day: its anchor is today."""
        before = course.standing[path]
        due = before.due
        if due is None or due.on > day or due.position is None or due.category not in _COUNTED:
            return before
        if due.position.step.roll_back:
            return self._anew(course, path, day)
        on = roll_forward(after(day, due.position.step.wait, self.rules), self.rules)
        return before if on == due.on else replace(before, due=replace(due, on=on, overdue_days=0))

    def _tell_colleagues(self, course: _Course, path: str, day: date) -> None:
        """Hold the others at the company of one whose answer is the newest there now (R20)."""
        prospect = course.standing[path].prospect
        company = company_key(prospect)
        answer = newest_answer(neighbour_of(prospect), day)
        known = course.answers.get(company)
        if answer is None or (known and known.date >= answer.date):
            return
        course.answers[company] = answer
        until = roll_forward(after(answer.date, self.rules.colleague_hold, self.rules), self.rules)
        for member in self._companies[company]:
            course.put(member, self._held(course, member, answer.date, until, day))
        self.work += len(self._companies[company]) // 8

    def _held(self, course: _Course, path: str, answered_on: date, until: date, day: date) -> _Standing:
        """The same as planning it with a colleague's answer: a hold moves what the cadence gives, and nothing else.

        A day after the one given keeps the pace (R3) too, unless a round stands on that day or later; the note after a
        meeting has none to keep.
        """
        before = course.standing[path]
        due = before.due
        if due is None or due.position is None or due.category not in _COUNTED or not due.facts.open:
            return before
        own, last_round = due.facts.last_answer, due.facts.last_round
        if own and own.date >= answered_on:
            return before
        if due.on >= until:
            return before
        if due.category is not Category.THANK_NOTE and last_round and last_round >= due.on:
            return self._anew(course, path, day)
        return replace(before, due=replace(due, on=until, overdue_days=0))


def days_from(first: date, last: date) -> list[date]:
    """Each day from the first to the last."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _is_undated(due: Due | None) -> bool:
    if due is None:
        return False
    facts = due.facts
    dated = facts.last_round or facts.last_answer or facts.stage_line or due.prospect.added
    return not dated and not any(isinstance(entry, (Skip, StageChange)) for entry in facts.log)


def _touch(channel: str, intent: Intent | None, day: date, picked_up: bool) -> Touch:
    """A touch as the forecast logs it. A cadence's own meeting that nobody answers does not take place."""
    silence = Outcome.NO_SHOW if channel == "meeting" else Outcome.NO_ANSWER
    return Touch(day, None, channel, Direction.OUT, intent, (Outcome.ANSWERED if picked_up else silence,), "", 1)


def _with(prospect: Prospect, entries: list[Touch]) -> Prospect:
    """The prospect with those entries of one day added, behind what stands on the day already."""
    place = bisect_right(prospect.log, entries[0].date, key=lambda entry: entry.date)
    return replace(prospect, log=(*prospect.log[:place], *entries, *prospect.log[place:]))
