"""Files by the open folder they lie in: found, read with all that is to be kept, compared, and swapped.

Nothing here decides anything; ``write`` does. No link is followed below the vault's root.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

from msgspec import Struct

from followup_md.digest import blake2b
from followup_md.errors import Refused

MOST_BYTES = 64 * 1024 * 1024  # DUE.md of a large vault is longer than a note may be

FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
FILE = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)

NOREPLACE, EXCHANGE = 1, 2
UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
NO_LINKS = UNSUPPORTED | {errno.EPERM, errno.EMLINK, errno.EACCES}
_NOT_COPIED = UNSUPPORTED | {errno.EPERM, errno.EACCES, getattr(errno, "ENODATA", errno.EPERM)}
_ACL = "system.posix_acl_access"

#: ext2 to 4, xfs, btrfs, tmpfs, overlayfs, exFAT, FAT: a lease is refused for a writer's sake. NFS and SMB refuse for
#: reasons of their own.
_LEASES = frozenset({0xEF53, 0x58465342, 0x9123683E, 0x01021994, 0x794C7630, 0x2011BAB0, 0x4D44})


class Place(Struct, frozen=True):
    """Where a file is: the open folders of the vault and of the file, and its name there."""

    root: int
    folder: int
    name: bytes
    path: str


class Seen(Struct, frozen=True):
    """A file as it was read: its bytes, what else is copied to the new one, and whether it is at rest."""

    data: bytes
    status: os.stat_result
    attributes: dict[str, bytes]
    at_rest: bool


@contextmanager
def opened(root: Path, path: str) -> Iterator[Place]:
    """The place of a path, its folders opened one by one so that no link is followed below the root."""
    *folders, name = _parts(path)
    with ExitStack() as stack:
        folder = top = open_at(stack, os.fsencode(root), FOLDER)
        for part in folders:
            folder = _open_folder(stack, part, folder, path)
        yield Place(top, folder, name, path)


def _open_folder(stack: ExitStack, part: bytes, above: int, path: str) -> int:
    try:
        return open_at(stack, part, FOLDER | NO_FOLLOW, above)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise Refused(
                f"{path}: its folder {shown(part)} is a symbolic link or no folder, and nothing is written through one; "
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


def make_folder(root: Path, path: str) -> None:
    """Make the folders that a path needs."""
    *folders, _ = _parts(path)
    try:
        with ExitStack() as stack:
            folder = open_at(stack, os.fsencode(root), FOLDER)
            for part in folders:
                with suppress(FileExistsError):
                    os.mkdir(part, dir_fd=folder)
                    sync(folder)
                folder = _open_folder(stack, part, folder, path)
    except OSError as error:
        raise Refused(f"{path}: its folder cannot be made ({error.strerror}); make it yourself") from None


def open_at(stack: ExitStack, name: bytes, how: int, folder: int | None = None) -> int:
    handle = os.open(name, how, dir_fd=folder)
    stack.callback(close, handle)
    return handle


def close(handle: int) -> None:
    """Close what was only read, or locked: an error of that means nothing."""
    with suppress(OSError):
        os.close(handle)


def read(place: Place) -> Seen | None:
    """The file as it stands; None where there is none. Raises ``Refused`` for what is no plain file."""
    with ExitStack() as stack:
        try:
            _refuse_special(place, status(place.folder, place.name))
            handle = open_at(stack, place.name, FILE, place.folder)
        except FileNotFoundError:
            return None
        _refuse_special(place, os.fstat(handle))
        return seen(handle, place.path)


def _refuse_special(place: Place, status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise Refused(
            f"{place.path}: it is a symbolic link, and nothing is written through one; put the file itself there"
        )
    if stat.S_ISDIR(status.st_mode):
        raise Refused(f"{place.path}: it is a folder, no file; move it away first")
    if not stat.S_ISREG(status.st_mode):
        raise Refused(f"{place.path}: it is no regular file; move it away first")


def seen(handle: int, path: str) -> Seen:
    before, at_rest = os.fstat(handle), not is_being_written(handle)
    data = _bytes_of(handle)
    # Asked in this order: who writes after the second question shows in the status that is taken behind it.
    at_rest = at_rest and not is_being_written(handle)
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
    return Seen(data, after, attributes, at_rest)


def _moment(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _bytes_of(handle: int) -> bytes:
    parts = []
    size = 0
    while size <= MOST_BYTES and (part := os.read(handle, 1 << 20)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def make_alike(handle: int, like: Seen) -> None:
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


def sync(folder: int) -> None:
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in UNSUPPORTED:  # of some network drives
            raise


def status(folder: int, name: bytes) -> os.stat_result:
    return os.stat(name, dir_fd=folder, follow_symlinks=False)


def status_or_none(folder: int, name: bytes) -> os.stat_result | None:
    try:
        return status(folder, name)
    except FileNotFoundError:
        return None


def exists(folder: int, name: bytes) -> bool:
    try:
        status(folder, name)
    except OSError:
        return False
    return True


def same(one: os.stat_result, other: os.stat_result | None) -> bool:
    return other is not None and os.path.samestat(one, other)


def digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=8).hexdigest().encode()


def digest_at(folder: int, name: bytes) -> bytes:
    """The digest of a file at rest; empty for one that is being written, is no plain file, or is not there."""
    with ExitStack() as stack:
        try:
            if not stat.S_ISREG(status(folder, name).st_mode):
                return b""
            return digest_of(open_at(stack, name, FILE, folder))
        except FileNotFoundError:
            return b""


def digest_of(handle: int) -> bytes:
    if is_being_written(handle):
        return b""
    os.lseek(handle, 0, os.SEEK_SET)
    found = blake2b(digest_size=8)
    while part := os.read(handle, 1 << 20):
        found.update(part)
    return found.hexdigest().encode()


def is_being_written(handle: int) -> bool:
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


def rename(folder: int, old: bytes, new: bytes, how: int) -> None:
    """Rename within a folder: ``NOREPLACE`` or ``EXCHANGE``. Raises ``OSError`` of ``UNSUPPORTED`` where there is no such thing."""
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


def shown(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
