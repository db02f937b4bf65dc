"""Mermaid charts, in the forms that the versions of Obsidian and GitHub parse: ``xychart-beta`` and ``pie``.

Each is a fenced block, or empty where there is nothing to draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

#: Of ASCII, all but letters, digits and these is a blank in a label: what could end a quoted text, or begin a directive.
_IN_LABEL = frozenset(" .,-+/&'()")
#: Invisible, and part of words in Persian, Hindi and other scripts.
_JOINERS = frozenset("\u200c\u200d")
_LONGEST_LABEL = 30


def bars(title: str, of: str, labels: Sequence[str], heights: Sequence[int]) -> str:
    """A bar for each label, one below the other, so that labels have room; ``of`` names what the bars measure, 0 or more."""
    if not heights:
        return ""
    names = ", ".join(f'"{label}"' for label in _apart(labels))
    return _fenced(
        [
            "xychart-beta horizontal",
            f'    title "{label_of(title)}"',
            f"    x-axis [{names}]",
            f'    y-axis "{label_of(of)}" 0 --> {max(1, *heights)}',
            f"    bar [{', '.join(map(str, heights))}]",
        ]
    )


def pie(title: str, slices: Sequence[tuple[str, int]]) -> str:
    """A pie of those slices; empty ones are left out."""
    drawn = [(name, size) for name, size in slices if size > 0]
    labels = _apart(name for name, _ in drawn)
    lines = [f'    "{label}" : {size}' for label, (_, size) in zip(labels, drawn, strict=True)]
    return _fenced(["pie showData", f"    title {label_of(title)}", *lines]) if lines else ""


def label_of(text: str) -> str:
    """A text that no chart takes for anything but a label."""
    plain = "".join(letter if _is_harmless(letter) else " " for letter in text)
    return " ".join(plain.split())[:_LONGEST_LABEL].strip() or "-"


def _is_harmless(letter: str) -> bool:
    if letter.isascii():
        return letter.isalnum() or letter in _IN_LABEL
    return letter.isprintable() or letter in _JOINERS


def _apart(texts: Iterable[str]) -> list[str]:
    """The labels, numbered where two are alike: of two slices with one name, Mermaid draws the first only."""
    labels: list[str] = []
    for text in texts:
        first = label = label_of(text)
        number = 1
        while label in labels:
            number += 1
            label = f"{first} {number}"
        labels.append(label)
    return labels


def _fenced(lines: list[str]) -> str:
    return "\n".join(["```mermaid", *lines, "```"])
