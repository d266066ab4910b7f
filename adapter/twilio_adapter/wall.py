"""The clock on the wall, in its one home: dates that people read or compare, and pauses between two tries.

Laws: nothing in a call is timed by it. A pause is only ever between two tries at something of other people's, with a
limit around both, or beside something of theirs that takes wall time.
"""

import asyncio
import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return the date and time, in UTC."""
    return datetime.now(UTC)


def steady() -> float:
    """Return seconds of a clock that only goes forward; its zero means nothing."""
    return time.monotonic()


def written(moment: datetime) -> str:
    """Return a date as our messages and files have it: `2026-11-27 01:54:44 UTC`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


async def pause(seconds: float) -> None:
    """Let so many seconds pass."""
    await asyncio.sleep(seconds)
