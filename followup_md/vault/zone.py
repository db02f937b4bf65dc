"""The time zone that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from followup_md.errors import VaultError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def is_zone(name: str) -> bool:
    """Whether the data base of time zones has that name."""
    try:
        return zone_of(name) is not None
    except VaultError:
        return False


def zone_of(timezone: str | None) -> ZoneInfo | None:
    """The zone of that name; None: the machine's own. Raises ``VaultError`` for an unknown one."""
    if not timezone:
        return None
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise VaultError(
            f'followup.toml: `timezone = "{timezone}"` is no known time zone: write a name such as Europe/Berlin'
        ) from None
