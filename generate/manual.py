"""The manual page, from the commands' help and the tables of the documentation."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import click

from followup_md import __version__
from followup_md.cli.documentation import sections
from generate.commands import commands

_README = Path(__file__).parent.parent / "README.md"
_CODE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*")
_LINK = re.compile(r"\[([^\]\[]+)\]\([^)]*\)")
#: In brackets there is only a link, which leads nowhere here.
_ONLY_LINK = re.compile(rf" \({_LINK.pattern}\)")
#: A sentence on the columns of the table below.
_OF_TABLE = re.compile(r" [^.]*\bcolumn\b[^.]*\.")
#: ``--help`` is the last option of each command.
_LINES_OF_HELP = 3
_ENVIRONMENT = {
    "FOLLOWUP_VAULT": "The vault, where `-C` does not name one.",
    "NO_COLOR, FORCE_COLOR": "No colours at all; colours off a terminal too.",
    "VISUAL, EDITOR": "The editor that `followup log` opens when it is given no text.",
    "PAGER": "What `followup help` shows a long page with.",
    "XDG_CACHE_HOME": "Where the index is kept, in `followup-md/`; else `~/.cache`. It may be deleted.",
    "XDG_STATE_HOME": "Where locks are kept, in `followup-md/`; else `~/.local/state`.",
}


def manual() -> str:
    """The file ``man/followup.1``."""
    parts = [
        '.\\" Made by `python -m generate`: change the commands and docs/, not this.',
        f'.TH FOLLOWUP 1 "" "followup-md {__version__}" "User Commands"',
        *(".SH NAME", "followup \\- plain\\-text sales follow\\-up"),
        *(".SH SYNOPSIS", ".B followup", "[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGUMENT\\fR]..."),
        *(".SH DESCRIPTION", _inline(_README.read_text(encoding="utf-8").split("\n\n")[1])),
    ]
    (_, ctx, program), *others = commands()
    parts += [".SH OPTIONS", "They may stand before the command's name or behind it.", *_options(program, ctx)]
    parts += [".SH COMMANDS", _inline("Each has `--help`.")]
    for words, ctx, command in others:
        usage = " ".join(command.collect_usage_pieces(ctx)).replace("[OPTIONS]", "[options]")
        options = _options(command, ctx)[:-_LINES_OF_HELP]
        parts += [f".SS {_code(f'{words} {usage}')}", *_help(command), *options]
    parts += [".SH PROSPECTS AND DAYS", *_paragraphs("Options for all", ("**NAME**", "**WHEN**"))]
    parts += [*_table("Options for all", "you write"), ".SH EXIT STATUS", *_table("Exit codes", "code")]
    parts += [".SH ENVIRONMENT", *(line for name, text in _ENVIRONMENT.items() for line in _entry(name, text))]
    parts += [".SH FILES", *_table("The vault", "path"), ".SH SEE ALSO"]
    parts.append(_inline("`followup help` lists the pages of the documentation; `followup help format` shows one."))
    return "\n".join(parts) + "\n"


def _help(command: click.Command) -> list[str]:
    parts: list[str] = []
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith("\b\n"):
            parts += [".PP", ".nf", *map(_plain, paragraph[2:].split("\n")), ".fi"]
        else:
            parts += [".PP", _inline(" ".join(paragraph.split()))]
    return parts[1:]


def _options(command: click.Command, ctx: click.Context) -> list[str]:
    records = [one.get_help_record(ctx) for one in command.get_params(ctx) if isinstance(one, click.Option)]
    return [line for record in records if record for line in _entry(*record)]


def _paragraphs(heading: str, begins: tuple[str, ...]) -> list[str]:
    found = [_OF_TABLE.sub("", text) for text in _section(heading).split("\n\n") if text.startswith(begins)]
    return [line for text in found for line in (".PP", _inline(text))][1:]


def _table(heading: str, first: str) -> list[str]:
    """The first two columns of the table whose first column is headed so."""
    _, _, table = _section(heading).partition(f"| {first} |")
    rows = (re.split(r" ?(?<!\\)\| ?", row)[1:3] for row in table.split("\n\n")[0].strip().split("\n")[2:])
    return [line for name, text in rows for line in _entry(name.replace("`", ""), text.replace("\\|", "|"))]


def _section(heading: str) -> str:
    return sections(heading)[0][1]


def _entry(name: str, text: str) -> list[str]:
    return [".TP", _code(name), _inline(text) if text else "\\&"]


def _inline(text: str) -> str:
    """A paragraph with its code and stress in bold, and no links."""
    pieces = _CODE.split(_LINK.sub(r"\1", _ONLY_LINK.sub("", text)))
    return "".join(_code(piece) if place % 3 else _plain(piece) for place, piece in enumerate(pieces) if piece)


def _code(text: str) -> str:
    return f"\\fB{_escaped(text)}\\fR"


def _plain(text: str) -> str:
    escaped = _escaped(text)
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def _escaped(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-")
