"""The rules that a vault goes by: its settings over the defaults, the cadences that come with the package, its own."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path

from followup_md.digest import blake2b
from followup_md.errors import VaultError
from followup_md.model import Cadence, Problem, Rules
from followup_md.reading.note import is_under
from followup_md.vault.files import read_file, unreadable_settings
from followup_md.vault.index import Index
from followup_md.vault.scan import Scan

CADENCES = "Cadences"
#: Most other paths are told from theirs by one letter, in a tenth of the time.
_BEGINS = (CADENCES[0], CADENCES[0].casefold())
_BUILT_IN = Path(__file__).parent.parent / "cadences"


def rules_of(settings: bytes) -> Rules:
    """The rules that a settings text gives. Raises ``VaultError`` with every wrong line."""
    from followup_md.reading.settings import read_settings

    try:
        text = settings.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise unreadable_settings("it is not UTF-8 text") from None
    rules, problems = read_settings(text)
    if problems:
        raise VaultError("\n".join(f"{problem.path}:{problem.line}: {problem.message}" for problem in problems))
    return rules


def settled_rules(settings: bytes, index: Index) -> Rules:
    """``rules_of`` a settings text, which are taken apart only once. Raises as it does."""
    of = blake2b(settings, digest_size=16).digest()
    return index.remembered("rules", of, Rules, lambda: rules_of(settings))


def cadences_in(
    root: Path, found: Scan, rules: Rules, index: Index
) -> tuple[dict[str, Cadence], list[Problem], frozenset[str]]:
    """The cadences in force, what is wrong with the user's own, and the paths of these."""
    built_in = index.remembered("cadences", b"", dict[str, Cadence], built_in_cadences)
    own: dict[str, bytes] = {}
    for file in found.notes:
        if file.path[0] in _BEGINS and is_under(file.path, (CADENCES,)):
            with suppress(OSError):  # one that cannot be read is looked at, and told, with the other notes
                own[file.path] = read_file(root, file.path)
    if not own:
        return built_in, [], frozenset()
    from followup_md.reading.cadence import read_cadences

    cadences, problems = read_cadences(own, rules, built_in)
    return cadences, problems, frozenset(own)


@cache
def built_in_cadences() -> dict[str, Cadence]:
    """The cadences that come with the package, by name."""
    from followup_md.reading.builtins import DEFAULTS
    from followup_md.reading.cadence import read_cadence

    cadences = [read_cadence(note.name, note.read_bytes(), DEFAULTS) for note in sorted(_BUILT_IN.glob("*.md"))]
    return {cadence.name: cadence for cadence in cadences}


def built_in_note(name: str) -> bytes:
    """The text of a built-in cadence's note."""
    return (_BUILT_IN / f"{name}.md").read_bytes()
