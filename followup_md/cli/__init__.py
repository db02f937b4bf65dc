"""The command ``followup``: arguments in, text and an exit code out.

A command's module is imported when the command is called, so ``--help`` costs nothing but click.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from importlib import import_module
from io import StringIO
from typing import NoReturn

import click

from followup_md import __version__
from followup_md.errors import FollowupError

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
#: What a shell sets to ask for completions; see ``completing/``.
_ASKED_BY_SHELL = "_FOLLOWUP_COMPLETE"

MEMORY = "followup_md.memory"
#: As a shell counts a program that was ended by SIGPIPE.
PIPE_CLOSED = 141
#: As sysexits.h counts an error of input or output.
OUTPUT_FAILED = 74


class _LazyGroup(click.Group):
    """A group whose commands are imported one by one, when called."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The options for all may also stand behind the command's name."""
        return super().parse_args(ctx, _first(args, self.params))

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, unless it has answered before and nothing has changed: then that is the end of it."""
        if args[0] not in COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(args[0].lower(), COMMANDS, 2, 0.6)
            hint = f"did you mean `{'` or `'.join(near)}`?" if near else "`followup help` lists what there is"
            ctx.fail(f"there is no command `{args[0]}`; {hint}")
        if args[0] not in _ALONE:
            from followup_md.cli.clock import today_in
            from followup_md.cli.memory import recall

            ctx.meta[MEMORY] = recall(ctx, args, today_in)
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
    ctx.obj = Session(vault, today, color, quiet, verbose, ctx.meta.get(MEMORY))
    ctx.color = ctx.obj.color
    ctx.call_on_close(ctx.obj.close)


def _first(args: list[str], params: list[click.Parameter]) -> list[str]:
    """The arguments with the options for all, and their values, before the rest; what stands behind ``--`` stays.

    These are named in full: of a short name click first looks which long one may be meant, which takes a millisecond.
    """
    options = {name: one for one in params if isinstance(one, click.Option) and one.expose_value for name in one.opts}
    first: list[str] = []
    rest: list[str] = []
    waiting = args[::-1]
    while waiting:
        arg = waiting.pop()
        name = arg.partition("=")[0] if arg.startswith("--") else arg
        if option := options.get(name):
            takes_next = name == arg and not option.is_flag
            if takes_next and not waiting:
                return [*first, arg]  # so that it is told which option lacks its value
            first.append(option.opts[-1] if name == arg else arg)
            if takes_next:
                first.append(waiting.pop())
        else:
            rest.append(arg)
            if arg == "--":
                rest += waiting[::-1]
                break
    return first + rest


def script() -> NoReturn:
    """The process ``followup``: what ``main`` does, and the end at once, for the system frees faster what was taken."""
    code = _process()
    with suppress(AttributeError, OSError, ValueError):  # there is nobody to tell
        sys.stderr.flush()
    os._exit(code)


def main() -> NoReturn:
    """Run the command and end with its exit code."""
    sys.exit(_process())


def _process() -> int:
    gc.disable()  # a command ends before it would pay: looking for cycles took a third of the time of a large vault
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        shell = os.environ.get(_ASKED_BY_SHELL)
        code = _complete(shell, sys.argv[1:]) if shell else _run(sys.argv[1:])
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        if sys.stdout is not None:  # so that Python's own flush finds no closed pipe
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:
        with suppress(OSError):  # it may be the place for messages that cannot be written
            _tell(f"the output cannot be written ({error.strerror})")
        return OUTPUT_FAILED
    return code


def _complete(shell: str, arguments: list[str]) -> int:
    """Answer a shell whose Tab was pressed."""
    from followup_md.cli.completing.answer import answer

    click.echo(answer(shell, arguments))
    return 0


def _run(arguments: list[str]) -> int:
    """The one place where errors become messages and exit codes."""
    try:
        with cli.make_context("followup", arguments) as ctx:
            return _answered(ctx)
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
        _tell(str(error))
        return error.exit_code


def _answered(ctx: click.Context) -> int:
    """Run the command; its exit code. What it answers is kept, if it may be given again."""
    code = -1
    try:
        cli.invoke(ctx)
        code = 0
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    finally:
        if memory := ctx.meta.get(MEMORY):
            memory.end(code)
    return code


def _tell(message: str) -> None:
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
