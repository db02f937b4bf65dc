"""What rings when a vault should be looked at: when that is, and at which notes."""

from __future__ import annotations

import threading
import time

#: Seconds. After a change it waits for quiet, but not for ever.
QUIET, AT_MOST = 0.2, 2.0
#: Of more paths than that it is not remembered which they were: the whole vault is looked at.
MOST_PATHS = 200


class Bell:
    """Rung when the vault should be looked at; tells when that is, once it has been quiet for a moment."""

    def __init__(self) -> None:
        self._rung = threading.Event()
        self._lock = threading.Lock()
        self._first: float | None = None
        self._last = 0.0
        self._paths: set[str] | None = set()

    def ring(self, path: str | None = None) -> None:
        """From any thread: something may have changed at that path; None: anywhere."""
        with self._lock:
            self._last = time.monotonic()
            self._first = self._first or self._last
            if path is None or self._paths is None or len(self._paths) >= MOST_PATHS:
                self._paths = None
            else:
                self._paths.add(path)
        self._rung.set()

    def wait(self, seconds: float) -> None:
        """Until it is rung, or that long."""
        self._rung.wait(max(seconds, 0.0))
        self._rung.clear()

    def due(self) -> float | None:
        """When to look; None where it was not rung."""
        first = self._first
        return None if first is None else min(self._last + QUIET, first + AT_MOST)

    def answered(self) -> frozenset[str] | None:
        """It was heard, and the vault is being looked at: the paths it was rung for; None where it may be any."""
        with self._lock:
            paths, self._paths, self._first = self._paths, set(), None
        return None if paths is None else frozenset(paths)
