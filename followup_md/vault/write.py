"""Changing a file so that it is the old one or the new one at every moment, and nobody's save is lost.

``carry_out`` does it: alone in the vault it reads the file, has it decided what the new bytes are,
writes them to a hidden file beside it, and swaps the two. What came out of the swap is looked at.
If it is not what was read, an editor saved in between: its version is put back, and it is decided anew.

The hidden file is called ``.NAME.followup-TOKEN.tmp`` while it is written, and once it is whole
``.NAME.followup-TOKEN-READ-NEW.tmp``, with the digests of what was read and of what is new. So
the next command can tell what one that was killed has left, and nothing is lost:

- Before it was whole: it has no digests, and what has none was never swapped. It is removed.
- Whole, before the swap: it is NEW, nobody was told that this is written, and the file itself is untouched.
  It is removed.
- After the swap, before the look: if it is READ, it is removed, for the file holds what was made of it. If
  it is anything else, it is an editor's save. It is put back while the file still is NEW; otherwise the
  file was saved again, so both are kept, and ``Refused`` names them.
- After the look, before the removal: it is READ, and removed.

Where two files cannot be swapped (exFAT, some network drives, macOS), a second name is given to the old
file and the new one is put over the first. That second name is looked at in the same way, so a save in
place is not lost there either. A save by rename is, if it comes in the microseconds between the last
look and the replacing. Where there are no second names either, a copy is kept: there a save in place can be
lost too, if this command is killed in that moment.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from followup_md.digest import blake2b
from followup_md.errors import ChangedMeanwhile, Refused, VaultBusy
from followup_md.vault import disk
from followup_md.vault.lock import locked

_BUSY_SECONDS = 10.0
_GONE_SECONDS = 1.0
_REST_SECONDS = 2.0
_ATTEMPTS = 30
_LEFT_SECONDS = 60.0

_OPEN_ELSEWHERE = "another program has it open for writing; close it there, and run the command again"

_LONGEST_NAME = 80  # and 57 bytes more: some encrypted drives take no name beyond 143
_BESIDE = re.compile(
    rb"\.(?P<of>.+)\.followup-(?P<token>[0-9a-f]{8})(?:-(?P<read>[0-9a-f]{16})-(?P<new>[0-9a-f]{16}))?\.tmp", re.DOTALL
)


class _Beside(Struct, frozen=True):
    """A temporary file: of which file (its name, cut if long), and the digests of what was read and is new."""

    of: bytes
    read: bytes = b""
    new: bytes = b""
    token: bytes = field(default_factory=lambda: os.urandom(4).hex().encode())

    @property
    def name(self) -> bytes:
        return b".%b.followup-%b%b.tmp" % (self.of, self.token, b"-%b-%b" % (self.read, self.new) if self.new else b"")


# ---------------------------------------------------------------------- what others call


def read_or_none(root: Path, path: str) -> bytes | None:
    """A file's bytes, once nobody is writing it; None where there is no such file.

    Raises ``Refused`` for what is no plain file, and ``ChangedMeanwhile`` for one that does not come to rest.
    """
    try:
        with disk.opened(root, path) as place:
            end = time.monotonic() + _REST_SECONDS
            while (seen := disk.read(place)) is not None and not seen.at_rest:
                if time.monotonic() > end:
                    raise ChangedMeanwhile(f"{path}: {_OPEN_ELSEWHERE}")
                time.sleep(0.01)
            return None if seen is None else seen.data
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(
            f"{path}: it cannot be read ({error.strerror}), so it is not written either; check its rights"
        ) from None


def carry_out(root: Path, path: str, decide: Callable[[bytes | None], bytes | None], wait: float | None = None) -> bool:
    """Change a file to what ``decide`` makes of its bytes (None: there is no such file).

    Returns True when the new bytes are on disk, and False where ``decide`` returned None or the same
    bytes. ``decide`` may raise ``Refused``. It is called again if the file is saved meanwhile, so it must
    depend on the bytes alone, and it must not carry out another change. ``wait`` is for how many seconds another
    program may be at work on the file. Raises ``Refused`` where the change would not be safe, cannot be made, or
    where the file does not come to rest.
    """
    try:
        with ExitStack() as stack:
            alone = stack.enter_context(locked(root, path))
            try:
                place = stack.enter_context(disk.opened(root, path))
            except FileNotFoundError:
                if decide(None) is None:
                    return False
                raise Refused(f"{path}: its folder does not exist; make it first") from None
            return _carry_out(place, decide, alone, _BUSY_SECONDS if wait is None else wait)
    except OSError as error:
        raise Refused(f"{path}: {_said(error)}") from None


def replace_file(root: Path, path: str, new: bytes, read: bytes | None) -> None:
    """Write a file whole, if it is still what was ``read`` (None: if there is still none).

    Raises ``Refused`` where the file changed meanwhile or cannot be written.
    """

    def decide(now: bytes | None) -> bytes:
        if now != read:
            raise changed_meanwhile(path)
        return new

    carry_out(root, path, decide)


def changed_meanwhile(path: str) -> ChangedMeanwhile:
    """What is told of a file that is no longer what was read."""
    return ChangedMeanwhile(f"{path}: it was changed meanwhile, so nothing was written; run the command again")


def create_file(root: Path, path: str, new: bytes) -> None:
    """Write a file that does not exist yet, and its folder if there is none.

    Raises ``Refused`` where something of that name exists.
    """

    def decide(now: bytes | None) -> bytes:
        if now is not None:
            raise Refused(f"{path}: a file of that name exists, so nothing was written; edit it, or move it away first")
        return new

    disk.make_folder(root, path)
    carry_out(root, path, decide)


# ---------------------------------------------------------------------- the change


def _carry_out(place: disk.Place, decide: Callable[[bytes | None], bytes | None], alone: bool, wait: float) -> bool:
    was_there = False
    for attempt in range(_ATTEMPTS):
        time.sleep(0.001 * attempt)
        seen = _read_at_rest(place, alone, was_there, wait)
        was_there = was_there or seen is not None
        new = decide(None if seen is None else seen.data)
        if new is None or (seen is not None and new == seen.data):
            return False
        if seen is None:
            done = _create(place, new)
        else:
            _refuse_protected(place, seen)
            done = _change(place, seen, new)
        if done:
            return True
    raise Refused(f"{place.path}: it is saved again and again by another program; run the command when that is done")


def _read_at_rest(place: disk.Place, alone: bool, was_there: bool, wait: float) -> disk.Seen | None:
    """The file, once nobody is at work on it and what a killed command left is dealt with.

    A file that ``was_there`` and is gone gets a moment to come back: some editors save that way.
    """
    start = time.monotonic()
    while True:
        waited = time.monotonic() - start
        if not (busy := _busy(place)):
            _settle_all(place, alone)
            seen = disk.read(place)
            if seen is None and (not was_there or waited > _GONE_SECONDS):
                return None
            if seen is not None and seen.at_rest:
                return seen
            busy = Refused(f"{place.path}: {_OPEN_ELSEWHERE}")
        if waited > wait:
            raise busy
        time.sleep(0.01)


def _busy(place: disk.Place) -> Refused | None:
    """Which program is about to replace the file, and what to do; None where none is."""
    if disk.exists(place.root, b".git/index.lock"):
        return VaultBusy(
            f"{place.path}: git is at work in this vault; wait for it, or remove .git/index.lock if no git runs"
        )
    name = place.name if len(place.name) <= 145 else blake2b(place.name, digest_size=32).hexdigest().encode()
    for coming in (b".syncthing.%b.tmp" % name, b"~syncthing~%b.tmp" % name):
        if disk.exists(place.folder, coming):
            return Refused(
                f"{place.path}: Syncthing is fetching a new version of it ({disk.shown(coming)}); "
                "wait for it, and run the command again"
            )
    return None


def _refuse_protected(place: disk.Place, seen: disk.Seen) -> None:
    if seen.status.st_nlink > 1:
        raise Refused(
            f"{place.path}: it has {seen.status.st_nlink} names (hard links), and the others would keep the old text; "
            "put a copy in its place first"
        )
    may_write = seen.status.st_mode & 0o222 and os.access(place.name, os.W_OK, dir_fd=place.folder)
    if not may_write and disk.same(seen.status, disk.status_or_none(place.folder, place.name)):
        raise Refused(f"{place.path}: it is read-only, so it was not changed; allow writing to it first")


def _change(place: disk.Place, seen: disk.Seen, new: bytes) -> bool:
    """Put new bytes in the place of those seen. False where the file is no longer what was seen."""
    beside = _Beside(_short(place.name), disk.digest(seen.data), disk.digest(new))
    _write_beside(place, beside, new, seen)
    done = False
    try:
        if not _busy(place):
            done = _swap(place, beside)
    finally:
        if not done:
            _settle(place, beside)
    return done


def _swap(place: disk.Place, beside: _Beside) -> bool:
    try:
        disk.rename(place.folder, beside.name, place.name, disk.EXCHANGE)
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno in disk.UNSUPPORTED:
            return _put_over(place, beside)
        raise
    return _confirm(place, beside)


def _put_over(place: disk.Place, beside: _Beside) -> bool:
    """``_swap`` for file systems that cannot: the old file gets a second name, or a copy, first."""
    kept = _Beside(beside.of, beside.read, beside.new)
    put = done = False
    with ExitStack() as stack:
        try:
            held = disk.open_at(stack, place.name, disk.FILE, place.folder)
            linked = _keep(place, held, kept)
            if disk.digest_of(held) != kept.read or not disk.same(
                os.fstat(held), disk.status(place.folder, place.name)
            ):
                return False
            put = True
            os.replace(beside.name, place.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)
            done = _confirm(place, kept, None if linked else held)
        except FileNotFoundError:
            return False
        finally:
            if not put:
                _remove(place, kept)
            elif not done:
                _settle(place, kept)
    return done


def _keep(place: disk.Place, held: int, kept: _Beside) -> bool:
    """Give the file a second name; False where it got a copy, since there are no second names."""
    try:
        os.link(place.name, kept.name, src_dir_fd=place.folder, dst_dir_fd=place.folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in disk.NO_LINKS:
            raise
        _copy(place, held, kept)
        return False
    return True


def _copy(place: disk.Place, held: int, kept: _Beside) -> None:
    """Write a copy, over one that is there."""
    os.lseek(held, 0, os.SEEK_SET)
    seen = disk.seen(held, place.path)
    _write_beside(place, kept, seen.data, seen)


def _confirm(place: disk.Place, old: _Beside, copied: int | None = None) -> bool:
    """Make the change last, if the old file is what was read; False where an editor had saved it.

    It is looked at before the sync, so that such a save is out of effect for a moment only, and after it.
    Where the disk fails, the old file is put back. ``copied`` is what ``old`` is a copy of, if it is one.
    """
    try:
        if copied is not None and disk.digest_of(copied) != old.read:
            _wait_for_the_end(copied)
            _copy(place, copied, old)
        for synced in (False, True):
            if synced:
                disk.sync(place.folder)
            if disk.digest_at(place.folder, old.name) != old.read and disk.exists(place.folder, old.name):
                return False  # what is not there any more was dealt with by another command
    except OSError as error:
        back = False
        with suppress(OSError):
            back = _put_back(place, old)
        if back:
            raise
        raise Refused(
            f"{place.path}: it was changed, but the disk did not confirm it ({error.strerror}); "
            "look at it before you run the command again"
        ) from None
    _remove(place, old)
    return True


def _wait_for_the_end(handle: int) -> None:
    """Wait, within bounds, until nobody writes to a file."""
    end = time.monotonic() + _BUSY_SECONDS
    while disk.is_being_written(handle) and time.monotonic() < end:
        time.sleep(0.01)


def _create(place: disk.Place, new: bytes) -> bool:
    """Write a file where there was none. False where there is one now."""
    beside = _Beside(_short(place.name))
    _write_beside(place, beside, new, None)
    try:
        _put_new(place, beside)
    except FileExistsError:
        return False
    finally:
        _remove(place, beside)
    try:
        disk.sync(place.folder)
    except OSError as error:
        raise Refused(
            f"{place.path}: it was written, but the disk did not confirm it ({error.strerror}); "
            "look at it before you run the command again"
        ) from None
    return True


def _put_new(place: disk.Place, beside: _Beside) -> None:
    """Give a new file its name. Raises ``FileExistsError`` where that is taken."""
    try:
        disk.rename(place.folder, beside.name, place.name, disk.NOREPLACE)
    except OSError as error:
        if error.errno not in disk.UNSUPPORTED:
            raise
    else:
        return
    try:
        os.link(beside.name, place.name, src_dir_fd=place.folder, dst_dir_fd=place.folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in disk.NO_LINKS:
            raise
    else:
        return
    # What is left is to take the name with an empty file and to put the whole one over it.
    disk.close(os.open(place.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | disk.NO_FOLLOW, 0o600, dir_fd=place.folder))
    try:
        os.replace(beside.name, place.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)
    except OSError:
        if disk.status(place.folder, place.name).st_size == 0:
            os.unlink(place.name, dir_fd=place.folder)
        raise


# ---------------------------------------------------------------------- what was left


def _settle_all(place: disk.Place, alone: bool) -> None:
    """Deal with what killed commands left in the folder.

    Raises ``Refused`` where an editor's version of the file is among it and only the user can decide.
    Without a lock, what is young may belong to a command that is still running.
    """
    with os.scandir(place.folder) as listing:
        entries = [os.fsencode(entry.name) for entry in listing]
    left = [found for entry in entries if b".followup-" in entry and (found := _BESIDE.fullmatch(entry))]
    names = {_short(entry): entry for entry in entries} if left else {}
    for found in left:
        old = _Beside(found["of"], found["read"] or b"", found["new"] or b"", found["token"])
        owner = replace(place, name=names.get(old.of, old.of))
        try:
            if not alone and time.time() - disk.status(place.folder, old.name).st_ctime < _LEFT_SECONDS:
                continue
            settled = _settled(owner, old)
        except FileNotFoundError:
            continue
        except OSError as error:
            if old.of != _short(place.name):
                continue
            raise Refused(
                f"{place.path}: {disk.shown(old.name)} was left beside it, and cannot be read ({error.strerror}); "
                "check its rights, and run the command again"
            ) from None
        if not settled and old.of == _short(place.name):
            raise _kept_both(place, old)


def _settle(place: disk.Place, old: _Beside) -> None:
    """Deal with a temporary file of this command."""
    try:
        settled = _settled(place, old)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Refused(
            f"{place.path}: it cannot be written ({error.strerror}), and {disk.shown(old.name)} is left beside it; "
            "check the disk, and run the command again: that deals with it"
        ) from None
    if not settled:
        raise _kept_both(place, old)


def _settled(place: disk.Place, old: _Beside) -> bool:
    """Remove a temporary file or put it back; False where it has to stay. See the top of the module."""
    status = disk.status(place.folder, old.name)
    if not old.new or disk.same(status, disk.status_or_none(place.folder, place.name)):
        if stat.S_ISREG(status.st_mode):
            _remove(place, old)
        return True
    digest = disk.digest_at(place.folder, old.name)
    if digest and digest in (old.read, old.new, disk.digest_at(place.folder, place.name)):
        _remove(place, old)
        return True
    return _put_back(place, old)


def _put_back(place: disk.Place, old: _Beside) -> bool:
    """Put the old file in the place of the new one; False where that is no longer what stands there."""
    if disk.digest_at(place.folder, place.name) != old.new:
        return False
    try:
        disk.rename(place.folder, old.name, place.name, disk.EXCHANGE)
    except OSError as error:
        if error.errno not in disk.UNSUPPORTED:
            raise
        os.replace(old.name, place.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)
        return True
    if disk.digest_at(place.folder, old.name) != old.new:
        # It was saved a second time just now, and the later save is the one that counts.
        disk.rename(place.folder, old.name, place.name, disk.EXCHANGE)
        return False
    _remove(place, old)
    return True


def _kept_both(place: disk.Place, old: _Beside) -> Refused:
    return Refused(
        f"{place.path}: it was saved twice while it was being changed, and the other version lies beside it as "
        f"{disk.shown(old.name)}; take from that what you need, and remove it"
    )


# ---------------------------------------------------------------------- the temporary file


def _write_beside(place: disk.Place, beside: _Beside, new: bytes, like: disk.Seen | None) -> None:
    """Write a temporary file, on disk when this returns. It is never open to more people than the file itself."""
    unfinished = replace(beside, read=b"", new=b"")
    how = os.O_WRONLY | os.O_CREAT | os.O_EXCL | disk.NO_FOLLOW
    handle = os.open(unfinished.name, how, 0o600 if like else 0o666, dir_fd=place.folder)
    try:
        try:
            left = memoryview(new)
            while left:
                left = left[os.write(handle, left) :]
            if like:
                disk.make_alike(handle, like)
            os.fsync(handle)
        finally:
            os.close(handle)
        if beside.new:
            os.rename(unfinished.name, beside.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)
    except BaseException:
        _remove(place, unfinished)
        raise


def _remove(place: disk.Place, beside: _Beside) -> None:
    """Remove a temporary file; what cannot be removed now is left to the next command."""
    with suppress(OSError):
        os.unlink(beside.name, dir_fd=place.folder)


def _short(name: bytes) -> bytes:
    """The part of a temporary file's name that says whose it is."""
    if len(name) <= _LONGEST_NAME:
        return name
    return name[:60].decode("utf-8", "ignore").encode() + b"~" + disk.digest(name)


def _said(error: OSError) -> str:
    """What went wrong, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full, so nothing was changed; make room, and run the command again"
    if error.errno == errno.EROFS:
        return "it lies on a drive that is read-only, so nothing was changed; make that writable first"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"it cannot be written ({error.strerror}); check the rights of the file and of its folder"
    return f"it cannot be written ({error.strerror}), so nothing was changed; check the disk, and run the command again"
