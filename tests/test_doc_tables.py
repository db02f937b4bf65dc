"""Tables of the documentation that list examples, words, defaults or keys: each row says what is so."""

from __future__ import annotations

import re
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import EXAMPLE, Folder, due_of, rules_of
from markdown_it import MarkdownIt
from test_stats_command import sentence

from followup_md.codes import EXPLANATIONS
from followup_md.days import short_day
from followup_md.model import Cadence, Duration, Prospect, Step, Touch
from followup_md.planning.hygiene import PRESSING
from followup_md.planning.workdays import after
from followup_md.reading.log import HEADINGS
from followup_md.reading.note import PROSPECT_TYPES, read_note
from followup_md.reading.settings import _KEYS, read_settings
from followup_md.reading.when import read_when
from followup_md.vault.rules import built_in_cadences

DOCS = Path(__file__).parent.parent / "docs"
WEDNESDAY = date(2026, 5, 6)
NUMBERS = {"four times": 4}


def tables_of(page: str) -> list[tuple[str, list[str], list[list[str]]]]:
    """The tables of a page: the heading above, the columns' names, the rows."""
    tables: list[tuple[str, list[list[str]]]] = []
    heading, awaited = "", False
    for token in MarkdownIt("commonmark").enable("table").parse((DOCS / page).read_text(encoding="utf-8")):
        match token.type:
            case "heading_open":
                awaited = True
            case "table_open":
                tables.append((heading, []))
            case "tr_open":
                tables[-1][1].append([])
            case "inline" if awaited:
                heading, awaited = token.content, False
            case "inline" if tables and tables[-1][1] and token.level == 4:
                tables[-1][1][-1].append(token.content)
    return [(heading, rows[0], rows[1:]) for heading, rows in tables]


def rows_of(page: str, *columns: str) -> list[list[str]]:
    """The rows of the one table of a page that has these columns."""
    found = [rows for _, head, rows in tables_of(page) if tuple(head) == columns]
    assert len(found) == 1, (page, columns)
    return found[0]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def prospect_of(text: str) -> Prospect:
    reading = read_note("Prospects/Dana.md", text.encode(), rules_of())
    assert reading.prospect
    return reading.prospect


def touches_of(*lines: str) -> list[Touch]:
    return [entry for entry in prospect_of("\n".join(("## Touches", *lines))).log if isinstance(entry, Touch)]


# --------------------------------------------------------------------------- commands.md


@pytest.mark.parametrize("row", rows_of("commands.md", "you write", "meaning", "on that day"), ids=lambda row: row[0])
def test_days_as_people_name_them(row: list[str]) -> None:
    def day_of(words: str) -> date:
        found = read_when(words, WEDNESDAY)
        assert found, words
        return after(WEDNESDAY, found, rules_of()) if isinstance(found, Duration) else found

    def meant(day: str) -> date:
        return WEDNESDAY if day == "today" else datetime.strptime(day.split(maxsplit=1)[1], "%d %b %Y").date()

    written = quoted(row[0])
    days = [day_of(words) for words in written]
    if named := re.findall(r"`([^`]+)`: ([^;]+)", row[2]):
        for words, day in named:
            full = day if day == "today" or day[-4:].isdigit() else f"{day} 2026"
            assert day_of(words) == meant(full if full[0].isalpha() else f"on {full}")
    if plain := re.sub(r";? ?`[^`]+`: [^;]+", "", row[2]):
        told = [meant(f"{day} 2026") for day in plain.split(", ")]
        assert set(days) == set(told) if len(told) == 1 else days == told


JSON = {
    "due --json": (("due", "--all"), ("", "items")),
    "why --json": (("why", "Yusuf"), ("",)),
    "show --json": (("show", "Yusuf"), ("", "touches")),
    "check --json": (("check",), ("problems",)),
    "stats --json": (("stats",), ("",)),
    "forecast --json": (("forecast", "--weeks", "1"), ("",)),
    "cadence --json": (("cadence", "show", "new-lead"), ("", "steps")),
}


def test_every_command_with_json_is_looked_at() -> None:
    assert {heading for heading, *_ in tables_of("commands.md") if heading.endswith("--json")} == set(JSON)


@pytest.mark.parametrize("heading", JSON)
def test_keys_of_json(heading: str, vault: Folder) -> None:
    call, parts = JSON[heading]
    shutil.copytree(EXAMPLE, vault.root, dirs_exist_ok=True)
    record = vault.followup(*call, "--json", today="2026-05-06").json
    tables = [rows for above, _, rows in tables_of("commands.md") if above == heading]
    for part, rows in zip(parts, tables, strict=True):
        found: Any = record[part][0] if part else record
        always = [row for row in rows if "else there is no such key" not in row[1]]
        assert sorted(key for row in always for key in quoted(row[0])) == sorted(found), heading


# --------------------------------------------------------------------------- format.md


@pytest.mark.parametrize("row", rows_of("format.md", "line", "direction"), ids=lambda row: row[0])
def test_directions(row: list[str]) -> None:
    direction, _, channel = row[1].partition(", channel ")
    (touch,) = touches_of(*quoted(row[0]))
    assert touch.direction == direction and channel in ("", f"`{touch.channel}`")


@pytest.mark.parametrize("row", rows_of("format.md", "form", "example", "read as")[:-1], ids=lambda row: row[1])
def test_forms_of_the_log(row: list[str]) -> None:
    touches = touches_of(*quoted(row[1]))
    assert re.findall(r"(\w+) (in|out)\b", row[2]) == [(touch.channel, touch.direction) for touch in touches]
    if clock := re.search(r"\d\d:\d\d", row[2]):
        assert touches[0].time and touches[0].time.isoformat("minutes") == clock[0]
    if day := re.search(r"on (\d+ \w+)", row[2]):
        assert datetime.strptime(f"{day[1]} 2026", "%d %B %Y").date() == touches[0].date


def words_of(cell: str) -> list[str]:
    return [word for part in cell.split(";", maxsplit=1)[0].split(", ") if (word := part.strip())]


def test_words_of_channels_outcomes_and_stages() -> None:
    for channel, words, needs in rows_of("format.md", "channel", "words", "needs")[:-1]:
        (name,) = quoted(channel)
        assert [*quoted(needs), None][0] == rules_of().needs(name)
        for word in words_of(words):
            assert [touch.channel for touch in touches_of(f"- 2026-05-01 {word}: a line")] == [name], word
    for tag, words, _ in rows_of("format.md", "tag", "words that say the same", "what it does"):
        for word in [*quoted(tag), *(words_of(words) if words != "tag only" else ())]:
            channel = "meeting" if "show" in word or "cancel" in word else "call"
            (touch,) = touches_of(f"- 2026-05-01 {channel}: {word}")
            assert quoted(tag) == [f"#{outcome}" for outcome in touch.outcomes][:1], word
    for stage, kind, cadence, words in rows_of("format.md", "stage", "kind", "cadence", "also read as"):
        known = rules_of().stage(*quoted(stage))
        assert known and (known.kind, known.cadence) == (kind, cadence)
        for word in words_of(words):
            assert prospect_of(f"---\nstage: {word}\n---\n").stage == known.name, word


def test_lists_in_the_text() -> None:
    page = (DOCS / "format.md").read_text(encoding="utf-8")
    (headings,) = re.findall(r"^> (.+)$", page, re.MULTILINE)
    assert sorted(heading.casefold() for heading in headings.split(", ")) == sorted(HEADINGS)
    for name, word in [("codes.md", word) for word in PRESSING] + [
        ("format.md", word) for word in sorted(PROSPECT_TYPES)
    ]:
        assert word in (DOCS / name).read_text(encoding="utf-8"), word
    assert f"> items: {sentence(6, 20)}." in (DOCS / "statistics.md").read_text(encoding="utf-8")


# --------------------------------------------------------------------------- settings.md, cadences.md, rules.md


def test_defaults_of_settings() -> None:
    (rows,) = [rows for heading, _, rows in tables_of("settings.md") if heading == "Keys"]
    assert [quoted(row[0])[0] for row in rows] == list(_KEYS)
    for key, default, _ in rows:
        if default in ("none", "the machine's"):
            assert not getattr(rules_of(), *quoted(key))
        else:
            rules, problems = read_settings(f"{quoted(key)[0]} = {quoted(default)[0]}")
            assert not problems and rules == read_settings("")[0], key


def test_steps_of_the_built_in_cadences() -> None:
    rows = {quoted(row[0])[0]: row for row in rows_of("cadences.md", "cadence", "for whom", "steps", "then")}
    assert sorted(rows) == sorted(built_in_cadences())
    for name, cadence in built_in_cadences().items():
        told = []
        for part in re.sub(r" \([^)]*\)", "", rows[name][2]).split(" · "):
            times = next((words for words in NUMBERS if part.startswith(words)), "")
            told += [part.removeprefix(times).strip()] * NUMBERS.get(times, 1)
        assert told == [step_in_words(step) for step in cadence.steps], name
        assert way_on(cadence) == rows[name][3], name


def step_in_words(step: Step) -> str:
    channels = (" + " if step.together else " | ").join(step.channels) or "any"
    intent = "" if step.intent is None else f", {step.intent}"
    mark = " ★" if step.once else " ✎" if step.roll_back else ""
    return f"{step.wait} {channels}{intent}{mark}"


def way_on(cadence: Cadence) -> str:
    if cadence.repeat:
        last = "all" if cadence.repeat == len(cadence.steps) else "the last"
        return f"{last} {cadence.repeat} again and again" if cadence.repeat > 1 else "the last again and again"
    return cadence.then or "ends"


@pytest.mark.parametrize("row", rows_of("rules.md", "fields", "log", "due", "why"), ids=lambda row: row[0] + row[1])
def test_worked_examples(row: list[str]) -> None:
    saturday = date(2026, 11, 21)
    fields = quoted(row[0])
    if not any(field.startswith("email") for field in fields):
        fields += ["email: d@x.example", "phone: '+1 555'", "address: 1 Quay", "linkedin: dana"]
    due = due_of("\n".join(("---", *fields, "---", "## Touches", *quoted(row[1]))), saturday)
    if due is None:
        assert row[2] == "never"
        return
    channels = " + ".join(due.channels)
    assert row[2] == ", ".join(filter(None, (short_day(due.on, saturday), channels, due.intent)))
    assert due.position
    behind = {"reply-owed": "reply owed", "promised": "promised"}
    assert behind.get(due.category, f"{due.position.cadence} {due.position.number}") in row[3]


# --------------------------------------------------------------------------- codes.md


#: What no page can hold: bytes that are no text, great lengths, rights, and names that some drives take for one.
NOT_ON_A_PAGE = frozenset(
    {
        *("folder-too-deep", "folder-unreadable", "front-matter-control-character", "front-matter-too-large"),
        *("line-too-long", "name-collides", "note-damaged", "note-not-utf8", "note-too-large", "note-unreadable"),
    }
)


def test_every_code_has_an_example() -> None:
    page = (DOCS / "codes.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### ([a-z0-9-]+)\n(.*?)(?=^### |\Z)", page, re.MULTILINE | re.DOTALL))
    shown = {code for code, section in sections.items() if re.search(rf" reports ({code}|followup\.toml)\b", section)}
    assert set(EXPLANATIONS) - shown == NOT_ON_A_PAGE


WRITE = re.compile(r"^```\w+ (fields|log) reports ([a-z-]+)\n[^\n]+\n```\n\nWrite `([^`]+)`", re.MULTILINE)


@pytest.mark.parametrize(
    ("kind", "code", "right"), WRITE.findall((DOCS / "codes.md").read_text(encoding="utf-8")), ids=lambda each: each
)
def test_what_to_write_instead_is_right(kind: str, code: str, right: str, vault: Folder) -> None:
    vault.write("Prospects/Dana.md", f"---\n{right}\n---\n" if kind == "fields" else f"## Touches\n{right}\n")
    vault.write("Cadences/conference.md", (EXAMPLE / "Cadences" / "conference.md").read_bytes())
    problems = vault.followup("check", "--json", today="2026-05-06").json["problems"]
    assert not [problem for problem in problems if problem["severity"] != "info" or problem["code"] == code]
