"""Letting go: how somebody came to be closed as lost, and hints about it (R14, R16, R21)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct

from followup_md.days import count
from followup_md.model import (
    Entry,
    Facts,
    Intent,
    Outcome,
    Problem,
    Prospect,
    Rules,
    Severity,
    StageChange,
    StageKind,
    Touch,
)
from followup_md.planning.neighbours import company_key

#: R21: with fewer rounds than these a prospect is not exhausted (RedRover's advice; no data behind it).
ENOUGH_ROUNDS = 5
#: R21: more than so many follow-ups after a proposal (McPheat).
ENOUGH_AFTER_PROPOSAL = 1
#: Days: so long after a loss its missing reason is told, and a missing decision maker is a warning (later a hint).
FRESH = 30
#: The cadence of the stages in which a proposal lies with them.
PROPOSAL_CADENCE = "after-proposal"


class Ending(Struct, frozen=True):
    """The end of somebody who is lost: the ``stage:`` line that says so (None: no line does), and what stood in the log
    before. ``proposal`` is the line since which a proposal lay with them; None: none did.
    """

    line: StageChange | None
    before: tuple[Entry, ...]
    proposal: StageChange | None

    @property
    def rounds(self) -> int:
        """How many rounds there were before the end, thanks left out."""
        return len(_rounds(self.before))

    @property
    def follow_ups(self) -> int:
        """How many of them came after the day of the proposal."""
        return sum(self.proposal is not None and day > self.proposal.date for day in _rounds(self.before))


def ending_of(facts: Facts, rules: Rules) -> Ending:
    """The end of somebody who is lost; where no line says when, all of the log stood before it."""
    line = facts.closed_by if isinstance(facts.closed_by, StageChange) else None
    before = facts.log[: facts.log.index(line)] if line else facts.log
    proposal: StageChange | None = None
    for entry in before:
        if isinstance(entry, StageChange) and (line is None or entry.stage != line.stage):
            stage = rules.stage(entry.stage)
            with_them = stage is not None and stage.cadence == PROPOSAL_CADENCE
            proposal = (proposal or entry) if with_them else None
    return Ending(line, before, proposal)


def said_no(facts: Facts) -> bool:
    """Whether they were not let go, but said no themselves."""
    return any(Outcome.DECLINED in touch.outcomes for touch in facts.touches)


def deciders_of(prospects: Iterable[Prospect]) -> frozenset[str]:
    """The companies (by ``company_key``) of which it is known who decides."""
    return frozenset(company_key(one) for one in prospects if one.decision_maker is True) - {""}


def decider_known(prospect: Prospect, deciders: frozenset[str]) -> bool:
    """Whether it is known who decides: they, somebody whom their note names, or a colleague (R14)."""
    return bool(prospect.decision_maker) or company_key(prospect) in deciders


# --------------------------------------------------------------------------- hints


def hints_of_loss(
    prospect: Prospect, facts: Facts, rules: Rules, today: date, decider_known: bool
) -> Iterator[Problem]:
    """The hints about one who is lost, none about others; ``decider_known``: from another note of the company."""
    if prospect.do_not_contact or facts.stage.kind is not StageKind.LOST:
        return
    ending = ending_of(facts, rules)
    line = ending.line.line if ending.line else prospect.line_of("stage")
    ended = ending.line.date if ending.line else facts.last.date if facts.last else None
    fresh = ended is not None and (today - ended).days <= FRESH
    if not said_no(facts):
        if message := _too_early(ending):
            yield Problem(prospect.path, line, 1, "let-go-early", Severity.INFO, message)
        if fresh and not (ending.line and ending.line.reason):
            yield Problem(prospect.path, line, 1, "let-go-unexplained", Severity.INFO, _unexplained(ending))
    if not decider_known and not prospect.decision_maker:
        severity = Severity.WARNING if fresh else Severity.INFO
        yield Problem(prospect.path, line, 1, "lost-undecided", severity, _undecided(prospect))


def _too_early(ending: Ending) -> str | None:
    """R21: given up in silence before the fifth round, or with one follow-up on a proposal."""
    answers = [number for number, entry in enumerate(ending.before) if isinstance(entry, Touch) and entry.answer]
    silent = ending.before[answers[-1] + 1 :] if answers else ending.before
    if ending.proposal and ending.proposal in silent and ending.follow_ups <= ENOUGH_AFTER_PROPOSAL:
        made = count(ending.follow_ups, "follow-up") if ending.follow_ups else "no follow-up"
        text = f"let go after {made} on the proposal of {ending.proposal.date.isoformat()} and no word of theirs"
        return f"{text}: one more may be the one that is answered (R21)"
    rounds = len(_rounds(silent))
    # The first round after an answer is the reply to it, so it follows nothing up.
    if (2 if answers else 1) <= rounds < ENOUGH_ROUNDS:
        text = f"let go after {count(rounds, 'round')} without an answer, and under {ENOUGH_ROUNDS} is early"
        return f"{text}: open it again, or leave it so if you meant it (R21)"
    return None


def _unexplained(ending: Ending) -> str:
    """R16: letting go is allowed, as a recorded choice with a reason."""
    if ending.line:
        return f"let go, and no reason stands on the line: write it behind, as in `stage: {ending.line.stage} — no budget` (R16)"
    return "let go, and no line of the log says when and why: add one, as in `- DATE stage: lost — no budget` (R16)"


def _undecided(prospect: Prospect) -> str:
    """R14: nobody who decides is known, so it was not they who said no."""
    who = "but they do not decide, and who does" if prospect.decision_maker is False else "and who decides"
    return f"lost, {who} is not known: find that out and ask, or set `decision_maker` to true or to a link (R14)"


def _rounds(entries: Iterable[Entry]) -> set[date]:
    """The days on which something of ours went out, thanks left out."""
    return {
        entry.date
        for entry in entries
        if isinstance(entry, Touch) and entry.outbound and entry.intent is not Intent.THANKS
    }
