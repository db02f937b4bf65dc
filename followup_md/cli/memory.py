"""Commands that only read answer at once where nothing has changed since they answered the last time.

It stands before the commands and imports none of what they need.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TextIO

from followup_md.errors import FollowupError
from followup_md.vault.answers import Answer, Look, Looked, Question, ask, keep, keep_look
from followup_md.vault.files import find_root, in_obsidian
from followup_md.vault.scan import Scan

#: Exit codes of answers; others are errors, which may have other causes than the files.
_ANSWERED = (0, 1)
#: Options with which they write, or trust nothing that was kept.
_NOT_READING = frozenset({"--full", "--write", "--fix", "copy"})
#: What of the environment decides how an answer looks.
_LOOKS = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLORTERM", "COLUMNS", "LINES", "PYTHONIOENCODING")


class Memory:
    """One call of a reading command: what it writes is kept, if it may be given again."""

    def __init__(self, root: Path, looked: Looked | None, question: Question | None) -> None:
        self.root, self.question = root, question
        self._looked = self._found = looked
        self.sound = False
        self._read = Scan([], [], [])
        self._streams = sys.stdout, sys.stderr
        self._written = _Written(sys.stdout), _Written(sys.stderr)
        if question:
            sys.stdout, sys.stderr = self._written

    def take_looked(self) -> Looked | None:
        """What was found in the vault just now; once, for afterwards it may be something else."""
        found, self._found = self._found, None
        return found

    def look(self, settings: bytes, look: Look, read: Scan, sound: bool) -> None:
        """What the vault was read with, which files were read, and whether the answer comes from these alone."""
        self.sound = sound and self.question is not None and read == self.question.scan
        self._read = read
        if self._looked is None or self._looked[:2] != (settings, look):
            keep_look(self.root, settings, look)

    def end(self, code: int) -> None:
        """Keep what was written, unless something in the vault was."""
        sys.stdout, sys.stderr = self._streams
        if self.question and self.sound and code in _ANSWERED and self.question.still_holds(self._read):
            out, err = ("".join(written.parts) for written in self._written)
            keep(self.question, Answer(out, err, code))


def recall(
    given: dict[str, str | None], arguments: list[str], today_in: Callable[[str | None], date]
) -> Memory | int | None:
    """Give the answer that was given before, and return its exit code; else listen to the one that comes.

    ``given`` are the options for all, as of ``parted``; the first of the arguments is a command that reads. None where
    it is to do more than that, is to say how it goes about it, or the vault is not found.
    """
    if sys.stdout is None or sys.stderr is None or "--verbose" in given or not _NOT_READING.isdisjoint(arguments):
        return None
    try:
        root = find_root(given.get("--vault"), os.environ.get("FOLLOWUP_VAULT"))
        streams = [(stream.isatty(), stream.encoding) for stream in (sys.stdout, sys.stderr)]
        looks = [os.environ.get(name) for name in _LOOKS]
        links = streams[0][0] and in_obsidian(root)  # decides where links to notes lead
        options = sorted((name, value) for name, value in given.items() if name != "--vault")
        asked = (arguments, options, streams, _widths(), looks, links)
        looked, question, answer = ask(root, asked, today_in)
    except FollowupError:
        return None
    if answer:
        sys.stdout.write(answer.out)
        sys.stdout.flush()
        sys.stderr.write(answer.err)
        return answer.code
    return Memory(root, looked, question)


def _widths() -> list[int]:
    """How wide the terminals are that the command has; a table is drawn for the first of them."""
    found = []
    for handle in (0, 1, 2):
        with suppress(ValueError, OSError):
            found.append(os.get_terminal_size(handle).columns)
    return found


class _Written:
    """A stream that remembers what is written to it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.parts: list[str] = []

    def write(self, text: str) -> int:
        written = self._stream.write(text)
        self.parts.append(text)
        return written

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)
