"""A new prospect's note: its file name, and its text through the front matter's own handler."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from frontmatter import Post, dumps

from followup_md.errors import Refused
from followup_md.model import Rules
from followup_md.reading.handler import FrontMatterHandler
from followup_md.reading.note import read_note

_UNSAFE = re.compile(r"[/\\:*?\"<>|#^\[\]]+")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_MOST_BYTES = 120
EMPTY_LOG = "## Touches"


def file_name(name: str) -> str:
    """A file name that every system and Obsidian's links can hold: ``A/B: C?`` is ``A B C``."""
    plain = unicodedata.normalize("NFC", name)
    shown = "".join(letter if unicodedata.category(letter)[0] not in "CZ" else " " for letter in plain)
    words = " ".join(_UNSAFE.sub(" ", shown).split()).lstrip(".-~#_ ")
    while len(words.encode()) > _MOST_BYTES:
        words = words[:-1]
    words = words.rstrip(". ")
    if not words or words.casefold() in ("due", "stats") or _DEVICES.fullmatch(words):
        words = f"Prospect {words}".strip()
    return words


#: What a field of a new note may be given.
Given = str | int | float | date | list[str]


def new_note(path: str, fields: Mapping[str, Given], added: date, rules: Rules, body: str = EMPTY_LOG) -> bytes:
    """The note's bytes: its fields, the day it was taken on, and an empty log, or another body.

    It is read back before it is written. Raises ``Refused`` where it would not be read as a prospect,
    or only with a problem: the file's name means something else, or a value cannot stand in a field.
    """
    for key, value in fields.items():
        if any("\ud800" <= letter <= "\udfff" for letter in str(value)):
            raise Refused(f"{path}: nothing was written, since the {key} given holds bytes that are no UTF-8")
    post = Post(body)
    post.metadata = {"type": "prospect", **fields, "added": added}
    note = f"{dumps(post, handler=FrontMatterHandler())}\n".encode()
    read = read_note(path, note, rules)
    if read.problems:
        raise Refused(f"{path}: nothing was written, since the note could not be read ({read.problems[0].message})")
    if read.prospect is None:
        raise Refused(f"{path}: nothing was written, since this would be no prospect's note: give another name")
    return note
