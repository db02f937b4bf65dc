"""Work on many things, shared among all processors where that pays."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")

#: From so many things on, starting other processes costs less than they save.
WORTH_SHARING = 200
#: So many are worked on at a time, before it is said how far it is; and so many come from another process at a time.
_STEP = 100
#: So many bytes tell how many follow.
_SIZE = 8


def shared(
    things: Sequence[T], work: Callable[[Sequence[T]], bytes], progress: Callable[[int], None] = lambda done: None
) -> Iterator[tuple[Sequence[T], bytes]]:
    """All things in their order, some at a time, and what ``work`` gives for these.

    ``work`` may be done in another process, so nothing but its bytes comes back. ``progress`` is told about how many
    things are done.
    """
    workers = _workers(len(things))
    size = -(-len(things) // workers)
    others: list[_Other[T]] = []
    done = 0
    try:
        with suppress(OSError):  # where no more processes can be had, the rest is done here
            others.extend(_Other(things[start : start + size], work) for start in range(size, len(things), size or 1))
        for some in _steps(things[:size]):
            yield some, work(some)
            done += len(some)
            progress(min(done * workers, len(things)))
        for other in others:
            for some, came in other.done():
                yield some, work(some) if came is None else came
        for some in _steps(things[size * (1 + len(others)) :]):
            yield some, work(some)
    finally:
        for other in others:
            other.end()
    progress(len(things))


def _workers(things: int) -> int:
    # Only Linux starts a process from what is in memory. Other threads would be missing in it, and their locks held.
    if things < WORTH_SHARING or sys.platform != "linux" or threading.active_count() > 1:
        return 1
    if signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN:  # handed down by who started us: no process's end is told
        return 1
    return min(len(os.sched_getaffinity(0)), 8)


def _steps(things: Sequence[T]) -> Iterator[Sequence[T]]:
    return (things[start : start + _STEP] for start in range(0, len(things), _STEP))


class _Other(Generic[T]):
    """Another process, begun from what is in memory here, and its part of the work."""

    def __init__(self, things: Sequence[T], work: Callable[[Sequence[T]], bytes]) -> None:
        """Raises ``OSError`` where there can be none."""
        self.things = things
        out, to = os.pipe()
        self._from = os.fdopen(out, "rb")
        try:
            self._pid = os.fork()
        except OSError:
            self._from.close()
            os.close(to)
            raise
        if self._pid:
            os.close(to)
            return
        code = 1
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # what ends the command is for the first process to tell
            self._from.close()  # so that nobody reads there, and writing ends, when the first process is gone
            with os.fdopen(to, "wb") as pipe:
                for data in [work(some) for some in _steps(things)]:  # nobody reads before the first process is done
                    pipe.write(len(data).to_bytes(_SIZE) + data)
            code = 0
        finally:
            os._exit(code)

    def done(self) -> Iterator[tuple[Sequence[T], bytes | None]]:
        """What came of the work, some things at a time; None where the process failed before it came."""
        for some in _steps(self.things):
            size = self._from.read(_SIZE)
            data = self._from.read(int.from_bytes(size))
            yield some, data if size and len(data) == int.from_bytes(size) else None

    def end(self) -> None:
        """End the process, whatever it is at."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        self._from.close()
