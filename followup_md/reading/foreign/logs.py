"""The dated lines of a vault's candidates: under which headings, in which shapes, and which headings to add."""

from __future__ import annotations

from collections import Counter

from followup_md.model import LogFound, Rules
from followup_md.reading.foreign.sighting import Sighting
from followup_md.reading.foreign.spellings import CHANNELS, NO_LOGS
from followup_md.reading.outline import heading_name
from followup_md.reading.prospect import section_kinds
from followup_md.reading.words import words_of

#: So large a share of a heading's dated lines must name a channel, for the heading to be proposed.
_TOUCHES = 0.5


def logs_found(seen: list[Sighting], rules: Rules) -> tuple[tuple[LogFound, ...], tuple[str, ...]]:
    """Every heading with dated lines by shape, and the headings to propose.

    Lines that only have a date in them somewhere are counted under headings of a log alone.
    """
    known = section_kinds(rules.log_headings)
    spelled: dict[str | None, Counter[str]] = {}
    counts: dict[tuple[str | None, str], list[int]] = {}
    for one in seen:
        for log in one.logs:
            name = heading_name(log.heading) if log.heading else None
            spelled.setdefault(name, Counter())[log.heading or ""] += 1
            of_shape = counts.setdefault((name, log.shape), [0, 0, 0, 0])
            for place, number in enumerate((log.read, log.unread, 1, log.telling)):
                of_shape[place] += number
    wanted = {name for name in spelled if name and name not in known and _is_log(name, counts)}
    found = [
        LogFound(spelled[name].most_common(1)[0][0] or None, shape, read, unread, notes, name in known, name in wanted)
        for (name, shape), (read, unread, notes, _) in counts.items()
        if read or name in known or name in wanted
    ]
    headings = sorted(spelled[name].most_common(1)[0][0] for name in wanted)
    return tuple(sorted(found, key=lambda log: (-log.read, log.heading or "", log.shape))), tuple(headings)


def _is_log(name: str, counts: dict[tuple[str | None, str], list[int]]) -> bool:
    """Whether the lines under a heading are touches: half of them name a channel, and the heading promises no others."""
    if not NO_LOGS.isdisjoint(words_of(name)):
        return False
    found = [numbers for (heading, _), numbers in counts.items() if heading == name]
    lines = sum(read + unread for read, unread, _, _ in found)
    telling = sum(telling for *_, telling in found)
    return telling > 0 and telling >= _TOUCHES * lines


def channels_found(seen: list[Sighting]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Words of other languages that name a channel in those logs, by channel."""
    used = {word for one in seen for word in one.words}
    found = ((channel, tuple(word for word in words if word in used)) for channel, words in CHANNELS.items())
    return tuple((channel, words) for channel, words in found if words)
