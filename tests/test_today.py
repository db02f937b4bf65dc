"""``followup today``: its cards, its list, and sittings at a real terminal.

A case is a note, and below ``===== COLUMNS`` its card on a terminal so wide and 24 rows high.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
import time
from datetime import date
from pathlib import Path

import pytest
from conftest import EXAMPLE, SATURDAY, Folder, plan_of, rules_of
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from followup_md.model import Due, Intent, Outcome
from followup_md.pages.columns import broken, columns_of, hanging, shortened
from followup_md.pages.draft import draft
from followup_md.pages.listing import comes_next
from followup_md.pages.text import safe
from followup_md.pages.today import Line, card, ending, keys, tally, whole_script
from followup_md.pages.touch_keys import Wish, key_of, menu, outcome_keys, proposed
from followup_md.planning.worklist import Done, Worklist, back, begin, did, forward, more, planned, undid
from followup_md.vault.board import due_until, show
from followup_md.vault.day import open_day
from followup_md.vault.index import Index

CASES = sorted((Path(__file__).parent / "cases" / "today").glob("*.md"))
RULES = rules_of('my_name = "Kim Lee"\ncurrency = "€"\n')


# --------------------------------------------------------------------------- cards


def screen(lines: list[Line]) -> str:
    return "\n".join(map(str, lines))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_card_says_what_one_wants_to_know(case: Path) -> None:
    note, *screens = re.split(r"^===== ([0-9]+)\n", case.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (due,) = plan_of({"Case": note}, rules=RULES).items
    work = begin((due,), 1)
    for columns, expected in zip(map(int, screens[::2]), screens[1::2], strict=True):
        lines = [*card(due, work, RULES, SATURDAY, columns, 24), *keys(work, columns)]
        assert screen(lines) + "\n" == expected
        assert all(cell_len(str(line)) <= columns and safe(str(line)) == str(line) for line in lines)


SCRIPT = """\
"Hello Dana, this is Kim Lee; I sent you something to read, and I am
calling about the reason for it: [pain?]."

Ask: "How do you deal with that at [company?] today?"

Voicemail: "It is Kim Lee, with one question for Dana; I will put it
in an email, so there is no need to ring back."

Colleague: "Who knows most about this at [company?], Dana or someone
else?\""""


@pytest.mark.parametrize(("rows", "shown"), [(24, 10), (23, 10), (22, 7), (16, 2), (1, 2)])
def test_a_script_is_cut_to_what_fits_and_never_below_four_lines(rows: int, shown: int) -> None:
    (due,) = plan_of({"Dana": "---\nphone: '1'\n---\n## Touches\n- 2026-11-10 email: x\n"}, rules=RULES).items
    work = begin((due,), 1)
    lines = [str(line) for line in card(due, work, RULES, SATURDAY, 80, rows)]
    first = next(number for number, line in enumerate(lines) if line.startswith("script "))
    script = [line[12:] for line in lines[first:-1]]
    whole = SCRIPT.split("\n")
    assert script == (whole if shown == len(whole) else [*whole[:shown], "… (d shows all of it)"])
    assert rows < 20 or len(lines) + len(keys(work, 80)) + 3 <= rows


@given(st.text(st.sampled_from("ab é字🎉\ufe0f\u0301❤ \t\n-"), max_size=60), st.integers(2, 20), st.integers(1, 4))
def test_lines_fit_and_nothing_is_lost(text: str, columns: int, most: int) -> None:
    lines = broken(text, columns)
    assert "".join(lines).replace(" ", "") == "".join(text.split())
    assert all(columns_of(line) <= columns and line.strip() for line in lines)
    assert all(columns_of(line) <= columns for line in shortened(lines, most, columns))
    assert len(shortened(lines, most, columns)) == min(len(lines), most)


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("字字", 4), ("é", 1), ("e\u0301", 1), ("❤\ufe0f", 2), ("🎉", 2), ("", 0)]
)
def test_how_many_columns_a_text_takes(text: str, columns: int) -> None:
    assert columns_of(text) == columns


def test_a_long_line_goes_on_below_its_indent() -> None:
    assert hanging("    one two three", 14) == ["    one two", "      three"]
    assert hanging("→ cadence       Mon", 40) == ["→ cadence       Mon"]


def test_a_script_is_broken_to_be_read_aloud_and_not_to_be_copied() -> None:
    note = "---\n{}\n---\n## Touches\n- 2026-11-10 email: x\n"
    for address, broken_up in (("phone: '1'", True), ("email: x@x.example", False)):
        (due,) = plan_of({"Dana": note.format(address)}).items
        lines = [str(line) for line in whole_script(str(draft(due, RULES) or ""), due, 50)]
        assert (max(map(len, lines)) <= 50) == broken_up
        assert " ".join(lines).split() == (str(draft(due, RULES) or "")).split()


# --------------------------------------------------------------------------- the list


def items(*names: str) -> tuple[Due, ...]:
    """Due touches of those prospects, in that order."""
    plan = plan_of(dict.fromkeys(names, "---\nemail: x@x.example\nadded: 2026-11-01\n---\n"))
    return tuple(sorted(plan.items, key=lambda due: names.index(due.prospect.name)))


def place(work: Worklist) -> tuple[str | None, int, int]:
    """Who is in front of the user, and ``N of M``."""
    return work.current.prospect.name if work.current else None, work.number, work.total


def done(name: str) -> Done:
    return Done("logged", f"Prospects/{name}.md", name, b"", b"")


def test_one_goes_through_the_list_and_back() -> None:
    work = begin(items("Ann", "Bob", "Cem"), 3)
    assert place(work) == ("Ann", 1, 3)
    work = forward(forward(work))
    assert place(work) == ("Cem", 3, 3)
    assert place(back(work)) == ("Bob", 2, 3)
    assert place(back(back(back(work)))) == ("Ann", 1, 3)
    end = forward(work)
    assert place(end) == (None, 3, 3)
    assert place(forward(end)) == ("Ann", 1, 3)
    assert place(back(end)) == ("Cem", 3, 3)


def test_what_is_done_is_gone_and_stays_counted() -> None:
    work = begin(items("Ann", "Bob", "Cem"), 3)
    work = planned(did(work, done("Ann")), items("Bob", "Cem"))
    assert place(work) == ("Bob", 2, 3)
    assert place(back(work)) == ("Bob", 2, 3)
    work = planned(did(forward(work), done("Cem")), items("Bob"))
    assert (place(work), [due.prospect.name for due in work.left]) == ((None, 3, 3), ["Bob"])
    work = planned(undid(work), items("Bob", "Cem"))
    assert (place(work), work.done) == (("Cem", 3, 3), (done("Ann"),))


def test_a_round_half_done_stays_in_front() -> None:
    work = begin(items("Ann", "Bob"), 2)
    assert place(planned(did(work, done("Ann")), items("Ann", "Bob"))) == ("Ann", 1, 2)


def test_who_is_due_meanwhile_joins_and_who_is_not_leaves() -> None:
    work = begin(items("Ann", "Bob", "Cem"), 3)
    work = planned(work, items("Ann", "Dan", "Cem"))
    assert [place(work), place(forward(work)), place(forward(forward(work)))] == [
        ("Ann", 1, 3),
        ("Dan", 2, 3),
        ("Cem", 3, 3),
    ]


def test_what_is_more_than_the_day_holds_waits_until_it_is_asked_for() -> None:
    work = begin(items("Ann", "Bob", "Cem"), 1)
    assert place(work) == ("Ann", 1, 1)
    work = planned(did(work, done("Ann")), items("Bob", "Cem"))
    assert (place(work), work.beyond) == ((None, 1, 1), frozenset({"Prospects/Bob.md", "Prospects/Cem.md"}))
    work = more(work, items("Bob", "Cem"))
    assert (place(work), work.beyond) == (("Bob", 2, 3), frozenset())


def test_who_wrote_meanwhile_is_on_the_list_though_they_were_beyond_it() -> None:
    note = "---\nemail: x@x.example\nadded: 2026-11-01\n---\n"
    before = plan_of({"Ann": note, "Bob": note}).items
    after = plan_of({"Ann": note, "Bob": f"{note}## Touches\n- 2026-11-20 email in: hello\n"}).items
    assert place(forward(planned(begin(before, 1), after))) == ("Bob", 2, 2)


def test_what_is_ready_is_what_the_plan_has() -> None:
    today = date(2026, 5, 6)
    day = open_day(Index(EXAMPLE), lambda rules: today, print, writing=False)
    show(day.vault, today)
    found = list(day.touches_of(due_until(day.vault, today)))
    assert len(found) == 13 and found == [due for due in day.plan.items if due.on <= today or due.reply_to]


def test_an_empty_list_is_at_its_end() -> None:
    assert (place(begin((), 5)), begin((), 5).empty) == ((None, 0, 0), True)


def test_a_day_that_is_full_already_has_only_more() -> None:
    full = begin(items("Ann"), 0)
    assert (place(full), full.empty, place(more(full, items("Ann")))) == ((None, 0, 0), False, ("Ann", 1, 1))


NAMES = ("Ann", "Bob", "Cem", "Dan")
FOUR = items(*NAMES)


@given(st.lists(st.one_of(st.sampled_from(["next", "back"]), st.sets(st.sampled_from(NAMES)))), st.integers(0, 4))
def test_whatever_happens_the_number_is_one_of_the_total_and_the_current_is_due(
    steps: list[str | set[str]], room: int
) -> None:
    work = begin(FOUR, room)
    for step in steps:
        if isinstance(step, str):
            work = {"next": forward, "back": back}[step](work)
        else:
            work = planned(work, tuple(due for due in FOUR if due.prospect.name in step))
        assert work.at is None or work.current is not None
        assert (1 if work.current else 0) <= work.number <= work.total <= 4
        assert len(set(work.come_to)) == len(work.come_to)
        assert {due.id for due in (*work.left, *work.ahead)} == {due.id for due in work.due}
    for _ in range(9):
        work = forward(work)
    assert {due.prospect.path for due in work.due} <= set(work.come_to)


# --------------------------------------------------------------------------- what came of a touch


@pytest.mark.parametrize(
    ("wish", "pressed", "outcomes"),
    [
        (Wish("email", False, Intent.VALUE), "\r", ()),
        (Wish("email", False, Intent.VALUE), "b", (Outcome.BOUNCED,)),
        (Wish("email", False, Intent.VALUE), "n", None),
        (Wish("email", True, None), "o", (Outcome.OOO,)),
        (Wish("email", True, None), "d", (Outcome.DECLINED,)),
        (Wish("call", False, Intent.ASK), "n", (Outcome.NO_ANSWER,)),
        (Wish("call", False, Intent.ASK), "m", (Outcome.ANSWERED, Outcome.BOOKED)),
        (Wish("voicemail", False, Intent.ASK), "a", (Outcome.ANSWERED,)),
        (Wish("meeting", False, None), "h", (Outcome.HELD,)),
        (Wish("meeting", False, None), "\r", ()),
        (Wish("event", False, None), "s", (Outcome.NO_SHOW,)),
    ],
)
def test_one_key_says_what_came_of_it(wish: Wish, pressed: str, outcomes: tuple[Outcome, ...] | None) -> None:
    (due,) = items("Ann")
    found = key_of(pressed, outcome_keys(wish, due))
    assert (found.outcomes if found else None) == outcomes


def test_enter_says_that_what_was_agreed_on_took_place() -> None:
    (due,) = plan_of({"Sam": "## Touches\n- 2026-11-21 10:00 meeting: first look\n"}).items
    wish = proposed(due)
    assert (wish, [one.key for one in outcome_keys(wish, due)]) == (Wish("meeting", False, None), list("\rmdrsc"))


def test_no_key_means_two_things_for_any_touch() -> None:
    (due,) = items("Ann")
    for channel in (one.name for one in RULES.channels):
        for inbound in (True, False):
            used = [one.key for one in outcome_keys(Wish(channel, inbound, None), due)]
            assert len({*used, "w", "i", "t", "p", "q", "\x1b"}) == len(used) + 6


def test_of_a_round_by_two_channels_one_is_logged_after_the_other() -> None:
    note = "---\nphone: '1'\nemail: x@x.example\nstage: items\nwaiting_on: the list\nadded: 2026-11-01\n---\n"
    (due,) = plan_of({"Ann": note}).items
    assert screen(menu(proposed(due), due, 80)).split("\n")[1] == "log call, chase, with Ann; email after that"


def test_the_menu_says_what_is_going_to_be_logged() -> None:
    (due,) = items("Ann")
    wish = Wish("call", False, Intent.ASK, promised=date(2026, 11, 25))
    assert screen(menu(wish, due, 80)) == (
        "\nlog call, ask, back on 2026-11-25, with Ann\n"
        "Enter just log it  a answered  n no answer  v voicemail  m meeting booked\n"
        "d declined  r referral  w other channel  i other intent  t they wrote\n"
        "p promised a day  Esc back"
    )


# --------------------------------------------------------------------------- words at the end


def test_the_end_says_what_was_done_and_how_to_go_on() -> None:
    work = begin(items("Ann", "Bob", "Cem"), 2)
    assert screen([*ending(forward(forward(work)), 40), *keys(forward(forward(work)), 40)]) == (
        "── the end of the list ─────────────────\n"
        "nothing done\n"
        "2 left: n goes through them\n"
        "1 more is due: m goes on with it\n"
        "\n"
        "n next  m more  ? help  q quit"
    )
    work = planned(did(work, done("Ann")), ())
    assert screen([*ending(work, 40), *keys(work, 40)]).endswith("─\n1 touch logged\n\nu undo  ? help  q quit")


def test_what_was_done_is_added_up() -> None:
    other = Done("snoozed", "x", "x", b"", b"")
    assert tally([done("Ann"), other, done("Bob")]) == "2 touches logged, 1 snoozed"
    assert tally([]) == ""


def test_what_comes_next_is_told() -> None:
    (due,) = plan_of({"Ann": "---\nnext: 2026-11-25\nemail: x@x.example\n---\n"}).items
    assert comes_next(due, SATURDAY) == "next: email, value on Wed 25 Nov"
    assert comes_next(items("Ann")[0], SATURDAY) == "still due: email, value"
    assert comes_next(None, SATURDAY) == "nothing more is due for them"


# --------------------------------------------------------------------------- sittings at a real terminal

HEAD = "---\nname: {}\nemail: x@x.example\nphone: '+1'\n---\n## Touches\n"
NOTES = {
    "Ann": HEAD.format("Ann") + "- 2026-11-16 email: hello\n- 2026-11-17 email in: prices?\n",
    "Bob": HEAD.format("Bob") + "- 2026-11-10 email: hello #value\n",
    "Cem": HEAD.format("Cem") + "- 2026-11-11 email: hello #value\n",
}
CTRL_C, CTRL_D, ESCAPE = "\x03", "\x04", "\x1b"
#: Colours, and what line editing sends.
_CONTROLS = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[=>])|\r")


class Terminal:
    """A pseudo-terminal in which `followup today` runs on a vault."""

    def __init__(self, vault: Folder, *options: str, columns: int = 80, **environment: str) -> None:
        pexpect = pytest.importorskip("pexpect")
        self.root = root = vault.root
        command = ["-m", "followup_md", "-C", str(root), "--today", "2026-11-21", *options]
        kept = {name: value for name, value in os.environ.items() if name not in ("VISUAL", "COLUMNS", "LINES")}
        kept |= {
            "TERM": "xterm",
            "PYTHONPATH": str(EXAMPLE.parent),
            "SSH_CONNECTION": "1",
            "NO_COLOR": "1",
            **environment,
        }
        size = (24, columns)
        self.child = pexpect.spawn(sys.executable, command, env=kept, encoding="utf-8", timeout=20, dimensions=size)
        self.child.delaybeforesend = 0
        self.seen = ""

    def see(self, text: str) -> str:
        """Wait until a text appears; what was on the screen until then, without colours."""
        self.child.expect_exact(text)
        self.seen += _CONTROLS.sub("", self.child.before + text)
        return self.seen

    def press(self, *keys: str, at: str = "q quit") -> None:
        """Press a key as soon as it is asked for: what is pressed before the terminal is raw is thrown away."""
        for key in keys:
            self.see(at)
            end = time.monotonic() + 20
            while termios.tcgetattr(self.child.child_fd)[3] & termios.ICANON and time.monotonic() < end:
                time.sleep(0.002)
            self.child.send(key)

    def log(self, key: str, text: str) -> None:
        """Log what is due, with the key of an outcome and a text."""
        self.press("l")
        self.press(key, at="Esc back")
        self.answer("What was it about?", text)

    def answer(self, question: str, text: str) -> None:
        self.see(question)
        self.see("> ")
        self.child.send(f"{text}\r")

    def end(self) -> int:
        """Wait for the end; the exit code, or a negative signal."""
        pexpect = pytest.importorskip("pexpect")
        self.child.expect(pexpect.EOF)
        self.seen += _CONTROLS.sub("", self.child.before)
        self.child.close()
        return int(-self.child.signalstatus if self.child.signalstatus else self.child.exitstatus)

    def note(self, name: str) -> str:
        return (self.root / f"Prospects/{name}.md").read_text()

    def added(self, name: str) -> str:
        """What stands in a note that was not there."""
        assert self.note(name).startswith(NOTES[name])
        return self.note(name).removeprefix(NOTES[name])


@pytest.fixture
def three(vault: Folder) -> Folder:
    """A vault with Ann, to whom a reply is owed, and with Bob and Cem, who are due for a call."""
    for name, note in NOTES.items():
        vault.write(f"Prospects/{name}.md", note)
    return vault


def test_a_morning(three: Folder) -> None:
    terminal = Terminal(three, "today")
    terminal.log("\r", "sent the prices")
    terminal.see("Ann: logged email of 2026-11-21; next: call, value on Tue 24 Nov")
    assert terminal.added("Ann") == "- 2026-11-21 email: sent the prices\n"
    terminal.press("l")
    terminal.press("p", at="Esc back")
    terminal.answer("When did you say", "someday")
    terminal.answer("is no day", "mon")
    terminal.see("log call, ask, back on 2026-11-23, with Bob")
    terminal.press("m", at="Esc back")
    terminal.answer("What was it about?", "spoke")
    terminal.see("next: ")
    assert terminal.added("Bob") == "- 2026-11-21 call: spoke #ask #answered #booked [next:: 2026-11-23]\n"
    terminal.press("s")
    terminal.answer("Until when?", "2w")
    terminal.see("Cem: snoozed until 2026-12-05; next: call, ask on Mon 7 Dec")
    assert "snooze_until: 2026-12-05\n" in terminal.note("Cem")
    terminal.see("the end of the list")
    terminal.press("u", "k", "q")
    assert terminal.end() == 0
    assert terminal.added("Cem") == "- 2026-11-21 skip: call\n"
    assert "2 of 3" in terminal.seen and "3 of 3" in terminal.seen
    assert "2 touches logged, 1 skipped; 0 left" in terminal.seen
    assert not (three.root / "DUE.md").exists()


def test_leaving_by_ctrl_c_keeps_what_was_done_and_brings_due_md_up_to_date(three: Folder) -> None:
    assert three.followup("index").code == 0
    terminal = Terminal(three, "today")
    terminal.log("b", "sent the prices")
    terminal.press("l")
    terminal.press(ESCAPE, at="Esc back")
    terminal.press("s")
    terminal.see("> ")
    terminal.child.send(CTRL_C)
    terminal.press(CTRL_C)
    assert terminal.end() == 130
    assert terminal.added("Ann") == "- 2026-11-21 email: sent the prices #bounced\n"
    assert (terminal.added("Bob"), terminal.added("Cem")) == ("", "")
    assert "DUE.md written" in terminal.seen and three.followup("index", "--check").code == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGHUP, 129)])
def test_a_sitting_that_is_ended_leaves_whole_notes(three: Folder, number: signal.Signals, code: int) -> None:
    terminal = Terminal(three, "today")
    terminal.press("k", "l")
    terminal.see("Esc back")
    os.kill(terminal.child.pid, number)
    assert terminal.end() == code
    assert (terminal.added("Ann"), terminal.added("Bob")) == ("- 2026-11-21 skip: email\n", "")
    assert sorted(path.name for path in (three.root / "Prospects").iterdir()) == ["Ann.md", "Bob.md", "Cem.md"]


def test_what_others_change_meanwhile_is_seen_and_never_overwritten(three: Folder) -> None:
    terminal = Terminal(three, "today")
    terminal.see("q quit")
    theirs = NOTES["Ann"] + "- 2026-11-21 email: answered on the train\n"
    three.write("Prospects/Ann.md", theirs)
    terminal.press("l", at="")
    terminal.press("\r", at="Esc back")
    terminal.answer("What was it about?", "twice")
    terminal.see("Prospects/Ann.md has changed meanwhile, so nothing was written")
    terminal.press("\r", "k")
    terminal.see("Bob: skipped call")
    assert terminal.note("Ann") == theirs
    mine = terminal.note("Bob")
    three.write("Prospects/Bob.md", mine + "- 2026-11-21 email in: hello\n")
    terminal.press("u")
    terminal.see("Prospects/Bob.md: it was changed since, so nothing is undone")
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.note("Bob") == mine + "- 2026-11-21 email in: hello\n"


def test_undo_gives_back_the_very_bytes_one_after_the_other(three: Folder) -> None:
    odd = NOTES["Bob"].replace("---\n", "---\r\n", 1) + "  \n\n\ttext without an end"
    three.write("Prospects/Bob.md", odd)
    terminal = Terminal(three, "today")
    terminal.press("k", "s")
    terminal.answer("Until when?", "")
    terminal.see("Bob: snoozed until 2026-11-23")
    assert terminal.root.joinpath("Prospects/Bob.md").read_bytes() != odd.encode()
    terminal.press("u")
    terminal.see("Bob: undone, not snoozed any more")
    assert terminal.root.joinpath("Prospects/Bob.md").read_bytes() == odd.encode()
    terminal.press("u")
    terminal.see("Ann: undone, not skipped any more")
    terminal.press("u")
    terminal.see("there is nothing to undo")
    terminal.press(CTRL_D)
    assert (terminal.end(), terminal.added("Ann"), "left" in terminal.seen) == (0, "", False)


def test_the_editor_opens_the_note_and_what_it_wrote_counts(three: Folder) -> None:
    editor = three.write(
        "my editor", '#!/bin/sh\n[ "$1" = -w ] && echo "- 2026-11-21 email: from the editor" >> "$2"\n'
    )
    editor.chmod(0o755)
    name = "$(touch gone) 'Ann' `touch gone`"
    three.write(f"Prospects/{name}.md", NOTES["Ann"].replace("name: Ann\n", ""))
    terminal = Terminal(three, "today", EDITOR=f"'{editor}' -w")
    terminal.press("o")
    terminal.see("obsidian://open?path=%2F")
    terminal.press("e")
    terminal.see(f"{name}: next: call, value on Tue 24 Nov")
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.note(name).endswith("- 2026-11-21 email: from the editor\n")
    assert not (three.root / "gone").exists() and not Path("gone").exists()


def test_any_terminal_will_do_and_nothing_of_a_note_acts_on_it(vault: Folder) -> None:
    case = (Path(__file__).parent / "cases/today/hostile.md").read_text(encoding="utf-8").partition("=====")[0]
    vault.write("Prospects/Eve.md", case)
    terminal = Terminal(vault, "today", columns=60, TERM="dumb", EDITOR="/no/editor")
    terminal.press("w", "?", "e", "kkkkkk", "x", "l")
    terminal.press("t", "o", at="Esc back")
    terminal.answer("What did they say?", "")
    terminal.press("q")
    assert terminal.end() == 0
    assert "`/no/editor` cannot be started" in terminal.seen
    assert vault.read("Prospects/Eve.md").decode() == case
    lines = terminal.seen.split("\n")
    assert max(map(cell_len, lines)) <= 60 and all(line.isprintable() for line in lines)


def test_where_nothing_is_due_it_says_what_comes(vault: Folder) -> None:
    vault.write("Prospects/Ann.md", "---\nnext: 2026-11-25\n---\n")
    terminal = Terminal(vault, "today")
    assert terminal.end() == 0
    assert "nothing due on Sat 21 Nov; next: Ann on Wed 25 Nov" in terminal.seen


def test_without_a_terminal_there_are_no_keys(vault: Folder) -> None:
    result = vault.followup("today")
    assert (result.code, "so it needs a terminal" in result.err) == (2, True)
