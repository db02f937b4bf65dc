"""``followup help``."""

from __future__ import annotations

import difflib
import os
import re

import click

from followup_md.cli import documentation
from followup_md.cli.program import COMMANDS, cli
from followup_md.cli.session import Session, pass_session
from followup_md.errors import NotFound
from followup_md.pages.text import safe

_LINK = re.compile(r"\[([^\]\[]+)\]\((?!https?:)[^)]*\)")


@click.command("help")
@click.argument("topic", nargs=-1)
@pass_session
@click.pass_context
def command(ctx: click.Context, session: Session, topic: tuple[str, ...]) -> None:
    """Explain TOPIC: a command, a page of the documentation, a rule, a code.

    `followup help stage`, `followup help format`, `followup help R8`, `followup help touch-no-date`; also the heading
    of a section, as in `followup help exit codes`. Without TOPIC, all commands and pages are listed.
    """
    if not topic:
        click.echo(_contents(ctx))
    elif (found := _command(ctx, topic)) is not None:
        click.echo(found)
    else:
        _show(session, _text(" ".join(topic)))


def _contents(ctx: click.Context) -> str:
    formatter = ctx.make_formatter()
    formatter.write_usage("followup help", "[TOPIC]...")
    pages = [(_called(topic), answers) for topic, answers in documentation.topics()]
    with formatter.section("Pages of the documentation"):
        formatter.write_dl(pages)
    with formatter.section("Commands"):
        formatter.write_dl(list(COMMANDS.items()))
    formatter.write_paragraph()
    formatter.write_text("Also a rule (R1 to R22), the code of a problem, and the heading of a section.")
    return formatter.getvalue().rstrip("\n")


def _command(ctx: click.Context, words: tuple[str, ...]) -> str | None:
    """The help of the command that is called with those words; None where there is none."""
    found: click.Command | None = cli
    above = ctx.find_root()
    for word in words:
        found = found.get_command(above, word) if isinstance(found, click.Group) else None
        if found is None:
            return None
        above = click.Context(found, above, word)
    return above.get_help()


def _text(topic: str) -> str:
    """What the documentation says of a topic, as Markdown. Raises ``NotFound`` with the nearest names."""
    pages = [name for name, _ in documentation.topics()]
    if (name := topic.lower().removesuffix(".md")) in pages:
        return documentation.page(name)
    rules = [number for number, _ in documentation.rules()]
    if topic.upper() in rules:
        return documentation.rule(topic.upper())
    if found := documentation.sections(topic):
        return "\n".join(f"{text}\n*From the page {_called(name)}.*\n" for name, text in found)
    known = [*COMMANDS, *pages, *rules, *documentation.headings()]
    near = list(dict.fromkeys(difflib.get_close_matches(topic.lower(), known, 3, 0.6)))
    hint = f"did you mean {', '.join(near)}?" if near else "`followup help` lists what there is"
    raise NotFound(f"nothing is called `{safe(topic)}`; {hint}")


def _called(page: str) -> str:
    """What a page is asked for by: its file's name, where a command has the other."""
    return f"{page}.md" if page in COMMANDS else page


def _show(session: Session, text: str) -> None:
    """The text as it is; drawn, and in a pager, on a terminal."""
    if not session.on_terminal:
        click.echo(text, nl=False)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(width=session.width, no_color=session.color is False, force_terminal=True, highlight=False)
    with console.capture() as drawn:
        console.print(Markdown(_LINK.sub(r"\1", text), hyperlinks=False))
    os.environ.setdefault("LESS", "FRX")  # so that what fits is only printed, and colours are shown
    click.echo_via_pager(drawn.get(), color=True)
