"""`followup init --obsidian`: the base, the kinds of properties and the template, as Obsidian documents them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import frontmatter
import msgspec
import pytest
import yaml
from bases import SUMMARIES, Base, Day, List, Note, Text
from conftest import Folder, Result, rules_of
from hypothesis import given
from hypothesis import strategies as st

from followup_md.editing.obsidian import prospect_template, prospects_base
from followup_md.editing.property_types import FIELD_TYPES, merge_types
from followup_md.errors import Refused
from followup_md.reading.handler import FrontMatterHandler
from followup_md.reading.note import read_note

CASES = Path(__file__).parent / "cases" / "obsidian"
TODAY = date(2026, 11, 21)
WANTED = {"next": ("date", "datetime"), "amount": ("number",)}


def base_of(data: bytes) -> Base:
    return msgspec.convert(yaml.safe_load(data), Base)


# --------------------------------------------------------------------------- the base


@pytest.mark.parametrize("case", sorted((CASES / "base").iterdir()), ids=lambda path: path.stem)
def test_base_is_as_typed_by_hand(case: Path) -> None:
    settings, keys, expected = case.read_text().split("=====\n")
    named = dict(line.split(": ", 1) for line in keys.splitlines())
    rules = rules_of(settings)
    assert prospects_base(rules, {field: tuple(one.split(" | ")) for field, one in named.items()}).decode() == expected


KEYS = {"next": ("Next Contact", "next"), "stage": ("status",), "company": ("org", "Firma")}


@pytest.mark.parametrize("keys", [{}, KEYS], ids=["canonical", "own keys"])
def test_base_is_of_the_documented_shape(keys: dict[str, tuple[str, ...]]) -> None:
    base = base_of(prospects_base(rules_of(), keys))
    names = [view.name for view in base.views]
    assert names == ["Due by date", "This week by date", "No reason to follow up", "By stage", "On DUE.md"]
    for view in base.views:
        shown = [*view.order, *view.summaries, *(one.property for one in view.sort)]
        for column in [*shown, *base.properties, *([view.groupBy.property] if view.groupBy else [])]:
            kind, _, name = column.partition(".")
            assert name and (kind == "note" or (kind == "file" and name == "name") or name in base.formulas), column
        assert set(view.summaries.values()) <= set(SUMMARIES)


NOTES = {
    "Prospects/Today.md": "next: 2026-11-21\nstage: proposal\npain: invoices",
    "Prospects/Late.md": "next: 2026-10-01\nstage: Verbal Yes\nopportunity: audit",
    "Prospects/Tomorrow.md": "next: 2026-11-22\nstage: quoted",
    "Prospects/In a week.md": "next: 2026-11-28\npain: x",
    "Prospects/In eight days.md": "next: 2026-11-29\npain: x",
    "Prospects/Snoozed.md": "next: 2026-11-01\nsnooze_until: 2026-11-25\nstage: own_word\npain: x",
    "Prospects/Snooze is over.md": "next: 2026-11-20\nsnooze_until: 2026-11-21\npain: x",
    "Prospects/Old snooze.md": "snooze_until: 2026-05-01\npain: x",
    "Prospects/Won.md": "next: 2026-11-20\nstage: closed_won",
    "Prospects/Not to contact.md": "next: 2026-11-20\ndo_not_contact: true",
    "Prospects/Company.md": "type: company\nnext: 2026-11-20",
    "Prospects/README.md": "",
    "Prospects/_Draft.md": "next: 2026-11-20",
    "Prospects/Templates/Prospect.md": "type: prospect\nnext: 2026-11-20",
    "Elsewhere/Lead.md": "type: [lead, prospect]\nnext: 2026-11-20\npain: x",
    "Elsewhere/Diary.md": "next: 2026-11-20",
    "Prospects/Map.canvas": "",
}


def shown_by(base: Base, view: str) -> list[str]:
    """The notes that a view shows, by the documented meaning of its filters."""
    (found,) = (one for one in base.views if one.name == view)
    notes = {
        path: Note(base, path, fields_of(text), TODAY, {"DUE.md": {"Prospects/Won.md"}}) for path, text in NOTES.items()
    }
    return [
        path.rpartition("/")[2].rpartition(".")[0]
        for path, note in notes.items()
        if note.passes(base.filters) and note.passes(found.filters)
    ]


def fields_of(text: str) -> dict[str, Any]:
    """Front matter as Obsidian's types make it: dates are dates."""

    def typed(value: Any) -> Any:
        if isinstance(value, list):
            return List(map(typed, value))
        if isinstance(value, str):
            return Day.fromisoformat(value) if re.fullmatch("[0-9-]{10}", value) else Text(value)
        return value

    read = frontmatter.loads(f"---\n{text}\n---\n", handler=FrontMatterHandler()).metadata
    return {key: typed(value) for key, value in read.items()}


def test_views_show_whom_they_name() -> None:
    base = base_of(prospects_base(rules_of(), {}))
    assert shown_by(base, "Due by date") == ["Today", "Late", "Snooze is over", "Lead"]
    assert shown_by(base, "This week by date") == ["Tomorrow", "In a week", "Snoozed"]
    assert shown_by(base, "No reason to follow up") == ["Tomorrow"]
    assert shown_by(base, "By stage") == [
        *("Today", "Late", "Tomorrow", "In a week", "In eight days", "Snoozed", "Snooze is over", "Old snooze", "Won"),
        *("Not to contact", "Lead"),
    ]
    assert shown_by(base, "On DUE.md") == ["Won"]


def test_types_and_tags_that_the_settings_name_make_a_prospect_wherever_it_lies() -> None:
    base = base_of(prospects_base(rules_of('prospect_types = ["Client"]\nprospect_tags = ["#crm"]'), {}))
    for text, shown in (
        ("type: CLIENT", True),
        ("categories: ['[[Client]]', x]", True),
        ("tags: [crm/work]", True),
        ("tags: [crmx]\nclass: company", False),
    ):
        assert Note(base, "Elsewhere/A.md", fields_of(text), TODAY, {}).passes(base.filters) is shown, text


def test_stages_stand_in_the_order_of_the_pipeline() -> None:
    base = base_of(prospects_base(rules_of(), {}))
    notes = {path: Note(base, path, fields_of(text), TODAY, {}) for path, text in NOTES.items()}
    named = {path.rpartition("/")[2][:-3]: note.value(base.formulas["pipeline"]) for path, note in notes.items()}
    assert (named["Today"], named["Late"], named["Tomorrow"]) == ("4 proposal", "6 verbal", "4 proposal")
    assert (named["Won"], named["In a week"], named["Snoozed"]) == ("8 won", "no stage", "own_word")


def test_more_than_one_key_for_a_field_are_looked_at_in_turn() -> None:
    base = base_of(prospects_base(rules_of(), KEYS))
    for text, open_, day in (
        ("Next Contact: 2026-11-20\nstatus: lost", False, Day(2026, 11, 20)),
        ("next: 2026-11-22\nstatus: quoted\nsnooze_until: 2026-11-30", True, Day(2026, 11, 30)),
    ):
        note = Note(base, "Prospects/A.md", fields_of(text), TODAY, {})
        assert (note.value("formula.open"), note.value("formula.day")) == (open_, day)


# --------------------------------------------------------------------------- the kinds of properties


@pytest.mark.parametrize("case", sorted((CASES / "types").iterdir()), ids=lambda path: path.stem)
def test_kinds_are_added_behind_what_is_there(case: Path) -> None:
    old, _, expected = case.read_text().partition("=====\n")
    old = old.removesuffix("\n")
    try:
        merged = merge_types(old.encode(), WANTED)
    except Refused as refused:
        told = f"refused {str(refused).partition('; mend it')[0]}\n"
    else:
        changed = merged.data.decode()
        told = f"{changed}\n" if changed != old else ""
        told += "".join(f"unfit {' '.join(one)}\n" for one in merged.unfit)
        assert merge_types(merged.data, WANTED).data == merged.data
    assert told == expected


def test_kinds_with_windows_line_ends_and_a_byte_order_mark() -> None:
    merged = merge_types(b'\xef\xbb\xbf{\r\n  "types": {\r\n    "a": "text"\r\n  }\r\n}', WANTED)
    assert merged.data == (
        b'\xef\xbb\xbf{\r\n  "types": {\r\n    "a": "text",\r\n    "next": "date",\r\n    "amount": "number"\r\n  }\r\n}'
    )
    with pytest.raises(Refused, match=r"types.json:1:3: .*UTF-8"):
        merge_types(b'{"\xff": 1}', WANTED)
    with pytest.raises(Refused, match="beyond all measure"):
        merge_types(b'{"a": ' + b"[" * 100_000, WANTED)


@given(
    st.dictionaries(st.text(max_size=5), st.sampled_from(["text", "date", "number"]), max_size=5),
    st.dictionaries(
        st.text(max_size=5), st.recursive(st.none() | st.text(max_size=3), st.lists, max_leaves=4), max_size=3
    ),
    st.sampled_from([None, 1, 2, "\t"]),
    st.booleans(),
)
def test_nothing_that_was_there_changes(
    types: dict[str, str], others: dict[str, Any], indent: int | str | None, in_ascii: bool
) -> None:
    """Law: the file reads as before, with the missing kinds behind; and without the one insertion it is the old one."""
    old = json.dumps({**others, "types": types}, indent=indent, ensure_ascii=in_ascii).encode("utf-8", "surrogatepass")
    if b"\xed" in old:
        old = json.dumps({**others, "types": types}, indent=indent).encode()
    new = merge_types(old, WANTED).data
    known = {key.casefold() for key in types}
    missing = {key: kinds[0] for key, kinds in WANTED.items() if key not in known}
    assert list(json.loads(new)["types"].items()) == [*types.items(), *missing.items()]
    assert {**json.loads(new), "types": types} == {**others, "types": types}
    start = next((at for at, (one, two) in enumerate(zip(old, new, strict=False)) if one != two), len(old))
    added = len(new) - len(old)
    assert any(new[:at] + new[at + added :] == old for at in range(start + 1))


# --------------------------------------------------------------------------- the template


@pytest.mark.parametrize("keys", [{}, KEYS], ids=["canonical", "own keys"])
def test_a_note_from_the_template_is_read_without_a_problem(keys: dict[str, tuple[str, ...]]) -> None:
    template = prospect_template(rules_of(), keys).decode()
    assert set(re.findall(r"\{\{.*?\}\}", template)) == {"{{title}}", "{{date:YYYY-MM-DD}}"}
    note = template.replace("{{title}}", "Dana: #1 [x]").replace("{{date:YYYY-MM-DD}}", "2026-11-21")
    read = read_note("Inbox/Dana.md", note.encode(), rules_of())
    assert read.prospect is not None and read.problems == ()
    assert (read.prospect.added, read.prospect.stage, read.prospect.next) == (TODAY, "lead", None)


def test_what_is_written_is_documented() -> None:
    page = (CASES.parents[2] / "docs" / "obsidian.md").read_text(encoding="utf-8")
    for view in base_of(prospects_base(rules_of(), {})).views:
        assert f"| {view.name} |" in page
    for field, kinds in FIELD_TYPES.items():
        assert re.search(rf"^\| .*`{field}`.* \| {kinds[0]} \|", page, re.MULTILINE), field


# --------------------------------------------------------------------------- the command


def files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_new_vault_gets_all_of_it_and_the_second_run_writes_nothing(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    root = tmp_path / "vault"
    shown = run("init", "--obsidian", "--dry-run", str(root))
    assert "+++ .obsidian/types.json" in shown.out and not root.exists()
    made = run("init", "--obsidian", str(root))
    assert made.code == 0 and "Obsidian has not opened this folder yet" in made.err
    written = files(root)
    assert {".obsidian/types.json", "Prospects.base", "Templates/Prospect.md", "followup.toml"} <= set(written)
    assert json.loads(written[".obsidian/types.json"])["types"]["next"] == "date"
    assert base_of(written["Prospects.base"]).views
    again = run("init", "--obsidian", str(root))
    assert again.code == 0 and again.out == "" and "nothing was written" in again.err
    assert files(root) == written
    assert run("-C", str(root), "check").code == 0


def test_notes_that_are_no_vault_yet_get_it_with_the_settings_or_not_at_all(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    note = tmp_path / "Clients" / "Dana.md"
    note.parent.mkdir()
    note.write_text("---\ntype: client\nemail: d@x.example\nnext: 2026-12-01\n---\n## Log\n- 2026-11-01 call: hello\n")
    assert run("init", "--obsidian", str(tmp_path)).code == 0
    assert set(files(tmp_path)) == {"Clients/Dana.md"}
    shown = run("init", "--obsidian", "--json", "--dry-run", str(tmp_path))
    assert shown.json and "+++ Prospects.base" in shown.err
    assert set(files(tmp_path)) == {"Clients/Dana.md"}
    assert run("init", "--obsidian", "--yes", str(tmp_path)).code == 0
    assert 'file.inFolder("Clients")' in (tmp_path / "Prospects.base").read_text()
    assert run("init", "--obsidian", "--json", str(tmp_path)).json == {"vault": str(tmp_path), "written": []}


def test_the_users_own_files_stay(vault: Folder) -> None:
    own = {
        ".obsidian/types.json": b'{"types":{"next":"text"}}',
        ".obsidian/templates.json": b'{"folder": "/03 Vorlagen/"}',
        "Prospects.base": b"views: []\n",
        "03 Vorlagen/_Prospect.md": b"mine\n",
    }
    for path, text in own.items():
        vault.write(path, text)
    result = vault.followup("init", "--obsidian")
    assert result.code == 0
    assert "you set `next` to text, and that stays" in result.err
    assert "Prospects.base is there already and stays as it is" in result.err
    assert "03 Vorlagen/_Prospect.md is there already and stays as it is" in result.err
    after = files(vault.root)
    assert json.loads(after[".obsidian/types.json"])["types"]["next"] == "text"
    assert after == {**own, "followup.toml": b"", ".obsidian/types.json": after[".obsidian/types.json"]}
    assert vault.followup("init", "--obsidian").code == 0
    assert files(vault.root) == after


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        (".obsidian/types.json", '{"types": {,}}', ".obsidian/types.json:1:12: it cannot be added to"),
        (".obsidian/templates.json", "{", ".obsidian/templates.json: it is no JSON"),
        (".obsidian/templates.json", '{"folder": "../elsewhere"}', "this is no path inside the vault"),
    ],
)
def test_what_cannot_be_read_is_refused_before_anything_is_written(
    vault: Folder, path: str, text: str, told: str
) -> None:
    vault.write(path, text)
    before = files(vault.root)
    result = vault.followup("init", "--obsidian")
    assert result.code == 5 and told in result.err
    assert files(vault.root) == before


def test_nothing_is_written_through_a_link(vault: Folder, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (vault.root / ".obsidian").symlink_to(elsewhere)
    result = vault.followup("init", "--obsidian")
    assert result.code == 5 and "symbolic link" in result.err
    assert files(elsewhere) == {}


def test_a_folder_within_an_obsidian_vault_is_refused(tmp_path: Path, run: Callable[..., Result]) -> None:
    (tmp_path / ".obsidian").mkdir()
    result = run("init", "--obsidian", str(tmp_path / "Sales"))
    assert result.code == 5 and "a folder above" in result.err
    assert files(tmp_path) == {}


@pytest.mark.parametrize(
    ("settings", "folder", "template"),
    [
        ("", None, "Templates/Prospect.md"),
        ("", "prospects/templates", "prospects/templates/Prospect.md"),
        ("", "Vorlagen", "Vorlagen/_Prospect.md"),
        ('exclude = ["vorlagen"]', "Vorlagen", "Vorlagen/Prospect.md"),
        ('exclude = ["Work/Vorlagen"]', "Work/Vorlagen/CRM", "Work/Vorlagen/CRM/Prospect.md"),
        ("", ".hidden", ".hidden/Prospect.md"),
    ],
)
def test_the_template_goes_where_the_plugin_looks_and_is_no_prospect(
    vault: Folder, settings: str, folder: str | None, template: str
) -> None:
    vault.write("followup.toml", settings)
    if folder:
        vault.write(".obsidian/templates.json", json.dumps({"folder": folder}))
    assert vault.followup("init", "--obsidian").code == 0
    assert (vault.root / template).is_file()
    result = vault.followup("check")
    assert (result.code, result.out) == (0, "") and "no prospects in" in result.err


def test_keys_that_the_notes_have_are_those_of_base_types_and_template(vault: Folder) -> None:
    vault.write("followup.toml", 'prospects = ["people"]\n[fields]\nnext = ["wiedervorlage"]\n')
    vault.write("People/A.md", "---\nWiedervorlage: 2026-12-01\nstatus: quoted\ncreated: 2026-01-01\n---\n")
    vault.write("People/B.md", "---\nWiedervorlage: 2026-12-01\nnext: 2026-12-02\n---\n")
    vault.write("People/Broken.md", "---\nnext: [\n---\n")
    vault.write("Diary.md", "---\nfollowup: 2026-12-01\n---\n")
    assert vault.followup("init", "--obsidian").code == 0
    base = vault.read("Prospects.base").decode()
    assert (
        'file.inFolder("People")' in base and 'if(note["Wiedervorlage"], note["Wiedervorlage"], note["next"])' in base
    )
    types = json.loads(vault.read(".obsidian/types.json"))["types"]
    assert types["Wiedervorlage"] == "date" and not {"followup", "created", "status"} & set(types)
    assert b"\nWiedervorlage:\n" in vault.read("Templates/Prospect.md")
