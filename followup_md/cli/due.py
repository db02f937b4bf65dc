"""``followup due``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from followup_md.cli.progress import progress
from followup_md.cli.screen import LinkTo, links_of
from followup_md.cli.session import Session, pass_session, print_json
from followup_md.days import short_day
from followup_md.model import Category, Due
from followup_md.pages.listing import HEADER, Row, due_row, next_up, plain_table
from followup_md.pages.records import due_list
from followup_md.pages.text import safe
from followup_md.vault.board import due_until, show
from followup_md.vault.day import Day

if TYPE_CHECKING:
    from rich.table import Table


#: Below so many columns a table is harder to read than plain lines.
NARROW = 50
#: From so many columns on each cell has room enough for one line.
WIDE = 110
#: How wide a name may be before it is wrapped, where there is little room.
WHO = 28


owner_option = click.option("--owner", metavar="NAME", help="Only prospects of this owner.")
category_option = click.option(
    "--category", type=click.Choice([category.value for category in Category]), help="Only this category."
)


@click.command("due")
@click.option(
    "--days", type=click.IntRange(0, 3650), default=0, metavar="N", help="Also what is due in the next N days."
)
@click.option("--all", "everyone", is_flag=True, help="Every prospect that has a next touch.")
@owner_option
@category_option
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N of them.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@pass_session
def command(
    session: Session,
    days: int,
    everyone: bool,
    owner: str | None,
    category: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """List who is due, by which channel and why.

    Without options: what is due today or was due before, and every reply owed, in the order of
    the day.
    """
    day = session.open()
    with progress("planning", session.quiet) as done:
        shown = show(day.vault, day.today, day.left, progress=done)
    listed = due_until(day.vault, date.max if everyone else day.today + timedelta(days=days))
    items = chosen(day.touches_of(listed), owner, category)[:limit]
    wrong = len(shown.wrong)
    if as_json:
        print_json(due_list(items, day.today, str(day.vault.root), wrong))
        session.say_left_out(day, wrong)
        return
    rows = [due_row(due, day.today) for due in items]
    if rows and (session.on_terminal or session.color):
        room = len(shown.lists.replies) + len(shown.lists.due)
        _draw(session, day.vault.root, rows, _line_at(items, due_until(day.vault, day.today)[room:]))
    elif rows:
        click.echo(plain_table(rows))
    session.say_if_empty(day)
    if not rows:
        say_nothing_due(session, day, owner, category)
    session.say_left_out(day, wrong)


def say_nothing_due(session: Session, day: Day, owner: str | None, category: str | None) -> None:
    """That nothing is due of what was asked for, and what of it comes next."""
    if day.vault.number:
        of = (f" of category {category}" if category else "") + (f" for the owner {safe(owner)}" if owner else "")
        comes = next_up(chosen(day.plan.items, owner, category), day.today)
        session.say(f"nothing due on {short_day(day.today, day.today)}{of}" + (f"; {comes}" if comes else ""))


def chosen(items: Iterable[Due], owner: str | None, category: str | None) -> tuple[Due, ...]:
    """Those of an owner (in capitals or not) and of a category; None: of any."""
    return tuple(
        due
        for due in items
        if (owner is None or (due.prospect.owner or "").casefold() == owner.casefold())
        and (category is None or due.category == category)
    )


def _line_at(items: tuple[Due, ...], next_in_line: list[str]) -> int | None:
    """Behind which item the day's capacity is used up."""
    beyond = frozenset(next_in_line)
    return next((number for number, due in enumerate(items) if due.prospect.path in beyond), None)


def _draw(session: Session, root: Path, rows: list[Row], line_at: int | None) -> None:
    from rich.console import Console

    console = Console(no_color=session.color is False, force_terminal=session.color, highlight=False)
    if console.width < NARROW:
        click.echo(plain_table(rows))
    else:
        console.print(_table(rows, line_at, console.width < WIDE, links_of(session, root)))


def _table(rows: list[Row], line_at: int | None, narrow: bool, link_to: LinkTo) -> Table:
    """The rows. On a narrow screen a cell has two lines, and the reason gets the room."""
    from rich import box
    from rich.style import Style
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for title in HEADER:
        width = WHO if narrow and title == "Who" else None
        table.add_column(title, no_wrap=title == "Due", overflow="fold", max_width=width)
    for number, row in enumerate(rows):
        if number and number == line_at:
            table.add_section()
        due, who, how = row.due, row.who, row.how
        if narrow:
            due, who, how = due.replace(", ", "\n"), f"{row.name}\n{row.company}".rstrip(), how.replace(", ", "\n")
        name = Text(who, "dim" if narrow else "bold")
        name.stylize(Style(bold=True, dim=False, link=link_to(row.path)), 0, len(row.name))
        style = "red" if row.late else "bold" if row.owed else ""
        table.add_row(Text(due, style), name, Text(how, "cyan"), Text(row.why, "dim"))
    return table
