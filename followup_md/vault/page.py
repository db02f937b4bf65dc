"""DUE.md in the vault: written anew from the day's plan, if nothing of the user's is lost by it.

The notes come first: a day is opened with every tick safely in its note. The page is replaced only if it is still
what was read.
"""

from __future__ import annotations

from followup_md.days import count
from followup_md.errors import Refused
from followup_md.pages.due_page import NOTHING, Own, Page, above_notes, day_of, due_page, is_ours, own_of, page_of
from followup_md.planning.plan import make_plan
from followup_md.vault.board import Shown
from followup_md.vault.day import Day
from followup_md.vault.last_page import last_pages, remember_page
from followup_md.vault.write import changed_meanwhile, read_or_none, replace_file


def old_page(day: Day) -> bytes | None:
    """DUE.md as its ticks were taken up; None where there is none.

    Raises ``Refused`` for what is no plain file, and ``ChangedMeanwhile`` for one that has come since.
    """
    name = day.vault.rules.due_file
    if day.page is None and read_or_none(day.vault.root, name) is not None:
        raise changed_meanwhile(name)
    return day.page


def new_page(day: Day, shown: Shown, old: bytes | None) -> Page:
    """DUE.md as it has to be; the old one's notes are kept. Raises ``Refused`` where something else would be lost."""
    own = _own_of(day, old) if old is not None else NOTHING
    page = page_of(shown.lists, shown.wrong, day.vault.rules, day.today, own, day.left)
    if old is not None and day.untouched is None and page.data != old:
        _refuse_what_would_be_lost(day, _text(old))
    return page


def write_page(day: Day, new: Page, old: bytes | None) -> bool:
    """Write the page where it is another than the ``old`` one; whether it was.

    Raises ``ChangedMeanwhile`` where what stands there is not the old one any more.
    """
    data = new.data
    if data != old:
        replace_file(day.vault.root, day.vault.rules.due_file, data, old)
    remember_page(day.vault.root, new.above)
    return data != old


def _own_of(day: Day, old: bytes) -> Own:
    """What the user wrote on the page. Raises ``Refused`` where the page is the user's, or that cannot be told."""
    if day.untouched is not None:  # what stands between front matter and notes is ours, and may be long
        front, fence, _ = day.untouched.partition(b"\n---\n")
        old = b"%b%b%b" % (front, fence, old[len(day.untouched) :])
    name, text = day.vault.rules.due_file, _text(old)
    if not is_ours(text):
        raise Refused(
            f"{name}: this file is your own, so it is not overwritten; "
            'name another with `due_file = "TODAY.md"` in followup.toml'
        )
    own = own_of(text)
    if own is None:
        raise Refused(f"{name}: its heading `## Notes` is gone, so your own notes cannot be told apart; put it back")
    return own


def _text(page: bytes) -> str:
    return page.decode("utf-8", "surrogateescape")


def _refuse_what_would_be_lost(day: Day, page: str) -> None:
    name, written = day.vault.rules.due_file, last_pages(day.vault.root)
    if above_notes(page) in written:
        return
    from followup_md.pages.foreign import foreign_lines, is_from, typed_lines
    from followup_md.pages.ticks import read_remarks

    if remarks := read_remarks(page):
        line, said = remarks[0]
        raise Refused(
            f"{name}:{line}: “{said}” stands at a box that is not ticked; tick it, or move the text under `## Notes`"
        )
    if foreign := foreign_lines(page):
        raise Refused(
            f"{name}:{foreign[0]}: {count(len(foreign), 'line is', 'lines are')} not as followup wrote it, and not part of "
            "a tick; move lines of your own under `## Notes`, tick the box they belong to, or delete the file"
        )
    written = tuple(one for one in written if is_from(page, one))
    if not written or not foreign_lines(page, *written):
        return
    if typed := typed_lines(page, written, _as_of_its_day(day, page)):
        raise Refused(
            f"{name}:{typed[0]}: {count(len(typed), 'line of followup’s was', 'lines of followup’s were')} changed within, and "
            "would be written anew; move words of your own under `## Notes` or behind the id of a box that you tick, "
            "and delete the line"
        )


def _as_of_its_day(day: Day, page: str) -> str:
    """The page that the notes as they are now give for the old page's day."""
    plan = make_plan(day.vault.prospects, day.vault.rules, day_of(page) or day.today)
    return due_page(plan, day.problems, day.vault.rules)
