"""Working through what is due, one prospect after the other: where one is, what is left, what was done.

A list is made once and then kept true: each change of a note gives a new plan, and ``planned`` holds the list to it.
Prospects are known by their paths, since what is due for them changes with what is done.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from followup_md.model import Due

What = Literal["logged", "snoozed", "skipped"]


class Done(Struct, frozen=True):
    """Something that was written for a prospect, and the note's bytes before it and behind it."""

    what: What
    path: str
    name: str
    before: bytes
    after: bytes


class Worklist(Struct, frozen=True):
    """``due`` is what is left to do, in the order of the day; ``come_to`` are the paths one has come to so far.

    ``at`` is the one in front of the user, None at the end of the list. ``beyond`` are due as well, but were more than
    the day holds when the list was made. ``done`` is what was written, the last at the end.
    """

    due: tuple[Due, ...]
    come_to: tuple[str, ...] = ()
    at: str | None = None
    beyond: frozenset[str] = frozenset()
    done: tuple[Done, ...] = ()

    @property
    def current(self) -> Due | None:
        return next((due for due in self.due if due.prospect.path == self.at), None)

    @property
    def ahead(self) -> tuple[Due, ...]:
        """What one has not come to yet."""
        return tuple(due for due in self.due if due.prospect.path not in self.come_to)

    @property
    def left(self) -> tuple[Due, ...]:
        """What one has come to and not done."""
        return tuple(due for due in self.due if due.prospect.path in self.come_to)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do, on the list or beyond it."""
        return not self.due and not self.beyond

    @property
    def number(self) -> int:
        """The place of the current prospect, from 1; at the end, how many one has come to."""
        return self.come_to.index(self.at) + 1 if self.at in self.come_to else len(self.come_to)

    @property
    def total(self) -> int:
        """How many prospects the list has, those that are done with too."""
        return len(self.come_to) + len(self.ahead)


def begin(due: tuple[Due, ...], room: int) -> Worklist:
    """The list of the first ``room`` of what is due, at its first prospect."""
    return forward(Worklist(due[:room], beyond=_paths(due[room:])))


def planned(work: Worklist, due: tuple[Due, ...]) -> Worklist:
    """The same list after a new plan. Where the current prospect is due no longer, the next one is current.

    Who is due since the list was made is on it; who was beyond it stays so, unless they wrote.
    """
    listed = tuple(
        one for one in due if one.reply_to or one.prospect.path not in work.beyond or one.prospect.path in work.come_to
    )
    now = replace(work, due=listed, beyond=work.beyond & _paths(due))
    return now if now.current or now.at is None else forward(now)


def forward(work: Worklist) -> Worklist:
    """At the next prospect: one that was left after this one, else one not come to yet, else the end.

    From the end it begins anew with those that were left.
    """
    behind = work.come_to[work.number :] if work.at else work.come_to
    left = _paths(work.left)
    return _first_of((path for path in behind if path in left), work)


def back(work: Worklist) -> Worklist:
    """At the prospect left last before this one; where there is none, the list as it is."""
    before = work.come_to[: work.number - 1] if work.at else work.come_to
    left = _paths(work.left)
    found = next((path for path in reversed(before) if path in left), None)
    return replace(work, at=found) if found else work


def more(work: Worklist, due: tuple[Due, ...]) -> Worklist:
    """The list with what was beyond it, at the first prospect of that."""
    return _first_of((), replace(work, due=due, beyond=frozenset()))


def did(work: Worklist, done: Done) -> Worklist:
    """The list after something was written."""
    return replace(work, done=(*work.done, done))


def undid(work: Worklist) -> Worklist:
    """The list after the last thing that was written is undone, at its prospect again."""
    return replace(work, at=work.done[-1].path, done=work.done[:-1])


def _first_of(paths: Iterable[str], work: Worklist) -> Worklist:
    """At the first of some paths; where there is none, at the first that one has not come to."""
    for path in paths:
        return replace(work, at=path)
    if not work.ahead:
        return replace(work, at=None)
    path = work.ahead[0].prospect.path
    return replace(work, at=path, come_to=(*work.come_to, path))


def _paths(items: Iterable[Due]) -> frozenset[str]:
    return frozenset(due.prospect.path for due in items)
