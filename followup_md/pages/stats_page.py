"""STATS.md: the statistics with charts, and every number of a chart in a table below it. Same input, same bytes."""

from __future__ import annotations

import re

from followup_md.digest import sha256
from followup_md.model import Rules
from followup_md.pages.due_page import MARK
from followup_md.pages.stats_sections import sections
from followup_md.pages.stats_tables import Table
from followup_md.pages.stats_words import LEGEND, about, heading
from followup_md.pages.text import inert
from followup_md.planning.statistics.overview import Statistics

_LONGEST_TABLE = 60
_PAGE = re.compile(
    rf"---\n{MARK}\nday: [0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}\nseal: (?P<seal>[0-9a-f]{{16}})\n---\n(?P<body>.*)", re.DOTALL
)


def stats_page(statistics: Statistics, rules: Rules) -> str:
    """The whole page. Its ``seal`` tells whether somebody wrote on it since."""
    lines = [f"# {inert(heading(statistics))}", "", inert(about(statistics), 400), "", LEGEND, ""]
    for section in sections(statistics, rules):
        lines += [f"## {section.title}", ""]
        lines += [f"- {inert(sentence, 400)}" for sentence in section.said]
        lines += [""] if section.said else []
        for chart in section.charts:
            lines += [chart, ""]
        for table in section.tables:
            lines += [f"### {table.title}", "", *_table(table), ""]
    body = "\n".join(lines)
    return f"---\n{MARK}\nday: {statistics.today.isoformat()}\nseal: {_seal(body)}\n---\n{body}"


def is_untouched(page: str) -> bool:
    """Whether a page stands as ``stats_page`` made it; line ends may differ."""
    found = _PAGE.fullmatch(page.removeprefix("\ufeff").replace("\r\n", "\n"))
    return found is not None and _seal(found["body"]) == found["seal"]


def _seal(body: str) -> str:
    return sha256(body.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _table(table: Table) -> list[str]:
    shown, left = table.shown(_LONGEST_TABLE)
    return [
        _row(table.header),
        "|" + "|".join([" --- ", *(" ---: " for _ in table.header[1:])]) + "|",
        *(_row(line.cells) for line in shown),
        *(["", f"and {left}: `followup stats --json` has them all"] if left else []),
    ]


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(inert(cell, 60).replace("|", "&#124;") for cell in cells) + " |"
