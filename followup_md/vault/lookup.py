"""From what a user names to what there is: a prospect, a folder."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from followup_md.errors import Ambiguous, NotFound
from followup_md.folding import folded
from followup_md.pages.text import safe
from followup_md.planning.neighbours import Neighbour


def find_prospect(query: str, prospects: Iterable[Neighbour]) -> Neighbour:
    """The prospect of that name, file stem, path or email address, or of an unambiguous part of one.

    Raises ``Ambiguous`` with the list of several, ``NotFound`` with the nearest names.
    """
    prospects = list(prospects)
    wanted = folded(query.removeprefix("./").removesuffix(".md"))
    named = [(prospect, [folded(text) for text in handles(prospect)]) for prospect in prospects]
    found = [prospect for prospect in prospects if prospect.path in (query, f"{query}.md")]
    found = found or [prospect for prospect, texts in named if wanted in texts]
    if not found and wanted:
        found = [prospect for prospect, texts in named if any(wanted in text for text in texts)]
    if len(found) == 1:
        return found[0]
    if found:
        listed = "\n".join(f"  {safe(prospect.path[:-3])}" for prospect in found[:20])
        more = f"\n  and {len(found) - 20} more" if len(found) > 20 else ""
        raise Ambiguous(f"`{query}` fits {len(found)} prospects; name one by its path:\n{listed}{more}")
    near = _nearest(wanted, prospects)
    hint = (
        f"did you mean {', '.join(map(safe, near))}?" if near else "`followup due --all` lists those with a next touch"
    )
    raise NotFound(f"no prospect `{query}`; {hint}")


def _nearest(wanted: str, prospects: Iterable[Neighbour]) -> list[str]:
    """The names of at most five prospects that may be meant: by the whole name, by a word of it, by the company."""
    from difflib import get_close_matches

    whole: dict[str, list[str]] = {}
    words: dict[str, list[str]] = {}
    at: list[str] = []
    for prospect in prospects:
        name, company = prospect.name, prospect.company
        for text in {folded(name), folded(prospect.path[:-3])}:
            whole.setdefault(text, []).append(name)
        for word in {*folded(name).split(), *company.split()}:
            words.setdefault(word, []).append(name)
        if len(wanted) > 1 and wanted in company:
            at.append(name)
    found = (
        name
        for known, least in ((whole, 0.5), (words, 0.7))
        for key in get_close_matches(wanted, known, 5, least)
        for name in known[key]
    )
    return list(dict.fromkeys((*at, *found)))[:5]


def handles(prospect: Neighbour) -> tuple[str, ...]:
    """What names a prospect: the name, the file's stem, its path, other names, email addresses."""
    path = prospect.path[:-3]
    return (prospect.name, path.rpartition("/")[2], path, *prospect.aliases, *prospect.emails)


def as_spelled(root: Path, folder: str) -> str:
    """A folder's path in the vault, each name as it is spelled on disk: ``Prospects`` is ``prospects`` there."""
    names: list[str] = []
    for name in folder.strip("/").split("/"):
        there = _folders(root.joinpath(*names))
        alike = [one for one in there if one.casefold() == name.casefold()]
        names.append(name if name in there or not alike else alike[0])
    return "/".join(names)


def _folders(folder: Path) -> list[str]:
    """The names of the folders in a folder; none where it cannot be looked into."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []
