"""``followup init``."""

from __future__ import annotations

from pathlib import Path

import click

from followup_md.cli.change import diff, dry_run_option
from followup_md.cli.session import Session, pass_session
from followup_md.editing.new_vault import SAMPLE, SETTINGS, sample_note
from followup_md.errors import Refused
from followup_md.vault.files import SETTINGS as SETTINGS_FILE
from followup_md.vault.rules import rules_of
from followup_md.vault.write import create_file, read_or_none


@click.command("init")
@click.argument("folder", metavar="[DIR]", required=False)
@dry_run_option
@pass_session
def command(session: Session, folder: str | None, dry_run: bool) -> None:
    """Make a vault, or make one of a folder of notes.

    DIR is the folder, by default the one you are in; it is made if there is none. In an empty folder you get
    settings and one prospect to try things on.
    """
    root = Path(folder or session.chosen or ".").expanduser().resolve()
    if root.exists() and not root.is_dir():
        raise Refused(f"{root}: this is a file, and a vault is a folder; name another")
    if root.is_dir() and read_or_none(root, SETTINGS_FILE) is not None:
        raise Refused(f"{root} is a vault already: it has {SETTINGS_FILE}; nothing was written")
    settings = SETTINGS.encode()
    rules = rules_of(settings)
    path = f"{rules.prospects[0]}/{SAMPLE}.md"
    empty = not root.exists() or all(one.name.startswith(".") for one in root.iterdir())
    files = {path: sample_note(path, rules, session.today(rules))} if empty else {}
    files[SETTINGS_FILE] = settings
    if dry_run:
        for name, text in files.items():
            click.echo(diff(name, b"", text), nl=False)
        return
    root.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        create_file(root, name, text)
        session.say(f"{root / name} written")
    session.say("next: `followup index` writes DUE.md, `followup add NAME` makes a note for somebody real")
