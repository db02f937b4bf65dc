"""``followup next``."""

from __future__ import annotations

import click

from followup_md.cli.arguments import NONE, WHENS, moment
from followup_md.cli.change import change, dry_run_option, refuse_closed
from followup_md.cli.session import Session, pass_session
from followup_md.model import ClearField, Edit, Prospect, SetField
from followup_md.reading.dates import iso_moment
from followup_md.vault.day import Day


@click.command("next", epilog=f"WHEN is {WHENS}, with a time behind it if you like, or `none`.")
@click.argument("prospect")
@click.argument("words", metavar="WHEN", nargs=-1, required=True)
@dry_run_option
@pass_session
def command(session: Session, prospect: str, words: tuple[str, ...], dry_run: bool) -> None:
    """Set PROSPECT's next date: a day you promised, which beats every computed one. `none` takes it back."""
    day = session.open(writing=not dry_run)
    change(session, day, promised(session.find(day, prospect), " ".join(words), day), dry_run)


def promised(found: Prospect, when: str, day: Day) -> Edit:
    """The edit that sets a prospect's next date, or takes it back.

    Raises ``Refused`` where that would have no effect, and a usage error for a WHEN that is no day.
    """
    if when.casefold() in NONE:
        return Edit(found.path, (ClearField("next"),), "next is none")
    refuse_closed(day, found)
    written = iso_moment(*moment(when, day, "WHEN"))
    return Edit(found.path, (SetField("next", written),), f"next is {written}")
