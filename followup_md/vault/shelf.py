"""Values by the path of a note, kept in the database in a few parts: all are read at once, a change writes one part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

import msgspec

from followup_md.vault.database import database, proof

T = TypeVar("T")

_PARTS = 64


def packed(value: object) -> bytes | None:
    """A value as bytes, the same for equal ones; None where it holds a name that is no UTF-8, or a number beyond all
    bounds."""
    try:
        return _packer().encode(value)
    except (UnicodeEncodeError, OverflowError):
        return None


def unpacked(data: bytes, type_: type[T]) -> T:
    """The value of those bytes. Raises ``msgspec.DecodeError`` where they are none of that type."""
    value: T = _unpacker(type_).decode(data)  # type: ignore[arg-type]
    return value


def load(root: Path, kind: str, of: bytes, type_: type[T]) -> dict[str, T]:
    """All values of a kind that are kept and rest on ``of``."""
    found: dict[str, T] = {}
    with database(root) as connection:
        if connection:
            rows = connection.execute("SELECT data, proof FROM shelf WHERE kind = ? AND rests_on = ?", (kind, of))
            for data, checked in rows:
                if checked == proof(of, data):
                    found |= unpacked(data, dict[str, type_])  # type: ignore[valid-type]
    return found


def store(root: Path, kind: str, of: bytes, values: Mapping[str, object], changed: Iterable[str]) -> None:
    """Keep all values of a kind, of which those paths were changed, added or taken out. What cannot be packed is left out."""
    parts: dict[int, dict[str, object]] = {_part(path): {} for path in changed}
    for path, value in values.items():
        if (part := parts.get(_part(path))) is not None:
            part[path] = value
    with database(root) as connection:
        if connection:
            for number, part in parts.items():
                data = packed(part)
                if data is None:
                    data = packed({path: value for path, value in part.items() if packed((path, value))}) or b""
                row = kind, number, of, data, proof(of, data)
                connection.execute("INSERT OR REPLACE INTO shelf VALUES (?, ?, ?, ?, ?)", row)


def recall(root: Path, name: str, of: bytes, type_: type[T]) -> T | None:
    """A value that is kept under that name and rests on ``of``."""
    with database(root) as connection:
        if connection:
            rows = connection.execute("SELECT data, proof FROM shelf WHERE kind = ? AND rests_on = ?", (name, of))
            for data, checked in rows:
                if checked == proof(of, data):
                    return unpacked(data, type_)
    return None


def remember(root: Path, name: str, of: bytes, value: object) -> None:
    """Keep a value under that name, in the place of the one before."""
    with database(root) as connection:
        if connection and (data := packed(value)) is not None:
            connection.execute("INSERT OR REPLACE INTO shelf VALUES (?, 0, ?, ?, ?)", (name, of, data, proof(of, data)))


def _part(path: str) -> int:
    return crc32(path.encode("utf-8", "surrogateescape")) % _PARTS


@cache
def _packer() -> msgspec.msgpack.Encoder:
    return msgspec.msgpack.Encoder(enc_hook=str, order="deterministic")


@cache
def _unpacker(type_: object) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(type_, dec_hook=_fraction)


def _fraction(type_: type, text: str) -> Fraction:
    """Shares are kept as text: ``7/10``."""
    return Fraction(text)
