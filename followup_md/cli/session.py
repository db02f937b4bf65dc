"""What all commands share: the vault, the day, colours."""

from __future__ import annotations

import os
import sys
from datetime import date

import click

from followup_md.cli.clock import today_in
from followup_md.cli.memory import Memory
from followup_md.cli.program import say
from followup_md.cli.progress import progress
from followup_md.cli.verbose import Laps, opening
from followup_md.days import count
from followup_md.errors import NotFound
from followup_md.folding import folded
from followup_md.model import Prospect, Rules, Severity
from followup_md.pages.text import safe
from followup_md.reading.dates import read_day
from followup_md.vault.answers import Look
from followup_md.vault.day import Day, open_day
from followup_md.vault.files import behind_link, find_root
from followup_md.vault.index import Index
from followup_md.vault.lookup import find_prospect

#: Problems that have other causes than what the files say, and may be gone the next time.
_PASSING = frozenset({"note-unreadable", "folder-unreadable"})


class Session:
    """One call of the command: what was said before the command's name."""

    def __init__(
        self, vault: str | None, today: str | None, color: str, quiet: bool, verbose: bool, memory: Memory | None
    ) -> None:
        self.chosen, self.quiet, self.verbose, self.memory = vault, quiet, verbose, memory
        self._laps = Laps()
        self.given_day = date_of(today, "--today") if today is not None else None
        self.color = _color(color)
        self._said: set[str] = set()
        self._index: Index | None = None

    def open(self, writing: bool = True, full: bool = False) -> Day:
        """Read the vault, take up the ticks of DUE.md (unless nothing is to be written), and plan the day."""
        root = find_root(self.chosen, os.environ.get("FOLLOWUP_VAULT"))
        if self._index:
            self._index.close()
        self._index = index = Index(root, full)
        with progress("reading notes", self.quiet) as show:
            looked = self.memory.take_looked() if self.memory else None
            say = self._say_and_note
            day = open_day(index, self.today, say, writing, show, looked=looked, lap=self._laps.end)
        if self.verbose:
            for line in opening(day, index):
                self.say(line)
        if self.memory:
            rules = day.vault.rules
            look = Look(rules.exclude, rules.due_file, rules.timezone)
            readable = not any(problem.code in _PASSING for problem in day.vault.problems)
            self.memory.look(day.vault.settings, look, day.vault.scan, sound=readable and not day.left)
        return day

    def look_again(self) -> Day:
        """The vault as it is now, after it was opened: ticks are taken up, and only what has changed is read.

        What was said when it was opened, or at a look since, is not said again.
        """
        assert self._index
        return open_day(self._index, self.today, self._say_news)

    def _say_news(self, text: str) -> None:
        if text not in self._said:
            self._say_and_note(text)

    def _say_and_note(self, text: str) -> None:
        self._said.add(text)
        self.say(text)

    def close(self) -> None:
        """Let go of the vault, and say how long it took, if that is wished for."""
        if self._index:
            self._index.close()
        self._laps.end("planning and answering")
        if self.verbose:
            self.say(str(self._laps))

    def today(self, rules: Rules) -> date:
        """The day that was given, else today where the user is."""
        return self.given_day or today_in(rules.timezone)

    def find(self, day: Day, query: str) -> Prospect:
        """The prospect that a user names; for a note that is not read, why. Raises ``NotFound``, ``Ambiguous``."""
        if not query.strip():
            raise click.UsageError("PROSPECT is empty: write a name, or a part of one")
        try:
            return _found(day, query)
        except NotFound:
            if (real := behind_link(day.vault.root, query)) is not None:
                if self.memory:
                    self.memory.sound = False  # where a link leads is not among what an answer rests on
                return _found(day, real)
            wanted = folded(query).removesuffix(".md")
            for problem in day.problems:
                if (
                    problem.severity is Severity.ERROR
                    and wanted in folded(problem.path)
                    and not _is_read(problem.path, day)
                ):
                    raise NotFound(f"{problem.path}:{problem.line}: {problem.message}") from None
            raise

    def say(self, text: str) -> None:
        """A remark on standard error, unless quiet."""
        if not self.quiet:
            say(text)

    def say_left_out(self, day: Day, wrong: int) -> None:
        """What was not taken for a prospect, and how many problems there are; hints are only `check`'s to tell."""
        for reason, number in day.vault.left_out:
            self.say(f"{count(number, 'note')} left out: {reason}")
        if wrong:
            self.say(f"{count(wrong, 'problem')}: see `followup check`")

    def say_if_empty(self, day: Day) -> None:
        if not day.vault.number:
            folders = ", ".join(f"{folder}/" for folder in day.vault.rules.prospects)
            self.say(f"no prospects in {day.vault.root}: put notes under {folders}, or give them `type: prospect`")

    @property
    def on_terminal(self) -> bool:
        return sys.stdout is not None and sys.stdout.isatty()

    @property
    def width(self) -> int:
        """Columns for sentences: those of the terminal, but 40 to 80; 80 where there is none."""
        if not self.on_terminal:
            return 80
        from shutil import get_terminal_size

        return max(40, min(get_terminal_size().columns, 80))


pass_session = click.make_pass_decorator(Session)


def date_of(text: str, option: str) -> date:
    """The day that is written as a date. Raises a usage error for anything else."""
    day = read_day(text)
    if day is None:
        raise click.BadParameter(f"`{safe(text)}` is no date: write YYYY-MM-DD", param_hint=option)
    return day


def print_json(record: object) -> None:
    """JSON on standard output; what is not ASCII is escaped, so nothing in it can act on a terminal."""
    import json

    click.echo(json.dumps(record, indent=2))


def _found(day: Day, query: str) -> Prospect:
    """The prospect that is named, as ``find_prospect`` finds it."""
    return day.vault.prospect(find_prospect(query, day.vault.neighbours).path)


def _is_read(path: str, day: Day) -> bool:
    return any(one.path == path for one in day.vault.neighbours)


def _color(wanted: str) -> bool | None:
    """Whether to colour: told by the option, else by NO_COLOR and FORCE_COLOR; None: on a terminal only."""
    if wanted != "auto":
        return wanted == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None
