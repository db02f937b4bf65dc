"""The long versions of ``test_write``: more kills, more saves, and every kill with every save."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
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
    fails_once,
    killed_at_random,
    litter,
    nothing,
    saved_and_killed,
)

from followup_md.vault.write import carry_out

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


@pytest.mark.parametrize("call", ["fsync", "rename,renameat,renameat2", "unlink,unlinkat", "fchmod", "fchown", "write"])
@pytest.mark.parametrize("fault", ["signal=KILL", "error=EIO", "error=ENOSPC"])
def test_the_kernel_ends_or_fails_each_call(root: Path, call: str, fault: str) -> None:
    """The same from outside, by ``strace``, with no change to the code that runs."""
    if not shutil.which("strace"):
        pytest.skip("no strace here")
    log, script = root.parent / "log", SCRIPT.format(line=LINE)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    for number in range(1, 100):
        (root / NOTE).write_bytes(OLD)
        inject = f"inject={call}:{fault}:when={number}"
        traced = ["strace", "-f", "-o", str(log), "-e", f"trace={call}", "-e", inject]
        command = [*traced, sys.executable, "-c", script, str(root), NOTE]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        now = (root / NOTE).read_bytes()
        assert now in (OLD, OLD + LINE)
        assert now == OLD + LINE or "True" not in done.stdout
        carry_out(root, NOTE, appended())
        assert (root / NOTE).read_bytes() == OLD + LINE
        assert not litter(root)
        if "INJECTED" not in log.read_text() and "killed by SIGKILL" not in log.read_text():
            assert done.stdout == "True\n", done.stderr
            break
    assert 1 < number < 99


@pytest.mark.parametrize("error", [errno.EDQUOT, errno.EMFILE, errno.ENOMEM, errno.EPERM, errno.EBUSY, errno.ESTALE])
@pytest.mark.parametrize("path", [NOTE, "Prospects/New.md"], ids=["old", "new"])
@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_each_call_fails_once(root: Path, system: dict[str, bool], path: str, error: int) -> None:
    number = 1
    while fails_once(root, number, system, path, error) != "not called":
        number += 1
