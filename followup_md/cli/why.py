"""``followup why``."""

from __future__ import annotations

import click

from followup_md.cli.screen import links_of, print_text
from followup_md.cli.session import Session, pass_session, print_json
from followup_md.model import Prospect
from followup_md.pages.listing import why_text
from followup_md.pages.records import why
from followup_md.pages.text import safe
from followup_md.planning.next_touch import Considered, consider
from followup_md.vault.day import Day


@click.command("why")
@click.argument("prospect")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@pass_session
def command(session: Session, prospect: str, as_json: bool) -> None:
    """Explain how PROSPECT's next touch came about.

    Each rule in its order, what it saw (path:line), which one won, and what the others would
    have said. PROSPECT is a name, a file, an email address, or an unambiguous part of one.
    """
    day = session.open()
    found = session.find(day, prospect)
    considered = considered_of(found, day)
    if as_json:
        print_json(why(found, considered))
    else:
        uri = links_of(session, day.vault.root)(found.path)
        print_text(session, why_text(found, considered, day.today), safe(found.name), uri)


def considered_of(found: Prospect, day: Day) -> Considered:
    """Every rule's verdict on a prospect."""
    return consider(found, day.around(found).company_answer, day.vault.rules, day.today)
