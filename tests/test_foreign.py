"""What the user types into DUE.md is never swept away in silence, wherever it stands."""

from __future__ import annotations

import time

import pytest
from conftest import Folder
from hypothesis import given
from hypothesis import strategies as st

from followup_md.pages.foreign import foreign_lines, is_from

DANA = """---
email: d@x.example
phone: '+1'
company: Northwind
pain: invoices take three weeks
next: 2026-12-04
---
## Waiting on
- [ ] the list (asked 2026-11-10)

## Touches
- 2026-11-16 email: hello
"""
REPLY = "---\nemail: s@x.example\ncompany: Acme\n---\n## Touches\n- 2026-11-20 email in: prices?\n"
AHEAD = "---\nemail: a@x.example\nnext: 2026-11-25\n---\n"
BROKEN = "---\nnext: 2026-02-30\nadded: 2026-12-20\nsnooze: 2027-01-01\n---\n"


@pytest.fixture
def page(vault: Folder) -> str:
    vault.write("Prospects/Dana.md", DANA)
    vault.write("Prospects/Late.md", "---\nphone: '+1'\npain: invoices take three weeks\nnext: 2026-11-20\n---\n")
    vault.write("Prospects/Sam Ruiz.md", REPLY)
    vault.write("Prospects/Ann.md", AHEAD)
    vault.write("Prospects/Broken.md", BROKEN)
    vault.followup("index")
    return vault.read("DUE.md").decode()


#: What stands on the page, and what the user makes of it.
TYPED = [
    ("# Due on Saturday 21 November 2026", "# Due on Saturday 21 November 2026 (holiday!)"),
    ("## Today", "## Today I work from home"),
    ("1 reply owed", "1 reply owed · ring Ben"),
    ("[[Prospects/Sam Ruiz|Sam Ruiz]] · Acme", "[[Prospects/Sam Ruiz|Sam Ruiz]] · Acme Ltd., met at the fair"),
    ('they wrote on Fri 20 Nov: "prices?"', 'they wrote on Fri 20 Nov: "prices?" he wants 10%'),
    ("pain: invoices take three weeks", "pain: invoices take three weeks, says Jo"),
    ("- Wed 25 Nov: [[Prospects/Ann|Ann]] — **email**", "- Wed 25 Nov: [[Prospects/Ann|Ann]] — **email** at noon"),
    ("- Wed 25 Nov:", "- Thu 26 Nov:"),
    ("the list · since Tue 10 Nov", "the list, half of it came · since Tue 10 Nov"),
    ("`next: 2026-02-30` is no date", "`next: 2026-02-30` is no date (ask her)"),
]


@pytest.mark.parametrize(("stands", "typed"), TYPED)
@pytest.mark.parametrize("notes_changed", [False, True])
def test_what_is_typed_into_the_page_s_own_lines_is_never_swept_away(
    vault: Folder, page: str, stands: str, typed: str, notes_changed: bool
) -> None:
    assert page.count(stands) >= 1
    if notes_changed and stands == "- Wed 25 Nov:":
        pytest.skip("it may be the line of another machine")
    changed = page.replace(stands, typed, 1)
    vault.write("DUE.md", changed)
    if notes_changed:
        for name in ("Dana", "Late", "Sam Ruiz", "Ann"):
            note = vault.read(f"Prospects/{name}.md").decode().replace("---\n", "---\ntags: [new]\namount: 12\n", 1)
            vault.write(f"Prospects/{name}.md", note)
    refused = vault.followup("index", today="2026-11-22")
    assert refused.code == 5
    line = next(number for number, line in enumerate(changed.split("\n"), 1) if line not in page.split("\n"))
    assert refused.err.startswith(f"followup: DUE.md:{line}: 1 line")
    assert vault.read("DUE.md").decode() == changed
    vault.write("DUE.md", page)
    assert vault.followup("index", today="2026-11-22").code == 0


def test_properties_of_the_user_s_own_stay(vault: Folder, page: str) -> None:
    mine = "cssclasses:\n  - wide\ndays: 3\nday:of: 3\naliases: [today]\n"
    own = page.replace("day: 2026-11-21\n", f'day: "2026-11-21"\n{mine}')
    vault.write("DUE.md", own.replace("\n", "\r\n"))
    assert vault.followup("index", today="2026-11-22").code == 0
    front = f"---\ngenerated: followup-md\nday: 2026-11-22\n{mine}---\n# Due on"
    assert vault.read("DUE.md").decode().startswith(front)


def test_words_typed_before_the_id_of_a_ticked_box_are_told_and_the_tick_is_taken_up(vault: Folder, page: str) -> None:
    line = next(line for line in page.split("\n") if "Sam Ruiz" in line)
    ticked = line.replace("- [ ]", "- [x]")
    vault.write("DUE.md", page.replace(line, ticked.replace(" ^f-", " sent them the list ^f-")))
    assert vault.followup("index").code == 5
    assert vault.read("Prospects/Sam Ruiz.md").decode().count("email: reply, as planned") == 1
    vault.write("DUE.md", page.replace(line, ticked.replace(" ^f-", " ✅ 2026-11-21 ^f-")))
    assert vault.followup("index").code == 0
    assert vault.read("Prospects/Sam Ruiz.md").decode().count("email: reply, as planned") == 1


@pytest.mark.parametrize("box", ["[x ]", "[ x]", "[ x ]", "[>  ]", "[ > ]", "[xx]", "[done]", "[]", "[  ]"])
def test_blanks_or_letters_more_in_a_box_do_not_hold_the_page_up(vault: Folder, page: str, box: str) -> None:
    vault.write("DUE.md", page.replace("- [ ] [[Prospects/Sam", f"- {box} [[Prospects/Sam"))
    told = vault.followup("index", today="2026-11-21")
    assert told.code == 0, told.err
    assert ("its box has a mark that means nothing here" in told.err) == (box in ("[xx]", "[done]"))
    written = vault.read("Prospects/Sam Ruiz.md").decode().removeprefix(REPLY)
    assert bool(written) == (box.strip("[ ]") in ("x", ">"))
    assert f"- {box} " not in vault.read("DUE.md").decode() or box in ("[xx]", "[done]")


def test_what_editors_and_notes_change_is_not_taken_for_typed(vault: Folder, page: str) -> None:
    """Other bullets, a rename that links follow, lines taken out, and notes changed in between."""
    renamed = page.replace("[[Prospects/Sam Ruiz|", "[[Prospects/Samuel Ruiz|").replace("\t- ", "    * ")
    vault.write("DUE.md", "\n".join(line for line in renamed.split("\n") if "pain: " not in line).replace("\n", "\r\n"))
    (vault.root / "Prospects/Sam Ruiz.md").rename(vault.root / "Prospects/Samuel Ruiz.md")
    vault.write("Prospects/Dana.md", DANA.replace("three weeks", "a year"))
    assert vault.followup("index", today="2026-11-23").code == 0
    assert vault.followup("index", today="2026-11-24").code == 0


@pytest.mark.parametrize(
    ("box", "mark"),
    [
        ("-", "❌ 2026-11-21"),
        (">", "📅 2026-12-01"),
        (">", "⏳ 2026-12-01"),
        ("x", "➕ 2026-11-01 🛫 2026-11-02 ✅ 2026-11-21"),
        ("-", "[cancelled:: 2026-11-21]"),
        (">", "[due:: 2026-12-01]"),
        ("x", "(created:: 2026-11-01) [completion:: 2026-11-21]"),
    ],
)
def test_what_plugins_write_before_the_id_is_not_taken_for_typed(vault: Folder, page: str, box: str, mark: str) -> None:
    line = next(line for line in page.split("\n") if "Sam Ruiz" in line)
    vault.write("DUE.md", page.replace(line, line.replace("[ ]", f"[{box}]").replace(" ^f-", f" {mark} ^f-")))
    assert vault.followup("index").code == 0
    assert vault.read("Prospects/Sam Ruiz.md").decode().count(" ^f-sam-ruiz-") == 1


def test_a_quoted_box_is_taken_up_and_its_lines_are_ours(vault: Folder, page: str) -> None:
    quoted = "\n".join(f"> {line}" if line.startswith(("- [", "\t- ")) else line for line in page.split("\n"))
    line = next(line for line in quoted.split("\n") if "Sam Ruiz" in line)
    vault.write("DUE.md", quoted.replace(line, line.replace("[ ]", "[x]") + " sent\n> \t- twice"))
    assert vault.followup("index").code == 0
    assert "email: sent twice ^f-sam-ruiz-" in vault.read("Prospects/Sam Ruiz.md").decode()
    vault.write("DUE.md", vault.read("DUE.md").replace(b"pain: invoices", b"pain: many invoices"))
    assert vault.followup("index").code == 5


@pytest.mark.parametrize(
    "broken", ["", "rubbish", "2 to do · 1 reply owed · 3 open · ring Ben", "1 open", "to do: ring Ben"]
)
@pytest.mark.parametrize("day", ["day: 2026-11-21\n", ""])
def test_words_are_found_though_the_summary_is_broken_or_gone(vault: Folder, page: str, broken: str, day: str) -> None:
    summary = next(line for line in page.split("\n") if " · 1 reply owed · " in line)
    typed = page.replace("pain: invoices take three weeks", "pain: invoices take three weeks, says Jo", 1)
    typed = typed.replace("day: 2026-11-21\n", day, 1).replace(summary, "")
    assert is_from(typed, page) and is_from(page.replace(summary, broken), page)
    vault.write("DUE.md", typed)
    vault.write("Prospects/Dana.md", DANA.replace("hello", "hello there"))
    assert vault.followup("index").code == 5
    assert vault.read("DUE.md").decode() == typed


def test_a_whole_summary_that_differs_is_of_another_page(page: str) -> None:
    assert not is_from(page.replace("1 reply owed", "2 replies owed"), page)
    assert not is_from(page.replace("day: 2026-11-21", "day: 2026-11-22"), page)


@pytest.mark.parametrize("second", ["[ ]", "[x]"])
def test_two_boxes_joined_in_one_line_stay_with_all_their_text(vault: Folder, page: str, second: str) -> None:
    one, two = (line for line in page.split("\n") if "^f-late-" in line or "^f-sam-ruiz-" in line)
    joined = f"{one.replace('[ ]', '[x]')} note text {two.replace('[ ]', second)} more"
    rest = page.replace(f"{two}\n", "")
    vault.write("DUE.md", rest.replace(one, joined))
    before = {name: vault.read(f"Prospects/{name}.md") for name in ("Late", "Sam Ruiz")}
    for _ in range(3):
        assert vault.followup("index").code == 0
        assert before == {name: vault.read(f"Prospects/{name}.md") for name in before}
        assert f"{joined}\n\t- why: two boxes stand in one line" in vault.read("DUE.md").decode()
    vault.write("DUE.md", rest.replace(one, joined.replace("- [x]", "- [ ]", 1)))
    assert vault.followup("index").code == 5
    assert before == {name: vault.read(f"Prospects/{name}.md") for name in before}


def test_a_page_of_another_machine_is_taken_as_it_is(vault: Folder, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = vault.root.parent / "another machine"
    vault.write("Prospects/Dana.md", DANA.replace("three weeks", "a year"))
    with monkeypatch.context() as there:
        there.setenv("XDG_STATE_HOME", str(other))
        vault.followup("index")
    vault.write("Prospects/Dana.md", DANA.replace("three weeks", "a month"))
    vault.write("Prospects/Ben.md", REPLY)
    assert vault.followup("index").code == 0


LATE = "---\nphone: '1'\nemail: l@x.example\n---\n## Touches\n- 2026-11-20 email: prices sent\n"


def test_an_older_page_that_a_sync_program_brings_back_is_ours(vault: Folder) -> None:
    vault.write("Prospects/Late.md", LATE)
    vault.followup("index")
    older = vault.read("DUE.md")
    vault.followup("log", "Late", "email", "x")
    vault.followup("index")
    assert vault.read("DUE.md") != older
    vault.write("DUE.md", older)
    assert vault.followup("index").code == 0
    assert vault.read("DUE.md") != older


def test_two_machines_that_write_in_turn_do_not_take_each_other_for_a_user(
    vault: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    there = str(tmp_path_factory.mktemp("there"))
    vault.write("Prospects/Late.md", LATE)

    def elsewhere(*arguments: str) -> int:
        with monkeypatch.context() as patch:
            patch.setenv("XDG_STATE_HOME", there)
            return vault.followup(*arguments).code

    assert (vault.followup("index").code, elsewhere("index")) == (0, 0)
    vault.followup("log", "Late", "email", "x")
    assert vault.followup("index").code == 0
    assert elsewhere("next", "Late", "2026-11-24") == 0
    assert elsewhere("index") == 0
    assert vault.followup("index").code == 0


def test_what_was_written_last_is_for_its_user_alone(vault: Folder, page: str) -> None:
    import os
    from pathlib import Path

    kept = [path for path in Path(os.environ["XDG_STATE_HOME"]).rglob("*.page") if b"Sam Ruiz" in path.read_bytes()]
    assert kept
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}


PAGE = """---
generated: followup-md
day: 2026-11-21
---
# Due on Saturday 21 November 2026

2 to do · 1 reply owed · 31 open

## Today
- [ ] [[Prospects/Sam Ruiz|Sam Ruiz]] · Acme — **call** · ask ^f-sam-ruiz-41d09c3e
	- why: 4 days after the last round (R3, R8)

## Notes
mine
"""
LINES = PAGE.split("\n")


@given(st.sampled_from([5, 7, 9, 10, 11]), st.data(), st.text("abc .,!é€", min_size=1).filter(str.strip))
def test_any_words_anywhere_in_a_line_are_found(number: int, data: st.DataObject, words: str) -> None:
    line = LINES[number - 1]
    at = data.draw(st.integers(line.find(" ") + 1, len(line)))
    inside = line[:at] + words + line[at:]
    in_a_link = number == 10 and line.find("[[") + 1 < at <= line.find("|")
    page = "\n".join([*LINES[: number - 1], inside, *LINES[number:]])
    assert is_from(page, PAGE) or number == 7
    found = foreign_lines(page, PAGE) or foreign_lines(page)
    ticked = number == 10 and at in (3, 4) and len(words.split()) == 1 and len(words.strip()) <= 4
    assert found == ([] if in_a_link or ticked or inside.split() == line.split() else [number])


def test_words_in_a_box_are_told_and_not_taken_for_a_mark(vault: Folder, page: str) -> None:
    vault.write("DUE.md", page.replace("- [ ]", "- [call her]", 1))
    result = vault.followup("index")
    assert result.code == 5 and "changed within" in result.err
    assert b"[call her]" in vault.read("DUE.md")


@pytest.mark.parametrize("part", ["[completion:: ", "📅 ", "> ", "0 to do · ", "- [>] [[", "- [x] ", "[[a|", "^f-a-1 "])
def test_no_line_takes_long(part: str) -> None:
    many = part * (100_000 // len(part))
    start = time.perf_counter()
    for page in (f"- [>] {many} ^f-a-1 !", many, f"1 to do · {many}"):
        foreign_lines(page, page)
        is_from(page, page)
    assert time.perf_counter() - start < 3
