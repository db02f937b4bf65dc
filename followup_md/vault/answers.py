"""What a command answered the last time, for as long as nothing in the vault has changed since.

Most commands only read: on the same day, of the same files, they give the same answer. So it is kept, and given
again where every file's times, size and inode are what they were. A file that was changed just now may change again
without showing it, so nothing is kept or given until it has come to rest. Nothing is imported here that reads notes.
"""

from __future__ import annotations

import marshal
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from followup_md.digest import blake2b
from followup_md.vault.database import database, proof
from followup_md.vault.files import GENERATED, SETTINGS, settings_text
from followup_md.vault.scan import File, Scan, file_of, is_settled, scan

_MOST_BYTES = 4 * 1024 * 1024
_MOST_ANSWERS = 64


class Answer(NamedTuple):
    """What a command wrote, and its exit code."""

    out: str
    err: str
    code: int


class Look(NamedTuple):
    """What of the settings decides which files are looked at, and which day it is."""

    exclude: tuple[str, ...]
    due_file: str
    timezone: str | None


class Looked(NamedTuple):
    """The settings that told where to look, and what was found there."""

    settings: bytes
    look: Look
    scan: Scan


class Question(NamedTuple):
    """What was asked, of which files. An answer is kept under ``name`` if it comes from these files, and they are
    the same when it is given."""

    root: Path
    name: bytes
    scan: Scan
    look: Look
    beside: list[File]

    def still_holds(self, read: Scan) -> bool:
        """Whether what was ``read`` is what was asked about, and nothing was written since."""
        return read == self.scan and _beside(self.root, self.look) == self.beside


def ask(
    root: Path, asked: tuple[object, ...], today_in: Callable[[str | None], date]
) -> tuple[Looked | None, Question | None, Answer | None]:
    """What was found in the vault, the question of what is ``asked`` now, and the answer that is kept.

    Each is None where there is none: a vault not looked at before, files that have not come to rest, no answer.
    Raises ``VaultError`` where the vault cannot be read.
    """
    now = time.time_ns()
    with database(root) as connection:
        if connection is None:
            return None, None, None
        settings = settings_text(root)
        rows = connection.execute(
            "SELECT exclude, due_file, timezone, proof FROM look WHERE settings = ?", (settings,)
        ).fetchall()
        if not rows or rows[0][-1] != proof(settings, *rows[0][:-1]):
            return None, None, None
        look = Look(tuple(filter(None, rows[0][0].split("\n"))), *rows[0][1:-1])
        found, beside = scan(root, look.exclude, (look.due_file, *GENERATED)), _beside(root, look)
        looked = Looked(settings, look, found)
        columns = [tuple(zip(*files, strict=True)) for files in (found.notes, beside)]  # many files are faster so
        if not all(is_settled(max(one[1]), max(one[2]), now) for one in columns if one):
            return looked, None, None
        of = (asked, str(root), today_in(look.timezone), look, settings, found.left_out, found.troubles)
        name = blake2b(repr(of).encode("utf-8", "surrogatepass"), digest_size=32)
        for one in columns:
            name.update(marshal.dumps(one, 2))  # in a version of it that is the same in each process
        question = Question(root, name.digest(), found, look, beside)
        for code, out, err, checked in connection.execute(
            "SELECT code, out, err, proof FROM answer WHERE question = ?", (question.name,)
        ):
            if checked == proof(question.name, code, out, err):
                return looked, question, Answer(_text(out), _text(err), code)
        return looked, question, None
    return None, None, None


def keep(question: Question, answer: Answer) -> None:
    """Keep an answer."""
    out, err = (text.encode("utf-8", "surrogatepass") for text in answer[:2])
    if len(out) + len(err) > _MOST_BYTES:
        return
    with database(question.root) as connection:
        if connection:
            if connection.execute("SELECT count(*) FROM answer").fetchone()[0] >= _MOST_ANSWERS:
                connection.execute("DELETE FROM answer")
            row = (question.name, answer.code, out, err, proof(question.name, answer.code, out, err))
            connection.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?)", row)


def keep_look(root: Path, settings: bytes, look: Look) -> None:
    """Keep what the settings say of where to look."""
    with database(root) as connection:
        if connection:
            connection.execute("DELETE FROM look")
            row = ("\n".join(look.exclude), look.due_file, look.timezone)
            connection.execute("INSERT INTO look VALUES (?, ?, ?, ?, ?)", (settings, *row, proof(settings, *row)))


def _beside(root: Path, look: Look) -> list[File]:
    """The files that are no notes and yet decide what is answered."""
    found = []
    for name in (look.due_file, SETTINGS):
        try:
            found.append(file_of(name, (root / name).lstat()))
        except OSError:
            continue
    return found


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
