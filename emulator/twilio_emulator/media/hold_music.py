"""What a call hears that waits and has nothing else to hear: Twilio's music on hold, in a tune of our own.

Twilio's is a playlist in the public domain; tests ask only whether there is music, and that it is always the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from twilio_wire import g711
from twilio_wire.pcm import to_int16

_BEAT_MS: Final = 400
_LEVEL: Final = 2600
"""Peak of one voice: some 20 dB below full scale, as music on hold is."""

_CHORDS: Final = ("A2 A3 C4 E4", "F2 A3 C4 F4", "C3 G3 C4 E4", "G2 G3 B3 D4")
"""Bass, then three notes that are played one after another, up and down."""

_PATTERN: Final = (1, 2, 3, 2)
_SEMITONES: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@lru_cache(maxsize=1)
def hold_music() -> bytes:
    """A round of the tune, to be repeated: bytes, µ-law, 8 kHz, mono."""
    beat = g711.SAMPLE_RATE * _BEAT_MS // 1000
    rounds = 2
    tune = np.zeros(beat * len(_PATTERN) * len(_CHORDS) * rounds)
    start = 0
    for chord in _CHORDS * rounds:
        notes = chord.split()
        _add(tune, notes[0], start, beat * len(_PATTERN))
        for step in _PATTERN:
            _add(tune, notes[step], start, beat)
            start += beat
    return g711.encode(to_int16(tune))


def _add(tune: NDArray[np.float64], note: str, start: int, length: int) -> None:
    """Let a note sound, and fade."""
    time = np.arange(length) / g711.SAMPLE_RATE
    octaves = int(note[1]) - 4 + (_SEMITONES[note[0]] - _SEMITONES["A"]) / 12
    tune[start : start + length] += _LEVEL * np.exp(-3 * time) * np.sin(2 * np.pi * 440 * 2**octaves * time)
