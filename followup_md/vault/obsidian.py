"""What Obsidian gets in a vault, as decided for what is there: nothing of the user's is written over.

Nothing is written before all of it is decided, so that a file that cannot be read stops it as a whole.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from followup_md.editing.obsidian import (
    BASE_FILE,
    COMPARED,
    TEMPLATE,
    Keys,
    keys_in_use,
    prospect_template,
    prospects_base,
)
from followup_md.editing.property_types import FIELD_TYPES, TYPES_FILE, merge_types
from followup_md.errors import Refused
from followup_md.model import Field, Rules
from followup_md.reading.front_matter import Broken, find_block, read_block
from followup_md.reading.note import read_note
from followup_md.vault.files import GENERATED, OBSIDIAN, in_obsidian, read_file
from followup_md.vault.lookup import as_spelled
from followup_md.vault.scan import is_excluded, scan
from followup_md.vault.write import create_file, read_or_none, replace_file

TEMPLATES_FILE = f"{OBSIDIAN}/templates.json"
TEMPLATES = "Templates"


class Wanted(Struct, frozen=True):
    """A file as it is (None: there is none) and as it has to be, and what the user is told of it."""

    path: str
    old: bytes | None
    new: bytes
    remarks: tuple[str, ...]


def wanted_files(root: Path, rules: Rules) -> tuple[Wanted, ...]:
    """The kinds of properties, the base, the template. Raises ``Refused`` where what is there cannot be read."""
    if not (root / OBSIDIAN).is_dir() and in_obsidian(root):
        raise Refused(
            f"{root}: Obsidian has opened a folder above as its vault, and nothing is written outside of this one; "
            "make that folder the vault, with the path of your prospects in followup.toml, or open this one in Obsidian"
        )
    rules = replace(rules, prospects=tuple(as_spelled(root, folder) for folder in rules.prospects))
    keys = _keys(root, rules) if root.is_dir() else {}
    template, remarks = _template_path(root, rules)
    return (
        _types(root, keys),
        _new(root, BASE_FILE, prospects_base(rules, keys)),
        _new(root, template, prospect_template(rules, keys), remarks),
    )


def write_wanted(root: Path, wanted: Wanted) -> None:
    """Write a file that is not yet as it has to be. Raises ``Refused`` where it is no longer what was read."""
    if wanted.old is None:
        create_file(root, wanted.path, wanted.new)
    else:
        replace_file(root, wanted.path, wanted.new, wanted.old)


def _new(root: Path, path: str, text: bytes, remarks: tuple[str, ...] = ()) -> Wanted:
    """A file that is made where there is none, and left alone where there is one."""
    old = read_or_none(root, path)
    if old is None:
        return Wanted(path, None, text, remarks)
    stays = f"{path} is there already and stays as it is; rename it and run this again to get a new one"
    return Wanted(path, old, old, (stays,) if old != text else ())


def _types(root: Path, keys: Keys) -> Wanted:
    """The kinds of the fields' own names, and of what the notes have in place of those that the base compares.

    A kind holds for the whole vault, and a key such as ``created`` may be something else in other notes.
    """
    old = read_or_none(root, TYPES_FILE)
    wanted = dict(FIELD_TYPES)
    for field in COMPARED:
        wanted |= dict.fromkeys(keys.get(field, ()), FIELD_TYPES[field])
    merged = merge_types(old, wanted)
    remarks = tuple(
        f"{TYPES_FILE}: you set `{key}` to {kind}, and that stays; followup and {BASE_FILE} take it for {fitting}"
        for key, kind, fitting in merged.unfit
    )
    return Wanted(TYPES_FILE, old, merged.data, remarks)


def _template_path(root: Path, rules: Rules) -> tuple[str, tuple[str, ...]]:
    """Where the template goes, so that the core plugin finds it and followup does not take it for a prospect."""
    folder, remarks = _templates_folder(root)
    if is_excluded(f"{folder}/{TEMPLATE}", rules.exclude):
        return f"{folder}/{TEMPLATE}", remarks
    path = f"{folder}/_{TEMPLATE}"
    why = f"{path} begins with _ so that it is not read as a prospect: {folder} is not among `exclude` in followup.toml"
    return path, (*remarks, why)


def _templates_folder(root: Path) -> tuple[str, tuple[str, ...]]:
    """The folder that the core plugin Templates is set to, else ``Templates``, and what is left to do."""
    if (written := read_or_none(root, TEMPLATES_FILE)) is not None:
        try:
            settings = json.loads(written)
        except (ValueError, RecursionError):
            raise Refused(
                f"{TEMPLATES_FILE}: it is no JSON, so the folder of your templates is not known; mend it, or delete it: "
                "Obsidian makes it anew"
            ) from None
        folder = settings.get("folder") if isinstance(settings, dict) else None
        if isinstance(folder, str) and folder.strip("/"):
            return as_spelled(root, folder), ()
    folder = as_spelled(root, TEMPLATES)
    return folder, (f"in Obsidian, name {folder} as the template folder of the core plugin Templates",)


def _keys(root: Path, rules: Rules) -> Keys:
    """The keys of all prospects' front matter."""
    blocks: list[tuple[Field, ...]] = []
    for file in scan(root, rules.exclude, (rules.due_file, *GENERATED)).notes:
        with suppress(OSError, Broken):
            data = read_file(root, file.path)
            if read_note(file.path, data, rules).prospect and (fence := find_block(text := data.decode())):
                blocks.append(read_block(text[fence.start : fence.end]))
    return keys_in_use(blocks, rules.field_names)
