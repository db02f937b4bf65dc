"""The watcher: DUE.md is true a moment after a save, whatever editors, sync programs, git and drives do."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import Folder

from followup_md.vault import events
from followup_md.vault.bell import AT_MOST, MOST_PATHS, QUIET, Bell
from followup_md.vault.places import state_file
from followup_md.vault.scan import Scan, scan
from followup_md.vault.status import Post, post, read_status
from followup_md.vault.watch import Seen, Watcher

DANA = "---\nemail: d@x.example\nphone: '+1'\n---\n## Touches\n- 2026-11-16 email: hello\n"
SECONDS = float(os.environ.get("FOLLOWUP_SOAK", "2"))


class Watched:
    """A watcher at work on a vault, in a thread of this process."""

    def __init__(self, vault: Folder, place: Post, poll: bool) -> None:
        self.vault, self.today, self.seen = vault, date(2026, 11, 21), list[Seen]()
        self.watcher = Watcher(vault.root, lambda rules: self.today, self.seen.append, place, poll)
        self.thread = threading.Thread(target=self.watcher.run)
        self.thread.start()
        self.until(lambda: bool(self.seen))

    def until(self, happened: Callable[[], bool], seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not happened():
            assert self.thread.is_alive(), "the watcher has ended"
            assert time.monotonic() < end, (
                f"it did not happen; seen: {self.seen}; status: {read_status(self.vault.root)}"
            )
            time.sleep(0.01)

    def page(self) -> str:
        place = self.vault.root / "DUE.md"
        return place.read_text() if place.exists() else ""

    def until_true(self, seconds: float = 20) -> None:
        """Until DUE.md is what ``index --full`` would write."""
        self.until(self.is_true, seconds)

    def is_true(self) -> bool:
        now = self.page()
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "vault"
            try:
                shutil.copytree(self.vault.root, copy, symlinks=True)
            except shutil.Error:  # something was renamed meanwhile
                return False
            Folder(copy, self.vault._run).followup("index", "--full", today=str(self.today))
            return (copy / "DUE.md").read_text() == now

    @property
    def writes(self) -> int:
        return sum("DUE.md written" in seen.did for seen in self.seen)


@pytest.fixture
def watched(vault: Folder) -> Iterator[Callable[..., Watched]]:
    with post(vault.root) as place:
        assert place
        begun: list[Watched] = []

        def begin(poll: bool = False) -> Watched:
            begun.append(Watched(vault, place, poll))
            return begun[-1]

        yield begin
        for one in begun:
            one.watcher.stop()
            one.thread.join(10)
            assert not one.thread.is_alive()


def in_place(note: Path, text: str) -> None:
    note.write_text(text)


def by_rename(note: Path, text: str) -> None:
    beside = note.with_name(".goutputstream-XYZ")
    beside.write_text(text)
    beside.replace(note)


def as_vim(note: Path, text: str) -> None:
    backup = note.with_name(note.name + "~")
    (note.with_name("4913")).touch()
    (note.with_name("4913")).unlink()
    note.rename(backup)
    note.write_text(text)
    backup.unlink()


def as_sync(note: Path, text: str) -> None:
    """The old file is deleted first, and the new one comes a while later."""
    coming = note.with_name(f".syncthing.{note.name}.tmp")
    coming.write_text(text)
    note.unlink()
    time.sleep(0.6)
    coming.rename(note)


def emptied_first(note: Path, text: str) -> None:
    """As VS Code and Obsidian write, on a slow drive."""
    with note.open("w") as file:
        file.flush()
        time.sleep(0.6)
        file.write(text[: len(text) // 3])
        file.flush()
        time.sleep(0.6)
        file.write(text[len(text) // 3 :])


SAVES = {"in place": in_place, "by rename": by_rename, "vim": as_vim, "sync": as_sync, "emptied first": emptied_first}


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
def test_a_save_is_one_change_without_flicker(
    vault: Folder, watched: Callable[..., Watched], save: Callable[[Path, str], None]
) -> None:
    note = vault.write("Prospects/Dana.md", DANA)
    at_work = watched()
    before = at_work.page()
    pages = {before}
    editor = threading.Thread(target=save, args=(note, DANA + "- 2026-11-20 email in: prices?\n"))
    editor.start()
    while editor.is_alive() or "Reply owed" not in at_work.page():
        pages.add(at_work.page())
        time.sleep(0.002)
        assert len(pages) < 5
    editor.join()
    at_work.until_true()
    assert pages <= {before, at_work.page()}, "it was the old page, then the new one, and nothing between"
    at_work.until(lambda: at_work.writes >= 2)
    assert at_work.writes == 2, "the first page, and one for the save"


LINE = "- 2026-11-20 email in: prices?"
EDITORS = {
    "vim": ["vim", "-N", "-u", "NONE", "-es", "-c", f"$put ='{LINE}'", "-c", "wq"],
    "vim, backups kept": ["vim", "-N", "-u", "NONE", "-es", "-c", "set backup", "-c", f"$put ='{LINE}'", "-c", "wq"],
    "sed": ["sed", "-i", f"$a\\{LINE}"],
    "ed": ["sh", "-c", f"printf '$a\\n{LINE}\\n.\\nw\\nq\\n' | ed -s \"$0\""],
    "cp": ["sh", "-c", f'(cat "$0"; echo \'{LINE}\') > /tmp/$$.md && cp /tmp/$$.md "$0" && rm /tmp/$$.md'],
}


@pytest.mark.parametrize("command", EDITORS.values(), ids=EDITORS)
def test_real_editors(vault: Folder, watched: Callable[..., Watched], command: list[str]) -> None:
    if not shutil.which(command[0]) or ("| ed" in command[-1] and not shutil.which("ed")):
        pytest.skip(f"no {command[0]} here")
    note = vault.write("Prospects/Dana.md", DANA)
    at_work = watched()
    subprocess.run([*command, str(note)], check=True, capture_output=True)
    at_work.until(lambda: "they wrote" in at_work.page(), 6)
    at_work.until_true()
    assert at_work.writes == 2


def test_our_own_write_does_not_wake_it(vault: Folder, watched: Callable[..., Watched]) -> None:
    vault.write("Prospects/Dana.md", DANA)
    at_work = watched()
    vault.write("Prospects/Dana.md", DANA.replace("hello", "good morning"))
    at_work.until(lambda: at_work.writes == 2)
    time.sleep(1.5)
    assert len(at_work.seen) == 2
    assert at_work.seen[1].changed == ("Prospects/Dana.md",)


@pytest.mark.parametrize("by", ["an editor", "another command"])
def test_a_save_is_on_the_page_before_the_whole_vault_is_looked_at(
    vault: Folder, watched: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    for name in ("Dana", "Ann"):
        vault.write(f"Prospects/{name}.md", DANA.replace("d@x", f"{name}@x"))
    at_work = watched()
    time.sleep(1)  # it looks once more when it has begun to listen
    looks: list[str] = []

    def counted(*given: Any) -> Scan:
        looks.append(at_work.page())
        return scan(*given)

    monkeypatch.setattr("followup_md.vault.vault.scan", counted)
    if by == "an editor":
        vault.write("Prospects/Dana.md", DANA + "- 2026-11-20 email in: prices?\n")
    else:  # which has read the note before the watcher does
        log = ["-C", str(vault.root), "--today", "2026-11-21", "log", "Dana", "email", "prices?", "--in"]
        subprocess.run([sys.executable, "-m", "followup_md", *log], check=True, capture_output=True)
    at_work.until(lambda: "they wrote" in at_work.page())
    assert looks == []
    at_work.until(lambda: bool(looks), 3)
    assert "they wrote" in looks[0]
    at_work.until_true()


@pytest.mark.parametrize("lost", ["the save of another note", "a new note", "a note that went"])
def test_what_no_event_tells_of_is_seen_soon_after_one_that_comes(
    vault: Folder, watched: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    ring = Bell.ring
    monkeypatch.setattr(Bell, "ring", lambda bell, path=None: path in (None, "Prospects/Dana.md") and ring(bell, path))
    for name in ("Dana", "Ann"):
        vault.write(f"Prospects/{name}.md", DANA.replace("d@x", f"{name}@x"))
    at_work = watched()
    time.sleep(1)  # it looks once more when it has begun to listen
    if lost == "the save of another note":
        vault.write("Prospects/Ann.md", DANA + "- 2026-11-20 email in: prices?\n")
    elif lost == "a new note":
        vault.write("Prospects/New.md", DANA)
    else:
        (vault.root / "Prospects/Ann.md").unlink()
    time.sleep(0.5)
    assert len(at_work.seen) == 1
    vault.write("Prospects/Dana.md", DANA + "- 2026-11-19 email in: hello?\n")
    at_work.until_true(8)


def test_a_tick_is_taken_up_once(vault: Folder, watched: Callable[..., Watched]) -> None:
    vault.write("Prospects/Dana.md", DANA)
    at_work = watched()
    vault.write("DUE.md", at_work.page().replace("- [ ]", "- [x]"))
    at_work.until(lambda: "as planned" in vault.read("Prospects/Dana.md").decode())
    at_work.until_true()
    assert vault.read("Prospects/Dana.md").decode().count("as planned") == 1
    assert "- [x]" not in at_work.page()


def test_a_page_with_words_of_the_user_s_stays_and_is_told_once(vault: Folder, watched: Callable[..., Watched]) -> None:
    vault.write("Prospects/Dana.md", DANA)
    at_work = watched()
    own = at_work.page().replace("## Notes", "my own line\n\n## Notes")
    vault.write("DUE.md", own)
    vault.write("Prospects/Ann.md", DANA)
    at_work.until(lambda: "not as followup wrote it" in at_work.seen[-1].wrong)
    time.sleep(4)
    told = [seen for seen in at_work.seen if "not as followup wrote it" in seen.wrong]
    assert len([seen for seen in told if not seen.changed]) <= 1
    assert len(told) <= 2, "once for itself, and once beside the change of a note"
    assert at_work.page() == own
    status = read_status(vault.root)
    assert status
    assert "DUE.md:" in status.wrong
    vault.write("DUE.md", own.replace("my own line\n\n## Notes", "## Notes\nmy own line"))
    at_work.until_true()


def test_folders_come_and_go(
    vault: Folder, watched: Callable[..., Watched], tmp_path_factory: pytest.TempPathFactory
) -> None:
    vault.write("Prospects/Dana.md", DANA)
    at_work = watched()
    outside = tmp_path_factory.mktemp("outside") / "North"
    outside.mkdir()
    (outside / "Ann.md").write_text(DANA)
    inside = vault.root / "Prospects/North"
    shutil.move(outside, inside)
    at_work.until(lambda: "Ann" in at_work.page())
    (inside / "Ann.md").write_text(DANA + "- 2026-11-20 email in: prices?\n")
    at_work.until(lambda: "they wrote" in at_work.page())
    inside.rename(vault.root / "Prospects/South")
    at_work.until(lambda: "Prospects/South/Ann" in at_work.page())
    shutil.move(vault.root / "Prospects/South", outside)
    (outside / "Ann.md").write_text(DANA.replace("hello", "from outside"))
    at_work.until(lambda: "Ann" not in at_work.page())
    at_work.until_true()


def test_the_vault_moved_away_and_back(vault: Folder, watched: Callable[..., Watched]) -> None:
    for number in range(12):
        vault.write(f"Prospects/P{number}.md", DANA.replace("d@x", f"p{number}@x"))
    at_work = watched()
    before = at_work.page()
    away = vault.root.with_name("away")
    vault.root.rename(away)
    at_work.until(lambda: "is gone" in at_work.seen[-1].wrong)
    vault.root.mkdir()  # the empty place where a drive was
    at_work.until(lambda: "is empty" in at_work.seen[-1].wrong)
    time.sleep(1)
    assert list(vault.root.iterdir()) == []
    vault.root.rmdir()
    away.rename(vault.root)
    at_work.until(lambda: at_work.seen[-1].wrong == "")
    assert at_work.page() == before
    vault.write("Prospects/P3.md", DANA + "- 2026-11-20 email in: prices?\n")
    at_work.until(lambda: "they wrote" in at_work.page())
    at_work.until_true()


def test_more_than_half_gone_at_once_is_not_believed_at_first(
    vault: Folder, watched: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("followup_md.vault.patience.MASS_SECONDS", 2.5)
    for number in range(20):
        vault.write(f"Prospects/P{number}.md", DANA.replace("d@x", f"p{number}@x"))
    at_work = watched()
    before = at_work.page()
    for number in range(12):
        (vault.root / f"Prospects/P{number}.md").unlink()
    at_work.until(lambda: "12 of 20 notes are gone at once" in at_work.seen[-1].wrong)
    assert vault.followup("watch", "--status").code == 1
    time.sleep(1)
    assert at_work.page() == before
    at_work.until_true()
    assert "P1|" not in at_work.page()
    assert vault.followup("watch", "--status").code == 0


@pytest.mark.parametrize("text", [None, "", 'prospects = ["Kun'])
def test_settings_that_are_gone_or_cut_for_a_moment_are_what_they_were(
    vault: Folder, watched: Callable[..., Watched], text: str | None
) -> None:
    settings = 'prospects = ["Kunden"]\ndue_file = "HEUTE.md"\n'
    vault.write("followup.toml", settings)
    vault.write("Kunden/Dana.md", DANA)
    at_work = watched()
    page = vault.read("HEUTE.md")
    if text is None:
        (vault.root / "followup.toml").unlink()
    else:
        vault.write("followup.toml", text)
    time.sleep(1)
    vault.write("followup.toml", settings)
    time.sleep(0.5)
    assert vault.read("HEUTE.md") == page
    assert not (vault.root / "DUE.md").exists()
    assert all(not seen.wrong for seen in at_work.seen)
    vault.write("followup.toml", 'daily_capacity = 5\nprospects = ["Kunden"]\n')
    at_work.until(lambda: "Dana" in at_work.page(), 3)


def test_half_the_vault_gone_right_after_a_save_is_not_believed_either(
    vault: Folder, watched: Callable[..., Watched], tmp_path_factory: pytest.TempPathFactory
) -> None:
    for number in range(20):
        vault.write(f"Prospects/P{number}.md", DANA.replace("d@x", f"p{number}@x"))
    at_work = watched()
    time.sleep(1)
    vault.write("Prospects/P3.md", DANA.replace("d@x", "p3@x") + "- 2026-11-20 email in: prices?\n")
    at_work.until(lambda: "they wrote" in at_work.page())
    before, away = at_work.page(), tmp_path_factory.mktemp("away") / "Prospects"
    (vault.root / "Prospects").rename(away)
    at_work.until(lambda: "20 of 20 notes are gone at once" in at_work.seen[-1].wrong)
    assert at_work.page() == before
    away.rename(vault.root / "Prospects")
    at_work.until(lambda: at_work.seen[-1].wrong == "")
    at_work.until_true()


def test_half_the_vault_gone_before_it_began_is_not_believed_at_first(
    vault: Folder, watched: Callable[..., Watched]
) -> None:
    for number in range(20):
        vault.write(f"Prospects/P{number}.md", DANA.replace("d@x", f"p{number}@x"))
    vault.followup("index")
    before = vault.read("DUE.md").decode()
    (vault.root / "Prospects").rename(vault.root / ".away")
    at_work = watched()
    assert "20 of 20 notes are gone at once" in at_work.seen[0].wrong
    assert at_work.page() == before
    (vault.root / ".away").rename(vault.root / "Prospects")
    at_work.until(lambda: at_work.seen[-1].wrong == "")
    at_work.until_true()


def test_a_renamed_prospect_is_never_on_the_page_twice(vault: Folder, watched: Callable[..., Watched]) -> None:
    for number in range(12):
        vault.write(f"Prospects/P{number}.md", DANA.replace("d@x", f"p{number}@x"))
    at_work = watched()
    time.sleep(1)
    pages = set()

    def seen(path: str) -> bool:
        pages.add(at_work.page())
        return path in at_work.page()

    (vault.root / "Prospects/P3.md").rename(vault.root / "Prospects/Renamed.md")
    at_work.until(lambda: seen("Prospects/Renamed|"), 3)
    (vault.root / "Prospects").rename(vault.root / "Elsewhere")
    (vault.root / "Elsewhere").rename(vault.root / "PROSPECTS")
    at_work.until(lambda: seen("PROSPECTS/P5|"), 3)
    time.sleep(2.5)
    pages.add(at_work.page())
    assert {page.count("|P5]]") for page in pages} == {1}
    assert all(("|P3]]" in page) != ("|Renamed]]" in page) for page in pages)
    at_work.until_true()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_listener_that_has_lost_count_of_its_watches_is_replaced(
    vault: Folder, watched: Callable[..., Watched], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A folder goes to the trash, one of its name is made and removed, and the trash is emptied."""
    vault.write("Prospects/Dana.md", DANA)
    vault.write("Prospects/North/Ann.md", DANA.replace("d@x", "a@x"))
    at_work = watched()
    time.sleep(1)
    trash, north = tmp_path_factory.mktemp("trash") / "North", vault.root / "Prospects/North"
    north.rename(trash)
    north.mkdir()
    time.sleep(0.7)
    north.rmdir()
    time.sleep(1.5)
    shutil.rmtree(trash)
    time.sleep(2)
    vault.write("Prospects/Dana.md", DANA + "- 2026-11-20 email in: prices?\n")
    at_work.until(lambda: "they wrote" in at_work.page(), 5)
    at_work.until_true()


def test_other_settings_do_not_hide_that_half_the_vault_is_gone(vault: Folder, watched: Callable[..., Watched]) -> None:
    for number in range(20):
        vault.write(f"Prospects/P{number}.md", DANA.replace("d@x", f"p{number}@x"))
    at_work = watched()
    before = at_work.page()
    shutil.rmtree(vault.root / "Prospects")
    vault.write("followup.toml", "daily_capacity = 8\n")
    at_work.until(lambda: "20 of 20 notes are gone at once" in at_work.seen[-1].wrong)
    assert at_work.page() == before


def test_a_folder_that_cannot_be_read_keeps_what_it_held(vault: Folder, watched: Callable[..., Watched]) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.write("Prospects/North/Ann.md", DANA.replace("d@x", "a@x"))
    at_work = watched()
    north = vault.root / "Prospects/North"
    north.chmod(0)
    try:
        if os.access(north, os.R_OK):
            pytest.skip("this user may read everything")
        time.sleep(3)
        vault.write("Prospects/Dana.md", DANA + "- 2026-11-20 email in: prices?\n")
        at_work.until(lambda: "they wrote" in at_work.page())
        assert "[[Prospects/North/Ann|" in at_work.page()
        assert "this folder cannot be read" in at_work.page()
    finally:
        north.chmod(0o755)
    at_work.until_true()


def test_a_deleted_status_is_told_again_and_its_place_kept(vault: Folder, watched: Callable[..., Watched]) -> None:
    vault.write("Prospects/Dana.md", DANA)
    at_work = watched()
    state_file(vault.root, "watch").unlink()
    time.sleep(1.5)
    vault.write("Prospects/Ann.md", DANA)
    at_work.until(lambda: (status := read_status(vault.root)) is not None and status.notes == 2, 5)
    with post(vault.root) as second:
        assert second is None


def test_git_checks_out_and_merges(vault: Folder, watched: Callable[..., Watched]) -> None:
    def git(*arguments: str) -> None:
        command = ["git", "-c", "user.name=x", "-c", "user.email=x@x", "-c", "commit.gpgsign=false", *arguments]
        subprocess.run(command, cwd=vault.root, check=True, capture_output=True)

    (vault.root / ".gitignore").write_text("DUE.md\n")
    for number in range(300):
        vault.write(f"Prospects/{number % 7}/P{number}.md", DANA.replace("d@x", f"p{number}@x"))
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "one")
    git("checkout", "-qb", "other")
    for number in range(0, 300, 2):
        vault.write(f"Prospects/{number % 7}/P{number}.md", DANA + "- 2026-11-20 email in: prices?\n")
    git("commit", "-qam", "two")
    git("checkout", "-q", "-")
    at_work = watched()
    assert "Reply owed" not in at_work.page()
    git("checkout", "-q", "other")
    at_work.until(lambda: "150 replies owed" in at_work.page())
    git("checkout", "-q", "-")
    at_work.until(lambda: "owed" not in at_work.page())
    git("merge", "-q", "other")
    at_work.until(lambda: "150 replies owed" in at_work.page())
    at_work.until_true()


def test_nothing_is_concluded_while_git_is_at_work(vault: Folder, watched: Callable[..., Watched]) -> None:
    vault.write("Prospects/Dana.md", DANA)
    at_work = watched()
    vault.write(".git/index.lock", "")
    vault.write("Prospects/Ann.md", DANA)
    time.sleep(1.5)
    assert "Ann" not in at_work.page()
    (vault.root / ".git/index.lock").unlink()
    at_work.until(lambda: "Ann" in at_work.page())


def test_midnight(vault: Folder, watched: Callable[..., Watched]) -> None:
    vault.write("Prospects/Dana.md", DANA)
    at_work = watched()
    assert "day: 2026-11-21" in at_work.page()
    at_work.today = date(2026, 11, 22)
    at_work.until(lambda: "day: 2026-11-22" in at_work.page(), 5)


def test_a_clock_that_jumps_is_a_reason_to_look(
    vault: Folder, watched: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.write("Prospects/Dana.md", DANA)
    at_work = watched()
    looked = read_status(vault.root)
    real = time.time
    monkeypatch.setattr("followup_md.vault.watch.time.time", lambda: real() + 3600)
    at_work.until(
        lambda: (
            (now := read_status(vault.root)) is not None and looked is not None and now.looked > looked.looked + 3000
        ),
        5,
    )


def test_a_listener_that_dies_is_replaced(vault: Folder, watched: Callable[..., Watched]) -> None:
    vault.write("Prospects/Dana.md", DANA)
    at_work = watched()
    at_work.until(lambda: at_work.watcher._events is not None)
    old = at_work.watcher._events
    assert old
    for emitter in old._observer.emitters:
        emitter.stop()
    at_work.until(lambda: at_work.watcher._events is not old, 5)
    vault.write("Prospects/Ann.md", DANA)
    at_work.until(lambda: "Ann" in at_work.page(), 3)


@pytest.mark.parametrize("how", ["asked for", "no watches", "no listener", "too few watches"])
def test_without_events_it_looks_every_few_seconds_and_says_why(
    vault: Folder, watched: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    def refused(self: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    if how == "no watches":
        monkeypatch.setattr(events.Events, "start", refused)
    elif how == "no listener":
        monkeypatch.setattr(events, "Observer", lambda: refused(None))
    elif how == "too few watches":
        monkeypatch.setattr(events, "_watches", lambda: 1)
    vault.write("Prospects/Dana.md", DANA)
    at_work = watched(poll=how == "asked for")
    reasons = {"asked for": "polling", "too few watches": "watches 1 of 2 folders"}
    reason = reasons.get(how, "watch limit")
    at_work.until(lambda: (status := read_status(vault.root)) is not None and reason in status.incomplete)
    vault.write("Prospects/Ann.md", DANA)
    at_work.until(lambda: "Ann" in at_work.page(), 6)


def test_the_bell_waits_for_quiet_but_not_for_ever() -> None:
    bell = Bell()
    assert bell.due() is None
    began = time.monotonic()
    bell.ring()
    due = bell.due()
    assert due
    assert began + QUIET <= due <= time.monotonic() + QUIET
    while time.monotonic() < began + 0.5:
        bell.ring()
        time.sleep(0.01)
    due = bell.due()
    assert due
    assert due > began + 0.5
    assert due <= began + AT_MOST + 0.1
    bell.answered()
    assert bell.due() is None


def test_the_bell_tells_where_it_was_rung_for() -> None:
    bell = Bell()
    for path in ("a.md", "b.md", "a.md"):
        bell.ring(path)
    assert bell.answered() == frozenset({"a.md", "b.md"})
    assert bell.answered() == frozenset()
    bell.ring("a.md")
    bell.ring()
    bell.ring("b.md")
    assert bell.answered() is None
    for number in range(MOST_PATHS + 1):
        bell.ring(f"{number}.md")
    assert bell.answered() is None
    bell.ring("a.md")
    assert bell.answered() == frozenset({"a.md"})


# ---------------------------------------------------------------------- the process


class Process:
    """``followup watch`` as its own process."""

    def __init__(self, vault: Folder, *options: str) -> None:
        command = [
            sys.executable,
            "-m",
            "followup_md",
            "-C",
            str(vault.root),
            "--today",
            "2026-11-21",
            "watch",
            *options,
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def ended(self, number: signal.Signals) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0)])
def test_a_signal_ends_it_cleanly(vault: Folder, number: signal.Signals, code: int) -> None:
    vault.write("Prospects/Dana.md", DANA)
    process = Process(vault)
    assert process.process.stderr
    assert re.match(r"\d\d:\d\d:\d\d watching 1 prospect · DUE.md written · \d+ ms", process.process.stderr.readline())
    assert vault.followup("watch", "--status").code == 0
    second = vault.followup("watch")
    assert (second.code, "watched already" in second.err, str(process.process.pid) in second.err) == (0, True, True)
    told = process.ended(number)
    assert told[0] == code
    assert "Traceback" not in told[2]
    status = vault.followup("watch", "--status")
    assert (status.code, status.out) == (1, "nobody watches this vault\n")
    assert sorted(path.name for path in vault.root.rglob("*")) == ["DUE.md", "Dana.md", "Prospects", "followup.toml"]


def test_lines_for_machines(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    process = Process(vault, "--json")
    assert process.process.stdout
    first = json.loads(process.process.stdout.readline())
    assert (first["changed"], first["did"], first["wrong"]) == ([], ["watching 1 prospect", "DUE.md written"], "")
    vault.write("Prospects/Dana.md", DANA + "- 2026-11-20 email in: prices?\n")
    second = json.loads(process.process.stdout.readline())
    assert (second["changed"], second["did"]) == (["Prospects/Dana.md"], ["DUE.md written"])
    assert second["took"] > 0
    assert json.loads(vault.followup("watch", "--status", "--json").out)["notes"] == 1
    process.ended(signal.SIGTERM)
    assert vault.followup("watch", "--status", "--json").json is None


# ---------------------------------------------------------------------- for a while


def anything(root: Path, chance: random.Random) -> None:
    """One thing that people and programs do to notes."""
    notes = sorted((root / "Prospects").rglob("*.md"))
    note = chance.choice(notes) if notes else None
    new = root / "Prospects" / chance.choice(["", "North", "South"]) / f"P{chance.randrange(40)}.md"
    what = chance.randrange(7)
    new.parent.mkdir(exist_ok=True, parents=True)
    if what == 0 or note is None:
        new.write_text(DANA.replace("d@x", f"{new.stem}@x"))
    elif what == 1:
        note.unlink()
    elif what == 2:
        note.rename(new)
    elif what == 3:
        with note.open("a") as file:
            file.write(f"- 2026-11-{chance.randrange(10, 21)} {chance.choice(['call', 'email', 'email in'])}: hello\n")
    elif what == 4:
        chance.choice([in_place, by_rename, as_vim])(note, DANA.replace("d@x", f"{note.stem}@x"))
    elif what == 5:
        note.write_text("---\nnext: 2026-02-30\n---\n")
    else:
        with_tick = root / "DUE.md"
        if with_tick.exists():
            by_rename(with_tick, with_tick.read_text().replace("- [ ]", f"- [{chance.choice('x>-')}]", 1))


def test_after_anything_the_page_is_what_index_writes(vault: Folder, watched: Callable[..., Watched]) -> None:
    """For two seconds; for longer with FOLLOWUP_SOAK=600."""
    chance = random.Random(3)
    for number in range(25):
        vault.write(f"Prospects/P{number}.md", DANA.replace("d@x", f"P{number}@x"))
    at_work = watched()
    end = time.monotonic() + SECONDS
    handles = memory = 0
    while time.monotonic() < end:
        for _ in range(chance.randrange(1, 30)):
            anything(vault.root, chance)
            time.sleep(chance.choice([0, 0, 0.001, 0.05]))
        time.sleep(chance.choice([0.1, 0.4, 0.8]))
        if not handles and time.monotonic() > end - SECONDS * 0.8:
            handles, memory = handles_open(), resident()
    at_work.until_true(30)
    ids = re.findall(
        r"\^([fs]-[a-z0-9-]+)", "".join(path.read_text() for path in (vault.root / "Prospects").rglob("*.md"))
    )
    assert len(ids) == len(set(ids)), "no tick was written twice"
    assert handles_open() <= handles + 2
    assert resident() < memory * 1.2 + 5_000_000


def handles_open() -> int:
    """How many files this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def resident() -> int:
    """How many bytes of memory this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_what_is_no_vault_is_an_error(tmp_path: Path, run: Callable[..., object]) -> None:
    result = run("-C", str(tmp_path / "none"), "watch")
    assert result.code == 4  # type: ignore[attr-defined]
