"""What statistics are told in, by the terminal and by STATS.md: sections of sentences, tables and charts.

Texts of the user stand in them as they are; who prints them makes them safe.
"""

from __future__ import annotations

from msgspec import Struct


class Line(Struct, frozen=True):
    """A row of a table; ``bar``, from 0 to 1, is drawn behind it where there is room for one."""

    cells: tuple[str, ...]
    bar: float | None = None


class Table(Struct, frozen=True):
    """A table with its title. ``newest_last``: where it is too long, the first rows are left out, else the last."""

    title: str
    header: tuple[str, ...]
    rows: tuple[Line, ...]
    newest_last: bool = False

    def shown(self, most: int) -> tuple[tuple[Line, ...], str]:
        """So many of its rows, and how many more there are, in words; "" where these are all."""
        if (left := len(self.rows) - most) <= 0:
            return self.rows, ""
        return (self.rows[-most:], f"{left} before") if self.newest_last else (self.rows[:most], f"{left} more")


class Section(Struct, frozen=True):
    """One group: sentences, tables, and charts of what stands in the tables."""

    title: str
    said: tuple[str, ...]
    tables: tuple[Table, ...]
    charts: tuple[str, ...] = ()
