"""The commands as a user meets them: output, messages, exit codes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from conftest import EXAMPLE, Folder, Result
from hypothesis import given
from hypothesis import strategies as st

from followup_md.cli.line import parted
from followup_md.cli.program import COMMANDS, cli

DANA = "---\ncompany: Acme\nemail: d@x.example\nphone: '+1'\n---\n## Touches\n- 2026-11-16 email: hello\n"


def tree(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_due_json_is_as_documented(vault: Folder) -> None:
    vault.write("Prospects/Dana Okafor.md", DANA)
    record = vault.followup("due", "--json").json
    assert (record["today"], record["vault"], record["problems"]) == ("2026-11-21", str(vault.root), 0)
    (item,) = record["items"]
    assert item.pop("id").startswith("f-dana-okafor-")
    assert item.pop("why")[0] == {
        "rule": "R2",
        "text": "new-lead 2: 3 days after the last round on Mon 16 Nov",
        "at": ["Prospects/Dana Okafor.md:7"],
    }
    assert item == {
        "prospect": "Dana Okafor",
        "path": "Prospects/Dana Okafor.md",
        "company": "Acme",
        "owner": None,
        "stage": "lead",
        "due": "2026-11-19",
        "overdue_days": 2,
        "category": "cadence",
        "hold": None,
        "cadence": "new-lead",
        "step": 2,
        "channels": ["call"],
        "together": False,
        "intent": "value",
        "unanswered": 1,
        "rounds": 1,
        "dark": False,
        "last": {"date": "2026-11-16", "channel": "email", "direction": "out", "text": "hello", "line": 7},
        "content": None,
    }


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("shwo", "did you mean `show`?"), ("Due", "did you mean `due`?"), ("x", "`followup help` lists")],
)
def test_a_command_that_is_mistyped_is_named(vault: Folder, typed: str, hint: str) -> None:
    told = vault.followup(typed)
    assert (told.code, told.out) == (2, "")
    assert f"there is no command `{typed}`; {hint}" in told.err


def test_due_chooses_by_days_owner_category_and_limit(vault: Folder) -> None:
    for name, front in (
        ("Now", "owner: Kim\nadded: 2026-11-20"),
        ("Soon", "next: 2026-11-25"),
        ("Later", "owner: kim\nnext: 2027-01-05"),
        ("Reply", "added: 2026-11-01"),
    ):
        log = "## Log\n- 2026-11-20 email in: hello\n" if name == "Reply" else ""
        vault.write(f"Prospects/{name}.md", f"---\nemail: {name}@x.example\n{front}\n---\n{log}")

    def names(*options: str) -> list[str]:
        return [item["prospect"] for item in vault.followup("due", "--json", *options).json["items"]]

    assert names() == ["Reply", "Now"]
    assert names("--days", "7") == ["Reply", "Now", "Soon"]
    assert names("--all") == ["Reply", "Now", "Soon", "Later"]
    assert names("--all", "--owner", "KIM") == ["Now", "Later"]
    assert names("--all", "--category", "promised") == ["Soon", "Later"]
    assert names("--all", "--limit", "1") == ["Reply"]


def test_due_as_text_says_when_nothing_is_due(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", "---\nnext: 2026-11-25\n---\n")
    result = vault.followup("due")
    assert (result.code, result.out) == (0, "")
    assert "nothing due on Sat 21 Nov; next: Dana on Wed 25 Nov" in result.err
    assert vault.followup("due", "--owner", "kim").err == "nothing due on Sat 21 Nov for the owner kim\n"
    vault.write("Prospects/Eve.md", "---\nowner: Kim\nnext: 2026-11-26\n---\n")
    named = vault.followup("due", "--owner", "kim", "--category", "promised").err
    assert named == "nothing due on Sat 21 Nov of category promised for the owner kim; next: Eve on Thu 26 Nov\n"


def test_why_tells_every_rule_and_the_one_that_won(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA + "- 2026-11-17 email in: prices?\n")
    text = vault.followup("why", "dana").out
    assert text.startswith("Dana: email, due Wed 18 Nov, 3 days overdue (reply-owed)")
    assert "→ reply owed    Wed 18 Nov" in text and "  cadence       Wed 18 Nov" in text
    assert "[Prospects/Dana.md:8]" in text
    record = vault.followup("why", "dana", "--json").json
    assert [rule["won"] for rule in record["rules"]] == [True, False, False, False]
    assert record["next"]["category"] == "reply-owed"


def test_show_json_keeps_what_lies_ahead_apart(vault: Folder) -> None:
    vault.write(
        "Prospects/Dana.md",
        DANA + "- 2026-11-21 meeting: today\n- 2026-12-01 call: as agreed\n- 2026-12-02 email: impossible\n",
    )
    record = vault.followup("show", "Dana", "--json").json
    assert [touch["date"] for touch in record["touches"]] == ["2026-11-16"]
    assert [touch["date"] for touch in record["appointments"]] == ["2026-11-21", "2026-12-01"]
    assert [(p["line"], p["code"]) for p in record["problems"]] == [(10, "touch-in-future")]
    assert (record["rounds"], record["unanswered"], record["last_answer"]) == (1, 1, None)
    later = vault.followup("show", "Dana", "--json", today="2026-12-02").json
    assert [touch["date"] for touch in later["touches"]] == ["2026-11-16", "2026-11-21", "2026-12-01", "2026-12-02"]
    assert later["last_answer"]["date"] == "2026-11-21"


def test_a_prospect_is_found_by_name_file_path_email_or_part(vault: Folder) -> None:
    vault.write("Prospects/north/dana.md", "---\nname: Dana Okafor\nemail: d@x.example\n---\n")
    vault.write("Prospects/Zoë Brandt.md", "")
    vault.write("Prospects/Zoe Long.md", "")
    for query in ("Dana Okafor", "dana", "Prospects/north/dana.md", "prospects/NORTH/dana", "D@X.example", "okaf"):
        assert vault.followup("show", query, "--json").json["path"] == "Prospects/north/dana.md"
    assert vault.followup("show", "zoe\u0308 brandt", "--json").json["name"] == "Zoë Brandt"
    several = vault.followup("show", "prospects/zo")
    assert several.code == 2 and "Prospects/Zoe Long" in several.err and "Prospects/Zoë Brandt" in several.err


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("Dana Okafur", "did you mean Dana Okafor?"),
        ("okafro", "did you mean Dana Okafor?"),
        ("acme", "did you mean Dana Okafor, Zoë Brandt?"),
        ("fahrbau", "did you mean Zoë Brandt?"),
        ("Xaver", "`followup due --all` lists those with a next touch"),
    ],
)
def test_who_is_not_found_may_be_somebody_of_a_like_name_or_at_that_company(
    vault: Folder, query: str, hint: str
) -> None:
    vault.write("Prospects/Do.md", "---\nname: Dana Okafor\ncompany: Acme Inc.\n---\n")
    vault.write("Prospects/Zoë Brandt.md", "---\ncompany: Acme Fahrzeugbau\n---\n")
    none = vault.followup("show", query)
    assert (none.code, none.err) == (3, f"followup: no prospect `{query}`; {hint}\n")


def test_an_empty_name_names_nobody(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", "")
    empty = vault.followup("show", " ")
    assert empty.code == 2 and "PROSPECT is empty: write a name, or a part of one" in empty.err


def test_check_lists_problems_with_their_place(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", "---\nnext: 2026-02-30\n---\n## Log\n- 05.11.2026 called\n")
    result = vault.followup("check")
    assert result.code == 1
    assert result.out.split("\n")[0] == (
        "Prospects/Dana.md:2:1: error: `next: 2026-02-30` is no date: write a real one, or leave it empty [field-not-understood]"
    )
    assert vault.followup("check", "--json").json["problems"][1] == {
        "path": "Prospects/Dana.md",
        "line": 5,
        "column": 3,
        "code": "touch-date-ambiguous",
        "severity": "error",
        "message": "`05.11.2026` may be read two ways: write the date as YYYY-MM-DD",
        "fix": False,
    }
    assert vault.followup("check", "--format", "github").out.startswith("::error file=Prospects/Dana.md,line=2,col=1,")
    assert vault.followup("check", "--explain", "touch-date-ambiguous").code == 0
    assert vault.followup("check", "--explain", "touch-date").code == 3


def test_one_bad_note_costs_that_note_only(vault: Folder) -> None:
    vault.write("Prospects/Good.md", DANA)
    vault.write("Prospects/Latin.md", "---\nname: M\xfc\n---\n".encode("latin-1"))
    vault.write("Prospects/Utf16.md", "name".encode("utf-16"))
    vault.write("Prospects/Nul.md", b"---\nname: x\n---\n\n\0\0\0")
    vault.write("Prospects/Large.md", b"x" * 1_100_000)
    vault.write("Prospects/Merge.md", "## Log\n<<<<<<< HEAD\n- 2026-11-01 email: a\n=======\n>>>>>>> b\n")
    vault.write("Prospects/Bomb.md", "---\na: &a [x]\nb: *a\n---\n")
    vault.write("Prospects/Good.sync-conflict-20261101-101112-ABCDEF7.md", DANA)
    vault.write("Prospects/Good (conflicted copy 2026-11-01 101112).md", DANA)
    vault.write("Prospects/Essay (conflict theory).md", "")
    (vault.root / "Prospects/Link.md").symlink_to("/etc/passwd")
    os.mkfifo(vault.root / "Prospects/Pipe.md")
    before = {path: data for path, data in tree(vault.root).items() if "Pipe" not in path}
    problems = vault.followup("check", "--json").json["problems"]
    wrong = [p for p in problems if p["severity"] != "info"]
    assert {(p["path"].removeprefix("Prospects/"), p["line"], p["code"]) for p in wrong} == {
        ("Latin.md", 2, "note-not-utf8"),
        ("Utf16.md", 1, "note-not-utf8"),
        ("Nul.md", 5, "note-damaged"),
        ("Large.md", 1, "note-too-large"),
        ("Merge.md", 5, "note-conflicted"),
        ("Bomb.md", 2, "front-matter-alias"),
        ("Good.sync-conflict-20261101-101112-ABCDEF7.md", 1, "conflict-copy"),
        ("Good (conflicted copy 2026-11-01 101112).md", 1, "conflict-copy"),
    }
    names = {item["prospect"] for item in vault.followup("due", "--all", "--json").json["items"]}
    assert names == {"Good", "Bomb", "Essay (conflict theory)"}
    assert {path: data for path, data in tree(vault.root).items() if "Pipe" not in path} == before


def test_a_vault_that_has_nothing_to_do_with_sales_is_left_alone(vault: Folder) -> None:
    for number in range(40):
        vault.write(
            f"Notes/{number}.md",
            f"---\ntype: book\nstatus: [{'x' * number}\n---\n## Log\n- 2026-11-0{number % 9} call: x\n",
        )
    vault.write("Notes/prose.md", "---\ntags: prospect\n---\nA prospect of rain.\n")
    before = tree(vault.root)
    result = vault.followup("index")
    assert result.code == 0 and "no prospects" in result.err and "nothing written" in result.err
    assert tree(vault.root) == before


def test_which_notes_are_prospects(vault: Folder) -> None:
    vault.write("followup.toml", 'prospects = ["CRM/People"]\nexclude = ["Old", "CRM/People/Templates"]\n')
    for path, front in (
        ("crm/people/a.md", ""),
        ("CRM/People/sub/b.md", "type: Lead"),
        ("CRM/People/c.md", "type: company"),
        ("CRM/People/_d.md", ""),
        ("CRM/People/.e.md", ""),
        ("CRM/People/Old/f.md", ""),
        ("CRM/People/Templates/g.md", ""),
        ("CRM/h.md", ""),
        ("Elsewhere/i.md", "type: prospect"),
        ("Elsewhere/j.md", "type: lead"),
        ("Elsewhere/k.md", "type: prospect\ntype: prospect"),
        (".hidden/l.md", "type: prospect"),
        ("CRM/People/m.txt", ""),
    ):
        vault.write(path, f"---\n{front}\n---\n")
    result = vault.followup("due", "--all", "--json")
    assert sorted(item["prospect"] for item in result.json["items"]) == ["a", "b", "i", "k"]
    assert "1 note left out: type company" in result.err


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("horizn = '7d'\n", "followup.toml:1: `horizn` is no setting: did you mean `horizon`?"),
        ("\nmin_gap = 2\n", "followup.toml:2: `min_gap` is a duration"),
        ("workdays = ['mo']\n", "followup.toml:1: `workdays` lists the days you work"),
        ("value_share = 70\n", "followup.toml:1: `value_share` is a share between 0 and 1"),
        ("holidays = ['2026-12-31/2026-12-01']\n", "followup.toml:1: `holidays` has"),
        ("due_file = '../x.md'\n", "followup.toml:1: `due_file` is a file at the top"),
        ("[fields]\nnexxt = ['x']\n", "followup.toml:2: `nexxt` is no field: did you mean `next`?"),
        (
            "[channels.fax]\nneed = 'phone'\n",
            "followup.toml:2: `need` is no setting of a channel: did you mean `needs`?",
        ),
        ("[[stages]]\nname = 'a'\n[[stages]]\nname = 'b'\nkind = 'opn'\n", "followup.toml:4: `kind` of stage b"),
        ("[[stages]]\nname = '---'\n", "followup.toml:2: `---` names no stage"),
        ("[log]\npresing = ['x']\n", "followup.toml:2: `presing` is no setting of [log]: did you mean `pressing`?"),
        ("a = [\n", "followup.toml:"),
        ("timezone = 'Mars/Olympus'\n", "followup.toml: `timezone"),
    ],
)
def test_wrong_settings_name_the_line_and_what_to_write(
    tmp_path: Path, run: Callable[..., Result], settings: str, message: str
) -> None:
    (tmp_path / "followup.toml").write_text(settings)
    result = run("-C", str(tmp_path), "due")
    assert result.code == 4 and message in result.err and result.out == ""


def test_no_vault_and_wrong_words(tmp_path: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOLLOWUP_VAULT", raising=False)
    assert run("due").code == 4
    assert run("-C", "/no/such/folder", "due").code == 4
    assert run("--today", "soon", "due").code == 2
    assert run("nonsense").code == 2
    (tmp_path / ".obsidian").mkdir()
    (tmp_path / "deep/er").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep/er")
    assert run("due").code == 0


def test_cadences_are_listed_shown_and_copied(vault: Folder) -> None:
    assert "after-meeting" in vault.followup("cadence", "list").out
    assert "1. after 1d: note, value, rolled back, pinned, R6" in vault.followup("cadence", "show", "after-meeting").out
    assert vault.followup("cadence", "show", "after-meting").code == 3
    assert "+++ Cadences/won.md" in vault.followup("cadence", "copy", "won", "--dry-run").out
    assert not (vault.root / "Cadences").exists()
    assert vault.followup("cadence", "copy", "won").code == 0
    assert vault.read("Cadences/won.md").startswith(b"---\ntype: cadence\n")
    assert vault.followup("cadence", "copy", "won").code == 5
    assert [
        one["path"] for one in vault.followup("cadence", "list", "--json").json["cadences"] if one["name"] == "won"
    ] == ["Cadences/won.md"]


def test_a_cadence_of_one_s_own_is_used_and_a_broken_one_is_told(vault: Folder) -> None:
    vault.write(
        "Cadences/fair.md",
        "---\ntype: cadence\nsteps:\n  - {wait: 5d, do: letter | parcel, intent: ask}\nthen: nurture\n---\n## 1\nHello\n",
    )
    vault.write("Cadences/bad.md", "---\ntype: cadence\nsteps:\n  - {wait: 5d, do: smoke signal}\nrepeat: 1\n---\n")
    vault.write(
        "Prospects/Dana.md",
        "---\ncadence: fair\naddress: 1 Quay\n---\n## Log\n- 2026-11-16 email: x\n".replace("16 email", "16 stage"),
    )
    vault.write("Prospects/Sam.md", "---\ncadence: bad\naddress: 1 Quay\n---\n")
    items = {item["prospect"]: item for item in vault.followup("due", "--all", "--json").json["items"]}
    assert (items["Dana"]["cadence"], items["Dana"]["channels"]) == ("fair", ["letter"])
    assert items["Sam"]["cadence"] == "new-lead"
    problems = vault.followup("check", "--json").json["problems"]
    assert {("Cadences/bad.md", 4, "cadence-unread"), ("Prospects/Sam.md", 2, "cadence-unknown")} <= {
        (p["path"], p["line"], p["code"]) for p in problems
    }


def test_output_goes_where_it_belongs(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.write("Prospects/Acme.md", "---\ntype: company\n---\n")
    result = vault.followup("due", "--json")
    assert "left out" in result.err and "left out" not in result.out
    assert vault.followup("due", "--json").json
    quiet = vault._run("-C", str(vault.root), "-q", "due")
    assert quiet.err == ""


def test_the_options_for_all_may_stand_behind_the_command_s_name(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    root = str(vault.root)
    wanted = vault.followup("due", "--json").out
    for arguments in (
        ("due", "--json", "--today", "2026-11-21", "-C", root),
        ("due", f"--vault={root}", "--today=2026-11-21", "--json"),
        ("-C", root, "due", "--json", "-q", "--today", "2026-11-21"),
    ):
        assert vault._run(*arguments).out == wanted
    assert vault._run("cadence", "list", "-C", root).code == 0
    assert "\x1b[" in vault.followup("due", "--color", "always").out
    assert vault.followup("log", "dana", "call", "--", "-q", "--today", "he said").code == 0
    assert vault.read("Prospects/Dana.md").endswith(b"call: -q --today he said\n")
    missing = vault.followup("due", "--today")
    assert (missing.code, "Option '--today' requires an argument" in missing.err) == (2, True)
    assert vault.followup("due", "--help").out.startswith("Usage: followup due")


ON_A_LINE = (
    "-C",
    "--vault",
    "--vault=y",
    "--today=",
    "--today",
    "-q",
    "--quiet",
    "--quiet=1",
    "-v",
    "--color",
    "--color=never",
)


@given(
    st.lists(st.sampled_from((*ON_A_LINE, "always", "due", "log", "--json", "-qv", "-Cx", "--", "--help", "--version")))
)
def test_options_for_all_are_told_from_the_rest_as_click_tells_them(arguments: list[str]) -> None:
    options, rest = parted(arguments)
    try:
        found = cli.make_context("followup", list(arguments))
    except (click.ClickException, click.exceptions.Exit):
        return
    if not rest or rest[0] not in COMMANDS:
        return  # then memory is not asked
    assert found.params == {
        "vault": options.get("--vault"),
        "today": options.get("--today"),
        "color": options.get("--color", "auto"),
        "quiet": "--quiet" in options,
        "verbose": "--verbose" in options,
    }
    assert [*found._protected_args, *found.args] == rest


def test_no_command_has_an_option_that_is_one_for_all() -> None:
    shared = {opt for one in cli.params if isinstance(one, click.Option) for opt in one.opts}
    for name in COMMANDS:
        found = cli.get_command(click.Context(cli), name)
        assert found is not None
        for command in (found, *(found.commands.values() if isinstance(found, click.Group) else ())):
            assert shared.isdisjoint(opt for one in command.params for opt in one.opts), name


def test_verbose_says_what_was_read_and_how_long_it_took(vault: Folder, at_rest: None) -> None:
    vault.write("followup.toml", "daily_capacity = 9\n")
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("due")
    vault.write("Prospects/Sam\x1b.md", DANA.replace("d@x", "s@x"))
    plain = vault.followup("due", "--all")
    vault.write("Prospects/Dana.md", DANA.replace("hello", "adieu"))
    vault.write("Prospects/Sam\x1b.md", DANA.replace("d@x", "s@x").replace("hello", "adieu"))
    for read in (["Prospects/Dana.md", "Prospects/Sam\\x1b.md"], []):
        result = vault.followup("due", "--all", "-v")
        assert (result.code, result.out) == (0, plain.out)
        first, notes, *paths, times = result.err.rstrip().split("\n")
        assert first == f"{vault.root}, with followup.toml, on Sat 21 Nov"
        assert notes == f"2 notes: {2 - len(read)} known from the index, {len(read)} read"
        assert paths == [f"  {path}" for path in read]
        assert re.fullmatch(r"reading [\d.]+ ms, planning and answering [\d.]+ ms", times)
    assert vault.followup("due", "--all").err == plain.err
    assert vault.followup("-q", "-v", "due").code == 2


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m followup_md -C '{EXAMPLE}' --today 2026-05-06 due --all --json | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True, cwd=EXAMPLE.parent)
    assert done.stdout == "{\n" and "Traceback" not in done.stderr


def test_file_names_are_utf_8_whatever_the_locale_says() -> None:
    environment = {
        **os.environ,
        "LC_ALL": "C",
        "PYTHONIOENCODING": "ascii",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }
    command = [sys.executable, "-m", "followup_md", "-C", str(EXAMPLE), "--today", "2026-05-06", "due"]
    done = subprocess.run(command, capture_output=True, env=environment, check=True, cwd=EXAMPLE.parent)
    assert "Jörg Müßig".encode() in done.stdout


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b"\n## Notes", b"\nmy own line\n## Notes"),
        (b"\n\t- why", b" and called her\n\t- why"),
        (b"\n\t- why", b"\n\t- called her\n\t- why"),
        (b"## Notes", b"# Mine"),
    ],
)
def test_what_the_user_made_of_the_page_is_not_swept_away(vault: Folder, written: bytes, instead: bytes) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    mine = vault.read("DUE.md").replace(written, instead)
    vault.write("DUE.md", mine)
    result = vault.followup("index", today="2026-11-22")
    assert result.code == 5 and "DUE.md:" in result.err
    assert vault.read("DUE.md") == mine


@pytest.mark.parametrize("heading", ["## Notes", "## notes:", "### Notes ##", "# NOTES"])
def test_notes_are_found_however_their_heading_is_written(vault: Folder, heading: str) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    vault.write("DUE.md", vault.read("DUE.md").replace(b"## Notes\n", f"{heading}\nmine\n".encode()))
    assert vault.followup("index", today="2026-11-22").code == 0
    assert vault.read("DUE.md").endswith(b"\n## Notes\nmine\n")


def test_a_page_with_many_problems_stays_a_page(vault: Folder) -> None:
    for number in range(30):
        vault.write(f"Prospects/P{number:02}.md", "## Log\n" + "- 2026-02-30 call\n" * 30)
    vault.followup("index")
    page = vault.read("DUE.md").decode()
    assert page.count("is no date") == 100
    assert "- and 800 more: `followup check` lists them all" in page


def test_large_notes_below_the_page_are_kept_whole(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    vault.followup("index")
    notes = b"a line of mine\n" * 100_000
    vault.write("DUE.md", vault.read("DUE.md") + notes)
    assert vault.followup("index", today="2026-11-23").code == 0
    assert vault.read("DUE.md").endswith(b"## Notes\n" + notes)


@pytest.mark.parametrize(
    "redirection", [">&-", "> /dev/full", "| true", "2> /dev/full", "> /dev/full 2>&1", "2> >(exec <&-) >&-"]
)
def test_output_that_cannot_be_written_is_no_finding_and_no_traceback(redirection: str) -> None:
    command = f"set -o pipefail; {sys.executable} -m followup_md -C '{EXAMPLE}' --today 2026-05-06 due --all --json {redirection}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, cwd=EXAMPLE.parent)
    assert "Traceback" not in done.stderr and done.returncode in (0, 74, 141)


def test_links_that_hide_prospects_are_told_and_loops_are_harmless(
    vault: Folder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (vault.root / "Prospects").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    (vault.root / "loop").symlink_to("loop")
    result = vault.followup("due")
    assert result.code == 0 and "1 note left out: symbolic link" in result.err


def test_notes_made_to_be_slow_are_read_in_time(vault: Folder) -> None:
    blanks, lines = " " * 7900, 100
    hostile = (
        f"---\ntype:{' ' * 60000} x prospect: [\n---\n",
        "## Waiting on\n" + f"- [ ] a{blanks}b\n" * lines,
        "## Log\n" + "%%" * 500_000,
        "## Log\n" + "<!-->" * 200_000,
        "## Log\n" + f"- 2026-11-05 stage: {'a ' * 3900}\n" * lines,
        "## Log\n" + f"- 2026-11-05 email: [next::{blanks}\n" * lines,
        "## Log\n" + "- 2026-11-05 email: x ^t-1\n" * 38_000,
        "## Log\n" + "\n" * 1_000_000,
        "## Log\n" + f"- 2026-11-05 {'**' * 3900}\n" * lines,
    )
    for number, text in enumerate(hostile):
        vault.write(f"Prospects/{number}.md", text[:1_048_000])
    began = time.process_time()
    assert vault.followup("check").code == 1
    assert time.process_time() - began < 60  # each took minutes where a pattern was not linear
