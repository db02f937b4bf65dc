"""Where on a command line the cursor stands, by what each command takes (``grammar.py``)."""

from __future__ import annotations

from typing import NamedTuple

from followup_md.cli.completing.grammar import GRAMMAR

#: Kinds of what may stand there, beside those of values in the grammar.
COMMAND, OPTION = "command", "option"
_VAULT = ("-C", "--vault")


class Place(NamedTuple):
    """Behind which command the cursor stands, what is to stand there, and which vault was named.

    ``before`` is what of the word names an option, as in ``--next=``.
    """

    command: str
    kind: str
    vault: str | None
    before: str = ""


class _Line(NamedTuple):
    """What the words before the cursor say. ``waiting`` is an option whose value comes next, ``ended`` that none comes."""

    command: str = ""
    arguments: int = 0
    vault: str | None = None
    waiting: str = ""
    ended: bool = False


def place_of(words: list[str], last: str) -> Place | None:
    """Where the ``last`` word stands, which is being typed; None where one before it is no command."""
    line = _Line()
    for word in words:
        if (found := _with(line, word)) is None:
            return None
        line = found
    command, vault = line.command, line.vault
    if line.waiting:
        return Place(command, _kind_of(command, line.waiting), vault)
    if last.startswith("-") and not line.ended:
        name, equals, _ = last.partition("=")
        return Place(command, _kind_of(command, name), vault, f"{name}=") if equals else Place(command, OPTION, vault)
    if commands_below(command):
        return Place(command, COMMAND, vault)
    return Place(command, _argument(command, line.arguments), vault)


def commands_below(command: str) -> list[str]:
    """The commands of a group, as the grammar has them; the program itself is called by nothing."""
    return [key for key in GRAMMAR if key and key.rpartition(" ")[0] == command]


def options_of(command: str) -> list[tuple[str, str, str]]:
    """Its options, and behind them those for all, which may stand behind any command."""
    own = GRAMMAR[command][1]
    return [*own, *(option for option in GRAMMAR[""][1] if command and option not in own and option[0] != "--version")]


def _with(line: _Line, word: str) -> _Line | None:
    """The line with one word more."""
    if line.waiting:
        return line._replace(vault=word if line.waiting in _VAULT else line.vault, waiting="")
    if word == "--" and not line.ended:
        return line._replace(ended=True)
    if len(word) > 1 and word.startswith("-") and not line.ended:
        return _with_option(line, word)
    below = f"{line.command} {word}".strip()
    if below in GRAMMAR:
        return line._replace(command=below)
    return None if commands_below(line.command) else line._replace(arguments=line.arguments + 1)


def _with_option(line: _Line, word: str) -> _Line:
    if word.startswith("--"):
        name, joined, value = word.partition("=")
    else:
        name, joined = word[:2], word[2:]
        value = joined
    if joined:
        return line._replace(vault=value) if name in _VAULT else line
    return line._replace(waiting=name) if _kind_of(line.command, name) else line


def _kind_of(command: str, option: str) -> str:
    """What an option's value is; empty for one that has none."""
    return next((kind for names, kind, _ in options_of(command) if option in names.split()), "")


def _argument(command: str, number: int) -> str:
    """What the argument of that number is, from 0; empty where there is no such."""
    *first, last = GRAMMAR[command][2] or ("",)
    if number < len(first):
        return first[number]
    return last.removesuffix("…") if number == len(first) or last.endswith("…") else ""
