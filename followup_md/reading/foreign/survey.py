"""A vault that was not made for us: which notes look like prospects and why, and the settings that would read them.

What is proposed is a proposal only. What it would read is told by reading with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from followup_md.model import Candidate, LeftAlone, Proposal, Rules, Survey
from followup_md.reading import fields as of
from followup_md.reading.foreign.covering import covering, is_about_people, is_tag_of_people, plain_name
from followup_md.reading.foreign.keys import keys_found, stages_found
from followup_md.reading.foreign.logs import channels_found, logs_found
from followup_md.reading.foreign.sighting import Sighting
from followup_md.reading.foreign.spellings import (
    COMPANIES,
    KEYS,
    KNOWN_FOR_WORKS,
    MEETINGS,
    OUT_OF_REACH,
    RELATIONS,
    TEMPLATES,
)
from followup_md.reading.note import PROSPECT_TYPES

#: Fields that only a note about somebody has.
_TELLING = ("email", "phone", "linkedin", "last_contact")
#: Fields that such a note often has too.
_SUPPORTING = (
    "company",
    "role",
    "address",
    "next",
    "stage",
    "amount",
    "timezone",
)  #: Fields that only a note about somebody to be contacted has, be it a company.
_FOLLOWED = frozenset({"last_contact", "next"})
#: Folders of people that hold companies, deals and pages about themselves as well.
_HOLDS_OTHERS = frozenset({"crm"})

#: The name of a note that tells of one day, such as a meeting's.
_DATED_NAME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def survey(sightings: Iterable[Sighting], rules: Rules) -> Survey:
    """What those notes are, and what to propose. ``rules`` are those that hold without settings."""
    sightings = sorted(sightings, key=lambda one: one.path)
    meaning = of.names(rules.field_names) | {key: field for field, keys in KEYS.items() for key in keys}
    candidates: dict[str, Candidate] = {}
    others: dict[str, list[str]] = {}
    for one in sightings:
        why = _why(one, meaning)
        if (reason := _why_not(one) or (why and _out_of_reach(one, meaning))) or not why:
            others.setdefault(reason or _what_else(one), []).append(one.path)
        else:
            candidates[one.path] = Candidate(one.path, tuple(why))
    seen = [one for one in sightings if one.path in candidates]
    cover = covering(sightings, seen)
    keys, fields = keys_found(seen, rules)
    stages, proposed_stages = stages_found(seen, fields, rules)
    logs, headings = logs_found(seen, rules)
    proposal = Proposal(
        prospects=cover.folders,
        types=cover.types,
        tags=cover.tags,
        exclude=_template_folders(sightings, rules),
        fields=fields,
        headings=headings,
        channels=channels_found(seen),
        stages=proposed_stages,
    )
    return Survey(
        notes=len(sightings),
        candidates=tuple(candidates.values()),
        others=tuple(
            LeftAlone(reason, tuple(paths)) for reason, paths in sorted(others.items(), key=lambda item: -len(item[1]))
        ),
        interactions=tuple(one.path for one in sightings if one.kind == "interaction"),
        keys=keys,
        logs=logs,
        stages=stages,
        proposal=proposal,
    )


# --------------------------------------------------------------------------- what a note is


def _why_not(one: Sighting) -> str:
    """Why a note is no prospect whatever else it says; empty where nothing speaks against it."""
    stem = one.path.rpartition("/")[2][:-3]
    folders = one.path.split("/")[:-1]
    match one.kind:
        case "template":
            return "a template"
        case "unread":
            return "cannot be read"
        case "interaction":
            return "a meeting or call, with people"
        case "day" if not one.types:
            return "a note of a day or week"
    if any(plain_name(folder) in TEMPLATES for folder in folders):
        return "a template"
    if one.types and RELATIONS.isdisjoint(one.types) and not any(map(is_about_people, one.types)):
        return f"type {one.types[0]}"
    if not one.types and (
        plain_name(stem) in ("readme", "index", "dashboard", "moc")
        or (folders and stem.casefold() == folders[-1].casefold())
    ):
        return "about its folder"
    if one.queries and not one.types and not _told(one, of.names()):
        return "a page of queries"
    return ""


def _why(one: Sighting, meaning: dict[str, str]) -> list[str]:
    """What makes a note look like a prospect; empty where nothing does."""
    why = [f"type {kind}" for kind in one.types if is_about_people(kind) or kind in PROSPECT_TYPES]
    why += [f"tag #{tag}" for tag in one.tags if is_tag_of_people(tag)]
    told = _told(one, meaning)
    *above, parent = ["", *one.path.split("/")[:-1]]
    if plain_name(parent) in COMPANIES and _FOLLOWED.isdisjoint(told):
        told = []
    by_name = is_about_people(plain_name(parent)) and plain_name(parent) not in _HOLDS_OTHERS
    folder = parent if by_name and not _DATED_NAME.match(one.path.rpartition("/")[2]) else None
    if folder is None and told:
        folder = next((name for name in reversed(above) if is_about_people(plain_name(name))), None)
    why += [f"folder {folder}"] if folder else []
    if not why and (len(told) < 2 or told[0] not in _TELLING):
        return []
    why = [f"type {kind}" for kind in one.types if kind in RELATIONS] + why
    why += [f"fields {', '.join(told)}"] if told else []
    touches = sum(log.read for log in one.logs)
    return why + ([f"dated lines ({touches})"] if touches else [])


def _out_of_reach(one: Sighting, meaning: dict[str, str]) -> str:
    """Why nobody contacts the person whom a note is about; empty where somebody may."""
    if any(of.key_of(field.key) in OUT_OF_REACH and not of.is_empty(field.value) for field in one.fields):
        return "about somebody who has died or was made up"
    words = {word for said in (*one.types, *one.tags) for word in said.split("/")}
    if not KNOWN_FOR_WORKS.isdisjoint(words) and not set(_TELLING).intersection(_told(one, meaning)):
        return "about somebody known for their works, without an address"
    return ""


def _told(one: Sighting, meaning: dict[str, str]) -> list[str]:
    """The fields of a note that are those of somebody; the telling ones come first."""
    fields = {of.field_named(field.key, meaning) for field in one.fields if not of.is_empty(field.value)}
    return [name for name in (*_TELLING, *_SUPPORTING) if name in fields]


def _what_else(one: Sighting) -> str:
    """What a note is that nothing makes a prospect."""
    if any(plain_name(folder) in MEETINGS for folder in one.path.split("/")[:-1]):
        return "lies among meetings, and names nobody in `people` or `attendees`"
    if any(log.read for log in one.logs):
        return "has dated lines, and nothing that says it is about a person"
    return "nothing says that it is about a person"


def _template_folders(sightings: list[Sighting], rules: Rules) -> tuple[str, ...]:
    """Folders of templates that the default does not leave out, and the default; none where that is enough."""
    known = {folder.casefold() for folder in rules.exclude}
    found: Counter[str] = Counter()
    for one in sightings:
        folders = one.path.split("/")[:-1]
        for depth, folder in enumerate(folders, 1):
            if plain_name(folder) in TEMPLATES:
                if folder.casefold() not in known:
                    found["/".join(folders[:depth])] += 1
                break
    return (*rules.exclude, *sorted(found)) if found else ()
