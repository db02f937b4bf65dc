"""Vaults that were not made for followup: one case, one file, with the settings proposed and what is read with them.

A case begins with a description of its shape. A line ``==== PATH`` begins a file of the vault, ``==== settings`` the lines
of the proposed followup.toml that matter, ``==== reads`` what is read: each prospect with its stage, its touches, and the
note where a touch stands if it is another; then problems, and why notes were left out.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from conftest import Folder, rules_of
from hypothesis import given
from hypothesis import strategies as st

from followup_md.editing.settings import new_settings
from followup_md.model import Severity, Touch
from followup_md.planning.facts import facts_of
from followup_md.reading.foreign.sighting import sighting
from followup_md.reading.foreign.survey import survey
from followup_md.reading.note import read_prospects
from followup_md.reading.settings import read_settings
from followup_md.vault.survey import LookedOver, look_over

CASES = sorted((Path(__file__).parent / "cases" / "vaults").glob("*.md"))
TODAY = date(2026, 12, 1)


def laid_out(case: Path, root: Path) -> dict[str, str]:
    """Write the files of a case; what it expects, by name."""
    _, *parts = case.read_text(encoding="utf-8").split("\n==== ")
    expected: dict[str, str] = {}
    for part in parts:
        name, _, text = part.partition("\n")
        if name in ("settings", "reads"):
            expected[name] = text.strip()
        else:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(f"{text}\n", encoding="utf-8")
    return expected


def settings_of(looked: LookedOver) -> str:
    """The proposed settings without comments and what is out of force, and of the stages only those with words."""
    lines = [line.partition(" # ")[0].rstrip() for line in looked.settings.decode().split("\n")]
    text = "\n".join(line for line in lines if line and not line.startswith("#") and not line.startswith("expected"))
    head, *stages = text.split("\n[[stages]]")
    return "\n".join([head, *(f"[[stages]]{stage}" for stage in stages if "words" in stage)])


def reading_of(looked: LookedOver) -> str:
    lines: list[str] = []
    for prospect in looked.vault.prospects:
        stage = facts_of(prospect, looked.vault.rules, TODAY).stage.name
        lines.append(f"{prospect.path}: {stage}")
        for entry in prospect.log:
            assert isinstance(entry, Touch)
            clock = f" {entry.time:%H:%M}" if entry.time else ""
            way = " in" if entry.direction == "in" else ""
            where = f" <- {entry.path}:{entry.line}" if entry.path else ""
            lines.append(f"  {entry.date}{clock} {entry.channel}{way}: {entry.text}{where}")
    lines += [f"{one.code} {one.path}:{one.line}" for one in looked.vault.problems if one.severity is not Severity.INFO]
    lines += [f"left out: {reason}" for reason, _ in looked.vault.left_out]
    return "\n".join(lines)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_vault_that_was_not_made_for_us(case: Path, tmp_path: Path) -> None:
    expected = laid_out(case, tmp_path)
    looked = look_over(tmp_path, lambda done, of: None)
    assert settings_of(looked) == expected["settings"]
    assert reading_of(looked) == expected["reads"]


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_what_is_told_is_what_is_read(case: Path, vault: Folder) -> None:
    """The report says what every command says once the settings are written."""
    laid_out(case, vault.root)
    (vault.root / "followup.toml").unlink()
    report = vault.followup("init", "--json").json
    assert vault.followup("init", "--yes").code == 0
    assert vault.read("followup.toml").decode() == report["settings"]
    shown = {one["path"] for one in vault.followup("due", "--all", "--json").json["items"]}
    assert shown <= {one["path"] for one in report["prospects"] if one["read"]} | {
        path for other in report["others"] for path in other["read"]
    }
    checked = vault.followup("check", "--json").json["problems"]
    keys = ("path", "line", "code", "message")
    told = {tuple(one[key] for key in keys) for one in report["problems"]}
    assert told <= {tuple(one[key] for key in keys) for one in checked}


ODD = st.text(st.characters(exclude_characters="\n\r/", exclude_categories=["Cs"]), min_size=1, max_size=12)
FOLDERS = st.sampled_from(["People", "02 Kunden", "CRM", "Notes", "Templates", "📇 Contacts", 'Le"ads', "a\\b"]) | ODD
KEYS = st.sampled_from(["email", "Telefon", "Status", "type", "tags", "Wiedervorlage", "categories", "firma"]) | ODD
VALUES = st.sampled_from(["person", "a@x.example", "Angebot", "2026-05-01", "[[People]]", "inbox", "[lead]"]) | ODD
HEADINGS = st.sampled_from(["Log", "Gespräche", "Tasks", "2026-01-02"]) | ODD


@st.composite
def foreign_notes(draw: st.DrawFn) -> tuple[str, bytes]:
    folders = draw(st.lists(FOLDERS, max_size=3))
    front = "".join(f"{draw(KEYS)}: {draw(VALUES)}\n" for _ in range(draw(st.integers(0, 3))))
    lines = draw(
        st.sampled_from(["- 2026-01-01 Anruf: x\n", "- 2026-01-01 call\n", "| Date |\n|---|\n| 2026-01-01 |\n", ""])
    )
    text = f"---\n{front}---\n#person\n## {draw(HEADINGS)}\n{lines}"
    return "/".join([*folders, f"{draw(ODD)}.md"]), text.encode()


@given(st.lists(foreign_notes(), max_size=6))
def test_whatever_is_proposed_can_be_read(notes: list[tuple[str, bytes]]) -> None:
    """Law: the proposed settings are read back as they are meant, and never lose a prospect that is one without them."""
    rules = rules_of()
    settings = new_settings(survey([sighting(*note, rules) for note in notes], rules).proposal, rules)
    proposed, problems = read_settings(settings.decode())
    assert not problems
    kept = {path: data for path, data in notes if path.split("/")[0].casefold() not in ("prospects", "templates")}
    before, after = ({one.path for one in read_prospects(kept, by)[0]} for by in (rules, proposed))
    assert before <= after
