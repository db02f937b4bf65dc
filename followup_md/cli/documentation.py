"""The documentation that comes with the package: its pages, and what of them explains one thing."""

from __future__ import annotations

import re
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
#: An installed package has the pages in it; a clone has them beside it.
_FOLDER = found if (found := _PACKAGE / "docs").is_dir() else _PACKAGE.parent / "docs"
#: A page in the list of docs/README.md: its name, and what it answers.
_LISTED = re.compile(r"^\| \d+ \| \[([a-z-]+)\.md\]\([^)]*\) \| (.*) \|$", re.MULTILINE)
_HEADING = re.compile(r"(#{1,6}) +(.*)")
_FENCE = re.compile(r" *(?:```|~~~)")
_ITEM = re.compile(r"^(?=(?:[-*]|\d+\.) )", re.MULTILINE)


def topics() -> list[tuple[str, str]]:
    """The pages in the order to read them, each with what it answers."""
    return _LISTED.findall((_FOLDER / "README.md").read_text(encoding="utf-8"))


def page(topic: str) -> str:
    """The text of a page that ``topics`` names."""
    return (_FOLDER / f"{topic}.md").read_text(encoding="utf-8")


def sections(name: str) -> list[tuple[str, str]]:
    """The sections whose heading is called so (``exit codes`` or ``exit-codes``), each with the page it stands in."""
    return [
        (topic, text)
        for topic, _ in topics()
        for _, heading, text in _sections(page(topic))
        if _slug(heading) == _slug(name)
    ]


def headings() -> list[str]:
    """What ``sections`` may be asked for."""
    return [_slug(heading) for topic, _ in topics() for _, heading, _ in _sections(page(topic))]


def rules() -> list[tuple[str, str]]:
    """The rules by their numbers, such as ``R8``, each with what it says."""
    return re.findall(r"^\| (R\d+) \| (.*?) \|", page("rules"), re.MULTILINE)


def rule(number: str) -> str:
    """What a rule says, where it comes from, and every passage of the page on the rules that names it."""
    text = page("rules")
    row = re.search(rf"^\| {number} \| (.*?) \| (.*?) \| ?(.*?) \|$", text, re.MULTILINE)
    assert row, f"{number} is of the list that `rules` gives"
    parts = [f"# {number}", row[1], f"From {row[2]}: {row[3]}." if row[3] else "A rule of this program's own."]
    under = ""
    for level, heading, section in _sections(text):
        if level != 2:
            continue
        for passage in _passages(section):
            if re.search(rf"\b{number}\b", passage) and row[0] not in passage:
                parts += [passage] if heading == under else [f"## {heading}", passage]
                under = heading
    return "\n\n".join(parts) + "\n"


def _sections(text: str) -> list[tuple[int, str, str]]:
    """Every section with the level of its heading, the heading, and its text up to the next one of that level."""
    lines, fenced = text.split("\n"), False
    heads: list[tuple[int, int, str]] = []
    for number, line in enumerate(lines):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and (found := _HEADING.fullmatch(line)):
            heads.append((number, len(found[1]), found[2]))
    ends = [
        next((start for start, other, _ in heads[place + 1 :] if other <= level), len(lines))
        for place, (_, level, _) in enumerate(heads)
    ]
    return [
        (level, heading, "\n".join(lines[start:end]).strip() + "\n")
        for (start, level, heading), end in zip(heads, ends, strict=True)
    ]


def _passages(section: str) -> list[str]:
    """Paragraphs, the items of lists, and the rows of tables, these with the table's head."""
    found: list[str] = []
    for block in re.split(r"\n{2,}", section.strip()):
        lines = block.split("\n")
        if lines[0].startswith("|"):
            found += ["\n".join((*lines[:2], row)) for row in lines[2:]]
        else:
            found += [item.strip() for item in _ITEM.split(block) if item.strip()]
    return found


def _slug(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")
