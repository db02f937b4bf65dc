"""What on a page of ours is not ours: lines that the user added, and words typed into a line that is there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from followup_md.pages.due_page import above_notes, day_of
from followup_md.pages.lines import LINE, MARKER, NO_NOTE, SUMMARY
from followup_md.pages.ticks import read_ticks

_BULLET = re.compile(rf"([ \t]*){MARKER}[ \t]+")
_EMPTY_BOX = re.compile(r"(?<=- )\[[ \t]*\](?=[ \t])")
_QUOTE = re.compile(r"^(?:> ?)+")
#: A box with a mark: a letter, or a short word such as ``done``. More is words of the user's.
_TICKED = re.compile(r"- \[(?![ \t]*>[ \t]*\])[ \t]*[^\[\]\s]{0,4}[ \t]*\](?=[ \t]|$)")
_SNOOZED = re.compile(rf"^(\t?)- \[[ \t]*>[ \t]*\].*?(?=\[\[[^\[\]|]*\||\[[^\[\]]*\]\(|{NO_NOTE})")
_BEHIND_ID = re.compile(r"(?<=\s)(\^[fs]-[a-z0-9-]+)(?!\w).*")
_PLUGIN_DAY = re.compile(
    r"[✅❌➕🛫📅📆🗓⏳⌛]\ufe0f?[ \t]*[0-9-]{10}"
    r"|[\[(](?:completion|cancelled|created|start|due|scheduled)::[ \t]*[0-9]{4}-[0-9]{2}-[0-9]{2}[^\[\]()]{0,30}[\])]"
)
_TARGET = re.compile(r"\[\[[^\[\]|]*\||\]\([^()\s]*\)")


def foreign_lines(page: str, *written: str) -> list[int]:
    """The lines between front matter and notes that followup-md did not write, and that belong to no tick.

    ``written`` are pages that this one may have been: what stands on none of them was typed. Without any,
    a line is ours if it has the shape of one. Another bullet or indent, a link to a note that was renamed, a box
    that was ticked, blanks in it, and what stands behind its id are no difference.
    """
    lines = _lines(page)
    ours = {_bare(line) for before in written for line in _lines(before)}
    ticks = read_ticks(page)
    heads = {tick.line for tick in ticks if tick.id}
    below = {tick.line + further for tick in ticks for further in range(tick.written.count("\n") + 1)} - heads
    front = next((at for at, line in enumerate(lines, 1) if at > 1 and line == "---"), 0)

    def is_ours(number: int, line: str) -> bool:
        if number <= front:
            return True
        plain = _BULLET.sub(_plain_bullet, line, count=1)
        if number in heads:
            return not ours or not _BEHIND_ID.search(plain) or _bare(line) in ours
        has_shape = bool(re.fullmatch(LINE, _EMPTY_BOX.sub("[ ]", plain, count=1)))
        return (has_shape or number in below) and (not ours or not has_shape or _bare(line) in ours)

    return [number for number, line in enumerate(lines, 1) if not is_ours(number, line)]


def typed_lines(page: str, written: Sequence[str], now: str) -> list[int]:
    """The lines within which something was typed, as far as that can be told.

    ``written`` are the pages that were written here last, the newest first; ``now`` is what the notes give now for
    the page's day. A line that stands on none of them may also be another machine's. It was typed if a line is
    missing that should be there still, or that the line has all letters of.
    """
    unknown = foreign_lines(page, *written, now)
    lines = _lines(page)
    here = {_bare(line) for line in lines}
    last, then = ({_bare(line) for line in _lines(one)} for one in (written[0], now))
    missing = (last | then) - here
    if missing & last & then:
        return unknown
    return [number for number in unknown if any(_holds(_bare(lines[number - 1]), line) for line in missing)]


def _holds(line: str, other: str) -> bool:
    """Whether a line has all letters of another one, in their order."""
    letters = iter(line)
    return all(letter in letters for letter in other)


def is_from(page: str, written: str) -> bool:
    """Whether a page is that one, but for what was typed into it since.

    Its day is the same, and where its summary still stands as such a line is written, so is that.
    """
    if day_of(page) not in (None, day_of(written)):
        return False
    before = re.search(SUMMARY, written)
    summary = re.search(SUMMARY, "\n".join(_lines(page)))
    return summary is None or before is None or summary[0] == before[0]


def _lines(page: str) -> list[str]:
    """The lines above the notes, without line ends and quote marks."""
    return [_QUOTE.sub("", line.rstrip(), count=1) for line in above_notes(page).removeprefix("\ufeff").split("\n")]


def _plain_bullet(found: re.Match[str]) -> str:
    return "\t- " if found[1] else "- "


def _bare(line: str) -> str:
    """A line without what may change while it is still as we wrote it."""
    line = _SNOOZED.sub(r"\1- [ ] ", _TICKED.sub("- [ ]", _BULLET.sub(_plain_bullet, line, count=1), count=1), count=1)
    line = _TARGET.sub("[", _BEHIND_ID.sub(r"\1", line))
    return " ".join(_PLUGIN_DAY.sub("", line).split())
