"""Edits change what was asked for and no other byte; what cannot be proved is refused."""

from __future__ import annotations

import time
from datetime import date
from itertools import takewhile

import pytest
from conftest import SATURDAY, rules_of
from hypothesis import given, reject
from hypothesis import strategies as st
from notes import notes

from followup_md.editing.edit import edited, expected_entry
from followup_md.editing.fields import scalar
from followup_md.errors import Refused
from followup_md.model import AddEntry, Change, ClearField, Edit, Prospect, SetField, Touch
from followup_md.reading.front_matter import read_block
from followup_md.reading.note import read_note

RULES = rules_of()
DAY = date(2026, 12, 24)
TOUCH = AddEntry(DAY, "email", "sent it", tags=("value",), next=date(2026, 12, 30), id="t-99")


def edit(text: str | bytes, *changes: Change) -> str:
    data = text.encode() if isinstance(text, str) else text
    new = edited(Edit("Prospects/Dana.md", changes, "test"), data, RULES)
    return (data if new is None else new).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "## Touches\n- 2026-12-24 email: sent it #value [next:: 2026-12-30] ^t-99\n"),
        ("Text", "Text\n\n## Touches\n- 2026-12-24 email: sent it #value [next:: 2026-12-30] ^t-99"),
        (
            "## Log\n- 2026-11-05 email: a",
            "## Log\n- 2026-11-05 email: a\n- 2026-12-24 email: sent it #value [next:: 2026-12-30] ^t-99",
        ),
        (
            "## Log\r\n* **2026/11/05** email: a\r\n  more of it\r\n\r\n## Next\n",
            "## Log\r\n* **2026/11/05** email: a\r\n  more of it\r\n"
            "* **2026/12/24** email: sent it #value [next:: 2026-12-30] ^t-99\r\n\r\n## Next\n",
        ),
        (
            "## Log\n\n+ [[2026-11-05]] email: new\n+ [[2026-11-01]] email: old\n",
            "## Log\n\n+ [[2026-12-24]] email: sent it #value [next:: 2026-12-30] ^t-99\n"
            "+ [[2026-11-05]] email: new\n+ [[2026-11-01]] email: old\n",
        ),
        (
            "## Log\n### 2026-11-05 — Email\nwith text\n\n## End\n",
            "## Log\n### 2026-11-05 — Email\nwith text\n\n"
            "### 2026-12-24 — email: sent it #value [next:: 2026-12-30] ^t-99\n\n## End\n",
        ),
        (
            "## Log\n| Date | Type | Notes | Response |\n|---|---|---|---|\n| 2026-11-05 | Call | a \\| b | no |\nEnd\n",
            "## Log\n| Date | Type | Notes | Response |\n|---|---|---|---|\n| 2026-11-05 | Call | a \\| b | no |\n"
            "| 2026-12-24 | email | sent it #value [next:: 2026-12-30] ^t-99 |  |\nEnd\n",
        ),
        (
            "## History\n- 2026-01-05 email: old\n\n## Recent\n- 2026-11-05 email: new\n\n## Other\n",
            "## History\n- 2026-01-05 email: old\n\n## Recent\n- 2026-11-05 email: new\n"
            "- 2026-12-24 email: sent it #value [next:: 2026-12-30] ^t-99\n\n## Other\n",
        ),
        (
            "## Touches\n\n## Other\ntext\n",
            "## Touches\n\n- 2026-12-24 email: sent it #value [next:: 2026-12-30] ^t-99\n\n## Other\ntext\n",
        ),
        (
            "## Log\n9. 2026-11-05 email: a\n",
            "## Log\n9. 2026-11-05 email: a\n10. 2026-12-24 email: sent it #value [next:: 2026-12-30] ^t-99\n",
        ),
        (
            "## Log\n2. 2026-11-05 email: b\n1. 2026-11-01 email: a\n",
            "## Log\n3. 2026-12-24 email: sent it #value [next:: 2026-12-30] ^t-99\n"
            "2. 2026-11-05 email: b\n1. 2026-11-01 email: a\n",
        ),
        (
            "## Log\n1. 2026-11-05 email: b\n2. 2026-11-01 email: a\n",
            "## Log\n1. 2026-12-24 email: sent it #value [next:: 2026-12-30] ^t-99\n"
            "1. 2026-11-05 email: b\n2. 2026-11-01 email: a\n",
        ),
        (
            "## Log\n1. 2026-11-01 email: a\n1. 2026-11-05 email: b\n",
            "## Log\n1. 2026-11-01 email: a\n1. 2026-11-05 email: b\n"
            "1. 2026-12-24 email: sent it #value [next:: 2026-12-30] ^t-99\n",
        ),
        (
            "## Log\n- 2026-11-05 email: a\n  ```\n- code\n\nmore\n  ```\n  below\n\n## Next\n",
            "## Log\n- 2026-11-05 email: a\n  ```\n- code\n\nmore\n  ```\n  below\n"
            "- 2026-12-24 email: sent it #value [next:: 2026-12-30] ^t-99\n\n## Next\n",
        ),
        (
            "## Log\n- 2026-11-05 email: a %% hidden\n- more\n%%\n<!-- and\n- this\n-->\n",
            "## Log\n- 2026-11-05 email: a %% hidden\n- more\n%%\n"
            "- 2026-12-24 email: sent it #value [next:: 2026-12-30] ^t-99\n<!-- and\n- this\n-->\n",
        ),
        (
            "## Touches\r\nOne line each,\r\nplease.\r\n\r\n## Other\r\n",
            "## Touches\r\nOne line each,\r\nplease.\r\n\r\n"
            "- 2026-12-24 email: sent it #value [next:: 2026-12-30] ^t-99\r\n\r\n## Other\r\n",
        ),
        (
            "## Touches\n<!-- one line\neach -->",
            "## Touches\n<!-- one line\neach -->\n\n- 2026-12-24 email: sent it #value [next:: 2026-12-30] ^t-99",
        ),
        (
            "## Touches\nOther\n-----\ntext\n",
            "## Touches\n- 2026-12-24 email: sent it #value [next:: 2026-12-30] ^t-99\n\nOther\n-----\ntext\n",
        ),
    ],
)
def test_a_touch_is_added_in_the_manner_of_the_file(before: str, after: str) -> None:
    assert edit(before, TOUCH) == after
    assert edit(after, TOUCH) == after  # the id stands there already


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("Text\n", SetField("next", "2026-12-01"), "---\nnext: 2026-12-01\n---\nText\n"),
        ("\ufeffText", SetField("next", "2026-12-01"), "\ufeff---\nnext: 2026-12-01\n---\nText"),
        ("---\nname: D\n---\n", SetField("next", "2026-12-01"), "---\nname: D\nnext: 2026-12-01\n---\n"),
        ("---\r\nname: D\r\n...\r\n", SetField("next", "2026-12-01"), "---\r\nname: D\r\nnext: 2026-12-01\r\n...\r\n"),
        ("---\n# a comment\n---\n", SetField("next", "2026-12-01"), "---\n# a comment\nnext: 2026-12-01\n---\n"),
        ("---\nnext: []\n---\n", SetField("next", "2026-12-01"), "---\nnext: 2026-12-01\n---\n"),
        ("---\nnext:\nz: 1\n---\n", SetField("next", "2026-12-01"), "---\nnext: 2026-12-01\nz: 1\n---\n"),
        (
            "---\nNext Contact:   2026-11-01   # soon\n---\n",
            SetField("next", "2026-12-01"),
            "---\nNext Contact:   2026-12-01   # soon\n---\n",
        ),
        ('---\nnext: "2026-11-01"\n---\n', SetField("next", "2026-12-01"), '---\nnext: "2026-12-01"\n---\n'),
        (
            "---\ndeal: {stage: lead, value: 3}\n---\n",
            SetField("stage", "proposal"),
            "---\ndeal: {stage: proposal, value: 3}\n---\n",
        ),
        ("---\npain: 'a''b'\n---\n", SetField("pain", "no: yes"), "---\npain: 'no: yes'\n---\n"),
    ],
)
def test_a_field_is_set_by_its_value_s_span(before: str, change: SetField, after: str) -> None:
    assert edit(before, change) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("---\nnext: 2026-12-01\nz: 1\n---\n", "---\nnext:\nz: 1\n---\n"),
        ("---\r\nNext Contact:   '2026-12-01'   # soon\r\n...\r\n", "---\r\nNext Contact:   # soon\r\n...\r\n"),
        ("---\nnext: 2026-12-01\nfollow-up: 2026-12-02\n---\n", "---\nnext:\nfollow-up:\n---\n"),
        ("---\ndeal: {next: 2026-12-01, value: 3}\n---\n", "---\ndeal: {next: , value: 3}\n---\n"),
        ("---\nnext: next week\n---\n", "---\nnext:\n---\n"),
        ("---\nnext:\n---\n", "---\nnext:\n---\n"),
        ("---\nname: D\n---\n", "---\nname: D\n---\n"),
        ("Text\n", "Text\n"),
        ("", ""),
    ],
)
def test_a_field_is_cleared_and_its_key_stays(before: str, after: str) -> None:
    assert edit(before, ClearField("next")) == after


@pytest.mark.parametrize(
    ("text", "change", "message"),
    [
        (
            "---\nname: [a, b]\n---\n",
            SetField("name", "x"),
            "Prospects/Dana.md:2: `name` holds more than one plain value",
        ),
        (
            "---\npain: |\n  a\n  b\n---\n",
            SetField("pain", "x"),
            "Prospects/Dana.md:2: `pain` holds more than one plain value",
        ),
        (
            "---\na: 1\na: 2\n---\n",
            SetField("next", "2026-12-01"),
            "Prospects/Dana.md:3: `a` stands here a second time",
        ),
        ("---\nname: x\n", SetField("next", "2026-12-01"), "Prospects/Dana.md:1: the front matter is never closed"),
        ("---\nnext: x\n", ClearField("next"), "Prospects/Dana.md:1: the front matter is never closed"),
        (
            "---\nz: 1\nnext: [2026-12-01]\n---\n",
            ClearField("next"),
            "Prospects/Dana.md:3: `next` holds more than one plain value",
        ),
        (
            "---\nname: x\n---\n\nNext:: 2026-12-01\n",
            ClearField("next"),
            "Prospects/Dana.md:5: next stands here, outside of the front matter: delete it by hand",
        ),
        ("## Log\r- 2026-11-05 email: a\r", TOUCH, "Prospects/Dana.md:1: its lines end in lone CR"),
        (
            "## Log\n<<<<<<< a\n=======\n>>>>>>> b\n",
            TOUCH,
            "Prospects/Dana.md:4: the note holds merge conflict markers",
        ),
        ("---\ntype: company\n---\n", TOUCH, "Prospects/Dana.md:1: it is no prospect's note"),
        ("<!-- open\n", TOUCH, "Prospects/Dana.md:1: what begins here is never closed"),
        (
            "---\n{name: x}\n---\n",
            SetField("next", "2026-12-01"),
            "Prospects/Dana.md:2: the front matter is not written line by line",
        ),
        (
            "---\n# who\n{}\n---\n",
            SetField("next", "2026-12-01"),
            "Prospects/Dana.md:3: the front matter is not written line by line",
        ),
    ],
)
def test_what_cannot_be_edited_soundly_is_refused_with_its_place(text: str, change: Change, message: str) -> None:
    with pytest.raises(Refused) as refused:
        edit(text, change)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (AddEntry(DAY, "call", "she booked a meeting for Tuesday"), "outcome-not-tagged"),
        (AddEntry(DAY, "email", "she wrote back"), "direction-not-clear"),
        (AddEntry(DAY, "email", "referred me to her boss"), "outcome-not-tagged"),
        (AddEntry(DAY, "meeting", "they declined our offer"), "outcome-not-tagged"),
        (AddEntry(DAY, "email in", "declined, will ask again in spring"), "outcome-not-tagged"),
    ],
)
def test_words_that_only_raise_a_hint_are_logged_and_pointed_out(entry: AddEntry, code: str) -> None:
    new = edit("## Log\n- 2026-11-01 email: x\n", entry)
    assert new == f"## Log\n- 2026-11-01 email: x\n- 2026-12-24 {entry.head}: {entry.text}\n"
    (problem,) = read_note("Prospects/Dana.md", new.encode(), RULES).problems
    assert (problem.line, problem.code) == (3, code)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            AddEntry(DAY, "call", "next: 5/12/2026, she says"),
            "`next: 5/12/2026` in the text would be read as a next date",
        ),
        (AddEntry(DAY, "call", "again [next:: tomorrow]"), "`next: tomorrow` in the text would be read as a next date"),
        (
            AddEntry(DAY, "stage", "lost — next: 5/12/2026"),
            "`next: 5/12/2026` in the text would be read as a next date",
        ),
        (AddEntry(DAY, "call", "[next:: 2026-12-28]", next=DAY), "the text names a next date of its own"),
        (AddEntry(DAY, "call", "bad\udcffbyte"), "the new text holds bytes that are no UTF-8"),
        (
            AddEntry(DAY, "stage", "lost to new supplier"),
            "`stage: lost to new supplier` would be read as `lead — supplier`: give the reason in other words",
        ),
        (AddEntry(DAY, "stage", "limbo"), "`stage: limbo` names no stage"),
    ],
)
def test_a_text_that_would_mean_something_else_is_refused(entry: AddEntry, message: str) -> None:
    with pytest.raises(Refused) as refused:
        edit("## Log\n- 2026-11-01 email: x\n", entry)
    assert str(refused.value).startswith(f"Prospects/Dana.md:1: {message}")


@pytest.mark.parametrize("text", ["contact created", "no interactions recorded yet"])
def test_a_text_in_a_table_is_the_touch_s_whatever_it_says(text: str) -> None:
    table = "## Log\n| Date | Channel | Notes |\n|---|---|---|\n| 2026-11-03 | call | b |\n"
    assert edit(table, AddEntry(DAY, "email", text)) == f"{table}| 2026-12-24 | email | {text} |\n"


def test_an_edit_that_cannot_be_proved_names_the_line_it_would_have_stood_on() -> None:
    table = "## Log\n| Date | Channel | Notes |\n|---|---|---|\n| 2026-11-03 | call | b |\n"
    with pytest.raises(Refused) as refused:
        edit(table, AddEntry(DAY, "email", "TOUCH: x"))
    assert str(refused.value).startswith("Prospects/Dana.md:5: the note would not read as it must")


def test_many_headings_cost_no_more_than_their_number() -> None:
    start = time.process_time()
    edit("# Log\n" * 2000, TOUCH)
    few = time.process_time() - start
    edit("# Log\n" * 16000, TOUCH)
    assert time.process_time() - start - few < 20 * few


def test_an_older_day_does_not_turn_a_log_round() -> None:
    log = "## Log\n- 2026-12-30 email: a\n- 2026-12-30 email in: yes, when?\n"
    assert edit(log, TOUCH).split("\n")[1].startswith("- 2026-12-24 email")
    longer = "## Log\n- 2026-12-01 email: a\n- 2026-12-28 email: b\n- 2026-12-30 email in: yes\n"
    assert edit(longer, TOUCH).split("\n")[4].startswith("- 2026-12-24 email")


UGLY = st.lists(
    st.sampled_from(
        (
            "## Touches",
            "### 2026-10-01 — Called 📞",
            "- 2026-10-02 email: a 😀 b",
            "* **2026-10-03** — letter",
            "  nested below",
            "\tnested by a tab",
            "- [x] Call Dana ✅ 2026-10-04",
            "- [ ] an open task",
            "| Date | Channel | Message |",
            "|---|---|---|",
            "| 2026-10-05 | Email | a \\| b [[x\\|y]] |",
            "[2026-10-06 10:00 UTC] TOUCH: email_sent | hi",
            "- 2026-10-07 call: odd\u2028line and \u0085 next \x0b tab",
            "text without a meaning   ",
            "```",
            "- 2026-10-08 email: in a fence?",
            "%% a comment %%",
            "## Waiting on",
            "- [ ] the list",
            "## Other",
            "**Bold heading**",
            "Setext",
            "---",
            "",
            "- 2026-10-09 email in: yes ^t-1",
            "- 2026-10-10 stage: proposal",
        )
    ),
    max_size=14,
)
FRONT = st.sampled_from(
    (
        "",
        "---\nname: 'Dana'  # who\nNext Contact: 2026-01-01\nodd key: {a: [1, \"2\"]}\nstage:\n---\n",
        "---\n---\n",
        "---\nname: D\n...\n",
    )
)
ENTRIES = st.builds(
    AddEntry,
    day=st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    head=st.sampled_from(("email", "call in", "note sent", "meeting", "skip", "snooze")),
    text=st.text(max_size=40),
    tags=st.sampled_from(((), ("value",), ("ask", "no-answer"))),
    next=st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    id=st.sampled_from(("t-99", "f-dana-0123abcd")),
)


@st.composite
def ugly_notes(draw: st.DrawFn) -> bytes:
    """A note with mixed line ends, a BOM or none, and a last line with an end or without."""
    if draw(st.booleans()):
        body = draw(notes(SATURDAY))
    else:
        lines = draw(UGLY)
        ends = draw(st.lists(st.sampled_from(("\n", "\r\n")), min_size=len(lines), max_size=len(lines)))
        body = draw(FRONT) + "".join(line + end for line, end in zip(lines, ends, strict=True))
    body = body if draw(st.booleans()) else body.removesuffix("\n")
    return (draw(st.sampled_from(("", "\ufeff"))) + body).encode()


def shared(one: bytes, other: bytes) -> int:
    """How many bytes two versions begin with in common."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


@given(ugly_notes(), ENTRIES)
def test_an_added_touch_changes_no_other_byte_and_is_added_once(data: bytes, entry: AddEntry) -> None:
    change = Edit("Prospects/Dana.md", (entry,), "test")
    try:
        new = edited(change, data, RULES)
    except Refused:
        return
    assert new is not None and len(new) > len(data)
    assert shared(data, new) + shared(data[::-1], new[::-1]) >= len(data), "one piece was put in, nothing else changed"
    assert edited(change, new, RULES) is None
    log = read_note("Prospects/Dana.md", new, RULES).prospect
    assert log is not None and entry.id in {getattr(one, "id", None) for one in log.log}


def edited_unless_refused(change: Edit, data: bytes) -> bytes:
    """The note after an edit. One that is refused is no example of it."""
    try:
        new = edited(change, data, RULES)
    except Refused:
        reject()
    assert new is not None
    return new


def dana(data: bytes) -> Prospect:
    prospect = read_note("Prospects/Dana.md", data, RULES).prospect
    assert prospect is not None
    return prospect


@given(ugly_notes(), st.sampled_from(("next", "snooze_until")), st.dates(date(2026, 1, 1), date(2027, 1, 1)))
def test_a_set_field_changes_no_other_byte(data: bytes, field: str, day: date) -> None:
    change = Edit("Prospects/Dana.md", (SetField(field, day.isoformat()),), "test")
    new = edited_unless_refused(change, data)
    before, after = dana(data), dana(new)
    kept = shared(data, new) + shared(data[::-1], new[::-1])
    lost = next((len(str(one.value)) for one in before.fields if one.name == field), 0)
    assert kept >= len(data) - lost
    assert next(one.value for one in after.fields if one.name == field) == day.isoformat()
    assert edited(change, new, RULES) == new


@given(ugly_notes(), st.sampled_from(("next", "snooze_until", "name")))
def test_a_cleared_field_leaves_every_other_byte(data: bytes, field: str) -> None:
    change = Edit("Prospects/Dana.md", (ClearField(field),), "test")
    new = edited_unless_refused(change, data)
    before, after = dana(data), dana(new)
    assert not after.has(field) and (new == data) == (not before.has(field))
    assert shared(data, new) + shared(data[::-1], new[::-1]) >= len(new), (
        "one piece was taken out, nothing else changed"
    )
    assert edited(change, new, RULES) == new


@given(st.text(max_size=40))
def test_a_scalar_reads_back_as_it_was(value: str) -> None:
    try:
        written = scalar(value)
        (field,) = read_block(f"key: {written}\n")
    except Exception as error:
        assert "front-matter-control-character" in str(getattr(error, "code", "")) or "surrogates" in str(error)
        return
    assert str(getattr(field.value, "raw", None)) == value


@pytest.mark.parametrize(
    ("text", "written"), [("100 %% sure", "100 % % sure"), ("100 %%% sure", "100 % % % sure"), ("%%%%", "% % % %")]
)
def test_every_pair_of_percent_signs_is_broken(text: str, written: str) -> None:
    before = "## Touches\n- 2026-11-05 email: a\n"
    assert edit(before, AddEntry(DAY, "email", text)) == f"{before}- 2026-12-24 email: {written}\n"


def test_a_touch_s_text_stays_one_line_and_hides_nothing() -> None:
    entry = AddEntry(DAY, "email", "one\ntwo\r\n---\n<!-- three %% ^x-1", id="t-1")
    new = edit("## Log\n- 2026-11-05 email: a\n## Notes\n- b\n", entry)
    assert new.count("\n") == 5
    touch = expected_entry(entry, RULES)
    assert isinstance(touch, Touch) and (touch.id, touch.channel) == ("t-1", "email")
