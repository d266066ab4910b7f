"""Linear audio samples: the one type they have in this project, and the one way into it from arithmetic."""

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Pcm: TypeAlias = NDArray[np.int16]
"""Samples, 16 bit, mono, one dimension; the rate travels beside them."""

LOUDEST: Final = 32767


def to_int16(samples: NDArray[np.floating[Any]]) -> Pcm:
    """Round samples in int16 units to whole numbers; what is too loud is clipped, never wrapped."""
    whole: Pcm = np.rint(np.clip(samples, -LOUDEST - 1, LOUDEST)).astype(np.int16)
    return whole
