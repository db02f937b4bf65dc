"""What a note says as bytes, to be kept or sent between processes."""

from __future__ import annotations

from functools import cache

import msgspec

from followup_md.reading.note import Reading


def packed(reading: Reading) -> bytes | None:
    """A reading as bytes; None where it holds a name that is no UTF-8, or a number beyond all bounds."""
    try:
        return _packer().encode(reading)
    except (UnicodeEncodeError, OverflowError):
        return None


def unpacked(data: bytes) -> Reading | None:
    """The reading of those bytes; None where they are none."""
    try:
        return _unpacker().decode(data)
    except msgspec.DecodeError:
        return None


@cache
def _packer() -> msgspec.msgpack.Encoder:
    return msgspec.msgpack.Encoder()


@cache
def _unpacker() -> msgspec.msgpack.Decoder[Reading]:
    return msgspec.msgpack.Decoder(Reading)
