"""``followup next``."""

from __future__ import annotations

import click

from followup_md.cli.change import NONE, change_and_tell, moment, refuse_closed, until_command
from followup_md.cli.session import Session
from followup_md.model import ClearField, Edit, SetField
from followup_md.reading.dates import iso_moment


@until_command("next")
def command(session: Session, prospect: str, when: str, dry_run: bool) -> None:
    """Set PROSPECT's next date: a day you promised, which beats every computed one.

    WHEN `none` takes it back.
    """
    day = session.open(writing=not dry_run)
    found = session.find(day, prospect)
    if when.casefold() in NONE:
        change_and_tell(session, day, Edit(found.path, (ClearField("next"),), "next is none"), dry_run)
        return
    refuse_closed(day, found)
    written = iso_moment(*moment(when, day, "WHEN"))
    change_and_tell(session, day, Edit(found.path, (SetField("next", written),), f"next is {written}"), dry_run)
