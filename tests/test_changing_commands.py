"""The commands that change a note: what they write, what they refuse, and that a dry run writes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Folder

DANA = "---\nname: Dana\nemail: d@x.example\nphone: '+1'\n---\n## Touches\n- 2026-11-16 email: hello\n"
HEAD = "---\nname: Dana\nemail: d@x.example\nphone: '+1'\n"


@pytest.mark.parametrize(
    ("arguments", "front", "lines"),
    [
        (
            ("log", "dana", "email", "sent the case study", "--value"),
            "",
            "- 2026-11-21 email: sent the case study #value\n",
        ),
        (("log", "dana", "phone", "spoke", "--on", "2026-11-19T14:30"), "", "- 2026-11-19 14:30 call: spoke\n"),
        (
            ("log", "dana", "call", "left a message", "--outcome", "no-answer", "--ask", "--next", "2w"),
            "",
            "- 2026-11-21 call: left a message #ask #no-answer [next:: 2026-12-05]\n",
        ),
        (("log", "dana", "email", "yes", "--in", "--on", "yesterday"), "", "- 2026-11-20 email in: yes\n"),
        (("log", "dana", "note", "thank you for the tour"), "", "- 2026-11-21 note sent: thank you for the tour\n"),
        (("log", "dana", "meeting", "at theirs", "--on", "1 dec"), "", "- 2026-12-01 meeting: at theirs\n"),
        (("log", "dana", "call", "left", "a", "message", "--ask"), "", "- 2026-11-21 call: left a message #ask\n"),
        (
            ("log", "dana", "call", "-", "rang twice", "--on", "yesterday 9:00"),
            "",
            "- 2026-11-20 09:00 call: - rang twice\n",
        ),
        (("next", "dana", "5wd"), "next: 2026-11-27\n", ""),
        (("next", "dana", "tomorrow", "at", "10:00"), "next: 2026-11-22T10:00\n", ""),
        (("next", "dana", "2026-12-01T10:00"), "next: 2026-12-01T10:00\n", ""),
        (("snooze", "dana", "mon"), "snooze_until: 2026-11-23\n", "- 2026-11-21 snooze: 2026-11-23\n"),
        (("skip", "dana"), "", "- 2026-11-21 skip: call\n"),
        (("stage", "dana", "Proposal Sent"), "stage: proposal\n", "- 2026-11-21 stage: proposal\n"),
        (
            ("stage", "dana", "lost", "--reason", "chose a competitor"),
            "stage: lost\n",
            "- 2026-11-21 stage: lost — chose a competitor\n",
        ),
        (
            ("stage", "dana", "lost", "--reason", "they **really** switched to new supplier (ours → theirs) #value"),
            "stage: lost\n",
            "- 2026-11-21 stage: lost — they **really** switched to new supplier (ours → theirs) #value\n",
        ),
    ],
)
def test_what_a_command_writes(vault: Folder, arguments: tuple[str, ...], front: str, lines: str) -> None:
    vault.write("Prospects/Dana.md", DANA)
    dry = vault.followup(*arguments, "--dry-run")
    assert dry.code == 0 and vault.read("Prospects/Dana.md").decode() == DANA
    assert [line[1:] for line in dry.out.split("\n") if line.startswith("+") and not line.startswith("+++")] == [
        line for line in (front + lines).split("\n") if line
    ]
    result = vault.followup(*arguments)
    assert result.code == 0, result.err
    assert (
        vault.read("Prospects/Dana.md").decode() == f"{HEAD}{front}---\n## Touches\n- 2026-11-16 email: hello\n{lines}"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("log", "dana", "pigeon", "x"), 2, "`pigeon` names no channel"),
        (("log", "dana", "email"), 2, "TEXT is missing"),
        (("log", "dana", "email", "x", "--on", "2026-12-01"), 5, "lies ahead"),
        (("log", "dana", "email", "x", "--next", "soon"), 2, "`soon` is no day"),
        (("log", "dana", "email", "x" * 9000), 5, "Prospects/Dana.md:1: the text is longer than 8 KiB"),
        (("log", "dena", "email", "x"), 3, "did you mean Dana?"),
        (("stage", "dana", "limbo"), 2, "`limbo` names no stage"),
        (("stage", "dana", "won"), 2, "--reason is missing"),
        (("next", "dana", "5/11/2026"), 2, "`5/11/2026` is no day"),
        (("next", "dana"), 2, "Missing argument 'WHEN'"),
        (("snooze", "dana", "tomorrow", "10:00"), 2, "`tomorrow 10:00` names a time, and here only a day counts"),
        (("snooze", "dana", "2026-12-01T10:00"), 2, "names a time"),
        (("log", "dana", "email", "x", "--next", "mon 9:00"), 2, "names a time"),
        (("log", "dana", "email", " "), 2, "TEXT is empty"),
    ],
)
def test_what_a_command_refuses(vault: Folder, arguments: tuple[str, ...], code: int, message: str) -> None:
    vault.write("Prospects/Dana.md", DANA)
    result = vault.followup(*arguments)
    assert (result.code, vault.read("Prospects/Dana.md").decode()) == (code, DANA)
    assert message in result.err


def test_bytes_that_are_no_utf_8_are_refused(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    for arguments in (("log", "dana", "email", "bad\udcffbyte"), ("stage", "dana", "lost", "--reason", "\udcff")):
        refused = vault.followup(*arguments)
        assert (refused.code, "Prospects/Dana.md:1: the new text holds bytes" in refused.err) == (5, True)
    assert vault.read("Prospects/Dana.md").decode() == DANA


def test_a_note_that_cannot_be_read_is_named(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", "<<<<<<< a\n=======\n>>>>>>> b\n")
    result = vault.followup("log", "dana", "email", "x")
    assert result.code == 3 and "Prospects/Dana.md:3: the note holds merge conflict markers" in result.err


def log_with_an_editor(tmp_path: Path, script: str) -> tuple[int, str]:
    """``log`` without a text, in a real pseudo-terminal, with an editor that types: exit code and output."""
    pexpect = pytest.importorskip("pexpect")
    (tmp_path / "followup.toml").touch()
    (tmp_path / "Prospects").mkdir()
    (tmp_path / "Prospects/Dana.md").write_text(DANA)
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\n{script}\n")
    editor.chmod(0o755)
    command = f"{sys.executable} -m followup_md -C {tmp_path} --today 2026-11-21 log dana call"
    environment = {**os.environ, "EDITOR": str(editor), "PYTHONPATH": str(Path(__file__).parent.parent)}
    environment.pop("VISUAL", None)
    child = pexpect.spawn(command, env=environment, encoding="utf-8", timeout=20)
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus, child.before


def test_log_without_text_opens_the_editor(tmp_path: Path) -> None:
    script = '{ echo "spoke about"; echo "the shelf"; cat "$1"; } > "$1.new" && mv "$1.new" "$1"'
    assert log_with_an_editor(tmp_path, script)[0] == 0
    assert (tmp_path / "Prospects/Dana.md").read_text() == DANA + "- 2026-11-21 call: spoke about the shelf\n"


def test_an_editor_that_saves_no_utf_8_is_told(tmp_path: Path) -> None:
    code, told = log_with_an_editor(tmp_path, "printf 'caf\\351\\n' > \"$1\"")
    assert (code, "what your editor saved is no UTF-8 text" in told) == (2, True), told
    assert (tmp_path / "Prospects/Dana.md").read_text() == DANA


def test_an_editor_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "chmod", lambda path, mode: None)  # so that the editor cannot be run
        code, told = log_with_an_editor(tmp_path, "")
    assert code == 2 and "set EDITOR to your editor, or write TEXT behind the channel" in " ".join(told.split()), told
    assert (tmp_path / "Prospects/Dana.md").read_text() == DANA


def test_add_writes_a_note_and_points_at_a_likely_twin(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    result = vault.followup(
        "add", "Jörg: Müßig?", "--company", "Nord: Hafen", "--email", "D@x.example", "--phone", "0123"
    )
    assert result.code == 0 and "Prospects/Dana.md has the same address: is it the same person?" in result.err
    record = vault.followup("show", "jörg", "--json").json
    assert record["path"] == "Prospects/Jörg Müßig.md"
    assert [problem["code"] for problem in record["problems"]] == ["email-twice"]
    assert record["fields"] == {
        "name": "Jörg: Müßig?",
        "company": "Nord: Hafen",
        "email": "D@x.example",
        "phone": "0123",
        "stage": "lead",
        "added": "2026-11-21",
        "type": "prospect",
    }
    assert vault.followup("add", "Jörg: Müßig?").code == 5
    assert vault.followup("log", "jörg", "email", "hello").code == 0
    assert vault.read("Prospects/Jörg Müßig.md").endswith(b"## Touches\n- 2026-11-21 email: hello\n")


def test_add_takes_what_is_known_already(vault: Folder) -> None:
    result = vault.followup(
        *("add", "Dana Okafor", "--tags", "billing, #audit,", "--amount", "€12,000", "--next", "tomorrow 10:00"),
        *("--owner", "Kim", "--opportunity", "a: b", "--pain", "slow", "--company", "Acme", "--stage", "met"),
    )
    assert result.err.split("\n") == [
        "Prospects/Dana Okafor.md written",
        "next: no way to reach them, value on Sun 22 Nov · promised for Sun 22 Nov at 10:00 (next in the front matter)",
        "",
    ]
    assert vault.read("Prospects/Dana Okafor.md").decode() == (
        "---\ntype: prospect\nname: Dana Okafor\ncompany: Acme\nowner: Kim\npain: slow\nopportunity: 'a: b'\n"
        "stage: meeting\namount: 12000\ntags:\n- billing\n- audit\nnext: 2026-11-22T10:00\nadded: 2026-11-21\n---\n\n"
        "## Touches\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--amount", "12.500"), "`12.500` may be read two ways: write 12500"),
        (("--amount", "much"), "`much` is no number: write digits only"),
        (("--next", "soon"), "`soon` is no day: write 2026-12-01, 3d, 2w, 5wd, in a week,"),
        (("--stage", "limbo"), "`limbo` names no stage"),
    ],
)
def test_what_add_does_not_understand(vault: Folder, arguments: tuple[str, ...], message: str) -> None:
    result = vault.followup("add", "Dana", *arguments)
    assert (result.code, message in result.err, (vault.root / "Prospects").exists()) == (2, True, False)


@pytest.mark.parametrize(("answer", "code"), [("n", 5), ("y", 0)])
def test_add_asks_before_it_writes_a_likely_twin(tmp_path: Path, answer: str, code: int) -> None:
    pexpect = pytest.importorskip("pexpect")
    (tmp_path / "followup.toml").touch()
    (tmp_path / "Prospects").mkdir()
    (tmp_path / "Prospects/Dana.md").write_text(DANA)
    command = f"{sys.executable} -m followup_md -C {tmp_path} --today 2026-11-21 add Dan --email D@x.example"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    child = pexpect.spawn(command, env=environment, encoding="utf-8", timeout=20)
    child.expect_exact("Prospects/Dana.md has the same address: is it the same person?")
    child.expect_exact("Write Prospects/Dan.md beside Prospects/Dana.md? [y/N]: ")
    child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    assert (child.exitstatus, (tmp_path / "Prospects/Dan.md").exists()) == (code, code == 0)


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/x", "CON", "-rf", ".ssh", "x" * 400, "a\u202eb\nc", "DUE", "…", "C:\\x"]
)
def test_no_name_leads_out_of_the_folder(vault: Folder, name: str) -> None:
    assert vault.followup("add", "--", name).code == 0
    (note,) = (vault.root / "Prospects").iterdir()
    assert note.parent == vault.root / "Prospects" and not note.name.startswith((".", "-"))
    assert len(note.name.encode()) <= 140 and note.name.isprintable()
    assert [path.name for path in vault.root.parent.iterdir() if path.name == "x.md"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Ann (conflicted copy)",), "the note could not be read (this is a sync program's second copy of `Ann.md`"),
        (("A_BASE_12",), "the note could not be read (this is a sync program's second copy"),
        (("Foo~HEAD",), "the note could not be read (this is a sync program's second copy"),
        (("X", "--company", "\udcff"), "since the company given holds bytes that are no UTF-8"),
        (("X", "--company", "a\u0085b"), "the note could not be read ("),
        (("X", "--pain", "a\u2028b"), "the note could not be read ("),
    ],
)
def test_add_writes_no_note_that_could_not_be_read(vault: Folder, arguments: tuple[str, ...], message: str) -> None:
    for dry in ((), ("--dry-run",)):
        result = vault.followup("add", *arguments, *dry)
        assert (result.code, message in result.err) == (5, True), result.err
        assert not (vault.root / "Prospects").exists()


def test_a_new_file_goes_into_the_folder_that_is_there_in_other_letters(vault: Folder) -> None:
    vault.write("followup.toml", 'prospects = ["CRM/People"]\n')
    vault.write("crm/PEOPLE/Dana.md", DANA)
    vault.write("cadences/fair.md", "---\ntype: cadence\nsteps: [{wait: 1d, do: email}]\nrepeat: 1\n---\n")
    assert vault.followup("add", "Sam").code == 0
    assert vault.followup("add", "dana").code == 5
    assert vault.followup("cadence", "copy", "nurture").code == 0
    assert sorted(path.relative_to(vault.root).as_posix() for path in vault.root.rglob("*.md")) == [
        "cadences/fair.md",
        "cadences/nurture.md",
        "crm/PEOPLE/Dana.md",
        "crm/PEOPLE/Sam.md",
    ]


def test_check_fix_mends_what_has_one_safe_mend(vault: Folder) -> None:
    text = "---\nstage: proposal\npain: x\nlast_contact: 2026-11-01\nnext: 2026-02-30\n---\n## Log\n- 2026-11-02 stage: meeting\n- 2026-11-16 email: a\n"
    vault.write("Prospects/Dana.md", text)
    fixable = {p["code"]: p["fix"] for p in vault.followup("check", "--json").json["problems"]}
    assert fixable == {"stage-differs": True, "last-contact-differs": True, "field-not-understood": False}
    assert vault.followup("check", "--fix", "--dry-run").code == 1
    assert vault.read("Prospects/Dana.md").decode() == text
    result = vault.followup("check", "--fix")
    assert result.code == 1 and "field-not-understood" in result.out and "stage-differs" not in result.out
    assert vault.read("Prospects/Dana.md").decode() == text.replace(
        "last_contact: 2026-11-01", "last_contact: 2026-11-16"
    ) + ("- 2026-11-21 stage: proposal\n")


STUCK = "---\nstage: proposal\n---\n## Log\n- 2026-11-02 stage: meeting <!-- never closed\n"


def test_check_fix_says_what_it_cannot_mend_and_goes_on(vault: Folder) -> None:
    vault.write("Prospects/Ann.md", STUCK)
    vault.write("Prospects/Dana.md", "---\nstage: proposal\n---\n## Log\n- 2026-11-02 stage: meeting\n")
    for dry in ((), ("--dry-run",)):
        result = vault.followup("check", "--fix", *dry)
        assert result.code == 1
        assert "not mended: Prospects/Ann.md:5: what begins here is never closed" in result.err
        assert "Prospects/Ann.md:2:1: warning: the stage is proposal here" in result.out
    assert vault.read("Prospects/Ann.md").decode() == STUCK
    assert vault.read("Prospects/Dana.md").endswith(b"- 2026-11-21 stage: proposal\n")


@pytest.mark.parametrize("form", ["json", "github"])
def test_a_dry_mend_is_one_diff_a_note_and_leaves_data_alone(vault: Folder, form: str) -> None:
    vault.write(
        "Prospects/Dana.md",
        "---\nstage: proposal\nlast_contact: 2026-11-01\n---\n## Log\n- 2026-11-02 stage: meeting\n- 2026-11-16 email: a\n",
    )
    result = vault.followup("check", "--fix", "--dry-run", "--format", form)
    assert result.out == vault.followup("check", "--format", form).out
    assert result.err.count("+++ ") == 1
    assert [line for line in result.err.split("\n") if line[:1] in ("+", "-") and line[:2] not in ("++", "--")] == [
        "-last_contact: 2026-11-01",
        "+last_contact: 2026-11-16",
        "+- 2026-11-21 stage: proposal",
    ]


@pytest.mark.parametrize("none", ["none", "None", "-"])
def test_a_next_date_and_a_snooze_are_taken_back(vault: Folder, none: str) -> None:
    vault.write(
        "Prospects/Dana.md", DANA.replace("---\n##", "next: 2026-12-01 # she asked\nsnooze: 2026-12-24\n---\n##")
    )
    dry = vault.followup("next", "dana", none, "--dry-run")
    assert "-next: 2026-12-01 # she asked\n+next: # she asked\n" in dry.out
    result = vault.followup("next", "dana", none)
    assert result.err.startswith("Prospects/Dana.md: next is none\nnext: call, value on Thu 24 Dec · ")
    result = vault.followup("snooze", "dana", none)
    assert result.err.startswith("Prospects/Dana.md: snooze is none\nstill due: call, value · ")
    assert vault.read("Prospects/Dana.md").decode() == DANA.replace("---\n##", "next: # she asked\nsnooze:\n---\n##")
    for command in ("next", "snooze"):
        result = vault.followup(command, "dana", none)
        assert (result.code, result.err) == (0, f"Prospects/Dana.md: {command} is none already; nothing was written\n")


def test_after_a_change_it_is_said_what_comes_next(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA.replace("email:", "company: Acme\nemail:"))
    vault.write("Prospects/Sam.md", "---\ncompany: ACME\nemail: s@x.example\n---\n")
    said = [
        vault.followup(*arguments).err.split("\n")[1:]
        for arguments in (
            ("log", "dana", "call", "left a message"),
            ("next", "dana", "in two weeks"),
            ("log", "dana", "email", "prices?", "--in"),
            ("log", "sam", "email", "hello"),
            ("stage", "sam", "lost", "--reason", "no need"),
        )
    ]
    assert said == [
        ["next: email, value on Wed 25 Nov · new-lead 3, unanswered 2", ""],
        ["next: email, value on Mon 7 Dec · promised for Sat 5 Dec (next in the front matter)", ""],
        ["still due: email · they wrote on Sat 21 Nov: “prices?”", ""],
        [
            "next: email, value on Mon 30 Nov · new-lead 2, unanswered 1, Dana at the same company answered on Sat 21 Nov: held until Sat 28 Nov",
            "",
        ],
        ["next: email, thanks on Mon 23 Nov · lost 1, unanswered 1", ""],
    ]
    skipped = vault.followup("skip", "sam", today="2026-11-23")
    assert skipped.err == "Prospects/Sam.md: skipped email\nnothing more is due for them\n"
    assert vault._run("-C", str(vault.root), "-q", "log", "dana", "call", "hello").err == ""


def test_what_is_so_already_is_said(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA.replace("---\n##", "next: 2026-12-01\n---\n##"))
    result = vault.followup("next", "dana", "1 dec")
    assert (result.code, result.err) == (0, "Prospects/Dana.md: next is 2026-12-01 already; nothing was written\n")


def test_a_draft_is_the_step_s_script_filled_in(vault: Folder) -> None:
    vault.write("followup.toml", 'my_name = "Kim Lee"\n')
    vault.write(
        "Cadences/fair.md",
        "---\ntype: cadence\nsteps: [{wait: 1d, do: email}]\nrepeat: 1\n---\n## 1\nDear {{ first_name }} of {{company}}, {{ pain }} {{ 7*7 }} {{ my_name }}\n",
    )
    vault.write("Prospects/Dana.md", "---\nname: Dana Okafor\ncadence: fair\nemail: d@x.example\ncompany: Acme\n---\n")
    assert vault.followup("draft", "dana").out == "Dear Dana of Acme, [pain?] {{ 7*7 }} Kim Lee\n"
    vault.write("Prospects/Sam.md", "---\ndo_not_contact: true\n---\n")
    assert vault.followup("draft", "sam").code == 3


def test_two_commands_at_once_on_one_note_lose_nothing(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    base = [sys.executable, "-m", "followup_md", "-C", str(vault.root), "--today", "2026-11-21", "log", "dana", "email"]
    running = [
        subprocess.Popen([*base, f"number {number}"], env=environment, stderr=subprocess.PIPE) for number in range(12)
    ]
    ended = [process.communicate()[1].decode() for process in running]
    assert [process.returncode for process in running] == [0] * 12, ended
    text = vault.read("Prospects/Dana.md").decode()
    assert text.startswith(DANA)
    assert sorted(text.removeprefix(DANA).split("\n")) == [
        "",
        *sorted(f"- 2026-11-21 email: number {number}" for number in range(12)),
    ]


def test_a_link_within_the_vault_names_the_note_it_leads_to(vault: Folder, tmp_path: Path) -> None:
    vault.write("Prospects/Dana.md", "---\nemail: d@x.example\n---\n## Touches\n- 2026-11-16 email: hello\n")
    link = vault.root / "Prospects/Boss.md"
    link.symlink_to("Dana.md")
    (vault.root / "People").symlink_to("Prospects")
    for name in ("Prospects/Boss", "Prospects/Boss.md", "./Prospects/Boss.md", "People/Dana", "People/Boss.md"):
        assert vault.followup("log", name, "call", f"as {name}").code == 0
    assert link.is_symlink()
    assert vault.read("Prospects/Dana.md").decode().count("2026-11-21 call: as ") == 5


def test_a_link_that_leads_out_of_the_vault_is_refused(vault: Folder, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "Dana.md"
    outside.write_text("---\nemail: d@x.example\n---\n")
    (vault.root / "Prospects").mkdir()
    (vault.root / "Prospects/Dana.md").symlink_to(outside)
    (vault.root / "Prospects/Gone.md").symlink_to("nowhere")
    for name in ("Prospects/Dana", "Prospects/Gone.md"):
        told = vault.followup("log", name, "call", "hello")
        assert (told.code, told.out) == (3, "")
        assert f"{name.removesuffix('.md')}.md: it is a symbolic link that does not lead to a note" in told.err
    assert outside.read_text() == "---\nemail: d@x.example\n---\n"
    assert vault.followup("log", "../Prospects/Dana", "call", "hello").code == 3


def test_a_touch_has_one_intent(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    for flags, told in (
        (("--value", "--ask"), "--value and --ask do not go together"),
        (("--in", "--thanks"), "--in and --thanks do not go together"),
    ):
        refused = vault.followup("log", "dana", "email", "hello", *flags)
        assert (refused.code, told in refused.err) == (2, True)
    assert vault.read("Prospects/Dana.md").decode() == DANA
