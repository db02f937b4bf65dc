"""Ticks: what Obsidian, the Tasks plugin, vim and VS Code leave of the boxes of DUE.md."""

from __future__ import annotations

import time
from datetime import date

import pytest
from conftest import EXAMPLE, plan_of, rules_of
from hypothesis import given
from hypothesis import strategies as st

from followup_md.model import Tick
from followup_md.pages.due_page import due_page
from followup_md.pages.ticks import read_remarks, read_ticks

DANA = "[[Prospects/Dana Okafor|Dana Okafor]] · Northwind — **email** · they wrote on Fri 20 Nov"
SAM = "[[Prospects/Sam Ruiz|Sam Ruiz]] · Acme · €12,000 — **call** · ask · after-proposal 3, unanswered 2"
DANA_ID, SAM_ID = "f-dana-okafor-8c1e02b7", "f-sam-ruiz-41d09c3e"
PAGE = f"""---
generated: followup-md
day: 2026-11-21
---
# Due on Saturday 21 November 2026

2 to do · 1 reply owed · 31 open

## Reply owed
- [ ] {DANA} ^{DANA_ID}
	- pain: invoices take three weeks

## Today
- [ ] {SAM} ^{SAM_ID}
	- why: 4 days after the last round (R3, R8)
	- bring: [[Library/Billing in a week|Billing in a week]]
	- when: in business hours there (Europe/Madrid)
	- we owe: the offer

## This week
- Wed 25 Nov: [[Prospects/Ann|Ann]] — **call** · new-lead 2

## Needs a hand
- [ ] [[Prospects/Max|Max]] — the front matter says won, the log says proposal since Mon 2 Nov: tick to write `stage: won` into the log ^s-max-00c0ffee

## Notes
- [x] mine ^f-mine-12345678
"""


def one(item: str) -> Tick:
    """The only tick of a page with that item in the place of Dana's."""
    (tick,) = read_ticks(PAGE.replace(f"- [ ] {DANA} ^{DANA_ID}", item))
    return tick


def test_a_page_as_we_wrote_it_has_no_ticks_and_no_remarks() -> None:
    assert (read_ticks(PAGE), read_remarks(PAGE)) == ((), ())
    crlf = "\ufeff" + PAGE.replace("\n", "\r\n")
    assert (read_ticks(crlf), read_remarks(crlf)) == ((), ())


def test_the_pages_of_the_example_vault_and_of_a_full_plan_are_all_ours() -> None:
    """Every line that ``due_page`` writes below a box is known here, so that none becomes a touch's text."""
    notes = {
        "Dana": "---\npain: slow\nphone: '+1'\ntimezone: Europe/Madrid\nstage: proposal\n---\n## Log\n- 2026-11-02 email: offer\n"
        "## Waiting on\n- [ ] the list\n## Promised\n- [ ] the price\n",
        "Sam": "---\nopportunity: growth\nphone: '+1'\n---\n## Log\n- 2026-11-01 stage: meeting\n- 2026-11-10 call: no answer\n",
        "Ann": "---\nstage: proposal\nphone: '+1'\n---\n## Log\n- 2026-11-01 stage: meeting\n- 2026-11-20 email in: hi\n",
    }
    for page in (
        (EXAMPLE / "DUE.md").read_text(encoding="utf-8"),
        due_page(plan_of(notes), [], rules_of()),
    ):
        assert "\t- why: " in page and "\t- they owe: " in page
        assert (read_ticks(page), read_remarks(page)) == ((), ())
        ticks = read_ticks(page.replace("- [ ]", "- [x]"))
        assert len(ticks) == page.count("- [ ]") > 0
        assert all(tick.id and tick.path and tick.text == tick.when == "" for tick in ticks)


@pytest.mark.parametrize(
    ("box", "mark"),
    [
        ("- [x]", "done"),
        ("- [X]", "done"),
        ("- [x ]", "done"),
        ("* [x]", "done"),
        ("+ [x]", "done"),
        ("1. [x]", "done"),
        ("2) [x]", "done"),
        ("-   [x]", "done"),
        ("  - [x]", "done"),
        ("\t- [x]", "done"),
        ("> - [x]", "done"),
        ("> > \t* [x]", "done"),
        ("- [>]", "snooze"),
        ("- [-]", "skip"),
        ("- [/]", "unknown"),
        ("- [✔️]", "unknown"),
        ("- [xx]", "unknown"),
    ],
)
def test_each_kind_of_box(box: str, mark: str) -> None:
    tick = one(f"{box} {DANA} ^{DANA_ID}")
    assert tick == Tick(
        line=10,
        mark=mark,  # type: ignore[arg-type]
        id=DANA_ID,
        path="Prospects/Dana Okafor.md",
        done=None,
        text="",
        when="",
        written=tick.written,
    )
    assert tick.written.startswith(f"{box} {DANA} ^{DANA_ID}")


@pytest.mark.parametrize("box", ["- [ ]", "- []", "-", "- [ ]\u00a0", "[x]", "-[x]", "x", "- [x](u)"])
def test_what_is_not_ticked(box: str) -> None:
    assert read_ticks(PAGE.replace(f"- [ ] {DANA}", f"{box} {DANA}")) == ()


def test_the_notes_are_not_read() -> None:
    assert "^f-mine" in PAGE
    without = PAGE.replace("## Notes\n", "")
    assert [tick.id for tick in read_ticks(without)] == ["f-mine-12345678"]
    assert read_ticks("# NOTES:\n- [x] a ^f-a-1\n") == ()


@pytest.mark.parametrize(
    ("behind", "id_", "done", "text"),
    [
        (f"^{DANA_ID} ✅ 2026-11-21", DANA_ID, date(2026, 11, 21), ""),
        (f"✅ 2026-11-21 ^{DANA_ID}", DANA_ID, date(2026, 11, 21), ""),
        (f"✅\ufe0f 2026-11-21 ^{DANA_ID}", DANA_ID, date(2026, 11, 21), ""),
        (f"^{DANA_ID} left a voicemail ✅ 2026-11-21", DANA_ID, date(2026, 11, 21), "left a voicemail"),
        (f"^{DANA_ID} ✅ 2026-11-21 left a voicemail", DANA_ID, date(2026, 11, 21), "left a voicemail"),
        (f"^{DANA_ID}  [completion:: 2026-11-21]", DANA_ID, date(2026, 11, 21), ""),
        (f"^{DANA_ID} ✅ 2026-11-19 ✅ 2026-11-20", DANA_ID, date(2026, 11, 20), ""),
        (f"^{DANA_ID} ✅ 2026-02-30", DANA_ID, None, ""),
        (f"[completion:: 2026-11-20T14:30] ^{DANA_ID}", DANA_ID, date(2026, 11, 20), ""),
        (f"^{DANA_ID} (completion:: 2026-11-20T14:30:05.123+01:00) spoke", DANA_ID, date(2026, 11, 20), "spoke"),
        (f"📅 2026-12-05 ^{DANA_ID} spoke", DANA_ID, None, "spoke 📅 2026-12-05"),
        (f"⏳ 2026-12-05 ✅ 2026-11-20 ^{DANA_ID}", DANA_ID, date(2026, 11, 20), "📅 2026-12-05"),
        (f"[due:: 2026-12-05] 📅 2026-12-05 ^{DANA_ID}\n\t- call: spoke", DANA_ID, None, "call: spoke 📅 2026-12-05"),
        (f"[due:: ask her about the price first] ^{DANA_ID}", DANA_ID, None, "[due:: ask her about the price first]"),
        (f"(completion:: half of it) ^{DANA_ID} spoke", DANA_ID, None, "(completion:: half of it) spoke"),
        (f"^{DANA_ID} ➕ 2026-11-01 🛫 2026-12-03 done 📅 2026-12-01", DANA_ID, None, "done 📅 2026-12-01"),
        (f"^{DANA_ID} call:  left a\tvoicemail #no-answer", DANA_ID, None, "call: left a voicemail #no-answer"),
        (f"^{DANA_ID}, called", DANA_ID, None, ", called"),
        (f"^{DANA_ID} sent [[Library/Offer]]", DANA_ID, None, "sent [[Library/Offer]]"),
        (f"^{DANA_ID} - see [[DUE#^{SAM_ID}]]", DANA_ID, None, f"- see [[DUE#^{SAM_ID}]]"),
        ("^s-dana-okafor-00c0ffee", "s-dana-okafor-00c0ffee", None, ""),
        ("", None, None, ""),
        ("called ^t-9f3c2a", None, None, ""),
        (f"^{DANA_ID}é", None, None, ""),
    ],
)
def test_id_day_and_text(behind: str, id_: str | None, done: date | None, text: str) -> None:
    tick = one(f"- [x] {DANA} {behind}".rstrip())
    assert (tick.id, tick.done, tick.text, tick.when) == (id_, done, text, "")
    assert tick.path == "Prospects/Dana Okafor.md"


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("[[Prospects/Dana|Dana]]", "Prospects/Dana.md"),
        ("[[Prospects/Dana]]", "Prospects/Dana.md"),
        ("[[Dana.md|Dana]]", "Dana.md"),
        ("[[Prospects/Dana#Touches|Dana]]", "Prospects/Dana.md"),
        ("[Dana](Prospects/Dana%20Okafor.md)", "Prospects/Dana Okafor.md"),
        ("[Dana](Prospects/Dana%20%23%281%29.md)", "Prospects/Dana #(1).md"),
        ("[Dana](Prospects/Dana%20(2).md#Touches)", "Prospects/Dana (2).md"),
        ("[Dana](<Prospects/Dana Okafor.md>)", "Prospects/Dana Okafor.md"),
        ('[Dana](Prospects/Dana.md "her note")', "Prospects/Dana.md"),
        ("[Dana](Prospects/J%C3%B6rg.md)", "Prospects/Jörg.md"),
        ("[Dana](Prospects/%FF.md)", "Prospects/\udcff.md"),
        ("~~[[Prospects/Dana|Dana]]~~", "Prospects/Dana.md"),
        ("[[Prospects/Dana|Dana]] for [[Prospects/Sam]]", "Prospects/Dana.md"),
        ("[[2026-11-21]] [[Prospects/Dana]]", "Prospects/Dana.md"),
        ("![[Picture.png]] [site](https://x.example/a.md) [[Prospects/Dana]]", "Prospects/Dana.md"),
        ("Dana", None),
        ("[[]] [[|Dana]] []() [Dana](<>)", None),
    ],
)
def test_the_note_is_that_of_the_first_link(link: str, path: str | None) -> None:
    assert one(f"- [x] {link} — **email** ^{DANA_ID}").path == path


@pytest.mark.parametrize(
    ("below", "text"),
    [
        ("\t- left a voicemail", "left a voicemail"),
        ("\tleft a voicemail", "left a voicemail"),
        ("  * left a voicemail", "left a voicemail"),
        ("\t- [x] left a voicemail ✅ 2026-11-20", "left a voicemail"),
        ("\t- [ ] left a voicemail", "left a voicemail"),
        ("\t- left\n\t\t- a\n\n\t- voicemail", "left a voicemail"),
        ("\t- \n\t-\n\t- left a voicemail", "left a voicemail"),
        ("\t> left a voicemail", "left a voicemail"),
        ("    - pain: as Prettier indents it\n    * left a voicemail", "left a voicemail"),
        ("\t- when: tomorrow", "when: tomorrow"),
        ("\t- call: left a voicemail #no-answer\n", "call: left a voicemail #no-answer"),
        ("not indented", ""),
        ("\n- a list of my own", ""),
        ("> a quote of my own", ""),
    ],
)
def test_lines_below_the_item(below: str, text: str) -> None:
    for end in ("\n", "\r\n"):
        page = PAGE.replace(f"- [ ] {DANA}", f"- [x] {DANA}").replace("three weeks\n", f"three weeks\n{below}\n")
        (tick,) = read_ticks(page.replace("\n", end))
        assert (tick.id, tick.text, tick.done) == (DANA_ID, text, None)
        assert "\r" not in tick.written and tick.written.count("\n") >= 1


def test_behind_the_id_and_below_are_joined_in_their_order() -> None:
    tick = one(f"- [x] {DANA} ^{DANA_ID} left a voicemail\n\t- on her mobile\n\t- they owe: x\n\tand wrote")
    assert tick.text == "left a voicemail on her mobile and wrote"
    assert tick.written == (
        f"- [x] {DANA} ^{DANA_ID} left a voicemail\n\t- on her mobile\n\t- they owe: x\n\tand wrote\n"
        "\t- pain: invoices take three weeks"
    )


@pytest.mark.parametrize(
    ("item", "when", "text"),
    [
        (f"- [>] {DANA} ^{DANA_ID}", "", ""),
        (f"- [>] {DANA} ^{DANA_ID} 2w", "2w", ""),
        (f"- [>] {DANA} ^{DANA_ID} next  week", "next week", ""),
        (f"- [>] {DANA} ^{DANA_ID}\n\t- the board  meets first", "", "the board meets first"),
        (f"- [>] {DANA} ^{DANA_ID}\n\t- 📅 2026-12-01", "2026-12-01", ""),
        (f"- [>] {DANA} [due:: 2026-12-01] ^{DANA_ID}", "2026-12-01", ""),
        (f"- [>] 2w {DANA} ^{DANA_ID}", "2w", ""),
        (f"- [>] {DANA} ^{DANA_ID} [[2026-12-01]]", "2026-12-01", ""),
        (f"- [>] [[2026-12-01|Tuesday]] {DANA} ^{DANA_ID}", "2026-12-01", ""),
        (f"- [>] {DANA} 📅 2026-12-01 ^{DANA_ID}", "2026-12-01", ""),
        (f"- [>] {DANA} ^{DANA_ID} 2w ⏳ 2026-12-01", "📅 2026-12-01 2w", ""),
        (f"- [>] {DANA} ^{DANA_ID} 📅 2026-12-02 the board", "📅 2026-12-02 the board", ""),
        (f"- [>] {DANA} [due:: 2026-12-02] ^{DANA_ID} the board\n\t- meets", "📅 2026-12-02 the board", "meets"),
        (f"- [>] {DANA} 📅 2026-12-02 ^{DANA_ID} ⏳ 2026-12-02", "2026-12-02", ""),
        (f"- [>] {DANA} 📅 2026-12-02 ^{DANA_ID} ⏳ 2026-12-03", "📅 2026-12-02 📅 2026-12-03", ""),
        (f"- [>] {DANA} ^{DANA_ID}\n\t- 📅 2026-12-02 or\n\t- 📅 2026-12-03", "📅 2026-12-02 📅 2026-12-03", "or"),
        (f"- [>] {DANA} ^{DANA_ID} 2w\n\t- she is away", "2w", "she is away"),
        (f"- [>] 2w {DANA} ^{DANA_ID} ✅ 2026-11-21 she is away", "2w", "she is away"),
        (f"- [>] {DANA}", "", ""),
        (f"- [>] nobody ^{DANA_ID} see [[Prospects/Sam]]", "see [[Prospects/Sam]]", ""),
    ],
)
def test_a_snooze_says_until_when(item: str, when: str, text: str) -> None:
    tick = one(item)
    assert (tick.mark, tick.when, tick.text) == ("snooze", when, text)


def test_skips_and_unknown_marks_keep_their_text() -> None:
    skip = one(f"- [-] {DANA} ❌ 2026-11-21 ^{DANA_ID} she is away")
    assert (skip.mark, skip.text, skip.when) == ("skip", "she is away", "")
    unknown = one(f"- [?] {DANA} ^{DANA_ID} what is this")
    assert (unknown.mark, unknown.text) == ("unknown", "what is this")


def test_copied_lines_come_back_both() -> None:
    line = f"- [x] {DANA} ^{DANA_ID}"
    page = PAGE.replace(f"- [ ] {DANA} ^{DANA_ID}", f"{line}\n{line} again")
    assert [(tick.line, tick.id, tick.text) for tick in read_ticks(page)] == [(10, DANA_ID, ""), (11, DANA_ID, "again")]


def test_an_item_inside_another_is_its_own() -> None:
    page = (
        f"- Monday\n\t- [x] {DANA} ^{DANA_ID}\n\t\t- called\n\t- [ ] {SAM} ^{SAM_ID}\n\t\t- [x] not yet\n"
        f"- [x] a ^f-a-1\n\t- [x] b ^f-b-2\n\t\t- of b\n\t- of a\n"
    )
    assert [(tick.line, tick.id, tick.text) for tick in read_ticks(page)] == [
        (2, DANA_ID, "called"),
        (6, "f-a-1", "of a"),
        (7, "f-b-2", "of b"),
    ]
    assert read_remarks(page) == ((4, "not yet"),)


def test_a_quoted_item_has_quoted_lines() -> None:
    page = f"> - [x] {DANA} ^{DANA_ID}\n> \t- pain: slow\n>\t- called\n>\n> - [ ] {SAM} ^{SAM_ID}\n>   - busy\n\tnobody's\n"
    (tick,) = read_ticks(page)
    assert (tick.id, tick.text) == (DANA_ID, "called")
    assert tick.written == f"> - [x] {DANA} ^{DANA_ID}\n> \t- pain: slow\n>\t- called"
    assert read_remarks(page) == ((5, "busy"),)


def test_an_item_that_an_editor_wrapped() -> None:
    page = f"- [x] [[Prospects/Dana|Dana]] — **email** ·\n  they wrote on\n  Fri 20 Nov ^{DANA_ID} called\n\t- pain: slow\n\t- twice\n"
    (tick,) = read_ticks(page)
    assert (tick.id, tick.path, tick.text) == (DANA_ID, "Prospects/Dana.md", "called twice")


@pytest.mark.parametrize(
    ("below", "text"),
    [
        ("\t- why: 3 days after\n\t  the last round (R3)", ""),
        ("\t- why: 3 days\n\t\tafter the last\n\t  round (R3)\n\t- spoke", "spoke"),
        ("    - bring: [[Library/Billing|Billing\n      in a week]]\n    - spoke", "spoke"),
        ("\t- spoke\n\t- why: 3 days after\n\t  the last round", "spoke"),
        ("\t- why: 3 days after the last round\n\tspoke", "spoke"),
        ("\t- why: 3 days after the last round\n\t\t- spoke", "spoke"),
        ("\t- why: 3 days after the last round\n\n\t  spoke", "spoke"),
    ],
)
def test_a_line_of_the_page_below_a_box_that_an_editor_wrapped_is_no_text(below: str, text: str) -> None:
    (tick,) = read_ticks(f"- [x] {DANA} ^{DANA_ID}\n{below}\n")
    assert tick.text == text
    quoted = "".join(f"> {line}\n" for line in f"- [x] {DANA} ^{DANA_ID}\n{below}".split("\n"))
    (tick,) = read_ticks(quoted)
    assert tick.text == text
    assert read_remarks(f"- [ ] {DANA} ^{DANA_ID}\n{below}\n") == (((1, text),) if text else ())


def test_a_task_of_the_user_s_own_is_a_tick_without_id() -> None:
    tick = one(f"- [x] buy paper\n- [ ] {DANA} ^{DANA_ID}")
    assert (tick.id, tick.path, tick.written) == (None, None, "- [x] buy paper")
    assert read_ticks("- [see below] no box\n") == ()


def test_remarks_at_open_boxes() -> None:
    page = (
        PAGE.replace(f"^{DANA_ID}", f"^{DANA_ID} ask for   Kim 📅 2026-12-01")
        .replace("\t- we owe: the offer\n", "\t- we owe: the offer\n\t- [x] sent it\n")
        .replace("^s-max-00c0ffee", "^s-max-00c0ffee ✅ 2026-11-21")
    )
    assert read_ticks(page) == ()
    assert read_remarks(page) == ((10, "ask for Kim 📅 2026-12-01"), (14, "sent it"))
    assert read_remarks(f"- [ ] {DANA} [due:: ask her first] ^{DANA_ID}") == ((1, "[due:: ask her first]"),)
    assert read_remarks(f"- {DANA} ^{DANA_ID} the box is gone") == ((1, "the box is gone"),)


# --------------------------------------------------------------------------- any text, any page

PRINTABLE = st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"))
ADDED = st.text(PRINTABLE, max_size=40).filter(lambda text: "^f-" not in text and "^s-" not in text)
DATED = st.sampled_from(("✅ 2026-11-21", "✅\ufe0f2026-11-21", "➕ 2026-11-01", "🛫 2026-12-01", "❌ 2026-12-01"))
PIECES = st.sampled_from(
    (
        *("- [x] ", "- [ ] ", "- [>] ", "* [-] ", "1. [/] ", "> ", "\t", "  ", "\n", "\r\n", "\r", "- ", "## Notes\n"),
        *(DANA, SAM, f" ^{DANA_ID}", f" ^{SAM_ID}", " ✅ 2026-11-21", "✅ 2026-99-99", " 2w", "\t- why: x (R1)\n"),
        *("[[", "]]", "[a](b.md)", "[a](", "<", "|", "#", "%FF.md", "\ufeff", "\u2028", "\ud800", "\x00", "---\n"),
    )
)


def _without_marks(text: str) -> bool:
    return not any(mark in text for mark in "✅➕❌📅📆🗓⏳⌛🛫") and "completion::" not in text


@given(st.lists(ADDED.filter(_without_marks) | DATED, max_size=5), DATED | st.just(""), st.sampled_from("xX-?"))
def test_whatever_is_added_behind_the_id_comes_back(parts: list[str], before: str, letter: str) -> None:
    tick = one(f"- [{letter}] {DANA} {before} ^{DANA_ID} {'  '.join(parts)}")
    assert tick.id == DANA_ID and tick.path == "Prospects/Dana Okafor.md"
    kept = (part for part in parts if _without_marks(part))
    assert tick.text == " ".join(" ".join(kept).split())


@given(ADDED.filter(_without_marks), st.sampled_from(("\t- ", "  * ", "\t- [x] ", "    - [ ] ")))
def test_whatever_is_added_below_comes_back(text: str, start: str) -> None:
    page = PAGE.replace(f"^{DANA_ID}", f"^{DANA_ID}\n{start}a {text}")
    assert read_ticks(page) == ()
    assert read_remarks(page) == ((10, " ".join(f"a {text}".split())),)


@given(ADDED)
def test_whatever_is_added_at_an_open_box_is_a_remark(text: str) -> None:
    page = PAGE.replace(f"^{SAM_ID}", f"^{SAM_ID} {text} .")
    assert read_ticks(page) == ()
    assert [line for line, _ in read_remarks(page)] == [14]


@given(st.text() | st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join))
def test_any_page_is_read_without_an_error(page: str) -> None:
    lines = page.removeprefix("\ufeff").split("\n")
    for tick in read_ticks(page):
        written = tick.written.split("\n")
        assert written == [line.rstrip("\r") for line in lines[tick.line - 1 : tick.line - 1 + len(written)]]
    read_remarks(page)


@pytest.mark.parametrize(
    "part",
    [
        " ",
        "\t",
        "> ",
        "[",
        "[[",
        "[a](",
        "[](<",
        '[](a "',
        "[](()",
        " ^f-",
        "-a",
        "^f-a ",
        "✅ ",
        "[completion:: ",
        "[due:: 2026-12-01T14:30",
        "[due:: x] ",
        "📅 2026-12-01 ",
        "- [x] ",
    ],
)
def test_no_line_takes_long(part: str) -> None:
    page = f"- [x] a ^f-a{part * (100_000 // len(part))}!\n\t- {part * (100_000 // len(part))}!\n"
    start = time.perf_counter()
    read_ticks(page)
    read_remarks(page)
    assert time.perf_counter() - start < 1
