"""``followup add``."""

from __future__ import annotations

import click

from followup_md.cli.change import diff, dry_run_option
from followup_md.cli.session import Session, pass_session
from followup_md.editing.new import file_name, new_note
from followup_md.errors import Refused
from followup_md.pages.text import safe
from followup_md.reading.words import stage_named
from followup_md.vault.lookup import folded, on_disk
from followup_md.vault.write import create_file


@click.command("add")
@click.argument("name")
@click.option("--company")
@click.option("--role")
@click.option("--email")
@click.option("--phone")
@click.option("--linkedin")
@click.option("--address")
@click.option("--stage", default="lead", show_default=True)
@click.option("--pain", help="Why a follow-up would help them.")
@click.option("--source", help="How they came.")
@dry_run_option
@pass_session
def command(session: Session, /, name: str, stage: str, dry_run: bool, **fields: str | None) -> None:
    """Write a new prospect's note."""
    if not name.strip():
        raise click.UsageError("NAME is empty: write the person's name")
    day = session.open(writing=not dry_run)
    rules = day.vault.rules
    named = stage_named(stage, rules.stages)
    if named is None:
        known = ", ".join(one.name for one in rules.stages)
        raise click.BadParameter(f"`{safe(stage)}` names no stage: write one of {known}", param_hint="--stage")
    path = f"{on_disk(day.vault.root, rules.prospects[0])}/{file_name(name)}.md"
    taken = next((other.path for other in day.vault.prospects if folded(other.path) == folded(path)), None)
    if taken:
        raise Refused(f"{path}: {taken} exists, so nothing was written; log into it, or give another name")
    for other in day.vault.prospects:
        same_email = fields.get("email") and folded(fields["email"] or "") in map(folded, other.emails)
        if same_email or folded(other.name) == folded(name):
            session.say(f"{other.path} has the same {'address' if same_email else 'name'}: is it the same person?")
    given = {key: value.strip() for key, value in fields.items() if value and value.strip()}
    note = new_note(path, {"name": name.strip(), **given, "stage": named.name}, day.today, rules)
    if dry_run:
        click.echo(diff(path, b"", note), nl=False)
        return
    create_file(day.vault.root, path, note)
    session.say(f"{path} written")
