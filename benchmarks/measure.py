"""Making a vault and measuring on it. Everything here touches the world; what is made of it is in figures.py."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, cycle, islice
from pathlib import Path
from statistics import median

from benchmarks.figures import Figures, Row, goals, percentile_row, row
from benchmarks.limits import walker
from benchmarks.processes import Failed, Run, last_line, resident, run
from benchmarks.vaults import DAY, added_touch, write_vault

ROOT = Path(__file__).parent.parent
#: What ``--only`` takes. The limits are measured in any case.
PARTS = ("help", "version", "cold", "warm", "due", "stats", "complete", "changed", "watch")
#: Seconds after which a note no longer counts as just saved.
SETTLED = 3.0
#: Seconds that the watcher gets for its first page, and for each one after.
READY, PATIENCE = 300.0, 60.0
#: The debounce where neither the option nor the command's help names one, in seconds.
DEBOUNCE = 0.2

_LAUNCHER = "from followup_md.cli import script\nscript()\n"


@dataclass(frozen=True)
class Command:
    """A process to be: its words, the first of them a path, and its environment."""

    words: tuple[str, ...]
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Wishes:
    """What is to be measured: runs a row, saves for the watcher, its debounce in seconds, the parts, the seed."""

    runs: int = 5
    saves: int = 30
    debounce: float | None = None
    parts: Collection[str] = PARTS
    seed: int = 1


class _Bench:
    """One vault with a home of its own, and the runs so far by their names."""

    def __init__(self, folder: Path, notes: int, wishes: Wishes) -> None:
        self.wishes, self.goals, self.walker = wishes, goals(notes), walker(folder)
        self.vault, self.home, self.errors = folder / "vault", folder / "home", folder / "errors"
        self.page, self._launcher = self.vault / "DUE.md", folder / "followup"
        self.environment = {
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "XDG_STATE_HOME": str(self.home / ".state"),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
        }
        self.runs: defaultdict[str, list[Run]] = defaultdict(list)
        self._sheets = count(1)
        self.home.mkdir()
        self._launcher.write_text(_LAUNCHER)
        write_vault(self.vault, notes, wishes.seed)

    def followup(self, *words: str) -> Command:
        """The command as a process: on this vault and that day, by the interpreter that runs this."""
        command = (sys.executable, str(self._launcher), "-C", str(self.vault), "--today", DAY.isoformat(), *words)
        return Command(command, self.environment)

    def completion(self) -> Command:
        """What a shell runs when Tab is pressed behind the beginning of a name."""
        asked = {"_FOLLOWUP_COMPLETE": "bash", "_FOLLOWUP_LINE": "followup show Dan"}
        environment = self.environment | asked | {"FOLLOWUP_VAULT": str(self.vault)}
        return Command((sys.executable, str(self._launcher)), environment)

    def time(self, name: str, command: Command) -> None:
        self.runs[name].append(run(command.words, command.environment, self.errors))

    def ask(self, command: Command) -> subprocess.CompletedProcess[str]:
        """Run a command for what it prints."""
        return subprocess.run(
            command.words, env=command.environment, capture_output=True, text=True, encoding="utf-8", check=False
        )

    def time_limits(self) -> None:
        self.time("S", Command(self.walker.stats(self.vault), self.environment))
        self.time("L", Command(self.walker.reads(self.vault), self.environment))
        self.time("P", Command((sys.executable, "-c", "import click"), self.environment))
        self.time("pass", Command((sys.executable, "-c", "pass"), self.environment))

    def without_cache(self) -> None:
        """As on the first day: no cache, no page."""
        for cache in (self.home / ".cache", self.home / "Library" / "Caches"):
            shutil.rmtree(cache, ignore_errors=True)
        self.page.unlink(missing_ok=True)

    def settle(self) -> None:
        """As on a quiet day: no note was saved just now, and the command has seen them all."""
        time.sleep(SETTLED)
        for _ in range(2):
            run(self.followup("index").words, self.environment, self.errors)

    def log(self, note: Path) -> None:
        """Save a note with one touch more, other words each time."""
        text = note.read_text(encoding="utf-8")
        with note.open("a", encoding="utf-8", newline="") as file:
            file.write(added_touch(text, DAY, f"sent the figures, sheet {next(self._sheets)}"))

    def due_notes(self) -> Iterator[Path]:
        """Notes with a line on the page, each once, then again from the first. Raises ``Failed`` if there is none."""
        done = self.ask(self.followup("-q", "due", "--days", "7", "--json"))
        if done.returncode or not (items := json.loads(done.stdout)["items"]):
            raise Failed(f"`followup due` names nobody: {done.stderr.strip()}")
        yield from cycle(dict.fromkeys(self.vault / item["path"] for item in items))

    def seconds(self, name: str) -> list[float]:
        return [one.seconds for one in self.runs[name]]

    def peaks(self, name: str) -> list[float]:
        return [one.peak for one in self.runs[name]]


def measure(notes: int, wishes: Wishes, folder: Path, tell: Callable[[str], None]) -> Figures:
    """Make a vault of so many notes in a folder of its own, and measure on it.

    Raises ``Failed`` if a command that is there does not end well.
    """
    tell(f"{notes:,} notes: making the vault")
    folder.mkdir()
    bench = _Bench(folder, notes, wishes)
    bench.settle()  # and every module is compiled now
    rows: list[Row] = []
    for measured, parts in _TURNS:
        wanted = [part for part in parts if part in wishes.parts]
        if wanted:
            tell(f"{notes:,} notes: {', '.join(wanted)}")
            rows += measured(bench, wanted)
    if not bench.runs["S"]:
        _limits_alone(bench)
    files, size = map(int, subprocess.check_output(bench.walker.reads(bench.vault)).split())
    limits = {name: median(bench.seconds(name)) for name in ("S", "L", "P")}
    return Figures(notes, files, size, bench.walker.language, limits, _limit_rows(bench), tuple(rows))


def _limit_rows(bench: _Bench) -> tuple[Row, ...]:
    return (
        row("S: list and stat the notes", bench.seconds("S")),
        row("L: list, stat and read them", bench.seconds("L")),
        row("python -c pass", bench.seconds("pass")),
        row("P: python -c 'import click'", bench.seconds("P")),
    )


def _limits_alone(bench: _Bench) -> None:
    for _ in range(bench.wishes.runs):
        bench.time_limits()


def _cold(bench: _Bench, wanted: Sequence[str]) -> Iterator[Row]:
    """What needs no cache, or has none."""
    for _ in range(bench.wishes.runs):
        bench.time_limits()
        for part in wanted:
            if part == "cold":
                bench.without_cache()
            bench.time(part, bench.followup("index" if part == "cold" else f"--{part}"))
    names = {"help": "--help", "version": "--version", "cold": "index, cold"}
    for part in wanted:
        yield row(names[part], bench.seconds(part), bench.goals[part])
    if "cold" in wanted:
        yield row("peak memory, index cold", bench.peaks("cold"), bench.goals["memory cold"], in_bytes=True)


def _warm(bench: _Bench, wanted: Sequence[str]) -> Iterator[Row]:
    """What is asked when nothing has changed."""
    commands = {
        "warm": bench.followup("index"),
        "due": bench.followup("due"),
        "stats": bench.followup("stats"),
        "complete": bench.completion(),
    }
    names = {"warm": "index, warm", "due": "due, warm", "stats": "stats, warm", "complete": "completion of a name"}
    missing = {
        part: reason
        for part, reason in (("stats", _no_command(bench, "stats")), ("complete", _no_completion(bench)))
        if reason
    }
    bench.settle()
    for _ in range(bench.wishes.runs):
        bench.time_limits()
        for part in (part for part in wanted if part not in missing):
            bench.time(part, commands[part])
    for part in wanted:
        if part in missing:
            yield Row(names[part], left_out=missing[part])
        else:
            yield row(names[part], bench.seconds(part), bench.goals[part])
    if "warm" in wanted:
        yield row("peak memory, index warm", bench.peaks("warm"), in_bytes=True)


def _changed(bench: _Bench, _: Sequence[str]) -> Iterator[Row]:
    """What one changed note adds to a warm ``index``."""
    for note in islice(bench.due_notes(), bench.wishes.runs):
        bench.settle()
        bench.time("before", bench.followup("index"))
        bench.log(note)
        bench.time("after", bench.followup("index"))
    more = [after - before for before, after in zip(bench.seconds("before"), bench.seconds("after"), strict=True)]
    yield row("one note changed: index, more", more, bench.goals["changed"])


def _watch(bench: _Bench, _: Sequence[str]) -> Iterator[Row]:
    """From a save to the new page, without the debounce; and the memory held when all is done."""
    reason = _no_command(bench, "watch")
    if reason:
        yield Row("watch: save to page", left_out=reason)
        return
    debounce = bench.wishes.debounce
    if debounce is None:
        debounce = debounce_in(bench.ask(bench.followup("watch", "--help")).stdout)
    if debounce is None:
        debounce = DEBOUNCE
    bench.page.unlink(missing_ok=True)
    delays: list[float] = []
    with _watcher(bench) as process:
        if not _wait_for(bench.page.exists, READY, process):
            yield Row("watch: save to page", left_out=last_line(bench.errors) or "no page was written")
            return
        time.sleep(SETTLED)
        for place, note in enumerate(islice(bench.due_notes(), bench.wishes.saves)):
            delays.append(_delay(bench, note, process) - debounce)
            time.sleep(2 * debounce + 0.3 + place % 7 * 0.03)
        time.sleep(SETTLED)
        memory = resident(process.pid)
    yield percentile_row(f"watch: save to page, p50 of {len(delays)}", delays, 0.5, bench.goals["watch p50"])
    yield percentile_row(f"watch: save to page, p99 of {len(delays)}", delays, 0.99, bench.goals["watch p99"])
    yield row("memory, watch at rest", [memory], bench.goals["memory watch"], in_bytes=True)


#: What is measured together, in this order, and the parts that it measures.
_TURNS: tuple[tuple[Callable[[_Bench, Sequence[str]], Iterator[Row]], tuple[str, ...]], ...] = (
    (_cold, ("help", "version", "cold")),
    (_warm, ("warm", "due", "stats", "complete")),
    (_changed, ("changed",)),
    (_watch, ("watch",)),
)


def debounce_in(text: str) -> float | None:
    """The seconds that a help text names behind the word "debounce" or before "of quiet"; None without."""
    found = re.search(r"\bdebounce\b\D{0,160}(\d+(?:\.\d+)?) ?(ms)?", text, re.IGNORECASE) or re.search(
        r"(\d+(?:\.\d+)?) ?(ms|s) of quiet", text
    )
    return float(found[1]) / (1000 if found[2] == "ms" else 1) if found else None


@contextmanager
def _watcher(bench: _Bench) -> Iterator[subprocess.Popen[bytes]]:
    """``followup watch`` in the background, ended with SIGTERM."""
    with bench.errors.open("wb") as errors:
        process = subprocess.Popen(
            bench.followup("watch").words, env=bench.environment, stdout=subprocess.DEVNULL, stderr=errors
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _delay(bench: _Bench, note: Path, process: subprocess.Popen[bytes]) -> float:
    """Save a note, and give the seconds until the page has other bytes. Looks every millisecond."""
    before, seen = bench.page.read_bytes(), _signature(bench.page)

    def is_new() -> bool:
        nonlocal seen
        now = _signature(bench.page)
        if now is None or now == seen:
            return False
        seen = now
        return bench.page.read_bytes() != before

    start = time.perf_counter()
    bench.log(note)
    if not _wait_for(is_new, PATIENCE, process):
        raise Failed(f"`followup watch` wrote no new page after a save: {last_line(bench.errors)}")
    return time.perf_counter() - start


def _signature(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


def _wait_for(happened: Callable[[], bool], patience: float, process: subprocess.Popen[bytes]) -> bool:
    """Whether something happens in so many seconds, while a process lives. Looks every millisecond."""
    end = time.perf_counter() + patience
    while not happened():
        if time.perf_counter() > end or process.poll() is not None:
            return False
        time.sleep(0.001)
    return True


def _no_command(bench: _Bench, name: str) -> str:
    """Why a command cannot be measured; empty if it is there."""
    return "" if bench.ask(bench.followup(name, "--help")).returncode == 0 else f"there is no command `{name}`"


def _no_completion(bench: _Bench) -> str:
    """Why completing a name cannot be measured; empty if it gives names."""
    done = bench.ask(bench.completion())
    return "" if done.returncode == 0 and "Dana" in done.stdout else "names are not completed"
