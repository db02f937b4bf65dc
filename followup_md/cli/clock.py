"""The only place that asks for the date."""

from __future__ import annotations

from datetime import date, datetime

from followup_md.errors import VaultError


def today_in(timezone: str | None) -> date:
    """Today where the user is: in that time zone, else in the machine's. Raises ``VaultError`` for an unknown one."""
    if timezone is None:
        return datetime.now().date()
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return datetime.now(ZoneInfo(timezone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise VaultError(
            f'followup.toml: `timezone = "{timezone}"` is no known time zone: write a name such as Europe/Berlin'
        ) from None
