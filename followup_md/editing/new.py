"""A new prospect's note: its file name, and its text through the front matter's own handler."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from frontmatter import Post, dumps

from followup_md.reading.handler import FrontMatterHandler

_UNSAFE = re.compile(r"[/\\:*?\"<>|#^\[\]]+")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_MOST_BYTES = 120


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


def new_note(name: str, fields: dict[str, str], added: date) -> bytes:
    """The note's bytes: its fields, the day it was taken on, and an empty log."""
    post = Post("## Touches")
    post.metadata = {"type": "prospect", "name": name, **fields, "added": added}
    return f"{dumps(post, handler=FrontMatterHandler())}\n".encode()
