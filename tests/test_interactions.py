"""Interactions kept as notes of their own are touches of the people they link, in every command."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import SATURDAY, Folder, rules_of
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from notes import log_lines

from followup_md.model import Entry, Interaction, Remark, Touch
from followup_md.planning.plan import make_plan
from followup_md.reading.note import read_note, read_prospects
from followup_md.vault.index import Index
from followup_md.vault.vault import open_vault

DANA = "---\nemail: d@x.example\nphone: '+1'\naliases: [Dee]\n---\n## Touches\n- 2026-11-02 email: hello\n"
CALL = "---\ntype: call\ndate: 2026-11-10\npeople: ['[[Dana Okafor]]']\nsummary: asked about the audit\n---\nNotes.\n"


def interaction(text: str, path: str = "Meetings/2026-09-20 Call with Dana.md") -> Interaction:
    found = read_note(path, text.encode(), rules_of()).interaction
    assert found is not None
    return found


def told(text: str, path: str = "Meetings/2026-09-20 Call with Dana.md") -> str:
    entry = interaction(text, path).entry
    assert isinstance(entry, Touch)
    clock = f" {entry.time:%H:%M}" if entry.time else ""
    tags = "".join(f" #{tag}" for tag in (*([entry.intent] if entry.intent else []), *entry.outcomes))
    promised = f" [next:: {entry.next.day}]" if entry.next else ""
    return f"{entry.date}{clock} {entry.channel} {entry.direction}: {entry.text}{tags}{promised} @{entry.path}:{entry.line}"


@pytest.mark.parametrize(
    ("front", "path", "expected"),
    [
        (
            "type: crm-interaction\nkind: call\ndate: 2026-09-20\ncontacts: ['[[Dana]]']\nsummary: the pilot",
            "CRM/Interactions/a.md",
            "2026-09-20 call out: the pilot @CRM/Interactions/a.md:4",
        ),
        (
            "type: crm/interaction\nkind: whatsapp\ndate: 2026-09-20\npeople:\n  - '[[Dana]]'",
            "I/2026-09-20 - whatsapp - Dana.md",
            "2026-09-20 sms out: whatsapp - Dana @I/2026-09-20 - whatsapp - Dana.md:4",
        ),
        (
            "type: meeting\ndate: 2026-09-20T14:30\nattendees: '[[People/Dana|Dee]]'\nsubject: kick-off",
            "M/a.md",
            "2026-09-20 14:30 meeting out: kick-off @M/a.md:3",
        ),
        (
            "type: meeting\nattendees: [Dana Okafor, Bob]\ntime: 9:00",
            "M/Meeting - 2026-06-14.md",
            "2026-06-14 09:00 meeting out: Meeting @M/Meeting - 2026-06-14.md:1",
        ),
        (
            'categories:\n  - "[[Meetings]]"\ndate: 2026-09-20\npeople:\n  - "[[Dana]]"\ntopics: [x]',
            "Weekly.md",
            "2026-09-20 meeting out: Weekly @Weekly.md:4",
        ),
        (
            "type: interaction\nchannel: email\ndirection: inbound\ndate: '[[2026-09-20]]'\ncontact: [[Dana]]\ntext: can you send prices?",
            "I/a.md",
            "2026-09-20 email in: can you send prices? @I/a.md:5",
        ),
        (
            "type: call\ndate: 2026-09-20\ncontact: '[[Dana]]'\noutcome: left a message\ntags: [ask, acme]\nnext_contact: 2026-09-27",
            "C/Audit.md",
            "2026-09-20 call out: Audit #ask #no-answer [next:: 2026-09-27] @C/Audit.md:3",
        ),
    ],
)
def test_an_interaction_is_read_as_a_touch(front: str, path: str, expected: str) -> None:
    assert told(f"---\n{front}\n---\n", path) == expected


def test_an_interaction_of_kind_note_is_a_remark() -> None:
    text = (
        "---\ntype: crm-interaction\nkind: note\ndate: 2026-09-20\ncontacts: ['[[Dana]]']\nsummary: moved house\n---\n"
    )
    entry = interaction(text).entry
    assert isinstance(entry, Remark) and entry.text == "moved house"


@pytest.mark.parametrize(
    "text",
    [
        "---\ntype: meeting\ndate: 2026-09-20\n---\n",
        "---\ntype: meeting\ndate: 2026-09-20\nattendees: []\n---\n",
        "---\ntype: project\ndate: 2026-09-20\npeople: ['[[Dana]]']\n---\n",
        "---\ntype: [prospect, meeting]\npeople: ['[[Dana]]']\n---\n",
        "we had a call\n",
    ],
)
def test_what_is_no_interaction(text: str) -> None:
    assert read_note("Meetings/2026-09-20.md", text.encode(), rules_of()).interaction is None


def test_the_whole_way(vault: Folder) -> None:
    vault.write("Prospects/Dana Okafor.md", DANA)
    vault.write("Calls/Audit.md", CALL)
    shown = vault.followup("show", "dana", "--json").json
    assert [(one["date"], one["line"], one.get("path")) for one in shown["touches"]] == [
        ("2026-11-02", 7, None),
        ("2026-11-10", 3, "Calls/Audit.md"),
    ]
    assert "Calls/Audit.md:3" in vault.followup("why", "dana").out
    (item,) = vault.followup("due", "--all", "--json").json["items"]
    assert item["last"]["path"] == "Calls/Audit.md" and item["step"] == 3
    assert vault.followup("index").code == 0
    page = vault.read("DUE.md").decode()
    assert "Tue 10 Nov call" in page
    vault.write("DUE.md", page.replace("- [ ] [[Prospects/Dana", "- [x] [[Prospects/Dana"))
    assert vault.followup("index").code == 0
    assert b"^f-dana-okafor-" in vault.read("Prospects/Dana Okafor.md")
    assert vault.read("Calls/Audit.md") == CALL.encode()


@pytest.mark.parametrize(
    ("link", "reached"),
    [
        ("[[Dana Okafor]]", True),
        ("[[dana okafor.md]]", True),
        ("[[Prospects/Dana Okafor|D]]", True),
        ("[[Dana Okafor#Touches]]", True),
        ("[[Dee]]", True),
        ("Dee", True),
        ("Dana Okafor and others", False),
        ("[[Okafor]]", False),
        ("[[Other/Dana Okafor]]", False),
    ],
)
def test_links_by_name_path_and_alias(vault: Folder, link: str, reached: bool) -> None:
    vault.write("Prospects/Dana Okafor.md", DANA)
    vault.write("Calls/Audit.md", CALL.replace("[[Dana Okafor]]", link))
    assert (len(vault.followup("show", "dana", "--json").json["touches"]) == 2) is reached


def test_links_that_lead_nowhere_or_to_several_are_told(vault: Folder) -> None:
    vault.write("Prospects/Dana Okafor.md", DANA)
    vault.write("Prospects/Acme/Dana Okafor.md", DANA.replace("d@x", "e@x"))
    vault.write("People/Boss.md", "my boss")
    vault.write("Calls/Audit.md", CALL.replace("'[[Dana Okafor]]'", "'[[Dana Okafor]]', '[[Nobody]]', '[[Boss]]', Bob"))
    found = [one for one in vault.followup("check", "--json").json["problems"] if one["path"] == "Calls/Audit.md"]
    assert [(one["line"], one["code"], one["severity"]) for one in found] == [
        (4, "interaction-unclear", "warning"),
        (4, "interaction-unlinked", "info"),
    ]
    assert "Prospects/Acme/Dana Okafor.md" in found[0]["message"]


def test_an_interaction_without_a_date_is_told_if_it_is_a_prospects(vault: Folder) -> None:
    vault.write("Calls/Audit.md", CALL.replace("date: 2026-11-10", "date: 10/11/2026"))
    vault.write("People/Dana Okafor.md", DANA)
    assert vault.followup("check", "--json").json["problems"] == []
    (vault.root / "People").rename(vault.root / "Prospects")
    problems = vault.followup("check", "--json").json["problems"]
    assert [(one["path"], one["line"], one["code"]) for one in problems if one["severity"] == "error"] == [
        ("Calls/Audit.md", 3, "touch-date-ambiguous")
    ]


def test_a_line_of_the_log_that_links_the_note_counts_instead_of_it(vault: Folder) -> None:
    vault.write("Prospects/Dana Okafor.md", f"{DANA}- [[2026-11-10 call with Dana]]\n")
    vault.write("Calls/2026-11-10 call with Dana.md", CALL)
    touches = vault.followup("show", "dana", "--json").json["touches"]
    assert [(one["date"], one["channel"], one.get("path")) for one in touches] == [
        ("2026-11-02", "email", None),
        ("2026-11-10", "call", None),
    ]


def test_a_broken_block_of_an_interaction_is_told(vault: Folder) -> None:
    vault.write("M/a.md", "---\ntype: meeting\ndate: 2026-11-10\nattendees: [[A]], [[B]]\n---\n")
    vault.write("M/b.md", "---\ntype: essay\nx: [[A]], [[B]]\n---\nmeeting\n")
    problems = vault.followup("check", "--json").json["problems"]
    assert [(one["path"], one["line"], one["code"]) for one in problems] == [("M/a.md", 4, "front-matter-broken")]


def bare(entry: Entry) -> Entry:
    return replace(entry, line=0, path=None)


@given(lines=log_lines(SATURDAY), choice=st.data())
def test_a_touch_counts_the_same_wherever_it_stands(lines: list[str], choice: st.DataObject) -> None:
    """Law: a line of the log moved to a note of its own changes nothing but where it stands."""
    rules = rules_of()
    front = "---\nemail: d@x.example\n---\n## Touches\n"
    whole = {"Prospects/Dana.md": (front + "".join(f"- {line}\n" for line in lines)).encode()}
    (alone,), _ = read_prospects(whole, rules)
    moved = {entry.date for entry in alone.log if isinstance(entry, Touch) and choice.draw(st.booleans())}
    parted: dict[str, str] = {}
    for entry in alone.log:
        if isinstance(entry, Touch) and entry.date in moved:
            tags = ", ".join([*entry.outcomes, *([entry.intent] if entry.intent else [])])
            parted[f"Calls/{entry.date}.md"] = (
                f"---\ntype: interaction\ndate: {entry.date}\npeople: ['[[Dana]]']\nchannel: {entry.channel}\n"
                f"direction: {entry.direction}\ntags: [{tags}]\ntext: {entry.text}\n---\n"
            )
    parted["Prospects/Dana.md"] = front + "".join(
        f"- {line}\n" for line in lines if line[:10] not in {day.isoformat() for day in moved}
    )
    (joined,), problems = read_prospects({path: text.encode() for path, text in parted.items()}, rules)
    assert not [problem for problem in problems if problem.path.startswith("Calls/")]
    assert [bare(entry) for entry in joined.log] == [bare(entry) for entry in alone.log]
    plans = [make_plan([one], rules, SATURDAY).items for one in (alone, joined)]
    assert [(due.on, due.category, due.channels, due.id) for due in plans[0]] == [
        (due.on, due.category, due.channels, due.id) for due in plans[1]
    ]


def test_what_is_told_changes_with_the_note_of_an_interaction(tmp_path: Path) -> None:
    folder = Folder(tmp_path, lambda: None)  # type: ignore[arg-type,return-value]
    folder.write("Prospects/Dana Okafor.md", DANA)
    folder.write("Calls/Audit.md", CALL)
    index = Index(tmp_path, kept=False)

    def told() -> list[str]:
        (dana,) = open_vault(tmp_path, index).prospects
        return [entry.text for entry in dana.log if isinstance(entry, Touch)]

    before = told()
    folder.write("Calls/Audit.md", CALL.replace("audit", "invoice"))
    assert told() == ["hello", "asked about the invoice"] != before
    (tmp_path / "Calls/Audit.md").unlink()
    assert told() == ["hello"]
