"""Where a prospect stands in its cadence: the log is played back over the cadence's steps.

Each round and each skip since the restart takes one step; the step that comes next is the one
in force. Playing it back, rather than counting, keeps a step that was passed over from coming twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from msgspec import Struct

from followup_md.model import Cadence, Entry, Facts, Intent, Position, Skip, Step, Touch

#: The cadence whose first step is the note after a meeting (R6).
AFTER_MEETING = "after-meeting"
#: Where an open prospect's cadence has no way on, this one goes on for ever (R2).
LAST_RESORT = "nurture"


class Place(Struct, frozen=True):
    """A step in force. ``note`` says that it is the note after a meeting (R6)."""

    position: Position
    note: bool = False
    passed: tuple[str, ...] = ()


def standing(start: str, facts: Facts, cadences: Mapping[str, Cadence], usable: Callable[[str], bool]) -> Place | None:
    """The step in force: the log played back over the cadence named ``start``.

    ``usable`` says which channels can be used. None: the closing cadence is finished.
    """
    restart = _restart(facts)
    answered = facts.log.index(facts.last_answer) + 1 if facts.last_answer else 0
    note = facts.open and _met(facts) and not any(map(_advances, facts.log[answered:restart]))
    walk = _Walk(start, facts, cadences, usable, note)
    voicemail = any(map(_is_voicemail, facts.log[answered:restart]))
    latest: Place | None = None
    last_round: date | None = None
    if not facts.log and facts.last_round:
        walk.on(walk.place(voicemail))  # `last_contact`, where the note has no touch at all
    for entry in facts.log[restart:]:
        if _advances(entry) and entry.date != last_round:
            latest = walk.place(voicemail)
            last_round = entry.date if isinstance(entry, Touch) else None
            walk.on(latest)
        elif isinstance(entry, Skip) and not _is_half(latest, facts, entry.date):
            walk.on(walk.place(voicemail))
        voicemail = voicemail or _is_voicemail(entry)
    return walk.place(voicemail)


def _is_half(place: Place | None, facts: Facts, day: date) -> bool:
    """Whether that day's ``+`` round lacks a channel, so that a skip on the day means the rest of it."""
    if place is None or not place.position.step.together:
        return False
    done = {touch.channel for touch in facts.touches if touch.outbound and touch.date == day}
    return not done.issuperset(place.position.step.channels)


class _Walk:
    """A pointer into the cadences; it moves one step for each round or skip."""

    def __init__(
        self, start: str, facts: Facts, cadences: Mapping[str, Cadence], usable: Callable[[str], bool], note: bool
    ) -> None:
        self.cadences, self.usable, self.note = cadences, usable, note
        self.open = facts.open
        self.at: tuple[str, int] | None = (start, 0) if start in cadences else self._resort()

    def place(self, voicemail_stands: bool) -> Place | None:
        """The step the pointer is at, past those that are passed over."""
        if self.note and self.at and AFTER_MEETING in self.cadences:
            cadence, _ = self.at
            return Place(Position(cadence, 1, self.cadences[AFTER_MEETING].steps[0]), note=True)
        passed: list[str] = []
        seen: set[tuple[str, int]] = set()
        first = self.at
        while self.at:
            name, index = self.at
            step = self.cadences[name].steps[index]
            reason = self._passed_over(name, index, step, voicemail_stands)
            if reason is None or self.at in seen:
                break
            seen.add(self.at)
            passed.append(f"{name} {index + 1} passed over: {reason}")
            self.at = self._after(name, index)
        if self.at in seen:
            self.at = first  # nothing but steps to pass over: the first, by another channel (R17)
            passed.clear()
        if not self.at:
            return None
        name, index = self.at
        return Place(Position(name, index + 1, self.cadences[name].steps[index]), passed=tuple(passed))

    def on(self, place: Place | None) -> None:
        """Move past a step that was taken."""
        self.note = False
        if place and self.at:
            self.at = self._after(*self.at)

    def _passed_over(self, name: str, index: int, step: Step, voicemail_stands: bool) -> str | None:
        if name == AFTER_MEETING and index == 0:
            return "no meeting waits for a note"
        if step.channels == ("voicemail",) and not self.usable("voicemail"):
            return "no voicemail can be left"
        if step.once and voicemail_stands:
            return "once since the last answer, and a voicemail was left"
        return None

    def _after(self, name: str, index: int) -> tuple[str, int] | None:
        cadence = self.cadences[name]
        if index + 1 < len(cadence.steps):
            return name, index + 1
        if cadence.repeat:
            return name, len(cadence.steps) - min(cadence.repeat, len(cadence.steps))
        if cadence.then and cadence.then in self.cadences:
            return cadence.then, 0
        return self._resort()

    def _resort(self) -> tuple[str, int] | None:
        """An open prospect always has a way on (R2)."""
        return (LAST_RESORT, 0) if self.open and LAST_RESORT in self.cadences else None


def _restart(facts: Facts) -> int:
    """Where in the log the step count restarts: what stands before that index does not count.

    It restarts at an answer and at a ``stage:`` line (which comes last on its day); for closed
    prospects at the line (or at their no) only; where front matter and log disagree on the stage, at the newest touch.
    """
    line, answer = facts.stage_line, facts.last_answer
    if facts.declined:
        return facts.log.index(facts.declined) + 1
    if facts.stage_by_hand:
        return _restart_by_hand(facts)
    if line and (not facts.open or answer is None or line.date >= answer.date):
        return sum(entry.date <= line.date for entry in facts.log)
    return facts.log.index(answer) + 1 if answer and facts.open else 0


def _restart_by_hand(facts: Facts) -> int:
    """At the newest touch; but a closing that was begun (they were thanked) goes on from there (R13)."""
    if not facts.open:
        closing = facts.log[
            max(facts.log.index(entry) for entry in (facts.stage_line, facts.last_answer) if entry) + 1 :
        ]
        for entry in closing:
            if isinstance(entry, Touch) and entry.intent is Intent.THANKS:
                return facts.log.index(entry)
    return facts.log.index(facts.last) + 1 if facts.last else 0


def _met(facts: Facts) -> bool:
    return facts.last_answer is not None and facts.last_answer.channel == "meeting"


def _advances(entry: Entry) -> bool:
    """Whether an entry takes a step: a skip, or a touch of ours."""
    return isinstance(entry, Skip) or (isinstance(entry, Touch) and entry.outbound)


def _is_voicemail(entry: Entry) -> bool:
    return isinstance(entry, Touch) and entry.outbound and entry.channel == "voicemail"
