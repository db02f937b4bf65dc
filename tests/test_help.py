"""``followup help``: what the documentation says, found by the name of a command, page, rule, code or section."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result

from followup_md.cli.documentation import page, rules, topics
from followup_md.cli.program import COMMANDS
from followup_md.codes import EXPLANATIONS

ROOT = Path(__file__).parent.parent
Run = Callable[..., Result]


def test_without_a_topic_commands_and_pages_are_listed(run: Run) -> None:
    listed = run("help").out
    assert all(f"\n  {name} " in listed for name in COMMANDS)
    assert all(f"\n  {name} " in listed for name, _ in topics())


def test_every_page_is_a_topic_and_printed_as_it_is_written(run: Run) -> None:
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"README"}
    assert {name for name, _ in topics()} == pages
    for name in pages:
        done = run("help", f"{name}.md")
        assert (done.code, done.out) == (0, (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8"))
    assert run("help", "Format").out == page("format")


def test_a_command_s_help_is_its_help(run: Run) -> None:
    assert run("help", "cadence", "show").out == run("cadence", "show", "--help").out
    assert run("help", "log").out == run("log", "--help").out


def test_a_rule_is_told_with_every_passage_that_names_it(run: Run) -> None:
    told = run("help", "r17").out
    assert told == (
        "# R17\n\n"
        "Where the step's channel cannot be used, another is taken, and it is said.\n\n"
        "A rule of this program's own.\n\n"
        "## By which channel\n\n"
        "If none is left, or for any: email, call, linkedin, sms, letter, note, chosen in the same way (R17). If none of "
        'these can be used either, the touch is due all the same, with "no way to reach them".\n'
    )
    assert "| Pace (R3) |" in run("help", "R3").out
    assert [number for number, _ in rules()] == [f"R{number}" for number in range(1, 23)]
    for number, says in rules():
        done = run("help", number)
        assert done.code == 0 and done.out.startswith(f"# {number}\n\n{says}\n\n")


def test_a_code_is_explained_by_its_section(run: Run) -> None:
    told = run("help", "touch-no-date").out
    assert told.startswith("### touch-no-date\n\n*Error.* ") and told.endswith("*From the page codes.*\n")
    assert told.count("###") == 1
    for code in EXPLANATIONS:
        assert run("help", code).out.startswith(f"### {code}\n"), code


def test_a_section_is_found_by_its_heading_on_every_page(run: Run) -> None:
    assert run("help", "exit", "codes").out == run("help", "exit-codes").out
    assert "| 130 | interrupted |" in run("help", "exit-codes").out
    both = run("help", "Stages").out
    assert "*From the page format.*" in both and "*From the page settings.*" in both


def test_a_line_of_code_is_no_heading(run: Run) -> None:
    assert run("help", "Due on Saturday 21 November 2026").code == 3


@pytest.mark.parametrize(
    ("topic", "hint"),
    [("formt", "did you mean format"), ("touch-no-dat", "touch-no-date"), ("R23", "R2"), ("qqqqqq", "`followup help`")],
)
def test_what_there_is_not_is_said_with_the_nearest(topic: str, hint: str, run: Run) -> None:
    done = run("help", topic)
    assert done.code == 3 and done.out == "" and f"nothing is called `{topic}`" in done.err and hint in done.err


def test_it_needs_no_vault(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOLLOWUP_VAULT", raising=False)
    assert run("help", "rules").code == run("completion", "bash").code == 0


def test_an_installed_package_has_the_pages_in_it(tmp_path: Path) -> None:
    """As the wheel has them: nothing of the clone is beside it."""
    shutil.copytree(ROOT / "followup_md", tmp_path / "followup_md", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "docs", tmp_path / "followup_md" / "docs")
    alone = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "followup_md", "help", "format"]
    done = subprocess.run(command, env=alone, cwd=tmp_path, capture_output=True, check=True)
    assert done.stdout.decode() == page("format")


def test_on_a_terminal_it_is_drawn_and_shown_by_the_pager(tmp_path: Path) -> None:
    pexpect = pytest.importorskip("pexpect", reason="pexpect is not installed")
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGED\nexec cat\n")
    pager.chmod(0o755)
    environment = {**os.environ, "PAGER": str(pager), "TERM": "xterm", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    words = ["-m", "followup_md", "help", "exit-codes"]
    shown, code = pexpect.run(
        f"{sys.executable} {' '.join(words)}", env=environment, withexitstatus=True, encoding="utf-8", timeout=20
    )
    assert code == 0 and "PAGED" in shown and "\x1b[" in shown
    assert "|---|" not in shown and "](" not in shown and "interrupted" in shown
