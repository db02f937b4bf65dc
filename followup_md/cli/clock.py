"""The only place that asks for the date."""

from __future__ import annotations

from datetime import date, datetime

from followup_md.vault.zone import zone_of


def today_in(timezone: str | None) -> date:
    """Today where the user is: in that time zone, else in the machine's. Raises ``VaultError`` for an unknown one."""
    return datetime.now(zone_of(timezone)).date()
