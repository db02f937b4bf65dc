"""The forecast as a table for the terminal, and as JSON."""

from __future__ import annotations

from datetime import date, timedelta
from textwrap import wrap

from followup_md.days import count, short_day
from followup_md.planning.forecast import ENOUGH, Band, Forecast, ForecastDay, ForecastWeek, Load, Rates, Share

Record = dict[str, object]
#: Up to so many weeks are told day by day, more week by week.
DAY_BY_DAY = 4
#: The longest bar, in letters.
BAR = 26
DONE, WAITING = "█", "░"
ASSUMED = (
    "What fits a day is done on it, in the order of the day; the rest waits for the next working day.",
    "Replies and appointments are never put off, and appointments take place.",
    "Stages and fields stay as they are, and nobody new comes in.",
)
#: So many shares are told one by one, the rest in one.
TOLD = 4
#: Columns of a terminal that the text fits.
WIDTH = 80
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def forecast_text(forecast: Forecast) -> str:
    """Rows of at most 80 columns, a bar each, and what they mean in sentences."""
    by_day = len(forecast.weeks) <= DAY_BY_DAY
    most = max((day.load.due for day in forecast.days), default=0)
    most_a_week = max((week.rounds + week.left for week in forecast.weeks), default=0)
    title = "if they answer" if forecast.runs else ""
    lines = [f"{'if nobody answers':<60}{title}".rstrip()]
    for week in forecast.weeks:
        if by_day:
            days = [day for day in forecast.days if week.first <= day.load.day <= week.last]
            lines += ["", f"Week of {_begins(week, forecast.today)}: {_week_line(week)}"]
            lines += [_day_row(day, most, forecast.today) for day in days]
        else:
            lines.append(_week_row(week, most_a_week, forecast.today))
    lines += ["", f"{DONE} done, {WAITING} waits for the next working day", ""]
    lines += [line for one in summary(forecast) for line in wrap(one, WIDTH)]
    lines += ["", "Assumed:", *(line for one in ASSUMED for line in wrap(f"- {one}", WIDTH, subsequent_indent="  "))]
    return "\n".join(lines)


def summary(forecast: Forecast) -> list[str]:
    """Which weeks overflow, in sentences; and what the simulation rests on, or why there is none."""
    return [_overflow(forecast), _simulated(forecast)]


def _overflow(forecast: Forecast) -> str:
    if not forecast.capacity:
        return "You set no daily capacity, so everything is done on its day."
    over = [week for week in forecast.weeks if week.overflows]
    if not over:
        return f"If nobody answers, no week overflows at {forecast.capacity} a day."
    told = _and([f"{_begins(week, forecast.today)} by {count(week.left, 'round')}" for week in over])
    if len(over) == 1:
        return f"If nobody answers, one week overflows at {forecast.capacity} a day: that of {told}."
    return f"If nobody answers, {len(over)} weeks overflow at {forecast.capacity} a day: those of {told}."


def _simulated(forecast: Forecast) -> str:
    rates = forecast.rates
    if not forecast.runs:
        return (
            f"No simulation: your logs hold {count(rates.rounds, 'round')} that had time to be answered, "
            f"and fewer than {ENOUGH} tell no rate."
        )
    shares = list(rates.shares[:TOLD])
    if rest := rates.shares[TOLD:]:
        shares.append(Share(rest[0].first, None, sum(one.answers for one in rest), sum(one.rounds for one in rest)))
    told = _and([f"{share.answers} of {share.rounds} {_which(share)}" for share in shares])
    text = (
        f"Answered so far: {told}. {count(forecast.runs, 'possible future')} drawn from that: "
        "shown is the middle one, and what 8 of 10 lie between."
    )
    over = [week for week in forecast.weeks if week.overflowing]
    if not forecast.capacity:
        return text
    if not over:
        return f"{text} In none of them a week overflows."
    told = _and([f"{_begins(week, forecast.today)} in {week.overflowing}" for week in over])
    return f"{text} Weeks that overflow in some of them: {told}."


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


def _week_line(week: ForecastWeek) -> str:
    left = f", {week.left} left at its end" if week.left else ""
    likely = f"; {_range(week.simulated_rounds)} if they answer" if week.simulated_rounds else ""
    return f"{count(week.rounds, 'round')}{left}{likely}"


def _day_row(day: ForecastDay, most: int, today: date) -> str:
    return _row(short_day(day.load.day, today), day.load, most, day.simulated)


def _week_row(week: ForecastWeek, most: int, today: date) -> str:
    load = Load(week.first, week.rounds + week.left, week.rounds, week.left)
    return _row(_begins(week, today), load, most, week.simulated_rounds)


def _row(name: str, load: Load, most: int, band: Band | None) -> str:
    waits = f"{load.waiting} wait" if load.waiting > 1 else "1 waits" if load.waiting else ""
    return f"{name:<16}{load.due:>5}  {_bar(load, most):<{BAR}} {waits:<9} {_range(band) if band else ''}".rstrip()


def _bar(load: Load, most: int) -> str:
    """One letter a round, or fewer where the longest would not fit; what is there shows."""
    scale = max(1, most / BAR)
    done = round(load.done / scale) or (load.done > 0)
    whole = max(round(load.due / scale), done + (load.waiting > 0))
    return DONE * done + WAITING * min(whole - done, BAR - done)


def _range(band: Band) -> str:
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
