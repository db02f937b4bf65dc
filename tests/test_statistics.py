"""Statistics of small vaults, each number worked out by hand before the code ran."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import comb

import pytest
from conftest import rules_of
from hypothesis import given
from hypothesis import strategies as st
from notes import notes

from followup_md.model import Rules
from followup_md.pages.stats_page import is_untouched, stats_page
from followup_md.pages.stats_text import stats_text
from followup_md.planning.statistics.answers import Answered
from followup_md.planning.statistics.history import history_of
from followup_md.planning.statistics.overview import Scope, Statistics, statistics_of
from followup_md.planning.statistics.persistence import Tally
from followup_md.planning.statistics.promises import Promises
from followup_md.planning.statistics.proportions import chance_of, share_of, wilson
from followup_md.planning.statistics.survival import Median, Span, curve_of, median_of
from followup_md.reading.note import read_prospects

TODAY = date(2026, 6, 30)  # a Tuesday


def statistics(
    notes: dict[str, str],
    since: date | None = None,
    until: date = TODAY,
    owner: str | None = None,
    stage: str | None = None,
    rules: Rules | None = None,
) -> Statistics:
    rules = rules or rules_of()
    prospects, _ = read_prospects({f"Prospects/{name}.md": text.encode() for name, text in notes.items()}, rules)
    return statistics_of(prospects, rules, TODAY, Scope(since, until, owner, stage))


def note(*log: str, front: str = "") -> str:
    return f"---\n{front}\n---\n## Touches\n" + "".join(f"- {line}\n" for line in log)


DANA = note(
    "2026-03-02 email: a piece on billing #value",  # Monday
    "2026-03-05 call: no luck #no-answer",
    "2026-03-09 email: may I send an offer? #ask",
    '2026-03-11 email in: "yes"',  # two days after the mail of the 9th
    "2026-03-12 10:30 call: spoke about dates #answered",  # answers itself
    "2026-03-16 meeting: the demo",  # the call has its answer already
    front="owner: Kim",
)
SAM = note(
    "2026-03-03 email: hello",
    '2026-03-30 email in: "sorry, was away"',  # 27 days
    "2026-04-01 email: no hurry",
    '2026-04-22 email in: "now"',  # 21 days, the last that counts
)
LEE = note(
    "2026-03-04 letter: hello #value",
    "2026-03-04 email: hello #bounced",
    "2026-06-08 09:05 call: #no-answer",  # its 21 days ended yesterday
    "2026-06-12 email: one more",  # may still be answered
    front="owner: ann",
)
THREE = {"Dana": DANA, "Sam": SAM, "Lee": LEE}


def rows(found: tuple[Answered, ...]) -> dict[str, tuple[int, int]]:
    return {row.kind: (row.answered.count, row.answered.of) for row in found}


def test_an_answer_counts_once_for_the_newest_touch_before_it_within_three_weeks() -> None:
    works = statistics(THREE).works
    assert rows(works.by_channel) == {"email": (2, 4), "call": (1, 3), "letter": (0, 1)}
    assert (works.all.count, works.all.of) == (3, 8)
    assert works.pending == 1  # of 12 June
    assert works.uncalled == 2  # the demo, and what came after 27 days
    assert rows(works.by_intent) == {"untagged": (2, 5), "value": (0, 2), "ask": (1, 1)}
    assert rows(works.by_round) == {"1": (2, 5), "2": (0, 2), "3": (1, 1)}
    assert rows(works.by_weekday) == {"Monday": (1, 3), "Tuesday": (0, 1), "Wednesday": (1, 2), "Thursday": (1, 2)}
    assert list(rows(works.by_weekday)) == ["Monday", "Tuesday", "Wednesday", "Thursday"]
    assert rows(works.by_hour) == {"09:00": (0, 1), "10:00": (1, 1)}
    assert (works.delay.answers, works.delay.half, works.delay.most, works.delay.enough) == (3, 2, 21, False)


def test_attribution_is_a_setting() -> None:
    wide = statistics(THREE, rules=rules_of('attribution = "4w"')).works
    assert (wide.all.count, wide.all.of, wide.uncalled) == (3 + 1, 7, 1)  # Sam's first, and Lee's call is open again
    narrow = statistics(THREE, rules=rules_of('attribution = "1d"')).works
    assert (narrow.all.count, narrow.all.of) == (1, 9)


def test_a_window_takes_touches_by_their_day_whenever_the_answer_came() -> None:
    march = statistics(THREE, date(2026, 3, 9), date(2026, 4, 1))
    assert rows(march.works.by_channel) == {"email": (2, 2), "call": (1, 1)}
    assert march.works.pending == 0
    assert statistics({}, date(2026, 6, 30)).works.all.of == 0


def test_owner_and_stage() -> None:
    assert statistics(THREE, owner="KIM").prospects == 1
    assert statistics(THREE, owner="nobody").prospects == 0
    assert statistics(THREE, stage="contacted").prospects == 2  # they answered
    assert statistics(THREE, stage="lead").prospects == 1


def test_persistence_by_hand() -> None:
    persistence = statistics(THREE).persistence
    assert persistence.rounds == (Tally(2, 1), Tally(3, 1), Tally(5, 1))
    # Sam's late answer ends what is known after one round; Lee was seen for two; Dana answered the third.
    assert [(point.at, point.hazard.count, point.hazard.of, point.without) for point in persistence.answers] == [
        (1, 0, 3, 1.0),
        (2, 0, 2, 1.0),
        (3, 1, 1, 0.0),
    ]
    assert persistence.median == Median(3, 1, 2, False)
    assert persistence.wrote_first == 0


def test_who_wrote_first_is_told_apart() -> None:
    persistence = statistics({"A": note("2026-03-01 email in: hi", "2026-03-02 email: hello")}).persistence
    assert persistence.wrote_first == 1 and persistence.answers == ()


def test_a_round_that_did_not_reach_them_is_no_try() -> None:
    """The answer counts for the mail of the 2nd, by round as in the curve; Lee's second round is the first that arrived."""
    bounced = {
        "Dana": note("2026-03-02 email: a", "2026-03-05 email: b #bounced", "2026-03-09 email in: yes"),
        "Lee": note("2026-03-02 email: a #bounced", "2026-03-05 letter: b", "2026-03-20 meeting: nobody came #no-show"),
        "Sam": note("2026-03-02 email: a #bounced", "2026-03-05 email in: who are you?"),
    }
    found = statistics(bounced)
    assert [(point.at, point.hazard.count, point.hazard.of) for point in found.persistence.answers] == [(1, 1, 2)]
    assert found.persistence.rounds == (Tally(1, 1), Tally(2, 1), Tally(3, 1))
    assert found.persistence.wrote_first == 1


LOST = {
    # Let go after two rounds, one of them since the proposal; a reason, nobody known who decides.
    "Early": note(
        "2026-03-02 email: offer",
        "2026-03-02 stage: proposal",
        "2026-03-09 call: #no-answer",
        "2026-04-01 stage: lost — no time",
        front="stage: lost",
    ),
    # Five rounds, four of them follow-ups; no reason; the decision maker is known.
    "Late": note(
        "2026-03-02 email: offer",
        "2026-03-02 stage: proposal",
        "2026-03-09 call: a",
        "2026-03-16 call: b",
        "2026-03-16 stage: verbal",
        "2026-03-23 call: c",
        "2026-03-30 call: d",
        "2026-04-01 stage: lost",
        "2026-04-02 note sent: thank you",
        front="stage: lost\ndecision_maker: true",
    ),
    # Their no: not let go.
    "No": note(
        "2026-03-02 email: x", "2026-03-03 email in: no #declined", "2026-03-04 stage: lost", front="stage: lost"
    ),
    # No line says when.
    "Undated": note("2026-03-02 email: x", front="stage: lost"),
    "Won": note(
        "2026-03-02 call: x #answered",
        "2026-03-09 email: y",
        "2026-03-10 stage: won",
        "2026-03-11 note sent: z",
        front="stage: won",
    ),
}


def counts(persistence: object, *names: str) -> list[tuple[int, int]]:
    return [(getattr(persistence, name).count, getattr(persistence, name).of) for name in names]


def test_who_was_let_go_early() -> None:
    persistence = statistics(LOST).persistence
    assert counts(persistence, "early", "after_one", "reasoned", "decided") == [(2, 3), (1, 2), (1, 3), (1, 4)]
    assert persistence.wins == (Tally(2, 1),)
    april = statistics(LOST, date(2026, 4, 1)).persistence  # the undated one is in no window
    assert counts(april, "early", "after_one", "reasoned", "decided") == [(1, 2), (1, 2), (1, 2), (1, 2)]


def test_a_thanks_is_no_try_and_a_colleague_who_decides_is_known() -> None:
    lost = {
        "Thanked": note(
            *(f"2026-03-{day} email: x" for day in ("02", "09", "16", "23")),
            "2026-03-30 note sent: all the best #thanks",
            "2026-03-30 stage: lost",
            front="stage: lost\ncompany: Acme",
        ),
        "Boss": note(front="company: ACME\ndecision_maker: true\nowner: Kim"),
    }
    assert counts(statistics(lost).persistence, "early", "decided") == [(1, 1), (1, 1)]
    assert counts(statistics(lost, stage="lost").persistence, "decided") == [(1, 1)]  # also where Boss is not looked at


def test_stages_by_hand() -> None:
    notes = {
        **LOST,
        "There": note("2026-06-10 stage: proposal", "2026-06-12 stage: proposal", front="stage: proposal"),
        "Paused": note(
            "2026-05-01 stage: meeting", "2026-05-11 stage: nurture", "2026-05-21 stage: items", front="stage: items"
        ),
        "Declined": note("2026-05-01 stage: proposal", "2026-05-31 email in: no #declined", front="stage: proposal"),
        "By hand": note("2026-05-01 stage: proposal", front="stage: verbal"),
        "Back": note("2026-05-01 stage: proposal", "2026-05-06 stage: meeting", front="stage: meeting"),
    }
    found = {one.stage: one for one in statistics(notes).stages}
    assert list(found) == ["meeting", "proposal", "items", "verbal", "nurture"]
    proposal = found["proposal"]
    # On: Late (to verbal), By hand. Not: Early, Declined, Back. There: There.
    assert (proposal.entered, proposal.still_there, proposal.went_on.count, proposal.went_on.of) == (6, 1, 2, 5)
    # Days 5 (Back), 14 (Late), 20 so far (There), 30 (Early), 30 (Declined); By hand has no day.
    assert proposal.days == Median(30, 4, 1, False)
    assert (proposal.expected, proposal.verdict) == (None, None)
    assert (found["meeting"].went_on.count, found["meeting"].went_on.of, found["meeting"].still_there) == (0, 1, 1)
    assert (found["nurture"].went_on.count, found["nurture"].went_on.of) == (1, 1)
    assert found["items"].still_there == 1 and found["items"].verdict == "too few"


@pytest.mark.parametrize(
    "on, off, verdict, one_in",
    [
        (6, 14, "within", 8.67),
        (3, 17, "below", 388),
        (15, 5, "above", 24.2),
        (10, 10, "within", 1),
        (3, 3, "too few", 1),
    ],
)
def test_against_the_usual_share(on: int, off: int, verdict: str, one_in: float) -> None:
    ends = ["verbal"] * on + ["lost"] * off
    notes = {
        f"P{number}": note("2026-03-02 stage: items", f"2026-03-09 stage: {end}", front=f"stage: {end}")
        for number, end in enumerate(ends)
    }
    found = statistics(notes).stages[0]
    assert (found.stage, found.went_on.count, found.went_on.of, found.verdict) == ("items", on, on + off, verdict)
    assert found.chance and 1 / found.chance == pytest.approx(one_in, rel=0.005)


def test_promises_by_hand() -> None:
    notes = {
        "Kept": note("2026-03-02 email: x [next:: 2026-03-07]", "2026-03-09 call: y"),  # the 7th is a Saturday
        "Late": note("2026-03-02 email: x [next:: 2026-03-05]", "2026-03-06 call: y"),
        "Too early": note("2026-03-02 email: x [next:: 2026-03-05]", "2026-03-04 call: y"),  # overdue
        "They came": note("2026-03-02 email: x [next:: 2026-03-05]", "2026-03-05 email in: y"),
        "Moved": note(
            "2026-03-02 email: x [next:: 2026-03-05]", "2026-03-04 call: y [next:: 2026-03-10]", "2026-03-10 call: z"
        ),
        "Said twice": note(
            "2026-03-02 email: x [next:: 2026-03-05]", "2026-03-03 call: y [next:: 2026-03-05]", "2026-03-05 call: z"
        ),
        "Snoozed": note("2026-03-02 email: x [next:: 2026-03-05]", "2026-03-04 snooze: 2026-04-01"),
        "Lost": note("2026-03-02 email: x [next:: 2026-03-05]", "2026-03-04 stage: lost", front="stage: lost"),
        "No": note("2026-03-02 email: x [next:: 2026-03-05]", "2026-03-04 email in: no #declined"),
        "Lost, but when?": note("2026-03-02 email: x [next:: 2026-03-05]", front="stage: lost"),
        "Ahead": note("2026-06-29 email: x [next:: 2026-07-09]"),
        "Today": note("2026-06-29 email: x", front="next: 2026-06-30"),
        "By hand": note("2026-03-18 call: x", front="next: 2026-03-18"),
        "Both": note("2026-03-02 email: x [next:: 2026-03-05]", "2026-03-05 call: y", front="next: 2026-03-05"),
    }
    # Kept: Kept, They came, Moved's second, Said twice, By hand, Both.
    assert statistics(notes).promises == Promises(share_of(6, 8), late=1, overdue=1, ahead=2, moved=2)
    assert statistics(notes, until=date(2026, 3, 8)).promises == Promises(share_of(4, 6), 1, 1, 0, 2)


def test_activity_by_hand() -> None:
    lines = (
        "2026-03-02 call: #no-answer",
        "2026-03-02 voicemail: hello",
        "2026-03-03 call: spoke #answered #booked",
        "2026-03-04 call in: they called about the offer",
        "2026-03-05 email: x",
        "2026-03-06 letter: x",
        "2026-03-06 parcel: x",
        "2026-03-08 linkedin: do you know somebody? #referral",  # Sunday, the same week
        "2026-03-17 meeting: the demo",
        "2026-03-18 meeting: nobody came #no-show",
        "2026-07-08 meeting: again",
    )
    first, second, third, *rest = statistics({"A": note(*lines)}).activity
    assert (first.week, first.dials, first.emails, first.letters, first.others) == (date(2026, 3, 2), 3, 1, 2, 1)
    assert (first.conversations, first.set, first.kept, first.referrals) == (2, 1, 0, 1)
    assert (second.week, second.dials) == (date(2026, 3, 9), 0)
    assert (third.conversations, third.kept, third.others) == (1, 1, 0)
    assert rest[-1].week == date(2026, 6, 29)
    assert statistics({"A": note(*lines)}).activity_in_all.dials == 3
    assert len(statistics({"A": note(*lines)}, date(2026, 3, 3), date(2026, 3, 9)).activity) == 2
    assert statistics({}).activity == ()


def test_balance_by_hand() -> None:
    balance = statistics(
        {
            "A": note("2026-03-02 email: x #value", "2026-03-03 email: x #value", "2026-03-04 email: x #ask"),
            "B": note("2026-03-02 email: x #ask", "2026-03-05 email: x #thanks"),
            "C": note("2026-03-02 email: x"),
        }
    ).balance
    assert (balance.value.count, balance.value.of, balance.goal) == (2, 4, 0.7)
    assert [(one.name, one.value.count, one.value.of) for one in balance.by_prospect] == [("B", 0, 1), ("A", 2, 3)]


def test_pipeline_by_hand() -> None:
    unanswered = [f"2026-03-{day:02} email: x" for day in (2, 4, 9, 11, 16)]
    pipeline = statistics(
        {
            "Dark": note("2026-03-01 email in: x", *unanswered, front="stage: proposal\namount: 100"),
            "Never": note(*unanswered, front="stage: proposal\npain: slow"),
            "Lead": note(front="amount: 0.5\nopportunity: grows"),
            "Won": note(front="stage: won\namount: 9"),
            "Wrote": note("2026-06-29 email in: prices?", front="stage: proposal"),
            "Meets": note("2026-07-08 meeting: at theirs", front="stage: proposal"),
            "Later": note("2026-06-29 email: x [next:: 2026-09-01]", front="stage: proposal"),
            "Left alone": note(front="stage: proposal\ndo_not_contact: true"),
        },
        since=date(2026, 6, 1),
    ).pipeline
    assert [(one.stage, one.open, one.amount, one.with_amount, one.dark, one.no_reason) for one in pipeline.stages] == [
        ("lead", 1, 0.5, 1, 0, 0),
        ("proposal", 5, 100, 1, 1, 1),
    ]
    assert (pipeline.in_all.open, pipeline.in_all.amount, pipeline.in_all.dark) == (6, 100.5, 1)


def test_the_order_of_the_notes_changes_nothing() -> None:
    notes = {**THREE, **LOST}
    assert statistics(notes) == statistics(dict(reversed(notes.items())))


# --------------------------------------------------------------------------- laws


@given(st.lists(notes(TODAY), min_size=1, max_size=6), st.sampled_from((None, date(2026, 5, 1))))
def test_each_answer_counts_once_or_for_no_touch(texts: list[str], since: date | None) -> None:
    rules = rules_of()
    prospects, _ = read_prospects({f"Prospects/{n}.md": text.encode() for n, text in enumerate(texts)}, rules)
    histories = [history_of(prospect, rules, TODAY) for prospect in prospects]
    for history in histories:
        answers = [touch for touch in history.facts.touches if touch.answer]
        called = [attempt.answer for attempt in history.attempts if attempt.answer]
        assert sorted(id(one) for one in (*called, *history.uncalled)) == sorted(id(one) for one in answers)
        assert len(history.rounds) == history.facts.rounds or not history.facts.touches
    found = statistics_of(prospects, rules, TODAY, Scope(since, TODAY))
    works = found.works
    for rows_ in (works.by_channel, works.by_intent, works.by_round, works.by_weekday):
        assert sum(row.answered.of for row in rows_) == works.all.of
        assert sum(row.answered.count for row in rows_) == works.all.count
    assert works.delay.answers == works.all.count
    assert [point.at for point in found.persistence.answers] == [*range(1, len(found.persistence.answers) + 1)]
    for stage in found.stages:
        assert stage.entered == stage.still_there + stage.went_on.of
    assert max(map(len, stats_text(found, rules).split("\n"))) <= 80
    assert is_untouched(stats_page(found, rules))


# --------------------------------------------------------------------------- formulas


def test_wilson_by_hand() -> None:
    # Newcombe (1998), table I: 81 of 263 is 0.2553 to 0.3662, 0 of 20 is 0 to 0.1611, 1 of 29 is 0.0061 to 0.1718.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)
    assert wilson(5, 5)[1] == 1


def test_chance_by_hand() -> None:
    # 0 to 6 and 14 to 20 heads of 20: 2 (1 + 20 + 190 + 1140 + 4845 + 15504 + 38760) of 1048576.
    assert chance_of(6, 20, Fraction(1, 2)) == pytest.approx(2 * 60460 / 1048576, abs=1e-15)
    assert chance_of(0, 2, Fraction(1, 4)) == 1.0  # 9/16 is the likeliest
    assert chance_of(2, 2, Fraction(1, 4)) == 1 / 16
    assert chance_of(0, 3, Fraction(0)) == 1.0 and chance_of(2, 3, Fraction(1)) == 0.0


@given(st.integers(0, 80), st.integers(0, 80), st.fractions(0, 1, max_denominator=1000))
def test_chance_in_whole_numbers(count: int, more: int, usual: Fraction) -> None:
    """The same in whole numbers, where nothing is rounded; how many there are has no limit."""
    of, yes = count + more, usual.numerator
    weights = [comb(of, n) * yes**n * (usual.denominator - yes) ** (of - n) for n in range(of + 1)]
    as_far_off = sum(weight for weight in weights if weight <= weights[count])
    assert chance_of(count, of, usual) == pytest.approx(as_far_off / sum(weights), abs=1e-12)


def test_chance_of_very_many() -> None:
    assert chance_of(50_000, 100_000, Fraction(1, 2)) == pytest.approx(1)
    assert 0 <= chance_of(40_000, 100_000, Fraction(1, 2)) < 1e-300


def test_kaplan_meier_by_hand() -> None:
    # 1, 2, 2+, 4, 5+: 4/5, then 3/4 of it, then 1/2 of that.
    spans = [Span(1, True), Span(2, True), Span(2, False), Span(4, True), Span(5, False)]
    assert [(point.at, point.without) for point in curve_of(spans)] == [
        (1, 0.8),
        (2, pytest.approx(0.6)),
        (4, pytest.approx(0.3)),
        (5, pytest.approx(0.3)),
    ]
    assert median_of(spans) == Median(4, 3, 2, False)
    assert median_of([Span(1, True), Span(3, False), Span(3, False)]).value is None
    assert curve_of([]) == () and median_of([]) == Median(None, 0, 0, False)
    assert [point.at for point in curve_of([Span(3, True)], range(1, 9))] == [1, 2, 3]
