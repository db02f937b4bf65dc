"""``python -m benchmarks``: make vaults, measure, print a table for each."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figures
from benchmarks.measure import PARTS, Wishes, measure
from benchmarks.processes import Failed
from benchmarks.table import records, table


def main(words: list[str]) -> int:
    """Measure what the words ask for; 1 if a command failed, 0 else, also where a goal is missed."""
    asked = _arguments(words)
    wishes = Wishes(asked.runs, asked.saves, asked.debounce, asked.only or PARTS, asked.seed)
    found: list[Figures] = []
    print(
        f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores, {asked.runs} runs each\n"
    )
    with tempfile.TemporaryDirectory(prefix="followup-benchmarks-") as folder:
        for notes in asked.notes:
            try:
                found.append(measure(notes, wishes, Path(folder).resolve() / str(notes), _tell))
            except Failed as failed:
                _tell(f"stopped: {failed}")
                return 1
            print(table(found[-1]), flush=True)
    if asked.json:
        machine = {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()}
        text = json.dumps({"machine": machine, "vaults": [records(one) for one in found]}, indent=1)
        asked.json.write_text(f"{text}\n", encoding="utf-8")
    return 0


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="What followup needs, beside the limits.")
    parser.add_argument("--notes", type=_numbers, default=[1_000, 10_000], metavar="N,N", help="sizes of the vaults")
    parser.add_argument("--runs", type=_at_least_one, default=5, metavar="N", help="how often each row is measured")
    parser.add_argument(
        "--saves", type=_at_least_one, default=30, metavar="N", help="how often a watched note is saved"
    )
    parser.add_argument("--debounce", type=float, metavar="S", help="the watcher's, in seconds, if its help is silent")
    parser.add_argument("--only", action="append", choices=PARTS, help="this part; may be given several times")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another one makes other vaults")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure to this file")
    return parser.parse_args(words)


def _numbers(text: str) -> list[int]:
    return list(dict.fromkeys(_at_least_one(part) for part in text.split(",")))


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
