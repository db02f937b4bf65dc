"""A vault as a whole: its rules and what its notes say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from followup_md.errors import ChangedMeanwhile
from followup_md.model import Entry, Problem, Prospect, Rules, Severity
from followup_md.planning.neighbours import Neighbour, neighbour_of
from followup_md.reading.conflicts import is_copy_of
from followup_md.reading.joining import touches_of, with_touches
from followup_md.reading.note import read_note
from followup_md.vault.answers import Looked
from followup_md.vault.files import GENERATED, read_file, settings_text
from followup_md.vault.index import Index
from followup_md.vault.known import Note
from followup_md.vault.rules import cadences_in, settled_rules
from followup_md.vault.scan import Scan, scan
from followup_md.vault.zone import is_zone

Progress = Callable[[int, int], None]


class Vault(Struct, frozen=True, dict=True):
    """What is in a vault: the text of its settings, rules, notes, problems, why notes were left out (with how many).

    ``copies`` are second copies of DUE.md, as sync programs make them; ``scan`` is what was found to read. ``touches``
    are those that prospects have from notes of interactions.
    """

    root: Path
    settings: bytes
    rules: Rules
    notes: Mapping[str, Note]
    problems: tuple[Problem, ...]
    left_out: tuple[tuple[str, int], ...]
    copies: tuple[str, ...]
    scan: Scan
    touches: Mapping[str, tuple[Entry, ...]]

    @cached_property
    def neighbours(self) -> list[Neighbour]:
        """What the prospects need to know of each other, by path."""
        known = ((path, note.gist.neighbour) for path, note in self.notes.items())
        return [neighbour_of(self.prospect(path)) if path in self.touches else one for path, one in known if one]

    @cached_property
    def prospects(self) -> tuple[Prospect, ...]:
        """All prospects by path."""
        return tuple(self.prospect(path) for path, note in self.notes.items() if note.gist.neighbour)

    def prospect(self, path: str) -> Prospect:
        """All that is said of a prospect: in its own note, as it is by now, and in those of interactions.

        Raises ``ChangedMeanwhile`` where the note is no prospect any more.
        """
        try:
            return self.prospect_as_known(path)
        except ChangedMeanwhile:
            with suppress(OSError):
                newer = read_note(path, read_file(self.root, path), self.rules).prospect
                if newer:
                    return self._joined(newer)
            raise

    def prospect_as_known(self, path: str) -> Prospect:
        """The same, from the very bytes whose digest is known. Raises ``ChangedMeanwhile`` where they are gone."""
        alone = self.notes[path].reading.prospect
        assert alone is not None
        return self._joined(alone)

    def _joined(self, alone: Prospect) -> Prospect:
        touches = self.touches.get(alone.path)
        return with_touches(alone, touches) if touches else alone


def open_vault(
    root: Path,
    index: Index | None = None,
    progress: Progress = lambda done, of: None,
    looked: Looked | None = None,
    settings: bytes | None = None,
) -> Vault:
    """Look at a vault, through its index if one is given.

    ``progress`` is told how many notes were looked at, and of how many. ``looked`` is what was found in it just now,
    and where it was looked for; elsewhere it is looked again. ``settings`` take the place of the vault's own.
    Raises ``VaultError`` where the folder or its settings cannot be read.
    """
    settings = settings_text(root) if settings is None else settings
    if index and index.patience:
        settings = index.patience.settings(settings)
    index = index or Index(root, kept=False)
    rules = settled_rules(settings, index)
    if looked and (looked.settings, looked.look.exclude, looked.look.due_file) == (
        settings,
        rules.exclude,
        rules.due_file,
    ):
        found = looked.scan
    else:
        found = scan(root, rules.exclude, (rules.due_file, *GENERATED))
    cadences, problems, own = cadences_in(root, found, rules, index)
    rules = replace(rules, cadences=cadences)
    files = [file for file in found.notes if file.path not in own]
    notes = index.look(
        files, rules, settings, [trouble.folder for trouble in found.troubles], lambda done: progress(done, len(files))
    )
    gists = [note.gist for note in notes.values()]
    problems += [
        Problem(trouble.folder, 1, 1, trouble.code, Severity.ERROR, trouble.message) for trouble in found.troubles
    ]
    problems += [problem for gist in gists for problem in gist.problems]
    prospects = [gist.neighbour for gist in gists if gist.neighbour]
    problems += _unknown_zones(prospects)
    interactions = [gist.interaction for gist in gists if gist.interaction]
    touches, unlinked = touches_of(interactions, prospects, [file.path for file in found.notes])
    problems += unlinked
    reasons = Counter(reason for path, reason in found.left_out if _concerns(path, rules))
    reasons.update(gist.left_out for gist in gists if gist.left_out)
    rules = replace(rules, library=tuple(gist.content for gist in gists if gist.content))
    copies = tuple(file.path for file in files if is_copy_of(file.path, rules.due_file))
    left_out = tuple(sorted(reasons.items()))
    found = found._replace(notes=[file for file in found.notes if file.path in notes or file.path in own])
    return Vault(root, settings, rules, notes, tuple(problems), left_out, copies, found, touches)


def _concerns(path: str, rules: Rules) -> bool:
    """Whether a link that is not followed hides prospects: it lies under their folder, or is it, or leads to it."""
    folders = [folder.casefold() + "/" for folder in rules.prospects]
    place = path.casefold() + "/"
    return any(place.startswith(folder) or folder.startswith(place) for folder in folders)


def _unknown_zones(neighbours: Sequence[Neighbour]) -> list[Problem]:
    """Time zones that the data base does not have."""
    unknown = {zone for zone in {one.timezone for one in neighbours} if zone and not is_zone(zone)}
    return [
        Problem(
            one.path,
            one.timezone_line,
            1,
            "timezone-unknown",
            Severity.WARNING,
            f"`timezone: {one.timezone}` is no known time zone: write a name such as Europe/Berlin",
        )
        for one in neighbours
        if one.timezone in unknown
    ]
