"""``python -m generate``: write what is made from the commands and the documentation."""

from __future__ import annotations

from pathlib import Path

from generate.grammar import grammar
from generate.manual import manual

ROOT = Path(__file__).parent.parent
MADE = {"followup_md/cli/completing/grammar.py": grammar, "man/followup.1": manual}

if __name__ == "__main__":
    for path, make in MADE.items():
        (ROOT / path).write_text(make(), encoding="utf-8")
