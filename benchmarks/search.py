"""How many can it be? A search over whole numbers whose answer costs seconds each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

FINENESS = 0.05
"""The answer is at most so much below the truth, as a share of it."""


async def most(holds: Callable[[int], Awaitable[bool]], *, first: int, limit: int) -> int:
    """The largest number up to `limit` for which `holds` was seen to hold, 0 for none.

    Doubling from `first` until it fails, then halving the gap. A machine that hiccups may fail a number that it can
    bear, so each failure is asked again once.
    """

    async def really_holds(number: int) -> bool:
        return await holds(number) or await holds(number)

    known, failed = 0, None
    number = min(first, limit)
    while failed is None:
        if not await really_holds(number):
            failed = number
        elif number == limit:
            return limit
        else:
            known, number = number, min(2 * number, limit)
    while failed - known > max(1, FINENESS * known):
        middle = (known + failed) // 2
        if await really_holds(middle):
            known = middle
        else:
            failed = middle
    return known
