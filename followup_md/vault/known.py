"""What is known of a note that was read: its gist, all it says, and what it is looked for by."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct

from followup_md.model import Content, Interaction, Problem
from followup_md.planning.checks import shared_by_none
from followup_md.planning.neighbours import Neighbour, neighbour_of
from followup_md.reading.note import Reading
from followup_md.vault.database import blob
from followup_md.vault.names import Called, called
from followup_md.vault.packing import packed, unpacked


class Gist(Struct, frozen=True, array_like=True):
    """What others may want to know of a note. ``neighbour`` is None where it is no prospect."""

    neighbour: Neighbour | None = None
    content: Content | None = None
    left_out: str | None = None
    problems: tuple[Problem, ...] = ()
    interaction: Interaction | None = None
    has_fields: bool = False


class Known(Struct, frozen=True, array_like=True, dict=True):
    """A note as it is kept, and sent from one process to another: the digest of its bytes, gist and reading packed.

    ``special``: there is more to be known of it than that it is a prospect, or none. ``alone`` are what it should
    share with no other prospect. ``called`` is how it is called, None where it is no prospect.
    """

    digest: bytes
    packed_gist: bytes
    says: bytes
    special: bool
    company: bytes | None
    timezone: bytes | None
    alone: tuple[bytes, ...]
    called: Called | None

    @cached_property
    def gist(self) -> Gist:
        return unpacked(self.packed_gist, Gist)


def known_of(digest: bytes, reading: Reading) -> Known:
    """What is to be kept of a note with that digest that says that."""
    prospect = reading.prospect
    neighbour = neighbour_of(prospect) if prospect else None
    gist = Gist(
        neighbour,
        reading.content,
        reading.left_out,
        reading.problems,
        reading.interaction,
        prospect is not None and bool(prospect.fields),
    )
    return Known(
        digest,
        packed(gist),
        packed(reading),
        bool(reading.content or reading.left_out or reading.problems or reading.interaction),
        blob(neighbour.company) if neighbour and neighbour.company else None,
        blob(neighbour.timezone) if neighbour and neighbour.timezone else None,
        tuple(map(blob, shared_by_none(neighbour))) if neighbour else (),
        called(neighbour, prospect.owner if prospect else None) if neighbour else None,
    )
