"""`followup init`: a new vault, and what it asks, says and writes where there are notes."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest
from conftest import EXAMPLE, Folder, Result

PERSON = "---\ntype: person\nemail: {name}@x.example\n---\n## Log\n- 2026-11-16 email: hello\n"


def files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def notes(tmp_path: Path, run: Callable[..., Result]) -> Folder:
    """A folder with notes of two people, and no settings."""
    folder = Folder(tmp_path / "notes", run)
    for name in ("ann", "ben"):
        folder.write(f"People/{name}.md", PERSON.format(name=name))
    folder.write("Daily/2026-11-20.md", "rain\n")
    return folder


# --------------------------------------------------------------------------- a new vault


def test_an_empty_folder_becomes_a_vault_to_try(tmp_path: Path, run: Callable[..., Result]) -> None:
    root = tmp_path / "new" / "vault"
    made = run("--today", "2026-11-21", "init", str(root))
    assert made.code == 0 and "followup index" in made.err
    assert sorted(files(root)) == ["Prospects/Dana Okafor.md", "followup.toml"]
    assert run("-C", str(root), "--today", "2026-11-21", "check").code == 0
    (item,) = run("-C", str(root), "--today", "2026-11-21", "due", "--json").json["items"]
    assert (item["category"], item["due"], item["channels"]) == ("reply-owed", "2026-11-23", ["email"])


def test_what_comes_next_is_said_with_the_way_there(tmp_path: Path, run: Callable[..., Result]) -> None:
    assert (
        f"next: `cd '{tmp_path}/my sales'`, and there `followup show NAME`" in run("init", f"{tmp_path}/my sales").err
    )
    (tmp_path / "Dana.md").write_text("---\ntype: person\nnext: 2026-02-30\n---\n")
    (tmp_path / "my sales/followup.toml").rename(tmp_path / "my sales/none")
    told = run("init", "--yes", str(tmp_path)).err
    assert "`followup check` what could not be read; `followup index` writes DUE.md" in told


def test_hidden_files_leave_a_folder_empty(tmp_path: Path, run: Callable[..., Result]) -> None:
    (tmp_path / ".obsidian").mkdir()
    (tmp_path / ".gitignore").touch()
    assert run("-C", str(tmp_path), "init", "--json").json == {
        "vault": str(tmp_path),
        "written": ["Prospects/Dana Okafor.md", "followup.toml"],
    }


def test_a_dry_run_makes_nothing(tmp_path: Path, run: Callable[..., Result]) -> None:
    shown = run("init", "--dry-run", str(tmp_path / "new"))
    assert shown.code == 0 and "+++ followup.toml" in shown.out
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [("file", 4, "this is no folder"), ("", 4, "this is no folder"), ("a\0b", 4, "cannot be looked at")],
)
def test_what_is_no_folder(tmp_path: Path, run: Callable[..., Result], name: str, code: int, said: str) -> None:
    (tmp_path / "file").touch()
    refused = run("init", str(tmp_path / name) if name == "file" else name)
    assert refused.code == code and said in refused.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(notes: Folder) -> None:
    notes.root.chmod(0o555)
    refused = notes.followup("init", "--yes")
    notes.root.chmod(0o755)
    assert refused.code == 5 and "cannot be written" in refused.err


def test_two_folders_are_one_too_many(tmp_path: Path, run: Callable[..., Result]) -> None:
    assert run("-C", str(tmp_path), "init", str(tmp_path)).code == 2


# --------------------------------------------------------------------------- where there are notes


def test_off_a_terminal_nothing_is_written_without_yes(notes: Folder) -> None:
    before = files(notes.root)
    told = notes.followup("init")
    assert told.code == 0 and files(notes.root) == before
    assert "2 notes look like prospects" in told.out and 'prospects = ["People"]' in told.out
    assert "it reads 2 prospects and 2 touches" in told.out
    assert told.err == "nothing was written; `followup init --yes` writes followup.toml\n"


def test_yes_writes_the_settings_and_nothing_else(notes: Folder) -> None:
    before = files(notes.root)
    told = notes.followup("init", "--yes")
    after = files(notes.root)
    settings = after.pop("followup.toml")
    assert told.code == 0 and after == before
    assert b'prospects = ["People"]' in settings
    assert len(notes.followup("due", "--all", "--json").json["items"]) == 2


def test_dry_run_shows_the_settings(notes: Folder) -> None:
    before = files(notes.root)
    told = notes.followup("init", "--dry-run", "--yes")
    assert told.code == 0 and files(notes.root) == before
    assert '+prospects = ["People"]' in told.out


def test_json_is_as_documented(notes: Folder) -> None:
    notes.write("People/README.md", "Everybody.\n")
    record = notes.followup("init", "--json").json
    assert list(record) == [
        "notes",
        "prospects",
        "others",
        "interactions",
        "keys",
        "logs",
        "stages",
        "reads",
        "problems",
        "settings",
    ]
    assert record["notes"] == 4
    assert record["prospects"][0] == {
        "path": "People/ann.md",
        "why": ["type person", "folder People", "fields email", "dated lines (1)"],
        "read": True,
    }
    assert record["others"] == [
        {"reason": "a note of a day or week", "paths": ["Daily/2026-11-20.md"], "read": []},
        {"reason": "about its folder", "paths": ["People/README.md"], "read": []},
    ]
    assert record["keys"][0] == {"key": "email", "notes": 2, "field": "email", "proposed": False, "why_not": ""}
    assert record["logs"] == [
        {
            "heading": "Log",
            "shape": "bullet",
            "read": 2,
            "unread": 0,
            "notes": 2,
            "known": True,
            "proposed": False,
        }
    ]
    assert record["reads"] == {"prospects": 2, "touches": 2, "interactions": 0, "not_looking_like_prospects": []}


def test_a_key_with_values_that_are_not_read_is_not_proposed_and_one_of_them_is_named(notes: Folder) -> None:
    for name, worth in (("ann", "3.400 €"), ("ben", "12000")):
        notes.write(f"People/{name}.md", PERSON.format(name=name).replace("---\n", f"---\nBetrag: {worth}\n", 1))
    (key,) = (one for one in notes.followup("init", "--json").json["keys"] if one["key"] == "Betrag")
    assert key["why_not"] == "could mean amount, but 1 of its 2 values could not be read, such as `3.400 €`"


def test_settings_of_the_users_own_stay(notes: Folder) -> None:
    notes.write("followup.toml", 'prospects = ["Folk"]\n')
    before = files(notes.root)
    told = notes.followup("init")
    assert told.code == 0 and "stays as it is" in told.err and "would not be read" in told.out
    refused = notes.followup("init", "--yes")
    assert refused.code == 5 and refused.out == "" and files(notes.root) == before
    notes.write("followup.toml", "prospects = 1\n")
    assert notes.followup("init").code == 4


def test_it_finds_the_vault_around_the_folder_one_is_in(
    notes: Folder, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    notes.write(".obsidian/app.json", "{}")
    monkeypatch.chdir(notes.root / "People")
    assert run("init", "--yes").code == 0
    assert (notes.root / "followup.toml").exists() and not (notes.root / "People/followup.toml").exists()


def test_the_example_vault_needs_next_to_nothing(tmp_path: Path, run: Callable[..., Result]) -> None:
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "followup.toml").unlink()
    (tmp_path / "DUE.md").unlink()
    record = run("-C", str(tmp_path), "--today", "2026-05-06", "init", "--json").json
    assert (len(record["prospects"]), record["reads"]["prospects"]) == (30, 30)
    assert all(one["read"] for one in record["prospects"])
    assert record["reads"]["not_looking_like_prospects"] == []


def test_hostile_names_are_shown_and_do_no_harm(notes: Folder) -> None:
    for name in ("Peo\x1b[31mple", 'P"eo"ple', "Peo\\ple", "P:eople", os.fsdecode(b"\xffPeople"), "a\nb"):
        notes.write(f"{name}/x.md", PERSON.format(name="x"))
    notes.write("People/\u202eevil.md", "---\ntype: person\n\u202ekey: x\n---\n## \u202eLogs\n- 2026-01-01 call: x\n")
    told = notes.followup("init")
    assert told.code == 0 and "\x1b" not in told.out and "\u202e" not in told.out
    assert notes.followup("init", "--yes").code == 0
    assert notes.followup("due", "--all").code == 0


# --------------------------------------------------------------------------- at a terminal


@pytest.mark.parametrize(("answer", "code", "written"), [("y", 0, True), ("\x03", 130, False)])
def test_at_a_terminal_it_asks(notes: Folder, answer: str, code: int, written: bool) -> None:
    terminal = pexpect.spawn(
        sys.executable, ["-m", "followup_md", "-C", str(notes.root), "init"], encoding="utf-8", timeout=20
    )
    terminal.expect("Write this followup.toml into")
    terminal.send(answer if answer == "\x03" else f"{answer}\r")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == code
    assert (notes.root / "followup.toml").exists() is written
