"""How alike two pieces of sound are: the spectral distance, in dB.

Where two spectra are laid over each other, the distance is the mean difference of their bands, in dB, over all bands
and frames in which one of them rises above the floor. The same speech after a bad line has 1 to 3, different speech
5 to 15.

Laws: pure. Both spectra are in frames of 10 ms.
"""

from typing import Final

import numpy as np

from twilio_adapter.golden.sound import DEPTH_DB, HOP, Floats, Mask, Sound, Span, bands_of, loud_of

DRIFT: Final = 3
"""Over so many frames one piece may lie earlier or later than the other and still be laid over it."""
_LEAST_HEARD: Final = 10
"""A window in which fewer frames sound is too little to judge by."""
_OVER_NOISE_DB: Final = 5.0
"""What is not so much louder than the noise of either line is not compared."""
_LEAST_DEPTH_DB: Final = 12.0
"""So deep at least is looked, however noisy the line."""
_CAUTION: Final = 15
"""So many bands more that do not differ: where little is heard, less is made of it."""
_MOST_LOUDER_DB: Final = 4.0
_CONTEXT: Final = 75
"""Frames on either side that decide what counts as loud."""


class Overlay:
    """A piece of the golden call, and what the new call has in its place, laid over each other.

    Args:
        golden: the golden call.
        call: the new call.
        span: frames of the golden call.
        shift: samples by which the new call is later.
    """

    def __init__(self, golden: Sound, call: Sound, span: Span, shift: int) -> None:
        self.span = span
        bands, loud = _bands_at(call, span, shift)
        middle = slice(DRIFT, DRIFT + len(span))
        floor = (
            np.maximum(golden.noise - golden.loud[span.frames, None], call.noise - loud[middle, None]) + _OVER_NOISE_DB
        )
        floor = np.clip(floor, -DEPTH_DB, -_LEAST_DEPTH_DB)
        own = np.maximum(golden.bands[span.frames] - golden.loud[span.frames, None], floor) - floor
        relative = bands - loud[:, None]
        relative += _louder(own, np.maximum(relative[middle], floor) - floor)
        drifts = range(-DRIFT, DRIFT + 1)
        laid = [np.maximum(relative[DRIFT + by : DRIFT + by + len(span)], floor) - floor for by in drifts]
        self._weights: Floats = np.array([(np.maximum(own, each) > 0).sum(axis=1) for each in laid], dtype=np.float64)
        self._differences: Floats = np.array([np.abs(own - each).sum(axis=1) for each in laid])

    def distances(self, width: int) -> Floats:
        """The distance in a window of so many frames around each frame; 0 where neither says anything.

        At the ends the windows are shorter. Each window may drift by itself.
        """
        return self._distances(width, 1)

    def _distances(self, width: int, more: int) -> Floats:
        """The same, as if there were some bands more that do not differ."""
        weights, differences = (_windowed(each, width) for each in (self._weights, self._differences))
        distances: Floats = (differences / (weights + more)).min(axis=0)
        return distances

    def distances_in_whole(self, width: int) -> Floats:
        """The same with care, to judge by: windows do not become shorter at the ends, there the last whole one counts.

        A window in which little is heard differs less, and one in which hardly anything is heard not at all.
        """
        heard = _windowed(self.sounds[None].astype(np.float64), width)[0]
        distances: Floats = np.where(heard >= _LEAST_HEARD, self._distances(width, _CAUTION), 0)
        before, after = (width - 1) // 2, width // 2
        whole = distances[before : len(distances) - after]
        if not len(whole):
            return np.full(len(distances), self.distance if self.sounds.sum() >= _LEAST_HEARD else 0.0)
        return np.pad(whole, (before, after), mode="edge")

    @property
    def sounds(self) -> Mask:
        """In which frames one of the two says something."""
        sounds: Mask = self._weights[DRIFT] > 0
        return sounds

    @property
    def distance(self) -> float:
        """The distance of the whole."""
        return float((self._differences.sum(axis=1) / (self._weights.sum(axis=1) + _CAUTION)).min())


def _bands_at(call: Sound, span: Span, shift: int) -> tuple[Floats, Floats]:
    """The new call's bands in the place of some golden frames, with as many more on either side as may drift.

    And what is loud near each of them.
    """
    around = _CONTEXT + DRIFT
    bands = bands_of(call.excerpt((span.start - around) * HOP + shift, (len(span) + 2 * around) * HOP))
    wanted = slice(_CONTEXT, _CONTEXT + len(span) + 2 * DRIFT)
    return bands[wanted], loud_of(bands)[wanted]


def _louder(own: Floats, other: Floats) -> float:
    """By how much the one is louder where both are heard: what is loud near them may not quite be the same."""
    both = (own > 0) & (other > 0)
    return float(np.clip(np.median((own - other)[both]), -_MOST_LOUDER_DB, _MOST_LOUDER_DB)) if both.any() else 0.0


def _windowed(values: Floats, width: int) -> Floats:
    """Sums over a window around each column."""
    before = (width - 1) // 2
    padded = np.pad(values, ((0, 0), (before + 1, width - 1 - before)))
    total = np.cumsum(padded, axis=1)
    sums: Floats = total[:, width:] - total[:, :-width]
    return sums


def lag_of(golden: Floats, call: Floats, most: int) -> tuple[int, float]:
    """By how many samples, at most, `call` is later than `golden`, and how well they then correlate (-1 to 1).

    `call` has `most` samples more on either side. The correlation is by FFT, of the samples themselves.
    """
    size = 1 << (len(call) + len(golden) - 1).bit_length()
    spectrum = np.fft.rfft(call, size) * np.conj(np.fft.rfft(golden, size))
    dots = np.fft.irfft(spectrum, size)[: 2 * most + 1]
    energy = np.concatenate(([0.0], np.cumsum(call**2)))
    there = energy[len(golden) :][: 2 * most + 1] - energy[: 2 * most + 1]
    own = float(golden @ golden)
    scores = dots / np.sqrt(np.maximum(own * np.maximum(there, own / 100), 1e-9))
    # Of many that are as good, as in a steady tone, the nearest.
    nearness = 0.05 * np.abs(np.arange(-most, most + 1)) / most
    best = int((scores - nearness).argmax())
    return best - most, float(scores[best])
