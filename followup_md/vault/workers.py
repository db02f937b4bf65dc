"""Work on many things, shared among all processors where that pays."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

#: From so many things on, starting other processes costs less than they save.
WORTH_SHARING = 200
#: So many are worked on in this process before it says how far it is.
_STEP = 100


def shared(
    things: Sequence[T], work: Callable[[Sequence[T]], bytes], progress: Callable[[int], None] = lambda done: None
) -> Iterator[tuple[Sequence[T], bytes]]:
    """All things in their order, some at a time, and what ``work`` gives for these.

    ``work`` may be done in another process, so nothing but its bytes comes back. ``progress`` is told about how many
    things are done.
    """
    workers = _workers(len(things))
    size = -(-len(things) // workers)
    others = [_Other(things[start : start + size], work) for start in range(size, len(things), size)] if size else []
    try:
        for start in range(0, size, _STEP):
            some = things[start : min(start + _STEP, size)]
            yield some, work(some)
            progress(min((start + len(some)) * workers, len(things)))
        for other in others:
            done = other.done()
            yield other.things, work(other.things) if done is None else done
    finally:
        for other in others:
            other.end()
    progress(len(things))


def _workers(things: int) -> int:
    # Only Linux starts a process from what is in memory. Other threads would be missing in it, and their locks held.
    if things < WORTH_SHARING or sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(len(os.sched_getaffinity(0)), 8)


class _Other(Generic[T]):
    """Another process, begun from what is in memory here, and its part of the work."""

    def __init__(self, things: Sequence[T], work: Callable[[Sequence[T]], bytes]) -> None:
        self.things = things
        self._ended = False
        self._from, to = os.pipe()
        self._pid = os.fork()
        if self._pid:
            os.close(to)
            return
        code = 1
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # what ends the command is for the first process to tell
            with os.fdopen(to, "wb") as pipe:
                pipe.write(work(things))
            code = 0
        finally:
            os._exit(code)

    def done(self) -> bytes | None:
        """What came of the work; None where the process failed."""
        with os.fdopen(self._from, "rb") as pipe:
            data = pipe.read()
        return data if self._wait() == 0 else None

    def end(self) -> None:
        """End the process, whatever it is at."""
        if not self._ended:
            os.kill(self._pid, signal.SIGKILL)
            self._wait()
            os.close(self._from)

    def _wait(self) -> int:
        self._ended = True
        return os.waitpid(self._pid, 0)[1]
