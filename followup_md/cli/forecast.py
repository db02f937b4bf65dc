"""``followup forecast``."""

from __future__ import annotations

import click

from followup_md.cli.session import Session, pass_session, print_json
from followup_md.pages.forecast import forecast_record, forecast_text
from followup_md.planning.forecast.overview import make_forecast


@click.command("forecast")
@click.option(
    "--weeks",
    type=click.IntRange(1, 52),
    default=4,
    show_default=True,
    metavar="N",
    help="How many weeks, this one included.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@pass_session
def command(session: Session, weeks: int, as_json: bool) -> None:
    """Tell how many rounds the coming weeks hold.

    Once if nobody answers, which is the plan rolled forward; and once if they answer as they did so
    far, which is simulated.
    """
    day = session.open()
    forecast = make_forecast(day.plan, weeks)
    if as_json:
        print_json(forecast_record(forecast, str(day.vault.root)))
    elif day.vault.prospects:
        click.echo(forecast_text(forecast, session.width))
    session.say_if_empty(day)
    session.say_left_out(day, day.wrong)
