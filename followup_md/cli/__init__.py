"""The command ``followup``: arguments in, text and an exit code out.

Importing click takes longer than most answers that are kept, and than pressing Tab may. So what can be answered without
it is answered here, and all else by ``program.py``.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from followup_md.cli.memory import Memory

#: What a shell sets to ask for completions; see ``completing/``.
_ASKED_BY_SHELL = "_FOLLOWUP_COMPLETE"
#: Commands that write nothing when nothing has changed.
READING = frozenset({"index", "due", "why", "show", "check", "stats", "forecast", "cadence"})
#: As a shell counts a program that was ended by SIGINT.
INTERRUPTED = 130
#: As a shell counts a program that was ended by SIGPIPE.
PIPE_CLOSED = 141
#: As sysexits.h counts an error of input or output.
OUTPUT_FAILED = 74


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
        code = _complete(shell, sys.argv[1:]) if shell else run(sys.argv[1:])
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        if sys.stdout is not None:  # so that Python's own flush finds no closed pipe
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:
        with suppress(OSError):  # it may be the place for messages that cannot be written
            from followup_md.cli.program import tell

            tell(f"the output cannot be written ({error.strerror})")
        return OUTPUT_FAILED
    return code


def _complete(shell: str, arguments: list[str]) -> int:
    """Answer a shell whose Tab was pressed."""
    from followup_md.cli.completing.answer import answer

    print(answer(shell, arguments))
    return 0


def run(arguments: list[str]) -> int:
    """The exit code of a call: what it answered before, if nothing has changed since; else the command is run."""
    known = _known(arguments)
    if isinstance(known, int):
        return known
    from followup_md.cli import program

    return program.run(arguments, known)


def _known(arguments: list[str]) -> Memory | int | None:
    """The exit code, if the answer could be given from memory; else what listens to it, where it may be kept."""
    from followup_md.cli.line import parted

    given, rest = parted(arguments)
    if not rest or rest[0] not in READING:
        return None
    from followup_md.cli.clock import today_in
    from followup_md.cli.memory import recall

    return recall(given, rest, today_in)
