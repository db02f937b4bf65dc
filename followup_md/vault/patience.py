"""What the watcher does not believe at first sight: notes that are gone, cut, or gone in masses.

Editors and sync programs remove a file and make it again, or empty it before they write it. A drive that is taken
away takes half the vault with it. So what was known is kept for a while, and looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from followup_md.errors import VaultError
from followup_md.vault.known import Gist
from followup_md.vault.reader import Read

#: For so many seconds a note that is gone, or reads as one half written, is what it was before.
GONE_SECONDS, TORN_SECONDS = 2.0, 5.0
#: For so many seconds nothing is believed of a vault that has lost more than half of its notes at once.
MASS_SECONDS, MASS_NOTES = 60.0, 10


class Unavailable(VaultError):
    """The vault is not there as it should be, so DUE.md stays as it is."""


class Patience:
    """How long each doubtful thing has been so; ``clock`` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._gone: dict[str, float] = {}
        self._torn: dict[str, float] = {}
        self._mass: float | None = None
        self._settings: bytes | None = None
        self._cut: float | None = None

    @property
    def waiting(self) -> bool:
        """Whether something has to be looked at again soon."""
        return bool(self._gone or self._torn) or self._mass is not None or self._cut is not None

    def settings(self, text: bytes) -> bytes:
        """The settings to go by: where the file is gone, empty or cut short, for a while those that it had."""
        if self._settings is not None and text != self._settings and self._settings.startswith(text):
            now = self._clock()
            self._cut = now if self._cut is None else self._cut
            if now - self._cut < TORN_SECONDS:
                return self._settings
        self._settings, self._cut = text, None
        return text

    def believes_gone(self, gone: Collection[str], known: int, seen: bool) -> set[str]:
        """Which of the notes that are gone have been so for long enough.

        ``known`` is how many there were. ``seen``: they were there at an earlier look, and not only kept from another
        day: those are believed at once. Raises ``Unavailable`` where too many went at once.
        """
        now = self._clock()
        if len(gone) >= MASS_NOTES and len(gone) * 2 > known:
            self._mass = now if self._mass is None else self._mass
            if now - self._mass < MASS_SECONDS:
                raise Unavailable(f"{len(gone)} of {known} notes are gone at once: waiting whether they come back")
        else:
            self._mass = None
        if not seen:
            return set(gone)
        self._gone = {path: self._gone.get(path, now) for path in gone}
        believed = {path for path, since in self._gone.items() if now - since >= GONE_SECONDS}
        for path in believed:
            del self._gone[path]
        return believed

    def believes_read(self, path: str, before: Gist, read: Read, now: Gist) -> bool:
        """Whether a note that was one before is really what it reads as now."""
        if before.neighbour is None or not (read.hollow or (before.has_fields and not now.has_fields)):
            self._torn.pop(path, None)
            return True
        when = self._clock()
        if when - self._torn.setdefault(path, when) < TORN_SECONDS:
            return False
        del self._torn[path]
        return True
