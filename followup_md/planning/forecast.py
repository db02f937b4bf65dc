"""What the coming weeks hold: the plan rolled forward, day by day, and a simulation with one's own answer rates.

Rolled forward, a day's due rounds are done on it, in rank order, as far as they fit the day's capacity; what does
not fit waits for the next working day. A round done becomes a touch of the proposed channels and intent in the log,
in memory, and the prospect is planned anew by the same rules as ever. What is assumed:

- Replies and appointments are never put off, as in the plan; appointments take place.
- On a day off only what was agreed for that very day is done.
- Stages, fields and items owed stay as they are, and nobody new comes in.

In the simulation each round may be answered, by chance as often as such rounds were (``answer_rates``), after a
delay that was seen. An answer counts from the morning of its day (one of the same day from the next): where they
wrote, a reply is due; where they picked up, the count of unanswered rounds starts again; a meeting takes no room.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from random import Random
from typing import Literal

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
    Rules,
    Skip,
    StageChange,
    Touch,
)
from followup_md.planning.facts import APPOINTABLE, took_place
from followup_md.planning.neighbours import company_answers, company_key
from followup_md.planning.next_touch import next_touch
from followup_md.planning.plan import made_a_round, ranked
from followup_md.planning.workdays import after, is_workday

#: Simulated futures, where the vault is small enough for them.
RUNS = 200
#: What may be spent on futures, in the units of ``_Futures.work``: a few seconds. Counted, not timed, so that the same
#: vault gives the same answer on a slow machine.
WORK = 1_000_000
#: So many are simulated in a vault of any size: of fewer, 80% say nothing.
LEAST_RUNS = 10
#: A share is told of so many rounds, and no simulation is made of fewer in all.
ENOUGH = 20
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


class Load(Struct, frozen=True):
    """One day, in rounds: how many are due (with what waited), how many get done, how many then wait."""

    day: date
    due: int
    done: int
    waiting: int


class Share(Struct, frozen=True):
    """Of ``rounds`` made after ``first`` to ``last`` unanswered ones (None: and more), so many were answered."""

    first: int
    last: int | None
    answers: int
    rounds: int

    @property
    def chance(self) -> Fraction:
        return Fraction(self.answers, self.rounds)


How = Literal["picked-up", "wrote", "met"]


class Delay(Struct, frozen=True, order=True):
    """Days from a round to its answer, and how it came. Where they wrote, a reply is due."""

    days: int
    how: How


class Rates(Struct, frozen=True):
    """How rounds were answered: the shares by the number of unanswered rounds before, and every delay, shortest first."""

    shares: tuple[Share, ...]
    delays: tuple[Delay, ...]

    @property
    def answers(self) -> int:
        return sum(share.answers for share in self.shares)

    @property
    def rounds(self) -> int:
        return sum(share.rounds for share in self.shares)

    def chance(self, unanswered: int) -> Fraction:
        """The chance that a round after so many unanswered ones is answered."""
        return next((one.chance for one in self.shares if one.last is None or unanswered <= one.last), Fraction(0))


class Band(Struct, frozen=True):
    """Of all simulated futures: the median, and the 10% and 90% between which 80% of them lie."""

    low: int
    median: int
    high: int


class ForecastDay(Struct, frozen=True):
    """A working day, or a day off on which something was agreed. ``simulated``: rounds due."""

    load: Load
    working: bool
    simulated: Band | None


class ForecastWeek(Struct, frozen=True):
    """A calendar week, from today or its Monday to its Sunday.

    ``rounds`` get done in it, ``left`` wait at its end. ``overflows``: some wait although it had a working day.
    ``overflowing`` says in how many simulated futures it overflows.
    """

    first: date
    last: date
    rounds: int
    left: int
    overflows: bool
    simulated_rounds: Band | None
    simulated_left: Band | None
    overflowing: int


class Forecast(Struct, frozen=True):
    """The coming weeks. ``runs`` simulated futures; 0 where too few rounds were ever made to tell a rate."""

    today: date
    capacity: int
    days: tuple[ForecastDay, ...]
    weeks: tuple[ForecastWeek, ...]
    rates: Rates
    runs: int


def make_forecast(plan: Plan, weeks: int, runs: int = RUNS) -> Forecast:
    """What becomes of a day's plan in this calendar week and those after it, ``weeks`` in all.

    Where this week has no working day left, its end is told with the next one. The simulation is the same each time:
    its chance is seeded from the prospects' logs and the day. Where the vault is large, fewer than ``runs`` futures
    are simulated, at least ``LEAST_RUNS``.
    """
    rules, today = plan.rules, plan.today
    prospects = [one.prospect for one in plan.planned]
    spans = _spans(today, weeks, rules)
    futures = _Futures(plan, spans[-1][1])
    silent = futures.roll(lambda due: None)
    rates = answer_rates(prospects, rules, today)
    seed = _seed(prospects, today)
    simulated: list[list[Load]] = []
    while rates.rounds >= ENOUGH and len(simulated) < (runs if futures.work < WORK else min(runs, LEAST_RUNS)):
        simulated.append(futures.roll(_drawn(rates, Random(seed + len(simulated)))))
    days = tuple(
        ForecastDay(load, is_workday(load.day, rules), _band([run[number].due for run in simulated]))
        for number, load in enumerate(silent)
        if is_workday(load.day, rules) or load.done
    )
    told = tuple(_week(first, last, silent, simulated, rules) for first, last in spans)
    return Forecast(today, rules.daily_capacity, days, told, rates, len(simulated))


# --------------------------------------------------------------------------- weeks


def _spans(today: date, weeks: int, rules: Rules) -> list[tuple[date, date]]:
    """The first and last day of each week."""
    sunday = today + timedelta(days=6 - today.weekday())
    first = today
    if not any(is_workday(day, rules) for day in _days(today, sunday)):
        sunday += _WEEK  # the days off that are left of this week are told with the next one
    spans = [(first, sunday)]
    for _ in range(weeks - 1):
        spans.append((spans[-1][1] + _DAY, spans[-1][1] + _WEEK))
    return spans


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _week(first: date, last: date, silent: Sequence[Load], simulated: list[list[Load]], rules: Rules) -> ForecastWeek:
    begin = (first - silent[0].day).days
    span = slice(begin, begin + (last - first).days + 1)
    worked = any(is_workday(load.day, rules) for load in silent[span])
    left = [run[span][-1].waiting for run in simulated]
    return ForecastWeek(
        first=first,
        last=last,
        rounds=sum(load.done for load in silent[span]),
        left=silent[span][-1].waiting,
        overflows=worked and silent[span][-1].waiting > 0,
        simulated_rounds=_band([sum(load.done for load in run[span]) for run in simulated]),
        simulated_left=_band(left),
        overflowing=sum(waiting > 0 for waiting in left) if worked else 0,
    )


def _band(values: list[int]) -> Band | None:
    """Median and 80% band, each a value that occurred (nearest rank)."""
    if not values:
        return None
    values = sorted(values)
    low, median, high = (values[-(-len(values) * tenths // 10) - 1] for tenths in (1, 5, 9))
    return Band(low, median, high)


# --------------------------------------------------------------------------- rolled forward


class _Standing(Struct, frozen=True, eq=False):
    """Where one prospect stands in a future: its note as it would be by then, and what is due next.

    ``anew``: its plan depends on the day, so it is planned each day.
    """

    prospect: Prospect
    company_answer: CompanyAnswer | None
    due: Due | None
    anew: bool


#: Whether a round is answered, and after what delay.
_Draw = Callable[[Due], Delay | None]


class _Futures:
    """All futures of a vault from a day on. What two of them have in common is planned once.

    ``work`` counts what a future costs: prospects looked at, ranked, planned (those weigh more).
    """

    def __init__(self, plan: Plan, last: date) -> None:
        self.rules, self.today, self.days = plan.rules, plan.today, _days(plan.today, last)
        self.working = {day: is_workday(day, plan.rules) for day in self.days}
        self.work = 0
        self._seen: dict[tuple[_Standing, str, date], _Standing] = {}
        self._begin = {
            one.prospect.path: _Standing(one.prospect, one.company_answer, one.due, _is_undated(one.due))
            for one in plan.planned
        }
        prospects = [one.prospect for one in plan.planned]
        self._companies: dict[str, list[str]] = {}
        for one in prospects:
            if key := company_key(one):
                self._companies.setdefault(key, []).append(one.path)
        self._turning = self._days_that_turn(prospects)

    def _days_that_turn(self, prospects: list[Prospect]) -> dict[date, list[str]]:
        """The days on which an entry that stands in the log already changes what is said of its prospect.

        An appointment is prepared on its day, and lies behind on the day after.
        """
        turning: dict[date, list[str]] = {}
        for one in prospects:
            ahead = {entry.date for entry in one.log if entry.date >= self.today}
            for day in sorted(ahead | {day + _DAY for day in ahead}):
                turning.setdefault(day, []).append(one.path)
        return turning

    def roll(self, draw: _Draw) -> list[Load]:
        """One future, day by day; ``draw`` says whether a round made on a day will be answered."""
        standing = dict(self._begin)
        coming: dict[str, tuple[date, How]] = {}
        anew = {path for path, one in standing.items() if one.anew}
        heard: set[str] = set()
        loads: list[Load] = []
        for day in self.days:
            for path in [path for path, (on, _) in coming.items() if on <= day]:
                standing[path] = self._heard(standing[path], *coming.pop(path), day)
                heard.add(company_key(standing[path].prospect))
            turned = self._turning.get(day, ()) if day > self.today else ()
            for path in (*turned, *anew):
                if day > self.today:
                    standing[path] = self._on(standing[path], day)
            heard |= {company_key(standing[path].prospect) for path in turned}
            for company in heard - {""}:
                self._tell_colleagues(standing, company, day)
            heard = set()
            due = self._due(standing, day)
            made = self._made(due, day)
            done = self._fitting(due, made, day)
            self.work += len(standing) // 8 + len(due)
            for one in done:
                path = one.prospect.path
                if one.category is Category.APPOINTMENT:
                    continue  # it stands in the log already, and lies behind tomorrow
                answer = None if path in coming else draw(one)
                picked_up = answer is not None and answer.how == "picked-up"
                if picked_up:
                    heard.add(company_key(one.prospect))
                elif answer:
                    coming[path] = day + timedelta(days=answer.days), answer.how
                standing[path] = self._made_round(standing[path], one, day, picked_up)
            anew = {path for path in anew if standing[path].anew}
            before = made if day > self.today else 0
            faced = len(due) if self.working[day] else len(done)
            loads.append(Load(day, faced + before, len(done) + before, len(due) - len(done)))
        return loads

    def _due(self, standing: Mapping[str, _Standing], day: date) -> list[Due]:
        """What is due by a day, in rank order."""
        due = [one.due for one in standing.values() if one.due and one.due.on <= day]
        late = [one if one.on == day else replace(one, overdue_days=(day - one.on).days) for one in due]
        return ranked(late, self.rules, day)

    def _made(self, due: list[Due], day: date) -> int:
        """The rounds of a day that are made already: logged this morning, or a call agreed on for it."""
        begun = {one.prospect.path for one in due if not one.reply_to}
        paths = [path for path in self._turning.get(day, ()) if path not in begun]
        return sum(made_a_round(self._begin[path].prospect, day) for path in paths)

    def _fitting(self, due: list[Due], made: int, day: date) -> list[Due]:
        """What gets done of what is due on a day."""
        if not self.working[day]:
            return [one for one in due if one.on == day]
        fixed = [one for one in due if one.reply_to or one.category is Category.APPOINTMENT]
        rest = [one for one in due if not one.reply_to and one.category is not Category.APPOINTMENT]
        room = max(0, self.rules.daily_capacity - made - len(fixed)) if self.rules.daily_capacity else len(rest)
        return fixed + rest[:room]

    # ----- what may happen to a prospect

    def _stand(self, prospect: Prospect, company_answer: CompanyAnswer | None, day: date) -> _Standing:
        due = next_touch(prospect, company_answer, self.rules, day)
        self.work += 30
        return _Standing(prospect, company_answer, due, _is_undated(due))

    def _once(self, before: _Standing, what: str, day: date, then: Callable[[], _Standing]) -> _Standing:
        """What came of it the last time, else ``then``: futures part late, so most is met again and again."""
        key = (before, what, day)
        if (found := self._seen.get(key)) is None:
            found = self._seen[key] = then()
        return found

    def _on(self, before: _Standing, day: date) -> _Standing:
        return self._once(before, "day", day, lambda: self._stand(before.prospect, before.company_answer, day))

    def _made_round(self, before: _Standing, due: Due, day: date, picked_up: bool) -> _Standing:
        def then() -> _Standing:
            entries = [_touch(channel, due.intent, day, picked_up) for channel in due.channels or ("other",)]
            return self._stand(_with(before.prospect, entries), before.company_answer, day + _DAY)

        return self._once(before, "picked-up" if picked_up else "made", day, then)

    def _heard(self, before: _Standing, on: date, how: How, day: date) -> _Standing:
        """They wrote, by the channel of our last touch (by email, where that was an event), or we met."""

        def then() -> _Standing:
            log = before.prospect.log
            last = [entry.channel for entry in log if isinstance(entry, Touch) and entry.outbound][-1]
            channel = "email" if last in APPOINTABLE - {"call"} else last
            answer = (
                Touch(on, None, "meeting", Direction.OUT, None, (Outcome.HELD,), "", 1)
                if how == "met"
                else Touch(on, None, channel, Direction.IN, None, (), "", 1)
            )
            return self._stand(_with(before.prospect, [answer]), before.company_answer, day)

        return self._once(before, f"{how} {on}", day, then)

    def _tell_colleagues(self, standing: dict[str, _Standing], company: str, day: date) -> None:
        """Where the newest answer at a company is another one now, plan its prospects anew (R20)."""
        paths = self._companies[company]
        members = [standing[path].prospect for path in paths]
        newest = company_answers(members, day).get(company)
        if newest is None:
            return
        held_until = after(newest.date, self.rules.colleague_hold, self.rules)
        for path in paths:
            before = standing[path]
            if _is_same(before.company_answer, newest):
                continue
            if before.due and _may_be_held(before.due, held_until):
                then = partial(self._stand, before.prospect, newest, day)
            else:
                then = partial(replace, before, company_answer=newest)
            standing[path] = self._once(before, f"colleague {newest.path} {newest.date}", day, then)


def _may_be_held(due: Due, until: date) -> bool:
    """Whether a hold until a day can move a touch: what comes later anyhow stays where it is."""
    return due.on < until or (due.position is not None and due.position.step.roll_back)


def _is_same(one: CompanyAnswer | None, other: CompanyAnswer) -> bool:
    return one is not None and (one.path, one.date) == (other.path, other.date)


def _is_undated(due: Due | None) -> bool:
    """Whether nothing in the note is dated, so that the touch is due today, whenever today is."""
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


# --------------------------------------------------------------------------- answers, as they came


def answer_rates(prospects: Iterable[Prospect], rules: Rules, today: date) -> Rates:
    """How often, and after how long, rounds were answered, from all logs up to ``today``.

    An answer counts for the newest round before it (or on its day) within ``attribution``, once. A round that is
    younger than that and may still be answered is left out, and so is a round that is nothing but a meeting. Numbers
    of unanswered rounds with fewer than 20 rounds are taken together with those after them.
    """
    made: dict[int, int] = {}
    answered: dict[int, int] = {}
    delays: list[Delay] = []
    for prospect in prospects:
        for before, delay, is_open in _rounds(prospect, rules, today):
            if is_open:
                continue
            made[before] = made.get(before, 0) + 1
            if delay:
                answered[before] = answered.get(before, 0) + 1
                delays.append(delay)
    return Rates(_together(made, answered), tuple(sorted(delays)))


def _rounds(prospect: Prospect, rules: Rules, today: date) -> list[tuple[int, Delay | None, bool]]:
    """Each round: how many unanswered ones came before, the answer's delay, and whether it may still be answered."""
    rounds: list[tuple[int, Delay | None, bool]] = []
    unanswered, last, waits = 0, None, False
    for touch in prospect.log:
        if not isinstance(touch, Touch) or not took_place(touch, today):
            continue
        if touch.outbound and touch.channel != "meeting" and (touch.date != last or not (waits or touch.answer)):
            rounds.append((unanswered, None, False))
            unanswered, last, waits = unanswered + 1, touch.date, True
        if touch.answer:
            if waits and last is not None and touch.date <= after(last, rules.attribution, rules):
                rounds[-1] = (rounds[-1][0], Delay((touch.date - last).days, _how(touch)), False)
            unanswered, waits = 0, False
    if waits and last is not None and today < after(last, rules.attribution, rules):
        rounds[-1] = (rounds[-1][0], None, True)
    return rounds


def _how(answer: Touch) -> How:
    if answer.channel == "meeting":
        return "met"
    return "picked-up" if answer.outbound else "wrote"


def _together(made: Mapping[int, int], answered: Mapping[int, int]) -> tuple[Share, ...]:
    """Shares of at least ``ENOUGH`` rounds each; what is left at the end belongs to the last."""
    shares: list[Share] = []
    first, rounds, answers = 0, 0, 0
    most = max(made, default=-1)
    for number in range(most + 1):
        rounds += made.get(number, 0)
        answers += answered.get(number, 0)
        if rounds >= ENOUGH:
            shares.append(Share(first, number, answers, rounds))
            first, rounds, answers = number + 1, 0, 0
    if shares and rounds:
        last = shares.pop()
        first, rounds, answers = last.first, last.rounds + rounds, last.answers + answers
    if rounds:
        shares.append(Share(first, None, answers, rounds))
    elif shares:
        shares[-1] = replace(shares[-1], last=None)
    return tuple(shares)


def _drawn(rates: Rates, chance: Random) -> _Draw:
    """Answers drawn from what was seen."""

    def draw(due: Due) -> Delay | None:
        if chance.random() >= rates.chance(due.facts.unanswered):
            return None
        return rates.delays[int(chance.random() * len(rates.delays))]

    return draw


def _seed(prospects: Iterable[Prospect], today: date) -> int:
    """The same number for the same logs and day, on every machine."""
    digest = hashlib.sha256(today.isoformat().encode())
    for prospect in prospects:
        days = " ".join(entry.date.isoformat() for entry in prospect.log)
        digest.update(f"\n{prospect.path} {days}".encode("utf-8", "surrogatepass"))
    return int.from_bytes(digest.digest()[:8], "big")
