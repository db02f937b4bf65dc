"""The names that a shell completes, kept beside the index so that a Tab need not read what notes say."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from followup_md.folding import folded
from followup_md.model import Rules
from followup_md.pages.text import safe
from followup_md.planning.neighbours import Neighbour
from followup_md.vault.lookup import handles


class Called(NamedTuple):
    """How a prospect is called: name, what else names them beyond doubt, all ``handles`` in a text, and their owner."""

    name: str
    other: str
    handles: str
    owner: str


def called(prospect: Neighbour, owner: str | None) -> Called:
    """How a prospect may be typed on a command line."""
    place = prospect.path.removesuffix(".md")
    name = _typeable(prospect.name)
    if name.startswith("./") or name.endswith(".md"):  # which ``find_prospect`` takes for parts of a path
        name = ""
    others = (f"./{place}" if place.startswith("-") else place, *prospect.emails)
    other = next(filter(None, map(_typeable, others)), "")
    known = "\n".join(map(folded, handles(prospect))).encode("utf-8", "replace").decode()
    return Called(name, other, known, _typeable(owner or ""))


def words_of(rules: Rules) -> list[tuple[str, str]]:
    """How the stages, channels and cadences in force may be typed, each behind what it is."""
    return [
        *(("stage", _typeable(stage.name)) for stage in rules.stages),
        *(("channel", _typeable(channel.name)) for channel in rules.channels),
        *(("cadence", _typeable(name)) for name in sorted(rules.cadences)),
    ]


def keep_words(connection: sqlite3.Connection, words: Iterable[tuple[str, str]]) -> None:
    """Keep words of ``words_of``, in the place of others."""
    connection.execute("DELETE FROM word")
    connection.executemany("INSERT INTO word VALUES (?, ?)", words)


def keep_names(connection: sqlite3.Connection, names: Iterable[tuple[bytes, Called | None]]) -> None:
    """Keep how the prospects of those notes are called, of which none is kept; None where a note is no prospect."""
    rows = ((path, *one) for path, one in names if one)
    connection.executemany("INSERT INTO name VALUES (?, ?, ?, ?, ?)", rows)


def _typeable(text: str) -> str:
    """A text as it may be put on a command line; empty where it cannot be: invisible letters, or like an option."""
    line = " ".join(text.split())
    return "" if line.startswith("-") or safe(line) != line else line
