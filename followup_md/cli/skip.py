"""``followup skip``."""

from __future__ import annotations

import click

from followup_md.cli.change import change, dry_run_option
from followup_md.cli.session import Session, pass_session
from followup_md.errors import NotFound
from followup_md.model import AddEntry, Edit, Prospect
from followup_md.vault.day import Day


@click.command("skip")
@click.argument("prospect")
@dry_run_option
@pass_session
def command(session: Session, prospect: str, dry_run: bool) -> None:
    """Skip PROSPECT's next step on purpose: the cadence goes on with the one after it."""
    day = session.open(writing=not dry_run)
    change(session, day, skipped(session.find(day, prospect), day), dry_run)


def skipped(found: Prospect, day: Day) -> Edit:
    """The edit that skips a prospect's next step. Raises ``NotFound`` where nothing is planned for them."""
    due = day.touch_of(found)
    if due is None:
        raise NotFound(f"nothing is planned for {found.name}, so there is nothing to skip")
    step = " + ".join(due.channels) or "no channel"
    return Edit(found.path, (AddEntry(day.today, "skip", step),), f"skipped {step}")
