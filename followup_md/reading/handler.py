"""A python-frontmatter handler, so that anybody's script reads a note as followup-md does.

>>> import frontmatter
>>> from followup_md.reading.handler import FrontMatterHandler
>>> frontmatter.loads("---\\ncountry: NO\\ncall_at: 10:30\\n---\\nHello", handler=FrontMatterHandler())["country"]
'NO'
"""

from __future__ import annotations

from typing import Any

from frontmatter.default_handlers import YAMLHandler
from yaml import SafeDumper, dump

from followup_md.model import Block, Items, Scalar, Value
from followup_md.reading.core_schema import core_value
from followup_md.reading.front_matter import Broken, find_block, read_block


class FrontMatterHandler(YAMLHandler):
    """YAML 1.2 core values between ``---`` and ``---`` or ``...``; the text is not stripped."""

    def detect(self, text: str) -> bool:
        """Whether the text begins with a closed block."""
        return find_block(text) is not None

    def split(self, text: str) -> tuple[str, str]:
        """The block's text and the body. Raises ``ValueError`` where there is no block."""
        fence = find_block(text)
        if fence is None:
            raise ValueError("no front matter")
        return text[fence.start : fence.end], text[fence.body :]

    def load(self, fm: str, **kwargs: object) -> dict[str, Any]:
        """The block as plain values. Raises ``ValueError`` with line and reason where it is broken."""
        try:
            return {field.key: plain(field.value) for field in read_block(fm)}
        except Broken as broken:
            raise ValueError(f"line {broken.line}: {broken.message}") from None

    def export(self, metadata: dict[str, object], **kwargs: object) -> str:
        """A new block. Texts that YAML 1.2 would read as something else are quoted."""
        return dump(metadata, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000).strip()


class _Dumper(SafeDumper):
    """PyYAML's dumper, which quotes what YAML 1.1 would misread; ours adds what 1.2 would."""


def _text(dumper: SafeDumper, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'" if core_value(text) != text else None)


_Dumper.add_representer(str, _text)


def plain(value: Value) -> Any:
    """A read value as Python's own lists, dicts and scalars."""
    match value:
        case Scalar(value=inner):
            return inner
        case Items(items=items):
            return [plain(item) for item in items]
        case Block(fields=fields):
            return {field.key: plain(field.value) for field in fields}
