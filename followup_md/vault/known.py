"""What is known of a note: what it says, kept as bytes until it is asked for, and the gist of it."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from followup_md.model import Content, Interaction, Problem
from followup_md.planning.neighbours import Neighbour, neighbour_of
from followup_md.reading.note import Reading

T = TypeVar("T")


class Gist(Struct, frozen=True, array_like=True):
    """What is wanted of every note whenever the vault is looked at. ``neighbour`` is None where it is no prospect."""

    neighbour: Neighbour | None = None
    content: Content | None = None
    left_out: str | None = None
    problems: tuple[Problem, ...] = ()
    interaction: Interaction | None = None


class Note(Struct, frozen=True):
    """A note that was read: the digest of its bytes, the gist, and all it says, packed if it can be."""

    digest: bytes
    gist: Gist
    says: bytes | Reading

    @property
    def reading(self) -> Reading:
        """All that it says."""
        return unpacked(self.says, Reading) if isinstance(self.says, bytes) else self.says


def note_of(digest: bytes, reading: Reading) -> Note:
    """What is to be known of a note with that digest that says that."""
    neighbour = neighbour_of(reading.prospect) if reading.prospect else None
    gist = Gist(neighbour, reading.content, reading.left_out, reading.problems, reading.interaction)
    says = packed(reading)
    return Note(digest, gist, reading if says is None else says)


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


@cache
def _packer() -> msgspec.msgpack.Encoder:
    return msgspec.msgpack.Encoder(enc_hook=str, order="deterministic")


@cache
def _unpacker(type_: object) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(type_)
