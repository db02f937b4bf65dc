"""The hints of `check`: what each points out, and what it leaves alone. Today is Saturday 2026-11-21."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from conftest import SATURDAY, Folder, rules_of

from followup_md.codes import EXPLANATIONS
from followup_md.planning.checks import check_all
from followup_md.planning.hygiene import PRESSING
from followup_md.reading.note import read_prospects

RULES = rules_of()
REASON = "email: d@x.example\npain: late invoices\n"
DECIDED = REASON + "decision_maker: true\n"
CODES = {
    "balance-off",
    "let-go-early",
    "let-go-unexplained",
    "lost-undecided",
    "no-reason",
    "pressing-words",
    "promise-missed",
    "too-much-pressure",
}


def note(front: str, *log: str, body: str = "") -> str:
    return f"---\n{front}---\n{body}\n## Touches\n" + "".join(f"- {line}\n" for line in log)


def hints(*notes: str) -> list[str]:
    """``SEVERITY CODE`` of every hint of hygiene, with the text of its line."""
    files = {f"Prospects/{number}.md": text.encode() for number, text in enumerate(notes)}
    prospects, _ = read_prospects(files, RULES)
    found = [problem for problem in check_all(prospects, RULES, SATURDAY) if problem.code in CODES]
    lines = {path: text.decode().split("\n") for path, text in files.items()}
    return [f"{one.severity} {one.code}: {lines[one.path][one.line - 1]}" for one in found]


@dataclass(frozen=True)
class Case:
    """A note, and its hints."""

    name: str
    note: str
    expected: tuple[str, ...] = ()


def lost(*log: str, front: str = DECIDED, on: str = "2026-11-18", reason: str = " — no need") -> str:
    return note(f"stage: lost\n{front}", *log, f"{on} stage: lost{reason}")


def dark(*log: str) -> str:
    """They answered once, then five rounds went without an answer."""
    rounds = (f"2026-{day} email: more #value" for day in ("08-10", "08-20", "09-01", "09-12", "09-25"))
    return note(REASON, "2026-08-01 email: hello #value", "2026-08-03 email in: yes?", *rounds, *log)


EARLY = ("info let-go-early: - 2026-11-18 stage: lost — no need",)
CASES = (
    # let go too early (R21)
    Case(
        "three rounds, never an answer", lost("2026-10-01 email: a", "2026-10-05 call: b", "2026-10-12 email: c"), EARLY
    ),
    Case("five rounds, never an answer", lost(*(f"2026-10-{day} email: a" for day in ("01", "05", "12", "19", "26")))),
    Case("no round at all: they never fitted", lost()),
    Case(
        "they said no",
        lost("2026-10-01 email: a", "2026-10-05 email in: we have somebody", "2026-10-06 email: thanks #thanks"),
    ),
    Case(
        "they said no, and the thanks has no tag",
        lost("2026-10-01 email: a", "2026-10-05 email in: no", "2026-10-06 email: fine"),
    ),
    Case("a no on the phone", lost("2026-10-01 call: spoke, no budget")),
    Case("a no with its tag", lost("2026-10-01 email: a #declined")),
    Case(
        "they were interested, then two rounds",
        lost("2026-10-01 email in: tell me", "2026-10-02 email: this", "2026-10-09 call: no answer"),
        EARLY,
    ),
    Case("thanked after it was closed", lost("2026-10-01 call: spoke, no") + "- 2026-11-19 email: thanks\n"),
    Case(
        "one follow-up on a proposal",
        lost(
            "2026-10-01 meeting: at theirs",
            "2026-10-05 email: the offer",
            "2026-10-05 stage: proposal",
            "2026-10-12 call: no answer",
        ),
        EARLY,
    ),
    Case(
        "no follow-up on a proposal",
        lost("2026-10-01 meeting: at theirs", "2026-10-05 email: the offer", "2026-10-05 stage: proposal"),
        EARLY,
    ),
    Case(
        "one follow-up on a proposal, and they decided",
        lost(
            "2026-10-01 meeting: at theirs",
            "2026-10-05 email: the offer",
            "2026-10-05 stage: proposal",
            "2026-10-12 call: spoke, no",
        ),
    ),
    Case(
        "one follow-up on a proposal that they had said yes to: the proposal's own day counts",
        lost(
            "2026-10-05 stage: proposal",
            "2026-10-12 call: no answer",
            "2026-10-13 stage: verbal",
            "2026-10-19 call: no answer",
            "2026-10-26 email: a",
            "2026-11-02 letter: b",
            "2026-11-09 call: no answer",
        ),
    ),
    # let go, and no reason stands there (R16)
    Case(
        "no reason on the line",
        lost("2026-11-10 call: spoke, no", reason=""),
        ("info let-go-unexplained: - 2026-11-18 stage: lost",),
    ),
    Case(
        "no line at all",
        note("stage: lost\n" + DECIDED, "2026-11-10 call: spoke, no"),
        ("info let-go-unexplained: stage: lost",),
    ),
    Case(
        "they said no", note("stage: lost\n" + DECIDED, "2026-11-10 email in: no #declined", "2026-11-11 stage: lost")
    ),
    Case("lost long ago", lost("2026-09-10 call: spoke, no", on="2026-09-11", reason="")),
    Case("imported as lost", note("stage: lost\n" + DECIDED)),
    # lost, and nobody knows who decides (R14)
    Case(
        "just lost",
        lost("2026-11-10 call: spoke, no", front=REASON),
        ("warning lost-undecided: - 2026-11-18 stage: lost — no need",),
    ),
    Case(
        "lost long ago",
        lost("2026-05-10 call: spoke, no", front=REASON, on="2026-05-11"),
        ("info lost-undecided: - 2026-05-11 stage: lost — no need",),
    ),
    Case(
        "they do not decide",
        lost("2026-11-10 call: spoke, no", front=REASON + "decision_maker: false\n"),
        ("warning lost-undecided: - 2026-11-18 stage: lost — no need",),
    ),
    Case("who decides is known", lost("2026-11-10 call: spoke, no", front=REASON + 'decision_maker: "[[Ann]]"\n')),
    Case("not to be contacted", lost("2026-11-10 call: spoke, no", front="do_not_contact: true\n")),
    # no reason (R15)
    Case(
        "neither pain nor opportunity",
        note("email: d@x.example\n", "2026-11-19 email: hello"),
        ("info no-reason: ---",),
    ),
    Case("an opportunity", note("opportunity: they move\n", "2026-11-19 email: hello")),
    Case("an open question: they wrote", note("email: d@x.example\n", "2026-11-19 email in: prices?")),
    Case("an open question: they owe us the list", note("stage: items\n", body="## Waiting on\n- [ ] the list\n")),
    Case("an open question: we meet", note("stage: meeting\n", "2026-11-25 meeting: at theirs")),
    Case(
        "an open question: we call, as they wished", note("stage: lead\n", "2026-11-19 call: spoke [next:: 2027-01-11]")
    ),
    Case("just imported: nothing went out yet", note("email: d@x.example\nadded: 2026-11-20\n")),
    Case("nothing is known at all", "## Touches\n- 2026-11-19 email: hello\n"),
    Case("won", note("stage: won\n", "2026-11-10 stage: won")),
    # value and ask (R9)
    Case(
        "four asks of five",
        note(
            REASON,
            *(f"2026-{day} email: a #ask" for day in ("08-01", "08-15", "09-01", "09-15")),
            "2026-10-01 email: b #value",
        ),
        ("info balance-off: - 2026-10-01 email: b #value",),
    ),
    Case(
        "three asks of six",
        note(
            REASON,
            *(
                f"2026-{day} email: a #{what}"
                for day, what in (
                    ("08-01", "ask"),
                    ("08-15", "ask"),
                    ("09-01", "ask"),
                    ("09-15", "value"),
                    ("10-01", "value"),
                    ("10-15", "value"),
                )
            ),
        ),
    ),
    Case(
        "four asks in all", note(REASON, *(f"2026-{day} email: a #ask" for day in ("08-01", "08-15", "09-01", "09-15")))
    ),
    # too much pressure (R3)
    Case(
        "three rounds in a week",
        note(REASON, "2026-11-12 email: a", "2026-11-14 call: b", "2026-11-17 email: c"),
        ("info too-much-pressure: - 2026-11-17 email: c",),
    ),
    Case(
        "two days running",
        note(REASON, "2026-11-17 email: a", "2026-11-18 call: b"),
        ("info too-much-pressure: - 2026-11-18 call: b",),
    ),
    Case("two rounds in a week", note(REASON, "2026-11-12 email: a", "2026-11-16 call: b")),
    Case("two channels on one day", note(REASON, "2026-11-17 email: a", "2026-11-17 call: b", "2026-11-17 sms: c")),
    Case(
        "a reply, and a round",
        note(REASON, "2026-11-16 email in: what?", "2026-11-17 email: this", "2026-11-18 call: no answer"),
    ),
    Case(
        "as promised",
        note(REASON, "2026-11-17 email: a, I ring tomorrow [next:: 2026-11-18]", "2026-11-18 call: no answer"),
    ),
    Case(
        "they answered it",
        note(
            REASON,
            "2026-11-12 email: a",
            "2026-11-13 call: b",
            "2026-11-14 email: c",
            "2026-11-16 email in: yes",
            "2026-11-17 email: good",
        ),
    ),
    Case("a month and more ago", note(REASON, "2026-10-01 email: a", "2026-10-02 call: b")),
    # pressing words to somebody gone dark (R12)
    Case(
        "the last chance",
        dark("2026-10-10 email: Last chance for the old price"),
        ("info pressing-words: - 2026-10-10 email: Last chance for the old price",),
    ),
    Case(
        "why no answer, with a curly apostrophe",
        dark("2026-10-10 email: why haven’t you written?"),
        ("info pressing-words: - 2026-10-10 email: why haven’t you written?",),
    ),
    Case("checking in is no pressure", dark("2026-10-10 email: just checking in #value")),
    Case("a word that only begins so", dark("2026-10-10 email: insurgent ideas, urgently needed #value")),
    Case("not dark yet", note(REASON, "2026-08-01 email in: yes?", "2026-08-10 email: last chance")),
    Case(
        "they never answered",
        note(REASON, *(f"2026-{month}-01 email: last chance" for month in ("05", "06", "07", "08", "09", "10"))),
    ),
    # a promise missed (R4)
    Case(
        "said on a line",
        note(REASON, "2026-11-10 call: spoke, I send it [next:: 2026-11-16]"),
        ("info promise-missed: - 2026-11-10 call: spoke, I send it [next:: 2026-11-16]",),
    ),
    Case(
        "set in the front matter",
        note("next: 2026-11-16\n" + REASON, "2026-11-10 email: a"),
        ("info promise-missed: next: 2026-11-16",),
    ),
    Case("kept late", note(REASON, "2026-11-10 call: spoke [next:: 2026-11-16]", "2026-11-18 email: here it is")),
    Case("due on Monday, since the day is a Saturday", note(REASON, "2026-11-10 call: spoke [next:: 2026-11-21]")),
    Case(
        "an item we owe",
        note(
            REASON,
            "2026-11-10 call: spoke",
            body="## I owe\n- [ ] the price 📅 2026-11-12\n- [x] the plan 📅 2026-11-12\n- [ ] later 📅 2026-12-12\n",
        ),
        ("info promise-missed: - [ ] the price 📅 2026-11-12",),
    ),
    Case(
        "the day and the item are one promise",
        note(REASON, "2026-11-10 call: spoke [next:: 2026-11-12]", body="## I owe\n- [ ] the price 📅 2026-11-12\n"),
        ("info promise-missed: - 2026-11-10 call: spoke [next:: 2026-11-12]",),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hints(case: Case) -> None:
    assert tuple(hints(case.note)) == case.expected


def message(text: str, code: str, settings: str = "") -> str:
    """The message of the one hint with that code."""
    rules = rules_of(settings)
    prospects, _ = read_prospects({"Prospects/Dana.md": text.encode()}, rules)
    (found,) = [one.message for one in check_all(prospects, rules, SATURDAY) if one.code == code]
    return found


def test_each_hint_in_words() -> None:
    asks = (f"2026-{day} email: a #ask" for day in ("08-01", "08-15", "09-01", "09-15"))
    assert message(note(REASON, *asks, "2026-10-01 email: b #value"), "balance-off") == (
        "of the last 5 touches tagged `#value` or `#ask`, 1 brought value, and your goal is 70%: "
        "bring something before you ask again (R9)"
    )
    assert message(lost("2026-10-01 email: a", "2026-10-05 call: b"), "let-go-early") == (
        "let go after 2 rounds without an answer, and under 5 is early: "
        "open it again, or leave it so if you meant it (R21)"
    )
    offered = ("2026-10-05 email: the offer", "2026-10-05 stage: proposal", "2026-10-12 call: no answer")
    assert message(lost(*offered), "let-go-early") == (
        "let go after 1 follow-up on the proposal of 2026-10-05 and no word of theirs: "
        "one more may be the one that is answered (R21)"
    )
    gone = ("2026-11-10 call: spoke, no",)
    find_out = "find that out and ask, or set `decision_maker` to true or to a link (R14)"
    assert message(lost(*gone, front=REASON), "lost-undecided") == f"lost, and who decides is not known: {find_out}"
    assert message(lost(*gone, front=REASON + "decision_maker: false\n"), "lost-undecided") == (
        f"lost, but they do not decide, and who does is not known: {find_out}"
    )
    assert message(note("email: d@x.example\n", "2026-11-19 email: hello"), "no-reason") == (
        "no reason to follow up: write down their `pain` or an `opportunity`, "
        "so that the next touch is about them (R15)"
    )
    assert message(dark("2026-10-10 email: Last chance"), "pressing-words") == (
        "“last chance” presses somebody who has gone dark: bring something, and ask for no answer (R12)"
    )
    assert message(note(REASON, "2026-11-10 call: spoke [next:: 2026-11-16]"), "promise-missed") == (
        "promised for Mon 16 Nov, 5 days ago, and not done: do it today, or name them another day (R4)"
    )
    rounds = ("2026-11-12 email: a", "2026-11-14 call: b", "2026-11-17 email: c")
    assert message(note(REASON, *rounds), "too-much-pressure") == (
        "3 unanswered rounds in the seven days up to Tue 17 Nov, more than your 2: leave them some air (R3)"
    )
    assert message(note(REASON, "2026-11-17 email: a", "2026-11-18 call: b"), "too-much-pressure") == (
        "rounds on Tue 17 Nov and Wed 18 Nov, closer than your 2d: leave them some air (R3)"
    )


def test_pressing_words_of_ones_own() -> None:
    """They come on top of the built-in ones; signs in them are signs, case and the kind of apostrophe do not matter."""
    own = '[log]\npressing = ["letzte  Chance", "c\'est fini (vraiment)", ""]\n'
    for said, found in (
        ("2026-10-10 email: LETZTE Chance!", "letzte chance"),
        ("2026-10-10 email: c’est fini (vraiment)", "c'est fini (vraiment)"),
        ("2026-10-10 email: last chance", "last chance"),
    ):
        assert message(dark(said), "pressing-words", own).startswith(f"“{found}” presses")
    assert not hints(dark("2026-10-10 email: letzte Chance"))


def test_a_colleague_who_decides_is_known() -> None:
    front = "company: Acme\n" + REASON
    gone = lost("2026-11-10 call: spoke, no", front=front)
    assert hints(gone) and not hints(gone, note("company: ACME\n" + DECIDED, "2026-11-19 email: hello"))


def test_the_list_of_pressing_words_is_documented() -> None:
    from test_docs import text

    for words in PRESSING:
        assert f"“{words}”" in text("codes.md"), words
    assert set(EXPLANATIONS) >= CODES


def test_hints_are_no_problems(vault: Folder) -> None:
    """They are in `check` and `show` only: not in DUE.md, not in a count, not in the exit code."""
    vault.write("Prospects/Dana.md", note("email: d@x.example\n", "2026-11-17 email: a", "2026-11-18 email: b"))
    assert "problem" not in vault.followup("index").err
    assert "Needs a hand" not in vault.read("DUE.md").decode()
    checked = vault.followup("check")
    assert checked.code == 0 and checked.err == "1 prospect, 0 problems, 2 hints\n"
    assert vault.followup("due", "--json").json["problems"] == 0
