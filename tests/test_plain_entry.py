"""Lines of the log that are taken apart in one step, to what the steps find in them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_md.reading.builtins import CHANNELS
from followup_md.reading.entry import Parts, take_apart
from followup_md.reading.plain_entry import take_plain_apart
from followup_md.reading.stamp import Stamp, read_stamp
from followup_md.reading.words import vocabulary

KNOWN = vocabulary(CHANNELS)


def by_steps(line: str) -> tuple[Stamp, Parts] | None:
    """What ``log`` and ``entry`` find in a bullet that begins with a date."""
    stamp = read_stamp(line, 2)
    return (stamp, take_apart(line[stamp.rest :], 0, KNOWN)) if isinstance(stamp, Stamp) else None


PLAIN = [
    "- 2026-11-05 email: sent the billing case study [[Billing in a week]] #value",
    "- 2026-11-08 14:30 call: left a voicemail about the audit #ask #no-answer",
    '* 2026-11-12 email in: "can you send prices?"',
    "+ 2026.11.12 9:05 Video call: (short) she’s in, at 50 % #NoShow ^t-9f3c2a",
    "- 2026-11-15 stage: lost — chose a competitor",
    "- 2026-11-18 Käthe: 10:30 / no",
    "- 2026-11-18 thank-you note: her_own_words - and: more, of it ^1",
    "* **2026-11-18** email in: not before the audit #value",
    "- **2026/11/18** 14:30 call: left a message #no-answer ^t-2",
]


@pytest.mark.parametrize("line", PLAIN)
def test_plain_lines_are_taken_apart_in_one_step(line: str) -> None:
    assert take_plain_apart(line) == by_steps(line) is not None


@pytest.mark.parametrize(
    "line",
    [
        "- [x] 2026-11-05 call: done",
        "  - 2026-11-05 call: nested",
        "- 2026-02-30 call: no such day",
        "- 2026-11-05 25:00 call: no such time",
        "- 2026-11-05 2:30 pm: the head is a time's",
        "- 2026-11-05 14:30 UTC call: so is this",
        "- 2026-11-05 call without a separator",
        "- 2026-11-05 call, email: a comma ends the head",
        "- 2026-11-05 Touch: email: hello",
        "- 2026-11-05 email: sent prices [next:: 2026-11-20]",
        "- 2026-11-05 email: sent prices 📅 2026-11-20",
        "- 2026-11-05 email: the NEXT one",
        "- 2026-11-05 email: a tag #value in the middle",
        "- 2026-11-05 email: a tag of mine #ask #mine",
        "- 2026-11-05 email: two  blanks #ask",
        "- 2026-11-05 email: a smile :) #ask",
        "- 2026-11-05 email: .NET #ask",
        "- 2026-11-05 email: **bold**",
        "- **2026-11-05 email: not closed",
        "- 2026-11-05** email: not opened",
        "- **2026-11-05** email: **bold**",
        "- **2026-11-05**: email: a colon ends the date",
        "- **2026-11-05 14:30** email: the time is bold too",
        "- 2026-11-05 email: a | b",
        "- 2026-11-05 email: 2^10 ^id ",
        "- 2026-11-05 email: a\u00a0b #ask",
        "- 2026-11-05 email:",
    ],
)
def test_other_lines_are_left_to_the_steps(line: str) -> None:
    assert take_plain_apart(line) is None


_PIECES = st.sampled_from(
    [
        *"-*+:,;.|^#_()[]!?–—'’\"=~`/\t\u00a0 ",
        *("  ", " ^", "[next:: 2026-11-20]", "they wrote", "no answer", "email in"),
    ]
    + [
        "2026-11-05",
        "2026/02/30",
        "14:30",
        "9:5",
        "25:00",
        "am",
        "pm",
        "UTC",
        "z",
        "at",
        "call",
        "email",
        "note",
        "stage",
        "touch",
        "Touch:",
        "next",
        "NEXT:",
        "ŉext",
        "İ",
        "ß",
        "²",
        "é",
        "📅",
    ]
    + ["⏳", "✅", "#value", "#ask", "#No-Answer", "#noshow", "#mine", "^t-9f", ":", "check-in", "**", "proposal"]
    + [f" {tag}" for tag in ("#value", "#ask", "#No-Answer", "#noshow", "#mine", "^t-9f", "pm", "UTC")]
)
_HEADS = ("call", "Email in", "video-call", "note sent", "stage", "Käthe", "a b c d", "at", "pm", "touch", "²")
_WORDS = ("sent", "it", "(ok)", "she’s", "a_b", "50", "-", "10:30", "they", "wrote", "next", ":)", ".x", "C#", "")
_TAGS = ("#value", "#ask", "#No-Answer", "#noshow", "#mine")


@st.composite
def lines(draw: st.DrawFn) -> str:
    """A plain line, or one with a few odd pieces put in."""
    words = draw(st.lists(st.sampled_from(_WORDS[:10]), min_size=1) | st.lists(st.sampled_from(_WORDS)))
    parts = [
        draw(st.sampled_from(("- ", "* "))),
        draw(st.sampled_from(("2026-11-05", "2026/11/05", "**2026-11-05**"))),
        draw(st.sampled_from((" ", " 14:30 ", " 9:05 "))),
        draw(st.sampled_from(_HEADS)),
        ": ",
        " ".join(words),
        "".join(f" {tag}" for tag in draw(st.lists(st.sampled_from(_TAGS[:4]) | st.sampled_from(_TAGS), max_size=2))),
        draw(st.sampled_from(("", " ^t-1"))),
    ]
    for at in draw(st.lists(st.integers(1, len(parts) - 1), max_size=2)):
        parts[at] = draw(_PIECES) + draw(st.sampled_from(("", parts[at])))
    return "".join(parts)


@given(lines())
def test_one_step_finds_what_the_steps_find_or_nothing(line: str) -> None:
    assert take_plain_apart(line) in (None, by_steps(line))


@pytest.mark.parametrize("piece", [" a", " #a", "-a", " a: b", "#", " ^a", " 14:30", "a"])
def test_hostile_lines_cost_no_more_than_their_length(piece: str) -> None:
    start = time.perf_counter()
    for opening in ("- 2026-11-05 ", "- 2026-11-05 call: ", "- 2026-11-05 call: a "):
        take_plain_apart(opening + piece * (200_000 // len(piece)) + "\n")
    assert time.perf_counter() - start < 1
