"""What a plain scalar means by the YAML 1.2 core schema: ``NO`` and ``10:30`` are text."""

from __future__ import annotations

import re

_NULL = frozenset({"", "null", "Null", "NULL", "~"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_NUMBER = re.compile(
    r"(?P<int>[-+]?[0-9]{1,18})|(?P<based>0o[0-7]{1,20}|0x[0-9a-fA-F]{1,16})"
    r"|(?P<float>[-+]?(?:\.[0-9]{1,30}|[0-9]{1,30}(?:\.[0-9]{0,30})?)(?:[eE][-+]?[0-9]{1,3})?)"
)


def core_value(raw: str) -> str | int | float | bool | None:
    """A plain scalar by the YAML 1.2 core schema."""
    if raw in _NULL:
        return None
    first = raw[0]
    if first in "tTfF":
        return True if raw in _TRUE else False if raw in _FALSE else raw
    if first in "0123456789+-.":
        if found := _NUMBER.fullmatch(raw):
            if found.lastgroup == "int":
                return int(raw)
            return float(raw) if found.lastgroup == "float" else int(raw[2:], 8 if raw[1] == "o" else 16)
        if raw in (".nan", ".NaN", ".NAN"):
            return float("nan")
        if raw.lstrip("+-") in (".inf", ".Inf", ".INF"):
            return float("-inf" if first == "-" else "inf")
    return raw
