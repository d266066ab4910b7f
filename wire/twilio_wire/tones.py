"""Call-progress tones of North America: what a caller hears while a call is set up or refused.

Frequencies and cadences: asterisk/asterisk, configs/samples/indications.conf.sample [us]. Levels: spandsp,
spandsp/global-tones.xml [us], taken as the level of each frequency.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import count
from typing import Final

import numpy as np

from twilio_wire.g711 import SAMPLE_RATE
from twilio_wire.levels import sine_peak
from twilio_wire.pcm import Pcm, to_int16


class Sounding(Enum):
    """How a tone's frequencies share the time it is on."""

    TOGETHER = auto()
    IN_TURN = auto()
    """One frequency to each entry of the cadence."""


@dataclass(frozen=True)
class ProgressTone:
    """A tone of the network: frequencies in Hz, level of each in dBm0, cadence as (on_ms, off_ms) pairs.

    An empty cadence is a steady tone. A cadence goes round `cycles` times, or without end when that is None.
    """

    name: str
    frequencies: tuple[float, ...]
    dbm0: float
    cadence: tuple[tuple[int, int], ...] = ()
    sounding: Sounding = Sounding.TOGETHER
    cycles: int | None = None

    @property
    def cycle_ms(self) -> int:
        """Length of one round of the cadence in ms; 0 for a steady tone."""
        return sum(on_ms + off_ms for on_ms, off_ms in self.cadence)


DIAL_TONE: Final = ProgressTone("dial tone", (350, 440), -13.0)
RINGBACK: Final = ProgressTone("ringback", (440, 480), -19.0, ((2000, 4000),))
BUSY: Final = ProgressTone("busy", (480, 620), -24.0, ((500, 500),))
REORDER: Final = ProgressTone("reorder", (480, 620), -24.0, ((250, 250),))
CALL_WAITING: Final = ProgressTone("call waiting", (440,), -13.0, ((300, 10_000),))
SIT: Final = ProgressTone("special information", (950, 1400, 1800), -13.0, ((330, 0),) * 3, Sounding.IN_TURN, cycles=1)
# No standard describes this one; up to a second of 1000 Hz is what machines play.
ANSWERING_MACHINE_BEEP: Final = ProgressTone("answering machine beep", (1000,), -13.0, ((500, 0),), cycles=1)

PROGRESS_TONES: Final = (DIAL_TONE, RINGBACK, BUSY, REORDER, CALL_WAITING, SIT, ANSWERING_MACHINE_BEEP)


def synthesize(tone: ProgressTone, duration_ms: int, rate: int = SAMPLE_RATE) -> Pcm:
    """Return the first duration_ms of a tone (int16, mono, at rate), silence where its cadence is off."""
    pcm = np.zeros(duration_ms * rate // 1000, dtype=np.int16)
    for start_ms, end_ms, frequencies in _bursts(tone, duration_ms):
        start, end = (min(ms, duration_ms) * rate // 1000 for ms in (start_ms, end_ms))
        pcm[start:end] = sines(frequencies, tone.dbm0, end - start, rate)
    return pcm


def sines(frequencies: Sequence[float], dbm0: float, length: int, rate: int = SAMPLE_RATE) -> Pcm:
    """Return `length` samples (int16, mono, at rate) of sines in Hz added up, each at a level in dBm0."""
    turns = np.outer(frequencies, np.arange(length)) / rate
    return to_int16(np.sin(2 * np.pi * turns).sum(axis=0) * sine_peak(dbm0))


def _bursts(tone: ProgressTone, duration_ms: int) -> Iterator[tuple[int, int, tuple[float, ...]]]:
    """When the tone sounds, from and to in ms, and with which frequencies."""
    if not tone.cadence:
        yield 0, duration_ms, tone.frequencies
        return
    start_ms = 0
    for _ in count() if tone.cycles is None else range(tone.cycles):
        for index, (on_ms, off_ms) in enumerate(tone.cadence):
            if start_ms >= duration_ms:
                return
            together = tone.sounding is Sounding.TOGETHER
            yield start_ms, start_ms + on_ms, tone.frequencies if together else (tone.frequencies[index],)
            start_ms += on_ms + off_ms
