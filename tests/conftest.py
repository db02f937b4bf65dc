"""Real folders, real notes, the real command: what the tests share."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from followup_md.cli import main
from followup_md.model import Due, Plan, Rules
from followup_md.planning.plan import make_plan
from followup_md.reading.note import read_prospects
from followup_md.reading.settings import read_settings
from followup_md.vault.rules import built_in_cadences

settings.register_profile("suite", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

EXAMPLE = Path(__file__).parent.parent / "example-vault"
SATURDAY = date(2026, 11, 21)


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Locks and indexes go to folders of the tests, not to the user's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@dataclass(frozen=True)
class Result:
    """What a call of the command gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Folder:
    """A vault in a temporary folder, and the command run on it."""

    def __init__(self, root: Path, run: Callable[..., Result]) -> None:
        self.root, self._run = root, run

    def write(self, path: str, text: str | bytes) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def followup(self, *arguments: str, today: str = "2026-11-21") -> Result:
        return self._run("-C", str(self.root), "--today", today, *arguments)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run ``followup`` with those arguments, in this process."""

    def call(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["followup", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return Result(int(ended.value.code or 0), out, err)

    return call


@pytest.fixture
def vault(tmp_path: Path, run: Callable[..., Result]) -> Iterator[Folder]:
    """An empty vault."""
    (tmp_path / "followup.toml").touch()
    yield Folder(tmp_path, run)


def rules_of(settings_text: str = "") -> Rules:
    """The rules of a settings text, with the built-in cadences."""
    from msgspec.structs import replace

    rules, problems = read_settings(settings_text)
    assert not problems, problems
    return replace(rules, cadences=built_in_cadences())


def plan_of(notes: dict[str, str], today: date = SATURDAY, rules: Rules | None = None) -> Plan:
    """The plan of notes given by name; ``Dana`` is ``Prospects/Dana.md``."""
    rules = rules or rules_of()
    prospects, _ = read_prospects({f"Prospects/{name}.md": text.encode() for name, text in notes.items()}, rules)
    return make_plan(prospects, rules, today)


def due_of(note: str, today: date = SATURDAY, rules: Rules | None = None) -> Due | None:
    """What is due for the one prospect of that note."""
    items = plan_of({"Dana Okafor": note}, today, rules).items
    assert len(items) <= 1
    return items[0] if items else None


@pytest.fixture
def at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds later: what was written just now has come to rest."""
    real = time.time_ns
    monkeypatch.setattr("followup_md.vault.reader.time.time_ns", lambda: real() + 10_000_000_000)
    monkeypatch.setattr("followup_md.vault.answers.time.time_ns", lambda: real() + 10_000_000_000)
