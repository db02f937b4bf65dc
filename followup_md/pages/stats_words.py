"""Statistics in words: what a number is called, and how the share that goes on stands against the usual one."""

from __future__ import annotations

from followup_md.days import count, long_day
from followup_md.planning.statistics.overview import Statistics
from followup_md.planning.statistics.proportions import ENOUGH, Share
from followup_md.planning.statistics.stages import RARE, StageResult

TOO_FEW = "too few"
LEGEND = (
    "Range: how far luck may have moved a share up or down; your true rate lies in it in about 95 of 100 cases. "
    f"Too few: under {ENOUGH} cases a percentage says nothing yet. "
    "Round: all that you do for one prospect on one day."
)
#: Up to this probability a result is one to watch.
_WORTH_WATCHING = 0.2


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
    """``12 of 48, 25% (range 15 to 39%)``, or ``2 of 3, too few to say more``. There is at least one case."""
    of, part, span = share_cells(share)
    return f"{of}, {part} (range {span})" if span else f"{of}, too few to say more"


def times(chance: float) -> str:
    """A probability in words: ``about 1 time in 9``."""
    if chance < 0.001:
        return "less than 1 time in 1,000"
    once_in = 1 / chance
    return f"about 1 time in {round(once_in) if once_in < 100 else round(once_in, -1):,.0f}"


def stage_sentence(result: StageResult) -> str | None:
    """How the share that goes on stands against the usual one, in one plain sentence; None where none is usual."""
    if result.expected is None:
        return None
    went_on = result.went_on
    if result.chance is None:
        return f"nobody has left this stage yet; usual is that {percent(result.expected)} go on"
    seen = f"{went_on.count} of {went_on.of} went on; usual is {percent(result.expected)}"
    if result.verdict == TOO_FEW:
        return f"{seen}; too few to say more: under {ENOUGH} have left this stage"
    if result.chance > _WORTH_WATCHING:
        return f"{seen}; chance alone can explain that: no reason to change anything"
    low = went_on.count < result.expected * went_on.of
    if result.chance > RARE:
        advice = "watch it" if low else "a good sign, not more yet"
    else:
        advice = "look for the reason" if low else "better than luck, so go on like this"
    return f"{seen}; so wide a gap comes by chance {times(result.chance)}: {advice}"
