"""Running a whole process and measuring it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

#: ``ru_maxrss`` counts in these many bytes.
_MAXRSS = 1 if sys.platform == "darwin" else 1024


class Failed(Exception):
    """A command did not end as it must, so there is nothing to measure."""


@dataclass(frozen=True)
class Run:
    """One run of a process: seconds from its start to its end, and the most memory it held, in bytes.

    Where it had processes of its own, the memory is that of the largest one, not their sum.
    """

    seconds: float
    peak: float


def run(command: tuple[str, ...], environment: Mapping[str, str], errors: Path) -> Run:
    """Run a command to its end; its output is dropped, its standard error goes into the file ``errors``.

    Raises ``Failed`` with the last line of that if it ends with another code than 0.
    """
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, str(errors), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
    ]
    start = time.perf_counter()
    child = os.posix_spawn(command[0], command, environment, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    if status:
        raise Failed(f"`{' '.join(command[1:])}`: {last_line(errors) or f'ended with {status}'}")
    return Run(seconds, usage.ru_maxrss * _MAXRSS)


def last_line(errors: Path) -> str:
    """The last line of a file; empty where there is none."""
    lines = errors.read_text(encoding="utf-8", errors="replace").split("\n") if errors.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def resident(process: int) -> float:
    """The memory that a process holds now, in bytes."""
    status = Path(f"/proc/{process}/status")
    if status.exists():
        return next(
            float(line.split()[1]) * 1024 for line in status.read_text().split("\n") if line.startswith("VmRSS:")
        )
    with os.popen(f"ps -o rss= -p {process}") as told:
        return float(told.read()) * 1024
