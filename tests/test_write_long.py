"""The long versions of ``test_write``: more kills, more saves, and every kill with every save."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from followup_md.vault.write import carry_out
from test_write import (
    LINE,
    NOTE,
    OLD,
    SAVES,
    SYSTEMS,
    a_vault,
    against_an_editor,
    appended,
    calls,
    killed_at_random,
    litter,
    nothing,
    saved_and_killed,
)

pytestmark = pytest.mark.long


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault with one note, and a state folder outside of it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return a_vault(tmp_path / "vault")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_killed_at_random_moments(root: Path, system: dict[str, bool], seed: int) -> None:
    print(killed_at_random(root, 1000, system, seed))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_against_an_editor(root: Path, system: dict[str, bool], seed: int) -> None:
    print(against_an_editor(root, 3000, system, seed))


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
def test_every_save_with_every_kill(root: Path, save: Callable[[Path, bytes], None]) -> None:
    with calls(nothing) as seen:
        carry_out(root, NOTE, appended())
    for at in range(1, seen.count + 1):
        for number in range(at, seen.count + 40):
            saved_and_killed(root, save, at, number)


SCRIPT = """
import sys
from pathlib import Path
from followup_md.vault.write import carry_out
print(carry_out(Path(sys.argv[1]), sys.argv[2], lambda now: None if {line!r} in now else now + {line!r}))
"""


@pytest.mark.parametrize("call", "fsync rename,renameat,renameat2 unlink,unlinkat fchmod fchown write close".split())
@pytest.mark.parametrize("fault", ["signal=KILL", "error=EIO", "error=ENOSPC"])
def test_the_kernel_ends_or_fails_each_call(root: Path, call: str, fault: str) -> None:
    """The same from outside, by ``strace``, with no change to the code that runs."""
    if not shutil.which("strace"):
        pytest.skip("no strace here")
    for number in range(1, 500):
        (root / NOTE).write_bytes(OLD)
        log = root.parent / "log"
        traced = ["strace", "-f", "-o", log, "-P", root / "Prospects", "-e", f"trace={call}"]
        if call not in ("fsync", "write", "close", "fchmod", "fchown"):
            traced = ["strace", "-f", "-o", log, "-e", f"trace={call}"]
        script = SCRIPT.format(line=LINE)
        done = subprocess.run(
            [*traced, "-e", f"inject={call}:{fault}:when={number}", sys.executable, "-Sc", script, root, NOTE],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        now = (root / NOTE).read_bytes()
        assert now in (OLD, OLD + LINE)
        if done.stdout.startswith("True"):
            assert now == OLD + LINE
        carry_out(root, NOTE, appended())
        assert (root / NOTE).read_bytes() == OLD + LINE
        assert not litter(root)
        if "INJECTED" not in log.read_text() and "killed by SIGKILL" not in log.read_text():
            assert done.stdout == "True\n", done.stderr
            break
