"""``followup due``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from followup_md.cli.session import Session, pass_session, print_json
from followup_md.days import short_day
from followup_md.model import Category, Due
from followup_md.pages.listing import HEADER, Row, due_row, next_up, plain_table
from followup_md.pages.records import due_list
from followup_md.vault.day import Day

if TYPE_CHECKING:
    from rich.table import Table


#: Below so many columns a table is harder to read than plain lines.
NARROW = 50


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
    until = day.today + timedelta(days=days)
    found = (due for due in day.plan.items if everyone or due.on <= until or due.category is Category.REPLY_OWED)
    items = chosen(found, owner, category)[:limit]
    if as_json:
        print_json(due_list(day.plan, items, str(day.vault.root), day.wrong))
        session.say_left_out(day, day.wrong)
        return
    rows = [due_row(due, day.today) for due in items]
    if rows and (session.on_terminal or session.color):
        _draw(session, rows, _line_at(day, items))
    elif rows:
        click.echo(plain_table(rows))
    session.say_if_empty(day)
    if not rows:
        say_nothing_due(session, day)
    session.say_left_out(day, day.wrong)


def say_nothing_due(session: Session, day: Day) -> None:
    """That nothing is due, and what comes next."""
    if day.vault.prospects:
        comes = next_up(day.plan, day.plan.items)
        session.say(f"nothing due on {short_day(day.today, day.today)}" + (f"; {comes}" if comes else ""))


def chosen(items: Iterable[Due], owner: str | None, category: str | None) -> tuple[Due, ...]:
    """Those of an owner (in capitals or not) and of a category; None: of any."""
    return tuple(
        due
        for due in items
        if (owner is None or (due.prospect.owner or "").casefold() == owner.casefold())
        and (category is None or due.category == category)
    )


def _line_at(day: Day, items: tuple[Due, ...]) -> int | None:
    """Behind which item the day's capacity is used up."""
    beyond = {due.id for due in day.plan.next_in_line}
    return next((number for number, due in enumerate(items) if due.id in beyond), None)


def _draw(session: Session, rows: list[Row], line_at: int | None) -> None:
    from rich.console import Console

    console = Console(no_color=session.color is False, force_terminal=session.color, highlight=False)
    if console.width < NARROW:
        click.echo(plain_table(rows))
    else:
        console.print(_table(rows, line_at))


def _table(rows: list[Row], line_at: int | None) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for title in HEADER:
        table.add_column(title, no_wrap=title == "Due", overflow="fold")
    for number, row in enumerate(rows):
        if number and number == line_at:
            table.add_section()
        style = "red" if row.late else "bold" if row.owed else ""
        table.add_row(Text(row.due, style), Text(row.who, "bold"), Text(row.how, "cyan"), Text(row.why, "dim"))
    return table
