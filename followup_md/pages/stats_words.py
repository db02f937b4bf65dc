"""Statistics in words: the sentences and tables that the terminal and STATS.md both show.

Texts of the user stand in them as they are; who prints them makes them safe.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from msgspec import Struct

from followup_md.days import count, long_day, short_day
from followup_md.model import Rules
from followup_md.pages.charts import bars, line, pie
from followup_md.planning.statistics.activity import Activity
from followup_md.planning.statistics.answers import Answered
from followup_md.planning.statistics.overview import Statistics
from followup_md.planning.statistics.persistence import FIFTH, Tally
from followup_md.planning.statistics.pipeline import StageLoad
from followup_md.planning.statistics.proportions import ENOUGH, Share
from followup_md.planning.statistics.stages import RARE, StageResult
from followup_md.planning.statistics.survival import ENOUGH_ENDED, Median, Point

TOO_FEW = "too few"
LEGEND = (
    "Range: the rate behind what you saw lies in it, in about 95 of 100 such cases. "
    f"Too few: under {ENOUGH} cases a share says nothing yet."
)
#: Up to this probability a result is one to watch.
_WORTH_WATCHING = 0.2
#: A chart shows so many weeks at most.
_WEEKS_DRAWN = 26


class Line(Struct, frozen=True):
    """A row of a table; ``bar``, from 0 to 1, is drawn behind it where there is room for one."""

    cells: tuple[str, ...]
    bar: float | None = None


class Table(Struct, frozen=True):
    """A table with its title. ``newest_last``: where it is too long, the first rows are left out, else the last."""

    title: str
    header: tuple[str, ...]
    rows: tuple[Line, ...]
    newest_last: bool = False


class Section(Struct, frozen=True):
    """One group: sentences, tables, and charts of what stands in the tables."""

    title: str
    said: tuple[str, ...]
    tables: tuple[Table, ...]
    charts: tuple[str, ...] = ()


def heading(statistics: Statistics) -> str:
    """What it is about: ``Statistics up to Wednesday 6 May 2026``."""
    scope = statistics.scope
    since = f" from {long_day(scope.since)}" if scope.since else ""
    return f"Statistics{since} up to {long_day(scope.until)}"


def about(statistics: Statistics) -> str:
    """Whose they are."""
    scope = statistics.scope
    owner = f", owner {scope.owner}" if scope.owner else ""
    stage = f", stage {scope.stage} today" if scope.stage else ""
    return f"{count(statistics.prospects, 'prospect')}{owner}{stage}"


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


# --------------------------------------------------------------------------- numbers in words


def percent(share: float) -> str:
    """``25%``; what is not quite none or all does not look so."""
    whole = round(share * 100)
    if whole == 0 and share > 0:
        return "under 1%"
    return "over 99%" if whole == 100 and share < 1 else f"{whole}%"


def share_cells(share: Share) -> tuple[str, str, str]:
    """``12 of 48``, ``25%``, ``15 to 39%``; a sample too small gives no number but its counts."""
    of = f"{share.count} of {share.of}"
    if not share.enough or share.share is None or share.low is None or share.high is None:
        return of, TOO_FEW, ""
    return of, percent(share.share), f"{round(share.low * 100)} to {round(share.high * 100)}%"


def share_words(share: Share) -> str:
    """``12 of 48, 25% (15 to 39%)``, or ``2 of 3, too few to say more``."""
    of, part, span = share_cells(share)
    return f"{of}, {part} ({span})" if span else f"{of}, too few to say more" if share.of else "none yet"


def times(chance: float) -> str:
    """A probability in words: ``about 1 time in 9``."""
    if chance < 0.001:
        return "less than 1 time in 1,000"
    once_in = 1 / chance
    return f"about 1 time in {round(once_in) if once_in < 100 else round(once_in, -1):,.0f}"


def stage_sentence(result: StageResult) -> str | None:
    """How the share that goes on stands against the usual one, in one plain sentence; None where none is usual."""
    if result.expected is None or result.chance is None or not result.went_on.of:
        return None
    went_on = result.went_on
    seen = f"{went_on.count} of {went_on.of} went on; usual is {percent(result.expected)}"
    if result.verdict == TOO_FEW:
        return f"{seen}; too few to say more: under {ENOUGH} have left this stage"
    if result.chance > _WORTH_WATCHING:
        return f"{seen}; chance alone explains that: nothing to worry about"
    low = went_on.count < result.expected * went_on.of
    if result.chance > RARE:
        advice = "watch it" if low else "a good sign, not more yet"
        return f"{seen}; a result so far off comes by chance {times(result.chance)}: {advice}"
    advice = "look for the reason" if low else "better than luck, so go on like this"
    return f"{seen}; a result so far off comes by chance {times(result.chance)}: {advice}"


def _median_days(median: Median) -> str:
    if not median.enough:
        return TOO_FEW
    return "open" if median.value is None else str(median.value)


# --------------------------------------------------------------------------- the groups

_COUNTED = ("dials", "emails", "letters", "others", "conversations", "set", "kept", "referrals")
_COUNTED_HEADER = ("week", "dials", "emails", "letters", "others", "talks", "set", "kept", "referrals")


def _activity(statistics: Statistics) -> Section:
    weeks = statistics.activity
    rows = [Line((week.week.isoformat(), *_counts(week))) for week in weeks]
    if rows:
        rows.append(Line(("in all", *_counts(statistics.activity_in_all))))
    drawn = weeks[-_WEEKS_DRAWN:]
    chart = bars(
        "Touches of yours by week",
        "touches",
        [short_day(week.week, statistics.today).partition(" ")[2] for week in drawn],
        [week.dials + week.emails + week.letters + week.others for week in drawn],
    )
    said = (
        (
            "What you control: dials (voicemails too), emails, what goes by post, other touches. Then talks, "
            "appointments set and kept, referrals asked for.",
        )
        if rows
        else ("No touch in these days.",)
    )
    return Section(
        "Activity by week",
        said,
        (Table("By week, from Monday on", _COUNTED_HEADER, tuple(rows), newest_last=True),),
        (chart,),
    )


def _counts(week: Activity) -> tuple[str, ...]:
    return tuple(str(getattr(week, name)) for name in _COUNTED)


def _works(statistics: Statistics) -> Section:
    works, today = statistics.works, statistics.today
    said = [f"Answered touches: {share_words(works.all)}."]
    if works.pending:
        newer = short_day(statistics.settled_until + timedelta(days=1), today)
        said.append(
            f"{count(works.pending, 'touch', 'touches')} from {newer} on not counted: an answer may still come."
        )
    if works.delay.enough:
        said.append(
            f"Half of the {works.delay.answers} answers came within {count(works.delay.half or 0, 'day')}, "
            f"nine of ten within {count(works.delay.most or 0, 'day')}."
        )
    elif works.delay.answers:
        said.append(f"How long answers take: too few to say (under {ENOUGH_ENDED}).")
    if works.uncalled:
        counted = count(works.uncalled, "answer counts", "answers count")
        said.append(f"{counted} for no touch: by itself, too late, or after another answer.")
    groups = (
        ("By channel", "channel", works.by_channel),
        ("By what it was for", "for", works.by_intent),
        ("By round since their last answer", "round", works.by_round),
        ("By weekday", "weekday", works.by_weekday),
        ("By hour, where a time is noted", "hour", works.by_hour),
    )
    drawn = [row for row in works.by_channel if row.answered.enough]
    chart = bars(
        "Answers per 100 touches",
        "answers",
        [row.kind for row in drawn],
        [100 * (row.answered.share or 0) for row in drawn],
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
    median = persistence.median
    seen = f"{median.ended} have answered, {median.open} not yet"
    said = []
    if not median.ended + median.open:
        said.append("First answers: none to count yet.")
    elif not median.enough:
        said.append(f"First answers: {seen}; too few to say when half of them do.")
    elif median.value is None:
        said.append(f"First answers: fewer than half come in the rounds seen so far ({seen}).")
    else:
        said.append(f"First answers: half come by round {median.value} ({seen}).")
    if persistence.wrote_first:
        said.append(
            f"Not in it: {count(persistence.wrote_first, 'prospect')} who wrote or met you before any round of yours."
        )
    said += [
        f"Let go before round {FIFTH} (R21): {share_words(persistence.early)}.",
        f"Let go after at most one follow-up on a proposal (R21): {share_words(persistence.after_one)}.",
        f"Let go with a reason written down (R16): {share_words(persistence.reasoned)}.",
        f"Lost with a known decision maker (R14): {share_words(persistence.decided)}.",
    ]
    drawn = [point for point in persistence.answers if point.hazard.enough]
    chart = line(
        "First answers up to each round",
        "of 100 prospects",
        [str(point.at) for point in drawn],
        [100 * (1 - point.without) for point in drawn],
    )
    return Section(
        "Persistence",
        tuple(said),
        (
            Table(
                "Chance of the first answer at a round, given none before",
                ("round", "answered", "chance", "range", "by then", "range by then"),
                tuple(_point(point) for point in persistence.answers),
            ),
            Table("Rounds so far", ("rounds", "prospects"), _tallies(persistence.rounds)),
            Table("Rounds up to a win", ("rounds", "prospects"), _tallies(persistence.wins)),
        ),
        (chart,),
    )


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
                "Of those who entered: still there, gone on; half had left after so many days",
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
    said = f"Value of all touches that brought value or asked (R9): {share_words(balance.value)}; your goal is {percent(balance.goal)}."
    rows = tuple(
        Line((one.name, str(one.value.count), str(one.value.of - one.value.count)), one.value.share)
        for one in balance.by_prospect
    )
    return Section("Balance", (said,), (Table("Least value first", ("prospect", "value", "ask"), rows),))


def _promises(statistics: Statistics) -> Section:
    promises = statistics.promises
    kinds = (
        ("kept on the day", promises.kept.count),
        ("late", promises.late),
        ("overdue", promises.overdue),
        ("ahead", promises.ahead),
        ("moved in time", promises.moved),
    )
    there = any(number for _, number in kinds)
    return Section(
        "Promises",
        (f"Kept on the day, of those that were due (R4): {share_words(promises.kept)}.",),
        (Table("How next dates ended", ("promise", "number"), tuple(Line((k, str(n))) for k, n in kinds if there)),),
        (pie("Next dates", kinds),),
    )


def _pipeline(statistics: Statistics, rules: Rules) -> Section:
    pipeline = statistics.pipeline
    all_ = pipeline.in_all
    said = [
        f"As of {short_day(statistics.today, statistics.today)}: {all_.open} open, {all_.dark} gone dark.",
        f"No reason to follow up (R15): {all_.no_reason} of {all_.open} have no pain, no opportunity, and nothing owed.",
    ]
    rows = [_load(load, load.stage, rules) for load in pipeline.stages]
    rows += [_load(all_, "in all", rules)] if rows else []
    return Section(
        "Pipeline",
        tuple(said),
        (Table("Open by stage", ("stage", "open", "amount", "known of", "gone dark", "no reason"), tuple(rows)),),
        (pie("Open by stage", [(load.stage, load.open) for load in pipeline.stages]),),
    )


def _load(load: StageLoad, name: str, rules: Rules) -> Line:
    amount = f"{rules.currency}{load.amount:,}" if load.with_amount else ""
    return Line((name, str(load.open), amount, str(load.with_amount), str(load.dark), str(load.no_reason)))
