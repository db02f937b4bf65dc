"""Setting a field of the front matter: its value's span is replaced, or one line is added. Clearing it: the span goes."""

from __future__ import annotations

import json
import re

from followup_md.editing.lines import split_keeping_ends
from followup_md.errors import Refused
from followup_md.model import Block, ClearField, Field, Rules, Scalar, SetField
from followup_md.reading.core_schema import core_value
from followup_md.reading.fields import NESTS, field_named, is_empty, key_of, names
from followup_md.reading.front_matter import Broken, Fence, find_block, read_block, unclosed

_PLAIN = re.compile(r"[A-Za-z0-9](?:(?<=[0-9]):(?=[0-9])|[^\x00-\x1f:#\"'\[\]{}|>&*!%@`\\])*")


def set_field(text: str, change: SetField, rules: Rules) -> str:
    """The text with the field set. Raises ``Refused``, with the line, where that is not one value's place."""
    fence = _fence(text)
    if fence is None:
        bom = "\ufeff" if text.startswith("\ufeff") else ""
        end = split_keeping_ends(text).end
        return f"{bom}---{end}{change.field}: {scalar(change.value)}{end}---{end}{text.removeprefix(bom)}"
    fields = _fields(text, fence)
    field = _field(fields, change.field, rules)
    if field is not None:
        return _replaced(text, field, change.value)
    if (written := _one_piece(text[fence.start : fence.end], fields)) is not None:
        raise Refused("the front matter is not written line by line: set the field by hand", written)
    lines = split_keeping_ends(text)
    closing = fence.body_line - 2
    return lines.with_inserted(closing, [f"{change.field}: {scalar(change.value)}"])


def clear_field(text: str, change: ClearField, rules: Rules) -> str:
    """The text without any value of the field. Raises ``Refused``, with the line, where one is no plain value."""
    fence = _fence(text)
    if fence is None:
        return text
    top, inside = _meaning(_fields(text, fence), change.field, rules)
    for field in sorted((*top, *inside), key=lambda field: field.span, reverse=True):
        if not is_empty(field.value):
            _refuse_unless_plain(text, field)
            start, end = field.span
            kept = text[:start] if text[end : end + 1] in (",", "}") else text[:start].rstrip(" \t")
            text = kept + text[end:]
    return text


def _fence(text: str) -> Fence | None:
    """Where the block stands; None where there is none. Raises ``Refused`` where it never ends."""
    fence = find_block(text)
    if fence is None and unclosed(text):
        raise Refused("the front matter is never closed: close it with `---` first")
    return fence


def _fields(text: str, fence: Fence) -> tuple[Field, ...]:
    """The fields of the block. Raises ``Refused`` where it cannot be read."""
    try:
        return read_block(text[fence.start : fence.end], 2, fence.start)
    except Broken as broken:
        raise Refused(f"{broken.message}; then run it again", broken.line) from None


def _one_piece(block: str, fields: tuple[Field, ...]) -> int | None:
    """The line of a block that is one value (``{name: x}``, ``{}``), below which no field can be added."""
    if any(field.column == 1 for field in fields):
        return None
    lines = enumerate(block.split("\n"), 2)
    return next((number for number, line in lines if line.strip() and not line.lstrip().startswith("#")), None)


def _field(fields: tuple[Field, ...], name: str, rules: Rules) -> Field | None:
    """The key that holds the field, as the reader would choose it; an empty one where no other is there."""
    top, nested = _meaning(fields, name, rules)
    inside = [field for field in nested if not is_empty(field.value)]
    filled = [field for field in top if not is_empty(field.value)]
    exact = [field for field in filled if field.key == name] or [f for f in filled if key_of(f.key) == key_of(name)]
    return next(iter([*exact, *filled, *inside, *top]), None)


def _meaning(fields: tuple[Field, ...], name: str, rules: Rules) -> tuple[list[Field], list[Field]]:
    """The keys that mean the field: on top, and in maps such as ``deal``."""
    known = names(rules.field_names)
    nested = [
        inner
        for field in fields
        if key_of(field.key) in NESTS and isinstance(field.value, Block)
        for inner in field.value.fields
    ]
    top = [field for field in fields if field_named(field.key, known) == name]
    return top, [field for field in nested if field_named(field.key, known) == name]


def _replaced(text: str, field: Field, value: str) -> str:
    start, end = field.span
    written = text[start:end]
    _refuse_unless_plain(text, field)
    quote = written[:1] if written[:1] in ("'", '"') and not {"'", '"', "\\"} & set(value) else ""
    new = f"{quote}{value}{quote}" if quote else scalar(value)
    blank = " " if start and text[start - 1] == ":" else ""
    return f"{text[:start]}{blank}{new}{text[end:]}"


def _refuse_unless_plain(text: str, field: Field) -> None:
    written = text[slice(*field.span)]
    plain = isinstance(field.value, Scalar) or is_empty(field.value)
    if not plain or "\n" in written or written[:1] in ("|", ">"):
        raise Refused(f"`{field.key}` holds more than one plain value: set it by hand", field.line)


def scalar(value: str) -> str:
    """A text as YAML 1.2 reads it back: plain where that is safe, else in double quotes."""
    plain = _PLAIN.fullmatch(value) and value == value.strip() and core_value(value) == value
    return value if plain else json.dumps(value, ensure_ascii=False)
