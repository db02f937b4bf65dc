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
import secrets
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import blake2b, sha256
from pathlib import Path

from followup_md.errors import ChangedMeanwhile, Refused, VaultBusy
from followup_md.vault.state import state_file

MOST_BYTES = 64 * 1024 * 1024  # DUE.md of a large vault is longer than a note may be

_LOCK_SECONDS = 30.0
_BUSY_SECONDS = 10.0
_GONE_SECONDS = 1.0
_ATTEMPTS = 30
_LEFT_SECONDS = 60.0

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_FILE = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)

_NOREPLACE, _EXCHANGE = 1, 2
_UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
_NO_LINKS = _UNSUPPORTED | {errno.EPERM, errno.EMLINK, errno.EACCES}
_NOT_COPIED = _UNSUPPORTED | {errno.EPERM, errno.EACCES, getattr(errno, "ENODATA", errno.EPERM)}
_ACL = "system.posix_acl_access"

#: ext2 to 4, xfs, btrfs, tmpfs, overlayfs, exFAT, FAT: a lease is refused for a writer's sake. NFS and SMB refuse for
#: reasons of their own.
_LEASES = frozenset({0xEF53, 0x58465342, 0x9123683E, 0x01021994, 0x794C7630, 0x2011BAB0, 0x4D44})

_LONGEST_NAME = 80  # and 57 bytes more: some encrypted drives take no name beyond 143
_BESIDE = re.compile(
    rb"\.(?P<of>.+)\.followup-(?P<token>[0-9a-f]{8})(?:-(?P<read>[0-9a-f]{16})-(?P<new>[0-9a-f]{16}))?\.tmp", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a file is: the open folders of the vault and of the file, and its name there."""

    root: int
    folder: int
    name: bytes
    path: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was read: its bytes, what else is copied to the new one, and whether it is at rest."""

    data: bytes
    status: os.stat_result
    attributes: dict[str, bytes]
    at_rest: bool


@dataclass(frozen=True, slots=True)
class _Beside:
    """A temporary file: of which file (its name, cut if long), and the digests of what was read and is new."""

    of: bytes
    read: bytes = b""
    new: bytes = b""
    token: bytes = field(default_factory=lambda: secrets.token_hex(4).encode())

    @property
    def name(self) -> bytes:
        return b".%b.followup-%b%b.tmp" % (self.of, self.token, b"-%b-%b" % (self.read, self.new) if self.new else b"")


# ---------------------------------------------------------------------- what others call


def read_or_none(root: Path, path: str) -> bytes | None:
    """A file's bytes; None where there is no such file. Raises ``Refused`` for what is no plain file."""
    try:
        with _opened(root, path) as place:
            seen = _read(place)
            return None if seen is None else seen.data
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(
            f"{path}: it cannot be read ({error.strerror}), so it is not written either; check its rights"
        ) from None


def carry_out(root: Path, path: str, decide: Callable[[bytes | None], bytes | None]) -> bool:
    """Change a file to what ``decide`` makes of its bytes (None: there is no such file).

    Returns True when the new bytes are on disk, and False where ``decide`` returned None or the same
    bytes. ``decide`` may raise ``Refused``. It is called again if the file is saved meanwhile, so it must
    depend on the bytes alone, and it must not carry out another change. Raises ``Refused`` where the
    change would not be safe, cannot be made, or where the file does not come to rest.
    """
    try:
        with ExitStack() as stack:
            alone = stack.enter_context(_locked(root, path))
            try:
                place = stack.enter_context(_opened(root, path))
            except FileNotFoundError:
                if decide(None) is None:
                    return False
                raise Refused(f"{path}: its folder does not exist; make it first") from None
            return _carry_out(place, decide, alone)
    except OSError as error:
        raise Refused(f"{path}: {_said(error)}") from None


def replace_file(root: Path, path: str, new: bytes, read: bytes | None) -> None:
    """Write a file whole, if it is still what was ``read`` (None: if there is still none).

    Raises ``Refused`` where the file changed meanwhile or cannot be written.
    """

    def decide(now: bytes | None) -> bytes:
        if now != read:
            raise ChangedMeanwhile(f"{path}: it was changed meanwhile, so nothing was written; run the command again")
        return new

    carry_out(root, path, decide)


def create_file(root: Path, path: str, new: bytes) -> None:
    """Write a file that does not exist yet, and its folder if there is none.

    Raises ``Refused`` where something of that name exists.
    """

    def decide(now: bytes | None) -> bytes:
        if now is not None:
            raise Refused(f"{path}: a file of that name exists, so nothing was written; edit it, or move it away first")
        return new

    _make_folder(root, path)
    carry_out(root, path, decide)


# ---------------------------------------------------------------------- the change


def _carry_out(place: _Place, decide: Callable[[bytes | None], bytes | None], alone: bool) -> bool:
    was_there = False
    for attempt in range(_ATTEMPTS):
        time.sleep(0.001 * attempt)
        seen = _read_at_rest(place, alone, was_there)
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


def _read_at_rest(place: _Place, alone: bool, was_there: bool) -> _Seen | None:
    """The file, once nobody is at work on it and what a killed command left is dealt with.

    A file that ``was_there`` and is gone gets a moment to come back: some editors save that way.
    """
    start = time.monotonic()
    while True:
        waited = time.monotonic() - start
        if not (busy := _busy(place)):
            _settle_all(place, alone)
            seen = _read(place)
            if seen is None and (not was_there or waited > _GONE_SECONDS):
                return None
            if seen is not None and seen.at_rest:
                return seen
            busy = Refused(
                f"{place.path}: another program has it open for writing; close it there, and run the command again"
            )
        if waited > _BUSY_SECONDS:
            raise busy
        time.sleep(0.01)


def _busy(place: _Place) -> Refused | None:
    """Which program is about to replace the file, and what to do; None where none is."""
    if _exists(place.root, b".git/index.lock"):
        return VaultBusy(
            f"{place.path}: git is at work in this vault; wait for it, or remove .git/index.lock if no git runs"
        )
    name = place.name if len(place.name) <= 145 else sha256(place.name).hexdigest().encode()
    for coming in (b".syncthing.%b.tmp" % name, b"~syncthing~%b.tmp" % name):
        if _exists(place.folder, coming):
            return Refused(
                f"{place.path}: Syncthing is fetching a new version of it ({_text(coming)}); "
                "wait for it, and run the command again"
            )
    return None


def _refuse_protected(place: _Place, seen: _Seen) -> None:
    if seen.status.st_nlink > 1:
        raise Refused(
            f"{place.path}: it has {seen.status.st_nlink} names (hard links), and the others would keep the old text; "
            "put a copy in its place first"
        )
    may_write = seen.status.st_mode & 0o222 and os.access(place.name, os.W_OK, dir_fd=place.folder)
    if not may_write and _same(seen.status, _status_or_none(place.folder, place.name)):
        raise Refused(f"{place.path}: it is read-only, so it was not changed; allow writing to it first")


def _change(place: _Place, seen: _Seen, new: bytes) -> bool:
    """Put new bytes in the place of those seen. False where the file is no longer what was seen."""
    beside = _Beside(_short(place.name), _digest(seen.data), _digest(new))
    _write_beside(place, beside, new, seen)
    done = False
    try:
        if not _busy(place):
            done = _swap(place, beside)
    finally:
        if not done:
            _settle(place, beside)
    return done


def _swap(place: _Place, beside: _Beside) -> bool:
    try:
        _rename(place.folder, beside.name, place.name, _EXCHANGE)
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno in _UNSUPPORTED:
            return _put_over(place, beside)
        raise
    return _confirm(place, beside)


def _put_over(place: _Place, beside: _Beside) -> bool:
    """``_swap`` for file systems that cannot: the old file gets a second name, or a copy, first."""
    kept = _Beside(beside.of, beside.read, beside.new)
    put = done = False
    with ExitStack() as stack:
        try:
            held = _open(stack, place.name, _FILE, place.folder)
            linked = _keep(place, held, kept)
            if _digest_of(held) != kept.read or not _same(os.fstat(held), _status(place.folder, place.name)):
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


def _keep(place: _Place, held: int, kept: _Beside) -> bool:
    """Give the file a second name; False where it got a copy, since there are no second names."""
    try:
        os.link(place.name, kept.name, src_dir_fd=place.folder, dst_dir_fd=place.folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _copy(place, held, kept)
        return False
    return True


def _copy(place: _Place, held: int, kept: _Beside) -> None:
    """Write a copy, over one that is there."""
    os.lseek(held, 0, os.SEEK_SET)
    seen = _seen(held, place.path)
    _write_beside(place, kept, seen.data, seen)


def _confirm(place: _Place, old: _Beside, copied: int | None = None) -> bool:
    """Make the change last, if the old file is what was read; False where an editor had saved it.

    It is looked at before the sync, so that such a save is out of effect for a moment only, and after it.
    Where the disk fails, the old file is put back. ``copied`` is what ``old`` is a copy of, if it is one.
    """
    try:
        if copied is not None and _digest_of(copied) != old.read:
            _wait_for_the_end(copied)
            _copy(place, copied, old)
        for synced in (False, True):
            if synced:
                _sync(place.folder)
            if _digest_at(place.folder, old.name) != old.read and _exists(place.folder, old.name):
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
    while _is_being_written(handle) and time.monotonic() < end:
        time.sleep(0.01)


def _create(place: _Place, new: bytes) -> bool:
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
        _sync(place.folder)
    except OSError as error:
        raise Refused(
            f"{place.path}: it was written, but the disk did not confirm it ({error.strerror}); "
            "look at it before you run the command again"
        ) from None
    return True


def _put_new(place: _Place, beside: _Beside) -> None:
    """Give a new file its name. Raises ``FileExistsError`` where that is taken."""
    try:
        _rename(place.folder, beside.name, place.name, _NOREPLACE)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
    else:
        return
    try:
        os.link(beside.name, place.name, src_dir_fd=place.folder, dst_dir_fd=place.folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
    else:
        return
    # What is left is to take the name with an empty file and to put the whole one over it.
    _close(os.open(place.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o600, dir_fd=place.folder))
    try:
        os.replace(beside.name, place.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)
    except OSError:
        if _status(place.folder, place.name).st_size == 0:
            os.unlink(place.name, dir_fd=place.folder)
        raise


# ---------------------------------------------------------------------- what was left


def _settle_all(place: _Place, alone: bool) -> None:
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
            if not alone and time.time() - _status(place.folder, old.name).st_ctime < _LEFT_SECONDS:
                continue
            settled = _settled(owner, old)
        except FileNotFoundError:
            continue
        except OSError:
            settled = False
        if not settled and old.of == _short(place.name):
            raise _kept_both(place, old)


def _settle(place: _Place, old: _Beside) -> None:
    """Deal with a temporary file of this command."""
    try:
        settled = _settled(place, old)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Refused(
            f"{place.path}: it cannot be written ({error.strerror}), and {_text(old.name)} is left beside it; "
            "check the disk, and run the command again: that deals with it"
        ) from None
    if not settled:
        raise _kept_both(place, old)


def _settled(place: _Place, old: _Beside) -> bool:
    """Remove a temporary file or put it back; False where it has to stay. See the top of the module."""
    status = _status(place.folder, old.name)
    if not old.new or _same(status, _status_or_none(place.folder, place.name)):
        if stat.S_ISREG(status.st_mode):
            _remove(place, old)
        return True
    digest = _digest_at(place.folder, old.name)
    if digest and digest in (old.read, old.new, _digest_at(place.folder, place.name)):
        _remove(place, old)
        return True
    return _put_back(place, old)


def _put_back(place: _Place, old: _Beside) -> bool:
    """Put the old file in the place of the new one; False where that is no longer what stands there."""
    if _digest_at(place.folder, place.name) != old.new:
        return False
    try:
        _rename(place.folder, old.name, place.name, _EXCHANGE)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        os.replace(old.name, place.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)
        return True
    if _digest_at(place.folder, old.name) != old.new:
        # It was saved a second time just now, and the later save is the one that counts.
        _rename(place.folder, old.name, place.name, _EXCHANGE)
        return False
    _remove(place, old)
    return True


def _kept_both(place: _Place, old: _Beside) -> Refused:
    return Refused(
        f"{place.path}: it was saved twice while it was being changed, and the other version lies beside it as "
        f"{_text(old.name)}; take from that what you need, and remove it"
    )


# ---------------------------------------------------------------------- files by their folder


@contextmanager
def _opened(root: Path, path: str) -> Iterator[_Place]:
    """The place of a path, its folders opened one by one so that no link is followed below the root."""
    *folders, name = _parts(path)
    with ExitStack() as stack:
        folder = top = _open(stack, os.fsencode(root), _FOLDER)
        for part in folders:
            folder = _open_folder(stack, part, folder, path)
        yield _Place(top, folder, name, path)


def _open_folder(stack: ExitStack, part: bytes, above: int, path: str) -> int:
    try:
        return _open(stack, part, _FOLDER | _NO_FOLLOW, above)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise Refused(
                f"{path}: its folder {_text(part)} is a symbolic link or no folder, and nothing is written through one; "
                "move it to a folder of the vault"
            ) from None
        raise


def _parts(path: str) -> list[bytes]:
    if not hasattr(os, "O_DIRECTORY"):
        raise Refused(f"{path}: files cannot be changed safely on this system yet; change it by hand")
    try:
        parts = path.encode("utf-8", "surrogateescape").split(b"/")
    except UnicodeEncodeError:
        parts = []
    if not parts or any(part in (b"", b".", b"..") or b"\0" in part for part in parts):
        raise Refused(f"{path}: this is no path inside the vault; name one without `..` and a leading `/`")
    return parts


def _open(stack: ExitStack, name: bytes, how: int, folder: int | None = None) -> int:
    handle = os.open(name, how, dir_fd=folder)
    stack.callback(_close, handle)
    return handle


def _close(handle: int) -> None:
    """Close what was only read, or locked: an error of that means nothing."""
    with suppress(OSError):
        os.close(handle)


def _make_folder(root: Path, path: str) -> None:
    """Make the folders that a path needs."""
    *folders, _ = _parts(path)
    try:
        with ExitStack() as stack:
            folder = _open(stack, os.fsencode(root), _FOLDER)
            for part in folders:
                with suppress(FileExistsError):
                    os.mkdir(part, dir_fd=folder)
                    _sync(folder)
                folder = _open_folder(stack, part, folder, path)
    except OSError as error:
        raise Refused(f"{path}: its folder cannot be made ({error.strerror}); make it yourself") from None


def _read(place: _Place) -> _Seen | None:
    """The file as it stands; None where there is none. Raises ``Refused`` for what is no plain file."""
    with ExitStack() as stack:
        try:
            _refuse_special(place, _status(place.folder, place.name))
            handle = _open(stack, place.name, _FILE, place.folder)
        except FileNotFoundError:
            return None
        _refuse_special(place, os.fstat(handle))
        return _seen(handle, place.path)


def _refuse_special(place: _Place, status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise Refused(
            f"{place.path}: it is a symbolic link, and nothing is written through one; put the file itself there"
        )
    if stat.S_ISDIR(status.st_mode):
        raise Refused(f"{place.path}: it is a folder, no file; move it away first")
    if not stat.S_ISREG(status.st_mode):
        raise Refused(f"{place.path}: it is no regular file; move it away first")


def _seen(handle: int, path: str) -> _Seen:
    before, at_rest = os.fstat(handle), not _is_being_written(handle)
    data = _bytes_of(handle)
    # Asked in this order: who writes after the second question shows in the status that is taken behind it.
    at_rest = at_rest and not _is_being_written(handle)
    after = os.fstat(handle)
    at_rest = at_rest and _moment(before) == _moment(after) and len(data) == after.st_size
    if len(data) > MOST_BYTES:
        raise Refused(f"{path}: it is larger than {MOST_BYTES // 1024**2} MiB, so it is not changed; split it")
    attributes = {}
    if sys.platform == "linux":
        names = []
        with _where_possible():
            names = os.listxattr(handle)
        for name in names:
            with _where_possible():
                attributes[name] = os.getxattr(handle, name)
    return _Seen(data, after, attributes, at_rest)


def _moment(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _bytes_of(handle: int) -> bytes:
    parts = []
    size = 0
    while size <= MOST_BYTES and (part := os.read(handle, 1 << 20)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _write_beside(place: _Place, beside: _Beside, new: bytes, like: _Seen | None) -> None:
    """Write a temporary file, on disk when this returns. It is never open to more people than the file itself."""
    unfinished = replace(beside, read=b"", new=b"")
    how = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW
    handle = os.open(unfinished.name, how, 0o600 if like else 0o666, dir_fd=place.folder)
    try:
        try:
            left = memoryview(new)
            while left:
                left = left[os.write(handle, left) :]
            if like:
                _make_alike(handle, like)
            os.fsync(handle)
        finally:
            os.close(handle)
        if beside.new:
            os.rename(unfinished.name, beside.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)
    except BaseException:
        _remove(place, unfinished)
        raise


def _make_alike(handle: int, like: _Seen) -> None:
    """Give a file the owner, extended attributes and mode of another, as far as this user may."""
    mode = stat.S_IMODE(like.status.st_mode)
    for user, group in ((-1, like.status.st_gid), (like.status.st_uid, -1)):
        with _where_possible():
            os.fchown(handle, user, group)
    own = os.fstat(handle)
    if own.st_gid != like.status.st_gid:
        mode &= ~0o2070  # the rights of its group would go to another one
    if own.st_uid != like.status.st_uid:
        mode &= ~0o4000
    if sys.platform == "linux":
        if _ACL not in like.attributes:
            with suppress(OSError):
                os.removexattr(handle, _ACL)  # the folder's, which may let in others than the file does
        for name, value in like.attributes.items():
            copied = False
            with _where_possible():
                os.setxattr(handle, name, value)
                copied = True
            if name == _ACL and not copied:
                mode &= ~0o070  # beside an ACL these are no rights of the group, but the limit of all it names
    with _where_possible():
        os.fchmod(handle, mode)


@contextmanager
def _where_possible() -> Iterator[None]:
    """Go on without what this user or the file system may not or cannot do; a failing disk is an error."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NOT_COPIED:
            raise


def _remove(place: _Place, beside: _Beside) -> None:
    """Remove a temporary file; what cannot be removed now is left to the next command."""
    with suppress(OSError):
        os.unlink(beside.name, dir_fd=place.folder)


def _sync(folder: int) -> None:
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:  # of some network drives
            raise


def _status(folder: int, name: bytes) -> os.stat_result:
    return os.stat(name, dir_fd=folder, follow_symlinks=False)


def _status_or_none(folder: int, name: bytes) -> os.stat_result | None:
    try:
        return _status(folder, name)
    except FileNotFoundError:
        return None


def _exists(folder: int, name: bytes) -> bool:
    try:
        _status(folder, name)
    except OSError:
        return False
    return True


def _same(one: os.stat_result, other: os.stat_result | None) -> bool:
    return other is not None and os.path.samestat(one, other)


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=8).hexdigest().encode()


def _digest_at(folder: int, name: bytes) -> bytes:
    """The digest of a file at rest; empty for one that is being written, is no plain file, or is not there."""
    with ExitStack() as stack:
        try:
            if not stat.S_ISREG(_status(folder, name).st_mode):
                return b""
            return _digest_of(_open(stack, name, _FILE, folder))
        except FileNotFoundError:
            return b""


def _digest_of(handle: int) -> bytes:
    if _is_being_written(handle):
        return b""
    os.lseek(handle, 0, os.SEEK_SET)
    found = blake2b(digest_size=8)
    while part := os.read(handle, 1 << 20):
        found.update(part)
    return found.hexdigest().encode()


def _is_being_written(handle: int) -> bool:
    """Whether some program has the file open for writing. False where that cannot be known.

    The kernel grants a read lease on a file only while nobody has it open for writing; it is given
    back at once.
    """
    if sys.platform != "linux":
        return False
    import fcntl
    import signal

    try:
        # Whoever opens the file for writing in this very moment makes the kernel send a signal: one that is ignored.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return _kind_of_drive(handle) in _LEASES
    except OSError:
        return False
    return False


def _kind_of_drive(handle: int) -> int:
    """The number that Linux gives to the kind of file system, 0 where it is not told."""
    import ctypes

    told = (ctypes.c_long * 64)()
    return told[0] & 0xFFFFFFFF if ctypes.CDLL(None).fstatfs(handle, told) == 0 else 0


def _rename(folder: int, old: bytes, new: bytes, how: int) -> None:
    """Rename within a folder: ``_NOREPLACE`` or ``_EXCHANGE``. Raises ``OSError`` of ``_UNSUPPORTED`` where there is no such thing."""
    import ctypes

    if (call := _renameat2()) is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if call(folder, old, folder, new, how) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@cache
def _renameat2() -> Callable[[int, bytes, int, bytes, int], int] | None:
    import ctypes

    if sys.platform != "linux":
        return None
    found: Callable[[int, bytes, int, bytes, int], int] | None
    found = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return found


def _short(name: bytes) -> bytes:
    """The part of a temporary file's name that says whose it is."""
    if len(name) <= _LONGEST_NAME:
        return name
    return name[:60].decode("utf-8", "ignore").encode() + b"~" + _digest(name)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _said(error: OSError) -> str:
    """What went wrong, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full, so nothing was changed; make room, and run the command again"
    if error.errno == errno.EROFS:
        return "it lies on a drive that is read-only, so nothing was changed; make that writable first"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"it cannot be written ({error.strerror}); check the rights of the file and of its folder"
    return f"it cannot be written ({error.strerror}), so nothing was changed; check the disk, and run the command again"


# ---------------------------------------------------------------------- the lock


@contextmanager
def _locked(root: Path, path: str) -> Iterator[bool]:
    """Be the only followup that changes files of this vault. False where no lock can be had.

    The lock is a file in the user's state folder. The vault's own folder is locked too, which writes nothing
    in it: that keeps apart commands which have different state folders, or none.
    """
    with ExitStack() as stack:
        end = time.monotonic() + _LOCK_SECONDS
        handles = []
        with suppress(OSError, RuntimeError):
            handles.append(_lock_file(stack, root))
        with suppress(OSError):
            handles.append(_open(stack, os.fsencode(root), _FOLDER))
        locks = [_lock(handle, path, end) for handle in handles]
        yield any(locks)


def _lock_file(stack: ExitStack, root: Path) -> int:
    """Raises ``OSError`` or, where there is no home, ``RuntimeError``."""
    handle = os.open(state_file(root, "lock"), os.O_RDWR | os.O_CREAT | _NO_FOLLOW, 0o600)
    stack.callback(_close, handle)
    return handle


def _lock(handle: int, path: str, end: float) -> bool:
    try:
        import fcntl
    except ImportError:
        return False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise Refused(
                    f"{path}: another followup is changing files of this vault and does not come to an end; "
                    "wait for it or end it, and run the command again"
                ) from None
            time.sleep(0.003)
        except OSError:
            return False
        else:
            return True
