"""What a shell is told when Tab is pressed: the words that may stand there.

A command is not imported for it: what each takes stands in ``grammar.py``. The shells' side of it is in ``shells/``.
The first line of an answer says what the others are: ``words``, each with its help behind a tab; ``shown`` where they
have nothing in common with what is typed, so that a shell would take that away; or there are none, and the shell
completes a ``dir`` or a ``file``.
"""

from __future__ import annotations

import os

from followup_md.cli.completing.grammar import GRAMMAR
from followup_md.cli.completing.place import COMMAND, OPTION, Place, commands_below, options_of, place_of
from followup_md.cli.completing.shell_words import bash_words, typed_words
from followup_md.errors import VaultError
from followup_md.vault.files import find_root

#: The line up to the cursor, from bash; from PowerShell its words, one a line. The others give them as arguments.
_LINE = "_FOLLOWUP_LINE"
#: Bash's own break characters, and why it asks: 63 (a question mark) is only to show what there is.
_BREAKS, _TYPE, _ONLY_SHOWN = "_FOLLOWUP_BREAKS", "_FOLLOWUP_TYPE", "63"

_DAYS = (
    *("tomorrow", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("next week", "next month", "3d", "5wd", "1w", "2w", "1m", "today"),
)
_UNITS = ("d", "wd", "w", "m")

Words = list[tuple[str, str]]


def answer(shell: str, arguments: list[str]) -> str:
    """What to print for a shell, given the words up to the cursor; empty where nothing may stand there."""
    if shell == "bash":
        typed = typed_words(os.environ.get(_LINE, ""))
        words = [word.text for word in typed]
    elif shell == "powershell":
        words = os.environ.get(_LINE, "").split("\n")
    else:
        words = ["followup", *arguments]
        if shell == "fish":
            words[-1] = typed_words(words[-1])[-1].text
    *complete, last = words
    place = place_of(complete[1:], last)
    if place is None:
        return ""
    if place.kind in ("dir", "file"):
        return place.kind
    found = [(place.before + word, help_) for word, help_ in _words(place, last.removeprefix(place.before))]
    begun = len(found) == 1 or any(_begins(word, last) for word, _ in found)
    if shell != "bash":
        lines = [f"{word}\t{help_}" if help_ else word for word, help_ in found]
    elif os.environ.get(_TYPE) == _ONLY_SHOWN:
        lines = [word for word, _ in found]
    else:
        lines = bash_words(typed[-1], [word for word, _ in found if begun], os.environ.get(_BREAKS, ""))
    return "\n".join(["words" if begun else "shown", *lines])


def _words(place: Place, typed: str) -> Words:
    """The words that may stand there and go on from what is typed."""
    kind = place.kind
    if kind in ("prospect", "owner", "stage", "channel", "cadence"):
        return _of_the_vault(place, typed)
    found: Words = []
    if kind == COMMAND:
        found = [(key.rpartition(" ")[2], GRAMMAR[key][0]) for key in commands_below(place.command)]
    elif kind == OPTION:
        found = [(name, help_) for names, _, help_ in options_of(place.command) for name in names.split()]
    elif kind == "when":
        count = typed.rstrip("dwm")
        days = [f"{count}{unit}" for unit in _UNITS] if count.isdecimal() else _DAYS
        found = [(day, "") for day in days]
    elif kind == "code":
        from followup_md.codes import EXPLANATIONS

        found = [(code, "") for code in ("all", *EXPLANATIONS)]
    elif kind == "topic":
        found = _topics(typed)
    elif kind.startswith("="):
        found = [(value, "") for value in kind[1:].split("|")]
    return _begun(found, typed)


def _topics(typed: str) -> Words:
    """What `followup help` explains. Rules and codes are many, so they are left out until something is typed."""
    from followup_md.cli.documentation import rules, topics
    from followup_md.codes import EXPLANATIONS

    pages = [(name if name not in GRAMMAR else f"{name}.md", answers) for name, answers in topics()]
    commands = [(key, GRAMMAR[key][0]) for key in commands_below("")]
    return [*pages, *commands, *(rules() if typed else []), *((code, "") for code in EXPLANATIONS if typed)]


def _of_the_vault(place: Place, typed: str) -> Words:
    from followup_md.vault import completions

    try:
        chosen = os.path.expandvars(place.vault) if place.vault is not None else None
        root = find_root(chosen, os.environ.get("FOLLOWUP_VAULT"))
    except VaultError:
        return []
    if place.kind == "prospect":
        return [(name, "") for name in completions.prospects(root, typed)]
    found = completions.owners(root) if place.kind == "owner" else completions.words(root, place.kind)
    return _begun([(word, "") for word in found], typed)


def _begun(found: Words, typed: str) -> Words:
    return [(word, help_) for word, help_ in found if _begins(word, typed)]


def _begins(word: str, typed: str) -> bool:
    return word.casefold().startswith(typed.casefold())
