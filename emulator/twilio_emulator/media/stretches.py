"""Where in a recording there is sound, and where there is none. Pure, counted in frames.

Laws: stretches come in order, do not touch, and begin and end on whole frames. Whatever is loud for as long as somebody
may mean it is in one of them; a click is not.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from twilio_wire.g711 import FRAME_BYTES, FRAME_MS
from twilio_wire.levels import is_silent

_SHORTEST_FRAMES: Final = 3
"""Fewer loud frames are a click."""


class Stretch(NamedTuple):
    """From when to when there is sound, pauses shorter than the limit included: milliseconds, whole frames."""

    begin_ms: int
    end_ms: int


def stretches(audio: bytes, *, pause_ms: int) -> tuple[Stretch, ...]:
    """The stretches of sound in a recording (bytes, µ-law, 8 kHz, mono), parted by silences of `pause_ms` or longer."""
    found: list[Stretch] = []
    loud: list[int] = []
    for start in range(0, len(audio), FRAME_BYTES):
        if is_silent(audio[start : start + FRAME_BYTES]):
            continue
        number = start // FRAME_BYTES
        if loud and (number - loud[-1] - 1) * FRAME_MS >= pause_ms:
            found += _stretch(loud)
            loud = []
        loud.append(number)
    return (*found, *_stretch(loud))


def _stretch(loud: list[int]) -> list[Stretch]:
    """The stretch that these loud frames are, if they are no click."""
    return [Stretch(loud[0] * FRAME_MS, (loud[-1] + 1) * FRAME_MS)] if len(loud) >= _SHORTEST_FRAMES else []
