"""Completion: what may stand at the cursor, what a shell makes of it, and that a Tab is quiet and cheap."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Folder, Result
from hypothesis import given
from hypothesis import strategies as st

from followup_md.cli.completing.answer import answer
from followup_md.cli.completing.shell_words import Typed, bash_words, typed_words
from followup_md.model import Prospect
from followup_md.planning.neighbours import neighbour_of
from followup_md.vault.completions import owners, prospects
from followup_md.vault.database import blob, database
from followup_md.vault.lookup import find_prospect
from followup_md.vault.names import called, keep_names
from followup_md.vault.places import cache_file
from generate.__main__ import MADE

ROOT = Path(__file__).parent.parent
BREAKS = " \t\n\"'@><=;|&(:"
NASTY = 'Zed O\'Brien "Bob" $(id) `id` & Co; #1! \\z {a,b} *'
PEOPLE = {
    "Prospects/Dana Okafor.md": "---\nemail: dana@northwind.example\nowner: Kim Lee\n---\n",
    "Prospects/Daniel Ruiz.md": "---\nowner: Bo\n---\n",
    "Prospects/jörg.md": "---\nname: Jörg Müßig\n---\n",
    "Prospects/A/Twin.md": "---\nemail: one@x.example\n---\n",
    "Prospects/B/Twin.md": "---\nemail: two@x.example\n---\n",
    "Prospects/zed.md": f"---\nname: {json.dumps(NASTY)}\n---\n",
    "Prospects/dash.md": "---\nname: -rf Smith\n---\n",
    "Prospects/bidi.md": '---\nname: "Bi\\u202edi"\n---\n',
    "Prospects/company.md": "---\ntype: company\n---\n",
    "Cadences/fair.md": "---\ntype: cadence\nsteps:\n  - {wait: 1d, do: email}\nrepeat: 1\n---\n",
}


@pytest.fixture
def people(vault: Folder, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A vault that has been read once, and is the one at hand."""
    for path, text in PEOPLE.items():
        vault.write(path, text)
    vault.write("followup.toml", '[channels.messenger]\nwords = ["im"]\n')
    assert vault.followup("due").code == 0
    monkeypatch.setenv("FOLLOWUP_VAULT", str(vault.root))
    return vault


def asked(line: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What bash would show behind that line."""
    for name, value in (("_FOLLOWUP_LINE", f"followup {line}"), ("_FOLLOWUP_TYPE", "63")):
        monkeypatch.setenv(name, value)
    return answer("bash", []).split("\n")[1:]


WORDS = [
    ("sta", ["stage", "stats"]),
    ("cadence ", ["copy", "list", "show"]),
    ("no-command ", []),
    ("-q --today 2026-01-01 wh", ["why"]),
    ("--col", ["--color"]),
    ("--color a", ["auto", "always"]),
    ("due --c", ["--category", "--color"]),
    ("due --color ne", ["never"]),
    ("due --category=pro", ["--category=promised"]),
    ("due --category pro", ["promised"]),
    ("show dan", ["Dana Okafor", "Daniel Ruiz"]),
    ("show DANA\\ ", ["Dana Okafor"]),
    ("show 'dana o", ["Dana Okafor"]),
    ("show JÖ", ["Jörg Müßig"]),
    ("show Mu", []),
    ("show müß", ["Jörg Müßig"]),
    ("show ruiz", ["Daniel Ruiz"]),
    ("show two@", ["Prospects/B/Twin"]),
    ("show twin", ["Prospects/A/Twin", "Prospects/B/Twin"]),
    ("show ./prospects/b/", ["Prospects/B/Twin"]),
    ("show smith", ["Prospects/dash"]),
    ("show bi", ["Prospects/bidi"]),
    ("show company", []),
    ("show Dana ", []),
    ("show -- dana", ["Dana Okafor"]),
    ("log dana me", ["meeting", "messenger"]),
    ("log dana call text --outcome no", ["no-answer", "no-show"]),
    ("log dana call --next tom", ["tomorrow"]),
    ("snooze dana 12", ["12d", "12wd", "12w", "12m"]),
    ("snooze dana next\\ ", ["next week", "next month"]),
    ("stage dana p", ["proposal"]),
    ("add X --stage lo", ["lost"]),
    ("due --owner k", ["Kim Lee"]),
    ("cadence show fa", ["fair"]),
    ("check --explain touch-n", ["touch-nested", "touch-no-date"]),
    ("help R2", ["R2", "R20", "R21", "R22"]),
    ("help for", ["format", "forecast"]),
    ("completion p", ["powershell"]),
]


def test_what_may_stand_there(people: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    for line, words in WORDS:
        assert sorted(asked(line, monkeypatch)) == sorted(words), line


def test_other_shells_get_the_help_too(people: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer("zsh", ["sta"]).split("\n") == [
        "words",
        "stage\tMove a prospect to another stage.",
        "stats\tShow what you do, what works, and how sure that is.",
    ]
    assert answer("fish", ["show", "'dana"]) == "words\nDana Okafor"
    assert answer("zsh", ["show", "i"]).startswith("shown\n"), "nobody begins so, so nothing is to be put in"
    assert answer("zsh", ["-C", ""]) == "dir"
    monkeypatch.setenv("_FOLLOWUP_LINE", "followup\nshow\ndana")
    assert answer("powershell", []) == "words\nDana Okafor"


def test_the_vault_named_on_the_line_is_the_one_looked_at(
    people: Folder, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLLOWUP_VAULT", str(tmp_path_factory.mktemp("another")))
    monkeypatch.setenv("MINE", str(people.root))
    assert asked("show dan", monkeypatch) == []
    for option in (f"-C {people.root}", f"-C{people.root}", f"--vault={people.root}", "-C $MINE"):
        assert asked(f"{option} show dana", monkeypatch) == ["Dana Okafor"], option
        assert asked(f"show {option} dana", monkeypatch) == ["Dana Okafor"], option


def test_names_follow_the_notes(people: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    people.write("Prospects/Dana Okafor.md", "---\nname: Dana Ferro\nowner: Kim Lee\n---\n")
    (people.root / "Prospects/Daniel Ruiz.md").unlink()
    people.followup("index")
    assert prospects(people.root, "dan") == ["Dana Ferro"]
    assert owners(people.root) == ["Kim Lee"]
    people.write("Prospects/Dana Okafor.md", "---\ntype: company\n---\n")
    (people.root / "Prospects/zed.md").unlink()
    people.followup("index", "--full")
    assert prospects(people.root, "dan") == prospects(people.root, "zed") == []


@pytest.mark.parametrize("harm", ["no vault", "no index", "no cache", "broken", "of another version"])
def test_where_nothing_is_known_nothing_is_said(
    harm: str, people: Folder, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place = cache_file(people.root, "sqlite")
    held = None
    if harm == "no vault":
        monkeypatch.setenv("FOLLOWUP_VAULT", str(people.root / "gone"))
    elif harm == "no index":
        place.unlink()
    elif harm == "no cache":
        monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/cache")
    elif harm == "broken":
        place.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    elif harm == "of another version":
        with database(people.root) as connection:
            assert connection
            connection.execute("DROP TABLE name")
    else:
        held = sqlite3.connect(place)
        held.execute("BEGIN EXCLUSIVE")
    assert asked("show dan", monkeypatch) == []
    assert asked("sta", monkeypatch) == ["stage", "stats"]
    assert capfd.readouterr() == ("", "")
    if held:
        held.close()


LETTERS = "aAbß é\t\n-./$'\"\\!*\u202e\udcff:@#~"
NAMES = st.one_of(st.text(st.sampled_from(LETTERS + "\ud800"), max_size=8), st.sampled_from(["./a", "a.md", ".md"]))


@given(st.lists(st.tuples(NAMES, st.text(st.sampled_from(LETTERS), max_size=8)), max_size=6), NAMES)
def test_whoever_is_completed_is_found(names: list[tuple[str, str]], typed: str) -> None:
    """Each word given leads to one prospect, and it could be typed."""
    people = [
        Prospect(f"Prospects/{stem.replace('/', '')}{number}.md", name or "x", emails=(f"{number}@x.example",))
        for number, (name, stem) in enumerate(names)
    ]
    named = [neighbour_of(one) for one in people]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with database(root) as connection:
            assert connection
            keep_names(connection, [(blob(one.path), called(neighbour_of(one), one.owner)) for one in people])
        everybody = prospects(root, "")
        for word in (*everybody, *prospects(root, typed)):
            assert not word.startswith("-") and "\n" not in word and "\u202e" not in word
            find_prospect(word, named)
        assert len(everybody) == len({find_prospect(word, named).path for word in everybody}) == len(people)


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs"], include_characters=" "), min_size=1),
    st.sampled_from(["", "'", '"']),
)
def test_bash_reads_back_what_it_is_given(text: str, quote: str) -> None:
    (written,) = bash_words(Typed(quote, "", quote), [text], BREAKS)
    assert typed_words(f"followup {quote}{written}{quote}")[-1].text == text


WORD = st.sampled_from(
    ["-C", "--next=", "--", "-", "log", "cadence", "show", "help", "x", "'", '"', "\\", " ", "=", "é"]
)


@given(
    st.lists(st.one_of(WORD, st.text(max_size=4)), max_size=8), st.sampled_from(["bash", "zsh", "fish", "powershell"])
)
def test_any_line_has_an_answer(words: list[str], shell: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOLLOWUP_VAULT", "/nowhere")
        patch.setenv("_FOLLOWUP_LINE", " ".join(words).replace("\0", "").encode("utf-8", "replace").decode())
        assert answer(shell, words or [""]).split("\n")[0] in ("", "words", "shown", "dir", "file")


def test_the_real_bash_reads_it_back_too() -> None:
    texts = [NASTY.replace("!", ""), "a'b\"c\\d", "$HOME ${x} `x` \\n", "-x", "~", "#", "a=b:c@d", "ü é", "*?[a]{b,c}"]
    for quote in ("", "'", '"'):
        words = [quote + bash_words(Typed(quote, "", quote), [text], BREAKS)[0] + quote for text in texts]
        printed = subprocess.run(["bash", "-c", f"printf '%s\\n' {' '.join(words)}"], capture_output=True, check=True)
        assert printed.stdout.decode().split("\n")[:-1] == texts


@pytest.mark.parametrize(
    ("typed", "found", "put"),
    [
        ("Da", ["Dana Okafor"], ["Dana\\ Okafor"]),
        ('"Da', ["Dana Okafor"], ["Dana Okafor"]),
        ("--next=tom", ["--next=tomorrow"], ["tomorrow"]),
        ("Prospects/a:b", ["Prospects/a:bc", "Prospects/A:BC"], ["bc"]),
        ("a\\:b", ["a:bc"], ["a\\:bc"]),
        ("da@x", ["Dana"], []),
    ],
)
def test_bash_replaces_only_what_it_takes_for_the_word(typed: str, found: list[str], put: list[str]) -> None:
    assert bash_words(typed_words(f"followup {typed}")[-1], found, BREAKS) == put


def test_a_tab_imports_nothing_that_reads_notes(people: Folder) -> None:
    script = (
        "import sys; from followup_md.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    asking = {**os.environ, "_FOLLOWUP_COMPLETE": "bash", "_FOLLOWUP_LINE": "followup show dana"}
    done = subprocess.run([sys.executable, "-c", script], env=asking, capture_output=True, text=True, check=True)
    assert done.stdout == "words\nDana\\ Okafor\n"
    loaded = set(done.stderr.split())
    assert not loaded & {"msgspec", "yaml", "frontmatter", "click", "rich", "json", "zoneinfo", "followup_md.model"}
    assert not [name for name in loaded if name.startswith(("followup_md.reading", "followup_md.pages"))]


@pytest.mark.parametrize("path", MADE)
def test_what_is_generated_is_up_to_date(path: str) -> None:
    assert MADE[path]() == (ROOT / path).read_text(encoding="utf-8"), "run `python -m generate`"


@pytest.mark.parametrize(("program", "options"), [("groff", "-man -ww -Kutf8 -Tutf8 -z"), ("mandoc", "-Tlint -Werror")])
def test_the_manual_page_is_sound(program: str, options: str) -> None:
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    command = [program, *options.split(), str(ROOT / "man" / "followup.1")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# --------------------------------------------------------------------------- in real shells

LAUNCHER = f"""#!{sys.executable}
import os, sys
sys.path.insert(0, {str(ROOT)!r})
if "_FOLLOWUP_COMPLETE" in os.environ or sys.argv[1:2] == ["completion"]:
    from followup_md.cli import main
    main()
print("".join(f"<{{word}}>" for word in sys.argv[1:]))
"""


def documented(shell: str) -> str:
    """The one line that sets completion up, from the documentation."""
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    found = re.search(rf"^\| {shell} \| `(.+)` \|$", text, re.MULTILINE | re.IGNORECASE)
    assert found, f"docs/commands.md has no line for {shell}"
    return found[1].replace("\\|", "|")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_real_tab(shell: str, people: Folder, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the shell hands to followup after Tab and Enter, set up as the documentation says."""
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    pexpect = pytest.importorskip("pexpect", reason="pexpect is not installed")
    home = tmp_path_factory.mktemp("home")
    (home / "bin").mkdir()
    (home / "bin" / "followup").write_text(LAUNCHER)
    (home / "bin" / "followup").chmod(0o755)
    environment = {
        **os.environ,
        "HOME": str(home),
        "ZDOTDIR": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm",
    }
    subprocess.run([shell, "-c", documented(shell)], env=environment, cwd=home, check=True)
    terminal = pexpect.spawn(
        shell, ["-i"], env=environment, cwd=home, encoding="utf-8", dimensions=(50, 200), timeout=20
    )
    try:
        for typed, handed in (
            ("show jö", "<show><Jörg Müßig>"),
            ("show zed", f"<show><{NASTY}>"),
            ('show "zed', f"<show><{NASTY}>"),
            (f"-C {people.root} snooze dana next\\ w", f"<-C><{people.root}><snooze><dana><next week>"),
            ("-C /nowhere show da", "<-C></nowhere><show><da>"),
        ):
            terminal.send(f"followup {typed}\t\n")
            terminal.expect_exact(handed)
        assert "Traceback" not in terminal.before
    finally:
        terminal.close(force=True)


def test_powershell_s_script_speaks_the_same_language() -> None:
    """PowerShell itself is not in Debian, so its script was never run."""
    script = (ROOT / "followup_md" / "shells" / "followup.ps1").read_text(encoding="utf-8")
    for word in ("Register-ArgumentCompleter -Native", "$env:_FOLLOWUP_COMPLETE = 'powershell'", "$env:_FOLLOWUP_LINE"):
        assert word in script


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_the_script_is_printed(shell: str, run: Callable[..., Result]) -> None:
    done = run("completion", shell)
    assert done.code == 0 and "_FOLLOWUP_COMPLETE" in done.out and done.err == ""
    assert documented(shell)
