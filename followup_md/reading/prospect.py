"""A note's fields and sections, put together to a Prospect."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from functools import lru_cache
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from followup_md.model import (
    Block,
    Entry,
    Field,
    Items,
    NextDate,
    Owed,
    Problem,
    Prospect,
    ReadField,
    Rules,
    Scalar,
    Severity,
    Stage,
    Touch,
    Value,
)
from followup_md.reading import fields as of
from followup_md.reading import log, owed
from followup_md.reading.dates import iso_moment, read_moment, year_last
from followup_md.reading.entry import read_entry, split_head, take_apart
from followup_md.reading.outline import BOLD_RANK, Line, Unclosed, heading_name, sections
from followup_md.reading.stamp import Stamp, Unread, read_stamp
from followup_md.reading.table import dated_rows, is_log_header
from followup_md.reading.words import hinted, may_say_more, read_head, seems_theirs, stage_named, vocabulary

_ZONE = r"[A-Za-z_]{1,30}(?:/[A-Za-z0-9_+-]{1,30}){0,2}"
#: What stands in each body with an inline field: in its line there is ``::``, perhaps once a comment is taken out.
_MAY_BE_INLINE = re.compile(":[:<%]")
_DECORATION = re.compile(r"^[^\w]+")

#: Problems that say what an entry's words may mean; the entry was read.
HINTS = frozenset({"direction-not-clear", "outcome-not-tagged"})

T = TypeVar("T")


class Source(Struct, frozen=True):
    """What is known of a note before its meaning: path, stem, front matter, body, its lines."""

    path: str
    stem: str
    front: tuple[Field, ...]
    body: str
    lines: list[Line]
    unclosed: Unclosed | None


def read_prospect(source: Source, rules: Rules) -> tuple[Prospect, list[Problem]]:
    """The prospect of a note, and everything in it that could not be read."""
    reader = _Reader(source, rules)
    return reader.prospect(), reader.problems


class _Reader:
    """One note while it is read: its known fields, and the problems met so far."""

    def __init__(self, source: Source, rules: Rules) -> None:
        self.source, self.rules = source, rules
        self.problems: list[Problem] = []
        self.read: list[ReadField] = []
        self.kinds = section_kinds(rules.log_headings)
        self.known = vocabulary(rules.channels)
        self.fields = self._collect()

    def problem(self, line: int, column: int, code: str, message: str, severity: Severity = Severity.ERROR) -> None:
        self.problems.append(Problem(self.source.path, line, column, code, severity, message))

    def _collect(self) -> dict[str, Field]:
        known = of.names(self.rules.field_names)
        found, twice = of.collect(self.source.front, known)
        for both in twice:
            self.problem(
                both.ignored.line,
                both.ignored.column,
                "field-twice",
                f"`{both.ignored.key}` and `{both.kept.key}` (line {both.kept.line}) both mean {both.field}: "
                f"`{both.kept.key}` counts, remove the other",
                Severity.WARNING,
            )
        if _MAY_BE_INLINE.search(self.source.body):
            lines = [(line.number, line.text) for line in self.source.lines if "::" in line.text]
            for name, field in of.inline_fields(self._outside_log(lines), known):
                found.setdefault(name, field)
        return found

    def _outside_log(self, lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
        """Those of the lines that stand in no log section."""
        if not lines:
            return []
        logged = {
            line.number
            for kind, _, inside in sections(self.source.lines, self.kinds)
            if kind == "log"
            for line in inside
        }
        return [(number, text) for number, text in lines if number not in logged]

    # ------------------------------------------------------------------ fields

    def _take(self, name: str, convert: Callable[[Value], T], shown: Callable[[T], object] | None = None) -> T | None:
        """A field's value, noted for ``show``; None where it is missing or not understood."""
        field = self.fields.get(name)
        if field is None:
            return None
        try:
            value = convert(field.value)
        except of.NotUnderstood as wrong:
            raw = f": {field.value.raw}" if isinstance(field.value, Scalar) else ""
            self.problem(field.line, field.column, "field-not-understood", f"`{field.key}{raw}` {wrong}")
            return None
        plain = shown(value) if shown else value
        if isinstance(plain, tuple) and not isinstance(field.value, Items) and len(plain) == 1:
            plain = plain[0]
        if plain not in ("", ()):
            self.read.append(ReadField(name, plain, field.line))  # type: ignore[arg-type]
        return value

    def _text(self, name: str) -> str | None:
        field = self.fields.get(name)
        if field is None:
            return None
        if not isinstance(field.value, Scalar):
            return self._take(name, of.as_text) or None
        text = of.link_text(field.value.raw)  # which is always understood
        if text:
            self.read.append(ReadField(name, text, field.line))
        return text or None

    def _texts(self, name: str) -> tuple[str, ...]:
        return (self._take(name, of.as_texts) or ()) if name in self.fields else ()

    def _moment(self, name: str) -> tuple[date, time | None] | None:
        return self._take(name, _as_moment, lambda found: iso_moment(*found)) if name in self.fields else None

    def _day(self, name: str) -> date | None:
        moment = self._moment(name)
        return moment[0] if moment else None

    def _next(self) -> NextDate | None:
        moment = self._moment("next")
        return NextDate(*moment, self.fields["next"].line) if moment else None

    def _channels(self, name: str) -> tuple[str, ...]:
        return (self._take(name, self._as_channels) or ()) if name in self.fields else ()

    def _as_channels(self, value: Value) -> tuple[str, ...]:
        words = of.as_words(value)
        named = [self.known.named(word) for word in words]
        if None in named:
            wrong = words[named.index(None)]
            raise of.NotUnderstood(
                f"names no channel (`{wrong}`): write one of {', '.join(c.name for c in self.rules.channels)}"
            )
        return tuple(channel for channel in named if channel)

    def _refused(self) -> bool:
        """Whether they want to be left alone; what we cannot read under that key may say so."""
        refused = self._take("do_not_contact", of.as_flag)
        return refused if refused is not None else "do_not_contact" in self.fields

    def _stage(self) -> tuple[str | None, bool]:
        """The stage's name, and whether one is written that nobody knows."""
        text = self._text("stage")
        if text is None:
            return None, "stage" in self.fields
        stage = stage_written(text, self.rules.stages)
        if stage is None:
            field = self.fields["stage"]
            self.problem(
                field.line,
                field.column,
                "stage-unknown",
                f"`{field.key}: {text}` names no stage, so the prospect is planned as contacted: "
                f"write one of {', '.join(known.name for known in self.rules.stages)}, or make it a word for one in "
                "followup.toml",
            )
            return None, True
        return stage.name, False

    # ------------------------------------------------------------------ the whole

    def prospect(self) -> Prospect:
        entries, they_owe, we_owe = self._body()
        # the fields are taken in the order of the documentation, in which ``show`` lists them
        name, company, role = self._text("name"), self._text("company"), self._text("role")
        emails, phones, linkedin = self._texts("email"), self._texts("phone"), self._text("linkedin")
        self._text("website")
        address, timezone = self._text("address"), self._take("timezone", _as_timezone)
        stage, stage_unknown = self._stage()
        cadence, promised, snooze_until = self._text("cadence"), self._next(), self._day("snooze_until")
        owner, amount = self._text("owner"), self._take("amount", of.as_number)
        decision_maker = self._take("decision_maker", _as_flag_or_text)
        prefers, avoid, refused = self._channels("prefers"), self._channels("avoid"), self._refused()
        pain, opportunity = self._text("pain"), self._text("opportunity")
        self._text("source")
        added, last_contact = self._day("added"), self._day("last_contact")
        tags, aliases = self._take("tags", of.as_words) or (), self._texts("aliases")
        self._texts("type")
        return Prospect(
            path=self.source.path,
            name=name or self.source.stem,
            fields=tuple(self.read),
            company=company,
            emails=emails,
            phones=phones,
            linkedin=linkedin,
            address=address,
            timezone=timezone,
            stage=stage,
            stage_unknown=stage_unknown,
            cadence=(cadence or "").casefold() or None,
            next=promised,
            snooze_until=snooze_until,
            owner=owner,
            amount=amount,
            decision_maker=decision_maker,
            prefers=prefers,
            avoid=avoid,
            do_not_contact=refused,
            pain=pain,
            opportunity=opportunity,
            role=role,
            added=added,
            last_contact=last_contact,
            tags=tuple([tag.removeprefix("#") for tag in tags]),
            log=entries,
            they_owe=they_owe,
            we_owe=we_owe,
            aliases=aliases,
        )

    def _body(self) -> tuple[tuple[Entry, ...], tuple[Owed, ...], tuple[Owed, ...]]:
        placed: list[log.Placed] = self._interactions()
        they_owe, we_owe = self._waiting_on(), []
        found_sections = list(sections(self.source.lines, self.kinds))
        for kind, heading, section in found_sections:
            if kind == "they-owe":
                they_owe += owed.read_owed(section)
            elif kind == "we-owe":
                we_owe += owed.read_owed(section)
            else:
                for found in log.read_log(as_section(section, heading.rank), self.known, self.rules.stages):
                    if isinstance(found, log.Placed):
                        placed.append(found)
                    else:
                        self.problem(found.line, found.column, found.code, found.message)
        if unclosed := self.source.unclosed:
            self.problem(
                unclosed.number,
                1,
                "comment-not-closed",
                f"what begins here is never closed (`{unclosed.mark}` is missing), so nothing below is read: close it",
            )
        if not any(kind == "log" for kind, *_ in found_sections) and not placed:
            self._look_for_a_lost_log()
        entries = log.in_order(self._without_twins(placed))
        self._hint(entries)
        return entries, tuple(sorted(they_owe, key=lambda item: item.line)), tuple(we_owe)

    def _waiting_on(self) -> list[Owed]:
        field = self.fields.get("waiting_on")
        return owed.read_waiting_on(field.value) if field else []

    def _interactions(self) -> list[log.Placed]:
        """``interactions:`` in the front matter: maps with a date, a text and a channel, or texts."""
        field = self.fields.get("interactions")
        if field is None:
            return []
        placed = []
        for item in field.value.items if isinstance(field.value, Items) else (field.value,):
            entry = self._interaction(item)
            if isinstance(entry, Unread):
                self.problem(item.line, item.column, entry.code, entry.message)
            else:
                placed.append(log.Placed(entry, item.line))
        return placed

    def _interaction(self, item: Value) -> Entry | Unread:
        known, stages = self.known, self.rules.stages
        missing = Unread("touch-no-date", "this interaction has no date: write `date: YYYY-MM-DD` and `text:`")
        if isinstance(item, Scalar):
            stamp = read_stamp(item.raw) or missing
            if isinstance(stamp, Unread):
                return stamp
            return read_entry(stamp, take_apart(item.raw[stamp.rest :], item.line, known), item.line, (), known, stages)
        if not isinstance(item, Block):
            return missing
        said = {of.key_of(f.key): f.value.raw.strip() for f in item.fields if isinstance(f.value, Scalar)}
        stamp = read_stamp(said.get("date", "")) or missing
        if isinstance(stamp, Unread):
            return stamp
        head = " ".join(part for key in ("type", "channel", "direction") if (part := said.get(key)))
        parts = take_apart(said.get("text") or said.get("summary") or "", item.line, known, head=head)
        return read_entry(stamp, parts, item.line, (), known, stages)

    def _without_twins(self, placed: list[log.Placed]) -> list[log.Placed]:
        """An id names one touch: say where two carry the same, and take a doubled line once."""
        first: dict[str, Touch] = {}
        kept = []
        for found in placed:
            entry = found.entry
            other = first.setdefault(entry.id, entry) if isinstance(entry, Touch) and entry.id else entry
            if not isinstance(entry, Touch) or not isinstance(other, Touch) or other is entry:
                kept.append(found)
                continue
            same = replace(other, line=entry.line) == entry
            todo = "it is counted once, remove one of them" if same else "give this touch an id of its own, or none"
            message = f"`^{entry.id}` stands on line {other.line} too: {todo}"
            self.problem(entry.line, 1, "touch-id-twice", message, Severity.WARNING)
            if not same:
                kept.append(found)
        return kept

    def _hint(self, entries: tuple[Entry, ...]) -> None:
        """Words that seem to say what only a tag can set."""
        for entry in entries:
            if not isinstance(entry, Touch) or not may_say_more(entry.text):
                continue
            if entry.outbound and seems_theirs(entry.text) and not entry.answer:
                message = f"this seems to be theirs, and counts as ours: write `{entry.channel} in:` before it if it is"
                self.problem(entry.line, 1, "direction-not-clear", message, Severity.WARNING)
            if outcome := hinted(entry.text, entry.outcomes):
                message = f"this seems to say {outcome}, which only a tag can set: add `#{outcome}` if it does"
                self.problem(entry.line, 1, "outcome-not-tagged", message, Severity.INFO)

    def _look_for_a_lost_log(self) -> None:
        """Dated lines under a heading that is not known as the log's: say so, where the note has no log.

        Two of them are a log, or one that names its channel as touches do, or a row of a log's table.
        """
        owed_lines = {line.number for *_, inside in sections(self.source.lines, self.kinds) for line in inside}
        dated: list[Line] = []
        sure = in_log_table = False
        for line in self.source.lines:
            if line.number in owed_lines:
                continue
            text = line.text.lstrip("> \t") if line.text.startswith(">") else line.text
            row = "|" in text and not line.rank
            in_log_table = row and (in_log_table or is_log_header(text))
            if in_log_table and dated_rows(iter((text,))):
                dated.append(line)
                sure = True
            elif text[:1] in "-*+#[2" or line.rank:
                bare = text.lstrip("-*+ ")
                stamp = read_stamp(bare, 0)
                if isinstance(stamp, Stamp):
                    dated.append(line)
                    head = read_head(split_head(bare[stamp.rest :], self.known)[0], self.known)
                    sure = sure or (head.bare and head.channel is not None)
        if sure or len(dated) > 1:
            message = (
                "dated lines stand here under no heading of the touch log, so they are not read: "
                "put `## Touches` above them, or add their heading to `[log] headings` in followup.toml"
            )
            self.problem(dated[0].number, 1, "log-not-found", message, Severity.WARNING)


def _as_moment(value: Value) -> tuple[date, time | None]:
    text = of.as_text(value)
    moment = read_moment(text)
    if moment is None:
        last = year_last(text)
        raise of.NotUnderstood(last[1] if last else "is no date: write a real one, or leave it empty")
    return moment


def _as_timezone(value: Value) -> str:
    zone = of.as_text(value)
    if not re.fullmatch(_ZONE, zone):
        raise of.NotUnderstood("is no time zone: write a name such as Europe/Berlin")
    return zone


def _as_flag_or_text(value: Value) -> str | bool:
    try:
        return of.as_flag(value)
    except of.NotUnderstood:
        return of.as_text(value)


def stage_written(text: str, stages: tuple[Stage, ...]) -> Stage | None:
    """The stage that a field names; an emoji before it is left out."""
    return stage_named(_DECORATION.sub("", text), stages)


@lru_cache(maxsize=8)
def section_kinds(added: tuple[str, ...]) -> dict[str, str]:
    """Which heading begins which kind of section: log, they-owe, we-owe."""
    kinds = dict.fromkeys(owed.THEY_OWE, "they-owe")
    kinds |= dict.fromkeys(owed.WE_OWE, "we-owe")
    kinds |= dict.fromkeys(log.HEADINGS, "log")
    return kinds | {heading_name(name): "log" for name in added}


def as_section(section: list[Line], rank: int) -> list[Line]:
    """A section's lines; a bold line inside a real section is a heading only if it is a date."""
    if rank == BOLD_RANK:
        return section
    return [
        Line(line.number, f"**{line.text}**") if line.rank == BOLD_RANK and read_stamp(line.text, 0) is None else line
        for line in section
    ]
