"""``followup index``."""

from __future__ import annotations

from datetime import date

import click

from followup_md.cli.progress import progress
from followup_md.cli.session import Session, pass_session
from followup_md.days import count, short_day
from followup_md.errors import ChangedMeanwhile
from followup_md.vault.board import Shown, show
from followup_md.vault.page import new_page, old_page, write_page

#: How often DUE.md is read again where somebody changes it meanwhile.
TRIES = 4


@click.command("index")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 with a diff if DUE.md would change.")
@click.option("--full", is_flag=True, help="Trust nothing that was kept: read every note again.")
@pass_session
@click.pass_context
def command(ctx: click.Context, session: Session, check: bool, full: bool) -> None:
    """Read the vault and write DUE.md.

    What you ticked in DUE.md is written into the notes first. DUE.md is written only if something
    in it changes. What stands under its `## Notes` is yours and stays. A DUE.md that followup did
    not write is never overwritten.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            _index(ctx, session, check, full)
        except ChangedMeanwhile:
            if not tries_left:
                raise
        else:
            return


def _index(ctx: click.Context, session: Session, check: bool, full: bool) -> None:
    day = session.open(writing=not check, full=full)
    name = day.vault.rules.due_file
    old = old_page(day)
    if old is None and not day.vault.number:
        session.say_if_empty(day)
        session.say_left_out(day, day.wrong)
        session.say("nothing written")
        return
    with progress("planning", session.quiet) as done:
        shown = show(day.vault, day.today, day.left, full, done)
    new = new_page(day, shown, old)
    if check and new.data != old:
        from followup_md.cli.change import diff

        click.echo(diff(name, old or b"", new.data), nl=False)
        ctx.exit(1)
    if not check and write_page(day, new, old):
        session.say(f"{name} written: {_summary(shown, day.today)}")
    else:
        session.say(f"{name} is up to date")
    session.say_left_out(day, len(shown.wrong))


def _summary(shown: Shown, today: date) -> str:
    touches = len(shown.lists.replies) + len(shown.lists.due)
    return f"{count(touches, 'touch', 'touches')} for {short_day(today, today)}, {shown.lists.open} open"
