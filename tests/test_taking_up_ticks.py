"""A tick in DUE.md becomes exactly one round, written once, whatever happens between."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Folder, Result

DANA = "---\nemail: d@x.example\nphone: '+1'\n---\n## Touches\n- 2026-11-16 email: hello\n"
ITEMS = (
    "---\nemail: d@x.example\nphone: '+1'\n---\n## Waiting on\n- [ ] the list\n\n## Touches\n"
    "- 2026-11-06 call: no answer\n- 2026-11-06 email: the list, please\n"
)


def ticked(vault: Folder, box: str, behind: str = "", below: str = "") -> None:
    """Tick the first box of DUE.md, as an editor does, on its own day."""
    page = vault.read("DUE.md").decode()
    line = next(line for line in page.split("\n") if line.startswith("- [ ]"))
    vault.write("DUE.md", page.replace(line, line.replace("- [ ]", f"- [{box}]") + behind + below, 1))
    os.utime(vault.root / "DUE.md", (1795262400, 1795262400))  # Saturday 2026-11-21, noon UTC


def log_of(vault: Folder, name: str = "Dana") -> str:
    log = vault.read(f"Prospects/{name}.md").decode().partition("## Touches\n")[2]
    return re.sub(r"\^f-[a-z]+-[0-9a-f]{8}", "^ID", log)


@pytest.mark.parametrize(
    ("box", "behind", "below", "line"),
    [
        ("x", "", "", "- 2026-11-21 call: as planned, new-lead 2 #value ^ID"),
        ("X", "", "", "- 2026-11-21 call: as planned, new-lead 2 #value ^ID"),
        ("x", " she was out", "", "- 2026-11-21 call: she was out #value ^ID"),
        ("x", "", "\n\t- she was out", "- 2026-11-21 call: she was out #value ^ID"),
        ("x", " email: the case study #ask", "", "- 2026-11-21 email: the case study #ask ^ID"),
        ("x", " call: left a voicemail #no-answer", "", "- 2026-11-21 call: left a voicemail #no-answer ^ID"),
        ("x", " email in: send prices", "", "- 2026-11-21 email in: send prices ^ID"),
        ("x", " call: she wrote back and booked a demo", "", "- 2026-11-21 call: she wrote back and booked a demo ^ID"),
        ("x", " ✅ 2026-11-22", "", "- 2026-11-22 call: as planned, new-lead 2 #value ^ID"),
        ("x", " ✅ 2026-11-18", "", "- 2026-11-18 call: as planned, new-lead 2 #value ^ID"),
        (">", "", "", "- 2026-11-23 snooze: 2026-11-24 ^ID"),
        (">", " 2w", "", "- 2026-11-23 snooze: 2026-12-07 ^ID"),
        (">", " 📅 2026-12-02 the board", "", "- 2026-11-23 snooze: 2026-12-02 — the board ^ID"),
        (">", " the board ⏳ 2026-12-02", "\n\t- meets", "- 2026-11-23 snooze: 2026-12-02 — the board meets ^ID"),
        (">", " 📅 2026-12-07 2w", "", "- 2026-11-23 snooze: 2026-12-07 ^ID"),
        ("-", "", "", "- 2026-11-23 skip: call ^ID"),
    ],
)
def test_what_a_tick_writes(vault: Folder, box: str, behind: str, below: str, line: str) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, box, behind, below)
    result = vault.followup("index", today="2026-11-23")
    assert result.code == 0, result.err
    assert log_of(vault) == f"- 2026-11-16 email: hello\n{line}\n"
    assert b"[x]" not in vault.read("DUE.md") and b"[>]" not in vault.read("DUE.md")
    before = vault.read("Prospects/Dana.md")
    vault.followup("index", today="2026-11-23")
    assert vault.read("Prospects/Dana.md") == before


def test_a_round_by_two_channels_is_two_lines(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", ITEMS)
    vault.followup("index")
    ticked(vault, "x")
    vault.followup("index", today="2026-11-21")
    assert log_of(vault).split("\n")[2:4] == [
        "- 2026-11-21 call: as planned, awaiting-items 2 #chase ^ID",
        "- 2026-11-21 email: as planned, awaiting-items 2 #chase ^ID-2",
    ]


@pytest.mark.parametrize(
    ("below", "lines"),
    [
        (
            "\n\t- call: rang, no answer\n\t- email: wrote",
            ["- 2026-11-21 call: rang, no answer ^ID", "- 2026-11-21 email: wrote ^ID-2"],
        ),
        ("\n\t- 2026-11-20 call: spoke", ["- 2026-11-20 call: spoke ^ID"]),
        (
            "\n\t- 2026-11-20 14:30 call: spoke\n\t- about the list",
            ["- 2026-11-20 14:30 call: spoke about the list ^ID"],
        ),
        (" note: away until spring", ["- 2026-11-21 note: away until spring ^ID"]),
    ],
)
def test_whole_lines_of_the_user_s_own_are_written_as_they_are(vault: Folder, below: str, lines: list[str]) -> None:
    vault.write("Prospects/Dana.md", ITEMS)
    vault.followup("index")
    ticked(vault, "x", below)
    for _ in range(3):
        assert vault.followup("index").code == 0
    assert log_of(vault).split("\n")[2:-1] == lines


@pytest.mark.parametrize("plan", ["📅 2026-12-04", "⏳ 2026-12-04", "[due:: 2026-12-04]"])
@pytest.mark.parametrize("words", ["", " spoke", "\n\t- call: spoke"])
def test_a_day_that_a_plugin_plans_before_the_id_is_the_next_date(vault: Folder, plan: str, words: str) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, "x", words)
    vault.write("DUE.md", re.sub(r"(- \[x\] .*) \^f-", rf"\1 {plan} ^f-", vault.read("DUE.md").decode()))
    for _ in range(2):
        assert vault.followup("index").code == 0
    spoke = "spoke " if words else ""
    assert log_of(vault).split("\n")[1].partition(": ")[2].startswith(f"{spoke}📅 2026-12-04")
    (item,) = vault.followup("due", "--all", "--json").json["items"]
    assert "2026-12-04" in str(item)


def test_words_in_a_plugin_s_field_are_not_lost(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    page = vault.read("DUE.md").decode().replace(" ^f-", " [due:: ask her about the price first] ^f-")
    vault.write("DUE.md", page)
    assert vault.followup("index").code == 5
    assert vault.read("DUE.md").decode() == page
    ticked(vault, "x")
    vault.followup("index")
    assert "[due:: ask her about the price first]" in log_of(vault)


def test_a_wrapped_line_of_the_page_is_not_logged_and_words_below_it_are_not_lost(vault: Folder) -> None:
    vault.write("Prospects/Ann.md", ANN)
    vault.followup("index")
    ticked(vault, "x")
    page = vault.read("DUE.md").decode()
    for wrapped in (
        re.sub(r"(\t- why: \S+ \S+) ", r"\1\n\t  ", page),
        re.sub(r"(\t- why: .*)", r"\1\n\t  my words", page),
    ):
        assert wrapped != page
        vault.write("Prospects/Ann.md", ANN)
        vault.write("DUE.md", wrapped)
        for _ in range(2):
            assert vault.followup("index").code == 5
            assert vault.read("DUE.md").decode() == wrapped
        assert re.fullmatch(r"- 2026-11-2\d email: as planned, .* \^ID", log_of(vault, "Ann").split("\n")[2])


def test_a_tick_that_came_back_with_other_words_is_told(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, "x", " spoke ten minutes")
    stale = vault.read("DUE.md")
    vault.followup("index")
    vault.write("DUE.md", stale.replace(b"spoke ten minutes", b"she will call back"))
    vault.followup("index")
    page = vault.read("DUE.md").decode()
    assert "it was taken up already, with other words" in page and "she will call back" in page
    assert "she will call back" not in log_of(vault)


def test_a_dry_run_takes_no_ticks_up(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, "x")
    before = vault.read("Prospects/Dana.md"), vault.read("DUE.md")
    for arguments in (
        ("log", "dana", "call", "x"),
        ("next", "dana", "2w"),
        ("skip", "dana"),
        ("check", "--fix"),
        ("add", "Sam"),
    ):
        vault.followup(*arguments, "--dry-run")
        assert (vault.read("Prospects/Dana.md"), vault.read("DUE.md")) == before


def test_a_formatter_s_page_is_still_ours(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    page = vault.read("DUE.md").decode().replace("- [ ]", "* [ ]").replace("\n\t- ", "\n    * ").replace("\n", "\r\n")
    vault.write("DUE.md", page.replace("day: 2026-11-21", 'day: "2026-11-21"\r\ncssclasses: wide'))
    assert vault.followup("index", today="2026-11-23").code == 0
    assert b"day: 2026-11-23" in vault.read("DUE.md")


def test_a_page_that_comes_back_ticks_nothing_twice(vault: Folder) -> None:
    """A sync program brings back the ticked page after it was taken up."""
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, "x")
    stale = vault.read("DUE.md")
    vault.followup("index")
    note = vault.read("Prospects/Dana.md")
    for _ in range(2):
        vault.write("DUE.md", stale)
        assert vault.followup("index").code == 0
        assert vault.read("Prospects/Dana.md") == note


def test_a_tick_that_no_longer_fits_the_plan_is_kept_and_told(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, "x", " spoke ten minutes")
    vault.write("Prospects/Dana.md", DANA + "- 2026-11-20 call: logged by hand\n")
    for _ in range(2):
        assert vault.followup("index", today="2026-11-21").code == 0
        page = vault.read("DUE.md").decode()
        left = [line for line in page.split("\n") if line.startswith("- [x]")]
        assert len(left) == 1 and "the plan has changed since" in left[0] and left[0].endswith(" spoke ten minutes")
        assert "logged by hand" in log_of(vault) and "spoke" not in log_of(vault)


def test_a_tick_whose_note_is_gone_or_unreadable_stays(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, "x")
    vault.write("Prospects/Dana.md", DANA + "\n<<<<<<< HEAD\n=======\n>>>>>>> other\n")
    assert vault.followup("index").code == 0
    assert (
        "- [x] [[Prospects/Dana|Dana]] — its note is gone, or cannot be read ✅ 2026-11-21 ^f-dana-"
        in vault.read("DUE.md").decode()
    )
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    assert "as planned, new-lead 2" in log_of(vault)


def test_a_tick_with_bytes_that_are_no_utf_8_stays_and_others_are_taken_up(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.write("Prospects/Sam.md", DANA.replace("d@x", "s@x"))
    vault.followup("index")
    page = vault.read("DUE.md").replace(b"- [ ]", b"- [x]")
    first, rest = page.split(b"\n- [x]", 1)[0], page.split(b"\n- [x]", 1)[1]
    line, below = rest.split(b"\n", 1)
    vault.write("DUE.md", first + b"\n- [x]" + line + b" bad\xffbyte\n" + below)
    result = vault.followup("index", today="2026-11-23")
    assert result.code == 0 and "Prospects/Sam.md: logged what was ticked" in result.err
    assert "Prospects/Dana.md: a tick is not taken up: line 1: the new text holds bytes that are no UTF-8" in result.err
    assert b" bad\xffbyte\n" in vault.read("DUE.md")
    assert log_of(vault) == "- 2026-11-16 email: hello\n"


def test_a_ticked_appointment_took_place(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA + "- 2026-11-21 10:00 meeting: at theirs\n")
    vault.followup("index")
    ticked(vault, "x", " two hours, she wants a proposal")
    vault.followup("index")
    assert log_of(vault).endswith("- 2026-11-21 meeting: two hours, she wants a proposal #held ^ID\n")
    (item,) = vault.followup("due", "--all", "--json").json["items"]
    assert item["category"] == "thank-note"


def test_a_kept_snooze_keeps_its_day_and_its_words(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, ">", " 2w", "\n\t- she is ill")
    broken = DANA + "\n<<<<<<< HEAD\n=======\n>>>>>>> other\n"
    vault.write("Prospects/Dana.md", broken)
    for _ in range(2):
        assert vault.followup("index").code == 0
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    assert log_of(vault).endswith("- 2026-11-21 snooze: 2026-12-05 — she is ill ^ID\n")


def test_a_ticked_stage_box_writes_the_line(vault: Folder) -> None:
    vault.write(
        "Prospects/Dana.md",
        "---\nstage: proposal\n---\n## Touches\n- 2026-11-01 stage: meeting\n- 2026-11-20 email: x\n",
    )
    vault.followup("index")
    page = vault.read("DUE.md").decode()
    vault.write(
        "DUE.md", "\n".join(line.replace("- [ ]", "- [x]") if " ^s-" in line else line for line in page.split("\n"))
    )
    vault.followup("index", today="2030-01-01")
    assert re.search(r"\n- 20\d\d-\d\d-\d\d stage: proposal \^s-dana-", log_of(vault))
    assert " ^s-" not in vault.read("DUE.md").decode()


STAGE = (
    "---\nstage: proposal\nemail: d@x.example\n---\n## Touches\n- 2026-11-01 stage: meeting\n- 2026-11-20 email: x\n"
)


@pytest.mark.parametrize(
    ("box", "behind", "line", "told"),
    [
        ("x", " they asked for one", "- 2026-11-21 stage: proposal — they asked for one ^s-dana-", ""),
        ("-", "", "", "a stage box is ticked with x"),
        (">", " 2w", "", "a stage box is ticked with x"),
    ],
)
def test_what_a_stage_box_writes(vault: Folder, box: str, behind: str, line: str, told: str) -> None:
    vault.write("Prospects/Dana.md", STAGE)
    vault.followup("index")
    page = vault.read("DUE.md").decode().split("\n")
    vault.write(
        "DUE.md",
        "\n".join(one.replace("- [ ]", f"- [{box}]") + behind if " ^s-" in one else one for one in page),
    )
    os.utime(vault.root / "DUE.md", (1795262400, 1795262400))
    for _ in range(2):
        assert vault.followup("index").code == 0
    added = vault.read("Prospects/Dana.md").decode().removeprefix(STAGE)
    page = [one for one in vault.read("DUE.md").decode().split("\n") if one.startswith(f"- [{box}]")]
    assert added.startswith(line) if line else added == ""
    assert len(page) == (0 if line else 1)
    assert all(told in one and one.endswith(behind) for one in page)


def test_a_stage_box_that_no_longer_holds_is_told_unless_the_log_agrees(vault: Folder) -> None:
    for stage, left in (("proposal", 0), ("verbal", 1)):
        vault.write("Prospects/Dana.md", STAGE)
        (vault.root / "DUE.md").unlink(missing_ok=True)
        vault.followup("index")
        vault.write("DUE.md", re.sub(r"- \[ \](?=.* \^s-)", "- [x]", vault.read("DUE.md").decode()))
        note = STAGE.replace("stage: proposal", "stage: verbal", 1) + f"- 2026-11-21 stage: {stage}\n"
        vault.write(
            "Prospects/Dana.md",
            note.replace("stage: verbal", f"stage: {stage}", 1)
            if not left
            else note.replace("- 2026-11-21 stage: verbal\n", ""),
        )
        assert vault.followup("index").code == 0
        assert vault.read("DUE.md").decode().count("the note has changed since") == left


MEETING = DANA + "- 2026-11-21 10:00 meeting: first look\n"


@pytest.mark.parametrize(
    ("behind", "line"),
    [
        (" meeting: good talk", "- 2026-11-21 meeting: good talk #held ^ID"),
        (" meeting: she did not show", "- 2026-11-21 meeting: she did not show ^ID"),
        (" meeting: nobody there #cancelled", "- 2026-11-21 meeting: nobody there #cancelled ^ID"),
        (" she did not show", "- 2026-11-21 meeting: she did not show ^ID"),
        (" email: sent the plan", "- 2026-11-21 email: sent the plan ^ID"),
    ],
)
def test_a_whole_line_at_an_appointment(vault: Folder, behind: str, line: str) -> None:
    vault.write("Prospects/Dana.md", MEETING)
    vault.followup("index")
    ticked(vault, "x", behind)
    vault.followup("index")
    assert log_of(vault).endswith(f"first look\n{line}\n")


def test_the_box_of_an_appointment_does_not_go_dead(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", MEETING)
    vault.followup("index")
    ticked(vault, "x", " meeting: at 11:00 instead #booked")
    vault.followup("index")
    ticked(vault, "x", " good talk")
    vault.followup("index")
    assert log_of(vault).endswith(
        "- 2026-11-21 meeting: at 11:00 instead #booked ^ID\n- 2026-11-21 meeting: good talk #held ^ID\n"
    )


@pytest.mark.parametrize(
    ("box", "behind", "told"),
    [
        (">", " today", "`today` does not lie ahead".replace("`", "&#96;")),
        (">", " 2w the board meets", "a remark into a line below"),
        (">", " 📅 2026-12-02 2w", "names two days"),
        (">", " 📅 2026-12-02 📅 2026-12-03 the board", "names two days"),
        (">", " 📅 2026-02-30 the board", "is no day"),
        ("x", " they called back and want a quote", "would be read as theirs"),
        ("x", " 2026-12-01 call: spoke", "lies ahead"),
    ],
)
def test_what_a_tick_cannot_write_stays_with_the_reason(vault: Folder, box: str, behind: str, told: str) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, box, behind)
    for _ in range(2):
        assert vault.followup("index").code == 0
        (line,) = (line for line in vault.read("DUE.md").decode().split("\n") if line.startswith(f"- [{box}]"))
        assert told in line and line.endswith(behind)
    assert vault.read("Prospects/Dana.md").decode() == DANA


def test_an_appointment_is_not_skipped_on_the_page(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", MEETING)
    vault.followup("index")
    ticked(vault, "-", " he is ill")
    assert vault.followup("index").code == 0
    assert vault.read("Prospects/Dana.md").decode() == MEETING
    assert "an appointment is called off in the note" in vault.read("DUE.md").decode()


@pytest.mark.parametrize(
    ("behind", "line"),
    [
        (" email, then call next week", "- 2026-11-21 call: email, then call next week #value ^ID"),
        (" note — she likes tea", "- 2026-11-21 call: note — she likes tea #value ^ID"),
        (" meeting, next Tuesday at 10", "- 2026-11-21 call: meeting, next Tuesday at 10 #value ^ID"),
        (" tried twice\n\t- email: the list", "- 2026-11-21 call: tried twice email: the list #value ^ID"),
    ],
)
def test_a_whole_line_has_a_colon(vault: Folder, behind: str, line: str) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, "x", behind)
    assert vault.followup("index").code == 0
    assert log_of(vault).endswith(f"hello\n{line}\n")


def test_a_remark_below_a_snooze_is_no_day(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, ">", "", "\n\t- the board meets first")
    vault.followup("index")
    assert log_of(vault).endswith("- 2026-11-21 snooze: 2026-11-23 — the board meets first ^ID\n")


def test_every_command_takes_ticks_up_and_check_writes_nothing(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, "x")
    before = vault.read("Prospects/Dana.md")
    assert vault.followup("index", "--check").code == 1
    assert vault.read("Prospects/Dana.md") == before
    vault.followup("due")
    assert "as planned" in log_of(vault)


# --------------------------------------------------------------------------- the log has something newer

ANN = "---\nemail: a@x.example\nstage: contacted\n---\n## Touches\n- 2026-11-10 email in: send prices\n- 2026-11-12 email: prices sent\n"


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ("2026-11-19 email: sent the offer", "2026-11-19 email"),
        ("2026-11-19 email in: yes please", "2026-11-19 email in"),
        ("2026-11-19 call: hello", "2026-11-19 call"),
        ("2026-11-19 skip: email", "2026-11-19 skip"),
        ("2026-11-19 stage: proposal", "2026-11-19 stage: proposal"),
        ("2026-11-20 email: of another page ^f-ann-12345678", "2026-11-20 email"),
    ],
)
@pytest.mark.parametrize("box", ["x", "-", ">"])
def test_a_tick_of_a_page_that_is_older_than_the_log_stays(vault: Folder, entry: str, kind: str, box: str) -> None:
    vault.write("Prospects/Ann.md", ANN)
    vault.followup("index", today="2026-11-18")
    note = f"{ANN}- {entry}\n"
    vault.write("Prospects/Ann.md", note)
    ticked(vault, box, " ✅ 2026-11-20 just once")
    assert vault.followup("index", today="2026-11-20").code == 0
    page = vault.read("DUE.md").decode()
    (line,) = (line for line in page.split("\n") if line.startswith(f"- [{box}]"))
    assert f"the log has since: {kind}; log it by hand if it is missing" in line
    assert line.endswith(" just once")
    for _ in range(2):
        assert vault.followup("index", today="2026-11-20").code == 0
    assert vault.read("Prospects/Ann.md").decode() == note


@pytest.mark.parametrize(
    ("before", "meanwhile"),
    [
        ("", "2026-11-19 note: she moved"),
        ("2026-11-25 10:00 meeting: at theirs", ""),
        ("2026-11-20 10:00 meeting: at theirs", ""),
        ("2026-11-20 event: the fair", ""),
        ("2026-12-24 email: a card", ""),
    ],
)
def test_what_was_agreed_on_and_what_changes_nothing_is_no_news(vault: Folder, before: str, meanwhile: str) -> None:
    note = f"{ANN}- 2026-11-17 email in: and the terms?\n" + (f"- {before}\n" if before else "")
    vault.write("Prospects/Ann.md", note)
    vault.followup("index", today="2026-11-18")
    vault.write("Prospects/Ann.md", note + (f"- {meanwhile}\n" if meanwhile else ""))
    ticked(vault, "x", " ✅ 2026-11-19 sent them")
    assert vault.followup("index", today="2026-11-21").code == 0
    assert vault.read("Prospects/Ann.md").decode().count("- 2026-11-19 email: sent them ^f-ann-") == 1


def test_two_boxes_of_one_prospect_are_taken_up_in_two_runs(vault: Folder) -> None:
    note = "---\nstage: proposal\nemail: a@x.example\n---\n## Touches\n- 2026-11-01 stage: meeting\n- 2026-11-10 email: x\n"
    for first, second in ((" ^s-", " ^f-"), (" ^f-", " ^s-")):
        for day in ("2026-11-18", "2026-11-21"):
            vault.write("Prospects/Ann.md", note)
            (vault.root / "DUE.md").unlink(missing_ok=True)
            vault.followup("index", today="2026-11-18")
            for id_ in (first, second):
                page = vault.read("DUE.md").decode().split("\n")
                vault.write(
                    "DUE.md",
                    "\n".join(line.replace("- [ ]", "- [x]") if id_ in line else line for line in page),
                )
                for _ in range(2):
                    assert vault.followup("due", today=day).code == 0
            log = vault.read("Prospects/Ann.md").decode()
            assert (log.count(" ^s-ann-"), log.count(" ^f-ann-")) == (1, 1), (first, day, log)


@pytest.mark.parametrize(
    ("added", "box", "behind", "why"),
    [
        (
            "- 2026-11-19 email: sent the offer\n",
            "x",
            " just once",
            "the log has since: 2026-11-19 email; log it by hand",
        ),
        ("- 2026-11-19 email: sent the offer\n", "-", "", "the log has since: 2026-11-19 email; log it by hand"),
        ("", "x", " stage: lost", "a tick logs a touch"),
        ("", "x", " 2026-12-24 email: a card", "lies ahead"),
        ("", "x", " they called back", "would be read as theirs"),
        ("", ">", " soon", "&#96;soon&#96; is no day"),
        ("", ">", " today", "&#96;today&#96; does not lie ahead"),
        ("", ">", " 📅 2026-12-02 2w", "names two days"),
        ("- 2026-11-18 10:00 meeting: at theirs\n", ">", " 2w", "an appointment is moved"),
        ("- 2026-11-18 10:00 meeting: at theirs\n", "-", "", "an appointment is called off"),
    ],
)
def test_a_tick_that_stays_keeps_its_first_reason(vault: Folder, added: str, box: str, behind: str, why: str) -> None:
    vault.write("Prospects/Ann — Co.md", ANN + (added if "meeting" in added else ""))
    vault.followup("index", today="2026-11-18")
    vault.write("Prospects/Ann — Co.md", ANN + added)
    ticked(vault, box, behind)
    assert vault.followup("index", today="2026-11-20").code == 0
    page = vault.read("DUE.md")
    assert why in page.decode()
    for day in ("2026-11-20", "2026-11-20", "2026-11-24"):
        assert why in vault.followup("due", today=day).err.replace("`", "&#96;")
        assert vault.followup("index", today=day).code == 0
        assert vault.read("DUE.md") == page or day != "2026-11-20"
        (line,) = (line for line in vault.read("DUE.md").decode().split("\n") if line.startswith(f"- [{box}]"))
        assert why in line and line.endswith(behind)


def test_a_reason_that_is_mended_does_not_stay(vault: Folder) -> None:
    vault.write("Prospects/Ann.md", ANN)
    vault.followup("index", today="2026-11-18")
    ticked(vault, ">", " soon")
    vault.followup("index", today="2026-11-20")
    vault.write("Prospects/Ann.md", ANN + "- 2026-11-20 email: sent the offer\n")
    vault.write("DUE.md", vault.read("DUE.md").decode().replace(" soon\n", " 2w\n"))
    vault.followup("index", today="2026-11-20")
    assert "is no day" not in vault.read("DUE.md").decode()
    assert "the plan has changed since" in vault.read("DUE.md").decode()


# --------------------------------------------------------------------------- what is added to a tick that was taken up

IVO = "---\nemail: i@x.example\nphone: '+1'\n---\n## Waiting on\n- [ ] the NDA\n\n## Touches\n- 2026-11-10 email: the NDA, please\n"


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (("x", " ok", ""), ("x", " ok, spoke ten minutes", ""), "ok, spoke ten minutes"),
        (("x", "", ""), ("x", " spoke ten minutes", ""), "spoke ten minutes"),
        (("x", "", ""), ("x", " #booked", ""), "#booked"),
        (("x", " ok", ""), ("x", " ok #value", ""), "ok #value"),
        (("x", " ok", ""), ("x", " ok 📅 2026-12-03", ""), "ok 📅 2026-12-03"),
        (("x", "", ""), (">", " 2w", ""), "2w"),
        (("x", "", ""), ("-", "", ""), "- [-]"),
        (
            ("x", "", "\n\t- call: no answer"),
            ("x", "", "\n\t- call: no answer\n\t- email: sent the list"),
            "email: sent the list",
        ),
        (
            ("x", "", "\n\t- call: no answer"),
            ("x", "", "\n\t- 2026-11-20 call: no answer"),
            "2026-11-20 call: no answer",
        ),
        (("x", " call: spoke"), ("x", " call in: spoke"), "call in: spoke"),
        (
            ("x", "", "\n\t- call: #no-answer"),
            ("x", "", "\n\t- call: #no-answer\n\t- call: #no-answer"),
            "call: #no-answer\n\t- call: #no-answer",
        ),
        (
            ("x", "", "\n\t- call: rang twice, no answer"),
            ("x", "", "\n\t- call: rang twice, no answer\n\t- call: no answer"),
            "call: no answer",
        ),
        (("x", " call: rang twice", ""), ("x", " call: rang", ""), "call: rang"),
        (("x", " rang twice, no answer", ""), ("x", " no answer", ""), "no answer"),
        (("x", " note: ill", ""), ("x", " note: il", ""), "note: il"),
        (("x", " note: ill", ""), ("x", "", ""), "- [x]"),
        ((">", "", ""), (">", " 2026-12-15", ""), "2026-12-15"),
        ((">", " 2w", ""), (">", " 2w", "\n\t- she is ill"), "she is ill"),
        ((">", " 2w", ""), ("x", "", ""), "- [x]"),
        ((">", " 📅 2026-12-02", ""), (">", " 📅 2026-12-02 the board", ""), "📅 2026-12-02 the board"),
        (("-", "", ""), ("-", " he said no", ""), "he said no"),
        (("-", "", ""), ("x", "", ""), "- [x]"),
    ],
)
def test_what_is_added_to_a_tick_that_was_taken_up_is_told(
    vault: Folder, before: tuple[str, ...], after: tuple[str, ...], kept: str
) -> None:
    vault.write("Prospects/Ivo.md", IVO)
    vault.followup("index")
    fresh = vault.read("DUE.md")
    ticked(vault, *before)
    vault.followup("due")
    note = vault.read("Prospects/Ivo.md")
    vault.followup("due")
    assert vault.read("Prospects/Ivo.md") == note != IVO.encode()
    vault.write("DUE.md", fresh)
    ticked(vault, *after)
    for _ in range(2):
        assert vault.followup("index").code == 0
        page = vault.read("DUE.md").decode()
        assert "it was taken up already, with other words" in page
        assert kept in page[page.index("## Needs a hand") :]
        assert vault.read("Prospects/Ivo.md") == note


@pytest.mark.parametrize(
    ("box", "behind", "below"),
    [
        ("x", "", ""),
        ("x", " they owe me lunch; a | b [[x]] (sic) #mine", ""),
        ("x", " spoke, #value #booked 📅 2026-12-03 and more <!-- %% ^caret", ""),
        ("x", " ", "\n\t- first\n\t- second"),
        ("x", "", "\n\t- call: no answer\n\t- at noon\n\t- email in: thanks #booked"),
        ("x", "", "\n\t- 2026-11-20 14:30 call: spoke\n\t- note: she is back in May"),
        ("x", "", "\n\t- call: #no-answer\n\t- call: #no-answer\n\t- call: spoke\n\t- call: spoke #booked"),
        (">", "", ""),
        (">", " 2w", "\n\t- (she is ill)"),
        (">", " fri", "\n\t- away #ooo"),
        (">", " 📅 2026-12-02 the board", "\n\t- meets"),
        ("-", " he said: no, #declined", ""),
    ],
)
def test_a_tick_that_was_taken_up_is_done_whenever_it_is_read_again(
    vault: Folder, box: str, behind: str, below: str
) -> None:
    vault.write("Prospects/Ivo.md", IVO)
    vault.followup("index")
    ticked(vault, box, behind, below)
    vault.followup("due")
    note = vault.read("Prospects/Ivo.md")
    assert note != IVO.encode()
    for today in ("2026-11-21", "2026-11-22", "2026-11-24"):
        assert "not taken up" not in vault.followup("due", today=today).err
    page = vault.read("DUE.md")
    assert vault.followup("index").code == 0
    assert b"Needs a hand" not in vault.read("DUE.md")
    vault.write("DUE.md", page)
    assert "not taken up" not in vault.followup("due").err
    assert vault.read("Prospects/Ivo.md") == note


def renamed(vault: Folder, old: str, new: str, link: str) -> None:
    """Rename a note as Obsidian does: the links to it follow."""
    (vault.root / new).parent.mkdir(exist_ok=True)
    (vault.root / old).rename(vault.root / new)
    vault.write("DUE.md", vault.read("DUE.md").replace(f"[[{old[:-3]}|".encode(), f"[[{link}|".encode()))


@pytest.mark.parametrize(
    ("new", "link"),
    [
        ("Prospects/Dana Okafor.md", "Prospects/Dana Okafor"),
        ("Prospects/Dana Okafor.md", "Dana Okafor"),
        ("Prospects/North/Dana.md", "Prospects/North/Dana"),
    ],
)
@pytest.mark.parametrize("named", ["", "name: Dana Okafor\n"])
def test_a_tick_of_a_note_that_was_renamed_is_taken_up(vault: Folder, new: str, link: str, named: str) -> None:
    vault.write("Prospects/Dana.md", DANA.replace("---\n", f"---\n{named}", 1))
    vault.followup("index")
    ticked(vault, "x")
    renamed(vault, "Prospects/Dana.md", new, link)
    for _ in range(2):
        assert vault.followup("index").code == 0
        log = vault.read(new).decode().partition("## Touches\n")[2]
        assert log.count("- 2026-11-21 call: as planned, new-lead 2 #value ^f-dana-") == 1
        assert log.count("\n") == 2


SMITH = "---\nemail: {}@x.example\nadded: 2026-11-20\n---\n## Touches\n"


def relinked(vault: Folder, links: dict[str, str]) -> None:
    """The links of the page follow its notes."""
    page = vault.read("DUE.md").decode()
    for old, new in links.items():
        page = page.replace(f"[[Prospects/{old}|", f"[[Prospects/\0{new}|")
    vault.write("DUE.md", page.replace("\0", ""))


@pytest.mark.parametrize("machine", ["this", "another"])
@pytest.mark.parametrize("link", ["Prospects/John Smith (Acme)", "John Smith (Acme)"])
def test_a_tick_goes_into_the_note_of_its_link_though_another_has_its_old_name(
    vault: Folder, monkeypatch: pytest.MonkeyPatch, link: str, machine: str
) -> None:
    vault.write("Prospects/John Smith.md", SMITH.format("a"))
    vault.followup("index")
    ticked(vault, "x", " sent it")
    renamed(vault, "Prospects/John Smith.md", "Prospects/John Smith (Acme).md", link)
    vault.write("Prospects/John Smith.md", SMITH.format("b"))
    if machine == "another":
        monkeypatch.setenv("XDG_STATE_HOME", str(vault.root.parent / "another machine"))
    for _ in range(2):
        assert vault.followup("index").code == 0
    assert vault.read("Prospects/John Smith.md").decode() == SMITH.format("b")
    logged = "sent it" in vault.read("Prospects/John Smith (Acme).md").decode()
    told = "its link names another note than its id" in vault.read("DUE.md").decode()
    assert (logged, told) == ((True, False) if machine == "this" else (False, True))


def test_ticks_of_two_notes_that_swapped_their_names(vault: Folder) -> None:
    for name in ("Ann", "Ben"):
        vault.write(f"Prospects/{name}.md", SMITH.format(name))
    vault.followup("index")
    page = vault.read("DUE.md").decode().split("\n")
    vault.write(
        "DUE.md", "\n".join(f"{line.replace('[ ]', '[x]')} for Ann" if "|Ann]" in line else line for line in page)
    )
    for old, new in (("Ann", "Old"), ("Ben", "Ann"), ("Old", "Ben")):
        (vault.root / f"Prospects/{old}.md").rename(vault.root / f"Prospects/{new}.md")
    relinked(vault, {"Ann": "Ben", "Ben": "Ann"})
    assert vault.followup("index").code == 0
    assert vault.read("Prospects/Ann.md").decode() == SMITH.format("Ben")
    assert vault.read("Prospects/Ben.md").decode().count("for Ann") == 1


def test_a_short_link_is_resolved_before_it_is_told(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, "x", " spoke")
    vault.write("DUE.md", vault.read("DUE.md").replace(b"[[Prospects/Dana|", b"[[dana|"))
    vault.write("Prospects/Dana.md", DANA + "- 2026-11-20 call: logged by hand\n")
    assert vault.followup("index").code == 0
    assert "- [x] [[Prospects/Dana|Dana]] — the plan has changed since" in vault.read("DUE.md").decode()


def test_a_tick_of_a_note_that_was_renamed_stays_where_nobody_knows_what_it_was_called(
    vault: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, "x")
    renamed(vault, "Prospects/Dana.md", "Prospects/Dana Okafor.md", "Prospects/Dana Okafor")
    monkeypatch.setenv("XDG_STATE_HOME", str(vault.root.parent / "another machine"))
    assert vault.followup("index").code == 0
    page = vault.read("DUE.md").decode()
    assert "- [x] [[Prospects/Dana Okafor|Dana Okafor]] — the plan has changed since" in page


def test_git_at_work_is_waited_for_once(vault: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("followup_md.vault.write._BUSY_SECONDS", 0.3)
    for name in ("Ann", "Ben", "Cem", "Dana"):
        vault.write(f"Prospects/{name}.md", DANA)
    vault.followup("index")
    page = vault.read("DUE.md").replace(b"- [ ]", b"- [x]")
    vault.write("DUE.md", page)
    vault.write(".git/index.lock", "")
    began = time.monotonic()
    told = vault.followup("due").err
    assert 0.3 <= time.monotonic() - began < 0.9
    assert told.count("git is at work in this vault") == 4
    (vault.root / ".git/index.lock").unlink()
    vault.followup("index")
    assert all("as planned" in vault.read(f"Prospects/{name}.md").decode() for name in ("Ann", "Ben", "Cem", "Dana"))


def test_a_page_that_is_being_saved_is_not_taken_for_whole(vault: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("followup_md.vault.write._REST_SECONDS", 0.01)
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, "x", " call: left a voicemail #no-answer")
    whole = vault.read("DUE.md")
    end = whole.index(b" a voicemail")
    with (vault.root / "DUE.md").open("r+b") as editor:
        for half in (b"", whole[:end]):
            editor.truncate(0)
            editor.seek(0)
            editor.write(half)
            editor.flush()
            assert vault.followup("due").code == 0
            refused = vault.followup("index")
            assert refused.code == 5 and "open for writing" in refused.err
            assert vault.read("DUE.md") == half
        editor.write(whole[end:])
    assert vault.read("Prospects/Dana.md").decode() == DANA
    assert vault.followup("index").code == 0
    assert log_of(vault).endswith("call: left a voicemail #no-answer ^ID\n")


def test_a_page_that_comes_while_the_day_is_planned_is_read_first(
    vault: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from followup_md.vault import page

    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, "x", " she was out")
    whole = vault.read("DUE.md")
    (vault.root / "DUE.md").unlink()

    def read(root: Path, path: str) -> bytes | None:
        vault.write("DUE.md", whole)
        return whole

    monkeypatch.setattr(page, "read_or_none", read)
    assert vault.followup("index").code == 0
    assert log_of(vault).endswith("- 2026-11-21 call: she was out #value ^ID\n")


@pytest.mark.parametrize("changed", [-(2**40), 2**40])
def test_a_page_whose_last_change_is_beyond_the_calendar_is_read(run: Callable[..., Result], changed: int) -> None:
    if not os.access("/dev/shm", os.W_OK):
        pytest.skip("no file system here keeps such a time")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        vault = Folder(Path(folder), run)
        vault.write("followup.toml", "")
        vault.write("Prospects/Dana.md", DANA)
        vault.followup("index")
        ticked(vault, "x", " she was out")
        os.utime(vault.root / "DUE.md", (changed, changed))
        assert vault.followup("due").code == 0
        assert log_of(vault).endswith("- 2026-11-21 call: she was out #value ^ID\n")


def test_an_unknown_time_zone_is_told_though_the_day_is_given(vault: Folder) -> None:
    vault.write("followup.toml", 'timezone = "Nowhere/X"\n')
    vault.write("Prospects/Dana.md", DANA)
    told = vault.followup("due")
    assert told.code == 4 and '`timezone = "Nowhere/X"` is no known time zone' in told.err


def test_what_cannot_be_written_is_told_with_its_path_once(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, "x")
    (vault.root / "Prospects/Dana.md").chmod(0o444)
    told = vault.followup("due").err
    assert "Prospects/Dana.md: a tick is not taken up: it is read-only" in told
    (vault.root / "Prospects/Dana.md").chmod(0o644)
    vault.write("Prospects/Dana.md", f"{DANA}\n## About\nold\rlines\n")
    told = vault.followup("due").err
    assert "Prospects/Dana.md: a tick is not taken up: line 1: its lines end in lone CR characters" in told


COPY = "DUE.sync-conflict-20261121-101112-ABCDEF7.md"


def test_ticks_of_a_second_copy_are_taken_up_once(vault: Folder) -> None:
    for name in ("Ann", "Ben"):
        vault.write(f"Prospects/{name}.md", DANA.replace("d@x", f"{name}@x"))
    vault.followup("index")
    page = vault.read("DUE.md").decode()
    ann, ben = (line for line in page.split("\n") if line.startswith("- [ ]"))
    both = page.replace(ann, ann.replace("[ ]", "[x]") + " here").replace(ben, ben.replace("[ ]", "[x]"))
    vault.write(COPY, both)
    vault.write("DUE.md", page.replace(ben, ben.replace("[ ]", "[x]")))
    for path in (COPY, "DUE.md"):
        os.utime(vault.root / path, (1795262400, 1795262400))
    for _ in range(3):
        assert vault.followup("index").code == 0
        assert log_of(vault, "Ann").count("call: here #value ^ID") == 1
        assert log_of(vault, "Ben").count("call: as planned, new-lead 2 #value ^ID") == 1
        assert "[x]" not in vault.read("DUE.md").decode()
    assert vault.read(COPY).decode() == both
    assert f"- {COPY}:1 — this is a sync program's second copy of DUE.md" in vault.read("DUE.md").decode()


def test_a_tick_of_a_second_copy_that_cannot_be_taken_up_is_told_once(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    vault.write(COPY, vault.read("DUE.md").decode().replace("- [ ]", "- [x]"))
    vault.write("Prospects/Dana.md", DANA + "- 2026-11-21 call: spoke\n")
    pages = []
    for _ in range(3):
        assert vault.followup("index").code == 0
        pages.append(vault.read("DUE.md").decode())
    assert pages[0] == pages[1] == pages[2]
    assert pages[0].count("- [x]") == 1


ROUNDS = int(os.environ.get("FOLLOWUP_KILLS", "20"))


def test_killed_at_any_moment_no_touch_is_lost_or_doubled(vault: Folder) -> None:
    """SIGKILL while ticks are taken up, again and again; then once in peace."""
    names = [f"P{number:02}" for number in range(12)]
    chance = random.Random(7)
    command = [sys.executable, "-m", "followup_md", "-C", str(vault.root), "--today", "2026-11-21", "index"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    for name in names:
        vault.write(
            f"Prospects/{name}.md",
            f"---\nname: {name}\nemail: {name}@x.example\nadded: 2026-11-10\n---\n## Touches\n- 2026-11-16 email: hello",
        )
    subprocess.run(command, env=environment, check=True, capture_output=True)
    fresh = {name: vault.read(f"Prospects/{name}.md") for name in names}
    page = vault.read("DUE.md")
    spans = []
    for number in range(ROUNDS):
        if number % 5 == 0:
            for name in names:
                vault.write(f"Prospects/{name}.md", fresh[name])
            vault.write("DUE.md", page.replace(b"- [ ]", b"- [x]"))
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            began = time.monotonic()
            if number % 5 == 0 and number < 10:
                process.wait()
                spans.append(time.monotonic() - began)
            else:
                time.sleep(chance.uniform(0.3, 1.1) * max(spans))
                process.send_signal(signal.SIGKILL)
        for name in names:
            lines = vault.read(f"Prospects/{name}.md").decode().split("\n")
            assert lines[:6] == fresh[name].decode().split("\n")[:6]
            assert Counter(line for line in lines if " ^f-" in line).total() <= 1
    vault.write("DUE.md", page.replace(b"- [ ]", b"- [x]"))
    subprocess.run(command, env=environment, check=True, capture_output=True)
    for name in names:
        assert vault.read(f"Prospects/{name}.md").count(b" ^f-") == 1
    assert [str(path) for path in vault.root.rglob("*") if path.name.endswith(".tmp")] == []
    assert b"[x]" not in vault.read("DUE.md")
