"""Levels in dBm0, the telephone network's unit: 0 dBm0 is the digital milliwatt.

The milliwatt is the µ-law sequence 1E 0B 0B 1E 9E 8B 8B 9E (asterisk/asterisk, apps/app_milliwatt.c), whose
RMS is that of a sine of peak 22651.
"""

import functools
import math
from typing import Final

import numpy as np

from twilio_wire.g711 import decode
from twilio_wire.pcm import Pcm

ZERO_DBM0_PEAK: Final = 22651
"""Peak of a sine at 0 dBm0, in int16 units."""
SILENCE_DBM0: Final = -45.0
"""A frame quieter than this is silence: above line noise (−65 to −55 dBm0), below any speech."""
IDLE_CODES: Final = b"\xff\x7f\xfe\x7e"
"""The µ-law codes of 0, 0, 8 and −8: all that an idle line of a live call carries."""

_ZERO_DBM0_POWER: Final = ZERO_DBM0_PEAK**2 / 2
_LOUD: Final = 8
_SAMPLE_OF_CODE: Final = decode(bytes(range(256))).astype(np.float64)


def sine_peak(dbm0: float) -> float:
    """Peak, in int16 units, of a sine at a level in dBm0 (µ-law overloads at +3.17 dBm0)."""
    return float(ZERO_DBM0_PEAK * 10 ** (dbm0 / 20))


def level_dbm0(pcm: Pcm) -> float:
    """RMS level of samples (int16) in dBm0; −inf for digital zero, and for no samples at all."""
    samples = pcm.astype(np.float64)
    energy = float(samples @ samples)
    return 10 * math.log10(energy / len(samples) / _ZERO_DBM0_POWER) if energy else -math.inf


def is_silent(ulaw_frame: bytes, threshold_dbm0: float = SILENCE_DBM0) -> bool:
    """Whether µ-law audio (bytes, 8 kHz, mono, of any length) is quieter than a threshold in dBm0."""
    return _is_silent(bytes(ulaw_frame), threshold_dbm0)  # without what else a frame may carry


@functools.lru_cache(maxsize=4096)
def _is_silent(ulaw_frame: bytes, threshold_dbm0: float) -> bool:
    """What was asked lately is known: recordings are played again and again."""
    least_power, quiet_codes, softer_codes = _threshold(threshold_dbm0)
    if not ulaw_frame.translate(None, quiet_codes):
        return True
    if _LOUD * len(ulaw_frame.translate(None, softer_codes)) >= len(ulaw_frame):
        return False
    samples = _SAMPLE_OF_CODE.take(np.frombuffer(ulaw_frame, dtype=np.uint8))
    return bool(samples @ samples < len(ulaw_frame) * least_power)


@functools.lru_cache(maxsize=8)
def _threshold(dbm0: float) -> tuple[float, bytes, bytes]:
    """A level as mean power, with the codes of less power and those of less than `_LOUD` times as much.

    They settle most frames without a look at the samples: one of quiet codes only is silent, one with a loud code in
    eight is not.
    """
    power = _ZERO_DBM0_POWER * 10 ** (dbm0 / 10)
    return power, _codes_below(power), _codes_below(_LOUD * power)


def _codes_below(power: float) -> bytes:
    return np.flatnonzero(power > _SAMPLE_OF_CODE**2).astype(np.uint8).tobytes()
