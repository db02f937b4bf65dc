"""``followup index``."""

from __future__ import annotations

import click

from followup_md.cli.change import diff
from followup_md.cli.session import Day, Session, pass_session
from followup_md.days import count, short_day
from followup_md.errors import ChangedMeanwhile, Refused
from followup_md.pages.due_page import due_page, foreign_lines, is_ours, notes_of
from followup_md.pages.ticks import read_remarks, read_ticks
from followup_md.vault.write import read_or_none, replace_file

#: How often DUE.md is read again where somebody changes it meanwhile.
TRIES = 4


@click.command("index")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 with a diff if DUE.md would change.")
@click.option("--full", is_flag=True, help="Read every note again (there is no cache yet, so this is always so).")
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
            _index(ctx, session, check)
        except ChangedMeanwhile:
            if not tries_left:
                raise
        else:
            return


def _index(ctx: click.Context, session: Session, check: bool) -> None:
    day = session.open(writing=not check)
    name = day.vault.rules.due_file
    old = day.page.data if day.page.data is not None else read_or_none(day.vault.root, name)
    if old is None and not day.vault.prospects:
        session.say_if_empty(day)
        session.say_left_out(day)
        session.say("nothing written")
        return
    new = new_page(day, old)
    if new == old:
        session.say(f"{name} is up to date")
    elif check:
        click.echo(diff(name, old or b"", new), nl=False)
        ctx.exit(1)
    else:
        replace_file(day.vault.root, name, new, old)
        session.say(f"{name} written: {_summary(day)}")
    session.say_left_out(day)


def new_page(day: Day, old: bytes | None) -> bytes:
    """DUE.md as it has to be; the old one's notes are kept. Raises ``Refused`` where it is not ours."""
    name = day.vault.rules.due_file
    text = (old or b"").decode("utf-8", "surrogateescape")
    if old is not None and not is_ours(text):
        raise Refused(
            f"{name}: this file is your own, so it is not overwritten; "
            'name another with `due_file = "TODAY.md"` in followup.toml'
        )
    notes = notes_of(text)
    if old is not None and notes is None:
        raise Refused(f"{name}: its heading `## Notes` is gone, so your own notes cannot be told apart; put it back")
    if remarks := read_remarks(text) if old is not None else ():
        line, said = remarks[0]
        raise Refused(
            f"{name}:{line}: “{said}” stands at a box that is not ticked; tick it, or move the text under `## Notes`"
        )
    if foreign := _foreign(text) if old is not None else []:
        raise Refused(
            f"{name}:{foreign[0]}: {count(len(foreign), 'line is', 'lines are')} not as followup wrote it, and not part of "
            "a tick; move lines of your own under `## Notes`, tick the box they belong to, or delete the file"
        )
    page = due_page(day.plan, day.problems, day.vault.rules, notes or "", day.left)
    return page.encode("utf-8", "surrogateescape")


def _foreign(text: str) -> list[int]:
    """The lines above the notes that neither followup wrote nor a tick holds."""
    ticked = {tick.line + below for tick in read_ticks(text) for below in range(tick.written.count("\n") + 1)}
    return [line for line in foreign_lines(text) if line not in ticked]


def _summary(day: Day) -> str:
    plan = day.plan
    todo = len(plan.replies) + len(plan.due)
    return f"{count(todo, 'touch', 'touches')} for {short_day(plan.today, plan.today)}, {plan.open} open"
