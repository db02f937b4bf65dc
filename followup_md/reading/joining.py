"""From the notes of interactions to the prospects that they link: whose touch each one is.

A link is resolved as Obsidian does: by path, else by the file's name; and by a prospect's name or alias.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from msgspec.structs import replace

from followup_md.folding import folded
from followup_md.model import Entry, Interaction, Linked, Problem, Prospect, Remark, Severity, Touch
from followup_md.reading.log import by_time


class Called(Protocol):
    """Somebody by path, name and other names: a prospect, or as much of one as its neighbours need to know."""

    @property
    def path(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


def touches_of(
    interactions: Iterable[Interaction], prospects: Iterable[Called], paths: Iterable[str]
) -> tuple[dict[str, tuple[Entry, ...]], list[Problem]]:
    """What each prospect's path gets from notes of interactions, and links that lead to nobody or to several.

    ``paths`` are those of all notes: a link to one that is no prospect is none of our business.
    """
    interactions = sorted(interactions, key=lambda one: one.path)
    if not interactions:
        return {}, []
    who = _Who(prospects, paths)
    found: dict[str, list[Entry]] = {}
    problems: list[Problem] = []
    for one in interactions:
        reached: dict[str, None] = {}
        unclear: list[Problem] = []
        for person in one.people:
            meant = who.meant(person)
            if len(meant) == 1 and meant[0] in who.prospects:
                reached[meant[0]] = None
            elif len(meant) > 1 and any(path in who.prospects for path in meant):
                unclear.append(_ambiguous(one, person, meant))
            elif not meant and person.link:
                unclear.append(_dangling(one, person))
        problems += unclear
        if reached:
            problems += one.problems
        if one.entry:
            for path in reached:
                found.setdefault(path, []).append(one.entry)
    return {path: tuple(entries) for path, entries in found.items()}, problems


def with_touches(prospect: Prospect, entries: tuple[Entry, ...]) -> Prospect:
    """A prospect whose log holds those entries as well; of one day, they come behind its own.

    Where a line of its own log, of the same day, links the note of one, that line counts.
    """
    news = [entry for entry in entries if not _is_told(entry, prospect)]
    return (
        replace(prospect, log=by_time(sorted([*prospect.log, *news], key=lambda entry: entry.date)))
        if news
        else prospect
    )


class _Who:
    """Whom a link means: the notes by their name, the prospects by theirs."""

    def __init__(self, prospects: Iterable[Called], paths: Iterable[str]) -> None:
        prospects = list(prospects)
        self.prospects = frozenset(prospect.path for prospect in prospects)
        self._notes: dict[str, list[str]] = {}
        for path in paths:
            self._notes.setdefault(folded(path).rpartition("/")[2].removesuffix(".md"), []).append(path)
        self._called: dict[str, list[str]] = {}
        for prospect in prospects:
            for name in dict.fromkeys(map(folded, (prospect.name, *prospect.aliases))):
                self._called.setdefault(name, []).append(prospect.path)

    def meant(self, person: Linked) -> list[str]:
        """The paths of the notes that a link may mean; a name in plain text means prospects only."""
        wanted = folded(person.target).removeprefix("./").strip("/")
        called = self._called.get(wanted, [])
        if not person.link:
            return called or [path for path in self._notes.get(wanted, []) if path in self.prospects]
        notes = self._notes.get(wanted.rpartition("/")[2], [])
        exact = [path for path in notes if folded(path) == f"{wanted}.md"]
        return exact or [path for path in notes if f"/{folded(path)}".endswith(f"/{wanted}.md")] or called


def _is_told(entry: Entry, prospect: Prospect) -> bool:
    """Whether a line of the prospect's own log, of the same day, links the note where an entry stands."""
    name = folded((entry.path or "").rpartition("/")[2].removesuffix(".md"))
    for own in prospect.log:
        if own.date == entry.date and isinstance(own, (Touch, Remark)):
            said = " ".join((own.text, *(own.body if isinstance(own, Touch) else ())))
            if "[[" in said and name in folded(said):
                return True
    return False


def _ambiguous(one: Interaction, person: Linked, meant: list[str]) -> Problem:
    some = " and ".join(meant[:2]) + (f" and {len(meant) - 2} more" if len(meant) > 2 else "")
    message = f"`{person.target}` may be {some}, so this is nobody's touch: link the note by its path"
    return Problem(one.path, person.line, 1, "interaction-unclear", Severity.WARNING, message)


def _dangling(one: Interaction, person: Linked) -> Problem:
    message = f"`[[{person.target}]]` leads to no note, so this is not their touch: correct the link, or make the note"
    severity = Severity.WARNING if one.sure else Severity.INFO
    return Problem(one.path, person.line, 1, "interaction-unlinked", severity, message)
