"""Persistence: how many rounds it took, and who was let go how early (R14, R16, R21)."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from followup_md.model import Rules, StageKind
from followup_md.planning.letting_go import ENOUGH_AFTER_PROPOSAL, ENOUGH_ROUNDS, decider_known, ending_of, said_no
from followup_md.planning.statistics.history import History, Window
from followup_md.planning.statistics.proportions import Share, share_of
from followup_md.planning.statistics.survival import Median, Point, Span, curve_of, median_of


class Tally(Struct, frozen=True):
    """So many prospects had so many rounds."""

    rounds: int
    prospects: int


class Persistence(Struct, frozen=True):
    """Rounds of the prospects whose first round lies in the window; ends of those who were closed in it.

    ``answers`` is the chance of the first answer at each round given none before, and the Kaplan-Meier curve: who
    has not answered is seen as far as their rounds are settled. ``median`` is in rounds. ``wrote_first`` are not in it.
    ``wins`` are the rounds up to the day of the win. Of those let go (lost, without a no of theirs): ``early`` before
    the fifth round (R21), ``after_one`` after at most one follow-up on a proposal (R21), ``reasoned`` with a reason on the line
    (R16). Of all who are lost: ``decided``, where a decision maker is known (R14).
    """

    rounds: tuple[Tally, ...]
    answers: tuple[Point, ...]
    median: Median
    wrote_first: int
    wins: tuple[Tally, ...]
    early: Share
    after_one: Share
    reasoned: Share
    decided: Share


def persistence_of(
    histories: Iterable[History], rules: Rules, window: Window, until: date, deciders: frozenset[str]
) -> Persistence:
    """Persistence as of the window; rounds are settled as of ``until``, ``deciders`` are the companies where it is known
    who decides.
    """
    histories = tuple(histories)
    begun = [history for history in histories if history.rounds and window.holds(history.rounds[0])]
    spans = [span for history in begun if (span := _until_answer(history, min(until, window.until)))]
    lost = [history for history in histories if history.is_closed(StageKind.LOST) and _closed_in(history, window)]
    let_go = [ending_of(history.facts, rules) for history in lost if not said_no(history.facts)]
    proposed = [ending for ending in let_go if ending.line and ending.proposal]
    won = [
        _rounds_until(history, history.closed_on)
        for history in histories
        if history.is_closed(StageKind.WON) and history.closed_on and window.holds(history.closed_on)
    ]
    return Persistence(
        rounds=_tallies(_rounds_until(history, window.until) for history in begun),
        answers=curve_of(spans, range(1, max((span.length for span in spans), default=0))),
        median=median_of(spans),
        wrote_first=sum(_wrote_first(history, window) for history in histories),
        wins=_tallies(won),
        early=share_of(sum(ending.rounds < ENOUGH_ROUNDS for ending in let_go), len(let_go)),
        after_one=share_of(sum(ending.follow_ups <= ENOUGH_AFTER_PROPOSAL for ending in proposed), len(proposed)),
        reasoned=share_of(sum(bool(ending.line and ending.line.reason) for ending in let_go), len(let_go)),
        decided=share_of(sum(decider_known(history.prospect, deciders) for history in lost), len(lost)),
    )


def _tallies(numbers: Iterable[int]) -> tuple[Tally, ...]:
    return tuple(Tally(rounds, number) for rounds, number in sorted(Counter(numbers).items()))


def _until_answer(history: History, until: date) -> Span | None:
    """The rounds up to the first answer, as far as they are settled; None where there is nothing to count.

    A round that could not be answered, since nothing of it reached them, is none of them.
    """
    if _wrote_first(history, None):
        return None
    seen = len({attempt.touch.date for attempt in history.attempts if attempt.touch.date <= until})
    after = history.first_answer_after
    if after is None or after > seen:
        return Span(seen, False) if seen else None
    called = any(attempt.answer is history.first_answer for attempt in history.attempts)
    return Span(after, called)


def _wrote_first(history: History, window: Window | None) -> bool:
    """Whether they answered before any round of ours (in the window, if one is given)."""
    first = history.first_answer
    return first is not None and history.first_answer_after == 0 and (window is None or window.holds(first.date))


def _closed_in(history: History, window: Window) -> bool:
    """Whether they were closed in the window. No line says when: only where all days are looked at."""
    return window.holds(history.closed_on) if history.closed_on else window.since is None


def _rounds_until(history: History, day: date | None) -> int:
    return len(history.rounds) if day is None else bisect_right(history.rounds, day)
