"""What a prospect's log says as of a day: touches, answers, rounds, the stage in force."""

from __future__ import annotations

from datetime import date

from followup_md.model import Entry, Facts, Outcome, Prospect, Remark, Rules, Stage, StageChange, StageKind, Touch

#: Channels that can be agreed on for a day that lies ahead (FORMAT: lines that are not touches).
APPOINTABLE = frozenset({"meeting", "call", "event"})
_OPEN_OUTCOMES = frozenset({Outcome.BOOKED})


def facts_of(prospect: Prospect, rules: Rules, today: date) -> Facts:
    """The facts that every rule looks at; what lies ahead of ``today`` is kept apart."""
    log, appointments, ahead = _parted(prospect.log, today)
    touches = tuple([entry for entry in log if isinstance(entry, Touch)])
    last_answer, unanswered = _last_answer(touches)
    rounds = {touch.date for touch in touches if touch.outbound}
    if not touches and prospect.last_contact and prospect.last_contact <= today:
        rounds = unanswered = {prospect.last_contact}
    stage_lines = [entry for entry in log if isinstance(entry, StageChange)]
    stage_line = stage_lines[-1] if stage_lines else None
    stage = _stage(prospect, rules, stage_line, last_answer)
    return Facts(
        log=log,
        touches=touches,
        appointments=appointments,
        ahead=ahead,
        last=touches[-1] if touches else None,
        last_answer=last_answer,
        last_round=max(rounds, default=None),
        rounds=len(rounds),
        unanswered_rounds=tuple(sorted(unanswered)),
        stage=stage,
        stage_line=stage_line,
        stage_by_hand=bool(prospect.stage and stage_line and stage_line.stage != prospect.stage),
        declined=_declined(touches, stage, stage_line),
    )


def _parted(entries: tuple[Entry, ...], today: date) -> tuple[tuple[Entry, ...], tuple[Touch, ...], tuple[Entry, ...]]:
    """What took place, the appointments ahead, and what else lies ahead, each from the oldest to the newest."""
    if not entries or entries[-1].date < today:
        return entries, (), ()
    log: list[Entry] = []
    appointments: list[Touch] = []
    ahead: list[Entry] = []
    held = {
        entry.channel
        for entry in entries
        if isinstance(entry, Touch) and entry.date == today and took_place(entry, today)
    }
    for entry in entries:
        if isinstance(entry, Touch) and entry.date == today and entry.channel in held:
            log.append(entry)  # agreed on, and another line of today says what came of it
        elif took_place(entry, today) or isinstance(entry, Remark):
            log.append(entry)
        elif isinstance(entry, Touch) and entry.channel in APPOINTABLE:
            if not _off(entry):
                appointments.append(entry)
        else:
            ahead.append(entry)
    return tuple(log), tuple(appointments), tuple(ahead)


def _last_answer(touches: tuple[Touch, ...]) -> tuple[Touch | None, set[date]]:
    """Their newest answer, and the days of the rounds since."""
    unanswered: set[date] = set()
    for touch in reversed(touches):
        if touch.answer:
            return touch, unanswered
        if touch.outbound:
            unanswered.add(touch.date)
    return None, unanswered


def _declined(touches: tuple[Touch, ...], stage: Stage, line: StageChange | None) -> Touch | None:
    """The newest explicit no, where the stage is still open and no ``stage:`` line came after it."""
    declined = [touch for touch in touches if touch.outcomes and Outcome.DECLINED in touch.outcomes]
    if not declined or stage.kind is not StageKind.OPEN or (line and line.date >= declined[-1].date):
        return None
    return declined[-1]


def took_place(entry: Entry, today: date) -> bool:
    """Whether an entry lies behind: a meeting or event of today does once it has an outcome."""
    return entry.date < today or (entry.date == today and not (isinstance(entry, Touch) and is_agreed_on(entry)))


def is_agreed_on(touch: Touch) -> bool:
    """Whether a touch is a meeting or event without an outcome: nobody has said that it took place."""
    return touch.channel in ("meeting", "event") and _OPEN_OUTCOMES.issuperset(touch.outcomes)


def _off(touch: Touch) -> bool:
    return Outcome.CANCELLED in touch.outcomes or Outcome.NO_SHOW in touch.outcomes


def _stage(prospect: Prospect, rules: Rules, line: StageChange | None, answered: Touch | None) -> Stage:
    """The stage in force: the front matter's, else the log's, else by whether they ever answered."""
    if prospect.stage_unknown:
        name = "contacted"
    else:
        name = prospect.stage or (line.stage if line else None) or ("contacted" if answered else "lead")
    found = rules.stage(name)
    if found:
        return found
    open_stages = [stage for stage in rules.stages if stage.kind is StageKind.OPEN]
    return open_stages[0] if name == "lead" or len(open_stages) < 2 else open_stages[1]
