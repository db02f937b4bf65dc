"""What ``followup init --obsidian`` adds to a vault."""

from __future__ import annotations

from pathlib import Path

import click

from followup_md.cli.change import diff
from followup_md.cli.session import Session
from followup_md.vault.files import OBSIDIAN
from followup_md.vault.obsidian import Wanted, write_wanted

obsidian_option = click.option(
    "--obsidian", is_flag=True, help="Also a base, property types and a template for Obsidian."
)


def add_for_obsidian(
    session: Session, root: Path, wanted: tuple[Wanted, ...], dry_run: bool, beside_data: bool
) -> list[str]:
    """Write what is missing of it, or print it as a diff, and say what stays; the paths that were written.

    The diff goes to standard error where the output is for a program. Where nothing is wanted, nothing is said.
    """
    if not wanted:
        return []
    opened = (root / OBSIDIAN).is_dir()
    missing = [one for one in wanted if one.new != one.old]
    for one in missing:
        if dry_run:
            click.echo(diff(one.path, one.old or b"", one.new), nl=False, err=beside_data)
        else:
            write_wanted(root, one)
            session.say(f"{one.path} {'written' if one.old is None else 'added to'}")
    for one in wanted:
        for remark in one.remarks:
            session.say(remark)
    if not missing:
        session.say("Obsidian has all of it already; nothing was written")
    if not opened:
        session.say(f"Obsidian has not opened this folder yet: in Obsidian, open {root} as a vault")
    return [] if dry_run else [one.path for one in missing]
