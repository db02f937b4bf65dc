"""A draft as a mail: as a ``mailto:`` link, and as a message that a mail program opens for writing.

What comes from notes gets no further than the place it is meant for: nothing in it can add a header or an address.
"""

from __future__ import annotations

import re
from email.header import Header
from email.utils import quote as escaped
from quopri import encodestring
from urllib.parse import quote

from followup_md.model import Prospect
from followup_md.pages.draft import Draft
from followup_md.pages.text import one_line, safe

_EOL = "\r\n"
_CONTENT = (
    "MIME-Version: 1.0",
    'Content-Type: text/plain; charset="utf-8"',
    "Content-Transfer-Encoding: quoted-printable",
)
_ATOM = r"[^\s\x00-\x20\x7f\"(),.:;<>@\[\\\]]"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS = re.compile(
    rf"(?<![^\s,;:<(]){_ATOM}{{1,64}}(?:\.{_ATOM}{{1,64}}){{0,9}}@{_LABEL}(?:\.{_LABEL}){{0,9}}(?![^\s,;>)?])"
)


def address_of(prospect: Prospect) -> str | None:
    """The first address in the note's ``email``; ``Dana <d@x.example>`` and ``mailto:d@x.example`` hold one too."""
    found = (_ADDRESS.search(text) for text in prospect.emails)
    return next((one[0] for one in found if one and safe(one[0]) == one[0]), None)


def mailto(address: str, draft: Draft) -> str:
    """The link of RFC 6068: UTF-8 in percent signs, lines that end in CRLF."""
    subject = f"subject={_quoted(draft.subject)}&" if draft.subject else ""
    return f"mailto:{quote(address, safe='@')}?{subject}body={_quoted(draft.mail)}"


def message(name: str, address: str, draft: Draft) -> bytes:
    """The message of RFC 5322, with ``X-Unsent`` so that it opens for writing. From and date are for the mail program."""
    lines = ("X-Unsent: 1", f"To: {_phrase(one_line(name))} <{address}>", *_subject(draft.subject), *_CONTENT, "")
    text = encodestring(f"{draft.mail}\n".encode()).replace(b"\n", b"\r\n")
    return "".join(f"{line}\r\n" for line in lines).encode() + text


def _subject(subject: str) -> tuple[str, ...]:
    words = Header(subject, None if _is_plain(subject) else "utf-8", header_name="Subject")
    return (f"Subject: {words.encode(linesep=_EOL)}",) if subject else ()


def _phrase(name: str) -> str:
    """A name before an address. ``email.message`` is not used for it: Python 3.11's loses blanks of long ones."""
    return f'"{escaped(name)}"' if _is_plain(name) else Header(name, "utf-8", header_name="To").encode(linesep=_EOL)


def _is_plain(text: str) -> bool:
    """Whether a text can stand in a header as it is."""
    return text.isascii() and "=?" not in text


def _quoted(text: str) -> str:
    return quote(text.replace("\n", _EOL), safe="")
