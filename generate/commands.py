"""All commands, one below the other."""

from __future__ import annotations

from collections.abc import Iterator

import click

from followup_md.cli.program import cli


def commands() -> Iterator[tuple[str, click.Context, click.Command]]:
    """Each command by the words it is called with, groups before their commands; the program itself has none."""
    yield from _below("", cli, click.Context(cli, info_name="followup", **cli.context_settings))


def _below(
    words: str, command: click.Command, ctx: click.Context
) -> Iterator[tuple[str, click.Context, click.Command]]:
    yield words, ctx, command
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            found = command.get_command(ctx, name)
            assert found is not None
            yield from _below(f"{words} {name}".strip(), found, click.Context(found, ctx, name))
