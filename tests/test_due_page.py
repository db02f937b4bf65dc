"""DUE.md: what stands in it, what is kept, and that nothing from a note can act in it."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from conftest import EXAMPLE, Folder, plan_of, rules_of
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from followup_md.model import LeftTick, Problem, Severity, Tick
from followup_md.pages.due_page import Own, due_page, is_ours, own_of
from followup_md.pages.text import inert, link, safe, said
from followup_md.pages.ticks import read_ticks

NOTE = "---\nname: {name}\ncompany: {company}\npain: {pain}\nemail: d@x.example\n---\n## Touches\n- 2026-11-16 email in: {text}\n"


def note(name: str = "Dana", company: str = "Acme", pain: str = "slow", text: str = "hello") -> str:
    return NOTE.format(name=f'"{name}"', company=f'"{company}"', pain=f'"{pain}"', text=text)


def test_the_example_vault_s_page_is_the_one_in_the_repository(run: object, tmp_path: Path) -> None:
    """DUE.md of example-vault for Wednesday 2026-05-06, byte for byte, in any time zone and locale."""
    for environment in (
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
        {"TZ": "America/Los_Angeles", "PYTHONHASHSEED": "7"},
    ):
        done = subprocess.run(
            [sys.executable, "-m", "followup_md", "-C", str(EXAMPLE), "--today", "2026-05-06", "index", "--check"],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, "")


def test_sections_in_their_order(vault: Folder) -> None:
    front = "---\nphone: '+1'\n{}---\n## Touches\n{}"
    vault.write("Prospects/Reply.md", front.format("", "- 2026-11-20 email in: prices?\n"))
    vault.write("Prospects/Late.md", front.format("amount: 12000\ncompany: Acme\n", "- 2026-11-09 email: hello\n"))
    vault.write("Prospects/Soon.md", front.format("next: 2026-11-25\n", ""))
    vault.write("Prospects/Held.md", front.format("snooze_until: 2026-12-24\n", ""))
    vault.write(
        "Prospects/Items.md",
        front.format("next: 2026-12-10\n", "") + "## Waiting on\n- [ ] the list (asked 2026-11-10)\n",
    )
    vault.write("Prospects/Dark.md", front.format("cadence: gone-dark\nnext: 2026-12-15\n", ""))
    vault.write("Prospects/Broken.md", "---\nnext: 2026-02-30\nadded: 2026-12-20\nsnooze: 2027-01-01\n---\n")
    vault.followup("index")
    page = vault.read("DUE.md").decode()
    assert [line for line in page.split("\n") if line.startswith("#")] == [
        "# Due on Saturday 21 November 2026",
        "## Reply owed",
        "## Today",
        "## This week",
        "## Waiting for them",
        "## Gone dark",
        "## On hold",
        "## Needs a hand",
        "## Notes",
    ]
    assert "2 to do · 1 reply owed · 1 overdue · 1 waiting for them · 7 open · 1 needs a hand" in page
    assert (
        '- [ ] [[Prospects/Reply|Reply]] — **email** · they wrote on Fri 20 Nov: "prices?" · since 1 day ^f-reply-'
        in page
    )
    assert (
        "- [ ] [[Prospects/Late|Late]] · Acme · 12,000 — **call** · value · new-lead 2, unanswered 1 · last Mon 9 Nov email"
        in page
    )
    assert "- Prospects/Broken.md:2 — `next: 2026-02-30` is no date: write a real one, or leave it empty" in page
    assert page.endswith("## Notes\n")


def test_capacity_cuts_today_and_hides_nothing(vault: Folder) -> None:
    vault.write("followup.toml", "daily_capacity = 2\n")
    for number in range(5):
        vault.write(f"Prospects/P{number}.md", f"---\nadded: 2026-11-{10 + number}\nemail: d{number}@x.example\n---\n")
    vault.followup("index")
    page = vault.read("DUE.md").decode()
    assert page.count("- [ ]") == 5
    assert "## Next in line (3 more than your 2 a day)" in page


def test_notes_are_kept_byte_for_byte(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", note())
    vault.followup("index")
    mine = b"my own\r\n\xff\xfe not UTF-8 \xe2\x80\xa8\n\n## Notes\nagain, no last newline"
    vault.write("DUE.md", vault.read("DUE.md") + mine)
    vault.write("Prospects/Sam.md", note("Sam"))
    assert vault.followup("index").code == 0
    page = vault.read("DUE.md")
    assert b"[[Prospects/Sam|Sam]]" in page and page.endswith(b"\n## Notes\n" + mine)


def test_an_equal_page_is_not_written_again(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", note())
    vault.followup("index")
    before = (vault.root / "DUE.md").stat()
    assert "up to date" in vault.followup("index").err
    after = (vault.root / "DUE.md").stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


@pytest.mark.parametrize("own", [b"", b"# My list\n", b"---\ntitle: DUE\n---\ngenerated: followup-md\n", b"\x00"])
def test_a_page_of_the_user_s_own_is_never_overwritten(vault: Folder, own: bytes) -> None:
    vault.write("Prospects/Dana.md", note())
    vault.write("DUE.md", own)
    refused = vault.followup("index")
    assert refused.code == 5 and "due_file" in refused.err
    assert vault.read("DUE.md") == own


def test_a_page_behind_a_link_or_a_folder_is_not_written(
    vault: Folder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    vault.write("Prospects/Dana.md", note())
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "file.md"
    elsewhere.write_text("---\ngenerated: followup-md\n---\n")
    (vault.root / "DUE.md").symlink_to(elsewhere)
    assert vault.followup("index").code == 5
    assert elsewhere.read_text() == "---\ngenerated: followup-md\n---\n"
    (vault.root / "DUE.md").unlink()
    (vault.root / "DUE.md").mkdir()
    assert vault.followup("index").code == 5
    assert [path.name for path in vault.root.iterdir() if path.name.endswith(".tmp")] == []


def test_check_writes_nothing_and_shows_the_difference(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", note())
    checked = vault.followup("index", "--check")
    assert checked.code == 1 and "+# Due on Saturday 21 November 2026" in checked.out
    assert not (vault.root / "DUE.md").exists()
    vault.followup("index")
    assert vault.followup("index", "--check").code == 0


def test_stage_changed_by_hand_has_a_box(vault: Folder) -> None:
    vault.write(
        "Prospects/Dana.md", "---\nstage: proposal\n---\n## Log\n- 2026-11-01 stage: meeting\n- 2026-11-16 email: x\n"
    )
    vault.followup("index")
    page = vault.read("DUE.md").decode()
    assert (
        "- [ ] [[Prospects/Dana|Dana]] — the front matter says proposal, the log says meeting since Sun 1 Nov" in page
    )
    assert " ^s-dana-" in page


# --------------------------------------------------------------------------- ticks that stay


def left_page(*ticks: Tick) -> str:
    return due_page(plan_of({}), [], rules_of(), left=[LeftTick(tick, tick.path, "it waits", None) for tick in ticks])


@pytest.mark.parametrize(
    "item",
    [
        "- [x] [[Prospects/Dana|Dana]] — it waits ^f-dana-12345678 call: no answer\n\t- email: sent the list\n\t- and a card",
        "- [>] [[Prospects/Dana|Dana]] — it waits ^f-dana-12345678 2w\n\t- she is ill\n\t- until May",
        "- [>] [[Prospects/Dana|Dana]] — it waits ^f-dana-12345678\n\t- she is ill",
        "- [-] an item — it waits ^f-dana-12345678\n\tsee ^f-sam-12345678",
        "- [x] called mother of Ann\n\t- why: it waits\n\t- cake on Sunday\n\t- [ ] [x] candles",
        "- [x] bring: cake for Bob\n\t- why: it waits",
        "- [?] why: not [[x]] ✅ 2026-11-21\n\t- why: it waits\n\tbring: cake",
    ],
)
def test_a_tick_that_stays_is_written_as_it_was(item: str) -> None:
    item = item.replace("\t- [ ] [x] candles", "\t[ ] [x] candles")
    page = left_page(*read_ticks(item))
    assert f"## Needs a hand\n{item}\n\n## Notes\n" in page
    assert left_page(*read_ticks(page)) == page


@given(
    st.sampled_from(("x", ">", "-", "?")),
    st.sampled_from(("[[Prospects/Dana|Dana]] — why ^f-dana-12345678 ", "[[Prospects/Dana]] ", "")),
    st.lists(
        st.text("ab:[]x-*>.^1 \t", max_size=8)
        | st.sampled_from(
            ("bring: a", "- why: b", "[x] c", "1. d", "see ^f-ann-12345678", "> e", "- - f", "📅 2026-12-01")
        )
    ),
    st.sampled_from(("\t- ", "\t", "  * ", "\t- [ ] ")),
)
def test_whatever_a_tick_says_stays_as_it_is(box: str, head: str, said: list[str], start: str) -> None:
    page = f"- [{box}] {head}" + "".join(f"{start if number else ''}{text}\n" for number, text in enumerate(said))
    ticks = read_ticks(page)
    again = read_ticks(left_page(*ticks))
    said_by = [
        [(one.mark, one.id, one.when, one.lines, one.joined, one.head) for one in each] for each in (ticks, again)
    ]
    assert said_by[0] == said_by[1]


# --------------------------------------------------------------------------- hostile text

HOSTILE = (
    "[[Secret]]",
    "![[Secret]]",
    "[click](https://evil.example)",
    "https://evil.example",
    "www.evil.example",
    "<script>alert(1)</script>",
    "<!-- ",
    "#tag",
    "`= this.file`",
    "`$= dv.pages()`",
    "<% tp.file %>",
    "%% hidden %%",
    "Stage:: won",
    "^f-dana-00000000",
    "a | b",
    "**bold** _it_ ~~no~~ ==hi==",
    "$x$",
    "due 📅 2026-01-01 ✅ 2026-01-02",
    "&#91;&#91;Secret&#93;&#93; &lt;b&gt;",
    "\\[\\]",
    "@someone",
    "{{title}}",
    "\u202egnp.exe",
    "\x1b[31mred",
)


def structure(page: str) -> list[tuple[str, str, str]]:
    """What a Markdown reader makes of a page: every token but the plain text."""
    parsed = MarkdownIt("commonmark").enable(["strikethrough", "table"]).parse(page)
    tokens = [one for token in parsed for one in (token, *(token.children or []))]
    return [(one.type, one.tag, one.content) for one in tokens if one.type not in ("text", "inline")]


def page_with(words: str) -> str:
    text = words.replace("\\", "\\\\").replace('"', '\\"').replace("\x1b", "\\e")
    said = words.replace("\x1b", "").replace("📅", "")  # in a touch 📅 is a next date, and means one
    plan = plan_of({"Dana": note(text, text, text, said)})
    problem = Problem("Prospects/x.md", 1, 1, "code", Severity.ERROR, f"{words} is wrong: mend it")
    return due_page(plan, [problem], rules_of())


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_words(words: str) -> None:
    page, harmless = page_with(f"x {words} y"), page_with("x word y")
    assert structure(page) == structure(harmless)
    marks = ("[[", "<", "%%", "::", " #", "`=", "`$", "$x$", "\x1b", "\u202e", "📅", "✅", "https://", "{%")
    for mark in marks:
        assert page.count(mark) <= harmless.count(mark), mark
    assert page.count("^f-") == harmless.count("^f-")


@given(st.text(max_size=60))
def test_no_text_changes_a_page_s_structure(words: str) -> None:
    line = f"- [ ] x — {inert(words)} y ^f-a-1"
    assert "\n" not in line and "\r" not in line
    assert structure(line) == structure("- [ ] x — word y ^f-a-1")
    assert "[" not in inert(words) and "<" not in inert(words) and "#" not in inert(words).replace("&#", "")


@given(st.text(max_size=60))
def test_what_reaches_a_terminal_cannot_act(text: str) -> None:
    acting = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert not any(unicodedata.category(letter) in acting for letter in safe(text) if letter not in "\t\u200c\u200d")


@pytest.mark.parametrize(
    "mark", [*"<[]*`~^$\\@📅✅", " #", "www.", "WWW.", "://", "::", "==", "%%", " _", "_ ", "&#9;", "&lt;"]
)
def test_a_mark_is_found_among_plain_words(mark: str) -> None:
    for words in (f"they said: 3.5 – “no”{mark}and so on", f"{mark}Grüße.", f"yes.{mark}"):
        assert mark not in inert(words)
        assert inert(words.replace(mark, "")) == words.replace(mark, "")


def test_harmless_marks_stay_readable() -> None:
    assert (
        inert("R&D at Petrović & Lang, 50% (first_last), 10:30 = €5")
        == "R&D at Petrović & Lang, 50% (first_last), 10:30 = €5"
    )
    assert said("`next: soon` is no date: write one") == "`next: soon` is no date: write one"
    assert said("`=x` is no date") == "“=x” is no date"
    assert link("Prospects/Dana.md", "Dana [CEO] | x") == "[[Prospects/Dana|Dana (CEO) / x]]"
    assert link("Prospects/a#b.md", "Dana") == "[Dana](Prospects/a%23b.md)"


@given(st.text(max_size=200))
def test_notes_come_back_as_they_were(notes: str) -> None:
    page = due_page(plan_of({}), [], rules_of(), Own((), notes))
    assert is_ours(page) and own_of(page) == Own((), notes)
