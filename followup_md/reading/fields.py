"""The front matter's fields: which key means which, and what its value is.

A key is compared by its words, so ``Next Contact``, ``next_contact`` and ``nextContact`` are one.
The canonical name beats its synonyms; an empty value is the same as no key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from followup_md.model import Block, Field, Items, Scalar, Value

SYNONYMS: dict[str, tuple[str, ...]] = {
    "name": (),
    "company": ("organization", "organisation", "org"),
    "role": ("title", "position", "job-title"),
    "email": ("e-mail", "mail", "emails"),
    "phone": ("tel", "mobile", "phones"),
    "linkedin": (),
    "website": (),
    "address": (),
    "timezone": ("tz",),
    "stage": ("status", "deal-stage", "pipeline-stage", "lifecycle-stage"),
    "cadence": (),
    "next": (
        "next-contact",
        "next-followup",
        "followup",
        "followup-date",
        "next-follow-up",
        "follow-up",
        "follow-up-date",
        "next-action-date",
        "next-touch",
    ),
    "snooze_until": ("snooze", "snoozed-until", "paused-until"),
    "owner": ("assigned-to",),
    "amount": ("deal-value", "deal-amount", "value"),
    "decision_maker": (),
    "prefers": (),
    "avoid": (),
    "do_not_contact": ("dnc", "opt-out", "unsubscribed"),
    "pain": (),
    "opportunity": (),
    "source": ("lead-source", "referred-by"),
    "added": ("created", "date-added"),
    "last_contact": ("last-contacted", "last-touch", "last-touch-date"),
    "tags": (),
    "aliases": ("alias",),
    "type": (),
    "interactions": (),
    "waiting_on": (),
}

#: Maps whose keys are read as if they stood on top, where the top has none.
NESTS = frozenset({"contact", "person", "pipeline", "deal", "crm"})

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_INLINE = r"[ \t]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)?\[?([A-Za-z*_][\w *_-]{0,60})::[ \t]*(\S.*)"
_LINK = r"\[\[([^\[\]|]*)(?:\|([^\[\]]*))?\]\]"  # compiled where needed: most values have none


@lru_cache(maxsize=1024)
def key_of(written: str) -> str:
    """A key as it is compared: words in lower case with ``-`` between."""
    split = _CAMEL.sub("-", written.replace("*", "").strip())
    return "-".join(split.casefold().replace("_", " ").replace("-", " ").split())


@lru_cache(maxsize=8)
def names(added: tuple[tuple[str, str], ...] = ()) -> dict[str, str]:
    """Which compared key means which field. ``added``: more ``(key, field)`` pairs, from the settings."""
    known = {synonym: field for field, synonyms in SYNONYMS.items() for synonym in synonyms}
    known |= {key_of(key): field for key, field in added}
    return known | {key_of(field): field for field in SYNONYMS}


def field_named(written: str, known: dict[str, str]) -> str | None:
    """The field that a key means, or None: ``linkedIn`` is compared with and without its camel case."""
    if found := known.get(written):
        return found
    return known.get(key_of(written)) or known.get(key_of(written.casefold()))


class Twice(Struct, frozen=True):
    """Two keys that mean one field: which one counts, and which one does not."""

    field: str
    kept: Field
    ignored: Field


def collect(fields: tuple[Field, ...], known: dict[str, str]) -> tuple[dict[str, Field], list[Twice]]:
    """The known fields of a block by canonical name, and keys that mean the same field twice."""
    found: dict[str, Field] = {}
    twice: list[Twice] = []

    nests: list[Block] = []
    for field in fields:
        name = known.get(field.key) or field_named(field.key, known)
        if name and not is_empty(field.value) and found.setdefault(name, field) is not field:
            _take_closer(field, name, found, twice)
        if isinstance(field.value, Block) and key_of(field.key) in NESTS:
            nests.append(field.value)
    top = frozenset(found) if nests else ()
    for nest in nests:
        for inner in nest.fields:
            name = field_named(inner.key, known)
            if not name or name in top or is_empty(inner.value):
                continue
            if found.setdefault(name, inner) is not inner:
                _take_closer(inner, name, found, twice)
    return found, twice


def _take_closer(field: Field, name: str, found: dict[str, Field], twice: list[Twice]) -> None:
    """Of a field and the one that was found before it, take the one whose key is closer to the name, else the first."""
    first = found[name]
    kept, ignored = (field, first) if _closeness(field.key, name) > _closeness(first.key, name) else (first, field)
    found[name] = kept
    if not _say_the_same(kept.value, ignored.value):
        twice.append(Twice(name, kept, ignored))


def _say_the_same(one: Value, other: Value) -> bool:
    """Whether two values say one thing: a text, or the list of it alone."""
    try:
        return as_texts(one) == as_texts(other)
    except NotUnderstood:
        return False


def _closeness(key: str, name: str) -> int:
    """How near a key is to the canonical name: the name itself, another spelling of it, a synonym."""
    return 2 if key == name else 1 if key_of(key) == key_of(name) else 0


def inline_fields(lines: Iterable[tuple[int, str]], known: dict[str, str]) -> Iterator[tuple[str, Field]]:
    """Dataview fields that stand alone on a line or in a list item and mean one of ours: ``Stage:: proposal``."""
    for field in inline_keys(lines):
        if name := field_named(field.key, known):
            yield name, field


def inline_keys(lines: Iterable[tuple[int, str]]) -> Iterator[Field]:
    """All Dataview fields that stand alone on a line or in a list item, whatever they mean."""
    for number, text in lines:
        if "::" in text and (found := re.fullmatch(_INLINE, text)):
            raw = found[2].strip()
            raw = raw.removesuffix("]") if raw.count("[") < raw.count("]") else raw
            column = found.start(2) + 1
            yield Field(found[1], Scalar(raw, raw, number, column), number, column, (0, 0))


def is_empty(value: Value) -> bool:
    """Whether a value says nothing: ``next:``, ``""``, ``[]``, ``{}``, ``null``, ``~``."""
    if isinstance(value, Scalar):
        return value.value is None or not value.raw.strip()
    return all(map(is_empty, value.items)) if isinstance(value, Items) else not value.fields


class NotUnderstood(Exception):
    """A value that is not of its field's kind: what is wrong and what to write."""


def link_text(raw: str) -> str:
    """A text with its ``[[links]]`` as what they show: the alias, else the note's own name."""
    return re.sub(_LINK, _shown, raw).strip() if "[[" in raw else raw.strip()


def _shown(link: re.Match[str]) -> str:
    path = link[1].partition("#")[0].rstrip("/")
    return (link[2] or path.rpartition("/")[2].removesuffix(".md") or link[1]).strip()


def as_text(value: Value) -> str:
    """One text. ``[[Acme]]`` without quotes is a list in a list to YAML, and a link to everybody else."""
    if isinstance(value, Scalar):
        return link_text(value.raw)
    match value:
        case Items(items=(Items(items=(Scalar() as inner,)),)):
            return link_text(f"[[{inner.raw}]]")
        case Items(items=(Scalar() as only,)):
            return link_text(only.raw)
    raise NotUnderstood("is a list or map: write one text")


def as_texts(value: Value) -> tuple[str, ...]:
    """Texts: one, a list of them, or a list of maps with ``value``."""
    if isinstance(value, Items):
        return tuple([text for item in value.items if not is_empty(item) for text in _one_of(item)])
    return _one_of(value)


def _one_of(item: Value) -> tuple[str, ...]:
    if isinstance(item, Block):
        found = next((field.value for field in item.fields if key_of(field.key) == "value"), None)
        if isinstance(found, Scalar):
            return (found.raw.strip(),)
        raise NotUnderstood("is a map without `value`: write the text, or `value: …`")
    if isinstance(item, Scalar):
        return (link_text(item.raw),)
    return (as_text(item),)


def as_words(value: Value) -> tuple[str, ...]:
    """Texts, where one text may hold several with commas between (``tags: a, b``)."""
    return tuple([word for text in as_texts(value) for part in text.split(",") if (word := part.strip())])


def as_flag(value: Value) -> bool:
    """True or false; ``yes``, ``on`` and ``x`` are what people write for true."""
    if isinstance(value, Scalar):
        if isinstance(value.value, bool):
            return value.value
        said = value.raw.strip().casefold()
        if said in ("true", "yes", "y", "on", "x", "1"):
            return True
        if said in ("false", "no", "n", "off", "0"):
            return False
    raise NotUnderstood("is neither true nor false: write one of them")


_THOUSANDS_OR_NOT = r"[0-9]{1,3}\.[0-9]{3}"
_NUMBER = r"[-+]?(?:[0-9]{1,15}|[0-9]{1,3}(?:[,_'’ ][0-9]{3}){1,4})(?:\.[0-9]{1,9})?"


def _two_ways(raw: str) -> str:
    """``12.500`` is twelve and a half thousand to some, twelve and a half to others."""
    digits = "".join(letter for letter in raw if letter in "0123456789.")
    return f"may be read two ways: write {digits.replace('.', '')}, or {float(digits):g} with one or two decimals"


def as_number(value: Value) -> int | float:
    """A number; a currency sign around it and thousands marked by ``,`` are left out."""
    if isinstance(value, Scalar) and not isinstance(value.value, bool):
        if isinstance(value.value, (int, float)):
            number = value.value
            if re.fullmatch(_THOUSANDS_OR_NOT, value.raw.strip()):
                raise NotUnderstood(_two_ways(value.raw))
            if abs(number) < 1e15:  # neither infinite nor no number at all
                return int(number) if number == int(number) else number
        bare = (
            value.raw.strip()
            .strip("€$£¥ ")
            .removeprefix("EUR")
            .removesuffix("EUR")
            .removeprefix("USD")
            .removesuffix("USD")
            .strip()
        )
        if re.fullmatch(_THOUSANDS_OR_NOT, bare):
            raise NotUnderstood(_two_ways(value.raw))
        if re.fullmatch(_NUMBER, bare):
            number = float(re.sub("[,_'’ ]", "", bare))
            return int(number) if number == int(number) else number
    raise NotUnderstood("is no number: write digits only, such as 12000")
