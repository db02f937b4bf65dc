"""A cadence note: its steps from the front matter, their scripts from the body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, cast

from msgspec import Struct

from followup_md.model import (
    Block,
    Cadence,
    Duration,
    Field,
    Intent,
    Items,
    Problem,
    Rules,
    Scalar,
    Severity,
    Step,
    Value,
)
from followup_md.reading.dates import read_duration
from followup_md.reading.fields import is_empty
from followup_md.reading.front_matter import Broken, find_block, read_block
from followup_md.reading.outline import split_lines
from followup_md.reading.words import vocabulary

_STEP_KEYS = ("wait", "do", "intent", "roll", "pinned", "when", "once", "rule")
_SAYS_CADENCE = re.compile(r"^(?:type:[\"' ]{0,20}cadence\b|steps:)", re.MULTILINE)
_NUMBER = re.compile(r"##[ \t]+([0-9]{1,3})[ \t]*")
_SUBJECT = re.compile(r"subject:[ \t]*(.*)", re.IGNORECASE)


class _Script(Struct, frozen=True):
    """The script of a step: the subject of its mail ("" for none), and its text."""

    subject: str
    text: str


_NO_SCRIPT = _Script("", "")


class _Wrong(Exception):
    """What is wrong in a cadence, and where."""

    def __init__(self, message: str, line: int, column: int = 1) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


def read_cadences(
    files: Mapping[str, bytes], rules: Rules, built_in: Mapping[str, Cadence]
) -> tuple[dict[str, Cadence], list[Problem]]:
    """The built-in cadences and the user's own; a note of the same name replaces a built-in one.

    A cadence that cannot be read is a problem, and the built-in one of its name stays in force.
    """
    cadences, problems = dict(built_in), []
    places: dict[str, str] = {}
    for path in sorted(files):
        try:
            cadence = _cadence(path, files[path], rules, built_in)
        except _Wrong as wrong:
            problems.append(Problem(path, wrong.line, wrong.column, "cadence-unread", Severity.ERROR, wrong.message))
            continue
        if cadence is None:
            continue
        if cadence.name in places:
            message = f"`{cadence.name}` is the name of {places[cadence.name]} too: that one counts, rename this one"
            problems.append(Problem(path, 1, 1, "cadence-twice", Severity.ERROR, message))
            continue
        places[cadence.name] = path
        cadences[cadence.name] = cadence
    for name, path in places.items():
        if (then := cadences[name].then) and then not in cadences:
            message = f"`then: {then}` names no cadence: write one of {', '.join(sorted(cadences))}"
            problems.append(Problem(path, 1, 1, "cadence-unknown", Severity.ERROR, message))
    return cadences, problems


def read_cadence(path: str, data: bytes, rules: Rules) -> Cadence:
    """One cadence that must be right, such as a built-in one. Raises ``ValueError`` where it is not."""
    try:
        cadence = _cadence(path, data, rules, {})
    except _Wrong as wrong:
        raise ValueError(f"{path}:{wrong.line}: {wrong.message}") from None
    if cadence is None:
        raise ValueError(f"{path}: no cadence")
    return cadence


def _cadence(path: str, data: bytes, rules: Rules, built_in: Mapping[str, Cadence]) -> Cadence | None:
    """The cadence of a note; None where the note is of another type."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _Wrong("the note is not UTF-8 text: save it as UTF-8", data.count(b"\n", 0, error.start) + 1) from None
    fence = find_block(text)
    if fence is None:
        return None
    try:
        fields = {field.key: field for field in read_block(text[fence.start : fence.end], 2, fence.start)}
    except Broken as broken:
        if not _SAYS_CADENCE.search(text[fence.start : fence.end]):
            return None
        raise _Wrong(broken.message, broken.line, broken.column) from None
    if _word(fields.get("type")).casefold() != "cadence":
        return None
    name = (_word(fields.get("name")) or path.rpartition("/")[2].removesuffix(".md")).casefold()
    listed = fields.get("steps")
    if listed is None or not isinstance(listed.value, Items) or not listed.value.items:
        raise _Wrong("a cadence has `steps:`, a list of `{wait: 3d, do: call}`", listed.line if listed else 1)
    scripts = _scripts(text[fence.body :])
    if name in built_in:
        kept = {number: _Script(step.subject, step.script) for number, step in enumerate(built_in[name].steps, 1)}
        scripts = kept | scripts
    steps = tuple(
        _step(item, scripts.get(number, _NO_SCRIPT), rules) for number, item in enumerate(listed.value.items, 1)
    )
    repeat, then = _way_on(fields, len(steps))
    return Cadence(name, steps, repeat, then, path)


def _way_on(fields: dict[str, Field], steps: int) -> tuple[int | None, str | None]:
    """What follows the last step: exactly one of ``then``, ``repeat`` and ``end``."""
    given = [key for key in ("then", "repeat", "end") if key in fields and not is_empty(fields[key].value)]
    if len(given) != 1:
        line = fields[given[1]].line if given else 1
        raise _Wrong("a cadence has exactly one of `then: NAME`, `repeat: N` and `end: true`", line)
    field = fields[given[0]]
    value = field.value.value if isinstance(field.value, Scalar) else None
    if given[0] == "then":
        return None, _word(field).casefold()
    if given[0] == "end":
        if value is not True:
            raise _Wrong("write `end: true`, or how it goes on", field.line)
        return None, None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= steps:
        raise _Wrong(f"`repeat` is how many of the {steps} steps at the end come again: write 1 to {steps}", field.line)
    return value, None


def _step(item: Value, script: _Script, rules: Rules) -> Step:
    """One ``{wait: 3d, do: call | email, intent: value}``."""
    if not isinstance(item, Block):
        raise _Wrong("a step is a map: write `{wait: 3d, do: call}`", item.line, item.column)
    said: dict[str, Field] = {}
    for field in item.fields:
        if field.key not in _STEP_KEYS:
            raise _Wrong(
                f"`{field.key}` is no key of a step: write one of {', '.join(_STEP_KEYS)}", field.line, field.column
            )
        if not isinstance(field.value, Scalar):
            raise _Wrong(f"`{field.key}` is one word: write no list or map", field.line, field.column)
        said[field.key] = field
    wait, wait_at = read_duration(_word(said.get("wait"))), said.get("wait")
    if wait is None:
        raise _Wrong("`wait` is how long after the last round: write 3d, 2w, 1m or 5wd", *_at(wait_at, item))
    channels, together = _channels(said.get("do"), item, rules)
    intent = _one_of(said.get("intent"), ("any", *(intent.value for intent in Intent)))
    when = _one_of(said.get("when"), ("business-hours", "out-of-hours"))
    return Step(
        wait=Duration(wait.count, wait.unit),
        channels=channels,
        together=together,
        intent=Intent(intent) if intent and intent != "any" else None,
        roll_back=_one_of(said.get("roll"), ("back", "forward")) == "back",
        pinned=_flag(said.get("pinned")),
        when=cast(Literal["business-hours", "out-of-hours"] | None, when),
        once=_one_of(said.get("once"), ("dark",)) == "dark",
        rule=_word(said.get("rule")) or None,
        script=script.text,
        subject=script.subject,
    )


def _channels(field: Field | None, item: Block, rules: Rules) -> tuple[tuple[str, ...], bool]:
    """``call``, ``call | email`` (either), ``call + email`` (both), ``any`` (no channels)."""
    text = _word(field)
    if not text:
        raise _Wrong("`do` is the channel of the step: write one, or `any`", *_at(field, item))
    if text.casefold() == "any":
        return (), False
    if "|" in text and "+" in text:
        raise _Wrong("`do` has `|` (either) or `+` (both), not both marks", *_at(field, item))
    known = vocabulary(rules.channels)
    named = []
    for word in text.replace("+", "|").split("|"):
        channel = known.named(word)
        if channel is None:
            raise _Wrong(
                f"`{word.strip()}` names no channel: write one of {', '.join(c.name for c in rules.channels)}",
                *_at(field, item),
            )
        named.append(channel)
    return tuple(named), "+" in text


def _scripts(body: str) -> dict[int, _Script]:
    """The sections ``## 1``, ``## 2`` of a body that have a text, by number."""
    found: dict[int, list[str]] = {}
    current: list[str] | None = None
    for line in split_lines(body):
        if number := _NUMBER.fullmatch(line):
            current = found.setdefault(int(number[1]), [])
        elif line.startswith(("# ", "## ")):
            current = None
        elif current is not None:
            current.append(line)
    scripts = {number: _script("\n".join(lines).strip()) for number, lines in found.items()}
    return {number: script for number, script in scripts.items() if script.text}


def _script(section: str) -> _Script:
    """A script; a first line ``Subject: …`` is the subject of its mail."""
    first, _, rest = section.partition("\n")
    subject = _SUBJECT.fullmatch(first)
    return _Script(subject[1].strip(), rest.strip()) if subject else _Script("", section)


def _word(field: Field | None) -> str:
    return (
        field.value.raw.strip() if field and isinstance(field.value, Scalar) and field.value.value is not None else ""
    )


def _flag(field: Field | None) -> bool:
    if field is None or is_empty(field.value):
        return False
    if isinstance(field.value, Scalar) and isinstance(field.value.value, bool):
        return field.value.value
    raise _Wrong(f"`{field.key}` is true or false", field.line, field.column)


def _one_of(field: Field | None, allowed: tuple[str, ...]) -> str | None:
    word = _word(field)
    if field is None or not word:
        return None
    if word not in allowed:
        raise _Wrong(f"`{field.key}: {word}` is not known: write {' or '.join(allowed)}", field.line, field.column)
    return word


def _at(field: Field | None, item: Block) -> tuple[int, int]:
    return (field.line, field.column) if field else (item.line, item.column)
