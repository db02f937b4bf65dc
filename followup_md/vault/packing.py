"""Values as bytes: as they are kept in the database, sent from one process to another, and told apart by a digest."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def packed(value: object) -> bytes:
    """A value as bytes, the same for equal ones."""
    try:
        return _packer().encode(value)
    except (UnicodeEncodeError, OverflowError):  # a name that is no UTF-8, or a number beyond 64 bits
        import json

        return json.dumps(msgspec.to_builtins(value, enc_hook=str, order="deterministic"), sort_keys=True).encode()


def unpacked(data: bytes, type_: type[T]) -> T:
    """The value of those bytes. Raises ``ValueError`` where they are none of that type."""
    value: T
    if data[:1] in (b"[", b"{"):  # which no list or map begins with as msgpack writes it
        import json

        value = msgspec.convert(json.loads(data), type_, dec_hook=_fraction)
    else:
        value = _unpacker(type_).decode(data)  # type: ignore[arg-type]
    return value


@cache
def _packer() -> msgspec.msgpack.Encoder:
    return msgspec.msgpack.Encoder(enc_hook=str, order="deterministic")


@cache
def _unpacker(type_: object) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(type_, dec_hook=_fraction)


def _fraction(type_: type, text: str) -> Fraction:
    """Shares are kept as text: ``7/10``."""
    return Fraction(text)
