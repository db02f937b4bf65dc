"""``followup watch``."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from datetime import datetime
from pathlib import Path

import click

from followup_md.cli.session import Session, pass_session
from followup_md.errors import Refused
from followup_md.pages.text import safe
from followup_md.vault.files import find_root
from followup_md.vault.status import Status, post, read_status
from followup_md.vault.watch import Seen, Watcher

#: So many changed notes, and so many things done, are told in a line; of more, the number is told.
MOST_TOLD = 3


@click.command("watch")
@click.option("--poll", is_flag=True, help="Look every few seconds, for drives that tell of no changes.")
@click.option(
    "--status", is_flag=True, help="Say how the watcher of this vault is doing; exit 1 if DUE.md may be stale."
)
@click.option("--json", "as_json", is_flag=True, help="Each line as JSON.")
@pass_session
@click.pass_context
def command(ctx: click.Context, session: Session, poll: bool, status: bool, as_json: bool) -> None:
    """Keep DUE.md true until stopped.

    Save a note or tick a box, and a moment later DUE.md is written anew. One line is logged for each change, with
    what was done and how long it took. Ctrl-C ends it.
    """
    root = find_root(session.chosen, os.environ.get("FOLLOWUP_VAULT"))
    if status:
        found = read_status(root)
        click.echo(json.dumps(found._asdict() if found else None) if as_json else _said(found))
        ctx.exit(0 if found and not found.wrong and not found.late(time.time()) else 1)
    try:
        _watch(session, root, poll, as_json)
    except (OSError, RuntimeError) as error:
        raise Refused(f"the state folder cannot be used ({error}); set XDG_STATE_HOME to one that can") from None


def _watch(session: Session, root: Path, poll: bool, as_json: bool) -> None:
    with post(root) as place:
        if place is None:
            there = read_status(root)
            session.say(f"this vault is watched already ({_said(there)})" if there else "this vault is watched already")
            return
        watcher = Watcher(root, session.today, lambda seen: _tell(session, seen, as_json), place, poll)
        interrupted = []

        def end(number: int, frame: object) -> None:
            interrupted.append(number)
            watcher.stop()

        def broke(what: threading.ExceptHookArgs) -> None:
            session.say(f"what listens for changes broke ({what.exc_type.__name__}): it begins anew")

        threading.excepthook = broke  # no other thread is ours
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, end)
        watcher.run()
        session.say("watched until now")
        if signal.SIGINT in interrupted:
            raise KeyboardInterrupt


def _tell(session: Session, seen: Seen, as_json: bool) -> None:
    """One line for one look that found something."""
    now = datetime.now().replace(microsecond=0)
    if as_json:
        click.echo(json.dumps({"at": now.isoformat(), **seen._asdict(), "took": round(seen.took, 1)}))
    else:
        did, more = seen.did[:MOST_TOLD], seen.did[MOST_TOLD:]
        parts = [_named(seen.changed), *did, f"and {len(more)} more" if more else "", seen.wrong, f"{seen.took:.0f} ms"]
        session.say(f"{now:%H:%M:%S} " + " · ".join(part for part in parts if part))


def _named(paths: tuple[str, ...]) -> str:
    if len(paths) > MOST_TOLD:
        return f"{len(paths)} notes changed"
    return f"{', '.join(paths)} changed" if paths else ""


def _said(status: Status | None) -> str:
    if status is None:
        return "nobody watches this vault"
    since = datetime.fromtimestamp(status.since)
    parts = [f"watched by process {status.pid} since {since:%Y-%m-%d %H:%M}"]
    if status.looked:
        parts.append(f"DUE.md was true {max(time.time() - status.looked, 0):.0f} seconds ago")
    return safe("; ".join([*parts, *(part for part in (status.wrong, status.incomplete) if part)]))
