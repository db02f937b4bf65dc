"""Statistics for a terminal: plain text with small bars."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap

from followup_md.model import Rules
from followup_md.pages.stats_sections import sections
from followup_md.pages.stats_tables import Line, Table
from followup_md.pages.stats_words import LEGEND, about, heading
from followup_md.pages.text import one_line
from followup_md.planning.statistics.overview import Statistics

#: Columns of a terminal that every table fits; on a narrower one the first column and the bars give way.
WIDTH = 80
_LONGEST_TABLE = 15
_LONGEST_CELL = 30
_SHORTEST_CELL = 8
_BAR = 20


def stats_text(statistics: Statistics, rules: Rules, width: int = WIDTH) -> str:
    """All groups, below each other, for so many columns. Of a long table so many rows; the rest is counted."""

    def wrapped(sentence: str) -> list[str]:
        return wrap(one_line(sentence, 400), width)

    lines = [*wrapped(heading(statistics)), *wrapped(about(statistics)), *wrapped(LEGEND)]
    for section in sections(statistics, rules):
        lines += ["", section.title.upper()]
        for sentence in section.said:
            lines += wrapped(sentence)
        for table in section.tables:
            lines += ["", f"  {table.title}", *_table(table, width)]
    return "\n".join(lines)


def _table(table: Table, width: int) -> Iterable[str]:
    shown, left = table.shown(_LONGEST_TABLE)
    cells = [table.header, *(tuple(one_line(cell, _LONGEST_CELL) for cell in row.cells) for row in shown)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(table.header))]
    widths[0] = min(widths[0], max(_SHORTEST_CELL, width - sum(widths[1:]) - 2 * len(widths)))
    room = min(_BAR, width - sum(widths) - 2 * len(widths) - 2)
    yield _aligned(table.header, widths)
    for row, line in zip(cells[1:], shown, strict=True):
        yield f"{_aligned(row, widths)}  {_bar(line, room)}".rstrip()
    if left:
        yield f"  … {left}: --write has more, --json all"


def _aligned(cells: tuple[str, ...], widths: list[int]) -> str:
    first, *others = [
        cell.rjust(width) if number else one_line(cell, width).ljust(width)
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(["  " + first, *others]).rstrip()


def _bar(line: Line, room: int) -> str:
    """A bar as long as the share; a share above 0 shows at least a little."""
    if not line.bar or room < 5:
        return ""
    eighths = max(1, round(line.bar * room * 8))
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]
