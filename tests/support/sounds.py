"""Sounds that can be told apart: steady tones of a known pitch."""

import numpy as np
from numpy.typing import NDArray

from twilio_adapter import AudioChunk
from twilio_wire import g711


def tone_pcm(hertz: float, seconds: float, rate: int = 8000) -> NDArray[np.int16]:
    count = round(seconds * rate)
    return (8000 * np.sin(2 * np.pi * hertz * np.arange(count) / rate)).astype(np.int16)


def tone_line(hertz: float, seconds: float) -> bytes:
    """µ-law, 8 kHz, mono."""
    return g711.encode(tone_pcm(hertz, seconds))


def tone_chunk(hertz: float, seconds: float) -> AudioChunk:
    """PCM16, 24 kHz, mono."""
    return AudioChunk(tone_pcm(hertz, seconds, rate=24_000).tobytes())


def seconds_of(hertz: float, pcm: NDArray[np.int16], rate: int = 8000) -> float:
    """How long a pitch sounds in `pcm`: 20 ms frames in which it is the loudest, and not silent."""
    size = rate // 50
    frames = pcm[: len(pcm) // size * size].reshape(-1, size).astype(float)
    spectra = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1))
    bins = np.fft.rfftfreq(size, 1 / rate)
    loud = np.sqrt((frames**2).mean(axis=1)) > 300
    near = np.abs(bins[spectra.argmax(axis=1)] - hertz) <= rate / size
    return float((loud & near).sum()) * 0.02
