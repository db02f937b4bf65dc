"""``followup stage``."""

from __future__ import annotations

import sys

import click

from followup_md.cli.arguments import stage_of
from followup_md.cli.change import change, dry_run_option
from followup_md.cli.session import Session, pass_session
from followup_md.model import AddEntry, Edit, SetField, StageKind


@click.command("stage")
@click.argument("prospect")
@click.argument("stage")
@click.option("--reason", help="Why; asked for where the stage is won or lost.")
@dry_run_option
@pass_session
def command(session: Session, prospect: str, stage: str, reason: str | None, dry_run: bool) -> None:
    """Move PROSPECT to STAGE: the field is set and the log gets its line."""
    day = session.open(writing=not dry_run)
    found = session.find(day, prospect)
    named = stage_of(stage, day.vault.rules)
    if reason is None and named.kind is not StageKind.OPEN:
        if not (sys.stdin and sys.stdin.isatty()):
            raise click.UsageError(f"--reason is missing: say why it is {named.name}")
        reason = click.prompt(f"Why is it {named.name}?", default="", show_default=False, prompt_suffix=" ", err=True)
    text = f"{named.name} — {reason.strip()}" if reason and reason.strip() else named.name
    changes = (SetField("stage", named.name), AddEntry(day.today, "stage", text))
    change(session, day, Edit(found.path, changes, f"stage is {named.name}"), dry_run)
