"""What all commands share: the vault, the day, colours. The only place that asks for the date."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from followup_md.days import count
from followup_md.errors import NotFound, VaultError
from followup_md.model import LeftTick, Plan, Problem, Prospect, Rules, Severity
from followup_md.pages.text import safe
from followup_md.planning.checks import check_all
from followup_md.planning.plan import make_plan
from followup_md.reading.dates import read_day
from followup_md.vault.due import Page, Taken, read_page, take_up_ticks
from followup_md.vault.files import find_root
from followup_md.vault.lookup import find_prospect, folded
from followup_md.vault.vault import Vault, open_vault


@dataclass(frozen=True, slots=True)
class Day:
    """A vault on a day: its plan, all problems, DUE.md as it stands, and ticks that could not be taken up."""

    vault: Vault
    today: date
    plan: Plan
    problems: tuple[Problem, ...]
    page: Page
    left: tuple[LeftTick, ...]


class Session:
    """One call of the command: what was said before the command's name."""

    def __init__(self, vault: str | None, today: str | None, color: str, quiet: bool) -> None:
        self.chosen, self.quiet = vault, quiet
        self.given_day = _given_day(today)
        self.color = _color(color)

    def open(self, writing: bool = True) -> Day:
        """Read the vault, take up the ticks of DUE.md (unless nothing is to be written), and plan the day."""
        vault = open_vault(find_root(self.chosen, os.environ.get("FOLLOWUP_VAULT")))
        today = self.given_day or _local_day(vault.rules)
        page = read_page(vault)
        taken = take_up_ticks(vault, page, today, self.say) if writing else Taken((), ())
        for left in taken.left:
            self.say(f"{left.path or vault.rules.due_file}: a tick is not taken up: {left.why}")
        vault = open_vault(vault.root) if taken.done else vault
        problems = (*vault.problems, *check_all(vault.prospects, vault.rules, today))
        ordered = tuple(
            sorted(problems, key=lambda problem: (problem.path, problem.line, problem.column, problem.code))
        )
        return Day(vault, today, make_plan(vault.prospects, vault.rules, today), ordered, page, taken.left)

    def find(self, day: Day, query: str) -> Prospect:
        """The prospect that a user names; for a note that is not read, why. Raises ``NotFound``, ``Ambiguous``."""
        try:
            return find_prospect(query, day.vault.prospects)
        except NotFound:
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
            click.echo(safe(text), err=True)

    def say_left_out(self, day: Day) -> None:
        """What was not taken for a prospect, and how many problems there are."""
        for reason, number in day.vault.left_out:
            self.say(f"{count(number, 'note')} left out: {reason}")
        if day.problems:
            self.say(f"{count(len(day.problems), 'problem')}: see `followup check`")

    def say_if_empty(self, day: Day) -> None:
        if not day.vault.prospects:
            folders = ", ".join(f"{folder}/" for folder in day.vault.rules.prospects)
            self.say(f"no prospects in {day.vault.root}: put notes under {folders}, or give them `type: prospect`")

    @property
    def on_terminal(self) -> bool:
        return sys.stdout is not None and sys.stdout.isatty()


pass_session = click.make_pass_decorator(Session)


def print_json(record: object) -> None:
    """JSON on standard output; what is not ASCII is escaped, so nothing in it can act on a terminal."""
    click.echo(json.dumps(record, indent=2))


def _is_read(path: str, day: Day) -> bool:
    return any(prospect.path == path for prospect in day.vault.prospects)


def _given_day(text: str | None) -> date | None:
    if text is None:
        return None
    day = read_day(text)
    if day is None:
        raise click.BadParameter(f"`{safe(text)}` is no date: write YYYY-MM-DD", param_hint="--today")
    return day


def _local_day(rules: Rules) -> date:
    """Today where the user is: in the settings' time zone, else the machine's."""
    try:
        return datetime.now(ZoneInfo(rules.timezone) if rules.timezone else None).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise VaultError(
            f'followup.toml: `timezone = "{rules.timezone}"` is no known time zone: write a name such as Europe/Berlin'
        ) from None


def _color(wanted: str) -> bool | None:
    """Whether to colour: told by the option, else by NO_COLOR and FORCE_COLOR; None: on a terminal only."""
    if wanted != "auto":
        return wanted == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None
