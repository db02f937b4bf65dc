"""The house as CONTRIBUTING.md tells it: who may import whom, what the pure rooms never touch, and where things are."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "followup_md"
PURE = ("reading", "planning", "pages", "editing")
WORLD = frozenset({"os", "sys", "pathlib", "io", "time", "logging", "sqlite3", "subprocess", "click"})
TOP = frozenset({"model", "errors", "days", "codes", "digest", "folding"})
MAY_IMPORT = {
    "reading": TOP | {"reading"},
    "planning": TOP | {"planning"},
    "pages": TOP | {"planning", "pages"},
    "editing": TOP | {"reading", "editing"},
    "vault": TOP | {"reading", "planning", "pages", "editing", "vault", "__version__"},
    "cli": TOP | {"reading", "planning", "pages", "editing", "vault", "cli", "__version__"},
}
#: Names in CONTRIBUTING.md whose file stands behind them in brackets, or before them.
NAMES = r"((?:`[A-Za-z_][\w.]*(?<!\.py)`(?:, | and )?)+)"
BEFORE_THEIR_FILE = re.compile(rf"{NAMES} (?:in |of |\()`([\w/]+\.py)`")
BEHIND_THEIR_FILE = re.compile(rf"`([\w/]+\.py)`,? {NAMES}")
MODULES = sorted(path for room in MAY_IMPORT for path in (PACKAGE / room).rglob("*.py"))


def imports_of(path: Path) -> set[str]:
    """Every module that a file imports, by its full name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def calls_in(path: Path) -> set[str]:
    """The last name of everything that a file calls: ``today`` of ``date.today()``."""
    called = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {
        one.attr if isinstance(one, ast.Attribute) else one.id
        for one in called
        if isinstance(one, (ast.Attribute, ast.Name))
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).with_suffix("").as_posix())
def test_arrows(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0]
    ours = {name.split(".")[1] for name in imports_of(path) if name.startswith("followup_md.")}
    assert ours <= MAY_IMPORT[room], f"{room} may not import {ours - MAY_IMPORT[room]}"
    assert not any(name.startswith("hashlib") for name in imports_of(path)), "digests come from digest.py"
    if room in PURE:
        outside = {name.split(".")[0] for name in imports_of(path)}
        assert not outside & WORLD, f"{room} knows no {outside & WORLD}"
        assert not {"today", "now"} & calls_in(path), "the date comes in as an argument"


def test_the_top_of_the_house_imports_nothing_of_ours() -> None:
    for name in TOP:
        assert not any(found.startswith("followup_md") for found in imports_of(PACKAGE / f"{name}.py"))


def test_help_imports_nothing_that_it_does_not_need() -> None:
    script = (
        "import sys; sys.argv = ['followup', '--help']\n"
        "from followup_md.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted(m for m in sys.modules if m.partition('.')[0] in ('yaml', 'frontmatter', 'rich', 'json', 'zoneinfo')"
        " or m.startswith('followup_md.')), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (
        done.stderr.strip()
        == "['followup_md.cli', 'followup_md.cli.completing', 'followup_md.cli.completing.grammar', 'followup_md.cli.line', 'followup_md.cli.program', 'followup_md.errors']"
    )


def test_the_built_in_cadences_are_read_without_the_yaml_parser() -> None:
    script = "import sys; from followup_md.vault.rules import built_in_cadences as read; print(len(read()), 'yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    count, parser = done.stdout.split()
    assert int(count) > 1 and parser == "False"


def test_contributing_names_what_is_there() -> None:
    text = re.sub(r"```.*?```", "", (PACKAGE.parent / "CONTRIBUTING.md").read_text(), flags=re.DOTALL)
    places = [(path, names) for names, path in BEFORE_THEIR_FILE.findall(text)] + BEHIND_THEIR_FILE.findall(text)
    places += [(path, "") for path in re.findall(r"`([\w/]+\.py)`", text)]
    assert len(places) > 200
    for path, names in places:
        file = next((top / path for top in (PACKAGE, PACKAGE.parent) if (top / path).exists()), None)
        assert file, f"{path} is not there"
        for name in re.findall(r"[\w.]*?(\w+)`", names):
            is_there = re.search(rf"^\s*(?:def {name}\b|class {name}\b|{name}\b *[:=])", file.read_text(), re.MULTILINE)
            assert is_there, f"{path} has no {name}"
