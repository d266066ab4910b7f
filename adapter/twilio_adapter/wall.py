"""The clock on the wall, in its one home: dates that people read, or compare with Twilio's. Nothing is timed by it."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the date and time, in UTC."""
    return datetime.now(UTC)


def written(moment: datetime) -> str:
    """Return a date as our messages and files have it: `2026-11-27 01:54:44 UTC`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
