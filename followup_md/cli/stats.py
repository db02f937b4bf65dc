"""``followup stats``."""

from __future__ import annotations

import click

from followup_md.cli.arguments import stage_of
from followup_md.cli.change import diff, dry_run_option
from followup_md.cli.session import Session, date_of, pass_session, print_json
from followup_md.pages.records import statistics as statistics_record
from followup_md.pages.stats_page import stats_page
from followup_md.pages.stats_text import stats_text
from followup_md.planning.statistics.overview import Scope, statistics_of
from followup_md.vault.files import STATS
from followup_md.vault.stats_page import old_stats
from followup_md.vault.write import replace_file


@click.command("stats")
@click.option("--since", metavar="DATE", help="From this day on (YYYY-MM-DD).")
@click.option("--until", metavar="DATE", help="Up to this day, and with it. Default: today.")
@click.option("--owner", metavar="NAME", help="Only prospects of this owner.")
@click.option("--stage", metavar="STAGE", help="Only prospects that are in this stage today.")
@click.option("--write", is_flag=True, help="Write STATS.md, with charts.")
@dry_run_option
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every number.")
@pass_session
def command(
    session: Session,
    since: str | None,
    until: str | None,
    owner: str | None,
    stage: str | None,
    write: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Show what you do, what works, and how it stands against the usual, with how sure that is.

    All of it comes from the logs. Each share has its counts and a range; a sample that is too
    small says so.
    """
    if dry_run and not write:
        raise click.UsageError("--dry-run shows what --write would write: give both")
    first = date_of(since, "--since") if since is not None else None
    last = date_of(until, "--until") if until is not None else None
    day = session.open(writing=not dry_run)
    rules = day.vault.rules
    last = min(last or day.today, day.today)
    if first and first > last:
        raise click.BadParameter(f"{first.isoformat()} is after {last.isoformat()}", param_hint="--since")
    scope = Scope(first, last, owner, stage_of(stage, rules, "--stage").name if stage is not None else None)
    found = statistics_of(day.vault.prospects, rules, day.today, scope)
    if write:
        old = old_stats(day.vault.root, rules.due_file)
        new = stats_page(found, rules).encode("utf-8", "surrogateescape")
        if dry_run:
            click.echo(diff(STATS, old or b"", new), nl=False, err=as_json)
        elif new == old:
            session.say(f"{STATS} is up to date")
        else:
            replace_file(day.vault.root, STATS, new, old)
            session.say(f"{STATS} written")
    if as_json:
        print_json(statistics_record(found))
    elif not write and day.vault.prospects:
        click.echo(stats_text(found, rules, session.width))
    session.say_if_empty(day)
    session.say_left_out(day, day.wrong)
