"""The cards of ``followup today``: all that one wants to know of one prospect, in lines that fit the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Literal

from msgspec import Struct

from followup_md.days import count, short_day
from followup_md.model import Category, Due, Owed, Rules, Touch
from followup_md.pages.columns import broken, columns_of, hanging, shortened
from followup_md.pages.draft import draft
from followup_md.pages.lines import BRING, THEY_OWE, WE_OWE, WHEN, WHY
from followup_md.pages.listing import due_row, how, value_text
from followup_md.pages.sheet import because, hours, money, reason_to_follow_up, rules_behind
from followup_md.pages.text import one_line
from followup_md.planning.worklist import Done, Worklist

#: So many of the newest touches are shown, each in so many lines at most; their newest answer is told in more.
LAST_TOUCHES, LINES_OF_A_TOUCH, LINES_OF_THEIRS = 3, 2, 5
#: A script is not cut below so many lines, however low the terminal is.
LEAST_OF_A_SCRIPT = 4
#: What stands on the screen besides: a remark and a blank line above, one each round the script, one for the cursor.
AROUND = 5
#: Longer lines are hard to read, however wide the terminal is.
WIDEST, NARROWEST = 100, 24
_LABEL = 12

#: Channels by which one says what is in the script.
SPOKEN = frozenset({"call", "voicemail", "meeting", "event"})
HELP = (
    "l  log the touch; you are asked what came of it, and what it was about",
    "s  snooze: leave them alone until a day",
    "k  skip the step: the one after it comes",
    "d  draft: the whole script, to read aloud or to copy",
    "e  open the note in your editor ($VISUAL, else $EDITOR)",
    "o  open the note in Obsidian, or show the link that does",
    "w  why they are due: each rule, and what it saw",
    "n  leave it for later, and go on (also the blank and the right arrow)",
    "p  back to the one before (also the left arrow)",
    "u  undo the last that was written; again: the one before it",
    "m  at the end of the list: go on with what is more than the day holds",
    "Enter  look again, and draw the card anew",
    "q  leave; so do Ctrl-C and Ctrl-D. All that was said to be written is written",
)

Style = Literal["plain", "rule", "who", "how", "late", "keys"]


class Line(Struct, frozen=True):
    """A line of the screen: a text in a style, and in a column before it a label, or room for one (None: neither)."""

    text: str
    style: Style = "plain"
    label: str | None = None

    @property
    def before(self) -> str:
        """What stands before the text."""
        return "" if self.label is None else self.label.ljust(_LABEL)

    def __str__(self) -> str:
        return f"{self.before}{self.text}".rstrip()


def card(due: Due, work: Worklist, rules: Rules, today: date, columns: int, rows: int) -> list[Line]:
    """Who, why, the last words, what is owed, and as much of the script as fits above the keys."""
    columns = min(max(columns, NARROWEST), WIDEST)
    page = _Card(due, rules, today, columns)
    lines = [_rule(f"{work.number} of {work.total}", short_day(today, today), columns), *page.head(), Line("")]
    lines += page.facts()
    room = rows - len(lines) - len(keys(work, columns)) - AROUND
    return [*lines, *page.script(room), Line("")]


def keys(work: Worklist, columns: int) -> list[Line]:
    """The keys that do something now."""
    due, undo, last = work.current, "u undo" if work.done else "", ("? help", "q quit")
    if due is None:
        return in_columns(("n next" if work.due else "", "m more" if work.beyond else "", undo, *last), columns)
    back = "p back" if work.number > 1 else ""
    draft = "d draft" if due.category not in (Category.REPLY_OWED, Category.APPOINTMENT) else ""
    return in_columns(("l log", "s snooze", "k skip", draft, "e edit", "n next", back, undo, *last), columns)


def whole_script(text: str, due: Due, columns: int) -> list[Line]:
    """A script to read aloud in lines that fit; one to copy as it is, since a line break would be copied too."""
    spoken = SPOKEN.issuperset(due.channels)
    lines = [part for line in text.split("\n") for part in (hanging(line, columns) if spoken else [line])]
    return [Line(""), *map(Line, lines), Line("")]


def help_lines(columns: int) -> list[Line]:
    """What each key does."""
    return [Line(""), *(Line(part) for line in HELP for part in hanging(line, columns)), Line("")]


def ending(work: Worklist, columns: int) -> list[Line]:
    """The end of the list: what was done, what is left, and how to go on."""
    columns = min(max(columns, NARROWEST), WIDEST)
    left, more = len(work.due), len(work.beyond)
    return [
        _rule("the end of the list", "", columns),
        Line(tally(work.done) or "nothing done", "who"),
        *([Line(f"{left} left: n goes through {'it' if left == 1 else 'them'}")] if left else []),
        *(
            [Line(f"{more} more {'is' if more == 1 else 'are'} due: m goes on with {'it' if more == 1 else 'them'}")]
            if more
            else []
        ),
        Line(""),
    ]


def tally(done: Iterable[Done]) -> str:
    """``3 touches logged, 1 snoozed``; empty where nothing was done."""
    number = Counter(one.what for one in done)
    parts = [f"{count(number['logged'], 'touch', 'touches')} logged" if number["logged"] else ""]
    parts += [f"{number[what]} {what}" if number[what] else "" for what in ("snoozed", "skipped")]
    return ", ".join(part for part in parts if part)


class _Card:
    """The parts of a card."""

    def __init__(self, due: Due, rules: Rules, today: date, columns: int) -> None:
        self.due, self.rules, self.today, self.columns = due, rules, today, columns
        self.prospect = due.prospect

    def head(self) -> list[Line]:
        """Who, and what is to be done by when."""
        due, prospect = self.due, self.prospect
        amount = money(prospect.amount, self.rules) if prospect.amount else ""
        row = due_row(due, self.today)
        at = due.facts.appointments[0].time if due.category is Category.APPOINTMENT else None
        what = f"{how(due)} at {at:%H:%M}" if at else how(due)
        owed = "reply owed" if due.reply_to else ""
        unanswered = f"unanswered {due.facts.unanswered}" if due.facts.unanswered else ""
        return [
            *self._joined("who", prospect.name, prospect.role, prospect.company, amount, due.facts.stage.name),
            *self._joined(
                "late" if row.late else "how", what, owed, row.due, unanswered, "gone dark" if due.dark else ""
            ),
        ]

    def facts(self) -> list[Line]:
        due, prospect = self.due, self.prospect
        lines = [] if due.reply_to else self.part(WHY, f"{because(due)} ({', '.join(rules_behind(due))})", 3)
        lines += self.part(WHEN, hours(due))
        for field in dict.fromkeys(filter(None, map(self.rules.needs, due.channels))):
            lines += self.part(field, self._value(field))
        if due.content:
            lines += self.part(BRING, " · ".join(filter(None, (due.content.title, due.content.url))))
        if due.reply_to:
            lines += self.part("they", self._said(due.reply_to), LINES_OF_THEIRS)
        if due.category is Category.APPOINTMENT:
            lines += self.part("about", due.facts.appointments[0].text)
        last = [touch for touch in reversed(due.facts.touches) if touch != due.reply_to][:LAST_TOUCHES]
        for number, touch in enumerate(last):
            most = LINES_OF_THEIRS if touch == due.facts.last_answer else LINES_OF_A_TOUCH
            lines += self.part("" if number else "last", self._said(touch), most)
        for label, text in reason_to_follow_up(prospect):
            lines += self.part(label, text)
        for label, owed in ((WE_OWE, prospect.we_owe), (THEY_OWE, prospect.they_owe)):
            for item in owed:
                lines += self.part(label, self._owed(item))
        return lines

    def script(self, room: int) -> list[Line]:
        """The script as it would be said or written, and where it does not fit, as much as there is room for."""
        made = draft(self.due, self.rules)
        if made is None:
            return []
        lines = [part for line in made.text.split("\n") for part in broken(line, self.columns - _LABEL) or [""]]
        most = max(room, LEAST_OF_A_SCRIPT)
        if len(lines) > most:
            shown = "\n".join(lines[: most - 1]).rstrip("\n").split("\n")
            lines = [*shown, "… (d shows all of it)"]
        return [Line(""), *(Line(line, label="" if number else "script") for number, line in enumerate(lines))]

    def part(self, label: str, text: str, most: int = LINES_OF_A_TOUCH) -> list[Line]:
        """A labelled text in its column; no line where there is no text."""
        columns = self.columns - _LABEL
        lines = shortened(broken(one_line(text, 2000), columns), most, columns)
        return [Line(line, label="" if number else label) for number, line in enumerate(lines)]

    def _joined(self, style: Style, *parts: str | None) -> list[Line]:
        """Parts with dots between them, in as many lines as it takes."""
        lines: list[str] = []
        for part in (one_line(part) for part in parts if part):
            if lines and columns_of(f"{lines[-1]} · {part}") <= self.columns:
                lines[-1] += f" · {part}"
            else:
                lines += broken(part, self.columns)
        return [Line(line, style) for line in lines]

    def _said(self, touch: Touch) -> str:
        theirs = not touch.outbound and touch != self.due.reply_to
        channel = f"they by {touch.channel}" if theirs else touch.channel
        whole = touch in (self.due.reply_to, self.due.facts.last_answer)
        words = " / ".join((touch.text, *touch.body)) if whole else touch.text
        outcomes = "".join(f" #{outcome}" for outcome in touch.outcomes if f"#{outcome}" not in words)
        return f"{short_day(touch.date, self.today)}, {channel}: {words}{outcomes}"

    def _owed(self, item: Owed) -> str:
        since = f"since {short_day(item.since, self.today)}" if item.since else ""
        until = f"until {short_day(item.due, self.today)}" if item.due else ""
        return ", ".join(part for part in (item.text, since, until) if part)

    def _value(self, field: str) -> str:
        return next((value_text(read.value) for read in self.prospect.fields if read.name == field), "")


def _rule(left: str, right: str, columns: int) -> Line:
    """A line across the screen, with words in it."""
    begin, end = f"── {left} ", f" {right} ──" if right else ""
    return Line(begin + "─" * (columns - columns_of(begin + end)) + end, "rule")


def in_columns(words: Iterable[str], columns: int) -> list[Line]:
    """Keys with their words beside one another, two blanks between, in as many lines as it takes."""
    lines = [""]
    for word in filter(None, words):
        if lines[-1] and len(lines[-1]) + 2 + len(word) > columns:
            lines.append("")
        lines[-1] += f"  {word}" if lines[-1] else word
    return [Line(line, "keys") for line in lines]
