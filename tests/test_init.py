"""`followup init`: a new vault, and a vault made of notes that were not made for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from conftest import Result


def files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_an_empty_folder_becomes_a_vault_to_try(tmp_path: Path, run: Callable[..., Result]) -> None:
    root = tmp_path / "new" / "vault"
    made = run("--today", "2026-11-21", "init", str(root))
    assert made.code == 0 and "followup index" in made.err
    assert sorted(files(root)) == ["Prospects/Dana Okafor.md", "followup.toml"]
    assert run("-C", str(root), "--today", "2026-11-21", "check").code == 0
    (item,) = run("-C", str(root), "--today", "2026-11-21", "due", "--json").json["items"]
    assert (item["category"], item["due"], item["channels"]) == ("reply-owed", "2026-11-23", ["email"])


def test_a_dry_run_makes_nothing(tmp_path: Path, run: Callable[..., Result]) -> None:
    shown = run("init", "--dry-run", str(tmp_path / "new"))
    assert shown.code == 0 and "+++ followup.toml" in shown.out
    assert not (tmp_path / "new").exists()


def test_a_vault_is_not_made_twice(tmp_path: Path, run: Callable[..., Result]) -> None:
    (tmp_path / "followup.toml").write_text("my_name = 'Kim'\n")
    again = run("init", str(tmp_path))
    assert again.code == 5 and "is a vault already" in again.err
    assert files(tmp_path) == {"followup.toml": b"my_name = 'Kim'\n"}


def test_a_file_is_no_vault(tmp_path: Path, run: Callable[..., Result]) -> None:
    (tmp_path / "notes").touch()
    assert run("init", str(tmp_path / "notes")).code == 5
