"""The text of a new ``followup.toml``: what is proposed, and beside it what people set most often."""

from __future__ import annotations

import json

from followup_md.errors import Refused
from followup_md.model import Proposal, Rules, Stage
from followup_md.reading.settings import read_settings

#: In a longer line than this, each value of a list has a line of its own.
_WIDTH = 100

_REST = """\
# timezone = "Europe/Berlin"      # else the machine's
# daily_capacity = 20             # how many you want to touch in a day
# holidays = ["2026-12-24/2027-01-01"]
# my_name = "Kim Lee"             # for the scripts of `followup draft`
# currency = "€"
"""


def new_settings(proposal: Proposal, rules: Rules) -> bytes:
    """The settings that say what is proposed; ``rules`` are those that hold without settings.

    They are read back. Raises ``Refused`` where they would say something else.
    """
    text = _text(proposal, rules)
    read, problems = read_settings(text)
    if problems or not _says(read, proposal, rules):
        why = f" ({problems[0].message})" if problems else ""
        raise Refused(
            f"followup.toml: the proposed settings would not be read as they are meant{why}; write them by hand"
        )
    return text.encode()


def _text(proposal: Proposal, rules: Rules) -> str:
    lines = ["# Settings of followup-md. Every line may be left out;", "# a # before a line puts it out of force.", ""]
    lines.append(_line("prospects", proposal.prospects or rules.prospects, "the folders of your prospects' notes"))
    if proposal.types:
        lines.append(_line("prospect_types", proposal.types, "notes of these types, wherever they lie"))
    if proposal.tags:
        lines.append(_line("prospect_tags", proposal.tags, "notes with these tags, wherever they lie"))
    lines.append(_line("exclude", proposal.exclude or rules.exclude, "folders that are never looked at"))
    lines += _REST.rstrip().split("\n")
    if proposal.fields:
        lines += ["", "[fields]                          # more names for fields"]
        lines += [f"{field} = {_list(keys)}" for field, keys in proposal.fields]
    if proposal.headings:
        lines += ["", "[log]", _line("headings", proposal.headings, "more headings of the touch log")]
    for channel, words in proposal.channels:
        lines += ["", f"[channels.{channel}]", f"words = {_list(words)}"]
    if proposal.stages:
        lines += ["", "# The built-in stages, with your words for them. Strike out what you do not use."]
    for stage in proposal.stages:
        lines += ["[[stages]]", f"name = {_quoted(stage.name)}"]
        lines += [f"words = {_list(stage.words)}"] if stage.words else []
        lines += [f"expected = {float(stage.expected):g}"] if stage.expected is not None else []
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _line(key: str, values: tuple[str, ...], meaning: str) -> str:
    line = f"{key} = {_list(values)}".ljust(33) + f" # {meaning}"
    if len(line) <= _WIDTH:
        return line
    return "\n".join([f"{key} = [".ljust(33) + f" # {meaning}", *(f"  {_quoted(value)}," for value in values), "]"])


def _list(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    """A TOML string. JSON's escapes are TOML's too, but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _says(read: Rules, proposal: Proposal, rules: Rules) -> bool:
    """Whether settings that were read back say what is proposed."""
    words = {channel.name: channel.words for channel in read.channels}
    return (
        read.prospects == (proposal.prospects or rules.prospects)
        and read.exclude == (proposal.exclude or rules.exclude)
        and (read.prospect_types, read.prospect_tags) == (proposal.types, proposal.tags)
        and read.field_names == tuple((key, field) for field, keys in proposal.fields for key in keys)
        and read.log_headings == proposal.headings
        and all(set(added) <= set(words[channel]) for channel, added in proposal.channels)
        and [_plain(stage) for stage in read.stages] == [_plain(stage) for stage in proposal.stages or rules.stages]
    )


def _plain(stage: Stage) -> tuple[str, str, str, object]:
    """A stage without its words, of which those that are proposed come before the built-in ones."""
    return stage.name, stage.kind.value, stage.cadence, stage.expected
