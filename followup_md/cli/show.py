"""``followup show``."""

from __future__ import annotations

import click

from followup_md.cli.screen import links_of, print_text
from followup_md.cli.session import Session, pass_session, print_json
from followup_md.pages.listing import show_text
from followup_md.pages.records import prospect_facts
from followup_md.pages.text import safe
from followup_md.planning.facts import facts_of


@click.command("show")
@click.argument("prospect")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@pass_session
def command(session: Session, prospect: str, as_json: bool) -> None:
    """Show what was read from PROSPECT's note: fields, touches as understood, what is owed, problems."""
    day = session.open()
    found = session.find(day, prospect)
    facts = facts_of(found, day.vault.rules, day.today)
    notes = {found.path, *(entry.path for entry in found.log)}
    problems = [problem for problem in day.problems if problem.path in notes]
    if as_json:
        print_json(prospect_facts(found, facts, problems))
    else:
        uri = links_of(session, day.vault.root)(found.path)
        print_text(session, show_text(found, facts, problems, day.today), safe(found.name), uri)
