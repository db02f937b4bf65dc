"""Mermaid charts, in the forms that the versions of Obsidian and GitHub parse: ``xychart-beta`` and ``pie``.

Each is a fenced block, or empty where there is nothing to draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

#: Of a label, all but letters, digits and these is a blank: what could end a quoted text, or begin a directive.
_IN_LABEL = frozenset(" .,-+/&'()")
_LONGEST_LABEL = 30


def bars(title: str, of: str, labels: Sequence[str], heights: Sequence[float]) -> str:
    """A bar for each label; ``of`` names the axis of the heights, which are 0 or more."""
    return _xychart(title, of, labels, "bar", heights)


def line(title: str, of: str, labels: Sequence[str], heights: Sequence[float]) -> str:
    """A line from label to label."""
    return _xychart(title, of, labels, "line", heights)


def pie(title: str, slices: Sequence[tuple[str, int]]) -> str:
    """A pie of those slices; empty ones are left out."""
    lines = [f'    "{label_of(name)}" : {size}' for name, size in slices if size > 0]
    return _fenced(["pie showData", f"    title {label_of(title)}", *lines]) if lines else ""


def label_of(text: str) -> str:
    """A text that no chart takes for anything but a label."""
    plain = "".join(letter if letter.isalnum() or letter in _IN_LABEL else " " for letter in text)
    return " ".join(plain.split())[:_LONGEST_LABEL].strip() or "-"


def _xychart(title: str, of: str, labels: Sequence[str], kind: str, heights: Sequence[float]) -> str:
    if not heights:
        return ""
    names = ", ".join(f'"{label_of(label)}"' for label in labels)
    top = max(1, ceil(max(heights)))
    return _fenced(
        [
            "xychart-beta",
            f'    title "{label_of(title)}"',
            f"    x-axis [{names}]",
            f'    y-axis "{label_of(of)}" 0 --> {top}',
            f"    {kind} [{', '.join(_number(height) for height in heights)}]",
        ]
    )


def _number(height: float) -> str:
    return f"{height:.1f}".removesuffix(".0")


def _fenced(lines: list[str]) -> str:
    return "\n".join(["```mermaid", *lines, "```"])
