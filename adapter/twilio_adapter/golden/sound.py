"""One side of a call as it is compared: how loud it is, in which bands, and where anything is to be heard.

Laws: pure. Frame n stands for the samples 80n to 80n + 80, that is 10 ms. The same audio, some dB louder or softer, is
heard in the same places and has the same shape: what is loud and what is silent is judged by what is near it.

Twenty bands, evenly spaced in mel from 200 to 3500 Hz, are what a telephone carries, at about the ear's resolution.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from twilio_wire.g711 import SAMPLE_RATE, decode
from twilio_wire.levels import SILENCE_DBM0, ZERO_DBM0_PEAK

Floats: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

FRAME_MS: Final = 10
HOP: Final = SAMPLE_RATE * FRAME_MS // 1000
"""Samples in a frame."""
DEPTH_DB: Final = 25.0
"""So far below what is loud near it, a band counts: deeper lie the noise of a line and the errors of its codecs."""

_WINDOW: Final = 256
"""Samples that a frame's spectrum is made of: 32 ms, a few periods of any voice."""
_BANDS: Final = 20
_LOWEST_HZ: Final = 200.0
_HIGHEST_HZ: Final = 3500.0
_QUIETEST_DB: Final = -80.0
_NEAR_FRAMES: Final = 75
"""What is loud is asked of 0.75 s on either side: longer than a word."""
_LEAST_LOUD_DB: Final = -40.0
"""A band is never judged by less: what is as soft as an idle line has no spectrum."""
_LEAST_NOISE: Final = 20
"""From fewer silent frames the noise is not known."""
_SPEECH_SPAN_DB: Final = 27.0
_ABOVE_NOISE_DB: Final = 9.0
_LEAST_SPAN_DB: Final = 15.0


def _filters() -> Floats:
    """The weight of each bin of the spectrum in each band: triangles that overlap by half."""
    lowest, highest = (2595 * math.log10(1 + hz / 700) for hz in (_LOWEST_HZ, _HIGHEST_HZ))
    mel = np.linspace(lowest, highest, _BANDS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    bins = np.fft.rfftfreq(_WINDOW, 1 / SAMPLE_RATE)
    low, centre, high = (edges[start : start + _BANDS, None] for start in range(3))
    rising, falling = (bins - low) / (centre - low), (high - bins) / (high - centre)
    weights: Floats = np.clip(np.minimum(rising, falling), 0, None)
    return weights


_FILTERS: Final = _filters()
_TAPER: Final = np.hanning(_WINDOW)
_SCALE: Final = 2 / (_WINDOW * (_TAPER**2).sum() * ZERO_DBM0_PEAK**2 / 2)


class Sound:
    """µ-law (bytes, 8 kHz, mono), looked at in frames of 10 ms."""

    def __init__(self, ulaw: bytes) -> None:
        self.samples: Floats = decode(ulaw).astype(np.float64)

    def __len__(self) -> int:
        """How many frames it has; an incomplete one counts."""
        return (len(self.samples) + HOP - 1) // HOP

    def excerpt(self, start: int, count: int) -> Floats:
        """So many samples from one on; silence where there are none."""
        before = min(count, max(0, -start))
        inside = self.samples[max(0, start) : max(0, start + count)]
        return np.pad(inside, (before, count - before - len(inside)))

    @cached_property
    def bands(self) -> Floats:
        """Level of each band in each frame, in dB under the digital milliwatt; -80 is as good as nothing."""
        return bands_of(self.samples)

    @cached_property
    def levels(self) -> Floats:
        """Level of each frame in dBm0, all bands together."""
        power = (10 ** (self.bands / 10)).sum(axis=1)
        levels: Floats = 10 * np.log10(np.maximum(power, 10 ** (_QUIETEST_DB / 10)))
        return levels

    @cached_property
    def active(self) -> Mask:
        """Whether anything is to be heard in each frame: louder than silence, than the noise of the line, and than a
        breath beside what is said.
        """
        if not len(self):
            return np.zeros(0, dtype=np.bool_)
        loud = _loudest_near(self.levels)
        noise = float(np.percentile(self.levels, 10))
        threshold = np.minimum(np.maximum(loud - _SPEECH_SPAN_DB, noise + _ABOVE_NOISE_DB), loud - _LEAST_SPAN_DB)
        heard: Mask = self.levels > np.maximum(threshold, SILENCE_DBM0)
        return heard

    @cached_property
    def loud(self) -> Floats:
        """The level of what is loud near each frame: what the levels of its bands are judged by."""
        return loud_of(self.bands)

    @cached_property
    def noise(self) -> Floats:
        """The level of each band while nothing is to be heard: the noise of the line."""
        silent = self.bands[~self.active]
        noise: Floats = np.median(silent, axis=0) if len(silent) >= _LEAST_NOISE else np.full(_BANDS, _QUIETEST_DB)
        return noise

    @cached_property
    def shape(self) -> Floats:
        """The relief of each frame's bands without their mean, where anything is to be heard, and 0 elsewhere."""
        relief = np.clip(self.bands - (self.loud - DEPTH_DB)[:, None], 0, DEPTH_DB)
        shape: Floats = (relief - relief.mean(axis=1, keepdims=True)) * self.active[:, None]
        return shape


@dataclass(frozen=True)
class Span:
    """Frames from `start` up to but not including `end`."""

    start: int
    end: int

    def __len__(self) -> int:
        return max(0, self.end - self.start)

    @property
    def frames(self) -> slice:
        """To index with."""
        return slice(self.start, self.end)


def bands_of(samples: Floats) -> Floats:
    """The level of each band in each 10 ms of samples (int16 units, 8 kHz), in dB under the digital milliwatt."""
    frames = -(-len(samples) // HOP)
    if not frames:
        return np.zeros((0, _BANDS))
    before = (_WINDOW - HOP) // 2
    padded = np.pad(samples, (before, frames * HOP - len(samples) + _WINDOW))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[: frames * HOP : HOP]
    bands = np.empty((frames, _BANDS))
    for start in range(0, frames, 4096):  # a long call in pieces, for the sake of memory
        spectrum = np.abs(np.fft.rfft(windows[start : start + 4096] * _TAPER, _WINDOW)) ** 2
        bands[start : start + 4096] = spectrum @ _FILTERS.T
    levels: Floats = 10 * np.log10(np.maximum(bands * _SCALE, 10 ** (_QUIETEST_DB / 10)))
    return levels


def loud_of(bands: Floats) -> Floats:
    """See `Sound.loud`."""
    if not len(bands):
        return np.zeros(0)
    loud: Floats = np.maximum(_loudest_near(bands.max(axis=1)), _LEAST_LOUD_DB)
    return loud


def runs(mask: Mask, *, bridge: int = 0, least: int = 1) -> list[Span]:
    """Where a mask is true: gaps of up to `bridge` frames are bridged, runs of fewer true frames dropped."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    found: list[Span] = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if found and start - found[-1].end <= bridge:
            found[-1] = Span(found[-1].start, end)
        else:
            found.append(Span(start, end))
    return [span for span in found if mask[span.frames].sum() >= least]


def _loudest_near(levels: Floats) -> Floats:
    padded = np.pad(levels, _NEAR_FRAMES, constant_values=_QUIETEST_DB)
    loudest: Floats = np.lib.stride_tricks.sliding_window_view(padded, 2 * _NEAR_FRAMES + 1).max(axis=1)
    return loudest
