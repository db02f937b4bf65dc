"""Phrases that may stand anywhere in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable


class Phrases:
    """Phrases looked for as whole words, in texts without capitals."""

    __slots__ = ("_marks", "_pattern")

    def __init__(self, phrases: Iterable[str]) -> None:
        longest_first = sorted(phrases, key=len, reverse=True)
        # each alternative begins with a letter, so that the search skips to where one can begin
        words = (rf"{re.escape(phrase[0])}(?<![\w-].){re.escape(phrase[1:])}" for phrase in longest_first)
        self._pattern = re.compile("(?:" + "|".join(words) + r")(?![\w-])")
        marks = {max(phrase.replace("-", " ").split(), key=len) for phrase in longest_first}
        self._marks = sorted(mark for mark in marks if not any(other in mark for other in marks - {mark}))

    def within(self, said: str) -> list[re.Match[str]]:
        """Where they stand, in order."""
        for mark in self._marks:  # most texts hold the longest word of no phrase, and so no phrase
            if mark in said:
                return list(self._pattern.finditer(said))
        return []
