"""A fuzz target over reading, planning, pages and editing.

With atheris (``pip install atheris``): ``python tests/fuzz_notes.py -max_total_time=300``. It
begins with the notes of tests/cases and of example-vault; what it finds is kept in
tests/cases/fuzz, whose files the suite reads every time.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from conftest import rules_of  # noqa: E402

from followup_md.editing.edit import edited  # noqa: E402
from followup_md.errors import Refused  # noqa: E402
from followup_md.model import AddEntry, Edit, SetField  # noqa: E402
from followup_md.pages.due_page import NOTHING, due_page, is_ours, own_of  # noqa: E402
from followup_md.pages.foreign import foreign_lines  # noqa: E402
from followup_md.pages.ticks import read_remarks, read_ticks  # noqa: E402
from followup_md.planning.checks import check_all  # noqa: E402
from followup_md.planning.plan import make_plan  # noqa: E402
from followup_md.reading.note import read_note  # noqa: E402

RULES = rules_of()
TODAY = date(2026, 11, 21)
TOUCH = AddEntry(TODAY, "email", "sent it", tags=("value",), id="t-fuzz")
PATH = "Prospects/Fuzz.md"


def corpus() -> list[Path]:
    """The notes to begin with."""
    return [*sorted((HERE / "cases").rglob("*.*")), *sorted((HERE.parent / "example-vault").rglob("*.md"))]


def one_input(data: bytes) -> None:
    """What must hold for any bytes: nothing raises, the page is whole, an edit is proved or refused."""
    reading = read_note(PATH, data, RULES)
    prospects = [reading.prospect] if reading.prospect else []
    plan = make_plan(prospects, RULES, TODAY)
    page = due_page(plan, [*reading.problems, *check_all(prospects, RULES, TODAY)], RULES)
    assert (
        is_ours(page)
        and own_of(page) == NOTHING
        and foreign_lines(page) == foreign_lines(page, page) == []
        and read_ticks(page) == ()
    )
    assert read_remarks(page) == ()
    text = data.decode("utf-8", "surrogateescape")
    read_ticks(text)
    own_of(text)
    for changes in ((TOUCH,), (SetField("next", "2026-12-01"), TOUCH)):
        try:
            new = edited(Edit(PATH, changes, "fuzz"), data, RULES)
        except Refused:
            continue
        assert new is None or edited(Edit(PATH, changes, "fuzz"), new, RULES) is None


def main() -> None:
    atheris = import_module("atheris")

    (HERE / "cases" / "fuzz").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(corpus()):
            (Path(folder) / str(number)).write_bytes(path.read_bytes())
        atheris.instrument_all()
        atheris.Setup(
            [sys.argv[0], "-max_len=4096", f"-artifact_prefix={HERE / 'cases' / 'fuzz'}/", *sys.argv[1:], folder],
            one_input,
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
