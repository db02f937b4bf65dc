"""The seven groups of the statistics, each as a section: what it says, its tables, its charts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from followup_md.days import count, short_day
from followup_md.model import Rules
from followup_md.pages.charts import bars, pie
from followup_md.pages.stats_tables import Line, Section, Table
from followup_md.pages.stats_words import TOO_FEW, percent, share_cells, share_words, stage_sentence
from followup_md.planning.letting_go import ENOUGH_ROUNDS
from followup_md.planning.statistics.activity import Activity
from followup_md.planning.statistics.answers import Answered
from followup_md.planning.statistics.overview import Statistics
from followup_md.planning.statistics.persistence import Persistence, Tally
from followup_md.planning.statistics.pipeline import StageLoad
from followup_md.planning.statistics.survival import ENOUGH_ENDED, Median, Point

#: A chart shows so many weeks at most.
_WEEKS_DRAWN = 26


def sections(statistics: Statistics, rules: Rules) -> tuple[Section, ...]:
    """The seven groups, in their order; a table without rows is left out."""
    found = (
        _activity(statistics),
        _works(statistics),
        _persistence(statistics),
        _stages(statistics),
        _balance(statistics),
        _promises(statistics),
        _pipeline(statistics, rules),
    )
    return tuple(
        Section(
            one.title, one.said, tuple(table for table in one.tables if table.rows), tuple(filter(None, one.charts))
        )
        for one in found
    )


_WEEK = ("week", "touches", "dials", "emails", "post", "other", "talks", "set", "kept", "referrals")


def _activity(statistics: Statistics) -> Section:
    weeks, today = statistics.activity, statistics.today
    if not weeks:
        return Section("Activity by week", ("No touch in these days.",), ())
    names = [short_day(week.week, today).partition(" ")[2] for week in weeks]
    rows = [_week(name, week) for name, week in zip(names, weeks, strict=True)]
    chart = bars(
        "Your touches by week", "touches", names[-_WEEKS_DRAWN:], [_touches(week) for week in weeks[-_WEEKS_DRAWN:]]
    )
    return Section(
        "Activity by week",
        (
            "What you control. Your touches: dials (calls and voicemails), emails, what goes by post, and other ones. "
            "Then talks you had, appointments set and kept, referrals you asked for.",
        ),
        (
            Table(
                "By week, named by its Monday",
                _WEEK,
                (*rows, _week("in all", statistics.activity_in_all)),
                newest_last=True,
            ),
        ),
        (chart,),
    )


def _week(name: str, week: Activity) -> Line:
    numbers = (
        _touches(week),
        week.dials,
        week.emails,
        week.letters,
        week.others,
        week.conversations,
        week.set,
        week.kept,
        week.referrals,
    )
    return Line((name, *map(str, numbers)))


def _touches(week: Activity) -> int:
    return week.dials + week.emails + week.letters + week.others


def _works(statistics: Statistics) -> Section:
    works, today = statistics.works, statistics.today
    said = [f"Answered touches: {share_words(works.all)}." if works.all.of else "Answered touches: none to count yet."]
    if works.pending:
        newer = short_day(statistics.settled_until + timedelta(days=1), today)
        said.append(f"{count(works.pending, 'touch', 'touches')} since {newer} not counted: an answer may still come.")
    if works.delay.enough:
        said.append(
            f"Half of the {works.delay.answers} answers came within {count(works.delay.half or 0, 'day')}, "
            f"nine of ten within {count(works.delay.most or 0, 'day')}."
        )
    elif works.delay.answers:
        said.append(f"How long answers take: {works.delay.answers} are too few to say (under {ENOUGH_ENDED}).")
    if works.uncalled:
        more = "1 more answer belongs" if works.uncalled == 1 else f"{works.uncalled} more answers belong"
        said.append(f"{more} to no touch of yours: unasked, too late, or after another answer.")
    groups = (
        ("By channel", "channel", works.by_channel),
        ("By what it was for, as tagged", "for", works.by_intent),
        ("By round since their last answer", "round", works.by_round),
        ("By weekday", "weekday", works.by_weekday),
        ("By hour, where a time is noted", "hour", works.by_hour),
    )
    drawn = [row for row in works.by_channel if row.answered.enough]
    chart = bars(
        "Answers per 100 touches",
        "answers",
        [row.kind for row in drawn],
        [round(100 * (row.answered.share or 0)) for row in drawn],
    )
    return Section(
        "What works here",
        tuple(said),
        tuple(Table(title, (first, "answered", "share", "range"), _shares(rows)) for title, first, rows in groups),
        (chart,),
    )


def _shares(rows: Iterable[Answered]) -> tuple[Line, ...]:
    return tuple(
        Line((row.kind, *share_cells(row.answered)), row.answered.share if row.answered.enough else None)
        for row in rows
    )


def _persistence(statistics: Statistics) -> Section:
    persistence = statistics.persistence
    drawn = [point for point in persistence.answers if point.hazard.enough]
    chart = bars(
        "Answered by each round",
        "of 100 prospects",
        [f"round {point.at}" for point in drawn],
        [round(100 * (1 - point.without)) for point in drawn],
    )
    return Section(
        "Persistence",
        (*_first_answers(persistence), *_let_go(persistence)),
        (
            Table(
                "First answers: at this round, of those still without one; and in all by then",
                ("round", "answered", "share", "range", "by then", "its range"),
                tuple(_point(point) for point in persistence.answers),
            ),
            Table("Rounds so far", ("rounds", "prospects"), _tallies(persistence.rounds)),
            Table("Rounds up to a win", ("rounds", "prospects"), _tallies(persistence.wins)),
        ),
        (chart,),
    )


def _first_answers(persistence: Persistence) -> Iterator[str]:
    median = persistence.median
    seen = f"{median.ended} of {median.ended + median.open} have answered so far"
    if not median.ended + median.open:
        yield "First answers: none to count yet."
    elif not median.enough:
        yield f"First answers: {seen}; too few to say by which round half of them do."
    elif median.value is None:
        yield f"First answers: fewer than half come in the rounds seen so far; {seen}."
    else:
        yield f"First answers: about half come by round {median.value}; {seen}."
    if persistence.wrote_first:
        yield f"Not among them: {count(persistence.wrote_first, 'prospect')} who wrote or met you before any round of yours."


def _let_go(persistence: Persistence) -> Iterator[str]:
    if not persistence.decided.of:
        yield "Nobody was lost or let go in these days."
    for what, share in (
        (f"Let go before round {ENOUGH_ROUNDS} (R21)", persistence.early),
        ("Let go after at most one follow-up on a proposal (R21)", persistence.after_one),
        ("Let go with a reason written down (R16)", persistence.reasoned),
        ("Lost with a known decision maker (R14)", persistence.decided),
    ):
        if share.of:
            yield f"{what}: {share_words(share)}."


def _point(point: Point) -> Line:
    cells = (str(point.at), *share_cells(point.hazard))
    if not point.hazard.enough:
        return Line((*cells, TOO_FEW, ""))
    span = (
        ""
        if point.low is None or point.high is None
        else f"{round(100 * (1 - point.high))} to {round(100 * (1 - point.low))}%"
    )
    return Line((*cells, percent(1 - point.without), span), 1 - point.without)


def _tallies(tallies: tuple[Tally, ...]) -> tuple[Line, ...]:
    most = max((tally.prospects for tally in tallies), default=1)
    return tuple(Line((str(tally.rounds), str(tally.prospects)), tally.prospects / most) for tally in tallies)


def _median_days(median: Median) -> str:
    if not median.enough:
        return TOO_FEW
    return "not yet" if median.value is None else str(median.value)


def _stages(statistics: Statistics) -> Section:
    sentences = ((result.stage, stage_sentence(result)) for result in statistics.stages)
    said = [f"{stage}: {sentence}." for stage, sentence in sentences if sentence]
    if not statistics.stages:
        said.append("No `stage:` line in these days, so nothing to count.")
    return Section(
        "Stages",
        tuple(said),
        (
            Table(
                "Who entered, is still there, went on; days within which half had left",
                ("stage", "entered", "there", "went on", "share", "range", "usual", "days"),
                tuple(
                    Line(
                        (
                            result.stage,
                            str(result.entered),
                            str(result.still_there),
                            *share_cells(result.went_on),
                            "" if result.expected is None else percent(result.expected),
                            _median_days(result.days),
                        )
                    )
                    for result in statistics.stages
                ),
            ),
        ),
    )


def _balance(statistics: Statistics) -> Section:
    balance = statistics.balance
    said = (
        f"Touches that brought value, of those that did or asked (R9): {share_words(balance.value)}; "
        f"your goal is {percent(balance.goal)}."
        if balance.value.of
        else "No touch is tagged `#value` or `#ask` in these days."
    )
    rows = tuple(
        Line((one.name, str(one.value.count), str(one.value.of - one.value.count)), one.value.share)
        for one in balance.by_prospect
    )
    return Section("Balance", (said,), (Table("Least value first", ("prospect", "value", "ask"), rows),))


def _promises(statistics: Statistics) -> Section:
    promises = statistics.promises
    kept = promises.kept
    were_due = (("kept on the day", kept.count), ("done late", promises.late), ("overdue", promises.overdue))
    kinds = (*were_due, ("still ahead", promises.ahead), ("moved in time", promises.moved))
    there = any(number for _, number in kinds)
    return Section(
        "Promises",
        (
            f"Next dates kept on the day, of those that were due (R4): {share_words(kept)}."
            if kept.of
            else "No next date was due in these days.",
        ),
        (Table("How next dates ended", ("next date", "number"), tuple(Line((k, str(n))) for k, n in kinds if there)),),
        # A pie tells percentages, so too few get none.
        (pie("Next dates that were due", were_due) if kept.enough else "",),
    )


def _pipeline(statistics: Statistics, rules: Rules) -> Section:
    pipeline = statistics.pipeline
    all_ = pipeline.in_all
    said = [f"As of {short_day(statistics.today, statistics.today)}: {all_.open} open, {all_.dark} gone dark."]
    if all_.open:
        said.append(
            "Without a reason to follow up (no pain, no opportunity, nothing open; R15): "
            f"{all_.no_reason} of {all_.open}."
        )
    rows = [_load(load, load.stage, rules) for load in pipeline.stages]
    rows += [_load(all_, "in all", rules)] if rows else []
    return Section(
        "Pipeline",
        tuple(said),
        (Table("Open by stage", ("stage", "open", "amount", "known for", "gone dark", "no reason"), tuple(rows)),),
        (pie("Open by stage", [(load.stage, load.open) for load in pipeline.stages]),),
    )


def _load(load: StageLoad, name: str, rules: Rules) -> Line:
    amount = f"{rules.currency}{load.amount:,.2f}".removesuffix(".00") if load.with_amount else ""
    return Line((name, str(load.open), amount, str(load.with_amount), str(load.dark), str(load.no_reason)))
