"""Working days (R18): not the weekend, not a holiday, not my own leave."""

from __future__ import annotations

from datetime import date, timedelta

from followup_md.model import Duration, Rules

_DAY = timedelta(days=1)
#: Where no working day comes within ten years, the settings leave none; dates then stay as they are.
_FAR = 3653


def is_workday(day: date, rules: Rules) -> bool:
    """Whether one works on that day."""
    if day.weekday() not in rules.workdays:
        return False
    for off in (rules.holidays, rules.away):
        for first, last in off:
            if first <= day <= last:
                return False
    return True


def roll_forward(day: date, rules: Rules) -> date:
    """That day, or the first working day after it."""
    rolled = day
    for _ in range(_FAR):
        if is_workday(rolled, rules):
            return rolled
        rolled += _DAY
    return day


def roll_back(day: date, floor: date, rules: Rules) -> date:
    """That day, or the last working day before it, but none before ``floor``: then it rolls forward."""
    rolled = day
    while rolled >= floor:
        if is_workday(rolled, rules):
            return rolled
        rolled -= _DAY
    return roll_forward(day, rules)


def after(day: date, wait: Duration, rules: Rules) -> date:
    """The day that is so much later; a month later is at most its last day."""
    match wait.unit:
        case "d":
            return day + timedelta(days=wait.count)
        case "w":
            return day + timedelta(weeks=wait.count)
        case "m":
            months = day.year * 12 + day.month - 1 + wait.count
            year, month = divmod(months, 12)
            from calendar import monthrange

            return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        case "wd":
            for _ in range(wait.count):
                following = roll_forward(day + _DAY, rules)
                if not is_workday(following, rules):
                    return day
                day = following
            return day
