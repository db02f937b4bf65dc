"""The incremental index: what each note says, read again only where the note may have changed.

It has one law: reading through it equals reading the files. It holds what files say, and never what a plan says.

A note is known by its path and by what the system says of the file (times, size, inode). Where that cannot tell,
since the file was changed just before it was looked at, its bytes are read again and their digest is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from msgspec import Struct

from followup_md.digest import blake2b
from followup_md.model import Rules
from followup_md.reading.note import Reading, is_under
from followup_md.vault.known import Gist, Note, note_of
from followup_md.vault.names import keep_names
from followup_md.vault.patience import Patience
from followup_md.vault.reader import Read, Wanted, read_all
from followup_md.vault.says import Says
from followup_md.vault.scan import File
from followup_md.vault.shelf import Shelf, recall, remember

T = TypeVar("T")


class Known(NamedTuple):
    """A note that was read. Without ``file`` its bytes are known, but not whether the file still has them."""

    file: File | None
    note: Note

    def unsure(self, same_rules: bool = True) -> Known:
        """The same, to be read at the next look. What was read by other rules is not the same for having the same bytes."""
        return Known(None, self.note if same_rules else Note(b"", self.note.gist, lambda: self.note.reading))


class _Row(Struct, frozen=True, array_like=True):
    """A note as it is kept, beside all it says. ``signature`` is what the system says of its file."""

    signature: tuple[int, int, int, int] | None
    digest: bytes
    gist: Gist


class Index:
    """What is known of a vault's notes, in the database and in memory.

    A command makes one and looks once. The watcher keeps one: it gives the same values for what has not changed.
    """

    def __init__(self, root: Path, full: bool = False, kept: bool = True, patience: Patience | None = None) -> None:
        """``full``: trust nothing that was kept, read every note. ``kept``: whether there is a database at all.

        ``patience``: what is not believed at first sight; without it, files are taken as they are.
        """
        self.root, self.patience = root, patience
        self._known: dict[str, Known] = {}
        self._rules: bytes | None = None
        self._shelf, self._says = Shelf(root, "note", _Row), Says(root, b"", Rules((), ()))
        self._full, self._kept = full, kept
        #: The notes whose files were read, at any look.
        self.read: set[str] = set()
        #: The notes that were found to say something else, or to be gone.
        self.changed: set[str] = set()

    def look(
        self,
        files: Sequence[File],
        rules: Rules,
        settings: bytes,
        hidden: Sequence[str] = (),
        progress: Callable[[int], None] = lambda done: None,
    ) -> dict[str, Note]:
        """Those files by path, in the order of paths; one that is gone is left out.

        ``settings`` is the text that the rules come from: with others, everything is read again. ``hidden`` are
        folders that cannot be looked into now. ``progress`` is told how many files were looked at.
        """
        of = blake2b(settings, digest_size=16).digest()
        last = self._known
        before = last if of == self._rules else self._from_before(of, rules)
        known = {file.path: same for file in files if (same := before.get(file.path)) and same.file == file}
        sure = len(known)
        progress(sure)
        wanted = [Wanted(file, _digest(before.get(file.path))) for file in files if file.path not in known]
        self.read.update(one.file.path for one in wanted)
        for file, read in read_all(self.root, wanted, rules, lambda done: progress(sure + done)):
            if read is not None:
                known[file.path] = self._now(before.get(file.path), file, read)
        gone = {path for path in before if path not in known}
        if self.patience:
            missed = {path for path in last if path not in known}
            unseen = {path for path in missed if is_under(path, hidden)}
            for path in missed - self.patience.believes_gone(missed - unseen, len(last)):
                known[path] = last[path].unsure(same_rules=before is last)
                gone.discard(path)
        looked = [path for path, now in known.items() if now is not before.get(path)]
        if self._kept and (looked or gone):
            self._keep(known, looked, gone)
            keep_names(self.root, rules, {path: known[path].note.gist for path in looked}, gone, anew=not before)
        self.changed.update(path for path in looked if known[path].note.digest != _digest(before.get(path)))
        self.changed.update(gone)
        self._known, self._rules = known, of
        return {path: known[path].note for path in sorted(known)}

    def remembered(self, name: str, of: bytes, type_: type[T], make: Callable[[], T]) -> T:
        """What ``make`` makes of what has the digest ``of``, unless it is known from before."""
        known = recall(self.root, name, of, type_) if self._kept and not self._full else None
        if known is None:
            known = make()
            if self._kept:
                remember(self.root, name, of, known)
        return known

    def doubt(self) -> None:
        """Compare every note's bytes at the next look, whatever the system says of the files."""
        self._known = {path: known.unsure() for path, known in self._known.items()}

    def _from_before(self, of: bytes, rules: Rules) -> dict[str, Known]:
        """What the database knows of notes that were read by those rules."""
        self._says = says = Says(self.root, of, rules)
        self._shelf.begin(of)
        if self._full or not self._kept:
            return {}
        return {
            path: Known(File(path, *row.signature) if row.signature else None, says.note(path, row.digest, row.gist))
            for path, row in self._shelf.load(of).items()
        }

    def _keep(self, known: dict[str, Known], looked: Collection[str], gone: Collection[str]) -> None:
        """Write into the database what was read, and take out what is gone."""
        for path, note in self._says.keep({path: known[path].note for path in looked}, gone).items():
            known[path] = known[path]._replace(note=note)
        rows = {
            path: _Row(one.file[1:] if one.file else None, one.note.digest, one.note.gist)
            for path, one in ((path, known[path]) for path in looked)
        }
        self._shelf.change(rows, gone)

    def _now(self, before: Known | None, file: File, read: Read) -> Known:
        """What is to be known of a file that was read."""
        note = read.note or (before.note if before else note_of(b"", Reading(file.path)))
        if before and self.patience and not self.patience.believes_read(file.path, before.note.gist, read, note.gist):
            return before.unsure()
        return Known(file if read.at_rest else None, note)


def _digest(known: Known | None) -> bytes:
    return known.note.digest if known else b""
