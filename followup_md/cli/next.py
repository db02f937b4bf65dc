"""``followup next``."""

from __future__ import annotations

import click

from followup_md.cli.change import change, dry_run_option, moment, refuse_closed
from followup_md.cli.session import Session, pass_session
from followup_md.model import Edit, SetField
from followup_md.reading.dates import iso_moment


@click.command("next")
@click.argument("prospect")
@click.argument("when")
@dry_run_option
@pass_session
def command(session: Session, prospect: str, when: str, dry_run: bool) -> None:
    """Set PROSPECT's next date: a day you promised, which beats every computed one."""
    day = session.open(writing=not dry_run)
    found = session.find(day, prospect)
    refuse_closed(day, found)
    written = iso_moment(*moment(when, day, "WHEN"))
    change(session, day, Edit(found.path, (SetField("next", written),), f"next is {written}"), dry_run)
