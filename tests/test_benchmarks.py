"""The benchmarks measure what they say: their vaults, their limits, their arithmetic. Nothing here is timed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from conftest import Folder, rules_of

from benchmarks.figures import Figures, Goal, Row, goals, met, percentile_row, ratio, row, unsure, worth
from benchmarks.limits import Walker, walker
from benchmarks.measure import debounce_in
from benchmarks.table import WIDTH, records, table
from benchmarks.vaults import DAY, KEYS, LARGEST, PIECES, SMALLEST, TOUCHES, added_touch, prospect, vault_files
from benchmarks.walk import walk
from followup_md.model import Touch
from followup_md.reading.note import read_note

LIMITS = {"S": 0.003, "L": 0.006, "P": 0.040}


def test_a_vault_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    assert list(vault_files(60, 1)) == list(vault_files(60, 1))
    assert list(vault_files(60, 1)) == list(vault_files(90, 1))[: 60 + PIECES + 1]
    assert prospect(17, 1) != prospect(17, 2)


def test_no_two_files_have_one_path() -> None:
    paths = Counter(file.path.casefold() for file in vault_files(2_000, 1))
    assert len(paths) == paths.total() == 2_000 + PIECES + 1
    assert prospect(119_808 + 3, 1).path != prospect(3, 1).path


@pytest.mark.parametrize("seed", [1, 2])
def test_notes_have_the_promised_size_keys_and_touches(seed: int) -> None:
    rules = rules_of()
    for number in range(300):
        file = prospect(number, seed)
        assert SMALLEST <= len(file.text.encode()) <= LARGEST, file.path
        front = file.text.split("---\n")[1].strip().split("\n")
        assert len({line.partition(":")[0] for line in front}) == len(front) == KEYS
        found = read_note(file.path, file.text.encode(), rules).prospect
        assert found is not None
        assert sum(isinstance(entry, Touch) for entry in found.log) == TOUCHES, file.path


def test_check_finds_nothing_in_such_a_vault(vault: Folder) -> None:
    for file in vault_files(50, 1):
        vault.write(file.path, file.text)
    problems = vault.followup("check", "--json").json["problems"]
    assert {problem["severity"] for problem in problems} <= {"info"}
    assert len(vault.followup("due", "--days", "7", "--json").json["items"]) > 5


def test_a_touch_is_added_in_the_manner_of_the_log() -> None:
    manners, rules = set(), rules_of()
    for number in range(60):
        file = prospect(number, 1)
        more = added_touch(file.text, DAY, "sent the figures")
        manners.add(more[0])
        found = read_note(file.path, (file.text + more).encode(), rules)
        assert found.prospect is not None and not found.problems
        touches = [entry for entry in found.prospect.log if isinstance(entry, Touch)]
        assert len(touches) == TOUCHES + 1 and touches[-1].date == DAY and touches[-1].channel == "email"
    assert manners == {"-", "*", "#", "|"}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Three notes of 60 bytes in all, and what is no note."""
    folder = tmp_path / "vault"
    for name, size in {"a.md": 10, "B/b.md": 20, "B/C/ü.md": 30, "x.txt": 7, ".md": 7, ".git/c.md": 7}.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"x" * size)
    (folder / "link.md").symlink_to("a.md")
    (folder / "round").symlink_to(folder, target_is_directory=True)
    return folder


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_the_limits_in_c_count_the_notes(tmp_path: Path, small: Path) -> None:
    limits = walker(tmp_path)
    assert limits.language == "C"
    _counts(limits, small)
    assert subprocess.run([*limits.command, "read", "nowhere"], capture_output=True, check=False).returncode == 1
    assert subprocess.run(limits.command, capture_output=True, check=False).returncode == 2


def test_their_stand_in_counts_the_same(tmp_path: Path, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    limits = walker(tmp_path)
    assert limits.language == "Python" and limits.command[0] == sys.executable
    _counts(limits, small)
    assert walk(str(small), reading=True) == (3, 60)


def _counts(limits: Walker, folder: Path) -> None:
    assert subprocess.check_output(limits.stats(folder), text=True) == "3 60\n"
    assert subprocess.check_output(limits.reads(folder), text=True) == "3 60\n"


@pytest.mark.parametrize(
    ("value", "goal", "told", "is_met"),
    [
        (0.060, Goal(((1.6, "P"),)), "1.50 P", True),
        (0.066, Goal(((1.6, "P"),)), "1.65 P", False),
        (0.070, Goal(((1.6, "P"), (3, "S"))), "1.6 P + 2.00 S", True),
        (0.050, Goal(((1.6, "P"), (3, "S"))), "1.25 P", True),
        (0.100, Goal(((1.6, "P"), (3, "S"))), "1.6 P + 12.0 S", False),
        (0.200, Goal(((2, "P"), (16, "L"))), "2 P + 20.0 L", False),
        (0.080, Goal(((2, "P"), (1, "S"))), "2.00 P", True),
        (0.004, Goal(((5, "ms"),)), "", True),
        (0.006, Goal(((5, "ms"),)), "", False),
    ],
)
def test_a_figure_is_told_in_the_terms_of_its_goal(value: float, goal: Goal, told: str, is_met: bool) -> None:
    found = row("x", [value], goal)
    assert ratio(found, LIMITS) == told
    assert met(found, LIMITS) is is_met


def test_goals_go_by_the_size_of_the_vault() -> None:
    assert [str(goals(notes)["cold"]) for notes in (1_000, 10_000, 100_000)] == ["4.4 P", "2 P + 16 L", "16 L"]
    assert [str(goals(notes)["complete"]) for notes in (1_000, 10_000, 100_000)] == ["1.6 P", "1.7 P", "2 P + S"]
    assert worth(goals(10_000)["memory cold"], LIMITS) == 80e6
    assert worth(goals(100_000)["stats"], LIMITS) == 5


def test_a_percentile_is_one_of_the_samples() -> None:
    samples = [float(number) for number in range(100, 0, -1)]
    assert percentile_row("x", samples, 0.99, None).value == 99
    assert percentile_row("x", samples, 0.5, None).value == 50
    assert percentile_row("x", [3.0, 1.0, 2.0], 0.99, None).value == 3


def test_a_goal_amid_the_samples_is_marked() -> None:
    goal = Goal(((5, "ms"),))
    assert unsure(row("x", [-0.05, -0.02, 0.001, 0.02, 0.05], goal), LIMITS)
    assert not unsure(row("x", [0.001, 0.002, 0.002, 0.003, 0.09], goal), LIMITS)
    assert not unsure(row("x", [0.001], goal), LIMITS)


FIGURES = Figures(
    notes=10_000,
    files=10_025,
    size=30_000_000,
    walker="C",
    limits=LIMITS,
    limit_rows=(row("P: python -c 'import click'", [0.039, 0.040, 0.041]),),
    rows=(
        row("index, warm", [0.071, 0.070, 0.069], Goal(((1.6, "P"), (3, "S")))),
        row("index, cold", [12.3456, 11.0, 13.0], Goal(((2, "P"), (16, "L")))),
        row("one note changed: index, more", [-0.05, 0.001, 0.05], Goal(((10, "ms"),))),
        row("peak memory, index cold", [81e6, 82e6, 83e6], Goal(((80, "MB"),)), in_bytes=True),
        Row("stats, warm", left_out="there is no command `stats`"),
    ),
)


def test_the_table() -> None:
    assert table(FIGURES) == (
        "10,000 notes: 10,025 files, 30.0 MB\n"
        "\n"
        "                                  median            min..max  in terms of goal   goal           met\n"
        "-----------------------------  ---------  ------------------  -----------------  -------------  ----\n"
        "P: python -c 'import click'      40.0 ms          39.0..41.0\n"
        "index, warm                      70.0 ms          69.0..71.0  1.6 P + 2.00 S     1.6 P + 3 S    yes\n"
        "index, cold                      12.35 s        11.00..13.00  2 P + 2044 L       2 P + 16 L     NO\n"
        "one note changed: index, more     1.0 ms         -50.0..50.0                     10 ms          yes?\n"
        "peak memory, index cold          82.0 MB          81.0..83.0                     80 MB          NO\n"
        "stats, warm                    left out: there is no command `stats`\n"
    )


def test_the_table_is_never_too_wide_and_names_a_stand_in() -> None:
    from dataclasses import replace

    long = replace(FIGURES, walker="Python", rows=(*FIGURES.rows, Row("watch", left_out="a long reason " * 20)))
    assert max(map(len, table(long).split("\n"))) <= WIDTH
    assert "stand-in in Python" in table(long)


def test_json_has_every_sample() -> None:
    told = records(FIGURES)
    rows = {found["name"]: found for found in told["rows"]}  # type: ignore[attr-defined]
    assert rows["index, warm"]["samples"] == [0.071, 0.070, 0.069]
    assert rows["index, warm"]["met"] is True and rows["index, warm"]["goal"] == "1.6 P + 3 S"
    assert rows["stats, warm"] == {"name": "stats, warm", "left_out": "there is no command `stats`"}


def test_the_debounce_is_read_from_the_help() -> None:
    assert debounce_in("  --debounce SECONDS  Wait that long.  [default: 0.25 s]") == 0.25
    assert debounce_in("It looks after 200 ms of quiet.\nSweeps every 30 s.") == 0.2
    assert debounce_in("  --debounce FLOAT  Seconds.  [default: 0.3]") == 0.3
    assert debounce_in("Keeps DUE.md true.") is None
