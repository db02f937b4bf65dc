"""From a file's bytes to what it is: a prospect, a thing worth sending, or nothing of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from followup_md.model import Content, Field, Interaction, Items, Problem, Prospect, Rules, Scalar, Severity
from followup_md.reading import fields as of
from followup_md.reading.conflicts import conflict_base, is_copy_of, marked_line
from followup_md.reading.dates import read_moment
from followup_md.reading.front_matter import Broken, find_block, read_block, unclosed
from followup_md.reading.interaction import TYPE_KEYS, read_interaction
from followup_md.reading.joining import touches_of, with_touches
from followup_md.reading.outline import MAX_LINE, outline, split_lines
from followup_md.reading.prospect import Source, read_prospect
from followup_md.reading.words import stage_named

MAX_BYTES = 1024 * 1024

#: Types that make a note under a prospects folder a prospect; another type is left alone.
PROSPECT_TYPES = frozenset(
    {"prospect", "person", "people", "contact", "lead", "client", "customer", "deal", "prospect-profile"}
    | {"crm-contact", "crm-person", "crm/contact", "crm/person"}
)
#: Keys that may hold what a note is, where the settings name the type; ``kind`` says the channel of an interaction.
KIND_KEYS = TYPE_KEYS | {"kind", "tipo", "typ"}
#: How much of a body may hold tags on lines of their own: so many letters, and lines.
_TOP, _TOP_LINES = 4096, 40
_ABOUT_THE_FOLDER = frozenset({"readme", "index"})
LIBRARY = "library"

# Compiled where needed.
_SAYS_PROSPECT = r"(?im)^[\"']?type[\"']?:[\[\"' -]{0,20}prospect\b"
_SAYS_INTERACTION = (
    r"(?im)^[\"']?type[\"']?:[\[\"' -]{0,20}(?:crm[-/])?(?:interaction|meeting|call)\b",
    r"(?im)^[\"']?(?:contacts?|people|attendees|participants)[\"']?:",
)
_SAYS_LEAVE = r"(?im)^[\"'*]{0,3}(?:do[ _-]?not[ _-]?contact|dnc|opt[ _-]?out|unsubscribed)\b"


class Reading(Struct, frozen=True, array_like=True):
    """What one file turned out to be. ``left_out`` says why a note under a prospects folder is none."""

    path: str
    prospect: Prospect | None = None
    content: Content | None = None
    left_out: str | None = None
    problems: tuple[Problem, ...] = ()
    interaction: Interaction | None = None


def read_prospects(files: Mapping[str, bytes], rules: Rules) -> tuple[list[Prospect], list[Problem]]:
    """All prospects of a vault's files, and all problems; the order of files changes nothing."""
    readings = [read_note(path, files[path], rules) for path in sorted(files)]
    prospects = [reading.prospect for reading in readings if reading.prospect]
    interactions = [reading.interaction for reading in readings if reading.interaction]
    touches, unlinked = touches_of(interactions, prospects, files)
    return (
        [with_touches(one, touches[one.path]) if one.path in touches else one for one in prospects],
        [*(problem for reading in readings for problem in reading.problems), *unlinked],
    )


def read_note(path: str, data: bytes, rules: Rules) -> Reading:
    """Read one file. Never raises on its bytes: what is wrong with them becomes a Problem."""
    inside = is_under(path, rules.prospects)
    in_library = is_under(path, (LIBRARY,))
    stem = path.rpartition("/")[2][:-3]
    if is_copy_of(path, rules.due_file):
        return _copy_of_due(path, rules)
    if not inside and not in_library and not _may_concern_us(data, rules):
        return Reading(path)
    if base := conflict_base(path):
        return _spoiled(
            path,
            "conflict-copy",
            f"this is a sync program's second copy of `{base}`: join the two, then delete one",
            Severity.WARNING,
        )
    text = decoded(path, data)
    if isinstance(text, Problem):
        return Reading(path, problems=(text,))
    if line := marked_line(text):
        return _spoiled(
            path, "note-conflicted", "the note holds merge conflict markers, so it is not read: resolve them", line=line
        )
    front, body, body_line, problems = front_of(path, text)
    types = tuple([field for field in front if of.key_of(field.key) in TYPE_KEYS])
    kinds = kinds_of(types)
    named = "prospect" in kinds or _is_named(front, body, rules)
    is_said = named or not PROSPECT_TYPES.isdisjoint(kinds)
    if types and not is_said and (interaction := read_interaction(path, stem, front, rules)):
        return Reading(path, interaction=interaction)
    if problems and not front and all(re.search(shape, text[: 64 * 1024]) for shape in _SAYS_INTERACTION):
        return Reading(path, problems=tuple(problems))
    if in_library and "content" in kinds:
        return Reading(path, content=_content(path, stem, front, rules), problems=tuple(problems))
    if not inside and not named and not (problems and not front and re.search(_SAYS_PROSPECT, text[: 64 * 1024])):
        return Reading(path)
    if kinds and not is_said:
        return Reading(path, left_out=f"type {kinds[0]}")
    if not named and not kinds and _is_about_folder(path, rules):
        return Reading(path, left_out="about its folder")
    lines, hidden = outline(body, body_line)
    if len(body) > MAX_LINE and (long := {line.number for line in lines if len(line.text) > MAX_LINE}):
        message = "this line is longer than 8 KiB, so it is not read: split it"
        problems += [Problem(path, number, 1, "line-too-long", Severity.ERROR, message) for number in sorted(long)]
        lines = [line for line in lines if line.number not in long]
    prospect, found = read_prospect(Source(path, stem, front, body, lines, hidden), rules)
    if problems and not front and re.search(_SAYS_LEAVE, text[: 64 * 1024]):
        prospect = replace(prospect, do_not_contact=True)  # the block cannot be read, but this much of it is plain
    problems += found
    return Reading(path, prospect, problems=tuple(sorted(problems, key=attrgetter("line", "column"))))


def _is_named(front: tuple[Field, ...], body: str, rules: Rules) -> bool:
    """Whether a type or tag of the note is one that the settings name."""
    if rules.prospect_types and not set(rules.prospect_types).isdisjoint(types_of(front)):
        return True
    return bool(rules.prospect_tags) and any(is_below(tag, rules.prospect_tags) for tag in tags_of(front, body))


def kinds_of(front: tuple[Field, ...]) -> list[str]:
    """What a note says under ``type``, in lower case: in a folder of prospects, this says whether it is one."""
    return [kind.casefold() for field in front if of.key_of(field.key) == "type" for kind in _texts(field)]


def types_of(front: tuple[Field, ...]) -> list[str]:
    """What a note says it is, under any key that says so, in lower case."""
    kinds = [kind for field in front if of.key_of(field.key) in KIND_KEYS for kind in _words(field)]
    return [kind.casefold() for kind in kinds]


def tags_of(front: tuple[Field, ...], body: str) -> list[str]:
    """A note's tags in lower case: those of the front matter, and of lines at the body's top that are tags and nothing else."""
    tags = [tag for field in front if of.key_of(field.key) in ("tags", "tag") for tag in _words(field)]
    if "#" in body:
        for line in split_lines(body[:_TOP])[:_TOP_LINES]:
            words = line.removeprefix("tags::").split()
            if words and all(word[0] == "#" and word[1:2].isalpha() for word in words):
                tags += words
    return [tag.removeprefix("#").casefold() for tag in tags]


def is_below(tag: str, wanted: tuple[str, ...]) -> bool:
    """Whether a tag is one of those, or below one: ``person/work`` is a ``person``."""
    return any(tag == one or tag.startswith(f"{one}/") for one in wanted)


def _is_about_folder(path: str, rules: Rules) -> bool:
    """Whether a note is about the folder it lies in: a README, an index, or ``People/People.md``."""
    folder, _, name = path[:-3].casefold().rpartition("/")
    own = name == folder.rpartition("/")[2] and folder in {one.casefold() for one in rules.prospects}
    return name in _ABOUT_THE_FOLDER or own


def is_under(path: str, folders: Iterable[str]) -> bool:
    """Whether a path lies below one of those folders, without regard to case."""
    return path.casefold().startswith(_beginnings(tuple(folders)))


@lru_cache(maxsize=8)
def _beginnings(folders: tuple[str, ...]) -> tuple[str, ...]:
    """What the paths below those folders begin with, in lower case."""
    return tuple(folder.casefold().strip("/") + "/" for folder in folders)


def _copy_of_due(path: str, rules: Rules) -> Reading:
    """A second copy of DUE.md: its ticks are taken up, and what else is in it only the user can tell."""
    message = (
        f"this is a sync program's second copy of {rules.due_file}, and what is ticked in it is taken up: "
        "keep what you wrote there, then delete it"
    )
    return _spoiled(path, "conflict-copy", message, Severity.WARNING)


def _may_concern_us(data: bytes, rules: Rules) -> bool:
    """A cheap look at a note outside the prospects folders: can it be a prospect, or an interaction, at all?"""
    head = data[: 64 * 1024].removeprefix(b"\xef\xbb\xbf")
    if rules.prospect_tags and b"#" in head:
        return True
    if not head.startswith(b"---"):
        return False
    front = head[: max(head.find(b"\n---", 3), head.find(b"\n...", 3), 0) or len(head)].lower()
    return any(word in front for word in _words_of_ours(rules.prospect_types, rules.prospect_tags))


@lru_cache(maxsize=8)
def _words_of_ours(types: tuple[str, ...], tags: tuple[str, ...]) -> tuple[bytes, ...]:
    """What stands in the front matter of every note that concerns us. Bytes know capitals of ASCII only."""
    plain = [word for word in (*types, *tags) if word.isascii()]
    return (b"prospect", b"interaction", b"meeting", b"call", *(word.encode() for word in plain)) + (
        (b"",) if len(plain) < len(types) + len(tags) else ()
    )


def _spoiled(path: str, code: str, message: str, severity: Severity = Severity.ERROR, line: int = 1) -> Reading:
    return Reading(path, problems=(Problem(path, line, 1, code, severity, message),))


def decoded(path: str, data: bytes) -> str | Problem:
    """The text of a note, or why there is none."""

    def problem(line: int, code: str, message: str) -> Problem:
        return Problem(path, line, 1, code, Severity.ERROR, message)

    if len(data) > MAX_BYTES:
        return problem(1, "note-too-large", "the note is larger than 1 MiB, so it is not read: split it")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return problem(1, "note-not-utf8", "the note is UTF-16 text: save it as UTF-8")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        return problem(
            line, "note-damaged", "the note holds NUL bytes, as a crash leaves them: restore it from git or a backup"
        )
    try:
        text = data.decode("utf-8")
        return text if "\n" in text else text.replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return problem(line, "note-not-utf8", "the note is not UTF-8 text here: save it as UTF-8")


def front_of(path: str, text: str) -> tuple[tuple[Field, ...], str, int, list[Problem]]:
    """The front matter's fields, the body with its first line's number, and what is wrong with the block."""
    fence = find_block(text)
    if fence is None:
        problems = []
        if unclosed(text):
            message = "the front matter begins here and is never closed: write `---` on a line of its own below it"
            problems.append(Problem(path, 1, 1, "front-matter-not-closed", Severity.ERROR, message))
        return (), text.removeprefix("\ufeff"), 1, problems
    body, body_line = text[fence.body :], fence.body_line
    try:
        return read_block(text[fence.start : fence.end], 2, fence.start), body, body_line, []
    except Broken as broken:
        return (
            (),
            body,
            body_line,
            [Problem(path, broken.line, broken.column, broken.code, Severity.ERROR, broken.message)],
        )


def _texts(field: Field) -> tuple[str, ...]:
    try:
        return of.as_texts(field.value)
    except of.NotUnderstood:
        return ()


def _words(field: Field) -> tuple[str, ...]:
    try:
        return of.as_words(field.value)
    except of.NotUnderstood:
        return ()


def _content(path: str, stem: str, front: tuple[Field, ...], rules: Rules) -> Content:
    """A thing worth sending: its title is the file's name, as links name it."""
    by_key: dict[str, Field] = {}
    for field in front:
        by_key.setdefault(of.key_of(field.key), field)

    def words(key: str) -> frozenset[str]:
        field = by_key.get(key)
        texts = (
            _texts(field) if field and isinstance(field.value, (Scalar, Items)) and not of.is_empty(field.value) else ()
        )
        return frozenset(
            part.strip().removeprefix("#").casefold() for text in texts for part in text.split(",") if part.strip()
        )

    days: list[date] = []
    for key in ("date", "added", "created", "published"):
        dated = by_key.get(key)
        if dated and isinstance(dated.value, Scalar) and (moment := read_moment(dated.value.raw)):
            days.append(moment[0])
    url = by_key.get("url")
    link = url.value.raw.strip() if url and isinstance(url.value, Scalar) else ""
    stages = frozenset(stage.name if (stage := stage_named(word, rules.stages)) else word for word in words("for"))
    return Content(path, stem, words("tags"), stages, link or None, days[0] if days else None)
