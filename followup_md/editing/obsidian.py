"""What an Obsidian vault gets: a base with views of the prospects, and a template for new ones.

A base sees file names and front matter. It reads no log and knows no cadence, so its dates are those that the user
set. Schema: the pages "Bases syntax", "Functions" and "Views" of Obsidian's help; ``sort`` is as Obsidian writes it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from yaml import SafeDumper, dump

from followup_md.model import Field, Rules, StageKind
from followup_md.reading.fields import field_named, is_empty, names
from followup_md.reading.note import PROSPECT_TYPES

BASE_FILE = "Prospects.base"
TEMPLATE = "Prospect.md"

#: The fields that the views compare with a day: they have to be dates to Obsidian.
COMPARED = ("next", "snooze_until")

_HEAD = """\
# Made once by `followup init --obsidian`. It is yours now: change it, followup does not write it again.
# A base sees the fields of a note and no log: "by date" means dates that you set. Who is due by your log and your
# cadences stands in {due_file}; the view named after it shows everybody on that page.
"""
#: A key that may stand in an expression and name a column.
_PLAIN_KEY = re.compile(r"\w(?:[\w *./-]*[\w*])?")
#: Beside ``type``: keys that say what a note is.
_OTHER_TYPE_KEYS = ("category", "categories", "class", "fileClass", "kind", "tipo", "typ")
_WEEK = 7

#: By field: its keys as the notes have them, the most frequent first.
Keys = dict[str, tuple[str, ...]]


def keys_in_use(blocks: Iterable[tuple[Field, ...]], added: tuple[tuple[str, str], ...]) -> Keys:
    """The keys of those blocks that mean a field. ``added``: the settings' own key names."""
    known = names(added)
    seen: dict[str, Counter[str]] = {}
    for block in blocks:
        for field in block:
            if (name := field_named(field.key, known)) and not is_empty(field.value):
                seen.setdefault(name, Counter())[field.key] += 1
    return {name: tuple(key for key, _ in counted.most_common()) for name, counted in seen.items()}


class _Fields(Struct, frozen=True):
    """How the base names the fields: a property where the notes have one key for it, else a formula over them."""

    keys: Keys

    def value(self, field: str) -> str:
        """The field in an expression."""
        return f"formula.{field}" if len(self._of(field)) > 1 else f"note[{_text(self.key(field))}]"

    def column(self, field: str) -> str:
        """The field as a column: the property itself can be edited there."""
        return f"formula.{field}" if len(self._of(field)) > 1 else f"note.{self.key(field)}"

    def key(self, field: str) -> str:
        """The key that most notes have for the field."""
        return self._of(field)[0]

    def formula(self, field: str) -> str | None:
        """The first of the field's keys that a note has; None where there is one key only."""
        *others, last = self._of(field)
        if not others:
            return None
        found = f"note[{_text(last)}]"
        for key in reversed(others):
            found = f"if(note[{_text(key)}], note[{_text(key)}], {found})"
        return found

    def _of(self, field: str) -> tuple[str, ...]:
        return tuple(key for key in self.keys.get(field, ()) if _PLAIN_KEY.fullmatch(key)) or (field,)


_TO_FILL_IN = ("company", "role", "email", "phone", "stage", "next", "pain", "opportunity", "added")
_SHOWN = ("company", "stage", "amount", "next", "snooze_until", "pain", "opportunity", "do_not_contact")


def prospects_base(rules: Rules, keys: Keys) -> bytes:
    """The base: due by date, this week by date, without a reason to follow up, by stage, on DUE.md.

    ``keys`` are the keys that the notes have for a field; a field that no note has goes by its own name.
    """
    fields = _Fields(keys)
    company, stage, amount, next_date, snooze, pain, opportunity = (fields.column(name) for name in _SHOWN[:-1])
    day, pipeline, tomorrow = "formula.day", "formula.pipeline", 'today() + "1d"'
    views = [
        _view(
            "Due by date",
            ["formula.open", fields.value("next"), f"{day} < {tomorrow}"],
            [company, stage, next_date, snooze, pain, opportunity],
            day,
        ),
        _view(
            "This week by date",
            ["formula.open", day, f"{day} >= {tomorrow}", f'{day} < today() + "{_WEEK + 1}d"'],
            [company, stage, next_date, snooze, pain, opportunity],
            day,
        ),
        _view(
            "No reason to follow up",
            ["formula.open", f"!{fields.value('pain')}", f"!{fields.value('opportunity')}"],
            [company, stage, pain, opportunity],
            pipeline,
        ),
        _view("By stage", [], [company, amount, next_date, snooze], day)
        | {"groupBy": {"property": pipeline, "direction": "ASC"}, "summaries": {amount: "Sum"}},
        _view(
            f"On {rules.due_file}",
            [f"file({_text(rules.due_file)}).hasLink(file.file)"],
            [company, stage, next_date, snooze],
            pipeline,
        ),
    ]
    base = {
        "filters": _prospects(rules),
        "formulas": _formulas(rules, fields),
        "properties": {"file.name": {"displayName": "Prospect"}, pipeline: {"displayName": "Stage"}},
        "views": views,
    }
    text = dump(base, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return (_HEAD.format(due_file=rules.due_file) + text).encode()


def _prospects(rules: Rules) -> dict[str, Any]:
    """Which files are prospects: as ``read_note`` and the scan have it, as far as a base can tell."""
    about_folder = '["readme", "index"].contains(file.name.lower().replace(/\\.md$/g, ""))'
    allowed = f'if(note["type"], {_is_one_of("type", sorted(PROSPECT_TYPES))}, !{about_folder})'
    inside = [f"file.inFolder({_text(folder)})" for folder in rules.prospects]
    named = [f'note["type"] && {_is_one_of("type", ["prospect", *rules.prospect_types])}']
    if rules.prospect_types:
        named += [f'note["{key}"] && {_is_one_of(key, rules.prospect_types)}' for key in _OTHER_TYPE_KEYS]
    if rules.prospect_tags:
        named.append(f"file.hasTag({_texts(rules.prospect_tags)})")
    excluded = [
        f"file.inFolder({_text(name)})" if "/" in name else f'file.folder.split("/").contains({_text(name)})'
        for name in rules.exclude
    ]
    return {
        "and": [
            'file.ext == "md"',
            {"or": [{"and": [{"or": inside}, allowed]}, *named]},
            {"not": ['file.name.startsWith("_")', *excluded]},
        ]
    }


def _is_one_of(key: str, types: Sequence[str]) -> str:
    """Whether a property, or an item of it, is one of those words: in capitals or not, as a link or not."""
    words = f'list(note["{key}"]).map(value.toString().lower().replace(/\\[\\[|\\]\\]/g, ""))'
    return f"{words}.containsAny({_texts(types)})"


def _formulas(rules: Rules, fields: _Fields) -> dict[str, str]:
    """The stage with its place in the pipeline, whether it is open, and the later of the two dates that count."""
    stage, day, snooze = (fields.value(name) for name in ("stage", "next", "snooze_until"))
    width = len(str(len(rules.stages)))
    labels = {one.name: f"{number:0{width}} {one.name}" for number, one in enumerate(rules.stages, 1)}
    pipeline = f"{stage}.toString()"
    for one in reversed(rules.stages):
        words = _texts([one.name, *(word for word in one.words if word != one.name)])
        pipeline = f"if([{words}].contains(formula.written), {_text(labels[one.name])}, {pipeline})"
    closed = _texts([labels[one.name] for one in rules.stages if one.kind is not StageKind.OPEN])
    named = {name: formula for name in _SHOWN if (formula := fields.formula(name))}
    return named | {
        "written": f'if({stage}, {stage}.toString().lower().trim().replace(/[ _-]+/g, "-"), "")',
        "pipeline": f'if({stage}, {pipeline}, "no stage")',
        "open": f"!{fields.value('do_not_contact')} && ![{closed}].contains(formula.pipeline)",
        "day": f"if({day} && {snooze} && {snooze} > {day}, {snooze}, if({day}, {day}, {snooze}))",
    }


def _view(name: str, conditions: list[str], columns: list[str], sorted_by: str) -> dict[str, Any]:
    """A table whose first column is the prospect."""
    return {
        "type": "table",
        "name": name,
        **({"filters": {"and": conditions}} if conditions else {}),
        "order": ["file.name", *columns],
        "sort": [{"property": sorted_by, "direction": "ASC"}],
    }


def prospect_template(rules: Rules, keys: Keys) -> bytes:
    """A note for the core plugin Templates, which puts in title and day."""
    first = next(stage.name for stage in rules.stages if stage.kind is StageKind.OPEN)
    values = {"stage": f" {first}", "added": ' "{{date:YYYY-MM-DD}}"'}
    lines = [f"{_Fields(keys).key(name)}:{values.get(name, '')}" for name in _TO_FILL_IN]
    return "\n".join(["---", "type: prospect", *lines, "---", "# {{title}}", "", "## Touches", ""]).encode()


class _Dumper(SafeDumper):
    """PyYAML's dumper, with lists indented below their key as Obsidian writes them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(text: str) -> str:
    """A text in an expression."""
    return json.dumps(text, ensure_ascii=False)


def _texts(texts: Iterable[str]) -> str:
    return ", ".join(map(_text, texts))
