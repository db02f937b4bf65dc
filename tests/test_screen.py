"""What is seen in a terminal: lines that fit 80 columns, and names that lead to their notes."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import sys
import termios
from contextlib import suppress
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote_to_bytes

import pytest
from conftest import EXAMPLE, Folder
from hypothesis import given
from hypothesis import strategies as st

from followup_md.cli import script
from followup_md.pages.columns import columns_of, fitted
from followup_md.pages.hyperlinks import file_uri, linked, obsidian_uri

LINK = re.compile(r"\x1b\]8;(?:id=[0-9]+)?;([!-~]*)\x1b\\")
STYLE = re.compile(r"\x1b\[[0-9;]*m")
#: From Python 3.12 on, to fork beside the test runner's threads is warned of.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


def screen(root: Path, width: int, *arguments: str, errors: bool = False, **environment: str) -> str:
    """What the command sends to a terminal of so many columns, its messages too if ``errors``."""
    child, end = pty.fork()
    if not child:
        _run(width, ["followup", "-C", str(root), "--today", "2026-05-06", *arguments], errors, environment)
    parts = []
    with suppress(OSError):  # the terminal is closed once the command ends
        while part := os.read(end, 65536):
            parts.append(part)
    os.close(end)
    os.waitpid(child, 0)
    return b"".join(parts).decode().replace("\r\n", "\n")


def _run(width: int, call: list[str], errors: bool, environment: dict[str, str]) -> NoReturn:
    """The command in this process, which is a copy of the test's and ends with it: a new one would take longer to start."""
    try:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
            os.environ.pop(name, None)
        os.environ.update({"TERM": "xterm-256color", **environment})
        sys.argv = call
        sys.stdin, sys.stdout = os.fdopen(0, encoding="utf-8"), os.fdopen(1, "w", encoding="utf-8")
        sys.stderr = os.fdopen(2 if errors else os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
        script()
    finally:
        os._exit(70)


def plain(text: str) -> str:
    """The words alone. Nothing else that acts on a terminal may be left."""
    words = STYLE.sub("", LINK.sub("", text))
    assert "\x1b" not in words and words.replace("\n", "").isprintable()
    return words


@pytest.mark.parametrize(
    "call", [("log", "Cem", "pigeon", "coo"), ("next", "Cem", "someday"), ("show", "Xaver Quixote")]
)
def test_messages_are_broken_between_words(call: tuple[str, ...]) -> None:
    wide, narrow = (plain(screen(EXAMPLE, width, *call, errors=True)) for width in (300, 60))
    assert wide.split() == narrow.split()
    assert max(map(len, wide.split("\n"))) > 60 >= max(map(len, narrow.split("\n")))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_due_is_a_table_that_fits(width: int) -> None:
    text = screen(EXAMPLE, width, "due")
    lines = plain(text).split("\n")
    assert STYLE.search(text) and max(map(len, lines)) <= width
    if width == 80:
        assert [line.rstrip() for line in lines[:6]] == [
            "Due          Who                        How           Why",
            "─" * 80,
            "Tue 5 May    Jörg Müßig                 email         they wrote on Mon 4 May:",
            "1 day late   Nordhafen Logistik                       “can we start in June",
            "                                                      instead, and what does",
            "                                                      that do to the price?”",
        ]
        assert len(lines) < 42


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (
            ("check",),
            "Prospects/Bartosz Kuhnert.md:9:1: error: `next: 2026-02-30` is no date: write a\n"
            "    real one, or leave it empty [field-not-understood]\n",
        ),
        (
            ("why", "Yusuf"),
            "      lost 1: 1 day after the last round on Thu 30 Apr (R13)  [Prospects/Yusuf\n          Demirel.md:24]\n",
        ),
        (
            ("show", "Yusuf"),
            "    2026-02-24 meeting: visit to the Spandau site — two hours, very open  ←\n        answer\n",
        ),
    ],
    ids=["check", "why", "show"],
)
def test_lines_go_on_below_themselves(arguments: tuple[str, ...], found: str) -> None:
    text = plain(screen(EXAMPLE, 80, *arguments))
    assert found in text and max(map(len, text.split("\n"))) <= 80


NASTY = "Prospects/a;b%41 \x1b]0;x\x07é\x9c\n.md"


def test_names_lead_to_their_notes_and_no_name_breaks_out(vault: Folder) -> None:
    vault.write(NASTY, "---\nname: Dana\nadded: 2026-05-06\nnext: 2026-13-01\n---\n")
    path = os.fsencode(vault.root / NASTY)
    for arguments in (("due",), ("check",), ("why", "Dana"), ("show", "Dana")):
        text = screen(vault.root, 200, *arguments)
        plain(text)
        uri, end = LINK.findall(text)[:2]
        assert uri.startswith("file:///") and unquote_to_bytes(uri.removeprefix("file://")) == path and end == ""
    (vault.root / ".obsidian").mkdir()
    text = screen(vault.root, 200, "due")
    assert unquote_to_bytes(LINK.findall(text)[0]) == b"obsidian://open?path=" + path
    below = Folder(vault.root / "Sales", lambda *arguments: pytest.fail())
    below.write("followup.toml", "")
    below.write("Prospects/Kim.md", "---\nadded: 2026-05-06\n---\n")
    assert "obsidian://open?path=" in screen(below.root, 80, "due")


def test_there_are_no_links_where_they_may_not_be_shown(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", "---\nadded: 2026-05-06\nnext: 2026-13-01\n---\n")
    assert "\x1b]" not in screen(vault.root, 80, "why", "Dana", TERM="dumb")
    assert "\x1b]" not in screen(vault.root, 80, "why", "Dana", NO_COLOR="1")
    assert "\x1b" not in screen(vault.root, 80, "--color", "never", "due")
    for arguments in (("due",), ("why", "Dana"), ("check",)):
        assert "\x1b]" not in vault.followup("--color", "always", *arguments).out


def test_a_link_is_encoded_as_obsidian_asks_for() -> None:
    path = "/my vault/a;b&c=d%#?é.md".encode()
    assert obsidian_uri(path) == "obsidian://open?path=%2Fmy%20vault%2Fa%3Bb%26c%3Dd%25%23%3F%C3%A9.md"
    assert file_uri(path) == "file:///my%20vault/a%3Bb%26c%3Dd%25%23%3F%C3%A9.md"


@given(st.binary(max_size=40).map(lambda path: b"/" + path), st.booleans())
def test_a_link_is_printable_ascii_and_leads_back(path: bytes, obsidian: bool) -> None:
    uri = obsidian_uri(path) if obsidian else file_uri(path)
    assert re.fullmatch("[!-~]+", uri)
    before = "obsidian://open?path=" if obsidian else "file://"
    assert unquote_to_bytes(uri.removeprefix(before)) == path
    assert not obsidian or re.fullmatch("[A-Za-z0-9_.~%-]*", uri.removeprefix(before))
    assert LINK.sub("", linked("Dana", uri)) == "Dana"


@given(st.text(st.sampled_from("ab é—日\n"), max_size=200), st.integers(0, 90))
def test_fitting_loses_no_word(text: str, width: int) -> None:
    lines = fitted(text, width).split("\n")
    assert " ".join(lines).split() == text.split()
    longest = max(map(columns_of, text.split()), default=0)
    if width >= 40 and longest < 20 and not re.search(r"^ {16}", text, re.MULTILINE):
        assert max(map(columns_of, lines)) <= width
