"""A text as lines that keep their ends, so that all other bytes stay when one is added."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct


class Lines(Struct, frozen=True):
    """Lines with their ends; ``end`` is the end that most of them have."""

    lines: tuple[str, ...]
    end: str

    def with_inserted(self, at: int, new: list[str]) -> str:
        """The text with whole lines inserted before line ``at`` (from 0).

        Behind a last line that has no end, the end goes between: the text still ends without one.
        """
        before, behind = "".join(self.lines[:at]), "".join(self.lines[at:])
        added = "".join(line + self.end for line in new)
        if before and not before.endswith("\n"):
            return f"{before}{self.end}{added.removesuffix(self.end)}"
        return f"{before}{added}{behind}"


def split_keeping_ends(text: str) -> Lines:
    """Split at LF only, as the reader counts lines; a last line without an end keeps having none."""
    lines = text.split("\n")
    kept = [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    ends = Counter("\r\n" if line.endswith("\r\n") else "\n" for line in kept if line.endswith("\n"))
    return Lines(tuple(kept), ends.most_common(1)[0][0] if ends else "\n")
