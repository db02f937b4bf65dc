"""How far a long piece of work has come, on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

#: Work that is done within so many seconds shows nothing.
PATIENCE = 0.5
#: Seconds from one drawing to the next.
_PACE = 0.1


@contextmanager
def progress(label: str, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A function to be told how much is done, and of how much. Off a terminal it says nothing."""
    began = drawn = time.monotonic()
    bar: tuple[Progress, TaskID] | None = None

    def show(done: int, of: int) -> None:
        nonlocal bar, drawn
        now = time.monotonic()
        if bar is None and done < of and now - began > PATIENCE:
            bar = _bar(label, of)
        if bar and now - drawn > _PACE:
            drawn = now
            bar[0].update(bar[1], completed=done, refresh=True)

    def hush(done: int, of: int) -> None:
        pass

    try:
        yield show if sys.stderr is not None and sys.stderr.isatty() and not quiet else hush
    finally:
        if bar:
            bar[0].stop()


def _bar(label: str, of: int) -> tuple[Progress, TaskID]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(label), BarColumn(bar_width=30), MofNCompleteColumn())
    # Drawn where the work is done: a thread of its own would keep that from being shared among processes.
    found = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
    task = found.add_task(label, total=of)
    found.start()
    return found, task
