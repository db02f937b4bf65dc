"""``followup draft``."""

from __future__ import annotations

import click

from followup_md.cli.session import Session, pass_session
from followup_md.errors import NotFound
from followup_md.model import Category, Due, Rules
from followup_md.pages.draft import draft
from followup_md.pages.listing import how


@click.command("draft")
@click.argument("prospect")
@pass_session
def command(session: Session, prospect: str) -> None:
    """Print the script of PROSPECT's next step, filled in with what the note says."""
    day = session.open()
    found = session.find(day, prospect)
    due = day.touch_of(found)
    if due is None:
        raise NotFound(f"no script for {found.name}: nothing is due for them")
    text = script_of(due, day.vault.rules)
    session.say(f"{due.position.cadence} {due.position.number}: {how(due)}" if due.position else how(due))
    click.echo(text)


def script_of(due: Due, rules: Rules) -> str:
    """The script of what is due. Raises ``NotFound`` where there is none."""
    if (text := draft(due, rules)) is not None:
        return text
    if due.category in (Category.REPLY_OWED, Category.APPOINTMENT):
        raise NotFound(f"no script for {due.prospect.name}, since this is theirs to hear: {due.why[0].text}")
    raise NotFound(f"no script for {due.prospect.name}: the step has none")
