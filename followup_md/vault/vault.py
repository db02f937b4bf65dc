"""A vault as a whole: its rules and what its notes say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.resources import files as package_files
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from followup_md.errors import VaultError
from followup_md.model import Cadence, Problem, Prospect, Rules, Severity
from followup_md.reading.builtins import CHANNELS, STAGES
from followup_md.reading.cadence import read_cadence, read_cadences
from followup_md.reading.note import is_copy_of, is_under
from followup_md.reading.settings import read_settings
from followup_md.vault.files import GENERATED, read_file, settings_text, unreadable_settings
from followup_md.vault.index import Index
from followup_md.vault.scan import Scan, scan

CADENCES = "Cadences"

Progress = Callable[[int, int], None]


class Vault(Struct, frozen=True):
    """What is in a vault: the text of its settings, rules, prospects, problems, why notes were left out (with how many).

    ``copies`` are second copies of DUE.md, as sync programs make them; ``scan`` is what was found to read.
    """

    root: Path
    settings: bytes
    rules: Rules
    prospects: tuple[Prospect, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[tuple[str, int], ...]
    copies: tuple[str, ...]
    scan: Scan


def open_vault(
    root: Path,
    index: Index | None = None,
    progress: Progress = lambda done, of: None,
    before: Rules | None = None,
) -> Vault:
    """Read a vault, through its index if one is given.

    ``progress`` is told how many notes were looked at, and of how many. ``before`` are the rules it had the last time:
    if they are the same now, they are the same object. Raises ``VaultError`` where the folder or its settings cannot
    be read.
    """
    settings = settings_text(root)
    if index and index.patience:
        settings = index.patience.settings(settings)
    rules = rules_of(settings)
    found = scan(root, rules.exclude, (rules.due_file, *GENERATED))
    cadences, problems, own = _own_cadences(root, found, rules)
    rules = replace(rules, cadences=cadences)
    notes = [file for file in found.notes if file.path not in own]
    readings = (index or Index(root, kept=False)).look(
        notes, rules, settings, [trouble.folder for trouble in found.troubles], lambda done: progress(done, len(notes))
    )
    problems += [
        Problem(trouble.folder, 1, 1, trouble.code, Severity.ERROR, trouble.message) for trouble in found.troubles
    ]
    problems += [problem for reading in readings for problem in reading.problems]
    reasons = Counter(reason for path, reason in found.left_out if _concerns(path, rules))
    reasons.update(reading.left_out for reading in readings if reading.left_out)
    prospects = [reading.prospect for reading in readings if reading.prospect]
    problems += _unknown_zones(prospects)
    library = (reading.content for reading in readings if reading.content)
    rules = replace(rules, library=tuple(sorted(library, key=lambda content: content.path)))
    ordered = tuple(sorted(prospects, key=lambda prospect: prospect.path))
    copies = tuple(file.path for file in notes if is_copy_of(file.path, rules.due_file))
    if before is not None and before == rules:
        rules = before
    return Vault(root, settings, rules, ordered, tuple(problems), tuple(sorted(reasons.items())), copies, found)


def _own_cadences(root: Path, found: Scan, rules: Rules) -> tuple[dict[str, Cadence], list[Problem], frozenset[str]]:
    """The cadences in force, what is wrong with the user's own, and the paths of these."""
    own: dict[str, bytes] = {}
    for file in found.notes:
        if is_under(file.path, (CADENCES,)):
            with suppress(OSError):  # one that cannot be read is looked at, and told, with the other notes
                own[file.path] = read_file(root, file.path)
    cadences, problems = read_cadences(own, rules, built_in_cadences())
    return cadences, problems, frozenset(own)


def _concerns(path: str, rules: Rules) -> bool:
    """Whether a link that is not followed hides prospects: it lies under their folder, or is it, or leads to it."""
    folders = [folder.casefold() + "/" for folder in rules.prospects]
    place = path.casefold() + "/"
    return any(place.startswith(folder) or folder.startswith(place) for folder in folders)


def _unknown_zones(prospects: list[Prospect]) -> list[Problem]:
    """Time zones that the data base does not have."""
    named = {prospect.timezone for prospect in prospects if prospect.timezone}
    if not named:
        return []
    from zoneinfo import available_timezones

    unknown = named - available_timezones()
    return [
        Problem(
            prospect.path,
            prospect.line_of("timezone"),
            1,
            "timezone-unknown",
            Severity.WARNING,
            f"`timezone: {prospect.timezone}` is no known time zone: write a name such as Europe/Berlin",
        )
        for prospect in prospects
        if prospect.timezone in unknown
    ]


def load_rules(root: Path) -> Rules:
    """The rules of a vault: its settings over the defaults. Raises ``VaultError`` with every wrong line."""
    return rules_of(settings_text(root))


def rules_of(settings: bytes) -> Rules:
    """The rules that a settings text gives. Raises ``VaultError`` with every wrong line."""
    try:
        text = settings.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise unreadable_settings("it is not UTF-8 text") from None
    rules, problems = read_settings(text)
    if problems:
        raise VaultError("\n".join(f"{problem.path}:{problem.line}: {problem.message}" for problem in problems))
    return rules


@cache
def built_in_cadences() -> dict[str, Cadence]:
    """The cadences that come with the package, by name."""
    rules = Rules(STAGES, CHANNELS)
    folder = package_files("followup_md") / "cadences"
    notes = sorted((note for note in folder.iterdir() if note.name.endswith(".md")), key=lambda note: note.name)
    cadences = [read_cadence(note.name, note.read_bytes(), rules) for note in notes]
    return {cadence.name: cadence for cadence in cadences}


def built_in_note(name: str) -> bytes:
    """The text of a built-in cadence's note."""
    return (package_files("followup_md") / "cadences" / f"{name}.md").read_bytes()
