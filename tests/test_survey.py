"""Vaults that were not made for followup: one case, one file, with the settings proposed and what is read with them.

A case begins with a description of its shape. A line ``==== PATH`` begins a file of the vault, ``==== settings`` the lines
of the proposed followup.toml that matter, ``==== reads`` what is read: each prospect with its stage, its touches, and the
note where a touch stands if it is another; then problems, and why notes were left out.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from conftest import Folder

from followup_md.model import Severity, Touch
from followup_md.planning.facts import facts_of
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
