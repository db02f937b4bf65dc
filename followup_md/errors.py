"""What can go wrong as a whole. Each error carries the exit code of the command it ends.

Trouble in one note is no error but a ``model.Problem``: it costs that note only.
"""

from __future__ import annotations


class FollowupError(Exception):
    """An error to be told to the user in one message, without a traceback."""

    exit_code = 1


class NotFound(FollowupError):
    """No prospect, cadence or code of that name."""

    exit_code = 3


class Ambiguous(FollowupError):
    """A name that fits more than one prospect."""

    exit_code = 2


class VaultError(FollowupError):
    """The vault or its settings cannot be read."""

    exit_code = 4


class Refused(FollowupError):
    """A write that would not be safe; nothing was written. ``line`` is the note's that stands in the way."""

    exit_code = 5

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


class ChangedMeanwhile(Refused):
    """The file is no longer what was read; reading it again may help."""


class VaultBusy(Refused):
    """Another program is at work on the whole vault, so no other change is worth waiting for either."""
