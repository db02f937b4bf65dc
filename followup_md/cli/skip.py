"""``followup skip``."""

from __future__ import annotations

import click

from followup_md.cli.change import change, dry_run_option
from followup_md.cli.session import Session, pass_session
from followup_md.model import AddEntry, Edit


@click.command("skip")
@click.argument("prospect")
@dry_run_option
@pass_session
def command(session: Session, prospect: str, dry_run: bool) -> None:
    """Skip PROSPECT's next step on purpose: the cadence goes on with the one after it."""
    day = session.open()
    found = session.find(day, prospect)
    due = next((due for due in day.plan.items if due.prospect.path == found.path), None)
    step = " + ".join(due.channels) if due else ""
    change(
        session, day, Edit(found.path, (AddEntry(day.today, "skip", step),), f"skipped {step or 'the step'}"), dry_run
    )
