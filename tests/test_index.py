"""The incremental index: reading through it equals reading the files, whatever happens to files and database."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import EXAMPLE, SATURDAY, Folder
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from notes import notes

from followup_md.errors import ChangedMeanwhile
from followup_md.pages.due_page import due_page, page_of
from followup_md.planning.checks import check_all, place_of
from followup_md.planning.plan import make_plan
from followup_md.vault.board import due_until, show
from followup_md.vault.completions import prospects, words
from followup_md.vault.day import Day
from followup_md.vault.index import Index
from followup_md.vault.patience import Patience, Unavailable
from followup_md.vault.places import cache_file
from followup_md.vault.reader import read_all
from followup_md.vault.scan import file_of
from followup_md.vault.vault import Vault, known_notes, look_at, open_vault
from followup_md.vault.workers import shared

DANA = "---\nemail: d@x.example\n---\n## Touches\n- 2026-11-16 email: hello\n"
LONG_AGO = 1_700_000_000


def written(root: Path, path: str, text: str, age: bool = True) -> Path:
    """Write a note; an aged one has come to rest, as far as the file system's own clock lets us pretend."""
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    if age:
        os.utime(place, (LONG_AGO, LONG_AGO))
    return place


def said(vault: Vault) -> tuple[object, ...]:
    """All that is in a vault, however it is known."""
    apart = [getattr(vault, name) for name in vault.__struct_fields__ if name not in ("index", "scan")]
    paths = [file.path for file in vault.scan.notes]
    return (*apart, paths, vault.scan[1:], vault.number, vault.neighbours, vault.prospects)


def read_by(root: Path) -> tuple[Index, Vault]:
    index = Index(root)
    return index, open_vault(root, index)


def test_what_has_not_changed_is_not_read_again(tmp_path: Path, at_rest: None) -> None:
    written(tmp_path, "Prospects/Dana.md", DANA)
    written(tmp_path, "Prospects/Ann.md", DANA)
    first, vault = read_by(tmp_path)
    assert len(first.changed) == 2
    again, same = read_by(tmp_path)
    assert (again.changed, said(same)) == (set(), said(vault))
    (tmp_path / "Prospects/Ann.md").touch()
    third, touched = read_by(tmp_path)
    assert (third.changed, touched.prospects) == (set(), vault.prospects)


def test_a_change_that_hides_is_seen(tmp_path: Path, at_rest: None) -> None:
    """Same size, and the time of the last change set back: the system's own time of it tells."""
    note = written(tmp_path, "Prospects/Dana.md", DANA)
    read_by(tmp_path)
    written(tmp_path, "Prospects/Dana.md", DANA.replace("hello", "adieu"))
    assert note.stat().st_mtime == LONG_AGO
    assert said(open_vault(tmp_path, Index(tmp_path))) == said(open_vault(tmp_path))


def test_what_was_written_just_now_is_read_again(tmp_path: Path) -> None:
    """Within the clock's grain nothing would tell, so the bytes are compared."""
    written(tmp_path, "Prospects/Dana.md", DANA, age=False)
    for _ in range(2):
        index, _ = read_by(tmp_path)
    assert index.changed == set(), "the same bytes say the same"
    written(tmp_path, "Prospects/Dana.md", DANA.replace("hello", "adieu"), age=False)
    assert read_by(tmp_path)[0].changed == {"Prospects/Dana.md"}


def test_other_settings_read_everything_again(tmp_path: Path, at_rest: None) -> None:
    written(tmp_path, "Kunden/Dana.md", DANA)
    assert len(open_vault(tmp_path, Index(tmp_path)).prospects) == 0
    written(tmp_path, "followup.toml", 'prospects = ["Kunden"]\n')
    assert said(open_vault(tmp_path, Index(tmp_path))) == said(open_vault(tmp_path))
    assert len(open_vault(tmp_path, Index(tmp_path)).prospects) == 1


def test_a_database_that_is_lost_while_somebody_watches_is_no_loss(tmp_path: Path, at_rest: None) -> None:
    for name in ("Ann", "Ben", "Cem"):
        written(tmp_path, f"Prospects/{name}.md", DANA)
    read_by(tmp_path)
    kept = Index(tmp_path, patience=Patience(lambda: 0.0))
    open_vault(tmp_path, kept)
    cache_file(tmp_path, "sqlite").unlink()
    written(tmp_path, "Prospects/Ann.md", DANA.replace("hello", "adieu"))
    assert said(open_vault(tmp_path, kept)) == said(open_vault(tmp_path))


def test_what_was_looked_at_is_looked_at_again_where_the_database_is_broken_by_now(
    tmp_path: Path, at_rest: None
) -> None:
    written(tmp_path, "Prospects/Ann.md", DANA)
    read_by(tmp_path)
    vault = open_vault(tmp_path, Index(tmp_path))
    with_torn_rows(cache_file(tmp_path, "sqlite"))
    written(tmp_path, "Prospects/Ann.md", DANA.replace("hello", "adieu"))
    assert vault.prospects == open_vault(tmp_path).prospects


def test_a_note_that_is_gone_is_told(tmp_path: Path, at_rest: None) -> None:
    written(tmp_path, "Prospects/Ann.md", DANA)
    vault = open_vault(tmp_path, Index(tmp_path))
    (tmp_path / "Prospects/Ann.md").unlink()
    read_by(tmp_path)
    with pytest.raises(ChangedMeanwhile, match=r"^Prospects/Ann\.md: it was changed meanwhile"):
        vault.prospect("Prospects/Ann.md")


def test_a_page_is_not_put_together_by_settings_that_are_not_the_index_s(tmp_path: Path, at_rest: None) -> None:
    """Somebody else has looked by other settings meanwhile."""
    written(tmp_path, "Prospects/Ann.md", DANA)
    vault = open_vault(tmp_path, Index(tmp_path))
    written(tmp_path, "followup.toml", "daily_capacity = 3\n")
    read_by(tmp_path)
    with pytest.raises(ChangedMeanwhile):
        show(vault, SATURDAY)


GERMAN = "---\nmail-adresse: d@x.example\n---\n"
OTHER_SETTINGS = '[fields]\nemail = ["mail-adresse"]\n'


def test_a_note_that_is_away_while_the_settings_change_is_read_by_the_new_ones(tmp_path: Path, at_rest: None) -> None:
    note = written(tmp_path, "Prospects/Dana.md", GERMAN)
    kept = Index(tmp_path, patience=Patience(lambda: 0.0))
    open_vault(tmp_path, kept)
    note.rename(tmp_path / "away")
    written(tmp_path, "followup.toml", OTHER_SETTINGS)
    assert [one.path for one in open_vault(tmp_path, kept).prospects] == ["Prospects/Dana.md"]
    (tmp_path / "away").rename(note)
    assert said(open_vault(tmp_path, kept)) == said(open_vault(tmp_path))


def test_a_note_that_is_away_while_the_settings_change_stays_on_the_page(tmp_path: Path, at_rest: None) -> None:
    at_acme = DANA.replace("---\n", "---\ncompany: Acme\n", 1)
    note = written(tmp_path, "Prospects/Dana.md", at_acme)
    written(tmp_path, "Prospects/Ann.md", at_acme.replace("d@x", "a@x") + "- 2026-11-18 email in: hello\n")
    kept = Index(tmp_path, patience=Patience(lambda: 0.0))
    vault = open_vault(tmp_path, kept)
    assert page_through(vault, SATURDAY) == page_without_index(vault, SATURDAY)
    note.rename(tmp_path / "away")
    written(tmp_path, "followup.toml", "daily_capacity = 9\n")
    assert "Prospects/Dana|Dana" in page_through(open_vault(tmp_path, kept), SATURDAY)
    (tmp_path / "away").rename(note)
    vault = open_vault(tmp_path, kept)
    assert page_through(vault, SATURDAY) == page_without_index(vault, SATURDAY)


def test_a_vault_that_is_away_while_the_settings_change_is_read_by_the_new_ones(tmp_path: Path, at_rest: None) -> None:
    for number in range(12):
        written(tmp_path, f"Prospects/P{number}.md", GERMAN)
    kept = Index(tmp_path, patience=Patience(lambda: 0.0))
    open_vault(tmp_path, kept)
    (tmp_path / "Prospects").rename(tmp_path / ".away")
    written(tmp_path, "followup.toml", OTHER_SETTINGS)
    with pytest.raises(Unavailable):
        open_vault(tmp_path, kept)
    (tmp_path / ".away").rename(tmp_path / "Prospects")
    assert said(open_vault(tmp_path, kept)) == said(open_vault(tmp_path))


def test_what_was_read_by_other_settings_is_not_taken_for_the_same(tmp_path: Path, at_rest: None) -> None:
    """Another command reads by new settings, and is ended before it has kept what it read; then they are the old ones."""
    written(tmp_path, "Prospects/Dana.md", GERMAN)
    truth, through = open_vault(tmp_path), open_vault(tmp_path, Index(tmp_path))
    written(tmp_path, "followup.toml", OTHER_SETTINGS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("followup_md.vault.notes.put", lambda *given: None)
        open_vault(tmp_path, Index(tmp_path))
    assert said(through) == said(truth)
    (tmp_path / "followup.toml").unlink()
    assert said(open_vault(tmp_path, Index(tmp_path))) == said(truth)


def test_what_was_read_by_old_settings_is_not_put_over_what_another_command_read_by_new_ones(
    tmp_path: Path, at_rest: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "Prospects/Dana.md", GERMAN)

    def overtaken(*given: Any) -> list[Any]:
        read = list(read_all(*given))
        if not (tmp_path / "followup.toml").exists():
            written(tmp_path, "followup.toml", OTHER_SETTINGS)
            open_vault(tmp_path, Index(tmp_path))
        return read

    monkeypatch.setattr("followup_md.vault.index.read_all", overtaken)
    slow = Index(tmp_path)
    with pytest.raises(ChangedMeanwhile):
        open_vault(tmp_path, slow)
    for index in (slow, Index(tmp_path)):
        assert said(open_vault(tmp_path, index)) == said(open_vault(tmp_path))


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="needs a drive that keeps any time")
def test_times_and_numbers_beyond_what_a_database_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        root = Path(folder)
        os.utime(written(root, "Prospects/Dana.md", DANA), (-11_644_473_600, -11_644_473_600))  # Windows' year 0
        for _ in range(2):
            assert said(open_vault(root, Index(root))) == said(open_vault(root))
    numbers = os.stat_result((0o100644, 2**64 - 1, 1, 1, 0, 0, 9, 0, 0, 0))
    assert file_of("a.md", numbers).inode < 2**63


def test_a_database_that_was_locked_is_gone_back_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("followup_md.vault.database._WAIT_SECONDS", 0.05)
    written(tmp_path, "Prospects/Dana.md", DANA)
    kept = Index(tmp_path, patience=Patience(time.monotonic))
    open_vault(tmp_path, kept)
    other = sqlite3.connect(cache_file(tmp_path, "sqlite"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    written(tmp_path, "Prospects/Ann.md", DANA)
    assert said(open_vault(tmp_path, kept)) == said(open_vault(tmp_path))
    assert prospects(tmp_path, "") == ["Dana"]
    other.execute("ROLLBACK")
    other.close()
    kept.tidy()
    assert said(open_vault(tmp_path, kept)) == said(open_vault(tmp_path))
    assert prospects(tmp_path, "") == ["Ann", "Dana"]


def test_settings_to_and_fro_leave_all_names_to_be_completed(tmp_path: Path, at_rest: None) -> None:
    for name in ("Ann", "North/Ben"):
        written(tmp_path, f"Prospects/{name}.md", DANA)
    for text, names in (("", ["Ann", "Ben"]), ('exclude = ["North"]\n', ["Ann"]), ("", ["Ann", "Ben"])):
        written(tmp_path, "followup.toml", text)
        read_by(tmp_path)
        assert prospects(tmp_path, "") == names


def broken(place: Path) -> None:
    place.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)


def cut(place: Path) -> None:
    place.write_bytes(place.read_bytes()[:3000])


def no_database(place: Path) -> None:
    place.write_bytes(b"hello")


def of_another_version(place: Path) -> None:
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE version SET program = 'another'")
        connection.execute("UPDATE gist SET gist = 'x'")
    connection.close()


def of_another_shape(place: Path) -> None:
    with sqlite3.connect(place) as connection:
        connection.execute("DROP TABLE note")
        connection.execute("CREATE TABLE note (path)")
    connection.close()


def with_torn_rows(place: Path) -> None:
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE said SET says = substr(says, 1, 40) || x'00' || substr(says, 42)")
        connection.execute("UPDATE gist SET gist = substr(gist, 1, 40) || x'00' || substr(gist, 42)")
        connection.execute("UPDATE made SET data = substr(data, 1, 40) || x'00' || substr(data, 42)")
    connection.close()


def with_rows_of_no_sense(place: Path) -> None:
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE made SET data = 7")
        connection.execute("UPDATE note SET digest = 'x', size = 'y'")
        connection.execute("UPDATE gist SET gist = 1")
        connection.execute("UPDATE sheet SET wrong = 'x', open = 'y'")
        connection.execute("UPDATE name SET name = NULL, other = 3, handles = x'ff'")
        connection.execute("UPDATE word SET word = x'ff'")
    connection.close()


def with_rows_lost(place: Path) -> None:
    with sqlite3.connect(place) as connection:
        for table in ("said", "gist", "sheet", "single"):
            connection.execute(f"DELETE FROM {table} WHERE path LIKE '%Ben.md'")
        connection.execute("INSERT OR REPLACE INTO stale SELECT path FROM note")
    connection.close()


def with_values_of_another_kind(place: Path) -> None:
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE sheet SET wrong = 4")
        connection.execute("UPDATE note SET timezone = 5, company = 6")
    connection.close()


def with_a_name_that_is_no_text(place: Path) -> None:
    data = place.read_bytes().replace(b"tableversionversion", b"table\xff\xff\xff\xff\xff\xff\xffversion")
    place.write_bytes(data.replace(b"CREATE TABLE version", b"CREATE NONSENSE nono"))


HARMS = [
    broken,
    cut,
    no_database,
    of_another_version,
    of_another_shape,
    with_torn_rows,
    with_rows_of_no_sense,
    with_rows_lost,
    with_values_of_another_kind,
    with_a_name_that_is_no_text,
]


@pytest.mark.parametrize("harm", HARMS)
def test_a_database_that_is_of_no_use_is_made_anew(tmp_path: Path, at_rest: None, harm: object) -> None:
    for name in ("Ann", "Ben", "Cem"):
        written(tmp_path, f"Prospects/{name}.md", DANA)
    show(read_by(tmp_path)[1], SATURDAY)
    harm(cache_file(tmp_path, "sqlite"))  # type: ignore[operator]
    assert prospects(tmp_path, "") in ([], ["Ann", "Ben", "Cem"])
    assert words(tmp_path, "stage")[:1] in ([], ["lead"])
    for _ in range(3):
        vault = open_vault(tmp_path, Index(tmp_path))
        assert said(vault) == said(open_vault(tmp_path))
        assert page_through(vault, SATURDAY) == page_without_index(vault, SATURDAY)
    assert read_by(tmp_path)[0].changed == set(), "and from then on it is of use"


@pytest.mark.parametrize("cache", ["/proc/nowhere", "/dev/null", "inside"])
def test_without_a_cache_folder_everything_works(vault: Folder, monkeypatch: pytest.MonkeyPatch, cache: str) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(vault.root) if cache == "inside" else cache)
    vault.write("Prospects/Dana.md", DANA)
    assert vault.followup("index").code == 0
    assert vault.followup("due", "--all").code == 0
    assert sorted(path.name for path in vault.root.iterdir()) == ["DUE.md", "Prospects", "followup.toml"]


def test_a_locked_database_is_left_out(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    vault.write("Prospects/Ann.md", DANA)
    with sqlite3.connect(cache_file(vault.root, "sqlite"), isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "Ann" in vault.followup("due", "--all").out
    other.close()


def test_the_database_is_for_its_user_alone_and_not_in_the_vault(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("due")
    place = cache_file(vault.root, "sqlite")
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700
    assert not place.is_relative_to(vault.root)


def page_without_index(vault: Vault, day: date) -> str:
    """DUE.md as it follows from all that the notes say."""
    problems = [*vault.problems, *check_all(vault.prospects, vault.rules, day)]
    return due_page(make_plan(vault.prospects, vault.rules, day), sorted(problems, key=place_of), vault.rules)


def page_through(vault: Vault, day: date) -> str:
    """DUE.md as it is put together from sheets, kept ones too."""
    shown = show(vault, day)
    return page_of(shown.lists, shown.wrong, vault.rules, day).data.decode("utf-8", "surrogateescape")


def test_the_page_put_together_from_kept_sheets_is_the_page_of_the_plan(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    (tmp_path / os.fsdecode(b"Prospects/\xff.md")).write_bytes(DANA.encode())
    (tmp_path / "Prospects/odd.md").write_bytes(
        b"---\ncompany: Nordhafen Logistik\namount: 1" + b"0" * 400 + b"\n---\n"
    )
    for day in (date(2026, 5, 6), date(2026, 5, 6), date(2026, 5, 7), date(2027, 5, 6)):
        vault = open_vault(tmp_path, Index(tmp_path))
        assert page_through(vault, day) == page_without_index(vault, day)


NAMES = ["Prospects/Ann.md", "Prospects/Ben.md", "Prospects/North/Ann.md", "Library/Piece.md", "Loose.md"]


class Files(RuleBasedStateMachine):
    """A real folder in which anything happens, read through its index after each step."""

    @initialize()
    def begin(self) -> None:
        self.base = Path(tempfile.mkdtemp())
        self.root = self.base / "vault"
        self.root.mkdir()
        self.kept = Index(self.root)
        self.day = SATURDAY
        self.looked: Vault | None = None
        self.events: set[str] | None = None

    def teardown(self) -> None:
        shutil.rmtree(self.base)

    @rule(path=st.sampled_from(NAMES), text=notes(SATURDAY), age=st.booleans())
    def write(self, path: str, text: str, age: bool) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        if age:
            os.utime(place, (LONG_AGO, LONG_AGO))
        self.events = {path}

    @rule(path=st.sampled_from(["Calls/a.md", "Prospects/b.md", "Loose.md"]), who=st.sampled_from(["Ann", "North/Ann"]))
    def link(self, path: str, who: str) -> None:
        """A touch that has a note of its own."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(f"---\ntype: call\ndate: 2026-11-10\npeople: ['[[{who}]]', '[[Ben]]']\n---\n")
        self.events = {path}

    @rule(path=st.sampled_from(["Calls/One.md", *NAMES]), who=st.sampled_from(["Ann", "Ben", "North/Ann", "Nobody"]))
    def meet(self, path: str, who: str) -> None:
        """A call that is a note of its own."""
        written(self.root, path, f"---\ntype: call\ndate: {self.day}\npeople: ['[[{who}]]']\nsummary: spoke\n---\n")
        self.events = {path}

    @rule(path=st.sampled_from(NAMES), old=st.sampled_from("aeiou"), new=st.sampled_from("aeiou"))
    def change_a_letter(self, path: str, old: str, new: str) -> None:
        """Same size, and the same time of the last change."""
        place = self.root / path
        if place.exists():
            status = place.stat()
            place.write_bytes(place.read_bytes().replace(old.encode(), new.encode()))
            os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))
            self.events = {path}

    @rule(old=st.sampled_from(NAMES), new=st.sampled_from(NAMES))
    def rename(self, old: str, new: str) -> None:
        if (self.root / old).exists():
            (self.root / new).parent.mkdir(parents=True, exist_ok=True)
            (self.root / old).replace(self.root / new)
            self.events = {old, new}

    @rule(one=st.sampled_from(NAMES), other=st.sampled_from(NAMES))
    def swap(self, one: str, other: str) -> None:
        if (self.root / one).exists() and (self.root / other).exists() and one != other:
            (self.root / one).rename(self.root / "between")
            (self.root / other).rename(self.root / one)
            (self.root / "between").rename(self.root / other)
            self.events = {one, other, "between"}

    @rule(path=st.sampled_from(NAMES))
    def remove(self, path: str) -> None:
        (self.root / path).unlink(missing_ok=True)
        self.events = {path}

    @rule(
        text=st.sampled_from(
            [
                "",
                'prospects = ["Prospects", "Library"]\n',
                'exclude = ["North"]\n',
                'daily_capacity = 1\nholidays = ["2026-11-23"]\n[fields]\ncompany = ["role"]\n',
            ]
        )
    )
    def set_up(self, text: str) -> None:
        (self.root / "followup.toml").write_text(text)

    @rule(wait=st.sampled_from(["1d", "9d"]), there=st.booleans())
    def set_a_cadence(self, wait: str, there: bool) -> None:
        """A cadence of the user's in the place of a built-in one, or none any more."""
        place = self.root / "Cadences/new-lead.md"
        place.parent.mkdir(exist_ok=True)
        place.unlink(missing_ok=True)
        if there:
            place.write_text(f"---\ntype: cadence\nname: new-lead\nsteps:\n  - {{wait: {wait}, do: email}}\n---\n")

    @rule()
    def lose_the_database(self) -> None:
        cache_file(self.root, "sqlite").unlink(missing_ok=True)

    @rule()
    def begin_again(self) -> None:
        self.kept = Index(self.root)

    @rule(days=st.sampled_from((-1, 1, 30)))
    def wait(self, days: int) -> None:
        self.day += timedelta(days=days)

    @invariant()
    def the_index_says_what_the_files_say(self) -> None:
        if not hasattr(self, "root"):
            return
        truth = open_vault(self.root)
        page = page_without_index(truth, self.day)
        self.glance(truth, page)
        for index in (self.kept, Index(self.root)):
            vault = open_vault(self.root, index)
            assert said(vault) == said(truth)
            assert page_through(vault, self.day) == page
            plan = make_plan(vault.prospects, vault.rules, self.day)
            for until in (self.day, self.day + timedelta(days=4), date.max):
                listed = [one.prospect.path for one in plan.items if one.on <= until or one.reply_to]
                assert due_until(vault, until) == listed
            day = Day(vault, self.day, None)
            assert list(day.touches_of(due_until(vault, date.max))) == list(plan.items)
        self.looked, self.events = vault, None

    def glance(self, truth: Vault, page: str) -> None:
        """A look at what events name, where that will do, is as good as one at the whole folder."""
        if self.looked and self.events is not None:
            files = known_notes(self.looked, self.events)
            if files is not None:
                vault = look_at(self.looked, files)
                assert said(vault) == said(truth)
                assert page_through(vault, self.day) == page


TestFiles = Files.TestCase
TestFiles.settings = settings(max_examples=settings().max_examples // 2, stateful_step_count=12)


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    """A vault as one process reads it. From now on several do."""
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "Prospects/odd.md").write_bytes(b"---\namount: 1" + b"0" * 400 + b"\n---\n")
    (tmp_path / os.fsdecode(b"Prospects/\xff.md")).write_bytes(DANA.encode())
    (tmp_path / "Prospects/torn.md").write_bytes(b"\x00\xff")
    vault = open_vault(tmp_path)
    monkeypatch.setattr("followup_md.vault.workers.WORTH_SHARING", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: range(3), raising=False)
    return vault


def handles() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_many_notes_are_read_by_all_processors_and_say_the_same(
    tmp_path: Path, alone: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes: list[int] = []
    real = os.fork

    def fork() -> int:
        processes.append(1)
        return real()

    monkeypatch.setattr(os, "fork", fork)
    assert said(open_vault(tmp_path)) == said(alone)
    assert len(processes) == 2


@pytest.mark.parametrize("begun", [0, 1])
def test_where_no_more_processes_can_be_had_one_reads_all(
    tmp_path: Path, alone: Vault, monkeypatch: pytest.MonkeyPatch, begun: int
) -> None:
    real, left = os.fork, [None] * begun

    def fork() -> int:
        if not left:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        left.pop()
        return real()

    monkeypatch.setattr(os, "fork", fork)
    before = handles()
    assert said(open_vault(tmp_path)) == said(alone)
    assert handles() == before


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_what_a_process_fails_to_do_is_done_by_the_first(alone: Vault, failing: int) -> None:
    first = os.getpid()

    def work(some: Sequence[int]) -> bytes:
        if os.getpid() == first:
            time.sleep(0.02)
        elif failing and (failing == 1 or some[0] % 100):
            os._exit(3)
        return repr(list(some)).encode() * 30_000  # more than a pipe holds

    done = [(some, data) for some, data in shared(range(1000), work)]
    assert sorted(thing for some, _ in done for thing in some) == list(range(1000))
    assert all(data == repr(list(some)).encode() * 30_000 for some, data in done)


def test_where_the_end_of_processes_is_not_told_one_reads_all(tmp_path: Path, alone: Vault) -> None:
    """Whoever starts a command may have set it so."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert said(open_vault(tmp_path)) == said(alone)
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_ctrl_c_while_another_process_reads_ends_it(tmp_path: Path, alone: Vault) -> None:
    first = os.getpid()

    def work(some: Sequence[int]) -> bytes:
        if os.getpid() == first:
            time.sleep(0.3)  # so that the others take their turns
            threading.Timer(0.1, os.kill, (first, signal.SIGINT)).start()
        else:
            time.sleep(60)
        return b""

    before = handles()
    with pytest.raises(KeyboardInterrupt):
        list(shared(range(150), work))
    assert handles() == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems share no work")
def test_small_pipes_are_enough_to_share_the_largest_work() -> None:
    """Where a user has many of them, the system gives small ones."""
    script = """
import fcntl, os
from followup_md.vault import workers
real = os.pipe
def small():
    ends = real()
    fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, 4096)
    return ends
os.pipe, os.sched_getaffinity = small, lambda process: range(3)
done = workers.shared(range(200_000), lambda some: repr(list(some)).encode())
assert sorted(one for some, _ in done for one in some) == list(range(200_000))
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=30)


def test_other_processes_end_when_the_first_one_is_killed() -> None:
    script = """
import os, signal, time
from followup_md.vault import workers
workers.WORTH_SHARING, os.sched_getaffinity, first = 1, lambda process: range(3), os.getpid()
def work(some):
    time.sleep(0.3)  # so that each takes a turn
    if os.getpid() == first:
        os.kill(first, signal.SIGKILL)
    return bytes(1_000_000)
list(workers.shared(range(150), work))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, timeout=20, check=False
    )  # until all ended
    assert done.returncode == -signal.SIGKILL


def test_a_long_read_shows_how_far_it_is_on_a_terminal_only(tmp_path: Path) -> None:
    pexpect = pytest.importorskip("pexpect")
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    script = (
        "import sys, followup_md.cli.progress as progress; progress.PATIENCE = 0; "
        f"sys.argv = ['followup', '-C', {str(tmp_path)!r}, '--today', '2026-05-06', 'index', '--full']; "
        "from followup_md.cli import main; main()"
    )
    seen, code = pexpect.run(
        f'{sys.executable} -c "{script}"', withexitstatus=True, encoding="utf-8", env={**os.environ, "TERM": "xterm"}
    )
    assert code == 0
    assert "reading notes" in seen
    assert "planning" in seen
    off = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "reading notes" not in off.stdout + off.stderr
    assert "planning" not in off.stdout + off.stderr
