"""What a user names on the command line, as what it is: a day, a stage, a channel."""

from __future__ import annotations

from datetime import date, time

import click

from followup_md.model import Duration, Rules, Stage
from followup_md.pages.text import safe
from followup_md.planning.workdays import after
from followup_md.reading.dates import read_moment
from followup_md.reading.when import read_when_at
from followup_md.reading.words import stage_named, vocabulary
from followup_md.vault.day import Day

#: What may be written for a day, as errors and ``--help`` tell it.
WHENS = "2026-12-01, 3d, 2w, 5wd, in a week, tomorrow, mon, next week or 1 dec"
#: In the place of a WHEN: no day any more.
NONE = frozenset({"none", "-"})


def when(text: str, day: Day, option: str = "WHEN") -> date:
    """The day that a user names. Raises a usage error with what may be written."""
    named, at = moment(text, day, option)
    if at is not None:
        raise click.BadParameter(f"`{safe(text)}` names a time, and here only a day counts", param_hint=option)
    return named


def moment(text: str, day: Day, option: str) -> tuple[date, time | None]:
    """A day, with a time where one is named: ``2026-12-01T14:30``, ``tomorrow 10:00``. Raises as ``when`` does."""
    found = read_moment(text) or read_when_at(text, day.today)
    if found is None:
        raise click.BadParameter(f"`{safe(text)}` is no day: write {WHENS}", param_hint=option)
    named, at = found
    return after(day.today, named, day.vault.rules) if isinstance(named, Duration) else named, at


def stage_of(text: str, rules: Rules, option: str = "STAGE") -> Stage:
    """The stage that a user names. Raises a usage error with those that there are."""
    named = stage_named(text, rules.stages)
    if named is None:
        known = ", ".join(one.name for one in rules.stages)
        raise click.BadParameter(f"`{safe(text)}` names no stage: write one of {known}", param_hint=option)
    return named


def channel_of(text: str, rules: Rules) -> str:
    """The channel that a user names. Raises a usage error with those that there are."""
    named = vocabulary(rules.channels).named(text)
    if named is None:
        known = ", ".join(one.name for one in rules.channels)
        raise click.BadParameter(f"`{safe(text)}` names no channel: write one of {known}", param_hint="CHANNEL")
    return named
