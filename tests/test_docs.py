"""The documentation tells the truth: every command, option, code, setting and link in it is there."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import click
import pytest

from followup_md.cli.program import COMMANDS
from followup_md.codes import EXPLANATIONS
from followup_md.pages.draft import PLACEHOLDERS
from followup_md.reading.fields import SYNONYMS
from followup_md.reading.note import read_note
from followup_md.reading.settings import _KEYS, _TABLES
from followup_md.vault.rules import built_in_cadences

ROOT = Path(__file__).parent.parent
PAGES = [
    *sorted((ROOT / "docs").glob("*.md")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
]
CODE = re.compile(r'"([a-z]+(?:-[a-z0-9]+){1,4})"')


def text(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def command(name: str) -> click.Command:
    found = import_module(f"followup_md.cli.{name}").command
    assert isinstance(found, click.Command)
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented_and_helps_itself(name: str) -> None:
    found = command(name)
    assert COMMANDS[name].endswith(".") and found.help
    section = re.search(rf"^## `?(?:followup )?{name}\b.*?(?=^## |\Z)", text("commands.md"), re.MULTILINE | re.DOTALL)
    assert section, f"docs/commands.md has no section on {name}"
    for option in (one for one in found.params if isinstance(one, click.Option)):
        assert any(opt in text("commands.md") for opt in option.opts), option.opts
        assert option.help, option.opts


def test_every_code_is_explained_once_and_no_other() -> None:
    documented = re.findall(r"^### `?([a-z0-9-]+)`?$", text("codes.md"), re.MULTILINE)
    assert sorted(documented) == sorted(EXPLANATIONS)


def test_every_code_that_is_raised_is_explained() -> None:
    made = set()
    for path in (ROOT / "followup_md").rglob("*.py"):
        if path.name != "codes.py":
            made |= {code for code in CODE.findall(path.read_text()) if code in EXPLANATIONS}
    assert made == set(EXPLANATIONS)


def test_every_setting_field_and_cadence_is_documented() -> None:
    for setting in (*_KEYS, *_TABLES):
        assert setting in text("settings.md"), setting
    for field, synonyms in SYNONYMS.items():
        for name in (field, *synonyms):
            assert re.search(rf"(?<![\w-]){name}(?![\w-])", text("format.md")), name
    for name in built_in_cadences():
        assert name in text("cadences.md"), name
    for name in PLACEHOLDERS:
        assert name in text("cadences.md"), name


def anchors_of(page: Path) -> set[str]:
    """What GitHub calls the headings of a page in links."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)]*))?\)", prose):
        if "://" not in target and not target.startswith("mailto:") and "…" not in target:
            there = page.parent / target if target else page
            assert there.exists(), f"{page.name}: {target}"
            assert not anchor or anchor in anchors_of(there), f"{page.name}: {target}#{anchor}"


def test_every_page_stands_in_the_order_to_read_them() -> None:
    listed = re.findall(r"^\| \d+ \| \[([a-z-]+\.md)\]", text("README.md"), re.MULTILINE)
    assert sorted([*listed, "README.md"]) == sorted(page.name for page in (ROOT / "docs").glob("*.md"))


def test_readme_names_what_is_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [line for line in readme.split("\n") if line.startswith("    python3 -m venv ")]
    assert len(lines) == 2 and lines[0].endswith("cat example-vault/DUE.md") and lines[1].endswith("pytest")
    for word in re.findall(r"`followup ([a-z]+)", readme):
        assert word in COMMANDS, word


def test_every_script_has_only_placeholders_that_are_filled() -> None:
    for cadence in built_in_cadences().values():
        for number, step in enumerate(cadence.steps, 1):
            assert step.script, f"{cadence.name} {number}"
            used = re.findall(r"\{\{\s*([^}]*?)\s*\}\}", f"{step.subject} {step.script}")
            assert set(used) <= set(PLACEHOLDERS)
            assert step.subject or "email" not in step.channels, f"{cadence.name} {number}"


def test_the_example_vault_shows_every_stage_and_channel() -> None:
    from followup_md.model import Touch
    from followup_md.reading.builtins import CHANNELS
    from followup_md.vault.vault import open_vault

    vault = open_vault(ROOT / "example-vault")
    assert len(vault.prospects) == 30
    assert {prospect.stage for prospect in vault.prospects} >= {
        "lead",
        "contacted",
        "meeting",
        "proposal",
        "items",
        "verbal",
    }
    assert {prospect.stage for prospect in vault.prospects} >= {"nurture", "won", "lost", None}
    used = {entry.channel for prospect in vault.prospects for entry in prospect.log if isinstance(entry, Touch)}
    assert used >= {channel.name for channel in CHANNELS} | {"whatsapp"}
    assert read_note("Prospects/x.md", b"", vault.rules).prospect is not None
