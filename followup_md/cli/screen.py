"""Standard output where it is a terminal: texts fit its width, and names lead to their notes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import click

from followup_md.cli.session import Session
from followup_md.pages.columns import fitted
from followup_md.pages.hyperlinks import file_uri, linked, obsidian_uri
from followup_md.vault.files import in_obsidian
from followup_md.vault.scan import on_disk

#: By a note's path what opens it; None where no link is to be shown.
LinkTo = Callable[[str], str | None]

#: Terminals that would show a link's bytes, or nothing is known of them.
_WITHOUT_LINKS = frozenset({"", "dumb", "linux", "unknown"})


def links_of(session: Session, root: Path) -> LinkTo:
    """Links to notes of the vault: to Obsidian where it has opened the vault or a folder above, else to the file."""
    if not session.on_terminal or session.color is False or os.environ.get("TERM", "") in _WITHOUT_LINKS:
        return lambda path: None
    uri = obsidian_uri if in_obsidian(root) else file_uri
    return lambda path: uri(on_disk(root, path))


def print_text(session: Session, text: str, begin: str = "", uri: str | None = None) -> None:
    """Print a text so that it fits, if on a terminal. What it begins with leads to the URI, if there is one."""
    if session.on_terminal:
        text = fitted(text, shutil.get_terminal_size().columns)
    if uri and begin and text.startswith(begin):
        text = linked(begin, uri) + text[len(begin) :]
    click.echo(text)
