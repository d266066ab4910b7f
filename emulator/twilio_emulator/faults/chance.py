"""Chance, seeded: the same key gives the same draws, whatever else happens.

Every fault has a chance of its own for each call and direction, and draws the same number of times for every frame (or
request), whether it strikes or not. So one fault's luck does not depend on another's, nor on what other calls do.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray


class Chance:
    """A row of draws. Any values that have a text make a key."""

    def __init__(self, *key: object) -> None:
        digest = hashlib.sha256("\x1f".join(str(part) for part in key).encode()).digest()
        # NumPy promises that this generator, of all, never changes (numpy.org/neps/nep-0019-rng-policy.html).
        self._draws = np.random.RandomState(np.frombuffer(digest, np.uint32).astype(np.int64))

    def share(self) -> float:
        """A number from 0 up to 1, evenly spread."""
        return float(self._draws.random_sample())

    def normal(self, count: int) -> NDArray[np.float64]:
        """So many numbers around 0 with a standard deviation of 1."""
        return self._draws.standard_normal(count)
