"""Names as they are compared."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """A text as names are compared: composed letters, no case, single blanks."""
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()
