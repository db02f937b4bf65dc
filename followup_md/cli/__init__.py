"""The command ``followup``: arguments in, text and an exit code out.

A command's module is imported when the command is called, so ``--help`` costs nothing but click.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from followup_md import __version__
from followup_md.errors import FollowupError

#: Every command with its line in ``--help``; its module is ``followup_md.cli.NAME``.
COMMANDS = {
    "index": "Read the vault and write DUE.md.",
    "due": "List who is due, by which channel and why.",
    "why": "Explain how a prospect's next touch came about.",
    "show": "Show what was read from a prospect's note.",
    "check": "List everything that could not be read or looks wrong.",
    "cadence": "List, show and copy the cadences in force.",
}


class _LazyGroup(click.Group):
    """A group whose commands are imported one by one, when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

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
@click.version_option(__version__, prog_name="followup", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, vault: str | None, today: str | None, color: str, quiet: bool) -> None:
    """Plain-text sales follow-up: whom to touch today, by which channel, and why.

    Each prospect is one Markdown note with a dated touch log. `followup index` reads them
    and writes DUE.md.
    """
    from followup_md.cli.session import Session

    ctx.obj = Session(vault, today, color, quiet)
    ctx.color = ctx.obj.color


def main() -> None:
    """Run the command and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except FollowupError as error:
        from followup_md.pages.text import safe

        for line in str(error).split("\n"):
            click.echo(f"followup: {safe(line)}" if not line.startswith(" ") else safe(line), err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
