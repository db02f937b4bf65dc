"""Plain-text sales follow-up: who is due today, by which channel, and why."""

__version__ = "0.1.0"
