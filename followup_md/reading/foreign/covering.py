"""Which folders, types and tags would make prospects of the notes that look like some, and of few others."""

from __future__ import annotations

import re

from msgspec import Struct

from followup_md.reading.foreign.sighting import Sighting
from followup_md.reading.foreign.spellings import PEOPLE, RELATIONS
from followup_md.reading.note import PROSPECT_TYPES, is_below

#: So large a share of a folder's notes must look like prospects: of one that is called after people, and of another.
_SHARE, _SHARE_ELSEWHERE = 0.6, 0.9
_FEWEST_ELSEWHERE = 3
_ORDER = re.compile(r"^[\W\d_]+")
_NOT_PEOPLE = frozenset({"company", "companies", "interaction", "interactions", "meeting", "deal", "opportunity"})
#: Tags that notes about other things carry too.
_NOT_ALONE = frozenset(
    {"crm", "client", "clients", "customer", "customers", "kunde", "kunden", "cliente", "clientes", "stakeholder"}
)


class Cover(Struct, frozen=True):
    """Folders, types and tags; empty where the default will do."""

    folders: tuple[str, ...]
    types: tuple[str, ...]
    tags: tuple[str, ...]


def plain_name(name: str) -> str:
    """A folder's name without what only orders or adorns it: ``07_People`` is ``people``."""
    return _ORDER.sub("", name).casefold().replace("_", " ").replace("-", " ").strip()


def is_about_people(word: str) -> bool:
    """Whether a folder, type or tag is called after people: ``person``, ``crm/contact``, ``people/work``."""
    first, *rest = word.casefold().split("/")
    if rest and (first in ("crm", "type") or not _NOT_PEOPLE.isdisjoint(rest)):
        return rest[-1] in PEOPLE
    return first in PEOPLE


def is_tag_of_people(tag: str) -> bool:
    """Whether a tag alone says that a note is about somebody. A project has the tag ``client`` as well."""
    return is_about_people(tag) and tag.rpartition("/")[2] not in _NOT_ALONE and tag not in _NOT_ALONE


def _named_tag(tag: str) -> str:
    """The tag to name: of ``person/work``, ``person``, below which it is."""
    first = tag.partition("/")[0]
    return first if first in PEOPLE and first != "crm" else tag


def covering(sightings: list[Sighting], candidates: list[Sighting]) -> Cover:
    """The folders that hold them, and the types and tags of those that lie elsewhere."""
    looking = {one.path for one in candidates}
    notes = [one for one in sightings if one.kind in ("note", "day")]
    readable = [one.path for one in sightings if one.path in looking or _would_be_read(one)]
    folders = _folders("", readable, looking)
    rest = [one for one in candidates if not _is_read(one, folders)]
    types = {kind for one in rest for kind in one.types if is_about_people(kind) or kind in RELATIONS}
    types = {kind for kind in types if _tells([one for one in notes if kind in one.types], looking)}
    rest = [one for one in rest if types.isdisjoint(one.types)]
    tags = {_named_tag(tag) for one in rest for tag in one.tags if is_tag_of_people(tag)}
    tags = {
        tag for tag in tags if _tells([one for one in notes if any(is_below(own, (tag,)) for own in one.tags)], looking)
    }
    return Cover(tuple(folders), tuple(sorted(types)), tuple(sorted(tags)))


def _tells(named: list[Sighting], looking: set[str]) -> bool:
    """Whether no more of the notes that a type or tag names are others than look like prospects."""
    return 2 * sum(one.path in looking for one in named) >= len(named)


def _is_read(one: Sighting, folders: list[str]) -> bool:
    """Whether a note that looks like a prospect is read as one without a type or tag of its own being named."""
    inside = any(one.path.startswith(f"{folder}/") for folder in folders)
    return "prospect" in one.kinds or (inside and _is_left_in(one))


def _would_be_read(one: Sighting) -> bool:
    """Whether a note in a folder of prospects would be taken for one."""
    name = one.path.rpartition("/")[2]
    if one.kind in ("template", "interaction") or name.startswith("_"):
        return False
    return _is_left_in(one)


def _is_left_in(one: Sighting) -> bool:
    """Whether a note's ``type`` lets it be a prospect in a folder of them. Other keys are not asked there."""
    return not one.kinds or not PROSPECT_TYPES.isdisjoint(one.kinds)


def _folders(above: str, readable: list[str], looking: set[str]) -> list[str]:
    """The folders below one that are to be named: the highest that hold little else, and as deep as that allows."""
    depth = above.count("/") + 1 if above else 0
    below: dict[str, list[str]] = {}
    for path in readable:
        parts = path.split("/")
        if len(parts) > depth + 1:
            below.setdefault("/".join(parts[: depth + 1]), []).append(path)
    named: list[str] = []
    for folder, inside in sorted(below.items()):
        wanted = [path for path in inside if path in looking]
        if not wanted or not _may_be_named(folder):
            continue
        called_so = is_about_people(plain_name(folder.rpartition("/")[2]))
        subfolders = {path[len(folder) + 1 :].partition("/")[0] for path in wanted if "/" in path[len(folder) + 1 :]}
        direct = any("/" not in path[len(folder) + 1 :] for path in wanted)
        share = len(wanted) / len(inside)
        enough = share >= _SHARE if called_so else share >= _SHARE_ELSEWHERE and len(wanted) >= _FEWEST_ELSEWHERE
        deeper = _folders(folder, inside, looking) if not direct else []
        if deeper and (not enough or len(subfolders) == 1):
            named += deeper
        elif enough:
            named.append(folder)
        else:
            named += _folders(folder, inside, looking)
    return named


def _may_be_named(folder: str) -> bool:
    """Whether ``followup.toml`` can hold a folder's name."""
    return folder.isprintable() and ":" not in folder and "\\" not in folder and folder.strip() == folder
