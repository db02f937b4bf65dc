"""The keys that a vault's candidates have, and the values of their stage: what they mean, or could mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from msgspec.structs import replace

from followup_md.model import Field, KeyFound, Rules, Scalar, Stage, StageFound, Value
from followup_md.reading import fields as of
from followup_md.reading.dates import read_moment
from followup_md.reading.foreign.sighting import Sighting
from followup_md.reading.foreign.spellings import KEYS, STAGES
from followup_md.reading.note import KIND_KEYS
from followup_md.reading.prospect import stage_written

#: So large a share of a key's values must be what its field holds, for the key to be proposed.
_UNDERSTOOD = 0.8


def keys_found(
    seen: list[Sighting], rules: Rules
) -> tuple[tuple[KeyFound, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """Every key with the field it means, and more key names to propose, by field."""
    known = of.names(rules.field_names)
    foreign = {key: field for field, keys in KEYS.items() for key in keys}
    spelled: dict[str, Counter[str]] = {}
    values: dict[str, list[Value]] = {}
    notes: dict[str, set[str]] = {}
    for one in seen:
        for said in one.fields:
            if not of.is_empty(said.value):
                key = of.key_of(said.key)
                spelled.setdefault(key, Counter())[said.key] += 1
                values.setdefault(key, []).append(said.value)
                notes.setdefault(key, set()).add(one.path)
    taken: dict[str, set[str]] = {}
    for key, spellings in spelled.items():
        if field := of.field_named(next(iter(spellings)), known):
            taken.setdefault(field, set()).update(notes[key])
    found: list[KeyFound] = []
    proposed: dict[str, list[str]] = {}
    for key in sorted(spelled, key=lambda key: (-len(notes[key]), key)):
        written, number = spelled[key].most_common(1)[0][0], len(notes[key])
        if field := "type" if key in KIND_KEYS else of.field_named(written, known):
            found.append(KeyFound(written, number, field, False))
            continue
        if (field := foreign.get(key)) is None:
            found.append(KeyFound(written, number, None, False))
            continue
        why_not = ""
        if notes[key] & taken.get(field, set()):
            why_not = f"another key of the same notes means {field} already"
        elif len(values[key]) - len(unread := _unread(field, values[key])) < _UNDERSTOOD * len(values[key]):
            why_not = f"could mean {field}, but {len(unread)} of its {len(values[key])} values could not be read"
            why_not += f", such as `{unread[0].raw[:40]}`" if isinstance(unread[0], Scalar) else ""
        else:
            taken.setdefault(field, set()).update(notes[key])
            proposed.setdefault(field, []).append(key)
        found.append(KeyFound(written, number, None if why_not else field, not why_not, why_not))
    order = {field: number for number, field in enumerate(of.SYNONYMS)}
    return tuple(found), tuple((field, tuple(proposed[field])) for field in sorted(proposed, key=order.__getitem__))


def stages_found(
    seen: list[Sighting], fields: tuple[tuple[str, tuple[str, ...]], ...], rules: Rules
) -> tuple[tuple[StageFound, ...], tuple[Stage, ...]]:
    """Every value of a stage with what it means, and the stages with words added; none where nothing is to be added."""
    known = of.names((*rules.field_names, *((key, field) for field, keys in fields for key in keys)))
    values: Counter[str] = Counter()
    for one in seen:
        mine = next((field for field in one.fields if _says_stage(field, known)), None)
        if mine and (text := _text(mine.value)):
            values[text] += 1
    found: list[StageFound] = []
    words: dict[str, list[str]] = {}
    for written, notes in values.most_common():
        stage = stage_written(written, rules.stages)
        said = "-".join(written.casefold().replace("_", " ").replace("-", " ").split())
        meant = None if stage else next((name for name, words in STAGES.items() if said in words), None)
        if meant:
            words.setdefault(meant, []).append(written.casefold())
        found.append(StageFound(written, notes, stage.name if stage else meant, meant is not None))
    if not words:
        return tuple(found), ()
    return tuple(found), tuple(
        replace(stage, words=tuple(dict.fromkeys(words.get(stage.name, ())))) for stage in rules.stages
    )


def _says_stage(field: Field, known: dict[str, str]) -> bool:
    return of.field_named(field.key, known) == "stage" and not of.is_empty(field.value)


def _text(value: Value) -> str:
    try:
        return of.as_text(value)
    except of.NotUnderstood:
        return ""


def _unread(field: str, values: list[Value]) -> list[Value]:
    """Those of the values that would not be read as the field's."""
    holds = _HOLDS.get(field, _any)
    return [value for value in values if not holds(value)]


def _is_moment(value: Value) -> bool:
    return read_moment(_text(value)) is not None


def _is_number(value: Value) -> bool:
    try:
        of.as_number(value)
    except of.NotUnderstood:
        return False
    return True


def _any(value: Value) -> bool:
    return True


def _is_text(value: Value) -> bool:
    return isinstance(value, Scalar) and bool(_text(value))


_HOLDS: dict[str, Callable[[Value], bool]] = {
    "next": _is_moment,
    "last_contact": _is_moment,
    "added": _is_moment,
    "amount": _is_number,
    "timezone": _is_text,
    "stage": _is_text,
}
