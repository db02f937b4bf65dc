"""Phrases that may stand anywhere in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable


class Phrases:
    """Phrases looked for as whole words, in texts without capitals."""

    __slots__ = ("_longest_first", "_patterns", "marks")

    def __init__(self, phrases: Iterable[str]) -> None:
        self._longest_first = sorted(phrases, key=len, reverse=True)
        marks = {max(phrase.replace("-", " ").split(), key=len) for phrase in self._longest_first}
        #: Words, or parts of words: a text without any of them holds no phrase.
        self.marks = sorted(mark for mark in marks if not any(other in mark for other in marks - {mark}))
        self._patterns: dict[str, re.Pattern[str]] = {}

    def within(self, said: str) -> list[re.Match[str]]:
        """Where they stand, in order."""
        if not holds_any(said, self.marks):
            return []
        marks = [mark for mark in self.marks if mark in said]
        mark = marks[0] if len(marks) == 1 else ""
        pattern = self._patterns.get(mark) or self._patterns.setdefault(mark, self._pattern(mark))
        return list(pattern.finditer(said))

    def _pattern(self, mark: str) -> re.Pattern[str]:
        """What finds the phrases that hold this mark."""
        # each alternative begins with a letter, so that the search skips to where one can begin
        words = (
            rf"{re.escape(phrase[0])}(?<![\w-].){re.escape(phrase[1:])}"
            for phrase in self._longest_first
            if mark in phrase
        )
        return re.compile("(?:" + "|".join(words) + r")(?![\w-])")


def holds_any(text: str, marks: Iterable[str]) -> bool:
    """Whether any of the marks stands in a text."""
    for mark in marks:  # noqa: SIM110 - a generator for `any` would take twice as long
        if mark in text:
            return True
    return False
