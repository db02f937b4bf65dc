"""A vault as a whole: its rules and what its notes say."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.resources import files as package_files
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from followup_md.errors import VaultError
from followup_md.model import Cadence, Content, Problem, Prospect, Rules, Severity
from followup_md.reading.builtins import CHANNELS, STAGES
from followup_md.reading.cadence import read_cadence, read_cadences
from followup_md.reading.note import is_under, read_note
from followup_md.reading.settings import read_settings
from followup_md.vault.files import SETTINGS, Found, find_notes, read_file, read_files

CADENCES = "Cadences"
STATS = "STATS.md"
MAX_SETTINGS = 64 * 1024


class Vault(Struct, frozen=True):
    """What is in a vault: rules, prospects, problems, and why notes were left out (with how many)."""

    root: Path
    rules: Rules
    prospects: tuple[Prospect, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[tuple[str, int], ...]


def open_vault(root: Path) -> Vault:
    """Read a vault. Raises ``VaultError`` where the folder or its settings cannot be read."""
    rules = load_rules(root)
    found = find_notes(root, rules.exclude, (rules.due_file, STATS))
    problems = list(found.problems)
    own = {path: data for path, data in read_files(root, _under(found, CADENCES)) if isinstance(data, bytes)}
    cadences, wrong = read_cadences(own, rules, built_in_cadences())
    problems += wrong
    rules = replace(rules, cadences=cadences)
    prospects: list[Prospect] = []
    library: list[Content] = []
    reasons = Counter(reason for path, reason in found.left_out if _concerns(path, rules))
    for path, data in read_files(root, tuple(path for path in found.notes if path not in own)):
        if isinstance(data, Problem):
            problems.append(data)
            continue
        reading = read_note(path, data, rules)
        problems += reading.problems
        if reading.prospect:
            prospects.append(reading.prospect)
        if reading.content:
            library.append(reading.content)
        if reading.left_out:
            reasons[reading.left_out] += 1
    problems += _unknown_zones(prospects)
    rules = replace(rules, library=tuple(sorted(library, key=lambda content: content.path)))
    ordered = tuple(sorted(prospects, key=lambda prospect: prospect.path))
    return Vault(root, rules, ordered, tuple(problems), tuple(sorted(reasons.items())))


def _under(found: Found, folder: str) -> tuple[str, ...]:
    return tuple(path for path in found.notes if is_under(path, (folder,)))


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
    try:
        data = read_file(root, SETTINGS, MAX_SETTINGS)
        if len(data) > MAX_SETTINGS:
            raise VaultError(f"{SETTINGS}: it is larger than 64 KiB, which settings never are; shorten it")
        text = data.decode("utf-8-sig")
    except FileNotFoundError:
        return Rules(STAGES, CHANNELS)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise VaultError(f"{SETTINGS}: the settings cannot be read ({reason}); mend the file, or remove it") from None
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
