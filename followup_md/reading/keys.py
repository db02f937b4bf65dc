"""Which keys the notes of a vault have for which field, as they are written there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from followup_md.model import Field
from followup_md.reading.fields import field_named, is_empty, names

#: By field: its keys as written, the most frequent first.
Keys = dict[str, tuple[str, ...]]


def keys_in_use(blocks: Iterable[tuple[Field, ...]], added: tuple[tuple[str, str], ...] = ()) -> Keys:
    """The keys of those blocks that mean a field. ``added``: the settings' own key names."""
    known = names(added)
    seen: dict[str, Counter[str]] = {}
    for block in blocks:
        for field in block:
            if (name := field_named(field.key, known)) and not is_empty(field.value):
                seen.setdefault(name, Counter())[field.key] += 1
    return {name: tuple(key for key, _ in counted.most_common()) for name, counted in seen.items()}
