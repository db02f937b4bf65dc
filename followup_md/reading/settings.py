"""``followup.toml``: every key optional; an unknown key or a wrong type is an error with its line."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from followup_md.model import Channel, Duration, Problem, Rules, Severity, Stage, StageKind
from followup_md.reading.builtins import CHANNELS, DEFAULTS, STAGES
from followup_md.reading.dates import read_day, read_duration
from followup_md.reading.fields import SYNONYMS
from followup_md.reading.words import words_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_PROBLEMS = 20
_LONG = dict(zip(WEEKDAYS, ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), strict=True))
_ADDRESSES = ("phone", "email", "linkedin", "address", "website")
_LOG_KEYS = {"headings": "log_headings", "pressing": "pressing_words"}
_STAGE_KEYS = ("name", "kind", "cadence", "expected", "words")


class _Wrong(Exception):
    """A value of the wrong kind: what to write instead."""


def read_settings(text: str, path: str = "followup.toml") -> tuple[Rules, list[Problem]]:
    """The rules of a settings file. With a problem the rules are not to be used."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line ([0-9]+), column ([0-9]+)\)", str(error))
        line, column = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 1)
        what = str(error).partition(" (at ")[0]
        return DEFAULTS, [
            Problem(path, line, column, "settings-broken", Severity.ERROR, f"no TOML here ({what}): mend this line")
        ]
    except (ValueError, RecursionError):
        message = "the settings hold a number or a nesting beyond all measure: remove it"
        return DEFAULTS, [Problem(path, 1, 1, "settings-broken", Severity.ERROR, message)]
    problems: list[Problem] = []

    def wrong(keys: tuple[str, ...], message: str, number: int = 0) -> None:
        problems.append(Problem(path, line_of(text, keys, number), 1, "settings-wrong", Severity.ERROR, message))

    changes: dict[str, Any] = {}
    for key, value in table.items():
        if len(problems) >= MOST_PROBLEMS:
            break
        try:
            if key in _TABLES:
                _TABLES[key](value, changes, wrong)
            elif key in _KEYS:
                changes[key] = _KEYS[key](value)
            else:
                wrong((key,), f"`{key}` is no setting{_nearest(key, [*_KEYS, *_TABLES])}")
        except _Wrong as error:
            wrong((key,), f"`{key}` {error}")
    return (DEFAULTS, problems) if problems else (replace(DEFAULTS, **changes), [])


# --------------------------------------------------------------------------- values


def _folders(value: object) -> tuple[str, ...]:
    written = [folder.replace("\\", "/") for folder in _texts(value)]
    folders = tuple(folder.strip("/") for folder in written)
    if any(
        folder.startswith("/") or not folder.strip("/.") or ":" in folder or ".." in folder.split("/")
        for folder in written
    ):
        raise _Wrong("names folders inside the vault: write them without `..` and not empty")
    return folders


def _some_folders(value: object) -> tuple[str, ...]:
    if not (folders := _folders(value)):
        raise _Wrong('names the folders of your prospects: write at least one, such as ["Prospects"]')
    return folders


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _Wrong('is a list of texts: write ["one", "two"]')
    return tuple(value)


def _words(value: object) -> tuple[str, ...]:
    """Types or tags, as they are compared; a tag with or without ``#``."""
    words = tuple(text.strip().removeprefix("#").casefold() for text in _texts(value))
    if not all(words):
        raise _Wrong('has an empty text: write ["person", "client"]')
    return words


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Wrong('is a text: write it in quotes, "like this"')
    return value


def _file(value: object) -> str:
    name = _text(value)
    if "/" in name or "\\" in name or not name.endswith(".md") or name.startswith(".") or not name.isprintable():
        raise _Wrong('is a file at the top of the vault: write a name such as "DUE.md"')
    return name


def _timezone(value: object) -> str:
    zone = _text(value)
    if not re.fullmatch(r"[A-Za-z_]{1,30}(?:/[A-Za-z0-9_+-]{1,30}){0,2}", zone):
        raise _Wrong('is no time zone: write a name such as "Europe/Berlin"')
    return zone


def _workdays(value: object) -> frozenset[int]:
    written = [day.casefold() for day in _texts(value)]
    days = [day[:3] for day in written]
    if not days or any(
        short not in _LONG or day not in (short, _LONG[short]) for day, short in zip(written, days, strict=True)
    ):
        raise _Wrong('lists the days you work: write some of "mon", "tue", "wed", "thu", "fri", "sat", "sun"')
    return frozenset(WEEKDAYS.index(day) for day in days)


def _ranges(value: object) -> tuple[tuple[date, date], ...]:
    if not isinstance(value, list) or not all(isinstance(item, (str, date)) for item in value):
        raise _Wrong('is a list of days: write ["2026-12-25", "2026-12-24/2027-01-01"]')
    ranges = []
    for item in value:
        written = item.isoformat() if isinstance(item, date) else item
        first, _, last = written.partition("/") if isinstance(written, str) else ("", "", "")
        start, end = read_day(first.strip()), read_day((last or first).strip())
        if start is None or end is None or end < start:
            raise _Wrong(f'has `{item}`, which is no day: write "2026-12-25", or "2026-12-24/2027-01-01" for several')
        ranges.append((start, end))
    return tuple(ranges)


def _whole(least: int) -> Callable[[object], int]:
    def convert(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= 1_000_000:
            raise _Wrong(f"is a whole number, {least} or more")
        return value

    return convert


def _share(value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise _Wrong("is a share between 0 and 1: write 0.7")
    return Fraction(str(value))


def _duration(value: object) -> Duration:
    duration = read_duration(value) if isinstance(value, str) else None
    if duration is None:
        raise _Wrong('is a duration: write "3d" (days), "2w" (weeks), "1m" (months) or "5wd" (working days)')
    return duration


_KEYS: dict[str, Callable[[object], object]] = {
    "prospects": _some_folders,
    "prospect_types": _words,
    "prospect_tags": _words,
    "exclude": _folders,
    "due_file": _file,
    "timezone": _timezone,
    "workdays": _workdays,
    "holidays": _ranges,
    "away": _ranges,
    "daily_capacity": _whole(0),
    "horizon": _duration,
    "reply_within": _duration,
    "min_gap": _duration,
    "max_rounds_per_week": _whole(1),
    "dark_after": _whole(1),
    "value_share": _share,
    "colleague_hold": _duration,
    "out_of_office": _duration,
    "attribution": _duration,
    "my_name": _text,
    "currency": _text,
}


# --------------------------------------------------------------------------- tables

_Tell = Callable[..., None]


def _fields(value: object, changes: dict[str, Any], wrong: _Tell) -> None:
    """``[fields]``: more key names, ``next = ["wiedervorlage"]``."""
    pairs: list[tuple[str, str]] = []
    for field, keys in _table(value).items():
        if field not in SYNONYMS:
            wrong(("fields", field), f"`{field}` is no field{_nearest(field, list(SYNONYMS))}")
            continue
        try:
            pairs += [(key, field) for key in _texts(keys)]
        except _Wrong as error:
            wrong(("fields", field), f"`{field}` {error}")
    changes["field_names"] = tuple(pairs)


def _log(value: object, changes: dict[str, Any], wrong: _Tell) -> None:
    """``[log]``: more headings of the touch log, more words that press (R12)."""
    for key, texts in _table(value).items():
        if key not in _LOG_KEYS:
            wrong(("log", key), f"`{key}` is no setting of [log]{_nearest(key, list(_LOG_KEYS))}")
            continue
        try:
            changes[_LOG_KEYS[key]] = _texts(texts)
        except _Wrong as error:
            wrong(("log", key), f"`{key}` {error}")


def _channels(value: object, changes: dict[str, Any], wrong: _Tell) -> None:
    """``[channels.NAME]``: more channels, or more words for a built-in one."""
    channels = {channel.name: channel for channel in CHANNELS}
    for name, settings in _table(value).items():
        if words_of(name) != [name]:
            wrong(("channels", name), f"`{name}` is no channel's name: write one word in lower case")
            continue
        known = channels.get(name, Channel(name, ()))
        words, needs = known.words, known.needs
        for key, setting in _table(settings).items():
            try:
                if key == "words":
                    words += _texts(setting)
                elif key == "needs":
                    needs = _text(setting)
                    if needs not in _ADDRESSES:
                        raise _Wrong(f"is the field it needs: write one of {', '.join(_ADDRESSES)}")
                else:
                    wrong(
                        ("channels", name, key),
                        f"`{key}` is no setting of a channel{_nearest(key, ['words', 'needs'])}",
                    )
            except _Wrong as error:
                wrong(("channels", name, key), f"`{key}` {error}")
        channels[name] = Channel(name, words, needs)
    changes["channels"] = tuple(channels.values())


def _stages(value: object, changes: dict[str, Any], wrong: _Tell) -> None:
    """``[[stages]]``: replaces the built-in stages, in order."""
    if not isinstance(value, list) or not all(isinstance(stage, dict) for stage in value):
        raise _Wrong("is a list of tables: write [[stages]] before each")
    stages: list[Stage] = []
    for number, table in enumerate(value):

        def tell(key: str, message: str, number: int = number) -> None:
            wrong(("stages", key), message, number)

        for key in table:
            if key not in _STAGE_KEYS:
                tell(key, f"`{key}` is no setting of a stage{_nearest(key, list(_STAGE_KEYS))}")
        try:
            stages.append(_stage(table))
        except _Wrong as error:
            tell("name", str(error))
    names = [stage.name for stage in stages]
    if len(set(names)) < len(names):
        wrong(("stages",), "two stages have one name: rename one of them")
    if len(stages) == len(value) and not any(stage.kind is StageKind.OPEN for stage in stages):
        wrong(("stages",), 'none of the stages is open: give one `kind = "open"`')
    changes["stages"] = tuple(stages)


def _stage(table: dict[str, Any]) -> Stage:
    if not isinstance(name := table.get("name"), str) or not name.strip() or not name.isprintable():
        raise _Wrong('a stage has a name: write `name = "proposal"`')
    key = "-".join(name.casefold().replace("_", " ").replace("-", " ").split())
    if not key:
        raise _Wrong(f'`{name}` names no stage: write `name = "proposal"`')
    built_in = next((stage for stage in STAGES if stage.name == key), None)
    kind = table.get("kind", built_in.kind.value if built_in else "open")
    if kind not in ("open", "won", "lost"):
        raise _Wrong(f'`kind` of stage {name} is "open", "won" or "lost"')
    by_kind = {"open": "new-lead", "won": "won", "lost": "lost"}[kind]
    cadence = table.get("cadence", built_in.cadence if built_in else by_kind)
    if not isinstance(cadence, str):
        raise _Wrong(f"`cadence` of stage {name} is a text: write a cadence's name in quotes")
    try:
        words = _texts(table.get("words", []))
        expected = _share(table["expected"]) if "expected" in table else None
    except _Wrong as error:
        raise _Wrong(f"a setting of stage {name} {error}") from None
    added = tuple("-".join(word.casefold().replace("_", " ").replace("-", " ").split()) for word in words)
    words_in_all = added + (built_in.words if built_in else ())
    return Stage(key, StageKind(kind), cadence.casefold(), expected, words_in_all)


_TABLES: dict[str, Callable[[object, dict[str, Any], _Tell], None]] = {
    "fields": _fields,
    "log": _log,
    "channels": _channels,
    "stages": _stages,
}


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Wrong("is a table: write its name in brackets on a line of its own")
    return value


def _nearest(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, 1, 0.5)
    return f": did you mean `{near[0]}`?" if near else f": write one of {', '.join(known)}"


def line_of(text: str, keys: tuple[str, ...], number: int = 0) -> int:
    """The line where a key stands: ``("fields", "next")`` is ``next =`` under ``[fields]``.

    ``number`` picks one of several ``[[tables]]``. Where the key itself is not found, its table's line.
    """
    table: tuple[str, ...] = ()
    best, seen = 1, -1
    for line, written in enumerate(text.split("\n"), 1):
        bare = written.strip()
        if bare.startswith("["):
            table = tuple(part.strip().strip("\"'") for part in bare.partition("#")[0].strip("[] ").split("."))
            if bare.startswith("[[") and table == keys[:1]:
                seen += 1
            if keys[: len(table)] == table and (not bare.startswith("[[") or seen == number):
                best = line
                if table == keys:
                    return line
            continue
        key = tuple(part.strip().strip("\"'") for part in bare.partition("=")[0].split("."))
        if (
            "=" in bare
            and (*table, *key) == keys[: len(table) + len(key)]
            and (seen in (-1, number) or table != keys[:1])
        ):
            if len(table) + len(key) >= len(keys) or (len(key) == 1 and table == keys[:-1]):
                return line
            best = line
    return best
