"""All commands as one program of click: their names, the options for all, and what becomes of errors.

A command's module is imported when the command is called, so ``--help`` costs nothing but click.
"""

from __future__ import annotations

import sys
from importlib import import_module
from io import StringIO
from typing import TYPE_CHECKING

import click

from followup_md import __version__
from followup_md.cli.line import in_front
from followup_md.errors import FollowupError

if TYPE_CHECKING:
    from followup_md.cli.memory import Memory

#: Every command with its line in ``--help``; its module is ``followup_md.cli.NAME``.
COMMANDS = {
    "init": "Make a vault, or make one of a folder of notes.",
    "index": "Read the vault and write DUE.md.",
    "watch": "Keep DUE.md true until stopped.",
    "due": "List who is due, by which channel and why.",
    "why": "Explain how a prospect's next touch came about.",
    "show": "Show what was read from a prospect's note.",
    "add": "Write a new prospect's note.",
    "log": "Add a touch to a prospect's log.",
    "next": "Set a prospect's next date.",
    "snooze": "Leave a prospect alone until a day.",
    "skip": "Skip a prospect's next step on purpose.",
    "stage": "Move a prospect to another stage.",
    "today": "Work through what is due, one by one.",
    "draft": "Print the script of a prospect's next step, also as a mail.",
    "check": "List everything that could not be read or looks wrong.",
    "stats": "Show what you do, what works, and how sure that is.",
    "forecast": "Tell how many rounds the coming weeks hold.",
    "cadence": "List, show and copy the cadences in force.",
    "help": "Explain a command, a topic, a rule or a code.",
    "completion": "Print the script that completes followup in a shell.",
}
#: These know nothing of a vault, and are to cost nothing: a shell may call one whenever it starts.
_ALONE = frozenset({"completion"})
_MEMORY = "followup_md.memory"


class _LazyGroup(click.Group):
    """A group whose commands are imported one by one, when called."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The options for all may also stand behind the command's name."""
        return super().parse_args(ctx, in_front(args))

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(args[0].lower(), COMMANDS, 2, 0.6)
            hint = f"did you mean `{'` or `'.join(near)}`?" if near else "`followup help` lists what there is"
            ctx.fail(f"there is no command `{args[0]}`; {hint}")
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"followup_md.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.option(
    "-C", "--vault", metavar="DIR", help="The vault. Default: FOLLOWUP_VAULT, else the one around this folder."
)
@click.option("--today", metavar="DATE", help="Plan as if it were this day (YYYY-MM-DD).")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours: auto by default."
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but what was asked for.")
@click.option("-v", "--verbose", is_flag=True, help="Say also what was read, and how long each part took.")
@click.version_option(__version__, prog_name="followup", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, vault: str | None, today: str | None, color: str, quiet: bool, verbose: bool) -> None:
    """Plain-text sales follow-up: whom to touch today, by which channel, and why.

    Each prospect is one Markdown note with a dated touch log. `followup index` reads them
    and writes DUE.md. The options below may stand before the command's name or behind it.
    """
    if ctx.invoked_subcommand in _ALONE:
        return
    from followup_md.cli.session import Session

    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose do not go together")
    ctx.obj = Session(vault, today, color, quiet, verbose, ctx.meta.get(_MEMORY))
    ctx.color = ctx.obj.color
    ctx.call_on_close(ctx.obj.close)


def run(arguments: list[str], memory: Memory | None = None) -> int:
    """The exit code of a call; the one place where errors become messages. ``memory`` listens to what is written."""
    try:
        return _answered(arguments, memory)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        with StringIO() as told:
            error.show(told)
            for line in told.getvalue().removesuffix("\n").split("\n"):
                say(line.expandtabs())
        return error.exit_code
    except (click.Abort, KeyboardInterrupt, EOFError):
        return 130
    except FollowupError as error:
        tell(str(error))
        return error.exit_code


def _answered(arguments: list[str], memory: Memory | None) -> int:
    """Run the command; its exit code. What it answers is kept, if it may be given again."""
    code = -1
    try:
        with cli.make_context("followup", arguments) as ctx:
            ctx.meta[_MEMORY] = memory
            try:
                cli.invoke(ctx)
                code = 0
            except click.exceptions.Exit as ended:
                code = ended.exit_code
    finally:
        if memory:
            memory.end(code)
    return code


def tell(message: str) -> None:
    """An error's message on standard error."""
    for line in message.split("\n"):
        say(line if line.startswith(" ") else f"followup: {line}")


def say(line: str) -> None:
    """A line on standard error, safe to show; on a terminal it fits."""
    from followup_md.pages.text import safe

    shown = safe(line)
    if sys.stderr is not None and sys.stderr.isatty():
        from shutil import get_terminal_size

        from followup_md.pages.columns import fitted

        shown = fitted(shown, get_terminal_size().columns)
    click.echo(shown, err=True)
