"""``followup log``."""

from __future__ import annotations

import sys

import click

from followup_md.cli.arguments import channel_of, moment, when
from followup_md.cli.change import change, dry_run_option
from followup_md.cli.session import Session, pass_session
from followup_md.editing.log import touch_head
from followup_md.errors import Refused
from followup_md.model import AddEntry, Edit, Intent, Outcome, Prospect
from followup_md.planning.facts import APPOINTABLE
from followup_md.vault.day import Day


@click.command("log")
@click.argument("prospect")
@click.argument("channel")
@click.argument("words", metavar="[TEXT]", nargs=-1)
@click.option("--in", "inbound", is_flag=True, help="They reached us.")
@click.option("--value", is_flag=True, help="It brought something of value.")
@click.option("--ask", is_flag=True, help="It asked for something.")
@click.option("--chase", is_flag=True, help="It asked for what they promised.")
@click.option("--thanks", is_flag=True, help="It thanked them.")
@click.option(
    "--outcome", "outcomes", type=click.Choice([one.value for one in Outcome]), multiple=True, help="What came of it."
)
@click.option("--on", "on", metavar="DATE[TTIME]", help="The day it was. Default: today.")
@click.option("--next", "promised", metavar="WHEN", help="The day you said you would be back.")
@dry_run_option
@pass_session
def command(
    session: Session,
    /,
    prospect: str,
    channel: str,
    words: tuple[str, ...],
    inbound: bool,
    outcomes: tuple[str, ...],
    on: str | None,
    promised: str | None,
    dry_run: bool,
    **intents: bool,
) -> None:
    """Add a touch to PROSPECT's log: `followup log dana email "sent the case study" --value`.

    CHANNEL is a channel or a word for one (phone, mail). TEXT may do without quotes. Without TEXT your
    editor opens.
    """
    given = [intent for intent in Intent if intents[intent]]
    if inbound and given:
        raise click.UsageError(f"--in and --{given[0]} do not go together: only what we send has an intent")
    if len(given) > 1:
        raise click.UsageError(f"--{given[0]} and --{given[1]} do not go together: a touch has one intent")
    text = " ".join(words)
    if words and not text.strip():
        raise click.UsageError("TEXT is empty: write what it was about")
    day = session.open(writing=not dry_run)
    found = session.find(day, prospect)
    named = channel_of(channel, day.vault.rules)
    date, at = moment(on, day, "--on") if on else (day.today, None)
    if date > day.today and named not in APPOINTABLE:
        raise Refused(
            f"{date.isoformat()} lies ahead, and {named} cannot: only a meeting, call or event can be agreed on beforehand"
        )
    tags = (*(intent.value for intent in given), *outcomes)
    entry = AddEntry(
        day=date,
        head=touch_head(named, inbound),
        text=text or _typed(day, found.name),
        at=at,
        tags=tags,
        next=when(promised, day, "--next") if promised else None,
    )
    change(session, day, logged(found, entry), dry_run)


def logged(found: Prospect, entry: AddEntry) -> Edit:
    """The edit that adds a touch to a prospect's log."""
    return Edit(found.path, (entry,), f"logged {entry.head} of {entry.day.isoformat()}")


def _typed(day: Day, name: str) -> str:
    """The text from the user's editor. Raises a usage error off a terminal, and where nothing was typed."""
    if not (sys.stdin and sys.stdin.isatty()):
        raise click.UsageError("TEXT is missing: write what it was about")
    try:
        typed = (
            click.edit(f"\n# What happened with {name} on {day.today.isoformat()}? Lines with # are left out.\n") or ""
        )
    except click.ClickException as error:
        raise click.UsageError(
            f"{error.message}: set EDITOR to your editor, or write TEXT behind the channel; nothing was logged"
        ) from None
    except UnicodeDecodeError:
        raise click.UsageError(
            "what your editor saved is no UTF-8 text, so nothing was logged: set it to UTF-8"
        ) from None
    text = " ".join(line.strip() for line in typed.split("\n") if line.strip() and not line.startswith("#"))
    if not text:
        raise click.UsageError("nothing was typed, so nothing was logged")
    return text
