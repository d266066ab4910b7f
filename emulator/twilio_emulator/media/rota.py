"""Whose turn it is: work that every line does now and then is spread, so that lines which began together do not do it
in the same 20 ms. Pure; what is done, and what comes of it, does not depend on it.
"""

from __future__ import annotations

from itertools import count
from typing import Final

_GOLDEN: Final = (5**0.5 - 1) / 2
"""Multiples of the golden ratio, without their whole part, lie evenly between 0 and 1; so do every second, every
twentieth of them, which is how lines share the phases of the heartbeat.
"""


class Rota:
    """Deals out turns from 0 to `turns` - 1."""

    def __init__(self, turns: int) -> None:
        self._turns = turns
        self._numbers = count()

    def next(self) -> int:
        """The turn of one more line. Any thread may ask."""
        return int(next(self._numbers) * _GOLDEN % 1 * self._turns)
