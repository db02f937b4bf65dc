"""Fields: every key with its synonyms, and values that are not of their kind."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Folder, rules_of

from followup_md.reading.fields import SYNONYMS, field_named, names
from followup_md.reading.note import read_note


def shown(vault: Folder, front: str, body: str = "") -> dict[str, Any]:
    vault.write("Prospects/Dana.md", f"---\n{front}\n---\n{body}")
    record: dict[str, Any] = vault.followup("show", "Dana", "--json").json
    return record


@pytest.mark.parametrize(
    ("field", "synonym"), [(field, key) for field, keys in SYNONYMS.items() for key in (field, *keys)]
)
def test_every_synonym_in_every_spelling(field: str, synonym: str) -> None:
    known = names()
    words = synonym.replace("_", "-").split("-")
    spellings = {
        synonym,
        " ".join(words),
        "_".join(words).upper(),
        " ".join(words).title(),
        words[0] + "".join(map(str.title, words[1:])),
        f"**{synonym}**",
    }
    assert {field_named(spelling, known) for spelling in spellings} == {field}


def test_camel_case_names_of_one_word() -> None:
    assert field_named("LinkedIn", names()) == "linkedin"
    assert field_named("timeZone", names()) == "timezone"
    assert field_named("Wiedervorlage", names((("wiedervorlage", "next"),))) == "next"
    assert field_named("favourite colour", names()) is None


def test_fields_are_listed_in_one_order_whatever_the_notes_own() -> None:
    values = {"type": "person", "stage": "lead", "amount": "12000", "prefers": "email", "avoid": "call"}
    values |= dict.fromkeys(("next", "snooze_until", "added", "last_contact"), "2026-11-01")
    written = [name for name in SYNONYMS if name not in ("interactions", "waiting_on")]
    front = "".join(f"{name}: {values.get(name, 'x')}\n" for name in written[::-1])
    prospect = read_note("Prospects/Dana.md", f"---\n{front}---\n".encode(), rules_of()).prospect
    assert prospect is not None
    assert [field.name for field in prospect.fields] == written


def test_values_as_people_write_them(vault: Folder) -> None:
    record = shown(
        vault,
        "Name: Dana Okafor\n"
        'company: "[[Companies/Northwind|North Wind]]"\n'
        "phone: +15550100\n"
        "email:\n  - value: d@northwind.example\n    label: work\n  - dana@home.example\n"
        "dealValue: €12,500\n"
        "status: Proposal Sent\n"
        "next_contact: 2026/11/30\n"
        "prefers: [phone, e-mail]\n"
        "decision maker: '[[Sam Ruiz]]'\n"
        "unsubscribed: false\n"
        "tags: [billing]\n"
        "source: [[Sam Ruiz]]\n",
    )
    assert record["name"] == "Dana Okafor"
    assert record["stage"] == "proposal"
    assert record["fields"] == {
        "name": "Dana Okafor",
        "company": "North Wind",
        "email": ["d@northwind.example", "dana@home.example"],
        "phone": "+15550100",
        "stage": "Proposal Sent",
        "next": "2026-11-30",
        "amount": 12500,
        "decision_maker": "Sam Ruiz",
        "prefers": ["call", "email"],
        "do_not_contact": False,
        "source": "Sam Ruiz",
        "tags": ["billing"],
    }
    assert [p["code"] for p in record["problems"]] in ([], ["no-reason"])


@pytest.mark.parametrize(
    "line", ["Stage:: proposal", "Stage:<!-- or verbal -->: proposal", "Stage:%%%%%%?%%: proposal"]
)
def test_comments_within_the_mark_of_an_inline_field_are_no_part_of_it(line: str) -> None:
    prospect = read_note("Prospects/Dana.md", line.encode(), rules_of()).prospect
    assert prospect is not None and prospect.stage == "proposal"


def test_nested_maps_and_inline_fields_fill_what_the_top_lacks(vault: Folder) -> None:
    record = shown(
        vault,
        "contact: {name: Dana, email: d@x.example}\ndeal: {stage: quoted, value: 900}\nemail: top@x.example\nphone:\n",
        "Phone:: +49 30 1234\n- **Pain**:: invoices take weeks\nStage:: lead\n\n## Log\n- 2026-11-05 email: x\nRole:: not here\n",
    )
    assert record["fields"] == {
        "name": "Dana",
        "email": "top@x.example",
        "phone": "+49 30 1234",
        "stage": "quoted",
        "amount": 900,
        "pain": "invoices take weeks",
    }


@pytest.mark.parametrize(
    ("front", "message"),
    [
        ("next: 2026-02-30", "`next: 2026-02-30` is no date: write a real one, or leave it empty"),
        ("next: soon", "`next: soon` is no date: write a real one, or leave it empty"),
        ("next: 25.11.2026", "`next: 25.11.2026` has its year last: write 2026-11-25"),
        ("next: 11/25/2026 10:00", "`next: 11/25/2026 10:00` has its year last: write 2026-11-25"),
        ("next: 5.5.2026", "`next: 5.5.2026` has its year last: write 2026-05-05"),
        ("next: 5/11/2026", "`next: 5/11/2026` may be read two ways: write the date as YYYY-MM-DD"),
        ("next: 31.02.2026", "`next: 31.02.2026` is no date: write a real one as YYYY-MM-DD"),
        ("amount: a lot", "`amount: a lot` is no number: write digits only, such as 12000"),
        ("amount: .inf", "`amount: .inf` is no number: write digits only, such as 12000"),
        ("company: {a: b}", "`company` is a list or map: write one text"),
        (
            "timezone: somewhere near Berlin",
            "`timezone: somewhere near Berlin` is no time zone: write a name such as Europe/Berlin",
        ),
    ],
)
def test_a_value_of_another_kind_is_a_problem_with_its_place(vault: Folder, front: str, message: str) -> None:
    record = shown(vault, f"name: Dana\n{front}")
    assert [(p["line"], p["column"], p["message"]) for p in record["problems"] if p["severity"] != "info"] == [
        (3, 1, message)
    ]
    assert list(record["fields"]) == ["name"]


def test_what_may_be_a_wish_to_be_left_alone_is_taken_for_one(vault: Folder) -> None:
    shown(vault, "do_not_contact: perhaps\nemail: d@x.example")
    assert vault.followup("due", "--all", "--json").json["items"] == []


def test_a_broken_block_that_says_so_is_taken_for_a_wish_to_be_left_alone(vault: Folder) -> None:
    shown(vault, "company: Firma: Sud\ndo_not_contact: true\nemail: d@x.example")
    assert vault.followup("due", "--all", "--json").json["items"] == []


def test_of_two_keys_for_one_field_the_canonical_one_counts(vault: Folder) -> None:
    record = shown(
        vault, "next_contact: 2026-12-01\nnext: 2026-12-02\nfollow up: 2026-12-03\nmail: \nemail: d@x.example"
    )
    assert record["fields"] == {"email": "d@x.example", "next": "2026-12-02"}
    assert [(p["line"], p["code"]) for p in record["problems"] if p["severity"] != "info"] == [
        (2, "field-twice"),
        (4, "field-twice"),
    ]


def test_two_keys_that_say_the_same_are_no_problem(vault: Folder) -> None:
    record = shown(vault, 'emails:\n  - d@x.example\nemail: d@x.example\norg: "[[Acme]]"\ncompany: Acme')
    assert record["fields"] == {"company": "Acme", "email": "d@x.example"}
    assert [p["code"] for p in record["problems"] if p["severity"] != "info"] == []


def test_broken_front_matter_costs_the_fields_and_not_the_log(vault: Folder) -> None:
    record = shown(vault, "stage: lead\nstage: won", "## Log\n- 2026-11-05 email: x\n")
    assert record["fields"] == {} and len(record["touches"]) == 1 and record["name"] == "Dana"
    assert [(p["line"], p["code"]) for p in record["problems"] if p["severity"] != "info"] == [
        (3, "front-matter-duplicate-key")
    ]


@pytest.mark.parametrize(
    ("front", "path", "found"),
    [
        ("type: person", "Ann.md", True),
        ("Type: '[[Person]]'", "Notes/Ann.md", True),
        ("categories:\n  - '[[People]]'", "Ann.md", True),
        ("tags: [friend, Person/Work]", "Ann.md", True),
        ("tag: '#person'", "Ann.md", True),
        ("tags: personal", "Ann.md", False),
        ("type: place", "Ann.md", False),
        ("type: kunde ä", "Ann.md", True),
        ("x: person", "Ann.md", False),
        ("", "Prospects/README.md", False),
        ("", "Prospects/prospects.md", False),
        ("", "Prospects/North/North.md", True),
        ("type: contact", "Prospects/Index.md", True),
    ],
)
def test_types_and_tags_that_settings_name_make_a_prospect(front: str, path: str, found: bool) -> None:
    rules = rules_of('prospect_types = ["Person", "people", "Kunde Ä"]\nprospect_tags = ["#person"]')
    assert (read_note(path, f"---\n{front}\n---\n".encode(), rules).prospect is not None) is found
