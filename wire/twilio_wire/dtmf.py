"""DTMF, the tones of a telephone's keys: digit strings, their sound and, from its own file, the ear for them.

Digit strings are those of `<Play digits>`, `<Number sendDigits>` and the REST parameter SendDigits: keys, `w`
for a pause of half a second and `W` for one of a second (twilio.com/docs/voice/twiml/play).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from twilio_wire.dtmf_detector import Detector
from twilio_wire.dtmf_grid import FREQUENCIES, KEYS
from twilio_wire.dtmf_pairs import Foresight, Span
from twilio_wire.g711 import SAMPLE_RATE
from twilio_wire.pcm import Pcm
from twilio_wire.tones import sines

__all__ = [
    "KEYS",
    "PAUSE_MS",
    "TWILIO_TIMING",
    "Detector",
    "DigitTiming",
    "Foresight",
    "InvalidDigits",
    "Span",
    "parse_digits",
    "synthesize",
]

PAUSE_MS: Final = {"w": 500, "W": 1000}


class InvalidDigits(ValueError):
    """A digit string with something in it that is neither a key nor a pause."""


@dataclass(frozen=True)
class DigitTiming:
    """How keys sound: length of the tone, of the silence after it, and level of each of its two sines."""

    on_ms: int
    gap_ms: int
    dbm0: float


TWILIO_TIMING: Final = DigitTiming(on_ms=200, gap_ms=180, dbm0=-9.0)
"""Twilio documents no timing; keys it sent on a live call came 380 ms apart."""


def parse_digits(text: str) -> tuple[str, ...]:
    """Split a digit string into keys (0-9, A-D, * and #) and pauses (w and W).

    Raises:
        InvalidDigits: it holds anything else.
    """
    for place, character in enumerate(text, start=1):
        if character not in FREQUENCIES and character not in PAUSE_MS:
            raise InvalidDigits(
                f"Character {place} of {text!r} is {character!r}, which no telephone sends: "
                "use 0-9, A-D, #, *, w (half a second) and W (a second)."
            )
    return tuple(text)


def synthesize(digits: str, *, timing: DigitTiming = TWILIO_TIMING, rate: int = SAMPLE_RATE) -> Pcm:
    """Return the sound of a digit string (int16, mono, at rate): a tone and a gap for each key.

    A pause takes the place of the gap before it: Twilio documents `1w2` as half a second between two tones.

    Raises:
        InvalidDigits: see `parse_digits`.
    """
    parsed = parse_digits(digits)
    parts = [np.zeros(0, dtype=np.int16)]
    for character, following in pairwise((*parsed, "")):
        if character in PAUSE_MS:
            parts.append(_silence(PAUSE_MS[character], rate))
            continue
        parts.append(sines(FREQUENCIES[character], timing.dbm0, timing.on_ms * rate // 1000, rate))
        if following not in PAUSE_MS:
            parts.append(_silence(timing.gap_ms, rate))
    return np.concatenate(parts)


def _silence(duration_ms: int, rate: int) -> Pcm:
    return np.zeros(duration_ms * rate // 1000, dtype=np.int16)
