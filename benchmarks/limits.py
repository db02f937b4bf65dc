"""The limits that figures are put beside: what the machine and the interpreter need in any case."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Walker:
    """The program that lists and stats (``S``) or also reads (``L``) every note of a vault."""

    command: tuple[str, ...]
    language: str

    def stats(self, vault: Path) -> tuple[str, ...]:
        return (*self.command, "stat", str(vault))

    def reads(self, vault: Path) -> tuple[str, ...]:
        return (*self.command, "read", str(vault))


def walker(folder: Path) -> Walker:
    """limits.c, compiled into the folder; where that cannot be done, its stand-in in Python."""
    compiler, program = shutil.which("cc"), folder / "limits"
    if compiler:
        made = subprocess.run(
            [compiler, "-O2", "-o", str(program), str(_HERE / "limits.c")], capture_output=True, check=False
        )
        if made.returncode == 0:
            return Walker((str(program),), "C")
    return Walker((sys.executable, "-I", "-S", str(_HERE / "walk.py")), "Python")
