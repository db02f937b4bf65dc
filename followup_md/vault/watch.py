"""Keeping DUE.md true until stopped.

Events and clocks only say when to look, and where first. What is known comes from looking at files' times and reading
those that may have changed: after an event, at the notes that it names, which takes a moment in a vault of any size;
soon after it, and every so often, at all of them, since events are lost and wrong. All of it happens in one thread;
what listens for events only rings a bell.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import NamedTuple

from followup_md.days import count
from followup_md.errors import ChangedMeanwhile, FollowupError
from followup_md.model import Rules
from followup_md.vault.bell import Bell
from followup_md.vault.board import show
from followup_md.vault.day import Day, day_in, open_day
from followup_md.vault.events import Events, why_incomplete
from followup_md.vault.files import SETTINGS, settings_text
from followup_md.vault.index import Index
from followup_md.vault.page import new_page, old_page, write_page
from followup_md.vault.patience import Patience, Unavailable
from followup_md.vault.scan import File
from followup_md.vault.status import Post, Status
from followup_md.vault.vault import Vault, known_notes, look_at

#: Seconds. The whole vault is looked at every so often, and more often where events do not tell everything.
ANYWAY, OFTEN, SOON = 30.0, 3.0, 0.5
#: So many seconds after a glance at some notes the whole vault is looked at; later where that takes long.
AFTER_GLANCE, TIMES_ITS_COST = 1.0, 20
#: Seconds from one tidying of memory and database to the next, in a moment when nobody waits if there is one.
REST = 60.0
#: Seconds to wait for a note that another program is at work on: its tick can be taken up at the next look.
BRIEFLY = 0.3
#: Seconds between looks at the clock, the root and the listener.
HEARTBEAT = 1.0
#: Seconds that git may be at work before the vault is looked at all the same, and that it is left alone after it.
GIT_AT_MOST, AFTER_GIT = 60.0, 2.0
#: A clock that differs by more seconds than this from the time that went by was set, or the machine was asleep.
JUMP = 5.0
_LONGEST_REST = 60.0
_TRIES = 4


class Seen(NamedTuple):
    """One look that found something: what changed in the notes, what was done, and how long it took (milliseconds)."""

    changed: tuple[str, ...]
    did: tuple[str, ...]
    wrong: str
    took: float


class Watcher:
    """Watches one vault. ``tell`` is given each look that found something."""

    def __init__(
        self,
        root: Path,
        today_by: Callable[[Rules], date],
        tell: Callable[[Seen], None],
        post: Post,
        poll: bool = False,
    ) -> None:
        self.root, self._today_by, self._tell, self._post = root, today_by, tell, post
        self._index = Index(root, patience=Patience(time.monotonic))
        self.bell = Bell()
        self._stopped = False
        self._events: Events | None = None
        self._incomplete = "polling, as asked for" if poll else ""
        self._poll = poll
        self._rest, self._again = HEARTBEAT, 0.0
        self._look_at_all, self._cost = 0.0, 0.0
        self._root_is = self._was_there = _identity(root)
        self._vault: Vault | None = None
        self._today: date | None = None
        self._doubted: date | None = None
        self._said: frozenset[str] = frozenset()
        self._status = Status(os.getpid(), time.time(), 0.0, ANYWAY, 0)

    def stop(self) -> None:
        """From a signal: end when the look that is going on is done."""
        self._stopped = True
        self.bell.ring()

    def run(self) -> None:
        """Watch until stopped."""
        self._look()  # before there is a second thread: the first look may read everything, by several processes
        self._listen()
        self._look()
        checked = collected = time.monotonic()
        drift = time.time() - checked
        try:
            while not self._stopped:
                due = self.bell.due()
                until = min(self._look_at_all if due is None else due, checked + HEARTBEAT)
                self.bell.wait(until - time.monotonic())
                now = time.monotonic()
                if now - checked >= HEARTBEAT:
                    checked = now
                    jumped = abs(time.time() - now - drift) > JUMP
                    drift = time.time() - now
                    if not self._post.held():
                        break  # another watcher has taken over
                    if jumped or self._is_another_day() or not self._is_listening():
                        self._look_at_all = now
                due = self.bell.due()
                if due is None:
                    if now >= self._look_at_all:
                        self._look_when_git_is_done()
                elif now >= due:
                    is_late = now >= self._look_at_all + ANYWAY  # it is rung without end
                    self._look_when_git_is_done(glance=not is_late)
                if now - collected > REST and (due is None or now - collected > 10 * REST):
                    collected = now
                    gc.collect()
                    self._index.tidy()
        finally:
            if self._events:
                self._events.stop()
            self._index.close()

    # ------------------------------------------------------------------ one look

    def _look_when_git_is_done(self, glance: bool = False) -> None:
        lock, began = self.root / ".git" / "index.lock", time.monotonic()
        free = began
        while not self._stopped:
            now = time.monotonic()
            if os.path.lexists(lock):
                free = now + AFTER_GIT
            if now >= free or now - began > GIT_AT_MOST:
                break
            self.bell.wait(0.1)
        if not self._stopped:
            self._look(glance)

    def _look(self, glance: bool = False) -> None:
        """Read what has changed, take up ticks, and write DUE.md. ``glance``: only where the bell was rung for, if that
        will do."""
        rung_for = self.bell.answered()
        named = rung_for if glance else None
        began = time.perf_counter()
        did: list[str] = []
        said: list[str] = []
        wrong = ""
        self._index.changed.clear()
        self._index.read.clear()
        try:
            for tries_left in reversed(range(_TRIES)):
                try:
                    self._refuse_what_is_no_vault()
                    notes = self._enough_to_look_at(named)
                    glance, named = notes is not None, None  # what changes under our hands is looked at as a whole
                    day = self._day_now(notes, said.append)
                    self._vault, self._today = day.vault, day.today
                    if notes != [] or day.untouched is None:  # else it was our own write that rang
                        did += self._written(day)
                    self._was_there = self._root_is
                    break
                except ChangedMeanwhile:
                    if not tries_left:
                        raise
        except FollowupError as error:
            wrong = str(error)
        except OSError as error:
            wrong = f"{error.filename or self.root}: {error.strerror}"
        if self._events and self._events.folders_changed:
            self._events.folders_changed = False
            self._incomplete = why_incomplete(self.root)
        new = [text for text in dict.fromkeys(said) if text not in self._said]
        self._said = frozenset(said)
        self._report([*new, *did], wrong, glance, time.perf_counter() - began)

    def _enough_to_look_at(self, named: frozenset[str] | None) -> list[File] | None:
        """The notes among the paths that events named, where nothing else has changed; None where the whole vault has to
        be looked at."""
        vault, patience = self._vault, self._index.patience
        is_unsure = self._status.wrong or self._incomplete or (patience and patience.waiting)
        if named is None or vault is None or is_unsure:
            return None
        if self._today_by(vault.rules) != self._today or settings_text(self.root) != vault.settings:
            return None
        return known_notes(vault, named)

    def _day_now(self, notes: Sequence[File] | None, say: Callable[[str], None]) -> Day:
        """The vault and the day as they are, if nothing but those notes has changed; None: whatever has."""
        if notes is None or self._vault is None or self._today is None:
            return open_day(self._index, self._today_by, say, wait=BRIEFLY)
        return day_in(look_at(self._vault, notes), self._today, say, wait=BRIEFLY)

    def _report(self, did: list[str], wrong: str, glanced: bool, took: float) -> None:
        """Tell what a look found, if it found something, and say when the next one is due. ``took`` is in seconds."""
        before, changed = self._status, self._index.changed
        self._status = before._replace(
            looked=before.looked if wrong or glanced else time.time(),
            every=OFTEN if self._incomplete else ANYWAY,
            notes=before.notes if wrong or glanced or not self._vault else self._vault.number,
            wrong=wrong,
            incomplete=self._incomplete,
        )
        self._post.tell(self._status)
        self._plan_next_look(glanced, took)
        if not before.looked and not wrong:
            did.insert(0, f"watching {count(self._status.notes, 'prospect')}")
            changed.clear()  # it read them for the first time
        if before.wrong and not wrong:
            did.append(f"{self._vault.rules.due_file if self._vault else 'it'} is true again")
        if changed or did or wrong != before.wrong:
            self._tell(Seen(tuple(sorted(changed)), tuple(did), wrong, took * 1000))

    def _plan_next_look(self, glanced: bool, took: float) -> None:
        """Say when the whole vault is to be looked at, after a look that took so many seconds."""
        now = time.monotonic()
        if glanced:
            rest = min(self._every, max(AFTER_GLANCE, TIMES_ITS_COST * self._cost))
            self._look_at_all = min(self._look_at_all, now + rest)
        else:
            self._look_at_all, self._cost = now + self._every, took

    def _written(self, day: Day) -> list[str]:
        name, old = day.vault.rules.due_file, old_page(day)
        if old is None and not day.vault.number:
            return []
        new = new_page(day, show(day.vault, day.today, day.left), old)
        return [f"{name} written"] if write_page(day, new, old) else []

    def _refuse_what_is_no_vault(self) -> None:
        """Raises ``Unavailable`` where the folder is gone, or another and empty one stands in its place."""
        now = _identity(self.root)
        if now is None:
            raise Unavailable(f"{self.root} is gone: waiting for it to come back")
        vault = self._vault
        lost_settings = vault and vault.settings != b"" and not os.path.lexists(self.root / SETTINGS)
        if (now != self._was_there or lost_settings) and vault and vault.number and _is_empty(self.root):
            raise Unavailable(f"{self.root} is empty, and was not before: waiting for its notes to come back")

    @property
    def _every(self) -> float:
        """How many seconds from one look to the next where nothing is heard."""
        if self._index.patience and self._index.patience.waiting:
            return SOON
        return OFTEN if self._incomplete or self._status.wrong else ANYWAY

    # ------------------------------------------------------------------ the world around

    def _is_another_day(self) -> bool:
        if self._vault is None:
            return False
        with suppress(FollowupError):
            today = self._today_by(self._vault.rules)
            if today not in (self._today, self._doubted):
                self._doubted = today
                self._index.doubt()  # once a day nothing is taken on trust
            return today != self._today and not self._status.wrong
        return False

    def _is_listening(self) -> bool:
        """Whether events come as they should; if not, listen anew. False says: look."""
        identity = _identity(self.root)
        if identity == self._root_is and (self._poll or (self._events and self._events.alive())):
            self._rest = HEARTBEAT
            return True
        if identity is None:
            return bool(self._status.wrong)  # once told, it is looked for every few seconds
        if time.monotonic() < self._again:
            return True
        self._root_is = identity
        self._listen()
        return False

    def _listen(self) -> None:
        """Listen for events; where that fails, later and later again."""
        self._again = time.monotonic() + self._rest
        self._rest = min(2 * self._rest, _LONGEST_REST)
        if self._poll:
            return
        if self._events:
            self._events.stop()
        self._events = None
        try:
            self._events = Events(self.root, self.bell.ring)
            self._events.start()
            self._incomplete = why_incomplete(self.root)
        except OSError as error:
            if self._events:
                self._events.stop()
            self._events = None
            self._incomplete = (
                f"no events ({error.strerror or error}); see fs.inotify.max_user_watches and max_user_instances"
            )


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        status = root.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _is_empty(root: Path) -> bool:
    try:
        with os.scandir(root) as listing:
            return not any(not entry.name.startswith(".") and entry.name != "lost+found" for entry in listing)
    except OSError:
        return True
