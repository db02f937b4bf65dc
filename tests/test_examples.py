"""Every example in README.md and docs/ comes out as it is printed there.

How examples are written is said to readers in docs/README.md; what the words behind a fence's language ask for,
in CONTRIBUTING.md. A block that is none of these kinds fails: no example can stand there without being run.
"""

from __future__ import annotations

import configparser
import contextlib
import io
import json
import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
import pytest
from conftest import EXAMPLE, Folder, Result
from markdown_it import MarkdownIt
from markdown_it.token import Token
from test_today import Terminal

from followup_md.cli import run
from followup_md.cli.program import COMMANDS, cli
from followup_md.reading.fields import SYNONYMS

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
#: Pages whose sections go on from each other, from an empty folder on; elsewhere each begins with the example vault.
WALKS = ("docs/first-morning.md", "docs/git-and-sync.md")
#: Pages whose examples stand alone, each in a vault of its own.
ALONE = ("docs/codes.md",)
#: Pages that begin at the top of a clone.
TOP = ("README.md", "docs/README.md")
#: The day of the examples, where a command does not name it.
DAY = "2026-05-06"
#: What only a machine of its own can run. README's two commands are run by .ci/run.
NOT_HERE = frozenset({"journalctl", "launchctl", "open", "python", "systemctl"})
LEFT_OUT = "…"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
BOX = re.compile(r"- \[(?P<mark>.)\] (?P<line>.*\^[fs]-[\w-]+)(?P<text>.*)")
NOTE = re.compile(r"(?P<kind>note|log|fields|cadence)(?: reports (?P<codes>[a-z0-9 -]+?))?(?: as (?P<path>.+))?")


@dataclass(frozen=True)
class Block:
    """A block of a page: what kind of example it is, and its text."""

    place: str
    kind: str
    words: str
    text: str


@dataclass
class Section:
    """What stands below one heading: its blocks are tried in their order."""

    page: str
    heading: str = ""
    blocks: list[Block] = field(default_factory=list)


def sections_of(page: Path) -> Iterator[Section]:
    name = page.relative_to(ROOT).as_posix()
    section, heading = Section(name), False
    for token in tokens_of(page):
        if token.type == "heading_open":
            heading = True
        elif heading:
            if name not in WALKS:
                yield section
                section = Section(name, token.content)
            heading = False
        elif token.type in ("fence", "code_block"):
            assert token.map
            kind, _, words = token.info.strip().partition(" ") if token.type == "fence" else ("indented", "", "")
            section.blocks.append(Block(f"{name}:{token.map[0] + 1}", kind, words.strip(), token.content))
    yield section


def tokens_of(page: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))


SECTIONS = [section for page in PAGES for section in sections_of(page) if section.blocks]


class Shell:
    """A terminal of 80 columns: at the top of a clone, in its example vault, or in an empty folder."""

    def __init__(self, page: str, folder: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = self.vault = self.here = folder
        self.run, self.code = run, 0
        if page not in (*WALKS, *ALONE):
            clone = folder / "followup-md"
            self.vault = clone / "example-vault"
            shutil.copytree(EXAMPLE, self.vault)
            self.here = clone if page in TOP else self.vault
        for name, value in {
            "COLUMNS": "80",
            "FORCE_COLOR": "1",
            "HOME": str(folder),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "Kim Lee",
            "GIT_AUTHOR_EMAIL": "kim@example.org",
            "GIT_COMMITTER_NAME": "Kim Lee",
            "GIT_COMMITTER_EMAIL": "kim@example.org",
            "LC_ALL": "C.UTF-8",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.delenv("FOLLOWUP_VAULT", raising=False)

    def type(self, line: str) -> str:
        """What comes out of a command."""
        if line == "echo $?":
            return f"{self.code}\n"
        words = shlex.split(line, comments=True)
        if words[0] == "cd":
            self.here = (self.here / Path(words[1]).expanduser()).resolve(strict=True)
            assert self.here.is_relative_to(self.home)
            return ""
        if words[0] == "followup":
            out, self.code = self.followup(*words[1:])
        else:
            ended = subprocess.run(
                ["bash", "-c", line], cwd=self.here, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
            )
            out, self.code = ended.stdout.decode(), ended.returncode
        return out

    def followup(self, *arguments: str) -> tuple[str, int]:
        """What both streams say, in the order in which it is said, and the exit code."""
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace", write_through=True)
        streams = sys.stdout, sys.stderr
        with contextlib.chdir(self.here):
            sys.stdout = sys.stderr = out
            try:
                code = run(list(arguments))
            finally:
                sys.stdout, sys.stderr = streams
        return COLOURS.sub("", out.buffer.getvalue().decode()), code

    def reported(self, path: str) -> dict[str, str]:
        """The problems of a file, as code and severity."""
        out, _ = self.followup("-C", str(self.vault), "--today", DAY, "-q", "check", "--json")
        return {each["code"]: each["severity"] for each in json.loads(out)["problems"] if each["path"] == path}


def pattern(printed: str) -> re.Pattern[str]:
    """What matches a text of which lines (`…` alone) or words (`…` within a line) may be left out."""
    lines = []
    for line in printed.rstrip("\n").split("\n"):
        if line.strip() == LEFT_OUT:
            lines.append(r"(?:.*\n)+?")
        else:
            lines.append(".+?".join(re.escape(part) for part in line.rstrip().split(LEFT_OUT)) + r"\n")
    return re.compile("".join(lines))


def fits(printed: str, out: str) -> bool:
    return bool(pattern(printed).fullmatch(out)) if printed else not out


def trimmed(text: str) -> str:
    """Without blanks at the ends of lines and empty lines at the end, which nobody sees."""
    seen = "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n")
    return f"{seen}\n" if seen else ""


def console(block: Block, shell: Shell) -> None:
    """Type what stands behind `$`; what stands below must come out."""
    first, *steps = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    assert not first, f"{block.place}: begins without a command"
    for step in steps:
        command, _, printed = step.partition("\n")
        out = trimmed(shell.type(command))
        assert fits(trimmed(printed), out), f"{block.place}: {command} printed\n{out}"


def watched(block: Block, shell: Shell) -> None:
    """Have a watcher run, and do what its lines tell of: each must come. Times and other numbers are not compared."""
    command, _, printed = block.text.removeprefix("$ ").partition("\n")
    words = shlex.split(command)[1:]
    told = printed.rstrip("\n").split("\n")
    asked = "--status" in words
    arguments = [sys.executable, "-m", "followup_md", "-C", str(shell.vault), *(("watch",) if asked else words)]
    with subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.PIPE, text=True) as watcher:
        assert watcher.stderr
        try:
            for number, line in enumerate([""] if asked else told):
                if number:
                    _do(line, shell)
                out = watcher.stderr.readline()
                assert not line or _numberless(line) == _numberless(out.rstrip("\n")), f"{block.place}: {out}"
            if asked:
                assert _numberless(shell.followup(*words)[0]) == _numberless(printed), block.place
        finally:
            watcher.terminate()


def _do(line: str, shell: Shell) -> None:
    """Save the note that a watcher's line tells of, or tick its box."""
    path = shell.vault / line.split(maxsplit=1)[1].partition(" changed")[0]
    if "logged what was ticked" in line:
        page = shell.vault / "DUE.md"
        page.write_text(page.read_text().replace(f"[ ] [[Prospects/{path.stem}|", f"[x] [[Prospects/{path.stem}|"))
    else:
        path.write_text(path.read_text() + f"6. {DAY} call: spoke\n")


def _numberless(text: str) -> str:
    return re.sub(r"\d+", "0", text)


def sitting(block: Block, shell: Shell) -> None:
    """Call a command at a terminal of 24 rows and press the keys named behind the fence; this must be seen there."""
    command, _, printed = block.text.removeprefix("$ ").partition("\n")
    terminal = Terminal(Folder(shell.here, shell.run), *shlex.split(command)[1:])
    at = "q quit"
    for word in shlex.split(block.words)[1:]:
        if len(word) == 1:
            terminal.press(word, at=at)
            at = "Esc back" if (word, at) == ("l", "q quit") else "q quit"
        else:
            terminal.answer("", word)
    assert terminal.end() == 0
    assert pattern(printed).search(trimmed(terminal.seen)), f"{block.place}: on the screen was\n{terminal.seen}"


def save(block: Block, shell: Shell) -> None:
    """Save the block as that file."""
    place = shell.here / Path(block.words.removeprefix("save ")).expanduser()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(block.text, encoding="utf-8")


def add(block: Block, shell: Shell) -> None:
    """Write the block below what that file says."""
    place = shell.here / block.words.removeprefix("add ")
    place.write_text(place.read_text(encoding="utf-8") + block.text, encoding="utf-8")


def delete(block: Block, shell: Shell) -> None:
    """Delete these lines from that file, in which they stand in this order."""
    place = shell.here / block.words.removeprefix("delete ")
    lines = place.read_text(encoding="utf-8").split("\n")
    at = 0
    for wanted in block.text.splitlines():
        found = [number for number in range(at, len(lines)) if pattern(wanted).fullmatch(f"{lines[number]}\n")]
        assert found, f"{block.place}: not in {place.name}: {wanted}"
        at = found[0]
        del lines[at]
    place.write_text("\n".join(lines), encoding="utf-8")


def found_in(block: Block, shell: Shell) -> None:
    """The block stands in that file; of a folder, each of its lines in a note below it."""
    place = shell.here / block.words.removeprefix("in ")
    texts = [
        trimmed(note.read_text(encoding="utf-8")) for note in ([place] if place.is_file() else place.rglob("*.md"))
    ]
    for part in [block.text] if place.is_file() else block.text.splitlines():
        wanted = re.compile("^" + pattern(part).pattern, re.MULTILINE)
        assert any(wanted.search(text) for text in texts), f"{block.place}: not in {place.name}: {part}\n{texts[0]}"


def tick(block: Block, shell: Shell) -> None:
    """Do to DUE.md what the block shows: boxes get its marks, its text behind the id, its lines below."""
    page = shell.here / "DUE.md"
    lines = page.read_text(encoding="utf-8").split("\n")
    at = 0
    for line in block.text.rstrip("\n").split("\n"):
        if box := BOX.fullmatch(line):
            wanted = pattern(f"- [ ] {box['line']}")
            found = [number for number, old in enumerate(lines) if wanted.fullmatch(f"{old}\n")]
            assert len(found) == 1, f"{block.place}: on the page this box stands {len(found)} times: {line}"
            at = found[0]
            lines[at] = lines[at].replace("[ ]", f"[{box['mark']}]", 1) + box["text"]
        else:
            assert at, f"{block.place}: begins without a box: {line}"
            at += 1
            lines.insert(at, line)
    page.write_text("\n".join(lines), encoding="utf-8")


def note(block: Block, shell: Shell) -> None:
    """A note, lines of a log, fields, or a cadence: read with no problem, or with those that are named."""
    how = NOTE.fullmatch(block.words)
    assert how
    match how["kind"]:
        case "log":
            text = "## Touches\n" + block.text
        case "fields":
            text = f"---\n{block.text}---\n"
        case _:
            text = block.text
    path = how["path"] or "Prospects/Dana.md"
    save(Block(block.place, block.kind, path, text), shell)
    reported = shell.reported(path)
    named = set((how["codes"] or "").split())
    unnamed = {code for code, severity in reported.items() if severity != "info"} - named
    assert named <= set(reported) and not unnamed, f"{block.place}: reported {reported}"


def settings(block: Block, shell: Shell) -> None:
    """Settings that every command works with, or the message with which it stops."""
    save(Block(block.place, block.kind, "followup.toml", block.text), shell)
    out, code = shell.followup("-C", str(shell.vault), "--today", DAY, "due")
    if message := block.words.removeprefix("settings").strip().removeprefix("reports").strip():
        assert code == 4 and out.startswith(f"followup: {message}"), f"{block.place}: {out}"
    else:
        assert code == 0, f"{block.place}: {out}"


def usage(block: Block) -> None:
    """A command with all of its options and no other, and a word in capitals for each of its arguments."""
    written: dict[str, set[str]] = {}
    for call in re.split(r"\n(?=followup)", block.text.strip()):
        words = [word.strip("[]()…") for word in re.split(r"[\s|]+", call)][1:]
        found, path = command_of(words)
        written.setdefault(path, set()).update(word for word in words if word.startswith("-"))
        choices = {
            str(choice) for each in found.params if isinstance(each.type, click.Choice) for choice in each.type.choices
        }
        plain = {word for word in words if word and not word.startswith("-") and not word.isupper()}
        assert plain <= {*path.split(), *choices}, f"{block.place}: an example is a console block: {call}"
    for path, options in written.items():
        found, _ = command_of(path.split())
        theirs = [each.opts for each in found.params if isinstance(each, click.Option) and "--version" not in each.opts]
        assert options <= {name for names in theirs for name in names}, f"{block.place}: {options}"
        assert all(options & set(names) for names in theirs), f"{block.place}: {theirs}"


def command_of(words: list[str]) -> tuple[click.Command, str]:
    """The command that words call, and how it is called: ``cadence show``."""
    found: click.Command = cli
    path = []
    for word in words:
        below = found.get_command(click.Context(found), word) if isinstance(found, click.Group) else None
        if below:
            path.append(word)
            found = below
    return found, " ".join(path)


def python(block: Block, shell: Shell) -> None:
    """A script, run where the prospects are."""
    with contextlib.chdir(shell.vault / "Prospects"):
        exec(compile(block.text, block.place, "exec"), {})


def unit(block: Block, shell: Shell) -> None:
    """A unit of systemd that calls a command which exists."""
    read = configparser.ConfigParser(interpolation=None)
    read.read_string(block.text)
    words = read["Service"]["ExecStart"].split()
    assert words[0].endswith("/followup") and words[-1] in COMMANDS


def plist(block: Block, shell: Shell) -> None:
    """An agent of launchd that calls a command which exists."""
    words = plistlib.loads(block.text.encode())["ProgramArguments"]
    assert words[0].endswith("/followup") and words[-1] in COMMANDS


def dataview(block: Block, shell: Shell) -> None:
    """A query of Obsidian's plugin: its columns are fields."""
    columns = re.match(r"TABLE (.+?) FROM", block.text)
    assert columns and set(columns[1].split(", ")) <= set(SYNONYMS), block.place


def not_here(block: Block, shell: Shell) -> None:
    """Commands that only a machine of its own can run: written as bash understands them."""
    subprocess.run(["bash", "-n", "-c", block.text], check=True)
    for line in block.text.strip().split("\n"):
        assert line.split()[0] in NOT_HERE, f"{block.place}: can be run, so make it a console block: {line}"


def indented(block: Block, shell: Shell) -> None:
    """How a command is called; and README's two commands, which .ci/run runs."""
    if block.text.startswith("followup "):
        usage(block)
    else:
        assert block.place.startswith("README.md") and block.text.startswith("python3 -m venv "), (
            f"{block.place}: write a fenced block of a known kind, so that it is run"
        )


def kind_of(block: Block) -> Callable[[Block, Shell], None]:
    """How a block is tried. Raises ``AssertionError`` for one of no known kind."""
    match block.kind, block.words.partition(" ")[0]:
        case "console", "":
            return console
        case "console", "watch":
            return watched
        case "console", "pressing":
            return sitting
        case (("markdown" | "toml" | "json"), "save"):
            return save
        case "markdown", "add":
            return add
        case "markdown", "delete":
            return delete
        case "markdown", "in":
            return found_in
        case "markdown", "tick":
            return tick
        case (("markdown" | "yaml"), ("note" | "log" | "fields" | "cadence")) if NOTE.fullmatch(block.words):
            return note
        case "toml", "" | "settings":
            return settings
        case "python", "":
            return python
        case "ini", "":
            return unit
        case "xml", "":
            return plist
        case "dataview", "":
            return dataview
        case "sh", "":
            return not_here
        case "indented", "":
            return indented
    raise AssertionError(f"{block.place}: no kind of example is called `{block.kind} {block.words}`")


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: f"{section.page} {section.heading}".strip())
def test_examples_come_out_as_printed(
    section: Section, tmp_path: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = Shell(section.page, tmp_path, run, monkeypatch)
    for block in section.blocks:
        kind_of(block)(block, shell)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_the_text_exist(page: Path) -> None:
    for token in tokens_of(page):
        for child in token.children or ():
            if child.type == "code_inline" and child.content.startswith("followup "):
                words = child.content.split()[1:]
                found, path = command_of(words)
                assert path or words[0].startswith("-"), f"{page.name}: {child.content}"
                theirs = {option for each in (*cli.params, *found.params) for option in each.opts}
                assert {word for word in words if word.startswith("--")} <= theirs | {"--help"}, child.content
