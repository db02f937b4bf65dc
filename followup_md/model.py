"""Every type that travels between the rooms, on one page.

Values are frozen: reading makes them, planning compares them, pages print them.
Lines and columns count from 1. Paths are relative to the vault, with ``/``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from msgspec import Struct, field

# --------------------------------------------------------------------------- words of the field


class Severity(StrEnum):
    """How much a problem costs: an error means that something was not read."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Direction(StrEnum):
    """Who wrote: ``out`` is us, ``in`` is them."""

    IN = "in"
    OUT = "out"


class Intent(StrEnum):
    """What an outbound touch was for (R9 balances value and ask)."""

    VALUE = "value"
    ASK = "ask"
    CHASE = "chase"
    THANKS = "thanks"


class Outcome(StrEnum):
    """What came of a touch."""

    NO_ANSWER = "no-answer"
    VOICEMAIL = "voicemail"
    ANSWERED = "answered"
    BOUNCED = "bounced"
    OOO = "ooo"
    NO_SHOW = "no-show"
    CANCELLED = "cancelled"
    BOOKED = "booked"
    HELD = "held"
    DECLINED = "declined"
    REFERRAL = "referral"


class StageKind(StrEnum):
    """Whether a stage is still open, or how it ended."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Category(StrEnum):
    """Why a touch is due, in the order of a day (RULES: ranking)."""

    REPLY_OWED = "reply-owed"
    PROMISED = "promised"
    APPOINTMENT = "appointment"
    THANK_NOTE = "thank-note"
    ITEMS = "items"
    CLOSING = "closing"
    CADENCE = "cadence"
    DARK = "dark"


class Duration(Struct, frozen=True):
    """``3d`` days, ``2w`` weeks, ``1m`` months, ``5wd`` working days."""

    count: int
    unit: Literal["d", "w", "m", "wd"]

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    @property
    def days(self) -> Fraction:
        """Its length in days, for comparing: a month is 30, five working days are 7."""
        return self.count * {"d": Fraction(1), "w": Fraction(7), "m": Fraction(30), "wd": Fraction(7, 5)}[self.unit]


class Channel(Struct, frozen=True):
    """A way to reach somebody: its name, the words that mean it, the field it needs."""

    name: str
    words: tuple[str, ...]
    needs: str | None = None


class Stage(Struct, frozen=True):
    """A stage of the pipeline; ``expected`` is the healthy share that goes on from here."""

    name: str
    kind: StageKind
    cadence: str
    expected: Fraction | None = None
    words: tuple[str, ...] = ()


# --------------------------------------------------------------------------- what a note says


class Problem(Struct, frozen=True, array_like=True):
    """Something that could not be read, or looks wrong: where, what, and what to do."""

    path: str
    line: int
    column: int
    code: str
    severity: Severity
    message: str
    fix: bool = False

    @property
    def hint(self) -> bool:
        """Whether it only points something out."""
        return self.severity is Severity.INFO


class Scalar(Struct, frozen=True):
    """A YAML scalar: ``value`` by the YAML 1.2 core schema, ``raw`` as it stands."""

    value: str | int | float | bool | None
    raw: str
    line: int
    column: int


class Items(Struct, frozen=True):
    """A YAML list."""

    items: tuple[Value, ...]
    line: int
    column: int


class Block(Struct, frozen=True):
    """A YAML map."""

    fields: tuple[Field, ...]
    line: int
    column: int


Value = Scalar | Items | Block


class Field(Struct, frozen=True):
    """One key of the front matter; ``span`` is the value's place in the note's text."""

    key: str
    value: Value
    line: int
    column: int
    span: tuple[int, int]


class NextDate(Struct, frozen=True, array_like=True):
    """A day that was promised, with the time where one was named; ``path`` as an entry's."""

    day: dt.date
    at: dt.time | None
    line: int
    path: str | None = None


class Touch(Struct, frozen=True, array_like=True, tag=True):
    """One dated line of the touch log that reached them, or came from them.

    ``back`` is the day that an out-of-office reply names; ``body`` the lines that belong to it. ``path``, as of every
    entry, is the note where it stands, if that is not the prospect's own.
    """

    # Every rule asks whose touch it was: comparing words takes a third of the time of naming an enum's member.

    date: dt.date
    time: dt.time | None
    channel: str
    direction: Direction
    intent: Intent | None
    outcomes: tuple[Outcome, ...]
    text: str
    line: int
    id: str | None = None
    next: NextDate | None = None
    back: dt.date | None = None
    body: tuple[str, ...] = ()
    path: str | None = None

    @property
    def answer(self) -> bool:
        """Whether they answered with it: they wrote, they picked up, or we met."""
        if self.channel == "meeting":
            return Outcome.NO_SHOW not in self.outcomes and Outcome.CANCELLED not in self.outcomes
        if self.direction == "in":
            return Outcome.OOO not in self.outcomes and Outcome.BOUNCED not in self.outcomes
        return "answered" in self.outcomes

    @property
    def outbound(self) -> bool:
        return self.direction == "out"


class StageChange(Struct, frozen=True, array_like=True, tag=True):
    """A ``stage:`` line; it comes last on its day."""

    date: dt.date
    time: dt.time | None
    stage: str
    reason: str
    line: int
    id: str | None = None
    next: NextDate | None = None
    path: str | None = None


class Skip(Struct, frozen=True, array_like=True, tag=True):
    """A ``skip:`` line: a cadence step left out on purpose."""

    date: dt.date
    time: dt.time | None
    text: str
    line: int
    id: str | None = None
    next: NextDate | None = None
    path: str | None = None


class Snooze(Struct, frozen=True, array_like=True, tag=True):
    """A ``snooze:`` line: the record of a snooze."""

    date: dt.date
    time: dt.time | None
    until: dt.date | None
    line: int
    id: str | None = None
    next: NextDate | None = None
    text: str = ""
    path: str | None = None


class Remark(Struct, frozen=True, array_like=True, tag=True):
    """A ``note:`` line: something to remember, nothing that reached anybody."""

    date: dt.date
    time: dt.time | None
    text: str
    line: int
    id: str | None = None
    next: NextDate | None = None
    path: str | None = None


Entry = Touch | StageChange | Skip | Snooze | Remark


class Owed(Struct, frozen=True, array_like=True):
    """An open item: promised by them, or by us."""

    text: str
    since: dt.date | None
    due: dt.date | None
    line: int


class ReadField(Struct, frozen=True, array_like=True):
    """A field as understood: canonical name, plain value for JSON, and its line."""

    name: str
    value: str | int | float | bool | tuple[str, ...]
    line: int


class Prospect(Struct, frozen=True, array_like=True):
    """What one note says. ``log`` runs from the oldest entry to the newest."""

    path: str
    name: str
    fields: tuple[ReadField, ...] = ()
    company: str | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    linkedin: str | None = None
    address: str | None = None
    timezone: str | None = None
    stage: str | None = None
    stage_unknown: bool = False
    cadence: str | None = None
    next: NextDate | None = None
    snooze_until: dt.date | None = None
    owner: str | None = None
    amount: int | float | None = None
    decision_maker: str | bool | None = None
    prefers: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    do_not_contact: bool = False
    pain: str | None = None
    opportunity: str | None = None
    role: str | None = None
    added: dt.date | None = None
    last_contact: dt.date | None = None
    tags: tuple[str, ...] = ()
    log: tuple[Entry, ...] = ()
    they_owe: tuple[Owed, ...] = ()
    we_owe: tuple[Owed, ...] = ()
    aliases: tuple[str, ...] = ()

    def line_of(self, field: str) -> int:
        """The line where a field stands; 1 where the note does not have it."""
        for read in self.fields:
            if read.name == field:
                return read.line
        return 1

    def has(self, field: str) -> bool:
        return field in [read.name for read in self.fields]

    def place_of(self, entry: Entry | NextDate) -> str:
        """Where an entry of the log, or a next date, stands: ``path:line``."""
        return f"{entry.path or self.path}:{entry.line}"


class Linked(Struct, frozen=True, array_like=True):
    """Somebody whom an interaction names. ``link``: as ``[[a link]]``, which leads to a note; else a name in plain text."""

    target: str
    line: int
    link: bool


class Interaction(Struct, frozen=True, array_like=True):
    """A touch kept as a note of its own, and whom it names. ``entry`` is None where its date cannot be read.

    ``sure``: its type says that and nothing else, as ``interaction`` does and ``meeting`` does not.
    """

    path: str
    entry: Touch | Remark | None
    people: tuple[Linked, ...]
    sure: bool
    problems: tuple[Problem, ...] = ()


class Content(Struct, frozen=True, array_like=True):
    """Something worth sending: a note of the library."""

    path: str
    title: str
    tags: frozenset[str]
    stages: frozenset[str]
    url: str | None
    day: dt.date | None


class Step(Struct, frozen=True):
    """One step of a cadence. No channels: any. Intent None: any. ``subject`` is its mail's, where the script has one."""

    wait: Duration
    channels: tuple[str, ...]
    together: bool
    intent: Intent | None
    roll_back: bool
    pinned: bool
    when: Literal["business-hours", "out-of-hours"] | None
    once: bool
    rule: str | None
    script: str
    subject: str = ""


class Cadence(Struct, frozen=True):
    """A list of steps and what follows: ``repeat`` the last N, ``then`` another, or the end."""

    name: str
    steps: tuple[Step, ...]
    repeat: int | None
    then: str | None
    path: str


# --------------------------------------------------------------------------- settings


class Rules(Struct, frozen=True):
    """Everything that may differ between two users: settings, stages, cadences, library."""

    stages: tuple[Stage, ...]
    channels: tuple[Channel, ...]
    prospects: tuple[str, ...] = ("Prospects",)
    exclude: tuple[str, ...] = ("Templates",)
    due_file: str = "DUE.md"
    timezone: str | None = None
    workdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    holidays: tuple[tuple[dt.date, dt.date], ...] = ()
    away: tuple[tuple[dt.date, dt.date], ...] = ()
    daily_capacity: int = 20
    horizon: Duration = Duration(7, "d")
    reply_within: Duration = Duration(1, "wd")
    min_gap: Duration = Duration(2, "d")
    max_rounds_per_week: int = 2
    dark_after: int = 5
    value_share: Fraction = Fraction(7, 10)
    colleague_hold: Duration = Duration(1, "w")
    out_of_office: Duration = Duration(2, "w")
    attribution: Duration = Duration(21, "d")
    my_name: str | None = None
    currency: str = ""
    prospect_types: tuple[str, ...] = ()
    prospect_tags: tuple[str, ...] = ()
    field_names: tuple[tuple[str, str], ...] = ()
    log_headings: tuple[str, ...] = ()
    pressing_words: tuple[str, ...] = ()
    cadences: Mapping[str, Cadence] = field(default_factory=dict)
    library: tuple[Content, ...] = ()

    def stage(self, name: str) -> Stage | None:
        """The stage of that canonical name."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        return None

    def needs(self, channel: str) -> str | None:
        """The field that a channel needs."""
        for known in self.channels:
            if known.name == channel:
                return known.needs
        return None


# --------------------------------------------------------------------------- a vault that was not made for us


class Proposal(Struct, frozen=True):
    """What is proposed for ``followup.toml``; empty means the default. ``fields``: ``(field, more keys)``."""

    prospects: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()
    headings: tuple[str, ...] = ()
    channels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    stages: tuple[Stage, ...] = ()


class Candidate(Struct, frozen=True):
    """A note that looks like a prospect, and why."""

    path: str
    why: tuple[str, ...]


class LeftAlone(Struct, frozen=True):
    """Notes that look like none, and why."""

    reason: str
    paths: tuple[str, ...]


class KeyFound(Struct, frozen=True):
    """A key of the candidates: the field it means (None: the user's own), and why not, if it could mean one.

    ``proposed``: it means that only with what is proposed.
    """

    key: str
    notes: int
    field: str | None
    proposed: bool
    why_not: str = ""


class LogFound(Struct, frozen=True):
    """Dated lines of one shape under one heading (None: under none). ``known``: the heading is one without settings."""

    heading: str | None
    shape: str
    read: int
    unread: int
    notes: int
    known: bool
    proposed: bool


class StageFound(Struct, frozen=True):
    """A value of the candidates' stage, and the stage it means (None: none)."""

    written: str
    notes: int
    stage: str | None
    proposed: bool


class Survey(Struct, frozen=True):
    """What a vault that was not made for us holds, and what is proposed."""

    notes: int
    candidates: tuple[Candidate, ...]
    others: tuple[LeftAlone, ...]
    interactions: tuple[str, ...]
    keys: tuple[KeyFound, ...]
    logs: tuple[LogFound, ...]
    stages: tuple[StageFound, ...]
    proposal: Proposal


# --------------------------------------------------------------------------- changes


class SetField(Struct, frozen=True):
    """Give a field of the front matter a value, written as plain text (``2026-12-01``, ``proposal``)."""

    field: str
    value: str


class ClearField(Struct, frozen=True):
    """Take a field's value out of the front matter; its key stays."""

    field: str


class AddEntry(Struct, frozen=True):
    """Add a line to the touch log: ``DAY [AT] HEAD: TEXT #tags [next:: DAY] ^id``."""

    day: dt.date
    head: str
    text: str = ""
    at: dt.time | None = None
    tags: tuple[str, ...] = ()
    next: dt.date | None = None
    id: str | None = None


Change = SetField | ClearField | AddEntry


class Edit(Struct, frozen=True):
    """The changes that one note is to get, and why."""

    path: str
    changes: tuple[Change, ...]
    why: str


Mark = Literal["done", "snooze", "skip", "unknown"]


class Tick(Struct, frozen=True):
    """A box of DUE.md that is no longer open.

    ``path`` is the note that the item's first link names, ``done`` the day of a ``✅``. ``text`` is
    what the user wrote behind the id or below the item, ``lines`` are its parts; of a snooze, ``when``
    is what stands behind the id, and no part of that. ``written`` is the whole item as it stands, ``head``
    what stands behind its box where there is no id. ``joined``: two boxes stand in one line, so ``id`` is None.
    """

    line: int
    mark: Mark
    id: str | None
    path: str | None
    done: dt.date | None
    text: str
    when: str
    written: str
    lines: tuple[str, ...] = ()
    head: str = ""
    joined: bool = False


class LeftTick(Struct, frozen=True):
    """A tick that cannot be taken up, why, and the day that it counts for."""

    tick: Tick
    path: str | None
    why: str
    day: dt.date | None = None


# --------------------------------------------------------------------------- the plan


class Reason(Struct, frozen=True):
    """Why: the rule's number, a sentence, and ``path:line`` of what it was computed from."""

    rule: str
    text: str
    at: tuple[str, ...] = ()


class Hold(Struct, frozen=True):
    """No touch before ``until``; reported while that is ahead."""

    until: dt.date
    reason: Literal["snoozed", "out-of-office", "colleague"]
    text: str
    at: tuple[str, ...] = ()


class Facts(Struct, frozen=True):
    """What the log says as of a day; what lies ahead is apart from what took place.

    ``closed_by`` is what closed the prospect: a ``stage:`` line, or the touch with their no.
    ``stage_by_hand``: front matter and log disagree on the stage, so the property was edited.
    """

    log: tuple[Entry, ...]
    touches: tuple[Touch, ...]
    appointments: tuple[Touch, ...]
    ahead: tuple[Entry, ...]
    last: Touch | None
    last_answer: Touch | None
    last_round: dt.date | None
    rounds: int
    unanswered_rounds: tuple[dt.date, ...]
    stage: Stage
    stage_line: StageChange | None
    stage_by_hand: bool
    declined: Touch | None

    @property
    def open(self) -> bool:
        """Whether the stage is open and they have not said no."""
        return self.declined is None and self.stage.kind == "open"

    @property
    def closed_by(self) -> StageChange | Touch | None:
        if self.declined or self.stage.kind is StageKind.OPEN or self.stage_by_hand:
            return self.declined
        return self.stage_line

    @property
    def unanswered(self) -> int:
        return len(self.unanswered_rounds)


class Position(Struct, frozen=True):
    """A step in force: the cadence it belongs to, its number there (from 1), and the step."""

    cadence: str
    number: int
    step: Step


class Due(Struct, frozen=True):
    """The next touch of one prospect, and why. ``reply_to``: what they wrote, where a reply is owed."""

    prospect: Prospect
    facts: Facts
    on: dt.date
    category: Category
    position: Position | None
    channels: tuple[str, ...]
    together: bool
    intent: Intent | None
    hold: Hold | None
    dark: bool
    content: Content | None
    reply_to: Touch | None
    id: str
    overdue_days: int
    why: tuple[Reason, ...]


class CompanyAnswer(Struct, frozen=True):
    """The newest answer at a company: whose it was, when, and where it stands (``path:line``)."""

    path: str
    name: str
    date: dt.date
    place: str


class Planned(Struct, frozen=True):
    """What a touch was computed from besides day and rules, and the touch (None: none)."""

    prospect: Prospect
    company_answer: CompanyAnswer | None
    due: Due | None


class Plan(Struct, frozen=True):
    """A day: who is due (ranked), who comes after, who waits. ``items`` holds every one.

    ``rules`` and ``planned`` are what it was made of, so that the next plan can be made from it.
    """

    today: dt.date
    items: tuple[Due, ...]
    replies: tuple[Due, ...]
    due: tuple[Due, ...]
    next_in_line: tuple[Due, ...]
    upcoming: tuple[Due, ...]
    waiting: tuple[Due, ...]
    dark: tuple[Due, ...]
    held: tuple[Due, ...]
    open: int
    rules: Rules
    planned: tuple[Planned, ...]
