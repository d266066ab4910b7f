"""Sounds that several of these tests listen to."""

import numpy as np
import pytest
from numpy.typing import NDArray

from twilio_wire.dtmf_grid import FREQUENCIES
from twilio_wire.g711 import encode
from twilio_wire.levels import sine_peak
from twilio_wire.pcm import to_int16

Sound = NDArray[np.float64]


class Sounds:
    """Makes sounds at 8 kHz, in int16 units but not yet rounded, and puts them on a line."""

    def key(
        self,
        key: str,
        ms: float,
        *,
        dbm0: float = -10,
        twist_db: float = 0,
        row_off: float = 0,
        column_off: float = 0,
    ) -> Sound:
        """A key's tone: its louder sine at dbm0, twist the column above the row, `off` shares of the pitch."""
        row_hz, column_hz = FREQUENCIES[key]
        row = self.sine(row_hz * (1 + row_off), ms, dbm0 - max(twist_db, 0))
        return row + self.sine(column_hz * (1 + column_off), ms, dbm0 + min(twist_db, 0))

    def sine(self, hertz: float, ms: float, dbm0: float) -> Sound:
        return sine_peak(dbm0) * np.sin(2 * np.pi * hertz * np.arange(round(ms * 8)) / 8000)

    def silence(self, ms: float) -> Sound:
        return np.zeros(round(ms * 8))

    def noise(self, ms: float, dbm0: float, seed: int = 1) -> Sound:
        """White noise; the same for the same seed."""
        rms = sine_peak(dbm0) / np.sqrt(2)
        return np.random.default_rng(seed).normal(scale=rms, size=round(ms * 8))

    def line(self, *sounds: Sound, noise_dbm0: float | None = None, seed: int = 1) -> bytes:
        """Sounds one after another, with white noise under all of it, as µ-law."""
        sound = np.concatenate(sounds)
        if noise_dbm0 is not None:
            sound = sound + self.noise(len(sound) / 8, noise_dbm0, seed)
        return encode(to_int16(sound))


@pytest.fixture(scope="session")
def sounds() -> Sounds:
    return Sounds()
