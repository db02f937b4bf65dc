"""A vault as a whole: its rules and what its notes say."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from followup_md.digest import blake2b
from followup_md.model import Entry, Interaction, Problem, Prospect, Rules, Severity
from followup_md.planning.neighbours import Neighbour, neighbour_of
from followup_md.reading.conflicts import is_copy_of
from followup_md.reading.joining import touches_of, with_touches
from followup_md.reading.note import Reading
from followup_md.vault import notes
from followup_md.vault.answers import Looked
from followup_md.vault.database import text_of
from followup_md.vault.files import GENERATED, settings_text
from followup_md.vault.index import Index, Look
from followup_md.vault.known import Gist
from followup_md.vault.packing import unpacked
from followup_md.vault.rules import cadences_in, settled_rules
from followup_md.vault.scan import File, Scan, file_of, is_excluded, on_disk, scan
from followup_md.vault.write import changed_meanwhile
from followup_md.vault.zone import is_zone

Progress = Callable[[int, int], None]


class _Links(Struct, frozen=True, array_like=True):
    """The touches that prospects have from notes of interactions, by path, and what is wrong with links."""

    touches: dict[str, tuple[Entry, ...]]
    problems: list[Problem]


class Vault(Struct, frozen=True, dict=True):
    """What is in a vault: the text of its settings, rules, problems, why notes were left out (with how many). What the
    notes say is asked of the index.

    ``copies`` are second copies of DUE.md, as sync programs make them; ``scan`` is what was found to read. ``touches``
    are those that prospects have from notes of interactions. ``apart`` are the problems that do not come from notes.
    """

    root: Path
    index: Index
    settings: bytes
    rules: Rules
    scan: Scan
    apart: tuple[Problem, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[tuple[str, int], ...]
    copies: tuple[str, ...]
    touches: Mapping[str, tuple[Entry, ...]]

    @cached_property
    def number(self) -> int:
        """How many prospects there are."""
        return self.index.ask(lambda connection: notes.number(connection, "prospect"))

    @cached_property
    def neighbours(self) -> list[Neighbour]:
        """What the prospects need to know of each other, by path."""
        return self.neighbours_where("prospect")

    def neighbours_where(self, where: str, *given: bytes) -> list[Neighbour]:
        """The same of some of them; ``where`` chooses rows of the index."""
        gists = self.index.ask(lambda connection: notes.gists(connection, f"prospect AND {where}", given))
        known = ((path, gist.neighbour) for path, gist in gists.items())
        return [neighbour_of(self.prospect(path)) if path in self.touches else one for path, one in known if one]

    @cached_property
    def prospects(self) -> tuple[Prospect, ...]:
        """All prospects by path."""
        return self.index.ask(lambda connection: tuple(map(self.joined, notes.readings(connection))))

    def prospect(self, path: str) -> Prospect:
        """All that is said of a prospect: in its own note, and in those of interactions.

        Raises ``ChangedMeanwhile`` where the note is gone.
        """
        says = self.index.ask(lambda connection: notes.says(connection, path))
        if says is None:
            raise changed_meanwhile(path)
        return self.joined(unpacked(says, Reading))

    def joined(self, reading: Reading) -> Prospect:
        """All that is said of the prospect of a note. Raises ``ChangedMeanwhile`` where the note is no prospect."""
        alone = reading.prospect
        if alone is None:
            raise changed_meanwhile(reading.path)
        touches = self.touches.get(alone.path)
        return with_touches(alone, touches) if touches else alone

    @cached_property
    def of(self) -> bytes:
        """What tells its settings from others."""
        return digest_of(self.settings)


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
    files = [file for file in found.notes if file.path not in own] if own else found.notes
    hidden = [trouble.folder for trouble in found.troubles]
    index.look(Look(files, rules, digest_of(settings), hidden, lambda done: progress(done, len(files))))
    if index.away:
        found = found._replace(notes=[file for file in found.notes if file.path not in index.away])
    problems += [
        Problem(trouble.folder, 1, 1, trouble.code, Severity.ERROR, trouble.message) for trouble in found.troubles
    ]
    at_top = [file.path for file in found.notes if "/" not in file.path]
    copies = tuple(path for path in at_top if is_copy_of(path, rules.due_file))
    return _as_known(Vault(root, index, settings, rules, found, tuple(problems), (), (), copies, {}))


def known_notes(vault: Vault, paths: Iterable[str]) -> list[File] | None:
    """Those of the paths that are notes, as they are now; None where one is no note that was known, or is none any more.

    What is never read, such as DUE.md itself, is passed over.
    """
    found = []
    for path in paths:
        if path in (vault.rules.due_file, *GENERATED) or is_excluded(path, vault.rules.exclude):
            continue
        try:
            status = os.lstat(on_disk(vault.root, path))
        except OSError:
            return None
        if not stat.S_ISREG(status.st_mode):
            return None
        found.append(file_of(path, status))
    return found if vault.index.knows(file.path for file in found) else None


def look_at(vault: Vault, files: Sequence[File]) -> Vault:
    """The same vault where only those files may have changed since, which were there before and are."""
    vault.index.look_at(files)
    return _as_known(replace(vault, touches={}))


def digest_of(settings: bytes) -> bytes:
    """What tells settings from others."""
    return blake2b(settings, digest_size=16).digest()


def _as_known(vault: Vault) -> Vault:
    """A vault with all that its index knows of the notes by now."""

    def known(connection: sqlite3.Connection) -> tuple[dict[str, Gist], list[str]]:
        zones = connection.execute("SELECT DISTINCT timezone FROM note WHERE timezone NOT NULL").fetchall()
        return notes.gists(connection, "special"), [text_of(zone) for (zone,) in zones]

    gists, zones = vault.index.ask(known)
    special = gists.values()
    problems = [*vault.apart, *(problem for gist in special for problem in gist.problems)]
    problems += _unknown_zones(vault, [zone for zone in zones if not is_zone(zone)])
    touches: Mapping[str, tuple[Entry, ...]] = {}
    if interactions := [gist.interaction for gist in special if gist.interaction]:
        links = _linked(vault, interactions)
        touches = links.touches
        problems += links.problems
    rules = vault.rules
    reasons = Counter(reason for path, reason in vault.scan.left_out if _concerns(path, rules))
    reasons.update(gist.left_out for gist in special if gist.left_out)
    return replace(
        vault,
        rules=replace(rules, library=tuple(gist.content for gist in special if gist.content)),
        problems=tuple(problems),
        left_out=tuple(sorted(reasons.items())),
        touches=touches,
    )


def _linked(vault: Vault, interactions: Sequence[Interaction]) -> _Links:
    """What notes of interactions come to, found anew only where a link may lead elsewhere."""
    paths = [file.path for file in vault.scan.notes]
    of = blake2b(vault.index.ask(notes.links), digest_size=16)
    of.update("\0".join(paths).encode("utf-8", "surrogatepass"))
    return vault.index.remembered(
        "links", of.digest(), _Links, lambda: _Links(*touches_of(interactions, vault.neighbours, paths))
    )


def _concerns(path: str, rules: Rules) -> bool:
    """Whether a link that is not followed hides prospects: it lies under their folder, or is it, or leads to it."""
    folders = [folder.casefold() + "/" for folder in rules.prospects]
    place = path.casefold() + "/"
    return any(place.startswith(folder) or folder.startswith(place) for folder in folders)


def _unknown_zones(vault: Vault, unknown: Sequence[str]) -> list[Problem]:
    """Time zones that the data base does not have."""
    if not unknown:
        return []
    return [
        Problem(
            one.path,
            one.timezone_line,
            1,
            "timezone-unknown",
            Severity.WARNING,
            f"`timezone: {one.timezone}` is no known time zone: write a name such as Europe/Berlin",
        )
        for one in vault.neighbours
        if one.timezone in unknown
    ]
