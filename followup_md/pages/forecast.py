"""The forecast as a table for the terminal, and as JSON."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from textwrap import wrap

from followup_md.days import count, short_day
from followup_md.planning.forecast.futures import Load
from followup_md.planning.forecast.overview import Band, Forecast, ForecastDay, ForecastWeek
from followup_md.planning.forecast.rates import ENOUGH, Rates, Share

Record = dict[str, object]
#: Up to so many weeks are told day by day, more week by week.
DAY_BY_DAY = 4
#: Columns that the text fits, and of these the longest bar; on a narrower terminal the bar gives way.
WIDTH = 80
BAR = 26
SHORTEST_BAR = 6
BEFORE_BAR, BEHIND_BAR = 23, 10
DONE, WAITING = "█", "░"
ASSUMED = (
    "What fits a day is done on it, in the order of the day; the rest waits for the next working day.",
    "Replies and appointments are never put off, and appointments take place.",
    "Stages and fields stay as they are, and nobody new comes in.",
)
#: So many shares are told one by one, the rest in one.
TOLD = 4
#: In so small a part of the futures, a week that overflows is not named.
RARELY = Fraction(1, 10)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def forecast_text(forecast: Forecast, width: int = WIDTH) -> str:
    """Rows of at most so many columns, a bar each, and what they mean in sentences."""
    by_day = len(forecast.weeks) <= DAY_BY_DAY
    most = max((day.load.due for day in forecast.days), default=0)
    most_a_week = max((week.rounds + week.left for week in forecast.weeks), default=0)
    bar = max(SHORTEST_BAR, BAR - WIDTH + width)
    lines = [_beside("if nobody answers", "if they answer" if forecast.runs else "", bar)]
    for week in forecast.weeks:
        if by_day:
            days = [day for day in forecast.days if week.first <= day.load.day <= week.last]
            lines += ["", _beside(_week_line(week, forecast.today), _range(week.simulated_rounds), bar)]
            lines += [_day_row(day, most, bar, forecast.today) for day in days]
        else:
            lines.append(_week_row(week, most_a_week, bar, forecast.today))
    told = [f"{DONE} done, {WAITING} waits for the next working day."]
    if forecast.runs:
        told.append("7 (5–9): the middle one of all simulated futures, and what 8 of 10 lie between.")
    for paragraph in (told, summary(forecast)):
        lines += ["", *(line for one in paragraph for line in wrap(one, width))]
    lines += ["", "Assumed:", *(line for one in ASSUMED for line in wrap(f"- {one}", width, subsequent_indent="  "))]
    return "\n".join(lines)


def summary(forecast: Forecast) -> list[str]:
    """Which weeks overflow, in sentences, and what helps; what the simulation rests on, or why there is none."""
    if not forecast.capacity:
        return ["You set no daily capacity, so everything is done on its day.", _rests_on(forecast)]
    told = [_overflow(forecast), *([_may_overflow(forecast)] if forecast.runs else [])]
    if _all_full(forecast):
        told.append("Fewer open prospects, slower cadences or a larger `daily_capacity` would help.")
    elif any(week.overflows or _share(week, forecast) >= RARELY for week in forecast.weeks):
        told.append("To make room, snooze what can wait (`followup snooze`), or do more on the days before.")
    return [*told, _rests_on(forecast)]


def _overflow(forecast: Forecast) -> str:
    over = [week for week in forecast.weeks if week.overflows]
    if not over:
        return f"If nobody answers, no week overflows at {forecast.capacity} a day."
    if _all_full(forecast):
        return (
            f"If nobody answers, every week overflows at {forecast.capacity} a day: "
            f"by {count(over[0].left, 'round')} at the end of the first, by {over[-1].left} at the end of the last."
        )
    told = _and([f"{_begins(week, forecast.today)} by {count(week.left, 'round')}" for week in over])
    if len(over) == 1:
        return f"If nobody answers, one week overflows at {forecast.capacity} a day: that of {told}."
    return f"If nobody answers, {len(over)} weeks overflow at {forecast.capacity} a day: those of {told}."


def _all_full(forecast: Forecast) -> bool:
    """Whether there are several weeks, and each overflows if nobody answers."""
    return len(forecast.weeks) > 1 and all(week.overflows for week in forecast.weeks)


def _may_overflow(forecast: Forecast) -> str:
    """The weeks that overflow in more than half of the futures, then those that do in at least one of ten."""
    futures = count(forecast.runs, "simulated future")
    likely = [week for week in forecast.weeks if _share(week, forecast) > Fraction(1, 2)]
    maybe = [week for week in forecast.weeks if RARELY <= _share(week, forecast) <= Fraction(1, 2)]
    if not likely and not maybe:
        return f"If they answer as before, no week is likely to overflow: each does in fewer than 1 of 10 of {futures}."
    if len(likely) == len(forecast.weeks) > 1:
        return f"If they answer as before, every week is likely to overflow: each does in more than half of {futures}."
    words = (("likely to overflow", likely), ("less likely", maybe)) if likely else (("may overflow", maybe),)
    told = "; ".join(
        f"{what}: {_and([f'{_begins(week, forecast.today)} ({week.overflowing})' for week in weeks])}"
        for what, weeks in words
        if weeks
    )
    return f"If they answer as before, {told}. In brackets: in how many of {futures}."


def _share(week: ForecastWeek, forecast: Forecast) -> Fraction:
    """In what part of the futures the week overflows."""
    return Fraction(week.overflowing, forecast.runs or 1)


def _rests_on(forecast: Forecast) -> str:
    rates = forecast.rates
    if not forecast.runs:
        return (
            f"No simulation of answers: {count(rates.rounds, 'round')} in your logs had time to be answered, "
            f"and under {ENOUGH} do not tell how often you are answered."
        )
    shares = list(rates.shares[:TOLD])
    if rest := rates.shares[TOLD:]:
        shares.append(Share(rest[0].first, None, sum(one.answers for one in rest), sum(one.rounds for one in rest)))
    told = _and([f"{share.answers} of {share.rounds} {_which(share)}" for share in shares])
    return f"Simulated from what was answered so far: {told}."


def _which(share: Share) -> str:
    if share.first == 0 and share.last is None:
        return "rounds"
    first = _ordinal(share.first + 1)
    if share.last is None:
        return f"from the {first} on"
    return f"{first} rounds" if share.first == share.last else f"{first} to {_ordinal(share.last + 1)} rounds"


def _ordinal(number: int) -> str:
    return _ORDINALS[number - 1] if number <= len(_ORDINALS) else f"{number}th"


def _and(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


# --------------------------------------------------------------------------- rows


def _begins(week: ForecastWeek, today: date) -> str:
    """The day by which a week is named: a weekend that is told with it does not count."""
    return short_day(max(week.first, week.last - timedelta(days=6)), today)


def _beside(text: str, right: str, bar: int) -> str:
    """A text, and what stands in the right column, behind bars of that length."""
    return f"{text:<{BEFORE_BAR + bar + BEHIND_BAR}}  {right}".rstrip()


def _week_line(week: ForecastWeek, today: date) -> str:
    left = f", overflows by {week.left}" if week.overflows else f", {week.left} left" if week.left else ""
    return f"Week of {_begins(week, today)}: {count(week.rounds, 'round')}{left}"


def _day_row(day: ForecastDay, most: int, bar: int, today: date) -> str:
    return _row(short_day(day.load.day, today), day.load, most, bar, day.simulated)


def _week_row(week: ForecastWeek, most: int, bar: int, today: date) -> str:
    load = Load(week.first, week.rounds + week.left, week.rounds, week.left)
    return _row(_begins(week, today), load, most, bar, week.simulated_rounds)


def _row(name: str, load: Load, most: int, bar: int, band: Band | None) -> str:
    waits = f"{load.waiting} wait" if load.waiting > 1 else "1 waits" if load.waiting else ""
    return _beside(f"{name:<16}{load.due:>5}  {_bar(load, most, bar):<{bar}} {waits}", _range(band), bar)


def _bar(load: Load, most: int, longest: int) -> str:
    """One letter a round, or fewer where the longest would not fit; what is there shows."""
    scale = max(1, most / longest)
    done = round(load.done / scale) or (load.done > 0)
    whole = max(round(load.due / scale), done + (load.waiting > 0))
    return DONE * done + WAITING * min(whole - done, longest - done)


def _range(band: Band | None) -> str:
    if band is None:
        return ""
    return f"{band.median} ({band.low}–{band.high})" if band.low != band.high else str(band.median)


# --------------------------------------------------------------------------- JSON


def forecast_record(forecast: Forecast, vault: str) -> Record:
    """``forecast --json``."""
    return {
        "today": forecast.today.isoformat(),
        "vault": vault,
        "daily_capacity": forecast.capacity,
        "days": [
            {
                "date": day.load.day.isoformat(),
                "working": day.working,
                "due": day.load.due,
                "done": day.load.done,
                "waiting": day.load.waiting,
                "simulated_due": _band(day.simulated),
            }
            for day in forecast.days
        ],
        "weeks": [
            {
                "from": week.first.isoformat(),
                "to": week.last.isoformat(),
                "rounds": week.rounds,
                "left": week.left,
                "overflows": week.overflows,
                "simulated_rounds": _band(week.simulated_rounds),
                "simulated_left": _band(week.simulated_left),
                "simulated_overflows": week.overflowing if forecast.runs else None,
            }
            for week in forecast.weeks
        ],
        "runs": forecast.runs,
        "rates": _rates(forecast.rates),
        "summary": summary(forecast),
        "assumed": list(ASSUMED),
    }


def _band(band: Band | None) -> Record | None:
    return {"median": band.median, "low": band.low, "high": band.high} if band else None


def _rates(rates: Rates) -> list[Record]:
    return [
        {
            "unanswered_from": share.first,
            "unanswered_to": share.last,
            "answers": share.answers,
            "rounds": share.rounds,
        }
        for share in rates.shares
    ]
