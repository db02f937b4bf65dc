"""``followup snooze``."""

from __future__ import annotations

import click

from followup_md.cli.arguments import NONE, WHENS
from followup_md.cli.arguments import when as day_of
from followup_md.cli.change import change, dry_run_option, refuse_closed
from followup_md.cli.session import Session, pass_session
from followup_md.model import AddEntry, ClearField, Edit, Prospect, SetField
from followup_md.vault.day import Day


@click.command("snooze", epilog=f"WHEN is {WHENS}, or `none`.")
@click.argument("prospect")
@click.argument("words", metavar="WHEN", nargs=-1, required=True)
@dry_run_option
@pass_session
def command(session: Session, prospect: str, words: tuple[str, ...], dry_run: bool) -> None:
    """Leave PROSPECT alone until WHEN, unless they write. `none` ends a snooze."""
    day = session.open(writing=not dry_run)
    change(session, day, snoozed(session.find(day, prospect), " ".join(words), day), dry_run)


def snoozed(found: Prospect, when: str, day: Day) -> Edit:
    """The edit that leaves a prospect alone until WHEN, or ends that.

    Raises ``Refused`` where that would have no effect, and a usage error for a WHEN that is no day ahead.
    """
    if when.casefold() in NONE:
        return Edit(found.path, (ClearField("snooze_until"),), "snooze is none")
    refuse_closed(day, found)
    wished = day_of(when, day)
    if wished <= day.today:
        raise click.BadParameter(f"{wished.isoformat()} does not lie ahead", param_hint="WHEN")
    until = wished.isoformat()
    changes = (SetField("snooze_until", until), AddEntry(day.today, "snooze", until))
    return Edit(found.path, changes, f"snoozed until {until}")
