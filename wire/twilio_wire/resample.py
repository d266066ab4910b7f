"""Changing the sample rate of whole recordings, and of streams that come in pieces, without a click between.

soxr does the filtering, in float: its int16 output is dithered, and silence would no longer be silence.
"""

from typing import Final

import numpy as np
import soxr

from twilio_wire.pcm import Pcm, to_int16

_QUALITY: Final = "HQ"


class Resampler:
    """Converts one stream of samples (int16, mono); the filter's state is kept from piece to piece.

    Use one for each direction of each call, and never one for each piece: every joint would click.
    """

    def __init__(self, source_rate: int, target_rate: int) -> None:
        self._stream: soxr.ResampleStream | None = None
        if source_rate != target_rate:
            self._stream = soxr.ResampleStream(source_rate, target_rate, 1, dtype="float32", quality=_QUALITY)

    def process(self, pcm: Pcm) -> Pcm:
        """Take the stream's next samples and return those that are ready; the filter holds some back."""
        return self._convert(pcm, last=False)

    def flush(self) -> Pcm:
        """End the stream and return what the filter still holds."""
        return self._convert(np.zeros(0, dtype=np.int16), last=True)

    def _convert(self, pcm: Pcm, *, last: bool) -> Pcm:
        if self._stream is None:
            return pcm.copy()
        return to_int16(self._stream.resample_chunk(pcm.astype(np.float32), last=last))


def resample(pcm: Pcm, source_rate: int, target_rate: int) -> Pcm:
    """Convert a whole recording (int16, mono) from one rate to another, both in Hz."""
    resampler = Resampler(source_rate, target_rate)
    return np.concatenate([resampler.process(pcm), resampler.flush()])
