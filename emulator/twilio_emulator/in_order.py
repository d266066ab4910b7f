"""What is done at the same time is told in the order in which it was begun.

At speed="max" all that one moment of a call owes (webhooks, callbacks, speech) is done side by side, and the machine
decides which is done first. So that a script comes out the same every time, the outcome of each is told, to the flow
and to the journal, after those of everything begun before it.

An application may answer one request only when it has seen what another one leads to. Nobody waits longer than
`PATIENCE_S` of wall time for an outcome that is late; it is then told when it comes.
"""

from __future__ import annotations

import asyncio
from itertools import takewhile
from typing import Final

PATIENCE_S: Final = 0.5
"""Wall seconds."""


class InOrder:
    """Hands out turns. One that is not `strict` (no free clock) lets everybody pass at once."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        self._open: dict[Turn, None] = {}

    def begin(self) -> Turn:
        """Something begins that will have an outcome."""
        turn = Turn(self._open)
        if self._strict:
            self._open[turn] = None
        return turn


class Turn:
    """A place in the order. Leave its `with` block when the outcome has been told, or will never be."""

    def __init__(self, line: dict[Turn, None]) -> None:
        self._line = line
        self._told = asyncio.Event()
        self._is_late = False

    async def comes(self) -> None:
        """Wait until everything begun earlier has been told, or is late."""
        if self in self._line:
            for earlier in takewhile(lambda turn: turn is not self, tuple(self._line)):
                await earlier.passes()

    async def passes(self) -> None:
        """Wait until this has been told; once somebody has waited in vain, nobody waits any more."""
        if self._told.is_set() or self._is_late:
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._told.wait()
        except TimeoutError:
            self._is_late = True

    def __enter__(self) -> Turn:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.pop(self, None)
        self._told.set()
