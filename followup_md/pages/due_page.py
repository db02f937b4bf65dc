"""DUE.md: a page to work from. The same bytes from the same plan, on every machine."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from followup_md.days import count, long_day
from followup_md.model import Due, LeftTick, Plan, Problem, Rules
from followup_md.pages.lines import ID, NO_NOTE, WHY, as_below
from followup_md.pages.sheet import Sheets
from followup_md.pages.text import inert, link, said
from followup_md.planning.plan import Section

MARK = "generated: followup-md"
NOTES = "## Notes"

_FENCE = re.compile(r"\n---\r?\n")
_DAY = re.compile(r"^day: [\"']?([0-9]{4}-[0-9]{2}-[0-9]{2})[\"']?\r?$", re.MULTILINE)
_OWN_DAY = re.compile(r"day:[ \t]*[\"']?[0-9]{4}-[0-9]{2}-[0-9]{2}[\"']?[ \t]*")
_NOTES_HEADING = re.compile(r"#{1,6}[ \t]*+notes[ \t]*+:?[ \t]*+#*+[ \t]*+(?:\r?\n|\Z)", re.IGNORECASE)
#: A page to work from names so many problems of one note, and in all; `followup check` names the rest.
MOST_OF_A_NOTE, MOST_IN_ALL = 10, 100


class Own(Struct, frozen=True):
    """What the user wrote on a page of ours: properties in its front matter, and all under ``## Notes``, to the last byte."""

    properties: tuple[str, ...] = ()
    notes: str = ""


NOTHING = Own()


class Page(Struct, frozen=True):
    """A page as it is written: what stands above the heading ``## Notes``, and the user's notes below it."""

    above: bytes
    notes: bytes

    @property
    def data(self) -> bytes:
        return b"%b%b\n%b" % (self.above, NOTES.encode(), self.notes)


class Lists(Struct, frozen=True):
    """What the sections of the page list, as it is written and in its order, and what else its summary counts.

    ``stages`` are the boxes of stages that were changed by hand. ``names`` are how those are called, by path, at whom
    a tick was left.
    """

    replies: Sequence[bytes]
    due: Sequence[bytes]
    next_in_line: Sequence[bytes]
    upcoming: Sequence[bytes]
    waiting: Sequence[bytes]
    dark: Sequence[bytes]
    held: Sequence[bytes]
    stages: Sequence[bytes]
    overdue: int
    open: int
    names: Mapping[str, str]


def due_page(
    plan: Plan, problems: Iterable[Problem], rules: Rules, own: Own = NOTHING, left: Iterable[LeftTick] = ()
) -> str:
    """The whole page of a plan. ``own`` is what the user wrote on it, kept as it is.

    ``left`` are the ticks that could not be taken up: they stay ticked, with the reason.
    """
    write = Sheets(rules, plan.today)

    def listed(section: Section, items: Sequence[Due]) -> list[bytes]:
        return [written(write.sheet(due.prospect, due).text(section)) for due in items]

    lists = Lists(
        replies=listed(Section.REPLIES, plan.replies),
        due=listed(Section.NOW, plan.due),
        next_in_line=listed(Section.NOW, plan.next_in_line),
        upcoming=listed(Section.UPCOMING, plan.upcoming),
        waiting=listed(Section.WAITING, plan.waiting),
        dark=listed(Section.DARK, plan.dark),
        held=listed(Section.HELD, plan.held),
        stages=[written(box) for one in plan.planned if one.due and (box := write.stage(one.due))],
        overdue=sum(due.overdue_days > 0 for due in (*plan.replies, *plan.due, *plan.next_in_line)),
        open=plan.open,
        names={due.prospect.path: due.prospect.name for due in plan.items},
    )
    return page_of(lists, problems, rules, plan.today, own, left).data.decode("utf-8", "surrogateescape")


def page_of(
    lists: Lists,
    problems: Iterable[Problem],
    rules: Rules,
    today: date,
    own: Own = NOTHING,
    left: Iterable[LeftTick] = (),
) -> Page:
    """The whole page of a day, put together from its lists."""
    wrong = [problem for problem in problems if not problem.hint]
    line = len(lists.next_in_line)
    sections = (
        ("Reply owed", lists.replies),
        ("Today", lists.due),
        (f"Next in line ({line} more than your {rules.daily_capacity} a day)", lists.next_in_line),
        ("This week" if str(rules.horizon) == "7d" else f"The next {rules.horizon}", lists.upcoming),
        ("Waiting for them", lists.waiting),
        ("Gone dark", lists.dark),
        ("On hold", lists.held),
        (
            "Needs a hand",
            [
                *(written(_left_tick(one, lists.names)) for one in left),
                *lists.stages,
                *map(written, _told(wrong)),
            ],
        ),
    )
    head = [
        "---",
        MARK,
        f"day: {today.isoformat()}",
        *own.properties,
        "---",
        f"# Due on {long_day(today)}",
        "",
        _summary(lists, len(wrong)),
        "",
    ]
    above = list(map(written, head))
    for title, items in sections:
        if items:
            above += [written(f"## {title}"), *items, b""]
    return Page(b"\n".join([*above, b""]), written(own.notes))


def written(text: str) -> bytes:
    """A text as it stands in a file: UTF-8, and the odd bytes of a path as they are."""
    return text.encode("utf-8", "surrogateescape")


def own_of(page: str) -> Own | None:
    """What the user wrote on a page of ours; None where the heading ``## Notes`` is gone."""
    found = _notes_heading(page)
    if found is None:
        return None
    end = page.find("\n---", 0, found.start())
    front = page[: found.start() if end < 0 else end].removeprefix("\ufeff").split("\n")[1:]
    properties = (line.rstrip("\r") for line in front)
    kept = tuple(line for line in properties if line.rstrip() != MARK and not _OWN_DAY.fullmatch(line))
    return Own(kept, page[found.end() :])


def above_notes(page: str) -> str:
    """A page without what stands under ``## Notes``."""
    found = _notes_heading(page)
    return page[: found.start()] if found else page


def _notes_heading(page: str) -> re.Match[str] | None:
    """The heading of the user's notes. Only the beginnings of headings are looked at: a page may be long."""
    place = 0
    while not (found := _NOTES_HEADING.match(page, place)):
        place = page.find("\n#", place) + 1
        if not place:
            return None
    return found


def day_of(page: str) -> date | None:
    """The day that a page of ours was written for."""
    found = _DAY.search(page[:200])
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def is_ours(page: str) -> bool:
    """Whether a page was written by followup-md: its front matter says so."""
    fence = _FENCE.search(page)
    if fence is None:
        return False
    head = page[: fence.start() + 1].removeprefix("\ufeff").replace("\r\n", "\n")[:-1]
    return head.startswith("---\n") and MARK in head.split("\n")


def _summary(lists: Lists, problems: int) -> str:
    to_do = len(lists.replies) + len(lists.due)
    parts = [
        f"{to_do} to do" if to_do else "nothing to do",
        count(len(lists.replies), "reply owed", "replies owed") if lists.replies else "",
        f"{lists.overdue} overdue" if lists.overdue else "",
        f"{len(lists.waiting)} waiting for them" if lists.waiting else "",
        f"{lists.open} open",
        f"{count(problems, 'needs a hand', 'need a hand')}" if problems else "",
    ]
    return " · ".join(part for part in parts if part)


def _left_tick(left: LeftTick, names: Mapping[str, str]) -> str:
    """A tick that was not taken up, so written that it is read as the same tick again."""
    tick = left.tick
    box = {"done": "x", "snooze": ">", "skip": "-", "unknown": "?"}[tick.mark]
    why = inert(left.why, 300)
    if tick.id is None:
        lines, said = [f"- [{box}] {tick.head}".rstrip(), f"\t- {WHY}: {why}"], tick.lines
    else:
        who = link(left.path, names.get(left.path, left.path.rpartition("/")[2][:-3])) if left.path else NO_NOTE
        behind, said = (tick.when, tick.lines) if tick.mark == "snooze" else ("", tick.lines)
        if tick.mark != "snooze" and said and not ID.search(said[0]):
            behind, said = said[0], said[1:]
        day = tick.done or left.day
        done = f" ✅ {day.isoformat()}" if day and tick.mark == "done" else ""
        lines = [f"- [{box}] {who} — {why}{done} ^{tick.id} {behind}".rstrip()]
    return "\n".join([*lines, *(f"\t{as_below(line)}" for line in said)])


def _told(wrong: list[Problem]) -> list[str]:
    """The problems, not more than one can work through; how many are left is said."""
    by_note: Counter[str] = Counter()
    told: list[str] = []
    for problem in wrong:
        by_note[problem.path] += 1
        if by_note[problem.path] <= MOST_OF_A_NOTE and len(told) < MOST_IN_ALL:
            told.append(f"- {inert(problem.path, 300)}:{problem.line} — {said(problem.message)}")
    left = len(wrong) - len(told)
    return [*told, f"- and {left} more: `followup check` lists them all"] if left else told
