"""Planning situations with what is due, worked out by hand. Today is Saturday 2026-11-21."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from conftest import Folder, due_of, plan_of, rules_of
from msgspec.structs import replace

from followup_md.reading.cadence import read_cadences
from followup_md.vault.rules import built_in_cadences

EMAIL = "email: d@x.example\n"
PHONE = "phone: +1555\n"
POST = "address: 1 Quay\n"
ALL = EMAIL + PHONE + POST + "linkedin: x\n"


def note(front: str, *log: str, body: str = "") -> str:
    return f"---\n{front}---\n{body}\n## Touches\n" + "".join(f"- {line}\n" for line in log)


@dataclass(frozen=True)
class Case:
    """A note, and ``DUE CATEGORY CHANNELS INTENT CADENCE STEP`` as it must come out (None: nothing)."""

    name: str
    note: str
    expected: str | None


def _after_meeting(*log: str, front: str = ALL) -> str:
    return note(f"stage: meeting\n{front}", "2026-10-01 meeting: at theirs", *log)


CASES = (
    # the contract's own
    Case("a lead without touches", note("added: 2026-11-20\n" + EMAIL), "2026-11-20 cadence email value new-lead 1"),
    Case("a lead after one email", note(EMAIL + PHONE, "2026-11-17 email: hello"), "2026-11-20 cadence call value new-lead 2"),
    Case(
        "24 hours end on a Saturday: the note goes on the Friday",
        note("stage: meeting\n" + ALL, "2026-11-20 meeting: at theirs"),
        "2026-11-20 thank-note note value after-meeting 1",
    ),
    Case(
        "they wrote on Friday",
        note("stage: proposal\n" + ALL, "2026-11-20 email in: prices?"),
        "2026-11-23 reply-owed email None after-proposal 1",
    ),
    Case(
        "they wrote, and a next date was agreed",
        note("stage: proposal\n" + ALL, "2026-11-20 email in: call me in January [next:: 2027-01-05]"),
        "2027-01-05 promised call value after-proposal 1",
    ),
    Case(
        "a promise for a Sunday",
        note("next: 2026-11-22\n" + EMAIL, "2026-11-20 email: sent it"),
        "2026-11-23 promised email value new-lead 2",
    ),
    Case("a promise kept on its day", note("next: 2026-11-18\n" + EMAIL + PHONE, "2026-11-18 call: no answer"), "2026-11-23 cadence call value new-lead 2"),
    Case(
        "out of office with a date",
        note(EMAIL + PHONE, "2026-11-13 email: hello", "2026-11-16 email in: back 2026-12-01 #ooo"),
        "2026-12-01 cadence call value new-lead 2",
    ),
    Case(
        "items owed, two rounds of chasing",
        note(
            "stage: items\n" + ALL,
            "2026-11-06 call: no answer #chase",
            "2026-11-06 email: the list again #chase",
            "2026-11-13 call: no answer #chase",
            "2026-11-13 email: the list again #chase",
            body="## Waiting on\n- [ ] the list\n",
        ),
        "2026-11-20 items call+email chase awaiting-items 3",
    ),
    Case(
        "won and thanked: the referral, thirty days later",
        note("stage: won\n" + ALL, "2026-10-30 stage: won", "2026-10-31 email: thank you #thanks"),
        "2026-11-30 closing call value won 2",
    ),
    Case(
        "won, thanked and asked: nothing more",
        note("stage: won\n" + ALL, "2026-09-01 stage: won", "2026-09-02 email: thanks #thanks", "2026-10-05 call: a name? #ask"),
        None,
    ),
    # who is left alone
    Case("do not contact", note("do_not_contact: true\n" + ALL, "2026-11-20 email in: prices?"), None),
    Case("do not contact, by another word", note("opt-out: yes\n" + ALL), None),
    Case("lost and thanked", note("stage: lost\n" + ALL, "2026-11-01 stage: lost — price", "2026-11-02 email: thanks #thanks"), None),
    Case(
        "they said no, and nobody changed the stage",
        note("stage: proposal\n" + ALL, "2026-11-17 email: offer", "2026-11-19 email in: no thanks #declined"),
        "2026-11-20 closing note thanks lost 1",
    ),
    Case(
        "a closed one who writes again",
        note("stage: lost\n" + ALL, "2026-10-01 stage: lost — price", "2026-11-20 email in: are you free?"),
        "2026-11-23 reply-owed email None lost 1",
    ),
    # replies
    Case(
        "answered already",
        note("stage: proposal\n" + ALL, "2026-11-16 email in: prices?", "2026-11-17 email: here they are"),
        "2026-11-20 cadence email value after-proposal 2",
    ),
    Case("needs no reply: skipped", note(ALL, "2026-11-16 email in: thanks, got it", "2026-11-16 skip: email"), "2026-11-19 cadence call value new-lead 2"),
    Case("a voicemail is called back", note(ALL, "2026-11-18 voicemail in: call me"), "2026-11-19 reply-owed call None new-lead 1"),
    Case("a reply beats a snooze", note("snooze_until: 2027-03-01\n" + ALL, "2026-11-18 email in: hello"), "2026-11-19 reply-owed email None new-lead 1"),
    # holds
    Case("snoozed", note("snooze_until: 2026-12-05\n" + EMAIL + PHONE, "2026-11-10 email: hello"), "2026-12-07 cadence call value new-lead 2"),
    Case(
        "out of office without a date: two weeks",
        note(EMAIL + PHONE, "2026-11-13 email: hello", "2026-11-16 email in: out of office"),
        "2026-11-30 cadence call value new-lead 2",
    ),
    # appointments and promises
    Case("an appointment", note(ALL, "2026-11-17 email: hello", "2026-12-05 meeting: at theirs"), "2026-12-05 appointment meeting None new-lead 2"),
    Case("nothing before an appointment", note("next: 2026-11-24\n" + ALL, "2026-11-28 10:00 call: as agreed"), "2026-11-28 appointment call None new-lead 1"),
    Case("a cancelled appointment is none", note(EMAIL + PHONE, "2026-11-17 email: hello", "2026-12-05 meeting: at theirs #cancelled"), "2026-11-20 cadence call value new-lead 2"),
    Case("the earlier of two promises", note("next: 2026-12-10\n" + EMAIL, "2026-11-17 email: hello [next:: 2026-11-25]"), "2026-11-25 promised email value new-lead 2"),
    Case("a promise with a time does not roll", note("next: 2026-11-22 10:00\n" + EMAIL), "2026-11-22 promised email value new-lead 1"),
    Case("only the newest line's promise counts", note(EMAIL + PHONE, "2026-11-10 email: a [next:: 2026-11-30]", "2026-11-12 email: b [next:: 2026-11-16]", "2026-11-17 email: c"), "2026-11-20 cadence call value new-lead 4"),
    # passing over, and channels
    Case(
        "no phone: the voicemail is passed over",
        _after_meeting(*(f"2026-10-{day:02} email: {day}" for day in (2, 5, 9, 13, 20, 25)), "2026-11-05 email: 7", front=EMAIL),
        "2026-11-19 dark email value gone-dark 1",
    ),
    Case(
        "the voicemail has its turn",
        _after_meeting(*(f"2026-10-{day:02} email: {day}" for day in (2, 5, 9, 13, 20, 25)), "2026-11-05 email: 7"),
        "2026-11-12 dark voicemail ask after-meeting 8",
    ),
    Case(
        "a voicemail already stands: not a second one in a dark spell",
        _after_meeting("2026-10-02 voicemail: short", *(f"2026-10-{day:02} email: {day}" for day in (5, 9, 13, 20, 25)), "2026-11-05 email: 7"),
        "2026-11-19 dark email value gone-dark 1",
    ),
    Case("no meeting, no note", note("stage: meeting\n" + ALL, "2026-11-16 email in: yes", "2026-11-17 email: when?"), "2026-11-23 cadence call value after-meeting 3"),
    Case("avoided", note("avoid: call\n" + EMAIL + PHONE, "2026-11-17 email: hello"), "2026-11-20 cadence sms value new-lead 2"),
    Case("preferred", note("prefers: email\n" + ALL), "2026-11-23 cadence email value new-lead 1"),
    Case("bounced", note(EMAIL + PHONE, "2026-11-10 email: a", "2026-11-13 call: no answer", "2026-11-13 email: b #bounced"), "2026-11-17 cadence sms value new-lead 3"),
    Case("no way to reach them", note("name: Dana\n", "2026-11-17 email: hello"), "2026-11-20 cadence - value new-lead 2"),
    # stages
    Case("unknown stage", note("stage: limbo\n" + EMAIL + PHONE, "2026-11-17 email: hello"), "2026-11-20 cadence call value new-lead 2"),
    Case("the stage from the log", note(ALL, "2026-11-16 email: offer", "2026-11-16 stage: proposal"), "2026-11-19 cadence call value after-proposal 1"),
    Case(
        "the stage changed by hand: step 1 from the newest touch",
        note("stage: proposal\n" + ALL, "2026-10-01 stage: contacted", "2026-11-10 email: a", "2026-11-17 email: offer"),
        "2026-11-20 cadence call value after-proposal 1",
    ),
    Case("last_contact where there is no touch", note("last_contact: 2026-11-17\n" + EMAIL + PHONE), "2026-11-20 cadence call value new-lead 2"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_due(case: Case) -> None:
    rules = rules_of()
    due = due_of(case.note, rules=rules)
    if due is None:
        assert case.expected is None
        return
    channels = "+".join(due.channels) or "-"
    place = f"{due.position.cadence} {due.position.number}" if due.position else "-"
    assert f"{due.on} {due.category} {channels} {due.intent} {place}" == case.expected


def test_a_half_done_round_is_due_the_same_day_with_what_is_missing() -> None:
    text = note(
        "stage: items\n" + ALL, "2026-11-13 call: no answer", "2026-11-13 email: a", "2026-11-20 call: no answer"
    )
    due = due_of(text, date(2026, 11, 20))
    assert due is not None and (due.on, due.channels, due.together) == (date(2026, 11, 20), ("email",), False)
    later = due_of(text, date(2026, 11, 21))
    assert later is not None and (later.on, later.channels) == (date(2026, 11, 27), ("call", "email"))


@pytest.mark.parametrize(("hers", "his"), [("'[[Acme]]'", "acme"), ("Müller", "Mu\u0308ller")])
def test_a_colleague_who_answered_holds_the_others_for_a_week(hers: str, his: str) -> None:
    plan = plan_of(
        {
            "Ann": note(f"company: {hers}\n{EMAIL}", "2026-11-18 email in: hello", "2026-11-19 email: hi"),
            "Ben": note(f"company: {his}\n{EMAIL}{PHONE}", "2026-11-10 email: hello"),
        }
    )
    ben = next(due for due in plan.items if due.prospect.name == "Ben")
    assert ben.on == date(2026, 11, 25) and ben.hold is not None
    assert (ben.hold.until, ben.hold.reason) == (date(2026, 11, 25), "colleague")
    assert [due.prospect.name for due in plan.held] == ["Ben"]


def test_leave_and_holidays_move_a_day_and_capacity_cuts_the_rest() -> None:
    rules = rules_of('holidays = ["2026-11-23"]\naway = ["2026-11-24/2026-11-25"]\ndaily_capacity = 1\n')
    moved = due_of(note("next: 2026-11-22\n" + EMAIL), rules=rules)
    assert moved is not None and moved.on == date(2026, 11, 26)
    small, large = note("added: 2026-11-16\namount: 5\n" + EMAIL), note("added: 2026-11-16\namount: 7000\n" + EMAIL)
    plan = plan_of({"Ann": small, "Ben": large}, rules=rules)
    assert [due.prospect.name for due in plan.due] == ["Ben"]
    assert [due.prospect.name for due in plan.next_in_line] == ["Ann"]


def test_ids_differ_once_the_touch_is_logged_and_are_else_the_same() -> None:
    text = note(EMAIL + "added: 2026-11-16\n")
    first = due_of(text)
    assert first is not None and first.id.startswith("f-dana-okafor-")
    assert due_of(text, date(2026, 11, 30)) is not None and due_of(text, date(2026, 11, 30)).id == first.id  # type: ignore[union-attr]
    logged = due_of(text + f"- 2026-11-16 email: done ^{first.id}\n")
    assert logged is not None and logged.id != first.id


def test_every_due_touch_gives_reasons_with_their_place() -> None:
    due = due_of(note("stage: proposal\n" + ALL, "2026-11-16 email: offer", "2026-11-16 stage: proposal"))
    assert due is not None
    assert due.why[0].text.startswith("after-proposal 1: 3 days after")
    assert due.why[0].at == ("Prospects/Dana Okafor.md:10",)


def test_two_rounds_in_seven_days_are_enough() -> None:
    files = {"Cadences/quick.md": b"---\ntype: cadence\nname: quick\nsteps: [{wait: 1d, do: email}]\nrepeat: 1\n---\n"}
    cadences, problems = read_cadences(files, rules_of(), built_in_cadences())
    assert not problems
    rules = replace(rules_of(), cadences=cadences)
    due = due_of(note("cadence: quick\n" + EMAIL, "2026-11-16 email: a", "2026-11-18 email: b"), rules=rules)
    assert due is not None and due.on == date(2026, 11, 23)
    assert [reason.rule for reason in due.why if reason.rule == "R3"] == ["R3", "R3"]


LIBRARY = {
    "Library/Old.md": "---\ntype: content\ntags: [billing, audit]\ndate: 2026-01-01\n---\n",
    "Library/New.md": "---\ntype: content\ntags: [billing, audit]\ndate: 2026-05-01\n---\n",
    "Library/Other.md": "---\ntype: content\ntags: [garden]\ndate: 2026-09-01\n---\n",
    "Library/Later.md": "---\ntype: content\ntags: [billing, audit]\nfor: [won]\ndate: 2026-09-01\n---\n",
}


def test_the_library_s_best_fitting_unsent_piece_is_brought(vault: Folder) -> None:
    for path, text in LIBRARY.items():
        vault.write(path, text)
    for sent, expected in (("", "New"), ("see [[New]]", "Old"), ("[[New]] and [[Library/Old|it]]", "Other")):
        vault.write("Prospects/Dana.md", note("tags: [billing, audit]\n" + EMAIL, f"2026-11-16 email: {sent} #ask"))
        (item,) = vault.followup("due", "--all", "--json").json["items"]
        assert (item["intent"], item["content"]) == ("value", f"Library/{expected}.md")


def test_the_share_of_value_is_kept_exactly() -> None:
    """Seven of ten: with 6 of 9 a value makes 7 of 10, an ask 6 of 10; with 7 of 9 an ask makes 7 of 10."""
    for values, expected in ((6, "value"), (7, "ask")):
        asks = 9 - values
        log = [
            f"2026-0{1 + number // 4}-{1 + 7 * (number % 4):02} email: x #{'value' if number < values else 'ask'}"
            for number in range(values + asks)
        ]
        due = due_of(note("cadence: nurture\n" + EMAIL + PHONE, *log, "2026-06-01 email: y", "2026-07-01 email: z"))
        assert due is not None and due.position is not None and due.position.step.intent is None
        assert due.intent == expected
