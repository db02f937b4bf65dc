"""What a vault has that a shell completes: names from its index, as they were when it was last kept.

Nothing is read but the database, nothing is written, and what cannot be read gives no names. Nothing is imported here
that reads notes: a Tab is pressed often.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from followup_md.folding import folded
from followup_md.vault.places import cache_file

_WAIT_SECONDS = 0.1
#: More than anybody looks through.
_MOST = 1_000
#: Places in ``lookup.handles``.
_NAME, _PATH = 0, 2


class _Called(NamedTuple):
    """How a prospect is called: its name and what else names it beyond doubt, and all ``lookup.handles``."""

    name: str
    other: str
    handles: list[str]


def prospects(root: Path, typed: str) -> list[str]:
    """The names that begin as typed, in alphabetical order; a prospect's path where something else has the name too.

    Else the paths that begin so; else the names of those who have it anywhere, in an email address too. Case makes no
    difference. Of very many the first are given, and the last, so that what all begin with is true.
    """
    wanted = folded(typed.removeprefix("./")) + (" " if typed[-1:].isspace() else "")
    wanted = wanted.encode("utf-8", "replace").decode()
    found = _called(root, "instr(char(10) || handles, char(10) || ?)", wanted)
    named = [one for one in found if one.handles[_NAME].startswith(wanted)]
    placed = [] if named else [one for one in found if one.handles[_PATH].startswith(wanted)]
    if not (named or placed):
        found = _called(root, "instr(handles, ?)", wanted)
    given = named or placed or found
    if len(given) > _MOST:
        given = [*given[: _MOST - 1], given[-1]]
    asked = {one.handles[_NAME] for one in given if wanted in one.handles[_NAME]}
    # Whoever else has a name has what is typed of it, so it is among these.
    having = Counter(name for one in found for name in asked.intersection(one.handles))
    alone = {name for name, number in having.items() if number == 1} if not placed else set()
    return [word for one in given if (word := one.name if one.name and one.handles[_NAME] in alone else one.other)]


def owners(root: Path) -> list[str]:
    """Everybody who is the owner of a prospect."""
    return [word for (word,) in _rows(root, "SELECT DISTINCT owner FROM name WHERE owner != '' ORDER BY owner")]


def words(root: Path, kind: str) -> list[str]:
    """How the stages, channels or cadences in force are called."""
    return [word for (word,) in _rows(root, "SELECT word FROM word WHERE kind = ? AND word != ''", kind)]


def _called(root: Path, where: str, given: str) -> list[_Called]:
    rows = _rows(root, f"SELECT name, other, handles FROM name WHERE {where} ORDER BY handles", given)
    return [_Called(name, other, handles.split("\n")) for name, other, handles in rows if handles.count("\n") >= _PATH]


def _rows(root: Path, question: str, *given: str) -> list[tuple[str, ...]]:
    try:
        place = cache_file(root, "sqlite")
        if not place.exists():
            return []
        with closing(sqlite3.connect(place, timeout=_WAIT_SECONDS)) as connection:
            connection.execute("PRAGMA query_only=ON")
            found = connection.execute(question, given).fetchall()
    except (OSError, RuntimeError, sqlite3.Error, UnicodeDecodeError):
        return []
    return [row for row in found if all(isinstance(word, str) for word in row)]  # a torn one may hold anything
