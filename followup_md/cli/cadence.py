"""``followup cadence``."""

from __future__ import annotations

import difflib

import click

from followup_md.cli.change import diff
from followup_md.cli.session import Session, pass_session, print_json
from followup_md.errors import NotFound, Refused
from followup_md.model import Cadence, Rules
from followup_md.pages.listing import cadence_line, cadence_text
from followup_md.pages.records import cadence as cadence_record
from followup_md.vault.lookup import as_spelled
from followup_md.vault.rules import CADENCES, built_in_cadences, built_in_note
from followup_md.vault.write import create_file


@click.group("cadence")
def command() -> None:
    """List, show and copy the cadences in force."""


@command.command("list", short_help="List the cadences in force.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """List the cadences in force: the built-in ones, and those of Cadences/."""
    rules = session.open().vault.rules
    cadences = [rules.cadences[name] for name in sorted(rules.cadences)]
    if as_json:
        print_json({"cadences": [cadence_record(one) for one in cadences]})
    else:
        click.echo("\n".join(cadence_line(one, rules) for one in cadences))


@command.command("show")
@click.argument("name", metavar="CADENCE")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@pass_session
def show(session: Session, name: str, as_json: bool) -> None:
    """Show the steps and scripts of CADENCE."""
    rules = session.open().vault.rules
    found = _named(name, rules)
    if as_json:
        print_json(cadence_record(found))
    else:
        click.echo(cadence_text(found, rules))


@command.command("copy", short_help="Copy a built-in cadence, to change it.")
@click.argument("name", metavar="CADENCE")
@click.option("--dry-run", is_flag=True, help="Print what would be written, and write nothing.")
@pass_session
def copy(session: Session, name: str, dry_run: bool) -> None:
    """Copy the built-in CADENCE to Cadences/CADENCE.md, where it can be changed."""
    vault = session.open(writing=not dry_run).vault
    if name not in built_in_cadences():
        own = _named(name, vault.rules)
        raise Refused(f"{own.name} is your own cadence already: edit {own.path}")
    path, text = f"{as_spelled(vault.root, CADENCES)}/{name}.md", built_in_note(name)
    if dry_run:
        click.echo(diff(path, b"", text), nl=False)
        return
    create_file(vault.root, path, text)
    session.say(f"{path} written; it is in force from now on")


def _named(name: str, rules: Rules) -> Cadence:
    if found := rules.cadences.get(name):
        return found
    near = difflib.get_close_matches(name, rules.cadences, 1, 0.5)
    raise NotFound(
        f"no cadence `{name}`"
        + (f"; did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(rules.cadences))}")
    )
