"""What is known of a note: its gist at hand, and all it says where that is kept until it is asked for."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from followup_md.model import Content, Interaction, Problem
from followup_md.planning.neighbours import Neighbour, neighbour_of
from followup_md.reading.note import Reading
from followup_md.vault.shelf import packed, unpacked


class Gist(Struct, frozen=True, array_like=True):
    """What is wanted of every note whenever the vault is looked at. ``neighbour`` is None where it is no prospect.

    ``owner`` is that of the prospect.
    """

    neighbour: Neighbour | None = None
    content: Content | None = None
    left_out: str | None = None
    problems: tuple[Problem, ...] = ()
    interaction: Interaction | None = None
    has_fields: bool = False
    owner: str | None = None


class Note:
    """A note that was read: the digest of its bytes, the gist, and all it says, packed if it can be."""

    __slots__ = ("_says", "digest", "gist")

    def __init__(self, digest: bytes, gist: Gist, says: bytes | Reading | Callable[[], Reading]) -> None:
        self.digest, self.gist, self._says = digest, gist, says

    @property
    def says(self) -> bytes | None:
        """All that it says, packed; None where it cannot be, or is kept elsewhere."""
        return self._says if isinstance(self._says, bytes) else None

    @property
    def reading(self) -> Reading:
        """All that it says."""
        if isinstance(self._says, bytes):
            return unpacked(self._says, Reading)
        return self._says if isinstance(self._says, Reading) else self._says()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Note) and (self.digest, self.gist, self.reading) == (
            other.digest,
            other.gist,
            other.reading,
        )

    __hash__ = None  # type: ignore[assignment]


def note_of(digest: bytes, reading: Reading) -> Note:
    """What is to be known of a note with that digest that says that."""
    prospect = reading.prospect
    neighbour, owner = (neighbour_of(prospect), prospect.owner) if prospect else (None, None)
    has_fields = prospect is not None and bool(prospect.fields)
    gist = Gist(neighbour, reading.content, reading.left_out, reading.problems, reading.interaction, has_fields, owner)
    return Note(digest, gist, packed(reading) or reading)
