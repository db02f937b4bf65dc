"""Keys and lines from the terminal, and lines onto it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress

import click

from followup_md.pages.columns import broken, hanging
from followup_md.pages.text import safe
from followup_md.pages.today import Line
from followup_md.pages.touch_keys import ENTER

ESCAPE, LEFT, RIGHT, REDRAW = "\x1b", "\x1b[D", "\x1b[C", "\x0c"
#: What ``key`` gives where there is no more input: Ctrl-D was pressed, or the terminal is gone.
NO_MORE = ""


def key() -> str:
    """The next key that is pressed, a letter as a small one; several at once, as pasted words are, come as one that means nothing.

    What was typed before it was asked for is thrown away, so that nothing is done that was not seen to come. Raises
    ``KeyboardInterrupt`` for Ctrl-C.
    """
    try:
        pressed: str | None = click.getchar()
    except (EOFError, OSError, RuntimeError):  # the last two, and None, are what click makes of a terminal that is gone
        return NO_MORE
    if not pressed:
        return NO_MORE
    return ENTER if pressed == "\n" else pressed.lower() if len(pressed) == 1 else pressed


def typed(question: str) -> str | None:
    """The line that is typed as an answer, editable where the system can; None where it was left by Ctrl-C or Ctrl-D."""
    with suppress(ImportError):
        import readline  # noqa: F401 - once it is imported, input() uses it
    for line in broken(question, size()[0]):
        click.echo(line)
    try:
        return input("> ").strip()
    except (EOFError, KeyboardInterrupt):
        click.echo()
    except UnicodeDecodeError:
        tell("what was typed is no UTF-8 text: set your terminal to UTF-8")
    return None


def size() -> tuple[int, int]:
    """The terminal's columns and rows, as they are now."""
    return shutil.get_terminal_size()


def show(lines: Iterable[Line]) -> None:
    """Lines of a page, in colours where there are any."""
    for line in lines:
        click.echo(_coloured(line))


def tell(text: str) -> None:
    """A remark that nobody may miss: what was refused, and why."""
    for line in hanging(safe(text), size()[0]):
        click.secho(line, fg="red", err=True)


def _coloured(line: Line) -> str:
    match line.style:
        case "rule":
            return click.style(line.text, dim=True)
        case "who":
            return click.style(line.text, bold=True)
        case "how":
            return click.style(line.text, fg="cyan")
        case "late":
            return click.style(line.text, fg="red")
        case "keys":
            return "  ".join(click.style(word[:1], bold=True) + word[1:] for word in line.text.split("  "))
    return (click.style(line.before, dim=True) if line.label else line.before) + line.text
