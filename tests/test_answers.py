"""An answer is given again only where nothing has changed since: it is always the one that reading would give."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Folder, Result

from followup_md.vault.places import cache_file
from followup_md.vault.vault import open_vault

DANA = "---\nemail: d@x.example\nphone: '+1'\n---\n## Touches\n- 2026-11-16 email: hello\n"
COMMANDS = [
    ("index",),
    ("index", "--check"),
    ("due",),
    ("due", "--all", "--json"),
    ("why", "Dana"),
    ("show", "Dana", "--json"),
    ("check",),
    ("check", "--format", "github"),
    ("cadence", "list"),
]


@pytest.fixture
def known(vault: Folder, at_rest: None) -> Folder:
    """A vault that the commands have been asked about before."""
    vault.write("Prospects/Dana.md", DANA)
    vault.write("Prospects/Broken.md", "---\nnext: 2026-02-30\n---\n")
    for arguments in (*COMMANDS, *COMMANDS, *COMMANDS):
        vault.followup(*arguments)
    return vault


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, reading a vault is an error."""

    def never(*given: object, **named: object) -> None:
        raise AssertionError("the vault was read")

    return lambda: monkeypatch.setattr("followup_md.vault.day.open_vault", never)


def fresh(vault: Folder, *arguments: str) -> Result:
    """The answer of one that knows nothing."""
    kept = os.environ["XDG_CACHE_HOME"]
    os.environ["XDG_CACHE_HOME"] = "/dev/null"
    try:
        return vault.followup(*arguments)
    finally:
        os.environ["XDG_CACHE_HOME"] = kept


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_the_same_is_answered_without_reading(
    known: Folder, unreadable: Callable[[], None], arguments: tuple[str, ...]
) -> None:
    truth = fresh(known, *arguments)
    unreadable()
    assert known.followup(*arguments) == truth
    with pytest.raises(AssertionError, match="was read"):
        known.followup("index", "--full")


def test_an_answer_from_memory_needs_no_click(known: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = known.followup("due")

    def never(*given: object) -> None:
        raise AssertionError("the command was run")

    monkeypatch.setattr("followup_md.cli.program.run", never)
    assert known.followup("due") == answer
    script = (
        "import sys, followup_md.cli.line, followup_md.cli.clock, followup_md.cli.memory; print('click' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_line_that_click_refuses_is_refused_each_time(known: Folder) -> None:
    streams = sys.stdout, sys.stderr
    for wrong in (("due", "--color", "red"), ("due", "--quiet=1"), ("due", "--nothing"), ("due", "-C")):
        assert known.followup(*wrong).code == known.followup(*wrong).code == 2
    assert (sys.stdout, sys.stderr) == streams


def changed(vault: Folder, path: str, old: str, new: str) -> None:
    vault.write(path, vault.read(path).decode().replace(old, new))


CHANGES: dict[str, Callable[[Folder], object]] = {
    "a word": lambda vault: changed(vault, "Prospects/Dana.md", "hello", "adieu"),
    "a touch": lambda vault: vault.followup("log", "Dana", "call", "spoke"),
    "a new note": lambda vault: vault.write("Prospects/Ann.md", DANA),
    "a note gone": lambda vault: (vault.root / "Prospects/Dana.md").unlink(),
    "a note renamed": lambda vault: (vault.root / "Prospects/Dana.md").rename(vault.root / "Prospects/Dan.md"),
    "a note made a link": lambda vault: (vault.root / "Prospects/Link.md").symlink_to("Dana.md"),
    "settings": lambda vault: vault.write("followup.toml", 'prospects = ["Kunden"]\n'),
    "a cadence": lambda vault: vault.followup("cadence", "copy", "new-lead"),
    "the library": lambda vault: vault.write("Library/Piece.md", "---\ntype: content\n---\n"),
    "DUE.md": lambda vault: changed(vault, "DUE.md", "## Notes", "## Notes\nmine\n"),
    "a tick": lambda vault: changed(vault, "DUE.md", "- [ ]", "- [x]"),
    "no DUE.md": lambda vault: (vault.root / "DUE.md").unlink(),
    "a broken note mended": lambda vault: changed(vault, "Prospects/Broken.md", "02-30", "02-28"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_after_a_change_the_answer_is_a_new_one(known: Folder, change: Callable[[Folder], object]) -> None:
    change(known)
    for arguments in (*COMMANDS, *COMMANDS):
        before = {path: path.read_bytes() for path in known.root.rglob("*.md") if path.is_file()}
        answer = known.followup(*arguments)
        if arguments == ("index",) or before != {path: path.read_bytes() for path in before if path.exists()}:
            continue  # it wrote, so it has another answer the next time
        assert answer == fresh(known, *arguments)


def test_another_day_another_width_another_option_have_their_own_answers(
    known: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        assert known.followup("due", today="2026-12-24") != known.followup("due")
        assert "\x1b[" in known.followup("--color", "always", "due").out
        assert "\x1b[" not in known.followup("due").out
        assert known.followup("-q", "due").err == ""
        assert known.followup("due").err != ""
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in known.followup("due").out


def test_a_tick_that_stays_is_tried_again_each_time(known: Folder, tmp_path: Path) -> None:
    """Why it stays may lie outside of the files: git may be done by now."""
    changed(known, "DUE.md", "- [ ]", "- [x]")
    (known.root / "Prospects/Dana.md").chmod(0o444)
    for _ in range(3):
        known.followup("due")
    (known.root / ".git").mkdir()
    (known.root / "Prospects/Dana.md").chmod(0o644)
    known.followup("due")
    assert "as planned" in known.read("Prospects/Dana.md").decode()


def test_what_was_changed_just_now_is_not_answered_from_memory(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    answers = []
    for word in ("hello", "adieu", "howdy"):
        vault.write("Prospects/Dana.md", DANA.replace("hello", word))
        answers.append(vault.followup("show", "Dana").out)
    assert [word in answer for word, answer in zip(("hello", "adieu", "howdy"), answers, strict=True)] == [True] * 3


@pytest.mark.parametrize("arguments", [("index",), ("cadence", "copy", "new-lead"), ("check", "--fix")], ids=" ".join)
def test_what_writes_is_never_only_said_again(vault: Folder, at_rest: None, arguments: tuple[str, ...]) -> None:
    note = DANA.replace("---\n", "---\nlast_contact: 2026-10-01\n", 1)
    for _ in range(4):
        vault.write("Prospects/Dana.md", note)
        for made in ("DUE.md", "Cadences/new-lead.md"):
            (vault.root / made).unlink(missing_ok=True)
        vault.followup(*arguments)
        assert (vault.root / "DUE.md").exists() == (arguments == ("index",))
        assert (vault.root / "Cadences/new-lead.md").exists() == (arguments[0] == "cadence")
        mended = "last_contact: 2026-11-16" in vault.read("Prospects/Dana.md").decode()
        assert mended == (arguments[0] == "check")


def test_an_answer_of_other_files_than_were_asked_about_is_not_kept(
    known: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder is away while the command reads, and is back with the same times."""
    known.write("Prospects/Ann.md", DANA)
    truth = fresh(known, "due", "--all", "--limit", "9")
    assert "Ann" in truth.out
    away, back = known.root.with_name("away"), known.root / "Prospects"

    def meanwhile(*given: object, **named: object) -> object:
        back.rename(away)
        try:
            return open_vault(*given, **named)  # type: ignore[arg-type]
        finally:
            away.rename(back)

    with monkeypatch.context() as patch:
        patch.setattr("followup_md.vault.day.open_vault", meanwhile)
        assert "Ann" not in known.followup("due", "--all", "--limit", "9").out
    assert known.followup("due", "--all", "--limit", "9") == truth


def test_what_a_link_leads_to_is_looked_at_each_time(known: Folder) -> None:
    """It leads elsewhere, and no note has changed."""
    known.write("Prospects/Ann.md", DANA.replace("d@x", "a@x"))
    link = known.root / "Prospects/Link.md"
    for name in ("Dana", "Ann"):
        link.unlink(missing_ok=True)
        link.symlink_to(f"{name}.md")
        for _ in range(3):
            assert known.followup("show", "Prospects/Link.md").out.startswith(name)


def test_words_of_the_database_that_a_power_cut_tore_are_not_believed(known: Folder) -> None:
    truth = known.followup("due")
    with sqlite3.connect(cache_file(known.root, "sqlite")) as connection:
        connection.execute("UPDATE look SET exclude = x'00ff', due_file = 7")
    connection.close()
    assert known.followup("due") == truth


def test_what_could_not_be_read_is_tried_again(known: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object, **named: object) -> object:
        raise OSError(5, "Input/output error")

    known.write("Prospects/Ann.md", DANA)
    with monkeypatch.context() as patch:
        patch.setattr("followup_md.vault.reader.opened_file", broken)
        assert "Input/output error" in known.followup("check", "--format", "json").out
    assert "Input/output error" not in known.followup("check", "--format", "json").out
