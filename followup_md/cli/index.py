"""``followup index``."""

from __future__ import annotations

import difflib

import click

from followup_md.cli.session import Day, Session, pass_session
from followup_md.days import count, short_day
from followup_md.errors import Refused
from followup_md.pages.due_page import due_page, foreign_lines, is_ours, notes_of
from followup_md.pages.text import safe
from followup_md.vault.write import read_or_none, replace_file


@click.command("index")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 with a diff if DUE.md would change.")
@click.option("--full", is_flag=True, help="Read every note again (there is no cache yet, so this is always so).")
@pass_session
@click.pass_context
def command(ctx: click.Context, session: Session, check: bool, full: bool) -> None:
    """Read the vault and write DUE.md.

    DUE.md is written only if something in it changes. What stands under its `## Notes` is
    yours and stays. A DUE.md that followup did not write is never overwritten.
    """
    day = session.open()
    name = day.vault.rules.due_file
    old = read_or_none(day.vault.root, name)
    if old is None and not day.vault.prospects:
        session.say_if_empty(day)
        session.say_left_out(day)
        session.say("nothing written")
        return
    new = new_page(day, old)
    if new == old:
        session.say(f"{name} is up to date")
    elif check:
        click.echo(_diff(name, old or b"", new))
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
            f'{name}: this file is your own, so it is not overwritten; name another with `due_file = "TODAY.md"` in followup.toml'
        )
    if foreign := foreign_lines(text) if old is not None else []:
        raise Refused(
            f"{name}:{foreign[0]}: {count(len(foreign), 'line is', 'lines are')} not as followup wrote it. Ticks are not "
            "taken up by this version: log them in the notes. Move lines of your own under `## Notes`, or delete the file"
        )
    notes = notes_of(text)
    if old is not None and notes is None:
        raise Refused(f"{name}: its heading `## Notes` is gone, so your own notes cannot be told apart; put it back")
    return due_page(day.plan, day.problems, day.vault.rules, notes or "").encode("utf-8", "surrogateescape")


def _summary(day: Day) -> str:
    plan = day.plan
    todo = len(plan.replies) + len(plan.due)
    return f"{count(todo, 'touch', 'touches')} for {short_day(plan.today, plan.today)}, {plan.open} open"


def _diff(name: str, old: bytes, new: bytes) -> str:
    before, after = (data.decode("utf-8", "replace").splitlines() for data in (old, new))
    return "\n".join(safe(line) for line in difflib.unified_diff(before, after, name, f"{name} (new)", lineterm=""))
