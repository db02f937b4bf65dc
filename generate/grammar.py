"""What each command takes, for completion."""

from __future__ import annotations

import json

import click

from followup_md.cli.program import COMMANDS
from generate.commands import commands

_HEAD = '''"""What each command takes, so that a shell completes it and no command is imported for that.

Made by ``python -m generate``: change the commands, not this. A command's help, its options (names, what the value
is, help) and its arguments. A value is one of ``=a|b``, or a kind that ``answer.py`` knows; empty: a flag, or free.
"""

# fmt: off
GRAMMAR: dict[str, tuple[str, tuple[tuple[str, str, str], ...], tuple[str, ...]]] = {
'''
#: Kinds that are completed; others are free.
KINDS = ("prospect", "owner", "stage", "channel", "cadence", "when", "code", "topic", "dir", "file")
FREE = "text"


def grammar() -> str:
    """The module ``followup_md/cli/completing/grammar.py``."""
    rows = []
    for words, ctx, command in commands():
        help_ = COMMANDS.get(words) or command.get_short_help_str(200)
        options = [
            f"({_text(' '.join(sorted((*one.opts, *one.secondary_opts), key=len)))}, {_text(_kind(one))}, {_text(one.help or '')}),"
            for one in command.get_params(ctx)
            if isinstance(one, click.Option) and not one.hidden
        ]
        arguments = [
            f"{_text(_kind(one) + ('…' if one.nargs == -1 else ''))},"
            for one in command.params
            if isinstance(one, click.Argument)
        ]
        inner = "".join(f"\n        {option}" for option in options)
        rows.append(f"    {_text(words)}: ({_text(help_)}, ({inner}\n    ), ({' '.join(arguments)})),\n")
    return f"{_HEAD}{''.join(rows)}}}\n"


def _kind(param: click.Parameter) -> str:
    """What a value is; empty for a flag."""
    if isinstance(param, click.Option) and (param.is_flag or param.count):
        return ""
    if isinstance(param.type, click.Choice):
        return "=" + "|".join(map(str, param.type.choices))
    if isinstance(param.type, click.Path | click.File):
        return "dir" if isinstance(param.type, click.Path) and not param.type.file_okay else "file"
    called = (param.name or "", (param.metavar or "").lower().replace("date[ttime]", "when").strip("[]"))
    return next((kind for kind in KINDS if kind in called), FREE)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
