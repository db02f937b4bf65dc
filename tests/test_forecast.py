"""The plan rolled forward, worked by hand and against the plan itself; the simulation's laws. Today is Saturday 2026-11-21."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from conftest import EXAMPLE, SATURDAY, Folder, rules_of
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from notes import notes

from followup_md.model import Category, Direction, Due, Outcome, Plan, Prospect, Rules, Touch
from followup_md.pages.forecast import forecast_text, summary
from followup_md.planning.forecast import overview
from followup_md.planning.forecast.futures import Coming, Futures
from followup_md.planning.forecast.overview import Forecast, ForecastWeek, make_forecast
from followup_md.planning.forecast.rates import Delay, How, OpenRound, Rates, Share, answer_rates, open_rounds
from followup_md.planning.forecast.simulated import waiting_of
from followup_md.planning.plan import made_a_round, make_plan
from followup_md.planning.statistics.history import history_of, settled_until
from followup_md.planning.statistics.overview import Scope, statistics_of
from followup_md.planning.workdays import is_workday
from followup_md.reading.note import read_prospects
from followup_md.reading.settings import read_settings

MONDAY = date(2026, 11, 23)
#: Every four days, by email, for ever.
STEADY = "---\ntype: cadence\nname: steady\nsteps:\n  - {wait: 4d, do: email}\nrepeat: 1\n---\n## 1\nHello.\n"


def steady(settings: str = "") -> Rules:
    from followup_md.reading.cadence import read_cadences

    rules, problems = read_settings(settings)
    assert not problems
    cadences, problems = read_cadences({"Cadences/steady.md": STEADY.encode()}, rules, rules_of().cadences)
    assert not problems
    return replace(rules, cadences=cadences)


def prospects_of(rules: Rules, **texts: str) -> tuple[Prospect, ...]:
    return tuple(read_prospects({f"Prospects/{name}.md": text.encode() for name, text in texts.items()}, rules)[0])


def note(*log: str, front: str = "") -> str:
    lines = "".join(f"- {line}\n" for line in log)
    return f"---\nemail: d@x.example\ncadence: steady\n{front}---\n## Touches\n{lines}"


def loads(prospects: Iterable[Prospect], rules: Rules, today: date = MONDAY, weeks: int = 4) -> list[str]:
    """``MM-DD due/done/waiting`` of each day that has any of them."""
    made = make_forecast(make_plan(prospects, rules, today), weeks, runs=0)
    days = [day.load for day in made.days]
    return [f"{one.day:%m-%d} {one.due}/{one.done}/{one.waiting}" for one in days if one.due]


# --------------------------------------------------------------------------- worked by hand


def test_one_prospect_every_four_days() -> None:
    """Due Mon 23 Nov; then Fri 27; four days later is Tue 1 Dec, and so on; Sat 5 Dec rolls to Mon 7."""
    rules = steady()
    dana = prospects_of(rules, Dana=note("2026-11-19 email: a"))
    expected = ["11-23", "11-27", "12-01", "12-07", "12-11", "12-15"]
    assert loads(dana, rules) == [f"{day} 1/1/0" for day in expected]


def test_holidays_and_leave_put_it_off() -> None:
    """Fri 27 Nov is a holiday: Mon 30; four days later is Fri 4 Dec; Tue 8 Dec is leave until Sun 13: Mon 14; Fri 18."""
    rules = steady('holidays = ["2026-11-27"]\naway = ["2026-12-07/2026-12-13"]\n')
    dana = prospects_of(rules, Dana=note("2026-11-19 email: a"))
    assert loads(dana, rules) == [f"{day} 1/1/0" for day in ("11-23", "11-30", "12-04", "12-14", "12-18")]


def test_what_does_not_fit_waits_for_the_next_working_day() -> None:
    """Three are due on Monday, two fit. Who waits goes on four days after the day it was done."""
    rules = steady("daily_capacity = 2\n")
    three = prospects_of(rules, **{name: note("2026-11-19 email: a") for name in "abc"})
    assert loads(three, rules, weeks=1) == ["11-23 3/2/1", "11-24 1/1/0", "11-27 2/2/0"]
    week = make_forecast(make_plan(three, rules, MONDAY), 2, runs=0).weeks
    assert [(one.rounds, one.left, one.overflows) for one in week] == [(5, 0, False), (4, 0, False)]


def test_a_week_that_overflows() -> None:
    rules = steady("daily_capacity = 1\n")
    many = prospects_of(rules, **{f"p{number}": note("2026-11-19 email: a") for number in range(7)})
    made = make_forecast(make_plan(many, rules, MONDAY), 2, runs=0)
    assert [(one.first, one.last, one.rounds, one.overflows) for one in made.weeks] == [
        (MONDAY, date(2026, 11, 29), 5, True),
        (date(2026, 11, 30), date(2026, 12, 6), 5, True),
    ]


def test_the_weekend_is_told_with_the_week_after_it() -> None:
    made = make_forecast(make_plan((), steady(), SATURDAY), 2, runs=0)
    assert [(one.first, one.last) for one in made.weeks] == [
        (SATURDAY, date(2026, 11, 29)),
        (date(2026, 11, 30), date(2026, 12, 6)),
    ]


def test_appointments_are_kept_and_a_reply_is_never_put_off() -> None:
    """The meeting of Tue 24 restarts the steps: its note on Wed 25. The reply of Monday goes past a full day."""
    rules = steady("daily_capacity = 1\n")
    text = (
        "---\nemail: d@x.example\naddress: 1 Quay\nstage: meeting\n---\n## Touches\n- 2026-11-24 meeting: at theirs\n"
    )
    assert loads(prospects_of(rules, Dana=text), rules, weeks=1) == ["11-24 1/1/0", "11-25 1/1/0"]
    replies = {name: note("2026-11-20 email in: prices?") for name in "ab"}
    assert loads(prospects_of(rules, **replies), rules, weeks=1)[0] == "11-23 2/2/0"


def test_a_meeting_on_a_day_off_takes_place() -> None:
    rules = steady()
    text = "---\nstage: meeting\naddress: 1 Quay\n---\n## Touches\n- 2026-11-28 meeting: at the fair\n"
    assert loads(prospects_of(rules, Dana=text), rules, weeks=2)[:2] == ["11-28 1/1/0", "11-30 1/1/0"]


def test_what_was_done_this_morning_takes_room() -> None:
    rules = steady("daily_capacity = 2\n")
    done = note("2026-11-23 email: a")
    rest = {name: note("2026-11-19 email: a") for name in "bc"}
    assert loads(prospects_of(rules, a=done, **rest), rules, weeks=1)[:2] == ["11-23 2/1/1", "11-24 1/1/0"]


def test_a_colleague_who_meets_us_holds_the_others() -> None:
    """R20: the meeting of Tue 24 holds the colleague until Tue 1 Dec."""
    rules = steady()
    met = "---\ncompany: Acme\naddress: 1 Quay\nstage: meeting\n---\n## Touches\n- 2026-11-24 meeting: at theirs\n"
    other = note("2026-11-21 email: a", front="company: ACME\n")
    found = loads(prospects_of(rules, a=met, b=other), rules, weeks=2)
    assert found[:2] == ["11-24 1/1/0", "11-25 1/1/0"] and "12-01 1/1/0" in found


def test_what_a_colleague_held_is_not_overdue_when_the_hold_ends() -> None:
    """Zoe, three days overdue, is held until Tue 1 Dec, when Ann is due too: Ann comes first, by her name."""
    rules = steady("daily_capacity = 1\n")
    found = prospects_of(
        rules,
        Ann="---\nphone: +1555\nadded: 2026-12-01\n---\n",
        Bob=note("2026-11-20 email: a", front="company: Acme\ndo_not_contact: true\n"),
        Zoe=note("2026-11-16 email: a", front="company: Acme\n"),
        Max=note("2026-11-20 stage: lost", front="stage: lost\n"),  # to be thanked on Monday, before Zoe
    )
    done: list[tuple[str, date]] = []
    futures = Futures(make_plan(found, rules, MONDAY), date(2026, 12, 1))
    futures.roll(
        lambda due: done.append((due.prospect.name, due.on)), {"Prospects/Bob.md": (date(2026, 11, 24), "wrote")}
    )
    assert done == [("Max", MONDAY), ("Ann", date(2026, 12, 1))]


# --------------------------------------------------------------------------- against the plan itself


def rolled(
    prospects: Iterable[Prospect],
    rules: Rules,
    today: date,
    last: date,
    draw: Callable[[Due], Delay | None] = lambda due: None,
    on_their_way: Coming | None = None,
) -> list[tuple[date, int, int, int]]:
    """The same by nothing but the whole plan of each day, made afresh."""
    begin = tuple(prospects)
    standing = {prospect.path: prospect for prospect in begin}
    coming: dict[str, tuple[date, str]] = dict(on_their_way or {})

    def log(path: str, *added: Touch) -> None:
        entries = sorted((*standing[path].log, *added), key=lambda entry: entry.date)
        standing[path] = replace(standing[path], log=tuple(entries))

    found = []
    for number in range((last - today).days + 1):
        day = today + timedelta(days=number)
        for path, (on, how) in [(path, answer) for path, answer in coming.items() if answer[0] <= day > today]:
            del coming[path]
            used = [one.channel for one in standing[path].log if isinstance(one, Touch) and one.outbound][-1]
            if how == "met":
                log(path, Touch(on, None, "meeting", Direction.OUT, None, (Outcome.HELD,), "", 1))
            else:
                used = "email" if used in ("event", "meeting") else used
                log(path, Touch(on, None, used, Direction.IN, None, (), "", 1))
        plan: Plan = make_plan(standing.values(), rules, day)
        due = [one for one in plan.items if one.on <= day]
        begun = {one.prospect.path for one in due if not one.reply_to}
        made = sum(made_a_round(one, day) for one in begin if one.path not in begun)
        if is_workday(day, rules):
            fixed = [one for one in due if one.reply_to or one.category is Category.APPOINTMENT]
            room = max(0, rules.daily_capacity - made - len(fixed))
            done = fixed + [one for one in due if one not in fixed][:room]
        else:
            done = [one for one in due if one.on == day]
        for one in (one for one in done if one.category is not Category.APPOINTMENT):
            path = one.prospect.path
            answer = None if path in coming else draw(one)
            for channel in one.channels or ("other",):
                silence = Outcome.NO_SHOW if channel == "meeting" else Outcome.NO_ANSWER
                outcome = Outcome.ANSWERED if answer and answer.how == "picked-up" else silence
                log(path, Touch(day, None, channel, Direction.OUT, one.intent, (outcome,), "", 1))
            if answer and answer.how != "picked-up":
                coming[path] = day + timedelta(days=answer.days), answer.how
        before = made if day > today else 0
        faced = len(due) if is_workday(day, rules) else len(done)
        found.append((day, faced + before, len(done) + before, len(due) - len(done)))
    return found


@given(st.data(), st.integers(1, 4), st.dates(date(2026, 1, 5), date(2027, 6, 1)))
def test_it_is_the_plan_of_each_day(data: st.DataObject, capacity: int, today: date) -> None:
    rules = rules_of(f"daily_capacity = {capacity}\n")
    texts = {name: data.draw(notes(today + timedelta(days=data.draw(st.integers(0, 12))))) for name in "abcd"}
    prospects = prospects_of(rules, **texts)
    made = make_forecast(make_plan(prospects, rules, today), 3, runs=0)
    expected = [
        one for one in rolled(prospects, rules, today, made.weeks[-1].last) if is_workday(one[0], rules) or one[2]
    ]
    assert [(one.load.day, one.load.due, one.load.done, one.load.waiting) for one in made.days] == expected


@given(st.data(), st.integers(1, 4), st.integers(0, 2**32), st.dates(date(2026, 1, 5), date(2027, 6, 1)))
def test_so_it_is_where_they_answer(data: st.DataObject, capacity: int, seed: int, today: date) -> None:
    """All at one company, so that an answer holds the others."""
    rules = rules_of(f"daily_capacity = {capacity}\n")
    texts = {name: data.draw(notes(today + timedelta(days=data.draw(st.integers(0, 8))))) for name in "abc"}
    texts = {name: "---\ncompany: Acme\n" + text.replace("company: Acme\n", "")[4:] for name, text in texts.items()}
    prospects = prospects_of(rules, **texts)
    ways = (None, None, Delay(0, "picked-up"), Delay(0, "wrote"), Delay(2, "wrote"), Delay(5, "met"))

    def draw(due: Due) -> Delay | None:
        return Random(f"{seed} {due.prospect.path} {due.facts.rounds}").choice(ways)

    coming: dict[str, tuple[date, How]] = {
        one.path: (today + timedelta(days=seed % 6), "met" if seed % 2 else "wrote")
        for one in prospects
        if any(isinstance(entry, Touch) and entry.outbound and entry.date <= today for entry in one.log)
    }
    last = today + timedelta(days=27)
    futures = Futures(make_plan(prospects, rules, today), last)
    for _ in range(2):  # the second time from what the first one kept
        found = [(one.day, one.due, one.done, one.waiting) for one in futures.roll(draw, coming)]
        assert found == rolled(prospects, rules, today, last, draw, coming)


@given(st.data(), st.dates(date(2026, 1, 5), date(2027, 6, 1)))
def test_no_round_is_lost(data: st.DataObject, today: date) -> None:
    """What is due is done or waits, and what waits is due on the next working day."""
    rules = rules_of("daily_capacity = 1\n")
    texts = {name: data.draw(notes(today - timedelta(days=1))) for name in "abcd"}
    made = make_forecast(make_plan(prospects_of(rules, **texts), rules, today), 3, runs=0)
    loads = [one.load for one in made.days if one.working]
    assert all(one.due == one.done + one.waiting for one in loads)
    assert all(after.due >= one.waiting for one, after in pairwise(loads))


# --------------------------------------------------------------------------- the simulation


def with_rates(monkeypatch: pytest.MonkeyPatch, chance: int, *delays: Delay) -> None:
    rates = Rates((Share(0, None, 20 * chance, 20),), delays)
    monkeypatch.setattr(overview, "answer_rates", lambda histories, until: rates)


def rates_of(prospects: Iterable[Prospect], rules: Rules) -> Rates:
    histories = [history_of(prospect, rules, SATURDAY) for prospect in prospects]
    return answer_rates(histories, settled_until(rules, SATURDAY))


def example() -> tuple[tuple[Prospect, ...], Rules]:
    from followup_md.vault.vault import open_vault

    vault = open_vault(EXAMPLE)
    return vault.prospects, vault.rules


def test_where_nobody_ever_answers_the_simulation_is_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    with_rates(monkeypatch, 0)
    made = make_forecast(make_plan(*example(), date(2026, 5, 6)), 4, runs=5)
    assert made.runs == 5
    for day in made.days:
        assert day.simulated and {day.simulated.low, day.simulated.median, day.simulated.high} == {day.load.due}
    for week in made.weeks:
        assert week.simulated_rounds and week.simulated_rounds.low == week.simulated_rounds.high == week.rounds
        assert week.overflowing == 5 * week.overflows


def test_where_everybody_answers_nearly_every_round_is_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers: list[int] = []

    class Listening(Rates, frozen=True):
        def chance(self, unanswered: int) -> Fraction:
            numbers.append(unanswered)
            return Fraction(1)

    rates = Listening((Share(0, None, 20, 20),), (Delay(0, "picked-up"), Delay(1, "wrote")))
    monkeypatch.setattr(overview, "answer_rates", lambda histories, until: rates)
    rules = steady()
    many = prospects_of(
        rules, **{f"p{number}": note("2026-11-19 email: a", "2026-11-20 email in: x") for number in range(20)}
    )
    make_forecast(make_plan(many, rules, MONDAY), 8, runs=20)
    assert len(numbers) > 1000 and numbers.count(0) == len(numbers)


def test_an_answer_makes_a_reply_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """The round of Mon 23 is answered on Wed 25: the reply is due on Thu 26, its answer comes on Sat 28, and so on."""
    with_rates(monkeypatch, 1, Delay(2, "wrote"))
    rules = steady()
    made = make_forecast(make_plan(prospects_of(rules, Dana=note("2026-11-19 email: a")), rules, MONDAY), 2, runs=3)
    assert [f"{day.load.day:%m-%d}" for day in made.days if day.simulated and day.simulated.median] == [
        "11-23", "11-26", "11-30", "12-03",
    ]  # fmt: skip


def test_the_same_vault_on_the_same_day_gives_the_same_forecast() -> None:
    prospects, rules = example()
    day = date(2026, 5, 6)
    first = make_forecast(make_plan(prospects, rules, day), 3, runs=20)
    assert first.runs == 20 and first == make_forecast(make_plan(prospects[::-1], rules, day), 3, runs=20)


def test_rates_are_those_of_the_log() -> None:
    """Rounds 1 and 2 unanswered, the third answered on the phone; a reply, answered after four days; one still open."""
    rules = steady()
    dana = prospects_of(
        rules,
        Dana=note(
            "2026-08-03 email: a",
            "2026-08-10 call: no answer",
            "2026-08-17 call: spoke",
            "2026-08-20 email in: and prices?",
            "2026-08-21 email: these",
            "2026-08-25 email in: good",
            "2026-11-16 email: how is it?",
        ),
    )
    rates = rates_of(dana, rules)
    assert rates == Rates((Share(0, None, 2, 4),), (Delay(0, "picked-up"), Delay(4, "wrote")))


def test_new_rounds_are_left_out_whether_answered_or_not() -> None:
    """Counting the quick answers of the last weeks, and not the silence, would make too good a rate."""
    rules = steady()
    found = prospects_of(rules, a=note("2026-10-30 call: spoke"), b=note("2026-10-31 call: spoke"))
    assert rates_of(found, rules).shares == (Share(0, None, 1, 1),)


def test_all_of_a_day_is_one_round_and_what_bounced_is_none() -> None:
    rules = steady()
    found = prospects_of(
        rules,
        a=note("2026-08-03 email: a", "2026-08-03 call: no answer", "2026-08-04 email in: yes", "2026-08-04 email: b"),
        b=note("2026-08-03 email: a #bounced", "2026-08-10 call: spoke", "2026-08-10 email: c"),
    )
    # a: one round, its answer, the reply. b: the second round is the first that reached them; then a new one.
    assert rates_of(found, rules) == Rates((Share(0, None, 2, 4),), (Delay(0, "picked-up"), Delay(1, "wrote")))


@given(st.lists(notes(SATURDAY), min_size=1, max_size=4))
def test_answers_count_as_in_the_statistics(texts: list[str]) -> None:
    rules = rules_of()
    found = prospects_of(rules, **{str(number): text for number, text in enumerate(texts)})
    works = statistics_of(found, rules, SATURDAY, Scope(None, SATURDAY)).works
    rates = rates_of(found, rules)
    assert rates.answers == works.all.count == len(rates.delays) and rates.rounds <= works.all.of


def test_a_round_made_already_may_be_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mail of Sat 21 is answered on Wed 25, so that no round falls due then: the reply does, on Thu 26."""
    with_rates(monkeypatch, 1, Delay(4, "wrote"))
    rules = steady()
    made = make_forecast(make_plan(prospects_of(rules, Dana=note("2026-11-21 email: a")), rules, MONDAY), 1, runs=3)
    assert [f"{one.load.day:%m-%d}" for one in made.days if one.load.due] == ["11-25"]
    assert [f"{one.load.day:%m-%d}" for one in made.days if one.simulated and one.simulated.median] == ["11-26"]


def test_how_likely_a_round_is_answered_that_was_silent_so_far() -> None:
    """Half are answered: a third each at once on the phone, after two days and after ten. Five silent days leave 1/6 of
    all to be answered late, of the 2/3 that are still silent: one in four."""
    rates = Rates(
        (Share(0, 0, 10, 20), Share(1, None, 0, 20)), (Delay(0, "picked-up"), Delay(2, "wrote"), Delay(10, "met"))
    )
    rounds = [
        OpenRound("a", MONDAY - timedelta(days=5), 0),
        OpenRound("b", MONDAY, 0),
        OpenRound("c", MONDAY - timedelta(days=10), 0),
        OpenRound("d", MONDAY - timedelta(days=11), 0),
        OpenRound("e", MONDAY, 1),
    ]
    found = {one.path: (one.chance, len(one.delays)) for one in waiting_of(rounds, rates, MONDAY)}
    assert found == {"a": (1 / 4, 1), "b": (2 / 5, 2), "c": (1 / 4, 1), "e": (0, 2)}


def test_which_rounds_wait_for_an_answer() -> None:
    rules = steady()
    found = prospects_of(
        rules,
        old=note("2026-10-30 email: a"),
        new=note("2026-10-28 call: no answer", "2026-10-31 email: b"),
        heard=note("2026-11-10 email: a", "2026-11-12 email in: b"),
        lost=note("2026-11-10 email: a #bounced"),
    )
    histories = [history_of(prospect, rules, SATURDAY) for prospect in found]
    assert open_rounds(histories, settled_until(rules, SATURDAY)) == (
        OpenRound("Prospects/new.md", date(2026, 10, 31), 1),
    )


def test_an_answer_that_came_too_late_counts_for_no_round() -> None:
    rules = steady()
    dana = prospects_of(rules, Dana=note("2026-08-03 email: a", "2026-08-25 email in: oh"))
    assert rates_of(dana, rules) == Rates((Share(0, None, 0, 1),), ())


def test_numbers_with_few_rounds_are_taken_together() -> None:
    """19 rounds are too few for a share of their own; what is left at the end belongs to the last."""
    rules = steady()
    spoke = {f"s{number}": note("2026-08-03 call: spoke") for number in range(15)}
    silent = {
        f"n{number}": note("2026-08-03 email: a", "2026-08-17 email: b", "2026-08-31 email: c") for number in range(10)
    }
    rates = rates_of(prospects_of(rules, **spoke, **silent), rules)
    assert rates.shares == (Share(0, 0, 15, 25), Share(1, None, 0, 20))
    assert (rates.chance(0), rates.chance(7)) == (Fraction(3, 5), Fraction(0))


def test_too_few_rounds_tell_no_rate() -> None:
    rules = steady()
    made = make_forecast(make_plan(prospects_of(rules, Dana=note("2026-08-03 call: spoke")), rules, MONDAY), 2)
    assert made.runs == 0 and all(day.simulated is None for day in made.days)


# --------------------------------------------------------------------------- the command


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_command_fits_80_columns_and_says_which_week_overflows(vault: Folder) -> None:
    vault.write("followup.toml", "daily_capacity = 1\n")
    vault.write("Cadences/steady.md", STEADY)
    for number in range(7):
        vault.write(f"Prospects/p{number}.md", note("2026-11-19 email: a"))
    shown = vault.followup("forecast", "--weeks", "2")
    assert shown.code == 0 and all(len(line) <= 80 for line in shown.out.split("\n"))
    assert "Mon 23 Nov          7  █░░░░░░                    6 wait\n" in shown.out
    assert "every week overflows at 1 a day: by 3 rounds at the end of the first, by 3 at the end" in flat(shown.out)
    assert "No simulation of answers: 0 rounds in your logs had time to be answered" in flat(shown.out)
    weekly = vault.followup("forecast", "--weeks", "9").out
    assert all(len(line) <= 80 for line in weekly.split("\n")) and "Mon 18 Jan 2027" in weekly


def test_the_example_vault_by_command() -> None:
    made = make_forecast(make_plan(*example(), date(2026, 5, 6)), 4, runs=20)
    shown = forecast_text(made)
    assert all(len(line) <= 80 for line in shown.split("\n"))
    narrow = forecast_text(made, 60)
    assert all(len(line) <= 60 for line in narrow.split("\n"))
    assert "Week of Mon 11 May: 27 rounds, overflows by 2  27 (25–29)\n" in narrow
    assert "Week of Mon 11 May: 27 rounds, overflows by 2 " in shown
    assert "Mon 11 May         13  ████████░░░░░              5 wait" in shown
    assert "one week overflows at 8 a day: that of Mon 11 May by 2 rounds." in flat(shown)
    assert "12 of 54 first rounds" in flat(shown)


def told(overflowing: tuple[int, ...], runs: int = 200, capacity: int = 8, left: int = 0) -> str:
    """What is said of weeks from Monday on that overflow in so many futures."""
    weeks = tuple(
        ForecastWeek(
            MONDAY + timedelta(weeks=number),
            MONDAY + timedelta(weeks=number, days=6),
            30,
            left,
            left > 0,
            None,
            None,
            of,
        )
        for number, of in enumerate(overflowing)
    )
    rates = Rates((Share(0, 0, 13, 61), Share(1, None, 2, 40 if runs else 2)), ())
    return " ".join(summary(Forecast(MONDAY, capacity, (), weeks, rates, runs)))


ROOM = "To make room, snooze what can wait (`followup snooze`), or do more on the days before."
BASIS = "Simulated from what was answered so far: 13 of 61 first rounds and 2 of 40 from the second on."


def test_what_is_said_of_weeks_that_may_overflow() -> None:
    calm = "If nobody answers, no week overflows at 8 a day."
    unlikely = "If they answer as before, no week is likely to overflow: each does in fewer than 1 of 10 of"
    assert told((0, 0)) == told((0, 19)) == f"{calm} {unlikely} 200 simulated futures. {BASIS}"
    assert told((101, 100, 20, 19)) == (
        f"{calm} If they answer as before, likely to overflow: Mon 23 Nov (101); less likely: Mon 30 Nov (100) and "
        f"Mon 7 Dec (20). In brackets: in how many of 200 simulated futures. {ROOM} {BASIS}"
    )
    assert told((4, 0), runs=10) == (
        f"{calm} If they answer as before, may overflow: Mon 23 Nov (4). "
        f"In brackets: in how many of 10 simulated futures. {ROOM} {BASIS}"
    )


def test_what_is_said_where_every_week_is_too_full() -> None:
    assert told((200, 101), left=7) == (
        "If nobody answers, every week overflows at 8 a day: by 7 rounds at the end of the first, by 7 at the end of "
        "the last. If they answer as before, every week is likely to overflow: each does in more than half of "
        "200 simulated futures. Fewer open prospects, slower cadences or a larger `daily_capacity` would help. "
        f"{BASIS}"
    )


def test_what_is_said_where_nothing_is_simulated() -> None:
    nothing = "No simulation of answers: 63 rounds in your logs had time to be answered, and under 20"
    assert told((0,), runs=0, left=3).startswith(
        f"If nobody answers, one week overflows at 8 a day: that of Mon 23 Nov by 3 rounds. {ROOM} {nothing}"
    )
    assert told((0,), runs=0, capacity=0).startswith(
        f"You set no daily capacity, so everything is done on its day. {nothing}"
    )


def test_forecast_json(vault: Folder) -> None:
    vault.write("Cadences/steady.md", STEADY)
    vault.write("Prospects/Dana.md", note("2026-11-19 email: a"))
    record = vault.followup("forecast", "--weeks", "1", "--json", today="2026-11-23").json
    assert list(record) == [
        "today", "vault", "daily_capacity", "days", "weeks", "runs", "rates", "summary", "assumed",
    ]  # fmt: skip
    assert record["days"][0] == {
        "date": "2026-11-23", "working": True, "due": 1, "done": 1, "waiting": 0, "simulated_due": None,
    }  # fmt: skip
    assert record["weeks"] == [
        {
            "from": "2026-11-23", "to": "2026-11-29", "rounds": 2, "left": 0, "overflows": False,
            "simulated_rounds": None, "simulated_left": None, "simulated_overflows": None,
        }
    ]  # fmt: skip


def test_a_forecast_writes_nothing_and_an_empty_vault_has_none(vault: Folder) -> None:
    assert vault.followup("forecast").out == ""
    vault.write("Prospects/Dana.md", note("2026-11-19 email: a"))
    before = sorted(vault.root.rglob("*"))
    assert vault.followup("forecast").code == 0
    assert sorted(vault.root.rglob("*")) == before
