"""Values by the path of a note, kept in the database in a few parts: all are read at once, a change writes one part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar
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


class Shelf(Generic[T]):
    """Values of one kind by path. All of them rest on the same: with other rules, say, the shelf is empty."""

    def __init__(self, root: Path, kind: str, type_: type[T]) -> None:
        self.root, self.kind, self._type = root, kind, dict[str, type_]  # type: ignore[valid-type]
        self.begin(b"")

    def begin(self, of: bytes) -> None:
        """An empty shelf, for values that rest on ``of``."""
        self._of = of
        self._parts: list[dict[str, T]] = [{} for _ in range(_PARTS)]

    def load(self, of: bytes) -> dict[str, T]:
        """All values in the database that rest on ``of``."""
        self.begin(of)
        with database(self.root) as connection:
            if connection:
                query = "SELECT part, data, proof FROM shelf WHERE kind = ? AND rests_on = ?"
                for number, data, checked in connection.execute(query, (self.kind, of)):
                    if checked == proof(of, number, data):
                        self._parts[number] = unpacked(data, self._type)
        return {path: value for part in self._parts for path, value in part.items()}

    def change(self, new: Mapping[str, T], gone: Iterable[str]) -> None:
        """Put in new values, take out those that are gone, and write what changed. What cannot be packed is left out."""
        changed = set()
        for path in gone:
            changed.add(number := _part(path))
            self._parts[number].pop(path, None)
        for path, value in new.items():
            changed.add(number := _part(path))
            self._parts[number][path] = value
        with database(self.root) as connection:
            if connection:
                others = "DELETE FROM shelf WHERE kind = ? AND rests_on != ?"
                connection.execute(others, (self.kind, self._of))
                for number in changed:
                    data = self._packed(number)
                    row = self.kind, number, self._of, data, proof(self._of, number, data)
                    connection.execute("INSERT OR REPLACE INTO shelf VALUES (?, ?, ?, ?, ?)", row)

    def _packed(self, number: int) -> bytes:
        part = self._parts[number]
        if (data := packed(part)) is None:
            data = packed({path: value for path, value in part.items() if packed((path, value))})
        return data or b""


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
