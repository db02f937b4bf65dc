"""All that notes say, kept in the database until it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from followup_md.model import Rules
from followup_md.reading.note import Reading, read_note
from followup_md.vault.database import database, proof, raw
from followup_md.vault.digest import blake2b
from followup_md.vault.files import read_file
from followup_md.vault.known import Note
from followup_md.vault.shelf import unpacked

#: After so many notes were asked for one by one, all are fetched.
_FEW = 8


class Says:
    """What the notes of a vault say: a few are fetched one by one, then all at once."""

    def __init__(self, root: Path, rules: Rules) -> None:
        """``rules`` are those that the notes were read by."""
        self.root, self.rules = root, rules
        self._held: dict[tuple[str, bytes], bytes] | None = None
        self._fetched = 0

    def hold(self) -> None:
        """Fetch what all notes say, so that nothing is fetched later."""
        with database(self.root) as connection:
            rows = connection.execute("SELECT path, digest, says, proof FROM note") if connection else ()
            self._held = {
                (path.decode("utf-8", "surrogateescape"), digest): says
                for path, digest, says, checked in rows
                if checked == proof(path, digest, says)
            }

    def fetch(self, path: str, digest: bytes) -> Reading:
        """What a note says that has that digest. Raises ``ChangedMeanwhile`` where neither database nor file tell."""
        self._fetched += 1
        if self._held is None and self._fetched > _FEW:
            self.hold()
        says = self._one(path, digest) if self._held is None else self._held.get((path, digest))
        return self._again(path, digest) if says is None else unpacked(says, Reading)

    def _one(self, path: str, digest: bytes) -> bytes | None:
        with database(self.root) as connection:
            query = "SELECT says, proof FROM note WHERE path = ? AND digest = ?"
            rows = connection.execute(query, (raw(path), digest)) if connection else ()
            for says, checked in rows:
                if isinstance(says, bytes) and checked == proof(raw(path), digest, says):
                    return says
        return None

    def _again(self, path: str, digest: bytes) -> Reading:
        """What the file itself says, where the database was lost meanwhile."""
        from followup_md.vault.write import changed_meanwhile

        try:
            data = read_file(self.root, path)
        except OSError:
            raise changed_meanwhile(path) from None
        if blake2b(data, digest_size=16).digest() != digest:
            raise changed_meanwhile(path)
        return read_note(path, data, self.rules)


def keep_says(root: Path, said: Mapping[str, Note], gone: Collection[str]) -> None:
    """Keep what those notes say, and take out those that are gone."""
    with database(root) as connection:
        if connection:
            connection.executemany("DELETE FROM note WHERE path = ?", [(raw(path),) for path in gone])
            rows = [
                (raw(path), note.digest, note.says, proof(raw(path), note.digest, note.says))
                for path, note in said.items()
                if note.says
            ]
            connection.executemany("INSERT OR REPLACE INTO note VALUES (?, ?, ?, ?)", rows)
