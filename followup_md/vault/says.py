"""All that notes say, kept in the database until it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial
from pathlib import Path

from followup_md.digest import blake2b
from followup_md.model import Rules
from followup_md.reading.note import Reading, read_note
from followup_md.vault.database import database, proof, raw
from followup_md.vault.files import read_file
from followup_md.vault.known import Gist, Note
from followup_md.vault.shelf import unpacked

#: At most so many are fetched at once.
_MOST = 512


class Says:
    """What the notes of a vault say. Who asks for one after the other, by path, gets more and more of them at once."""

    def __init__(self, root: Path, of: bytes, rules: Rules) -> None:
        """``rules`` are those that the notes are read by, ``of`` the digest of the settings that they come from."""
        self.root, self._of, self._rules = root, of, rules
        self._ahead: dict[str, tuple[bytes, bytes]] = {}
        self._last, self._number = "", 1

    def keep(self, notes: Mapping[str, Note], gone: Collection[str]) -> dict[str, Note]:
        """Write what those notes say, and take out those that are gone. What is written safely need not be held:
        the same notes, whose words are fetched when they are asked for."""
        rows = [
            (raw(path), note.digest, note.says, proof(self._of, raw(path), note.digest, note.says))
            for path, note in notes.items()
            if note.says
        ]
        kept = False
        with database(self.root) as connection:
            if connection:
                connection.executemany("DELETE FROM note WHERE path = ?", [(raw(path),) for path in gone])
                connection.executemany("INSERT OR REPLACE INTO note VALUES (?, ?, ?, ?)", rows)
                connection.commit()
                kept = True
        return {
            path: self.note(path, note.digest, note.gist) if kept and note.says else note
            for path, note in notes.items()
        }

    def note(self, path: str, digest: bytes, gist: Gist) -> Note:
        """A note whose words are in the database."""
        return Note(digest, gist, partial(self._fetch, path, digest))

    def _fetch(self, path: str, digest: bytes) -> Reading:
        """What a note says that has that digest. Raises ``ChangedMeanwhile`` where neither database nor file tell."""
        if path not in self._ahead:
            self._number = min(2 * self._number, _MOST) if path > self._last else 1
            self._ahead = dict(self._from(path))
        self._last = path
        of, says = self._ahead.pop(path, (b"", b""))
        return unpacked(says, Reading) if of == digest else self._again(path, digest)

    def _from(self, path: str) -> Iterator[tuple[str, tuple[bytes, bytes]]]:
        """A note and those behind it."""
        with database(self.root) as connection:
            query = "SELECT path, digest, says, proof FROM note WHERE path >= ? ORDER BY path LIMIT ?"
            for name, digest, says, checked in (
                connection.execute(query, (raw(path), self._number)) if connection else ()
            ):
                if checked == proof(self._of, name, digest, says):
                    yield name.decode("utf-8", "surrogateescape"), (digest, says)

    def _again(self, path: str, digest: bytes) -> Reading:
        """What the file itself says, where the database has lost it."""
        from followup_md.vault.write import changed_meanwhile

        try:
            data = read_file(self.root, path)
        except OSError:
            raise changed_meanwhile(path) from None
        if blake2b(data, digest_size=16).digest() != digest:
            raise changed_meanwhile(path)
        return read_note(path, data, self._rules)
