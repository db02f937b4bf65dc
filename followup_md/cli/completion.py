"""``followup completion``."""

from __future__ import annotations

from pathlib import Path

import click

_SHELLS = {"bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "ps1"}
_FOLDER = Path(__file__).parent.parent / "shells"


@click.command("completion")
@click.argument("shell", type=click.Choice(list(_SHELLS)))
def command(shell: str) -> None:
    """Print the script with which SHELL completes commands, options and the names in your vault.

    One of these lines sets it up, for the shells that you open from then on:

    \b
    bash        echo 'eval "$(followup completion bash)"' >> ~/.bashrc
    zsh         echo 'eval "$(followup completion zsh)"' >> ~/.zshrc
    fish        mkdir -p ~/.config/fish/completions && followup completion fish > ~/.config/fish/completions/followup.fish
    powershell  'followup completion powershell | Out-String | Invoke-Expression' >> $PROFILE
    """
    click.echo((_FOLDER / f"followup.{_SHELLS[shell]}").read_text(encoding="utf-8"), nl=False)
