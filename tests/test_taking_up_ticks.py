"""A tick in DUE.md becomes exactly one round, written once, whatever happens between."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from conftest import Folder

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
    assert "Prospects/Dana.md:1: the new text holds bytes that are no UTF-8" in result.err
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


def test_every_command_takes_ticks_up_and_check_writes_nothing(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    ticked(vault, "x")
    before = vault.read("Prospects/Dana.md")
    assert vault.followup("index", "--check").code == 1
    assert vault.read("Prospects/Dana.md") == before
    vault.followup("due")
    assert "as planned" in log_of(vault)


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


ROUNDS = int(os.environ.get("FOLLOWUP_KILLS", "30"))


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
