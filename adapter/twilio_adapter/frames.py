"""Changing the sample rate of live audio, 20 ms at a time, with no seam and no more delay than a seam costs.

A filter needs the samples on both sides of the one it computes. Each 20 ms frame is converted together with the frame
before and the frame after it, and the middle is kept: the same samples as converting the whole recording at once,
one frame late. (soxr's own stream is 21 to 85 ms late and hands over in bursts of 60 ms.)
"""

import numpy as np

from twilio_wire.g711 import FRAME_MS
from twilio_wire.pcm import Pcm
from twilio_wire.resample import resample


class FrameResampler:
    """Converts a stream (int16, mono) from one rate to another in whole 20 ms frames, one frame behind."""

    def __init__(self, source_rate: int, target_rate: int) -> None:
        self._source_rate = source_rate
        self._target_rate = target_rate
        self._source_frame = source_rate * FRAME_MS // 1000
        self._target_frame = target_rate * FRAME_MS // 1000
        self._before = _NOTHING
        self._held = _NOTHING

    @property
    def holds_audio(self) -> bool:
        """Whether `flush` would return anything."""
        return bool(self._held.size)

    @property
    def held_ms(self) -> int:
        """How much waits for what follows it."""
        return int(self._held.size) * 1000 // self._source_rate

    def process(self, pcm: Pcm) -> Pcm:
        """Take the next samples; return all frames whose successor is complete."""
        self._held = np.concatenate([self._held, pcm])
        ready = self._held.size // self._source_frame - 1
        if ready <= 0:
            return _NOTHING
        converted = self._convert(self._held[: (ready + 1) * self._source_frame])
        self._before = self._held[(ready - 1) * self._source_frame : ready * self._source_frame]
        self._held = self._held[ready * self._source_frame :]
        return converted[: ready * self._target_frame]

    def flush(self) -> Pcm:
        """Return what is held back: the stream ends here, and a new one may begin."""
        converted = self._convert(self._held) if self._held.size else _NOTHING
        self._before = self._held = _NOTHING
        return converted

    def _convert(self, pcm: Pcm) -> Pcm:
        """Convert samples that follow `_before`, without what `_before` itself becomes."""
        converted = resample(np.concatenate([self._before, pcm]), self._source_rate, self._target_rate)
        return converted[self._before.size * self._target_rate // self._source_rate :]


_NOTHING = np.zeros(0, dtype=np.int16)
