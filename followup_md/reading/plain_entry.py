"""A line of the log in the plain form, taken apart in one step.

Plain is what followup-md writes and most lines are: ``- DATE [TIME] HEAD: TEXT [#tags] [^id]``, the
date bare or bold, the text words with one blank between them, and nothing in it that could be a mark, a tag or a next date.
What such a line means is not decided here: for every line this gives what ``log`` and ``entry`` find
step by step, or None.
"""

from __future__ import annotations

import re

from followup_md.reading.dates import DATE_SHAPE, match_clock, real_date
from followup_md.reading.entry import Parts, may_hold_next
from followup_md.reading.stamp import Stamp
from followup_md.reading.words import tags_named

#: What no word of a plain text holds: a blank, or the marks of tags, ids, emphasis and cells.
_MARKED = r"\s#^*|"
#: Such a word; taking a tag away would draw what begins with a full stop to the word before it.
_WORD = rf"[^{_MARKED}.,;:!?)][^{_MARKED}]*+"
_LINE = re.compile(
    rf"[-*+] (\*\*)?({DATE_SHAPE})(?(1)\*\*)(?: ([0-9]{{1,2}}:[0-9]{{2}}))? "
    r"((?!(?i:touch):)([^\W\d_]++(?:[ -][^\W\d_]++){0,3}+): "
    rf"({_WORD}(?: {_WORD})*+))"
    r"((?: #[A-Za-z][\w-]*+)*+)(?: \^([A-Za-z0-9-]++))?"
)


def take_plain_apart(line: str) -> tuple[Stamp, Parts] | None:
    """The date of a plain line and its parts; None for any other line."""
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    _, written, clock, whole, head, text, tagged, block_id = found.groups()
    day, tags = real_date(written), tags_named(tagged)
    if day is None or tags is None or may_hold_next(whole):
        return None
    start, at = found.start(4), None
    if clock:
        at, clock_end = match_clock(line, found.start(3)) or (None, 0)
        if at is None or clock_end != start - 1:  # the head goes on with what belongs to the time: `14:30 pm: …`
            return None
    return Stamp(day, at, start), Parts(head, text, whole, *tags, None, None, block_id)
