"""The time zone that the settings name."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from followup_md.errors import VaultError


def zone_of(timezone: str | None) -> ZoneInfo | None:
    """The zone of that name; None: the machine's own. Raises ``VaultError`` for an unknown one."""
    try:
        return ZoneInfo(timezone) if timezone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise VaultError(
            f'followup.toml: `timezone = "{timezone}"` is no known time zone: write a name such as Europe/Berlin'
        ) from None
