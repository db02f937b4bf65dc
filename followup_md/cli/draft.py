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
    due = next((due for due in day.plan.items if due.prospect.path == found.path), None)
    if due is None:
        raise NotFound(f"no script for {found.name}: nothing is due for them")
    print_script(session, due, day.vault.rules)


def print_script(session: Session, due: Due, rules: Rules) -> None:
    """Print the script of what is due, and say which step that is. Raises ``NotFound`` where there is none."""
    script = draft(due, rules)
    if script is None and due.category in (Category.REPLY_OWED, Category.APPOINTMENT):
        raise NotFound(f"no script for {due.prospect.name}, since this is theirs to hear: {due.why[0].text}")
    if script is None or due.position is None:
        raise NotFound(f"no script for {due.prospect.name}: the step has none")
    session.say(f"{due.position.cadence} {due.position.number}: {how(due)}")
    click.echo(script)
