"""A folder of notes looked over: what it holds, the settings that are proposed, and what would be read with them."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct

from followup_md.editing.settings import new_settings
from followup_md.model import Proposal, Survey
from followup_md.reading.builtins import DEFAULTS
from followup_md.reading.foreign.sighting import Sighting, sighting
from followup_md.reading.foreign.survey import survey
from followup_md.vault.files import GENERATED, SETTINGS, read_file
from followup_md.vault.scan import scan
from followup_md.vault.vault import Progress, Vault, open_vault


class LookedOver(Struct, frozen=True):
    """``settings`` are those that are proposed, ``vault`` what is read with them; with the vault's own, if it has some."""

    survey: Survey
    settings: bytes
    vault: Vault
    has_settings: bool


def look_over(root: Path, progress: Progress) -> LookedOver:
    """Look at every note of a folder, and read it as it would be read. Writes nothing.

    Raises ``VaultError`` where the folder, or settings that are there, cannot be read.
    """
    found = scan(root, (), (DEFAULTS.due_file, *GENERATED)).notes
    sightings = []
    for done, file in enumerate(found):
        progress(done, len(found))
        sightings.append(_sighting(root, file.path))
    seen = survey(sightings, DEFAULTS)
    settings = new_settings(seen.proposal, DEFAULTS)
    own = os.path.lexists(root / SETTINGS)
    return LookedOver(seen, settings, open_vault(root, settings=None if own else settings), own)


def first_settings() -> bytes:
    """The settings of a new vault."""
    return new_settings(Proposal(), DEFAULTS)


def _sighting(root: Path, path: str) -> Sighting:
    try:
        data = read_file(root, path)
    except OSError:
        return Sighting(path, "unread")
    return sighting(path, data, DEFAULTS)
