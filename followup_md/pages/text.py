"""Foreign text made harmless: for a terminal, for one line of Markdown, for a link."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote

#: The tab, and joiners that letters of some scripts need; other invisible characters are shown.
_JOINERS = frozenset("\t\u200c\u200d\ufe0f\ufe0e")
_HIDDEN = frozenset({"Cc", "Cs", "Co", "Cf", "Zl", "Zp"})

#: What Markdown, Obsidian, Dataview, GitHub or the Tasks plugin could take for a mark of theirs.
#: Marks that mean something in one place only are left alone elsewhere: ``R&D``, ``50%``, ``first_last``.
_MARK = (  # compiled where needed: most texts have none
    r"(?i)[<\[\]#*`~^$\\@📅⏳✅➕🛫🔁❌🆔⛔🔺⏫🔼🔽⏬]"
    r"|&(?=#|[A-Za-z0-9]+;)|%(?=%)|(?<=%)%|=(?==)|(?<==)=|(?<![^\W_])_|_(?![^\W_])"
    r"|:(?=//|:)|(?<=:):|(?<=\bwww)\."
)
#: Text that surely has no such mark. Most has none, and telling so takes a tenth of the time of looking for each.
_PLAIN = re.compile(r"(?:[0-9A-Za-zÀ-ɏ ,;!?'\"()/+“”„‘’–—…·-]++|(?<![wW]{3})\.|:(?![:/]))*+")
_PLAIN_LINK = re.compile(r"[^\x00-\x1f\x7f|#^\[\]<>%`\\]+")
#: Entities are not read inside a wikilink, so marks in its text become look-alikes.
_IN_ALIAS = str.maketrans({"[": "(", "]": ")", "|": "/", "`": "'", "\\": "/"})
_FULL_WIDTH = 0xFEE0


def safe(text: str) -> str:
    """A text for the terminal: control, bidirectional and other hidden characters are shown, not sent."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter in _JOINERS or unicodedata.category(letter) not in _HIDDEN else _shown(letter)
        for letter in text
    )


def _shown(letter: str) -> str:
    code = ord(letter)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def one_line(text: str, length: int = 160) -> str:
    """A text on one line, cut with an ellipsis."""
    line = safe(" ".join(text.split()))
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def inert(text: str, length: int = 160) -> str:
    """A text for one line of Markdown, in which nothing can act: no link, tag, task, heading, HTML."""
    return _text_part(one_line(text, length))


def quoted(text: str, length: int = 120) -> str:
    """Somebody's words in quotation marks, inert."""
    return f'"{inert(text.strip().strip(_QUOTES).strip(), length)}"'


_QUOTES = "\"'“”„«»‘’"


def link(path: str, shown: str) -> str:
    """A link to a note: a wikilink where its path allows one, else a Markdown link."""
    if _PLAIN_LINK.fullmatch(path) and path.endswith(".md") and safe(path) == path and _text_part(path) == path:
        name = _without_marks(one_line(shown).translate(_IN_ALIAS), _look_alike)
        return f"[[{path[:-3]}|{name}]]"
    return f"[{inert(shown)}]({quote(path.encode('utf-8', 'surrogateescape'), safe='/')})"


def _look_alike(mark: re.Match[str]) -> str:
    """The full-width form of a mark; an emoji that plugins read is left out."""
    return chr(ord(mark[0]) + _FULL_WIDTH) if mark[0].isascii() else ""


def said(message: str) -> str:
    """A problem's message for a page: what stands between backticks as code, the rest inert."""
    parts = one_line(message, 400).split("`")
    if len(parts) % 2 == 0:
        return inert(message, 400)
    return "".join(_CODE_OR_TEXT[number % 2](part) for number, part in enumerate(parts))


def _text_part(part: str) -> str:
    return _without_marks(part, _entity)


def _without_marks(text: str, instead: Callable[[re.Match[str]], str]) -> str:
    return text if _PLAIN.fullmatch(text) else re.sub(_MARK, instead, text)


def _entity(mark: re.Match[str]) -> str:
    """A mark as an entity; ``@`` full-width, since GitHub makes addresses links after entities are read."""
    return "＠" if mark[0] == "@" else f"&#{ord(mark[0])};"


def _code_part(part: str) -> str:
    """Code, unless something in it acts even there: Dataview's ``=``, Templater's ``<%``, a block id."""
    if not part.strip() or part.lstrip()[0] in "=$" or any(mark in part for mark in ("[[", "<", "%", "#", "^", "::")):
        return f"“{_text_part(part)}”"
    return f"`{part}`"


_CODE_OR_TEXT = (_text_part, _code_part)
