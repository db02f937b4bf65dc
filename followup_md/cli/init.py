"""``followup init``."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import click

from followup_md.cli.change import diff, dry_run_option
from followup_md.cli.obsidian import add_for_obsidian, obsidian_option
from followup_md.cli.progress import progress
from followup_md.cli.screen import print_text
from followup_md.cli.session import Session, pass_session, print_json
from followup_md.days import count
from followup_md.editing.sample import SAMPLE, sample_note
from followup_md.errors import Refused, VaultError
from followup_md.pages.records import survey as survey_record
from followup_md.pages.survey import survey_text
from followup_md.vault.files import SETTINGS, find_root, settings_text
from followup_md.vault.obsidian import wanted_files
from followup_md.vault.rules import rules_of
from followup_md.vault.survey import LookedOver, first_settings, look_over
from followup_md.vault.write import create_file


@click.command("init")
@click.argument("folder", metavar="[DIR]", required=False)
@click.option("--yes", is_flag=True, help="Write the proposed followup.toml without asking.")
@obsidian_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@dry_run_option
@pass_session
def command(session: Session, folder: str | None, yes: bool, obsidian: bool, as_json: bool, dry_run: bool) -> None:
    """Make a vault, or make one of a folder of notes.

    DIR is the folder: else the vault you are in, else the folder you are in. It is made if there is none. In an
    empty folder you get settings and one prospect to try things on. Where there are notes, init reads all of them,
    says what it found and how it would be read, and writes only the followup.toml that it proposes, once you agree.
    """
    root = _root(session, folder)
    if obsidian and os.path.lexists(root / SETTINGS):
        written = add_for_obsidian(session, root, wanted_files(root, rules_of(settings_text(root))), dry_run, as_json)
        if as_json:
            print_json({"vault": str(root), "written": written})
        return
    if _is_empty(root):
        _make(session, root, obsidian, as_json, dry_run)
        return
    with progress("looking at notes", session.quiet) as show:
        looked = look_over(root, show)
    wanted = wanted_files(root, looked.vault.rules) if obsidian else ()
    if looked.has_settings and yes and not dry_run:
        raise Refused(f"{root} is a vault already, and its {SETTINGS} is yours: nothing was written")
    if as_json:
        print_json(
            survey_record(looked.survey, looked.vault.prospects, looked.vault.problems, looked.settings.decode())
        )
    else:
        print_text(session, _told(root, looked))
    if dry_run:
        click.echo(diff(SETTINGS, b"", looked.settings), nl=False, err=as_json)
        add_for_obsidian(session, root, wanted, dry_run, as_json)
    elif looked.has_settings:
        session.say(f"{root} is a vault already: its {SETTINGS} stays as it is, and nothing was written")
    elif yes or (not as_json and _agrees(root)):
        create_file(root, SETTINGS, looked.settings)
        session.say(f"{root / SETTINGS} written")
        add_for_obsidian(session, root, wanted, dry_run, as_json)
        wrong = sum(not problem.hint for problem in looked.vault.problems)
        _say_what_next(session, root, len(looked.vault.prospects), wrong)
    else:
        session.say(f"nothing was written; `followup init --yes` writes {SETTINGS}")


def _root(session: Session, folder: str | None) -> Path:
    """The folder to make a vault of: the one named, else the vault around the current folder, else that folder."""
    if folder is not None and session.chosen is not None:
        raise click.UsageError("two folders are named, by -C and by DIR: leave one of them out")
    named = folder if folder is not None else session.chosen
    if named is None:
        try:
            return find_root(None, os.environ.get("FOLLOWUP_VAULT"))
        except VaultError:
            return Path.cwd()
    try:
        root = Path(named).expanduser().resolve()
        is_other = root.exists() and not root.is_dir()
    except (OSError, RuntimeError, ValueError) as error:
        raise VaultError(f"{named}: this folder cannot be looked at ({error})") from None
    if not named or is_other:
        raise VaultError(f"{named or 'DIR'}: this is no folder, and a vault is one; name another")
    return root


def _is_empty(root: Path) -> bool:
    """Whether a folder is not there, or holds nothing but hidden files."""
    try:
        return not root.exists() or all(entry.name.startswith(".") for entry in root.iterdir())
    except OSError as error:
        raise VaultError(f"{root}: cannot be read ({error.strerror}); check the folder and its rights") from None


def _make(session: Session, root: Path, obsidian: bool, as_json: bool, dry_run: bool) -> None:
    """A vault in an empty folder: settings, and a prospect to try things on."""
    settings = first_settings()
    rules = rules_of(settings)
    path = f"{rules.prospects[0]}/{SAMPLE}.md"
    files = {path: sample_note(path, rules, session.today(rules)), SETTINGS: settings}
    wanted = wanted_files(root, rules) if obsidian else ()
    made = list(files)
    if dry_run:
        for name, text in files.items():
            click.echo(diff(name, b"", text), nl=False, err=as_json)
        add_for_obsidian(session, root, wanted, dry_run, as_json)
    else:
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refused(f"{root}: the folder cannot be made ({error.strerror}); make it yourself") from None
        for name, text in files.items():
            create_file(root, name, text)
            session.say(f"{root / name} written")
        made += add_for_obsidian(session, root, wanted, dry_run, as_json)
        _say_what_next(session, root, 1)
    if as_json:
        print_json({"vault": str(root), "written": [] if dry_run else made})


def _told(root: Path, looked: LookedOver) -> str:
    found, vault = looked.survey, looked.vault
    head = f"{root}: {count(found.notes, 'note')} looked at, nothing written yet"
    report = survey_text(found, vault.prospects, vault.problems, looked.settings.decode(), looked.has_settings)
    return f"{head}\n\n{report}\n"


def _agrees(root: Path) -> bool:
    """Whether the user wants the settings written; off a terminal nobody is asked, and nobody agrees."""
    if sys.stdin is None or not sys.stdin.isatty() or not sys.stdout.isatty():
        return False
    return click.confirm(f"Write this {SETTINGS} into {root}?", default=True, err=True)


def _say_what_next(session: Session, root: Path, prospects: int, wrong: int = 0) -> None:
    there = "" if _is_here(root) else f"`cd {shlex.quote(str(root))}`, and there "
    if not prospects:
        session.say(f"next: {there}`followup add NAME` makes the first prospect's note")
        return
    unread = ", `followup check` what could not be read" if wrong else ""
    session.say(
        f"next: {there}`followup show NAME` says what was read of somebody{unread}; `followup index` writes DUE.md, "
        "whom to touch today, and `followup today` goes through it one by one"
    )


def _is_here(root: Path) -> bool:
    """Whether a folder is the current one, or around it. The current one may be gone."""
    try:
        return Path.cwd().is_relative_to(root)
    except FileNotFoundError:
        return False
