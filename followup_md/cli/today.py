"""``followup today``."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from shutil import which
from types import FrameType

import click

from followup_md.cli import terminal
from followup_md.cli.arguments import when
from followup_md.cli.asking import ask_touch
from followup_md.cli.change import Written, carried_out, taken_back
from followup_md.cli.draft import script_of
from followup_md.cli.due import category_option, chosen, owner_option, say_nothing_due
from followup_md.cli.log import logged
from followup_md.cli.session import Session, pass_session
from followup_md.cli.skip import skipped
from followup_md.cli.snooze import snoozed
from followup_md.cli.terminal import NO_MORE, key, show, size, tell, typed
from followup_md.cli.why import considered_of
from followup_md.days import short_day
from followup_md.editing.ticks import CALLED_OFF, MOVED
from followup_md.errors import FollowupError, NotFound, Refused
from followup_md.model import Category, Due, Edit
from followup_md.pages import touch_keys
from followup_md.pages.columns import fitted
from followup_md.pages.due_page import is_ours
from followup_md.pages.hyperlinks import obsidian_uri
from followup_md.pages.listing import comes_next, why_text
from followup_md.pages.today import Line, card, ending, help_lines, keys, tally, whole_script
from followup_md.planning.worklist import Done, What, back, begin, did, forward, more, planned, undid
from followup_md.vault import board
from followup_md.vault.day import Day
from followup_md.vault.page import new_page, old_page, write_page
from followup_md.vault.scan import on_disk

#: Until when somebody is snoozed if nothing is typed: the next working day, as a tick without a day does.
SNOOZE = "1wd"
#: Where neither VISUAL nor EDITOR is set, the first of these that is there, as for `log`.
EDITORS = ("sensible-editor", "vim", "nano")
#: One of these is set where programs have windows.
DESKTOPS = ("DISPLAY", "WAYLAND_DISPLAY")


@click.command("today")
@owner_option
@category_option
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help="At most N of them. Default: your capacity for a day."
)
@pass_session
@click.pass_context
def command(ctx: click.Context, session: Session, owner: str | None, category: str | None, limit: int | None) -> None:
    """Work through what is due, one prospect after the other.

    Each is shown with why, the last words, what is owed, and the script. One key logs what you did, skips, snoozes, or
    opens the note; `u` undoes the last. Everything is written at once, so you can leave at any time.
    """
    if not (sys.stdin and sys.stdin.isatty() and session.on_terminal):
        raise click.UsageError(
            "`today` is worked with single keys, so it needs a terminal: `followup due` lists who is due"
        )
    if session.color is None and os.environ.get("TERM", "dumb") == "dumb":
        ctx.color = False
    day = session.open()
    sitting = Sitting(session, day, lambda items: chosen(items, owner, category), limit)
    if sitting.work.empty:
        session.say_if_empty(day)
        say_nothing_due(session, day, owner, category)
        session.say_left_out(day, day.wrong)
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        sitting.run()
    except KeyboardInterrupt:
        click.echo()
        sitting.leave()
        raise
    sitting.leave()


def _end(number: int, frame: FrameType | None) -> None:
    """End at once, and leave the terminal as it was found."""
    sys.exit(128 + number)


class Sitting:
    """One call of the command: the day as it was looked at last, and the list that is worked through."""

    def __init__(
        self, session: Session, day: Day, wanted: Callable[[Iterable[Due]], tuple[Due, ...]], limit: int | None
    ) -> None:
        self.session, self.day, self._wanted = session, day, wanted
        self._shown = board.show(day.vault, day.today, day.left)
        lists = self._shown.lists
        within = set(board.due_until(day.vault, day.today)[: len(lists.replies) + len(lists.due)])
        items = self._ready()
        self.work = begin(items, limit or sum(one.prospect.path in within for one in items))

    def run(self) -> None:
        """Until the user leaves, or the terminal is gone."""
        self._draw()
        while (pressed := key()) not in ("q", NO_MORE):
            if pressed == touch_keys.ENTER and self.work.current is None:
                return
            try:
                turned = self._press(pressed)
            except click.UsageError as error:
                tell(error.message)
                turned = False
            except FollowupError as error:
                tell(str(error))
                turned = False
            if turned:
                self._draw()
            else:
                show(self._keys())

    def leave(self) -> None:
        """Say what was done and what needs a hand, and bring DUE.md up to date, if it is kept."""
        if self.work.done:
            self.session.say(f"{tally(self.work.done)}; {len(self.work.due)} left")
            try:
                self._look()
                self._write_page()
            except FollowupError as error:
                tell(f"{self.day.vault.rules.due_file} is not brought up to date: {error}")
        self.session.say_left_out(self.day, len(self._shown.wrong))

    # ------------------------------------------------------------------ the list

    def _press(self, pressed: str) -> bool:
        """Do what a key asks for. True where another card is to be drawn, or the same one anew."""
        match pressed:
            case "n" | " " | terminal.RIGHT:
                self._look()
                self.work = forward(self.work)
            case "p" | terminal.LEFT:
                self.work = back(self.work)
            case "m" if self.work.current is None and self.work.beyond:
                self.work = more(self.work, self._ready())
            case "u":
                self._undo()
            case "?":
                show(help_lines(size()[0]))
                return False
            case touch_keys.ENTER | terminal.REDRAW:
                self._look()
            case _:
                return self.work.current is not None and self._press_for(self.work.current, pressed)
        return True

    def _press_for(self, due: Due, pressed: str) -> bool:
        """What a key asks for that has to do with the current prospect."""
        match pressed:
            case "l":
                entry = ask_touch(due, self.day)
                return entry is not None and self._write(due, "logged", lambda day: logged(due.prospect, entry))
            case "s":
                return self._snooze(due)
            case "k":
                if due.category is Category.APPOINTMENT:
                    raise Refused(CALLED_OFF)
                return self._write(due, "skipped", lambda day: skipped(due.prospect, day))
            case "d":
                show(whole_script(str(script_of(due, self.day.vault.rules)), due, size()[0]))
            case "w":
                text = why_text(due.prospect, considered_of(due.prospect, self.day), self.day.today)
                click.echo(f"\n{fitted(text, size()[0])}\n")
            case "e":
                return self._edit(due)
            case "o":
                self._open_in_obsidian(due)
        return False

    def _snooze(self, due: Due) -> bool:
        if due.category is Category.APPOINTMENT:
            raise Refused(MOVED)
        default = short_day(when(SNOOZE, self.day), self.day.today)
        text = typed(f"Until when? 3d, 2w, mon, 1 dec; Enter: {default}")
        return text is not None and self._write(due, "snoozed", lambda day: snoozed(due.prospect, text or SNOOZE, day))

    def _write(self, due: Due, what: What, edit_of: Callable[[Day], Edit]) -> bool:
        """Carry out an edit, unless something else is known of the prospect by now than what the user was shown."""
        self._look()
        if self.work.current != due:
            raise Refused(
                f"{due.prospect.path} has changed meanwhile, so nothing was written: Enter shows it as it is now"
            )
        edit = edit_of(self.day)
        if (written := carried_out(edit, self.day)) is None:
            raise Refused(f"{edit.path}: {edit.why} already; nothing was written")
        self.work = did(self.work, Done(what, edit.path, due.prospect.name, written.before, written.after))
        told = f"{due.prospect.name}: {edit.why}"
        try:
            self._look()
        except FollowupError:
            self.session.say(told)
            raise
        self.session.say(f"{told}; {self._what_comes(due)}")
        return True

    def _undo(self) -> None:
        if not self.work.done:
            raise NotFound("nothing was written so far, so there is nothing to undo")
        last = self.work.done[-1]
        taken_back(last.path, Written(last.before, last.after), self.day)
        self.work = undid(self.work)
        self.session.say(f"{last.name}: undone, not {last.what} any more")
        self._look()

    def _look(self) -> None:
        """See what has changed, in the notes and in the list."""
        self.day = self.session.look_again()
        self._shown = board.show(self.day.vault, self.day.today, self.day.left)
        self.work = planned(self.work, self._ready())

    def _ready(self) -> tuple[Due, ...]:
        """What can be done now, of those that were asked for."""
        return self._wanted(self.day.touches_of(board.due_until(self.day.vault, self.day.today)))

    def _what_comes(self, due: Due) -> str:
        path = due.prospect.path
        now = next(self.day.touches_of([path]), None) if self.day.vault.index.knows([path]) else None
        return comes_next(now, self.day.today)

    # ------------------------------------------------------------------ the screen, and other programs

    def _draw(self) -> None:
        due, (columns, rows) = self.work.current, size()
        click.echo()
        if due:
            show(card(due, self.work, self.day.vault.rules, self.day.today, columns, rows))
        else:
            show(ending(self.work, columns))
        show(self._keys())

    def _keys(self) -> list[Line]:
        return keys(self.work, size()[0])

    def _edit(self, due: Due) -> bool:
        """Have the note open in the user's editor, and look at it again when that has ended."""
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or next(filter(which, EDITORS), "vi")
        try:
            code = subprocess.call([*shlex.split(editor), str(self.day.vault.root / due.prospect.path)])
        except (OSError, ValueError) as error:
            raise Refused(f"`{editor}` cannot be started ({error}): set EDITOR to your editor") from None
        if code:
            tell(f"`{editor}` ended with exit code {code}")
        self._look()
        if self.work.at != due.prospect.path:
            self.session.say(f"{due.prospect.name}: {self._what_comes(due)}")
        return True

    def _open_in_obsidian(self, due: Due) -> None:
        """Print the link that opens the note, and follow it where there is a desktop to open it on."""
        link = obsidian_uri(on_disk(self.day.vault.root, due.prospect.path))
        click.echo(link)
        if "SSH_CONNECTION" not in os.environ and (sys.platform == "darwin" or any(map(os.environ.get, DESKTOPS))):
            click.launch(link)

    def _write_page(self) -> None:
        """DUE.md as it has to be now; one that is not there, or not ours, is left alone."""
        old = old_page(self.day)
        if old is None or not is_ours(old.decode("utf-8", "surrogateescape")):
            return
        if write_page(self.day, new_page(self.day, self._shown, old), old):
            self.session.say(f"{self.day.vault.rules.due_file} written")
