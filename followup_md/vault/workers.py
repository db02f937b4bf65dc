"""Work on many things, shared among all processors where that pays.

Each process takes the next few things when it is done with its last ones, so all of them end at about the same time.
Meanwhile the first one carries on with what has come of the work so far.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")

#: From so many things on, starting other processes costs less than they save.
WORTH_SHARING = 200
#: So many things are a step, which one process does; and of larger work no more steps than the smallest pipe holds the
#: numbers of.
_STEP, _MOST_STEPS = 50, 1_000
#: So many bytes are the number of a step, and then tell how many came of it.
_NUMBER, _SIZE = 4, 8
#: So many bytes may have been written by one process and not yet read by the first one, if the system allows it.
_ROOM = 1024 * 1024


def shared(
    things: Sequence[T], work: Callable[[Sequence[T]], bytes], progress: Callable[[int], None] = lambda done: None
) -> Iterator[tuple[Sequence[T], bytes]]:
    """All things, some at a time, and what ``work`` gives for these; what is done first comes first.

    ``work`` may be done in another process, so nothing but its bytes comes back. ``progress`` is told how many things
    are done.
    """
    size = max(_STEP, -(-len(things) // _MOST_STEPS))
    steps = [things[start : start + size] for start in range(0, len(things), size)]
    left = set(range(len(steps)))
    done = 0
    for number, data in _done(steps, left, work, _workers(len(things))):
        left.discard(number)
        yield steps[number], data
        done += len(steps[number])
        progress(done)


def _done(
    steps: Sequence[Sequence[T]], left: set[int], work: Callable[[Sequence[T]], bytes], workers: int
) -> Iterator[tuple[int, bytes]]:
    """The numbers of the steps, and what came of each. What is ``left`` in the end another process failed to do."""
    if workers > 1:
        turns = _turns(len(steps))
        others: list[_Other[T]] = []
        try:
            with suppress(OSError):  # where no more processes can be had, fewer do it
                others.extend(_Other(steps, work, turns) for _ in range(1, workers))
            while mine := os.read(turns, _NUMBER):
                number = int.from_bytes(mine)
                yield number, work(steps[number])
                for other in others:
                    yield from other.came()
            for other in others:
                yield from other.came(to_the_end=True)
        finally:
            os.close(turns)
            for other in others:
                other.end()
    for number in sorted(left):
        yield number, work(steps[number])


def _workers(things: int) -> int:
    # Only Linux starts a process from what is in memory. Other threads would be missing in it, and their locks held.
    if things < WORTH_SHARING or sys.platform != "linux" or threading.active_count() > 1:
        return 1
    if signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN:  # handed down by who started us: no process's end is told
        return 1
    return min(len(os.sched_getaffinity(0)), 8)


def _turns(steps: int) -> int:
    """A pipe of the steps' numbers: whoever reads one, of whichever process, does that step."""
    turns, to = os.pipe()
    with os.fdopen(to, "wb") as pipe:
        pipe.write(b"".join(number.to_bytes(_NUMBER) for number in range(steps)))
    return turns


class _Other(Generic[T]):
    """Another process, begun from what is in memory here, that takes its turns."""

    def __init__(self, steps: Sequence[Sequence[T]], work: Callable[[Sequence[T]], bytes], turns: int) -> None:
        """Raises ``OSError`` where there can be none."""
        self._read = bytearray()
        self._from, to = os.pipe()
        # What ends the command is for the first process to tell; in the other one it stays blocked.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
        try:
            self._pid = os.fork()
            if self._pid == 0:
                os.close(self._from)  # so that nobody reads there, and writing ends, when the first process is gone
                _take_turns_and_end(steps, work, turns, to)
        except OSError:
            os.close(self._from)
            raise
        finally:
            os.close(to)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def came(self, to_the_end: bool = False) -> Iterator[tuple[int, bytes]]:
        """What has come of its steps since it was asked last; ``to_the_end``: until it has done them all, or failed."""
        os.set_blocking(self._from, to_the_end)
        with suppress(BlockingIOError):
            while data := os.read(self._from, _ROOM):
                self._read += data
                yield from self._whole()

    def _whole(self) -> Iterator[tuple[int, bytes]]:
        """What was read to its end of what came."""
        begin = _NUMBER + _SIZE
        while len(self._read) >= begin:
            end = begin + int.from_bytes(self._read[_NUMBER:begin])
            if len(self._read) < end:
                return
            yield int.from_bytes(self._read[:_NUMBER]), bytes(self._read[begin:end])
            del self._read[:end]

    def end(self) -> None:
        """End the process, whatever it is at."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._from)


def _take_turns_and_end(
    steps: Sequence[Sequence[T]], work: Callable[[Sequence[T]], bytes], turns: int, to: int
) -> NoReturn:
    code = 1
    try:
        _take_turns(steps, work, turns, to)
        code = 0
    finally:
        os._exit(code)


def _take_turns(steps: Sequence[Sequence[T]], work: Callable[[Sequence[T]], bytes], turns: int, to: int) -> None:
    """Do steps as long as there are any, and write what comes of them; what cannot be written yet has to wait."""
    import fcntl

    with suppress(OSError):
        fcntl.fcntl(to, fcntl.F_SETPIPE_SZ, _ROOM)
    os.set_blocking(to, False)
    waiting = bytearray()
    while mine := os.read(turns, _NUMBER):
        data = work(steps[int.from_bytes(mine)])
        waiting += mine + len(data).to_bytes(_SIZE) + data
        with suppress(BlockingIOError):
            while waiting:
                del waiting[: os.write(to, waiting)]
    os.set_blocking(to, True)
    while waiting:
        del waiting[: os.write(to, waiting)]
