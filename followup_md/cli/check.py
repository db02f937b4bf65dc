"""``followup check``."""

from __future__ import annotations

import difflib

import click

from followup_md.cli.change import carried_out, decided, diff, dry_run_option
from followup_md.cli.screen import links_of, print_text
from followup_md.cli.session import Session, pass_session, print_json
from followup_md.codes import EXPLANATIONS
from followup_md.days import count
from followup_md.errors import NotFound, Refused, VaultBusy
from followup_md.model import Edit
from followup_md.pages.listing import github_line, problem_line
from followup_md.pages.records import problem as problem_record
from followup_md.pages.text import safe
from followup_md.planning.checks import mend
from followup_md.vault.day import Day
from followup_md.vault.write import read_or_none


@click.command("check")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "github"]), default="text", help="How to print them."
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--fix", is_flag=True, help="Mend those that have one safe mend; the rest is listed.")
@dry_run_option
@click.option("--explain", metavar="CODE", help="What a code means and what to do; `all` lists every code.")
@pass_session
@click.pass_context
def command(
    ctx: click.Context, session: Session, form: str, as_json: bool, fix: bool, dry_run: bool, explain: str | None
) -> None:
    """List everything that could not be read or looks wrong, with place and what to do.

    Exit code 1 if there is an error or a warning.
    """
    if explain is not None:
        click.echo(_explained(explain))
        return
    day = session.open(writing=not dry_run)
    if fix:
        if dry_run:
            _show_mends(session, day, beside_data=as_json or form != "text")
        else:
            _mend(session, day)
        day = session.open(writing=not dry_run)
    if as_json or form == "json":
        print_json({"problems": [problem_record(one) for one in day.problems]})
    else:
        link_to = links_of(session, day.vault.root)
        for problem in day.problems:
            if form == "github":
                click.echo(github_line(problem))
            else:
                print_text(session, problem_line(problem), safe(problem.path), link_to(problem.path))
        session.say_left_out(day, 0)  # the problems stand above
        session.say_if_empty(day)
        hints = sum(problem.hint for problem in day.problems)
        told = f", {count(hints, 'hint')}" if hints else ""
        session.say(f"{count(len(day.vault.prospects), 'prospect')}, {count(day.wrong, 'problem')}{told}")
    if day.wrong:
        ctx.exit(1)


def _mends(day: Day) -> dict[str, list[Edit]]:
    """The safe mends, by the note's path."""
    prospects = {prospect.path: prospect for prospect in day.vault.prospects}
    mends: dict[str, list[Edit]] = {}
    for problem in day.problems:
        if problem.fix and (edit := mend(problem, prospects[problem.path], day.vault.rules, day.today)):
            mends.setdefault(edit.path, []).append(edit)
    return mends


def _mend(session: Session, day: Day) -> None:
    """Carry out the mends. What is refused is said, and the next one's turn comes."""
    for edit in (edit for edits in _mends(day).values() for edit in edits):
        try:
            if carried_out(edit, day):
                session.say(f"{edit.path}: {edit.why}")
        except Refused as refused:
            session.say(f"not mended: {refused}")
            if isinstance(refused, VaultBusy):
                return


def _show_mends(session: Session, day: Day, beside_data: bool) -> None:
    """Print one diff a note; on standard error, where the output is for a program."""
    for path, edits in _mends(day).items():
        old = new = read_or_none(day.vault.root, path)
        for edit in edits:
            try:
                new = decided(edit, day, new) or new
            except Refused as refused:
                session.say(f"not mended: {refused}")
        click.echo(diff(path, old or b"", new or b""), nl=False, err=beside_data)


def _explained(code: str) -> str:
    if code == "all":
        return "\n\n".join(f"{name}\n    {text}" for name, text in EXPLANATIONS.items())
    if code not in EXPLANATIONS:
        near = difflib.get_close_matches(code, EXPLANATIONS, 1, 0.5)
        raise NotFound(
            f"no code `{code}`"
            + (f"; did you mean {near[0]}?" if near else "; `followup check --explain all` lists them")
        )
    return f"{code}\n{EXPLANATIONS[code]}"
