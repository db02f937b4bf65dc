"""Changing files: nothing half done, nobody's save lost, whatever fails, stops or comes in between.

Real folders and real processes. ``Calls`` is what makes "at any moment" a loop: it does something
before the n-th call that ``write`` makes of the system.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import stat
import struct
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from followup_md.errors import ChangedMeanwhile, Refused, VaultBusy
from followup_md.vault import disk, lock, write
from followup_md.vault.write import carry_out, create_file, read_or_none, replace_file

NOTE = "Prospects/Dana Okafor.md"
OLD = b"---\ncompany: Acme\n---\n## Log\n- 2026-11-16 email: hello\n"
LINE = b"- 2026-11-21 call: ours\n"
THEIRS = b"---\ncompany: Acme Ltd\n---\n## Log\n- 2026-11-16 email: hello\n- their own line\n"
CALLS = frozenset(
    [
        "open",
        "read",
        "write",
        "close",
        "fsync",
        "stat",
        "fstat",
        "access",
        "scandir",
        "link",
        "rename",
        "replace",
        "unlink",
        "mkdir",
        "lseek",
        "fchmod",
        "fchown",
        "listxattr",
        "getxattr",
        "setxattr",
        "removexattr",
    ]
)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault with one note, and a state folder outside of it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return a_vault(tmp_path / "vault")


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The same in memory, where there is such a folder: for loops over every call."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    base = Path(tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else tmp_path))
    yield a_vault(base / "vault")
    shutil.rmtree(base)


def a_vault(root: Path) -> Path:
    (root / NOTE).parent.mkdir(parents=True)
    (root / NOTE).write_bytes(OLD)
    return root


def appended(line: bytes = LINE) -> Callable[[bytes | None], bytes | None]:
    """Decide to append a line, unless it is there."""
    return lambda now: None if now is None or line in now else now + line


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def files(root: Path) -> dict[Path, tuple[int, ...]]:
    """Each file, and what would be another if it were written."""
    found = {path: path.lstat() for path in root.rglob("*") if not path.is_dir()}
    return {path: (one.st_ino, one.st_mode, one.st_size, one.st_mtime_ns, one.st_nlink) for path, one in found.items()}


def litter(root: Path) -> list[str]:
    return [path.name for path in root.rglob("*") if ".followup-" in path.name]


class Calls:
    """What ``write`` asks of the system, counted; ``before`` is told the number and name of each call."""

    def __init__(self, before: Callable[[int, str], None]) -> None:
        self.before, self.count, self.last = before, 0, ""

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        return self.told(name, real) if name in CALLS else real

    def told(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            self.count, self.last = self.count + 1, name
            try:
                self.before(self.count, name)
            except OSError:
                if name == "close":
                    real(*given)  # the system closes a file even where it reports an error
                raise
            return real(*given, **named)

        return call


@contextmanager
def calls(before: Callable[[int, str], None], swaps: bool = True, links: bool = True) -> Iterator[Calls]:
    """Have ``before`` told each call; without ``swaps`` or ``links``, as on a file system that has none."""
    watched = Calls(before)

    def rename(folder: int, old: bytes, new: bytes, how: int) -> None:
        if not swaps:
            raise OSError(errno.EINVAL, "no swaps")
        watched.told("renameat2", real_rename)(folder, old, new, how)

    def link(*given: Any, **named: Any) -> None:
        raise OSError(errno.EPERM, "no links")

    real_rename = disk.rename
    with pytest.MonkeyPatch.context() as patch:
        for room in (write, disk, lock):
            patch.setattr(room, "os", watched)
        patch.setattr(disk, "rename", rename)
        if not links:
            watched.link = link  # type: ignore[attr-defined]
        yield watched


SYSTEMS = {"swap": {}, "link": {"swaps": False}, "copy": {"swaps": False, "links": False}}
every_system = pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)


def nothing(number: int, name: str) -> None:
    """Let the call pass."""


def in_child(work: Callable[[], object]) -> int:
    """Start a process for some work; its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# ---------------------------------------------------------------------- what is promised


@every_system
def test_a_change_keeps_everything_else_of_the_file(root: Path, system: dict[str, bool]) -> None:
    note = root / NOTE
    note.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(note, 12345, 23456)
    os.setxattr(note, "user.colour", b"blue")
    os.utime(note, (1, 1))
    before = note.stat()
    with calls(nothing, **system):
        assert carry_out(root, NOTE, appended())
    after = note.stat()
    assert note.read_bytes() == OLD + LINE
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert after.st_nlink == 1
    assert os.getxattr(note, "user.colour") == b"blue"
    assert after.st_mtime > before.st_mtime
    assert not litter(root)


@every_system
def test_nothing_is_written_where_there_is_nothing_to_do(root: Path, system: dict[str, bool]) -> None:
    before = files(root)
    with calls(nothing, **system):
        assert not carry_out(root, NOTE, lambda now: None)
        assert not carry_out(root, NOTE, lambda now: now)
        assert not carry_out(root, "Prospects/Nobody.md", lambda now: None)
        assert not carry_out(root, "Nowhere/Nobody.md", lambda now: None)
    assert files(root) == before
    assert not (root / "Nowhere").exists()


@every_system
def test_a_new_file(root: Path, system: dict[str, bool]) -> None:
    mask = os.umask(0o027)
    try:
        with calls(nothing, **system):
            assert carry_out(root, "Prospects/New.md", lambda now: OLD if now is None else None)
    finally:
        os.umask(mask)
    new = root / "Prospects/New.md"
    assert new.read_bytes() == OLD
    assert stat.S_IMODE(new.stat().st_mode) == 0o640
    assert new.stat().st_nlink == 1
    assert not litter(root)


def test_a_new_file_needs_its_folder(root: Path) -> None:
    with pytest.raises(Refused, match=r"Nowhere/New\.md: its folder does not exist; make it first"):
        carry_out(root, "Nowhere/New.md", lambda now: b"x")
    create_file(root, "Nowhere/There/New.md", b"x")
    assert (root / "Nowhere/There/New.md").read_bytes() == b"x"


def test_what_decides_may_refuse(root: Path) -> None:
    def decide(now: bytes | None) -> bytes:
        raise Refused("no")

    with pytest.raises(Refused, match="no"):
        carry_out(root, NOTE, decide)
    assert (root / NOTE).read_bytes() == OLD


def test_replace_and_create_refuse_what_is_not_as_they_think(root: Path) -> None:
    assert read_or_none(root, NOTE) == OLD
    assert read_or_none(root, "None.md") is None
    assert read_or_none(root, "Nowhere/None.md") is None
    replace_file(root, NOTE, THEIRS, OLD)
    replace_file(root, "DUE.md", OLD, None)
    assert ((root / NOTE).read_bytes(), (root / "DUE.md").read_bytes()) == (THEIRS, OLD)
    for path, read in ((NOTE, OLD), (NOTE, None), ("None.md", OLD)):
        with pytest.raises(Refused, match=f"{path}: it was changed meanwhile, so nothing was written; run"):
            replace_file(root, path, b"x", read)
    with pytest.raises(Refused, match=f"{NOTE}: a file of that name exists"):
        create_file(root, NOTE, b"x")
    assert (root / NOTE).read_bytes() == THEIRS
    assert not litter(root)


@pytest.mark.parametrize(
    "name", [b"caf\xe9.md", "Zo\u00eb.md".encode(), b"n" * 252 + b".md", ("é" * 126).encode(), b"-rf"]
)
@every_system
def test_any_name(root: Path, name: bytes, system: dict[str, bool]) -> None:
    path = "Prospects/" + name.decode("utf-8", "surrogateescape")
    with calls(nothing, **system):
        create_file(root, path, OLD)
        assert carry_out(root, path, appended())
    assert read_or_none(root, path) == OLD + LINE
    assert not litter(root)


def test_the_temporary_file_is_never_open_to_more_people_than_the_note(root: Path) -> None:
    note = root / NOTE
    seen: set[int] = set()

    def look(number: int, name: str) -> None:
        seen.update(path.stat().st_mode & 0o777 for path in note.parent.glob(".*.tmp"))

    mask = os.umask(0)
    try:
        for mode in (0o600, 0o640, 0o444 | 0o200):
            note.chmod(mode)
            seen.clear()
            with calls(look):
                assert carry_out(root, NOTE, appended(b"%o\n" % mode))
            assert seen
            assert all(found & ~mode == 0 for found in seen)
    finally:
        os.umask(mask)


def acl(*entries: tuple[int, int, int]) -> bytes:
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


NOBODY = 0xFFFFFFFF
FOR_12345 = acl((1, 6, NOBODY), (2, 4, 12345), (4, 0, NOBODY), (16, 4, NOBODY), (32, 0, NOBODY))


def test_access_lists_are_kept_and_none_comes_from_the_folder(root: Path) -> None:
    note = root / NOTE
    try:
        os.setxattr(note, "system.posix_acl_access", FOR_12345)
    except OSError as error:
        pytest.skip(f"no access lists here: {error}")
    mode = note.stat().st_mode
    assert carry_out(root, NOTE, appended())
    assert os.getxattr(note, "system.posix_acl_access") == FOR_12345
    assert note.stat().st_mode == mode

    os.removexattr(note, "system.posix_acl_access")
    note.chmod(0o640)
    os.setxattr(note.parent, "system.posix_acl_default", FOR_12345)
    assert carry_out(root, NOTE, appended(b"again\n"))
    assert "system.posix_acl_access" not in os.listxattr(note)
    assert stat.S_IMODE(note.stat().st_mode) == 0o640


# ---------------------------------------------------------------------- what is refused


def refused(root: Path, path: str, message: str) -> None:
    def decide(now: bytes | None) -> bytes:
        return (now or b"") + LINE

    before = files(root)
    with pytest.raises(Refused) as told:
        carry_out(root, path, decide)
    assert str(told.value).startswith(f"{path}: ")
    assert message in str(told.value)
    assert "; " in str(told.value), "what to do"
    assert files(root) == before
    assert not litter(root)


def test_links_and_special_files_are_refused(root: Path) -> None:
    outside = a_vault(root.parent / "outside")
    (root / "in.md").symlink_to(root / NOTE)
    (root / "out.md").symlink_to(outside / NOTE)
    (root / "dangling.md").symlink_to(root / "none")
    for path in ("in.md", "out.md", "dangling.md"):
        refused(root, path, "symbolic link")
        with pytest.raises(Refused, match="symbolic link"):
            read_or_none(root, path)
        with pytest.raises(Refused, match="symbolic link"):
            create_file(root, path, b"x")
    (root / "Linked").symlink_to(outside / "Prospects")
    refused(root, "Linked/Dana Okafor.md", "its folder Linked is a symbolic link")
    refused(root, "Linked/New.md", "its folder Linked is a symbolic link")
    with pytest.raises(Refused, match="symbolic link"):
        create_file(root, "Linked/Sub/New.md", b"x")
    refused(root, f"{NOTE}/x.md", "no folder")
    os.mkfifo(root / "pipe.md")
    refused(root, "pipe.md", "no regular file")
    refused(root, "Prospects", "it is a folder")
    os.link(root / NOTE, root / "second.md")
    refused(root, NOTE, "2 names (hard links)")
    assert (outside / NOTE).read_bytes() == OLD
    assert names(outside / "Prospects") == ["Dana Okafor.md"]


def test_a_page_may_be_longer_than_a_note_but_not_endless(root: Path) -> None:
    page = b"- a line of a large vault\n" * 50_000
    replace_file(root, "DUE.md", page, None)
    assert read_or_none(root, "DUE.md") == page
    replace_file(root, "DUE.md", page + LINE, page)
    os.truncate(root / NOTE, disk.MOST_BYTES + 1)
    refused(root, NOTE, "larger than 64 MiB")


@pytest.mark.parametrize("path", ["../x.md", "a/../../x.md", "/etc/x", "", "a//b.md", "./x.md", "x\0.md", "\ud800.md"])
def test_paths_that_lead_out_are_refused(root: Path, path: str) -> None:
    for write_it in (lambda: carry_out(root, path, lambda now: b"x"), lambda: create_file(root, path, b"x")):
        with pytest.raises(Refused, match="no path inside the vault"):
            write_it()


def test_a_read_only_file_is_refused(root: Path) -> None:
    (root / NOTE).chmod(0o444)
    refused(root, NOTE, "read-only")


def test_what_the_rights_forbid_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a user who is not root: a folder that cannot be written, another user's file, no state folder."""
    base = Path(tempfile.mkdtemp())
    try:
        base.chmod(0o755)
        monkeypatch.setenv("XDG_STATE_HOME", str(base / "root's"))
        root = a_vault(base / "vault")
        shutil.copytree(root / "Prospects", root / "Shut")
        (root / "Prospects").chmod(0o777)
        (root / "Shut/Dana Okafor.md").chmod(0o666)
        (root / "Shut").chmod(0o555)
        as_root = os.geteuid() == 0

        def work() -> None:
            if as_root:
                os.setgid(65534)
                os.setuid(65534)
                refused(root, NOTE, "read-only")
            refused(root, "Shut/Dana Okafor.md", "cannot be written (Permission denied)")
            refused(root, "Shut/New.md", "cannot be written (Permission denied)")
            create_file(root, "Prospects/New.md", OLD)
            assert carry_out(root, "Prospects/New.md", appended())

        assert ended(in_child(work)) == 0
    finally:
        (root / "Shut").chmod(0o755)
        shutil.rmtree(base)


@pytest.mark.parametrize(
    "coming",
    [".git/index.lock", "Prospects/.syncthing.Dana Okafor.md.tmp", "Prospects/~syncthing~Dana Okafor.md.tmp"],
)
def test_a_vault_that_is_busy_is_waited_for_and_then_refused(
    root: Path, coming: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / coming).parent.mkdir(exist_ok=True)
    (root / coming).touch()
    monkeypatch.setattr(write, "_BUSY_SECONDS", 0.05)
    refused(root, NOTE, Path(coming).name)
    monkeypatch.setattr(write, "_BUSY_SECONDS", 30)

    def finish() -> None:
        time.sleep(0.1)
        (root / coming).unlink()

    child = in_child(finish)
    assert carry_out(root, NOTE, appended())
    assert not (root / coming).exists()
    assert ended(child) == 0


def test_a_file_that_is_open_for_writing_is_waited_for_and_then_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "_BUSY_SECONDS", 0.05)
    with (root / NOTE).open("r+b"):
        refused(root, NOTE, "open for writing")
    monkeypatch.setattr(write, "_BUSY_SECONDS", 30)
    half, go_on = os.pipe()

    def save() -> None:
        with (root / NOTE).open("wb", buffering=0) as file:
            os.write(go_on, b"x")
            time.sleep(0.1)
            file.write(THEIRS)

    child = in_child(save)
    os.read(half, 1)
    assert carry_out(root, NOTE, appended())
    assert ended(child) == 0
    assert (root / NOTE).read_bytes() == THEIRS + LINE


def test_what_is_read_only_is_waited_for_too(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "_REST_SECONDS", 0.05)
    with (root / NOTE).open("r+b"), pytest.raises(ChangedMeanwhile, match="open for writing; close it there"):
        read_or_none(root, NOTE)
    monkeypatch.setattr(write, "_REST_SECONDS", 30)
    half, go_on = os.pipe()

    def save() -> None:
        with (root / NOTE).open("wb", buffering=0) as file:
            file.write(THEIRS[:20])
            os.write(go_on, b"x")
            time.sleep(0.1)
            file.write(THEIRS[20:])

    child = in_child(save)
    os.read(half, 1)
    assert read_or_none(root, NOTE) == THEIRS
    assert ended(child) == 0


def test_a_file_that_is_saved_without_end_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "_ATTEMPTS", 5)
    saves: list[bytes] = []

    def decide(now: bytes | None) -> bytes | None:
        saves.append(b"save %d\n" % len(saves))
        by_rename(root / NOTE, saves[-1])
        return (now or b"") + LINE

    with pytest.raises(Refused, match="saved again and again"):
        carry_out(root, NOTE, decide)
    assert (root / NOTE).read_bytes() == saves[-1] == b"save 4\n"
    assert not litter(root)


@pytest.mark.parametrize("kind", [os.mkdir, os.mkfifo, lambda path: path.symlink_to("x")], ids=["dir", "pipe", "link"])
@pytest.mark.parametrize("swaps", [True, False])
def test_what_is_suddenly_no_file_is_put_back_and_refused(
    root: Path, kind: Callable[[Path], None], swaps: bool
) -> None:
    note = root / NOTE
    done: list[int] = []

    def at(number: int, name: str) -> None:
        if name == ("renameat2" if swaps else "link") and not done:
            done.append(number)
            note.unlink()
            kind(note)

    with calls(at, swaps=swaps), pytest.raises(Refused, match=NOTE):
        carry_out(root, NOTE, appended())
    assert done
    assert not stat.S_ISREG(note.lstat().st_mode)
    assert not litter(root)


# ---------------------------------------------------------------------- the lock


def test_the_lock_is_in_the_state_folder_for_its_user_alone(root: Path) -> None:
    mask = os.umask(0)
    try:
        assert carry_out(root, NOTE, appended())
    finally:
        os.umask(mask)
    folder = root.parent / "state/followup-md"
    (lock,) = folder.iterdir()
    assert (stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE(lock.stat().st_mode)) == (0o700, 0o600)
    (root.parent / "link").symlink_to(root)
    assert carry_out(root.parent / "link", NOTE, appended(b"2\n"))
    assert list(folder.iterdir()) == [lock]
    assert sorted(path.name for path in root.rglob("*")) == ["Dana Okafor.md", "Prospects"]


@pytest.mark.parametrize("state", ["vault", "none", "unwritable", "unset"])
def test_without_a_lock_file_a_change_is_carried_out_too(
    root: Path, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(root / "home"))
    if state == "vault":
        monkeypatch.setenv("XDG_STATE_HOME", str(root / ".state"))
    elif state == "none":
        monkeypatch.delenv("XDG_STATE_HOME")
    elif state == "unwritable":
        monkeypatch.setenv("XDG_STATE_HOME", "/proc")
    else:
        monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert carry_out(root, NOTE, appended())
    assert sorted(path.name for path in root.rglob("*")) == ["Dana Okafor.md", "Prospects"]


@pytest.mark.parametrize("other_state", [False, True])
def test_a_command_waits_for_another_one(root: Path, other_state: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    told, tell = os.pipe()

    def decide(now: bytes | None) -> bytes | None:
        os.write(tell, b"x")
        time.sleep(0.2)
        return (now or b"") + b"first\n"

    child = in_child(lambda: carry_out(root, NOTE, decide))
    os.read(told, 1)
    if other_state:
        monkeypatch.setenv("XDG_STATE_HOME", str(root.parent / "other"))
    monkeypatch.setattr(lock, "_LOCK_SECONDS", 0.01)
    with pytest.raises(VaultBusy, match="another followup is changing files of this vault"):
        carry_out(root, NOTE, appended())
    monkeypatch.setattr(lock, "_LOCK_SECONDS", 30)
    assert carry_out(root, NOTE, appended())
    assert ended(child) == 0
    assert (root / NOTE).read_bytes() == OLD + b"first\n" + LINE


@every_system
def test_fifty_commands_at_once(root: Path, system: dict[str, bool]) -> None:
    lines = [b"- %02d %s\n" % (number, b"x" * 40 * number) for number in range(50)]

    def work(line: bytes) -> None:
        with calls(nothing, **system):
            assert carry_out(root, NOTE, lambda now: (now or b"") + line)

    children = [in_child(lambda line=line: work(line)) for line in lines]  # type: ignore[misc]
    assert [ended(child) for child in children] == [0] * 50
    written = (root / NOTE).read_bytes()
    assert written.startswith(OLD)
    assert sorted(written[len(OLD) :].splitlines(keepends=True)) == lines
    assert not litter(root)


def test_without_any_lock_nothing_is_lost_either(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two commands that know nothing of each other are like editors to each other."""
    monkeypatch.setattr(lock, "_lock", lambda *given: False)
    log = root.parent / "log"

    def work(name: str) -> None:
        with log.open("a", buffering=1) as written:
            for number in range(40):
                line = f"{name} {number}\n"
                try:
                    carry_out(root, NOTE, appended(line.encode()))
                    written.write(line)
                except Refused as error:
                    assert "saved twice" in str(error)

    children = [in_child(lambda: work("a")), in_child(lambda: work("b"))]
    assert [ended(child) for child in children] == [0, 0]
    found = b"".join(path.read_bytes() for path in (root / "Prospects").iterdir())
    assert set(log.read_bytes().splitlines()) <= set(found.splitlines())


# ---------------------------------------------------------------------- an editor saves meanwhile


def in_place(note: Path, data: bytes) -> None:
    note.write_bytes(data)


def by_rename(note: Path, data: bytes) -> None:
    beside = note.with_name("editor's own")
    beside.write_bytes(data)
    beside.replace(note)


def with_backup(note: Path, data: bytes) -> None:
    """As vim does: the old file moved away, a new one made, the old one removed."""
    backup = note.with_name(note.name + "~")
    note.rename(backup)
    note.write_bytes(data)
    backup.unlink()


SAVES = {"in place": in_place, "by rename": by_rename, "with backup": with_backup}


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
@every_system
def test_a_save_at_any_call_is_kept_and_so_is_ours(
    quick: Path, system: dict[str, bool], save: Callable[[Path, bytes], None]
) -> None:
    note, number, lost = quick / NOTE, 0, []
    while True:
        number += 1
        note.write_bytes(OLD)
        after: list[str] = []

        def at(count: int, name: str, number: int = number, after: list[str] = after) -> None:
            if count == number:
                save(note, THEIRS)
            if count >= number:
                after.append(name)

        with calls(at, **system) as seen:
            assert carry_out(quick, NOTE, appended())
        if seen.count < number:
            break
        if note.read_bytes() == OLD + LINE:
            lost.append(after[0])
        else:
            # Of a save after the swap nobody can know that it had seen our line.
            written = "renameat2" not in after and "replace" not in after
            assert note.read_bytes() == THEIRS if written else THEIRS + LINE
        assert not litter(quick)
    assert number > 30
    # Without swaps, a save by rename just before the replacing is lost: see the top of the module.
    may_be_lost = [] if system == {} else ["replace"] if save is not in_place else []
    assert lost in ([], may_be_lost)


@every_system
def test_a_save_that_lasts_over_the_swap_is_kept(root: Path, system: dict[str, bool]) -> None:
    """The editor has opened the file before the swap, and writes to it after."""
    half, go_on = os.pipe()
    children: list[int] = []

    def save() -> None:
        with (root / NOTE).open("wb", buffering=0) as file:
            os.write(go_on, b"x")
            time.sleep(0.1)
            file.write(THEIRS)

    def at(number: int, name: str) -> None:
        if name == ("replace" if system else "renameat2") and not children:
            children.append(in_child(save))
            os.read(half, 1)

    with calls(at, **system):
        assert carry_out(root, NOTE, appended())
    assert [ended(child) for child in children] == [0]
    assert (root / NOTE).read_bytes() == THEIRS + LINE
    assert not litter(root)


@every_system
def test_a_file_that_appears_meanwhile_is_never_overwritten(quick: Path, system: dict[str, bool]) -> None:
    note = quick / "Prospects/New.md"
    appeared = [create_while_it_appears(quick, note, number, system) for number in range(1, 60)]
    assert sum(appeared) > 10
    assert not appeared[-1]


def create_while_it_appears(root: Path, note: Path, number: int, system: dict[str, bool]) -> bool:
    """Make a file, which somebody else makes just before a call, unless it is there by then; whether it was so."""
    appeared = False
    note.unlink(missing_ok=True)

    def at(count: int, name: str) -> None:
        nonlocal appeared
        if count == number and not note.exists():
            appeared = True
            note.write_bytes(THEIRS)

    said = ""
    with calls(at, **system):
        try:
            create_file(root, "Prospects/New.md", OLD)
        except Refused as refusal:
            said = str(refusal)
    assert ("a file of that name exists" in said) == appeared
    assert note.read_bytes() == (THEIRS if appeared else OLD)
    assert not litter(root)
    return appeared


def test_it_is_decided_again_on_what_an_editor_saved(root: Path) -> None:
    seen: list[bytes | None] = []

    def decide(now: bytes | None) -> bytes | None:
        seen.append(now)
        if len(seen) == 1:
            by_rename(root / NOTE, THEIRS)
        if len(seen) == 2:
            in_place(root / NOTE, THEIRS * 2)
        return (now or b"") + LINE

    assert carry_out(root, NOTE, decide)
    assert seen == [OLD, THEIRS, THEIRS * 2]
    assert (root / NOTE).read_bytes() == THEIRS * 2 + LINE


def test_a_file_that_vanishes_meanwhile_is_not_made_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "_GONE_SECONDS", 0.05)

    def decide(now: bytes | None) -> bytes | None:
        (root / NOTE).unlink(missing_ok=True)
        return None if now is None else now + LINE

    assert not carry_out(root, NOTE, decide)
    assert not (root / NOTE).exists()
    assert not litter(root)


def test_a_file_that_comes_back_at_once_was_being_saved(root: Path) -> None:
    seen: list[bytes | None] = []

    def come_back() -> None:
        time.sleep(0.1)
        by_rename(root / NOTE, THEIRS)

    def decide(now: bytes | None) -> bytes | None:
        if not seen:
            (root / NOTE).unlink()
            children.append(in_child(come_back))
        seen.append(now)
        return (now or b"") + LINE

    children: list[int] = []
    assert carry_out(root, NOTE, decide)
    assert seen == [OLD, THEIRS]
    assert [ended(child) for child in children] == [0]


def test_two_saves_in_the_same_moment_are_both_kept(root: Path) -> None:
    """One before the swap, one after it, as if by two editors: it is for the user to say which counts."""
    swaps: list[int] = []

    def at(number: int, name: str) -> None:
        if name == "renameat2":
            swaps.append(number)
            by_rename(root / NOTE, THEIRS)
        elif len(swaps) == 1 and name == "open":
            swaps.append(number)
            by_rename(root / NOTE, OLD * 2)

    with calls(at), pytest.raises(Refused, match="saved twice while it was being changed") as told:
        carry_out(root, NOTE, appended())
    (kept,) = litter(root)
    assert kept in str(told.value)
    assert (root / NOTE).read_bytes() == OLD * 2
    assert (root / NOTE).with_name(kept).read_bytes() == THEIRS
    refused_again = pytest.raises(Refused, match="saved twice while it was being changed")
    with refused_again:
        carry_out(root, NOTE, appended())
    create_file(root, "Prospects/Other.md", OLD)
    (root / NOTE).with_name(kept).unlink()
    assert carry_out(root, NOTE, appended())


class Editor:
    """A process that saves a note again and again, in every way; each save has a number in its first line.

    After each it waits until its save is what the file says, and notes which of our lines it had read.
    """

    def __init__(self, root: Path, saves: int, ways: list[str], seed: int) -> None:
        self.note, self.saves, self.log = root / NOTE, saves, root.parent / "saves"
        self.ways, self.random = ways, random.Random(seed)
        self.log.touch()

    def work(self) -> None:
        with self.log.open("a") as log:
            for number in range(1, self.saves + 1):
                time.sleep(self.random.uniform(0, 0.004))
                buffer = read_again(self.note)
                ours = buffer.split(b"\n", 1)[1]
                self.save(b"save %d\n" % number + ours)
                log.write(f"{number} {','.join(str(one) for one in ours_in(ours))}\n")
                end = time.monotonic() + 20
                while (now := number_of(read_again(self.note))) != number:
                    assert time.monotonic() < end, f"save {number} is lost: the file says {now}"
                    time.sleep(0.0005)

    def save(self, data: bytes) -> None:
        way = self.random.choice(self.ways)
        if way == "slowly":
            with self.note.open("wb", buffering=0) as file:
                half = len(data) // 2
                file.write(data[:half])
                time.sleep(self.random.uniform(0, 0.002))
                file.write(data[half:])
        else:
            SAVES[way](self.note, data)


def read_again(note: Path) -> bytes:
    """The note, once it is whole: in between it may be missing or cut by the editor itself."""
    for _ in range(4000):
        try:
            data = note.read_bytes()
        except FileNotFoundError:
            data = b""
        if data.endswith(b"end\n"):
            return data
        time.sleep(0.0005)
    raise AssertionError(f"never whole: {data!r}")


def number_of(data: bytes) -> int:
    return int(data.split(b"\n", 1)[0].split()[1])


def ours_in(data: bytes) -> list[int]:
    return [int(line.split()[1]) for line in data.splitlines() if line.startswith(b"ours ")]


def against_an_editor(root: Path, saves: int, system: dict[str, bool], seed: int = 1) -> Counter[str]:
    """Carry out changes while an editor saves; no save and no line of ours may be lost. What was counted."""
    note = root / NOTE
    note.write_bytes(b"save 0\nend\n")
    # Without swaps, a save by rename may be lost: see the top of the module.
    editor = Editor(root, saves, ["in place", "slowly"] if system else [*SAVES, "slowly"], seed)
    child = in_child(editor.work)
    counted = Counter(saves=saves)
    decided_on: dict[int, int] = {}
    result = (0, 0)
    with calls(nothing, **system):
        for line in range(1, 1_000_000):
            result = os.waitpid(child, os.WNOHANG)
            if result != (0, 0):
                break
            seen: list[int] = []

            def decide(now: bytes | None, line: int = line, seen: list[int] = seen) -> bytes | None:
                if now is None:
                    return None
                assert now.endswith(b"end\n"), f"decided on a half-written save: {now!r}"
                seen.append(number_of(now))
                if line in ours_in(now):
                    return None  # the editor had read it in the moment before its own save was put back
                return now.removesuffix(b"end\n") + b"ours %d\nend\n" % line

            try:
                if carry_out(root, NOTE, decide):
                    decided_on[line] = seen[-1]
                    counted["changes"] += 1
            except Refused as error:
                # Both are allowed against one that saves every few milliseconds: nothing is lost.
                (what,) = (one for one in ("saved twice", "saved again and again") if one in str(error))
                counted[what] += 1
                for kept in litter(root):
                    note.with_name(kept).unlink()
            counted["decided again"] += max(len(seen) - 1, 0)
        assert carry_out(root, NOTE, appended()), "now that it is at rest"
    assert os.waitstatus_to_exitcode(result[1]) == 0, "a save was lost"
    had_read = {
        int(number): {int(one) for one in ours.split(",") if one}
        for number, _, ours in (line.partition(" ") for line in editor.log.read_text().splitlines())
    }
    left = ours_in(note.read_bytes())
    assert number_of(note.read_bytes()) == saves
    assert len(left) == len(set(left))
    for line, number in decided_on.items():
        # An editor may save over a line that it had not read. Nothing else may take one away.
        overwritten = any(line not in had_read[later] for later in range(number + 1, saves + 1))
        assert line in left or overwritten, f"our line {line} is lost"
        counted["changes saved over"] += line not in left
    assert not litter(root)
    return counted


@every_system
def test_against_an_editor(root: Path, system: dict[str, bool]) -> None:
    counted = against_an_editor(root, 300 if not system else 100, system)
    assert counted["decided again"] > 0


# ---------------------------------------------------------------------- killed


@pytest.mark.parametrize(
    ("system", "end"),
    [*((system, signal.SIGKILL) for system in SYSTEMS.values()), ({}, signal.SIGINT)],
    ids=[*SYSTEMS, "ctrl-c"],
)
def test_killed_at_every_call(quick: Path, system: dict[str, bool], end: signal.Signals) -> None:
    number, code = 0, 1
    while code:
        number += 1
        (quick / NOTE).write_bytes(OLD)
        code = ended(in_child(lambda: killed_at(quick, number, end, system)))  # noqa: B023
        assert (quick / NOTE).read_bytes() in (OLD, OLD + LINE)
        with calls(nothing, **system):
            carry_out(quick, NOTE, appended())
        assert (quick / NOTE).read_bytes() == OLD + LINE
        assert not litter(quick)
    assert number > 30


@every_system
def test_killed_at_every_call_of_making_a_file(quick: Path, system: dict[str, bool]) -> None:
    new, number, code, left_empty = quick / "Prospects/New.md", 0, 1, 0
    while code:
        number += 1
        new.unlink(missing_ok=True)
        work = lambda: killed_at(quick, number, signal.SIGKILL, system, "Prospects/New.md")  # noqa: B023, E731
        code = ended(in_child(work))
        left_empty += new.exists() and new.read_bytes() == b""
        assert not new.exists() or new.read_bytes() in (b"", LINE)
        with calls(nothing, **system):
            carry_out(quick, "Prospects/New.md", lambda now: LINE)
        assert new.read_bytes() == LINE
        assert not litter(quick)
    assert number > 15
    assert left_empty == 0 or system == SYSTEMS["copy"]


def killed_at(
    root: Path,
    number: int,
    end: signal.Signals,
    system: dict[str, bool],
    path: str = NOTE,
    saves: Callable[[int, str], None] = nothing,
) -> None:
    def at(count: int, name: str) -> None:
        saves(count, name)
        if count == number:
            os.kill(os.getpid(), end)

    with calls(at, **system):
        carry_out(root, path, lambda now: LINE if now is None else appended()(now))


@pytest.mark.parametrize("save", [in_place, by_rename])
def test_killed_after_a_save(quick: Path, save: Callable[[Path, bytes], None]) -> None:
    """The editor saves just before the swap, and every call after it is the last."""
    with calls(nothing) as seen:
        carry_out(quick, NOTE, appended())
    for number in range(1, seen.count):
        saved_and_killed(quick, save, None, number)


def saved_and_killed(root: Path, save: Callable[[Path, bytes], None], at: int | None, number: int) -> None:
    """A save before call ``at`` (None: before the first swap), the end at call ``number``."""
    (root / NOTE).write_bytes(OLD)
    done = root.parent / "saved"
    done.unlink(missing_ok=True)

    def saves(count: int, name: str) -> None:
        if not done.exists() and (name == "renameat2" if at is None else count == at):
            save(root / NOTE, THEIRS)
            done.touch()

    ended(in_child(lambda: killed_at(root, number, signal.SIGKILL, {}, saves=saves)))
    carry_out(root, NOTE, appended())
    after = (root / NOTE).read_bytes()
    assert after == (THEIRS if done.exists() else OLD) + LINE
    assert not litter(root)


def killed_at_random(root: Path, kills: int, system: dict[str, bool], seed: int = 1) -> Counter[str]:
    """Kill a process that appends lines, and look at what the next one makes of it. What was counted."""
    chosen = random.Random(seed)
    note = root / NOTE
    note.write_bytes(OLD)
    counted: Counter[str] = Counter(kills=kills)
    with calls(nothing, **system):
        for kill in range(kills):
            before = note.read_bytes()
            told, tell = os.pipe()

            def work(kill: int = kill, tell: int = tell) -> None:
                for number in range(1000):
                    assert carry_out(root, NOTE, appended(b"%d.%d\n" % (kill, number)))
                    os.write(tell, b"%d.%d\n" % (kill, number))

            child = in_child(work)
            os.close(tell)
            time.sleep(chosen.uniform(0.002, 0.012))
            os.kill(child, signal.SIGKILL)
            assert ended(child) == -signal.SIGKILL
            with os.fdopen(told, "rb") as file:
                claimed = file.read().splitlines(keepends=True)
            counted["left a temporary file"] += bool(litter(root))
            counted["lines claimed"] += len(claimed)
            assert carry_out(root, NOTE, appended(b"%d.next\n" % kill))
            after = note.read_bytes()
            assert not litter(root)
            assert after.startswith(before)
            *added, last = after.removeprefix(before).splitlines(keepends=True)
            assert last == b"%d.next\n" % kill
            # All that were claimed, each once, and at most one that was being written.
            assert added[: len(claimed)] == claimed
            assert added[len(claimed) :] in ([], [b"%d.%d\n" % (kill, len(claimed))])
    return counted


@pytest.mark.parametrize(("system", "kills"), [({}, 80), ({"swaps": False}, 30)], ids=["swap", "link"])
def test_killed_at_random_moments(root: Path, system: dict[str, bool], kills: int) -> None:
    assert killed_at_random(root, kills, system)["left a temporary file"] > kills // 20


def test_what_is_left_in_the_folder_is_dealt_with_for_other_notes_too(root: Path) -> None:
    note = root / NOTE
    other = write._Beside(b"Other.md", disk.digest(OLD), disk.digest(THEIRS))
    for path, data in (
        (other.name, b"an editor's save"),
        (b".Other.md.followup-01234567.tmp", b"unfinished"),
        (b".Gone.md.followup-01234567.tmp", b"unfinished"),
        (b".Note.followup-0123456.tmp", b"somebody else's"),
    ):
        note.with_name(path.decode()).write_bytes(data)
    note.with_name("Other.md").write_bytes(THEIRS)
    assert carry_out(root, NOTE, appended())
    assert names(note.parent) == [".Note.followup-0123456.tmp", "Dana Okafor.md", "Other.md"]
    assert note.with_name("Other.md").read_bytes() == b"an editor's save"


def test_what_is_left_and_cannot_be_read_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = root / NOTE
    left = write._Beside(note.name.encode(), disk.digest(OLD), disk.digest(THEIRS)).name
    note.with_name(left.decode()).write_bytes(b"an editor's save")

    def fails(folder: int, name: bytes) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "digest_at", fails)
        patch.setattr(write, "_swap", fails)
        with pytest.raises(Refused, match=r"\.tmp was left beside it, and cannot be read \(Input/output error\)"):
            carry_out(root, NOTE, appended())
    assert note.read_bytes() == OLD


def test_a_second_name_that_was_left_is_removed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while the file is being saved in place, and the digests say nothing."""
    left = write._Beside(b"Dana Okafor.md", disk.digest(OLD), disk.digest(OLD + LINE))
    (root / NOTE).with_name(left.name.decode()).hardlink_to(root / NOTE)
    monkeypatch.setattr(write, "_BUSY_SECONDS", 0.02)
    with (root / NOTE).open("wb", buffering=0) as file:
        file.write(THEIRS)
        with pytest.raises(Refused, match="open for writing"):
            carry_out(root, NOTE, appended())
    assert not litter(root)
    assert carry_out(root, NOTE, appended())


def test_without_a_lock_what_is_young_is_left_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_lock", lambda *given: False)
    left = (root / NOTE).with_name(".Dana Okafor.md.followup-01234567.tmp")
    left.write_bytes(b"of a command that may still be running")
    assert carry_out(root, NOTE, appended())
    assert left.exists()
    monkeypatch.setattr(write, "_LEFT_SECONDS", 0)
    assert not carry_out(root, NOTE, appended())
    assert not left.exists()


# ---------------------------------------------------------------------- the disk fails


ERRORS = [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: errno.errorcode[error])
@pytest.mark.parametrize("path", [NOTE, "Prospects/New.md"], ids=["old", "new"])
@every_system
def test_each_call_fails_once(quick: Path, system: dict[str, bool], path: str, error: int) -> None:
    outcomes: Counter[str] = Counter()
    while not outcomes["not called"]:
        outcomes[fails_once(quick, outcomes.total() + 1, system, path, error)] += 1
    assert outcomes["refused"] > 7


def fails_once(root: Path, number: int, system: dict[str, bool], path: str, error: int) -> str:
    """Have one call fail. Afterwards the file is what is said of it, and no temporary file stays."""
    note, old = root / path, OLD if path == NOTE else None
    new = (old or b"") + LINE
    note.unlink(missing_ok=True)
    if old is not None:
        note.write_bytes(old)
    failed, said = "", ""

    def at(count: int, name: str) -> None:
        nonlocal failed
        if count == number:
            failed = name
            raise OSError(error, os.strerror(error))

    def decide(now: bytes | None) -> bytes | None:
        return None if now == new else (now or b"") + LINE

    with calls(at, **system):
        try:
            assert carry_out(root, path, decide)
        except Refused as refusal:
            said = str(refusal)
            assert said.startswith(f"{path}: ")
            assert "; " in said
    now = note.read_bytes() if note.exists() else None
    # Where it was changed but not confirmed, that is what is said.
    written = not said or "it was changed" in said or "it was written" in said
    assert now == (new if written else old), (said, failed)
    assert failed == "unlink" or not litter(root), failed
    assert carry_out(root, path, decide) != written
    assert note.read_bytes() == new
    assert not litter(root)
    return "refused" if said else "written" if failed else "not called"


@pytest.mark.parametrize("path", [NOTE, "Prospects/New.md"], ids=["old", "new"])
@every_system
def test_the_disk_fails_and_goes_on_failing(quick: Path, system: dict[str, bool], path: str) -> None:
    note, number, failed = quick / path, 0, True
    old = OLD if path == NOTE else None
    while failed:
        number += 1
        note.unlink(missing_ok=True)
        if old is not None:
            note.write_bytes(old)
        failed = False

        def at(count: int, name: str, number: int = number) -> None:
            nonlocal failed
            if count >= number:
                failed = True
                raise OSError(errno.EIO, "the disk is gone")

        with calls(at, **system), suppress(Refused):
            carry_out(quick, path, lambda now: (now or b"") + LINE)
        now = note.read_bytes() if note.exists() else None
        assert now in (old, (old or b"") + LINE) or (now == b"" and system == SYSTEMS["copy"])
        carry_out(quick, path, lambda now: LINE if now is None else None if LINE in now else now + LINE)
        assert note.read_bytes() == (old or b"") + LINE
        assert not litter(quick)


@every_system
def test_what_the_disk_does_not_confirm_is_not_called_written(root: Path, system: dict[str, bool]) -> None:
    for wanted in (1, 2):
        synced = 0

        def at(number: int, name: str, wanted: int = wanted) -> None:
            nonlocal synced
            synced += name == "fsync"
            if name == "fsync" and synced == wanted:
                raise OSError(errno.EIO, "Input/output error")

        with calls(at, **system), pytest.raises(Refused, match="Input/output error"):
            carry_out(root, NOTE, appended())
        assert (root / NOTE).read_bytes() == OLD
        assert not litter(root)


def test_bytes_are_written_to_the_last_though_the_system_takes_few_at_a_time(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    with calls(nothing) as seen:
        monkeypatch.setattr(seen, "write", lambda handle, data: real(handle, data[:7]), raising=False)
        assert carry_out(root, NOTE, appended())
    assert (root / NOTE).read_bytes() == OLD + LINE


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk(root: Path) -> None:
    with mounted(root.parent / "small", "size=256k") as small:
        vault = a_vault(small / "vault")
        page = os.sysconf("SC_PAGE_SIZE")
        for free in range(4):
            filler = small / "filler"
            try:
                with filler.open("wb", buffering=0) as file:
                    while True:
                        file.write(b"x" * page)
            except OSError:
                os.truncate(filler, filler.stat().st_size // page * page - free * page)
            refused(vault, NOTE, "the disk is full") if free < 1 else None
            with pytest.raises(Refused, match="the disk is full, so nothing was changed; make room"):
                carry_out(vault, NOTE, lambda now: (now or b"") + b"x" * 5 * page)
            with pytest.raises(Refused, match="the disk is full, so nothing was changed; make room"):
                carry_out(vault, "Prospects/New.md", lambda now: b"x" * 5 * page)
            assert (vault / NOTE).read_bytes() == OLD
            assert names(vault / "Prospects") == ["Dana Okafor.md"]
            filler.unlink()
        assert carry_out(vault, NOTE, appended())


def test_a_read_only_drive(root: Path) -> None:
    with mounted(root.parent / "small", "size=256k") as small:
        vault = a_vault(small / "vault")
        subprocess.run(["mount", "-o", "remount,ro", small], check=True)
        refused(vault, NOTE, "read-only")
        refused(vault, "Prospects/New.md", "a drive that is read-only")
