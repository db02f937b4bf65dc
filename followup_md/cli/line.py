"""The options for all commands, wherever they stand on a command line, told from the rest without click."""

from __future__ import annotations

from followup_md.cli.completing.grammar import GRAMMAR

#: These end the command, so they are left where they stand.
_ENDING = frozenset({"--version", "--help"})


def parted(arguments: list[str]) -> tuple[dict[str, str | None], list[str]]:
    """The options for all, by their long names, with their values (None: it has none), and the other arguments.

    What stands behind ``--`` is left alone. Where an option lacks its value, it is the last, and there is no rest.
    """
    given: dict[str, str | None] = {}
    rest: list[str] = []
    takes_value = _options()
    waiting = arguments[::-1]
    while waiting:
        argument = waiting.pop()
        name, equals, value = argument.partition("=") if argument.startswith("--") else (argument, "", "")
        long, takes = takes_value.get(name, ("", False))
        if not long:
            rest.append(argument)
            if argument == "--":
                rest += waiting[::-1]
                break
        elif takes and equals:
            given[long] = value
        elif takes and waiting:
            given[long] = waiting.pop()
        elif takes:
            return {**given, argument: None}, []
        else:
            given[long if not equals else argument] = None
    return given, rest


def in_front(arguments: list[str]) -> list[str]:
    """The arguments with the options for all, and their values, before the rest.

    Their names are the long ones: of a short one click first looks which other may be meant, which takes a millisecond.
    """
    given, rest = parted(arguments)
    return [part for option in given.items() for part in option if part is not None] + rest


def _options() -> dict[str, tuple[str, bool]]:
    """The options for all by each of their names: the long one, and whether a value comes with it."""
    found = {}
    for names, kind, _ in GRAMMAR[""][1]:
        *_, long = each = names.split()
        if long not in _ENDING:
            found.update(dict.fromkeys(each, (long, bool(kind))))
    return found
