"""``followup add``."""

from __future__ import annotations

import sys

import click

from followup_md.cli.arguments import WHENS, moment, stage_of
from followup_md.cli.change import diff, dry_run_option, say_next
from followup_md.cli.session import Session, pass_session
from followup_md.editing.new import Given, file_name, new_note
from followup_md.errors import Refused
from followup_md.folding import folded
from followup_md.model import Scalar
from followup_md.pages.text import safe
from followup_md.planning.neighbours import Neighbour
from followup_md.reading.dates import iso_moment
from followup_md.reading.fields import SYNONYMS, NotUnderstood, as_number
from followup_md.vault.day import Day
from followup_md.vault.lookup import as_spelled
from followup_md.vault.write import create_file


@click.command("add")
@click.argument("name")
@click.option("--company", help="Where they work.")
@click.option("--role", help="What they do there.")
@click.option("--email", help="Their address.")
@click.option("--phone", help="Their number.")
@click.option("--linkedin", help="Their page there.")
@click.option("--address", help="Where a letter reaches them.")
@click.option("--owner", help="Who works this prospect.")
@click.option("--source", help="How they came.")
@click.option("--pain", help="Why a follow-up would help them.")
@click.option("--opportunity", help="What they could gain.")
@click.option("--stage", default="lead", show_default=True, help="The stage they are in.")
@click.option("--amount", help="What the deal is worth: a number.")
@click.option("--tags", help="What they are about, with commas between.")
@click.option("--next", "promised", metavar="WHEN", help=f"The day you promised: {WHENS}.")
@dry_run_option
@pass_session
def command(
    session: Session,
    /,
    name: str,
    stage: str,
    amount: str | None,
    tags: str | None,
    promised: str | None,
    dry_run: bool,
    **texts: str | None,
) -> None:
    """Write a new prospect's note.

    If a prospect has the same name or address, it says so, and asks first where there is a terminal to ask on.
    """
    if not name.strip():
        raise click.UsageError("NAME is empty: write the person's name")
    given: dict[str, Given] = {"name": name.strip()}
    given |= {field: text.strip() for field in SYNONYMS if (text := texts.get(field)) and text.strip()}
    number = _number(amount) if amount else None
    day = session.open(writing=not dry_run)
    rules = day.vault.rules
    given["stage"] = stage_of(stage, rules, "--stage").name
    if number is not None:
        given["amount"] = number
    if tagged := [tag for part in (tags or "").split(",") if (tag := part.strip().removeprefix("#"))]:
        given["tags"] = tagged
    if promised:
        on, at = moment(promised, day, "--next")
        given["next"] = iso_moment(on, at) if at else on
    path = f"{as_spelled(day.vault.root, rules.prospects[0])}/{file_name(name)}.md"
    taken = next((other.path for other in day.vault.neighbours if folded(other.path) == folded(path)), None)
    if taken:
        raise Refused(f"{taken} exists, so nothing was written; log into it, or give another name")
    note = new_note(path, given, day.today, rules)
    twins = _twins(day, name, texts["email"] or "")
    for other, same in twins:
        session.say(f"{other.path} has the same {same}: is it the same person?")
    if dry_run:
        click.echo(diff(path, b"", note), nl=False)
        return
    if twins and sys.stdin and sys.stdin.isatty():
        twin = twins[0][0].path
        if not click.confirm(safe(f"Write {path} beside {twin}?"), err=True):
            raise Refused(f"{path}: nothing was written; log into {twin}, if it is the same person")
    create_file(day.vault.root, path, note)
    session.say(f"{path} written")
    say_next(session, day, path, note)


def _number(text: str) -> int | float:
    try:
        return as_number(Scalar(text, text, 1, 1))
    except NotUnderstood as wrong:
        raise click.BadParameter(f"`{safe(text)}` {wrong}", param_hint="--amount") from None


def _twins(day: Day, name: str, email: str) -> list[tuple[Neighbour, str]]:
    """Prospects that are likely the same person, and what they have in common."""
    found = []
    for other in day.vault.neighbours:
        if email.strip() and folded(email) in map(folded, other.emails):
            found.append((other, "address"))
        elif folded(name) in map(folded, (other.name, *other.aliases)):
            found.append((other, "name"))
    return found
