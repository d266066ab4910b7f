"""The pace of an emulator that cannot ask us how we are: one in another process, at `speed="max"`.

With every frame it sends a ping, a *barrier*, and call time stands still until that is answered. So a barrier is
answered only while a verb waits for something in the call, and no request to Twilio is under way: what a script does
between two waits takes no call time, however long it thinks.

Law: nobody is kept waiting for ever. A script that waits for something else altogether lets call time pass at normal
speed after `PATIENCE_S` of wall time, until a verb waits again; the emulator's own clock does the same.
"""

import asyncio
from collections.abc import Callable
from typing import Final

PATIENCE_S: Final = 1.0
_FRAME_S: Final = 0.02


class Gate:
    """A `Pace` that answers barriers, or keeps them."""

    def __init__(self, *, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._wants = 0
        self._acts = 0
        self._left = False
        self._impatient = False
        self._kept: list[Callable[[], None]] = []
        self._timer: asyncio.TimerHandle | None = None

    def through(self, answer: Callable[[], None]) -> None:
        """Call `answer` as soon as call time may pass: now, or later on the running loop."""
        if self._is_open:
            answer()
            return
        self._kept.append(answer)
        if self._timer is None:
            delay_s = _FRAME_S if self._impatient else self._patience_s
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._lose_patience)

    # --- the pace -------------------------------------------------------------------------------------------------

    def waiting(self) -> None:
        """A verb waits for something in the call."""
        self._wants += 1
        self._look()

    def satisfied(self) -> None:
        """It has come, or the verb has given up."""
        self._wants -= 1

    def acting(self) -> None:
        """A request to Twilio is about to be made."""
        self._acts += 1

    def acted(self) -> None:
        """It is done, or has failed."""
        self._acts -= 1
        self._look()

    def leave(self) -> None:
        """No verb will wait again."""
        self._left = True
        self._look()

    # --- inside ---------------------------------------------------------------------------------------------------

    @property
    def _is_open(self) -> bool:
        return self._left or (self._wants > 0 and not self._acts)

    def _look(self) -> None:
        if self._is_open:
            self._impatient = False
            self._answer()

    def _lose_patience(self) -> None:
        self._impatient = True
        self._answer()

    def _answer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        kept, self._kept = self._kept, []
        for answer in kept:
            answer()
