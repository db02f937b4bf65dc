"""What ``--verbose`` says: where an answer comes from, and how long each part of it took."""

from __future__ import annotations

import time
from collections.abc import Iterator

from followup_md.days import count, short_day
from followup_md.vault.day import Day
from followup_md.vault.files import SETTINGS
from followup_md.vault.index import Index

#: So many notes that were read are named; of more, the number is told.
_MOST_NAMED = 10


class Laps:
    """How long each part of some work took."""

    def __init__(self) -> None:
        self._taken: dict[str, float] = {}
        self._began = time.perf_counter()

    def end(self, part: str) -> None:
        """A part is done, and the next one begins."""
        now = time.perf_counter()
        self._taken[part] = self._taken.get(part, 0) + now - self._began
        self._began = now

    def __str__(self) -> str:
        return ", ".join(f"{part} {taken * 1000:.1f} ms" for part, taken in self._taken.items())


def opening(day: Day, index: Index) -> Iterator[str]:
    """The lines that tell what a vault was opened with."""
    settings = f"with {SETTINGS}" if day.vault.settings else "without settings"
    yield f"{day.vault.root}, {settings}, on {short_day(day.today, day.today)}"
    found, read = len(day.vault.scan.notes), sorted(index.read)
    yield f"{count(found, 'note')}: {max(found - len(read), 0)} known from the index, {len(read)} read"
    yield from (f"  {path}" for path in read[:_MOST_NAMED])
    if len(read) > _MOST_NAMED:
        yield f"  and {len(read) - _MOST_NAMED} more"
