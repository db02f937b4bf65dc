"""Who is due when in one future, in the order of a day, at the cost of what changes and not of how many wait.

Touches of one category whose steps wait equally long become overdue at one pace, so their order among each other is
the same on every day. Each such queue is kept sorted, and a day looks at the heads only.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from datetime import date, timedelta

from msgspec.structs import replace

from followup_md.model import Category, Due, Duration, Rules
from followup_md.planning.plan import rank_of

_Kind = tuple[Category, Duration | None]
#: What decides in a queue: the day, then what of the rank does not change with it.
_Place = tuple[date, tuple[int | float | str, ...], Due]
_DAY = timedelta(days=1)


class Agenda:
    """What is due of many prospects, at most one touch each."""

    def __init__(self, items: Iterable[Due], rules: Rules) -> None:
        self._rules = rules
        self._queues: dict[_Kind, list[_Place]] = {}
        for due in items:
            self._queues.setdefault(_kind(due), []).append(self._place(due))
        for queue in self._queues.values():
            queue.sort()

    def copy(self) -> Agenda:
        """Another one with the same in it, to be changed by itself."""
        other = Agenda((), self._rules)
        other._queues = {kind: queue.copy() for kind, queue in self._queues.items()}
        return other

    def add(self, due: Due) -> None:
        insort(self._queues.setdefault(_kind(due), []), self._place(due))

    def remove(self, due: Due) -> None:
        """Take out what was added."""
        queue = self._queues[_kind(due)]
        del queue[bisect_left(queue, self._place(due))]

    def number(self, day: date) -> int:
        """How many are due by that day."""
        return sum(bisect_left(queue, (day + _DAY,)) for queue in self._queues.values())

    def first(self, categories: Iterable[Category], day: date, most: int | None = None) -> list[Due]:
        """The first ``most`` of those categories (in their order) that are due by that day; None: all."""
        found: list[Due] = []
        for category in categories:
            heads: list[Due] = []
            for queue in self._of(category):
                by_now = bisect_left(queue, (day + _DAY,))
                heads += [due for _, _, due in queue[: by_now if most is None else min(by_now, most - len(found))]]
            found += self._ranked(heads, day)[: None if most is None else most - len(found)]
        return found

    def on(self, day: date) -> list[Due]:
        """What is due on that very day."""
        found: list[Due] = []
        for queue in self._queues.values():
            found += [due for _, _, due in queue[bisect_left(queue, (day,)) : bisect_left(queue, (day + _DAY,))]]
        return self._ranked(found, day)

    def _of(self, category: Category) -> Iterable[list[_Place]]:
        return (queue for kind, queue in self._queues.items() if kind[0] is category)

    def _ranked(self, items: list[Due], day: date) -> list[Due]:
        late = [one if one.on == day else replace(one, overdue_days=(day - one.on).days) for one in items]
        return sorted(late, key=lambda due: rank_of(due, self._rules))

    def _place(self, due: Due) -> _Place:
        return due.on, rank_of(due, self._rules)[2:], due


def _kind(due: Due) -> _Kind:
    return due.category, due.position.step.wait if due.position else None
