"""`followup stats`: the text, the record, STATS.md and its charts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import EXAMPLE, Folder, Result

from followup_md.pages.charts import bars, label_of, pie
from followup_md.pages.stats_page import is_untouched
from followup_md.pages.stats_text import stats_text
from followup_md.pages.stats_words import percent, stage_sentence, times
from followup_md.planning.statistics.overview import Scope, statistics_of
from followup_md.planning.statistics.proportions import chance_of, share_of
from followup_md.planning.statistics.stages import StageResult
from followup_md.planning.statistics.survival import Median
from followup_md.vault.vault import open_vault

WEDNESDAY = "2026-05-06"
HOSTILE = '"] | <b>#x</b> [[y]] `z` %%{init} ```'


@pytest.fixture
def example(tmp_path: Path, run: Callable[..., Result]) -> Folder:
    """The example vault, in a folder of its own."""
    for path in EXAMPLE.rglob("*"):
        if path.is_file():
            target = tmp_path / path.relative_to(EXAMPLE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return Folder(tmp_path, run)


# --------------------------------------------------------------------------- the text


def test_the_example_in_80_columns(example: Folder) -> None:
    done = example.followup("stats", today=WEDNESDAY)
    assert done.code == 0
    assert max(map(len, done.out.split("\n"))) <= 80
    titles = [text for text in done.out.split("\n") if text.isupper()]
    assert titles == ["ACTIVITY BY WEEK", "WHAT WORKS HERE", "PERSISTENCE", "STAGES", "BALANCE", "PROMISES", "PIPELINE"]
    assert "email      10 of 52      19%  11 to 32%" in done.out
    assert not (example.root / "STATS.md").exists()


def test_long_names_and_many_stages_stay_in_80_columns(vault: Folder) -> None:
    log = "\n".join(
        f"- 2026-{month:02}-02 {what}" for month, what in enumerate(("stage: proposal", "email: x #value"), 3)
    )
    for number in range(12):
        vault.write(
            f"Prospects/{number}.md",
            f"---\nname: {'Long ' * 12}{number}\namount: 123456789\nstage: verbal\n---\n## Log\n{log}\n",
        )
    done = vault.followup("stats")
    assert max(map(len, done.out.split("\n"))) <= 80 and "12 of 12" in done.out


def test_an_empty_vault_says_so_and_does_not_fail(vault: Folder) -> None:
    done = vault.followup("stats")
    assert (done.code, done.out) == (0, "") and "no prospects in" in done.err
    vault.write("Prospects/Dana.md", "")
    assert vault.followup("stats", "--since", "2026-11-01", "--write").code == 0
    assert "xychart" not in vault.read("STATS.md").decode().split("## What works")[1].split("## Pipeline")[0]


def test_one_prospect_and_nothing_is_claimed(vault: Folder) -> None:
    log = "- 2026-04-01 email: hello #value\n- 2026-04-02 stage: items\n- 2026-04-10 call: no answer\n"
    vault.write("Prospects/Dana.md", f"---\nstage: items\npain: late invoices\n---\n## Touches\n{log}")
    said = " ".join(vault.followup("stats", today=WEDNESDAY).out.split())
    for sentence in (
        "Answered touches: 0 of 2, too few to say more.",
        "First answers: 0 of 1 have answered so far; too few to say by which round half of them do.",
        "Nobody was lost or let go in these days.",
        "items: nobody has left this stage yet; usual is that 50% go on.",
        "Touches that brought value, of those that did or asked (R9): 1 of 1, too few to say more; your goal is 70%.",
        "No next date was due in these days.",
        "As of Wed 6 May: 1 open, 0 gone dark.",
        "Without a reason to follow up (no pain, no opportunity, nothing open; R15): 0 of 1.",
    ):
        assert sentence in said, sentence
    tables = said.partition("ACTIVITY")[2].replace("your goal is 70%", "").replace("50%", "")
    assert "%" not in tables


def test_nobody_of_that_owner(example: Folder) -> None:
    said = example.followup("stats", "--owner", "nobody", today=WEDNESDAY).out
    for sentence in (
        "0 prospects, owner nobody",
        "No touch in these days.",
        "Answered touches: none to count yet.",
        "First answers: none to count yet.",
        "Nobody was lost or let go in these days.",
        "No `stage:` line in these days, so nothing to count.",
        "No touch is tagged `#value` or `#ask` in these days.",
        "No next date was due in these days.",
        "As of Wed 6 May: 0 open, 0 gone dark.",
    ):
        assert f"{sentence}\n" in said, sentence


def test_amounts_are_told_as_money(vault: Folder) -> None:
    for name, amount in (("a", "1e9"), ("b", "0.5")):
        vault.write(f"Prospects/{name}.md", f"---\namount: {amount}\nstage: proposal\n---\n")
    vault.write("followup.toml", 'currency = "€"\n')
    assert "€1,000,000,000.50" in vault.followup("stats").out
    (vault.root / "Prospects/b.md").unlink()
    assert " €1,000,000,000 " in vault.followup("stats").out


def test_sentences_and_bars_give_way_on_a_narrow_terminal() -> None:
    read, day = open_vault(EXAMPLE), date(2026, 5, 6)
    shown = stats_text(statistics_of(read.prospects, read.rules, day, Scope(None, day)), read.rules, 60).split("\n")
    assert max(len(line) for line in shown if not line.startswith("  ")) in range(55, 61)
    assert max(len(line) for line in shown if "█" in line) <= 60


def test_hostile_words_reach_no_terminal_and_no_page(vault: Folder) -> None:
    name = "Eve \\e[31m \\u202e"
    vault.write("Prospects/Eve.md", f'---\nname: "{name}"\n---\n## Touches\n- 2026-11-02 email: x #value\n')
    vault.write("followup.toml", 'currency = "|<"\n')
    vault.write(
        "Prospects/Zap.md", "---\nname: 'a | b [[c]] #d <e>'\namount: 3\n---\n## Touches\n- 2026-11-02 call: x #ask\n"
    )
    done = vault.followup("stats", "--write", "--json")
    assert done.code == 0 and "\x1b" not in done.out
    assert "\x1b" not in vault.followup("stats").out
    page = vault.read("STATS.md").decode()
    assert "\x1b" not in page and "[[" not in page and "<" not in page
    for row in (text for text in page.split("\n") if text.startswith("| a ")):
        assert row.count("|") == 4
    assert charts_of(page)


def test_holger_as_the_documentation_counts_him(example: Folder) -> None:
    for path in (example.root / "Prospects").rglob("*.md"):
        if path.stem != "Holger Sandrock":
            path.unlink()
    found = example.followup("stats", "--json", today=WEDNESDAY).json
    works, persistence, (proposal,) = found["works"], found["persistence"], found["stages"]
    rows = {row["kind"]: (row["answered"]["count"], row["answered"]["of"]) for row in works["by_channel"]}
    assert rows == {"email": (2, 5), "call": (1, 2), "linkedin": (0, 1), "note": (0, 1), "letter": (0, 1)}
    assert (works["delay"]["answers"], works["delay"]["half"], works["delay"]["most"]) == (3, 0, 14)
    assert persistence["median"] == {"value": 2, "ended": 1, "open": 0, "enough": False}
    assert [(persistence[name]["count"], persistence[name]["of"]) for name in ("early", "after_one", "reasoned")] == [
        (0, 1),
        (0, 1),
        (1, 1),
    ]
    assert (proposal["stage"], proposal["went_on"]["count"], proposal["days"]["value"]) == ("proposal", 0, 26)


def test_every_key_of_the_record_is_documented(example: Folder) -> None:
    page = (EXAMPLE.parent / "docs" / "commands.md").read_text(encoding="utf-8")
    section = page.split("### stats --json")[1].split("\n## ")[0]

    def keys(record: object) -> set[str]:
        if isinstance(record, list):
            return set().union(*map(keys, record))
        return set(record).union(*map(keys, record.values())) if isinstance(record, dict) else set()

    for key in keys(example.followup("stats", "--json", today=WEDNESDAY).json):
        assert re.search(rf"[`\"]{key}[`\"]", section), key


# --------------------------------------------------------------------------- options


def test_days_owner_and_stage_narrow_it(example: Folder) -> None:
    all_ = example.followup("stats", "--json", today=WEDNESDAY).json
    march = example.followup("stats", "--since", "2026-03-02", "--until", "2026-03-29", "--json", today=WEDNESDAY).json
    assert (len(all_["activity"]), len(march["activity"])) == (17, 4)
    assert march["scope"] == {"since": "2026-03-02", "until": "2026-03-29", "owner": None, "stage": None}
    assert march["pipeline"] == all_["pipeline"]
    assert example.followup("stats", "--stage", "Proposal Sent", "--json", today=WEDNESDAY).json["prospects"] == 6
    assert example.followup("stats", "--owner", "nobody", "--json", today=WEDNESDAY).json["prospects"] == 0
    ahead = example.followup("stats", "--until", "2030-01-01", "--json", today=WEDNESDAY).json
    assert ahead["scope"]["until"] == WEDNESDAY


@pytest.mark.parametrize(
    "options",
    [
        ("--since", "tomorrow"),
        ("--until", "2026-02-30"),
        ("--since", "2026-03-02", "--until", "2026-03-01"),
        ("--stage", "limbo"),
        ("--dry-run",),
    ],
)
def test_what_is_written_wrongly_is_told(vault: Folder, options: tuple[str, ...]) -> None:
    assert vault.followup("stats", *options).code == 2


def test_the_record_is_complete(example: Folder) -> None:
    found = example.followup("stats", "--json", today=WEDNESDAY).json
    assert list(found) == [
        "today", "scope", "prospects", "settled_until", "activity", "activity_in_all", "works", "persistence",
        "stages", "balance", "promises", "pipeline",
    ]  # fmt: skip
    assert found["settled_until"] == "2026-04-14"
    assert found["works"]["by_channel"][0] == {
        "kind": "email",
        "answered": {
            "count": 10,
            "of": 52,
            "share": pytest.approx(10 / 52),
            "low": pytest.approx(0.1080, abs=1e-4),
            "high": pytest.approx(0.3190, abs=1e-4),
            "enough": True,
        },
    }


def test_it_is_remembered_only_where_it_writes_nothing(vault: Folder, at_rest: None) -> None:
    vault.write("Prospects/Dana.md", "## Touches\n- 2026-11-02 email: x\n")
    first, second = vault.followup("stats"), vault.followup("stats")
    assert (first.out, first.code) == (second.out, second.code)
    for _ in range(3):
        (vault.root / "STATS.md").unlink(missing_ok=True)
        assert vault.followup("stats", "--write").code == 0
        assert (vault.root / "STATS.md").exists()
    vault.write("Prospects/Dana.md", "## Touches\n- 2026-11-02 email: x\n- 2026-11-03 email: y\n")
    assert vault.followup("stats").out != first.out


# --------------------------------------------------------------------------- STATS.md


def test_the_page_has_the_same_bytes_each_time(example: Folder) -> None:
    assert "STATS.md written" in example.followup("stats", "--write", today=WEDNESDAY).err
    page = example.read("STATS.md")
    assert page.startswith(b"---\ngenerated: followup-md\nday: 2026-05-06\nseal: ")
    assert "up to date" in example.followup("stats", "--write", today=WEDNESDAY).err
    (example.root / "STATS.md").unlink()
    example.followup("stats", "--write", today=WEDNESDAY)
    assert example.read("STATS.md") == page
    assert example.followup("stats", "--write", today="2026-05-07").code == 0
    assert example.read("STATS.md") != page


def test_a_dry_run_shows_it_and_writes_nothing(vault: Folder) -> None:
    done = vault.followup("stats", "--write", "--dry-run")
    assert "+generated: followup-md" in done.out and not (vault.root / "STATS.md").exists()


def test_it_is_no_prospect(vault: Folder) -> None:
    vault.followup("stats", "--write")
    assert vault.followup("stats", "--json").json["prospects"] == 0


@pytest.mark.parametrize("text", ["# My numbers\n", "---\ntitle: x\n---\n", ""])
def test_a_page_of_the_users_own_is_never_overwritten(vault: Folder, text: str) -> None:
    vault.write("STATS.md", text)
    done = vault.followup("stats", "--write")
    assert done.code == 5 and "your own" in done.err
    assert vault.read("STATS.md") == text.encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page + "my remark\n",
        lambda page: page.replace("seal:", "cssclasses: wide\nseal:"),
        lambda page: page.replace("## Stages", "## Stages\nmy remark"),
    ],
)
def test_what_somebody_wrote_on_the_page_is_not_lost(vault: Folder, change: Callable[[str], str]) -> None:
    vault.followup("stats", "--write")
    changed = change(vault.read("STATS.md").decode())
    vault.write("STATS.md", changed)
    vault.write("Prospects/Dana.md", "## Touches\n- 2026-11-02 email: x\n")
    done = vault.followup("stats", "--write")
    assert done.code == 5 and "wrote on it" in done.err
    assert vault.read("STATS.md").decode() == changed


def test_other_line_ends_are_no_words_of_the_users(vault: Folder) -> None:
    vault.followup("stats", "--write")
    page = vault.read("STATS.md").decode()
    assert is_untouched(page) and is_untouched(page.replace("\n", "\r\n"))


def test_the_page_of_the_day_may_not_have_its_name(vault: Folder) -> None:
    vault.write("followup.toml", 'due_file = "STATS.md"\n')
    assert vault.followup("stats", "--write").code == 5


# --------------------------------------------------------------------------- charts, by a strict little grammar

# Mermaid 10.6, 10.9, 11.4 and 11.17 parsed and drew whatever this grammar lets through, with every label below.
TEXT = r'"[^"\n`\\<>#;%\[\]{}|]+"'
XYCHART = re.compile(
    rf"xychart-beta horizontal\n    title {TEXT}\n    x-axis \[({TEXT}(?:, {TEXT})*)\]\n"
    rf"    y-axis {TEXT} 0 --> (\d+)\n    bar \[(\d+(?:, \d+)*)\]\n"
)
PIE = re.compile(rf"pie showData\n    title [A-Za-z ]+\n((?:    {TEXT} : [1-9]\d*\n)+)")


def charts_of(page: str) -> list[list[tuple[str, int]]]:
    """The labels and numbers of each chart of a page, which is held against the grammar of its kind."""
    found = re.findall(r"^```mermaid\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert page.count("```") == 2 * len(found)
    drawn = []
    for chart in found:
        if one := XYCHART.fullmatch(chart):
            labels, heights = re.findall(r'"([^"]+)"', one[1]), [int(height) for height in one[3].split(", ")]
            assert max(heights) <= int(one[2])
        else:
            slices = PIE.fullmatch(chart)
            assert slices, chart
            labels = re.findall(r'"([^"]+)"', slices[1])
            heights = [int(size) for size in re.findall(r" : (\d+)$", slices[1], re.MULTILINE)]
        assert len(set(labels)) == len(labels)
        drawn.append(list(zip(labels, heights, strict=True)))
    return drawn


def test_every_chart_of_the_example_can_be_drawn_and_stands_in_a_table(example: Folder) -> None:
    example.followup("stats", "--write", today=WEDNESDAY)
    page = example.read("STATS.md").decode()
    weeks, channels, rounds, pipeline = charts_of(page)
    assert (weeks[0], weeks[-1]) == (("12 Jan", 2), ("4 May", 5))
    assert channels == [("email", 19), ("call", 51), ("note", 0)]
    assert rounds == [("round 1", 29), ("round 2", 73)]
    for name, number in [*weeks, *pipeline]:
        assert f"| {name} | {number} |" in page
    for name, number in channels:
        assert re.search(rf"^\| {name} \| \d+ of \d+ \| {number}% \|", page, re.MULTILINE)
    for name, number in rounds:
        assert re.search(rf"^\| {name[-1]} \|.* \| {number}% \| [^|]+\|$", page, re.MULTILINE)


def test_weeks_of_two_years_are_told_apart(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", "## Touches\n- 2025-12-17 email: x\n- 2026-01-07 call: y\n")
    vault.followup("stats", "--write", today="2026-01-08")
    weeks, *_ = charts_of(vault.read("STATS.md").decode())
    assert weeks == [("15 Dec 2025", 1), ("22 Dec 2025", 0), ("29 Dec 2025", 0), ("5 Jan", 1)]


def test_a_pie_tells_percentages_so_few_dates_get_none(vault: Folder) -> None:
    """Nine next dates that were due are too few, ten are not; those ahead are no part of the whole."""
    title = "title Next dates that were due"
    for number in range(10):
        assert title not in (vault.read("STATS.md").decode() if number else "")
        vault.write(
            f"Prospects/{number}.md",
            "## Touches\n- 2026-10-01 call: spoke [next:: 2026-10-08]\n"
            "- 2026-10-08 email: here it is [next:: 2027-01-04]\n",
        )
        vault.followup("stats", "--write")
    page = vault.read("STATS.md").decode()
    assert title in page and [("kept on the day", 10)] in charts_of(page)


LABELS = (
    HOSTILE, "", "Ärger & Söhne (Wien)", "x" * 99, "多", "a\nb", "'", '"', "Call Dana", "---", "end", "🔥", "हिन्दी",
    "%%{init: {}}%%", "&quot;", "#35;", "x-axis [1]", "a --> b", "accDescr {", "\u202eevil", "\udc80",
)  # fmt: skip


@pytest.mark.parametrize("label", LABELS)
def test_no_label_breaks_a_chart(label: str) -> None:
    charts_of(bars("T", "of", [label, "b"], [0, 2]) + "\n" + pie("T", [(label, 1), ("none", 0)]) + "\n")
    assert len(label_of(label)) <= 30


def test_a_label_keeps_what_makes_it_readable() -> None:
    assert [label_of(text) for text in ("हिन्दी प्रस्ताव", "נשלח", "🔥 hot", "a | b", "<b>", "%%", "\u202eevil")] == [
        "हिन्दी प्रस्ताव",
        "נשלח",
        "🔥 hot",
        "a b",
        "b",
        "-",
        "evil",
    ]


def test_labels_that_come_out_alike_are_numbered() -> None:
    """Of two slices with one name, Mermaid draws the first only."""
    slices = [("x" * 31, 1), ("x" * 32, 2), ("a|b", 3), ("a b", 4), ("a b 2", 5), ("none", 0)]
    (drawn,) = charts_of(pie("T", slices) + "\n")
    assert drawn == [("x" * 30, 1), ("x" * 30 + " 2", 2), ("a b", 3), ("a b 2", 4), ("a b 2 2", 5)]


@pytest.mark.parametrize("heights", [[0], [0, 0], [1_000_000, 1], [1]])
def test_extreme_heights(heights: list[int]) -> None:
    assert charts_of(bars("", "", [str(number) for number in range(len(heights))], heights) + "\n")
    assert bars("T", "of", [], []) == "" and pie("T", [("none", 0)]) == ""


# --------------------------------------------------------------------------- sentences


def sentence(on: int, of: int, usual: Fraction = Fraction(1, 2)) -> str | None:
    share, chance = share_of(on, of), chance_of(on, of, usual) if of else None
    verdict = (
        "too few"
        if of < 10 or chance is None
        else "within"
        if chance > 0.05
        else "below"
        if on < usual * of
        else "above"
    )
    return stage_sentence(StageResult("items", of, 0, share, float(usual), chance, verdict, Median(None, 0, 0, False)))  # type: ignore[arg-type]


def test_how_it_stands_against_the_usual_in_one_plain_sentence() -> None:
    assert sentence(6, 20) == "6 of 20 went on; usual is 50%; so wide a gap comes by chance about 1 time in 9: watch it"
    assert sentence(9, 20) == (
        "9 of 20 went on; usual is 50%; chance alone can explain that: no reason to change anything"
    )
    assert sentence(3, 20) == (
        "3 of 20 went on; usual is 50%; so wide a gap comes by chance about 1 time in 390: look for the reason"
    )
    assert sentence(14, 20) == (
        "14 of 20 went on; usual is 50%; so wide a gap comes by chance about 1 time in 9: a good sign, not more yet"
    )
    assert sentence(18, 20) == (
        "18 of 20 went on; usual is 50%; so wide a gap comes by chance less than 1 time in 1,000: "
        "better than luck, so go on like this"
    )
    assert sentence(2, 5) == "2 of 5 went on; usual is 50%; too few to say more: under 10 have left this stage"
    assert sentence(0, 0) == "nobody has left this stage yet; usual is that 50% go on"


def test_numbers_in_words() -> None:
    assert [times(chance) for chance in (0.5, 0.115, 0.0025, 0.0001)] == [
        "about 1 time in 2",
        "about 1 time in 9",
        "about 1 time in 400",
        "less than 1 time in 1,000",
    ]
    assert [percent(share) for share in (0, 0.001, 0.25, 0.999, 1)] == ["0%", "under 1%", "25%", "over 99%", "100%"]
