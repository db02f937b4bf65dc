"""The names that a shell completes, kept beside the index so that a Tab need not read what notes say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from followup_md.folding import folded
from followup_md.model import Rules
from followup_md.pages.text import safe
from followup_md.planning.neighbours import Neighbour
from followup_md.vault.database import database, raw
from followup_md.vault.known import Gist
from followup_md.vault.lookup import handles


def keep_names(root: Path, rules: Rules, looked: Mapping[str, Gist], gone: Collection[str], anew: bool) -> None:
    """Keep how the prospects of those notes are called, and the stages, channels and cadences in force.

    Notes that are ``gone`` are forgotten; ``anew``: all that were not looked at, too.
    """
    nobody = [path for path, gist in looked.items() if gist.neighbour is None]
    rows = [_row(gist.neighbour, gist.owner) for gist in looked.values() if gist.neighbour]
    with database(root) as connection:
        if connection is None:
            return
        if anew:
            connection.execute("DELETE FROM name")
        connection.executemany("DELETE FROM name WHERE path = ?", [(raw(path),) for path in (*gone, *nobody)])
        connection.executemany("INSERT OR REPLACE INTO name VALUES (?, ?, ?, ?, ?)", rows)
        connection.execute("DELETE FROM word")
        connection.executemany("INSERT INTO word VALUES (?, ?)", _words(rules))


def _words(rules: Rules) -> list[tuple[str, str]]:
    return [
        *(("stage", _typeable(stage.name)) for stage in rules.stages),
        *(("channel", _typeable(channel.name)) for channel in rules.channels),
        *(("cadence", _typeable(name)) for name in sorted(rules.cadences)),
    ]


def _row(prospect: Neighbour, owner: str | None) -> tuple[bytes, str, str, str, str]:
    """Path, name, what else names them beyond doubt, all that names them in the order of ``handles``, owner."""
    place = prospect.path.removesuffix(".md")
    name = _typeable(prospect.name)
    if name.startswith("./") or name.endswith(".md"):  # which ``find_prospect`` takes for parts of a path
        name = ""
    others = (f"./{place}" if place.startswith("-") else place, *prospect.emails)
    other = next(filter(None, map(_typeable, others)), "")
    known = "\n".join(map(folded, handles(prospect))).encode("utf-8", "replace").decode()
    return raw(prospect.path), name, other, known, _typeable(owner or "")


def _typeable(text: str) -> str:
    """A text as it may be put on a command line; empty where it cannot be: invisible letters, or like an option."""
    line = " ".join(text.split())
    return "" if line.startswith("-") or safe(line) != line else line
