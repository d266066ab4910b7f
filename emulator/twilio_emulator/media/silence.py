"""Notices that a far end says nothing, counted in its audio. A tap of a leg (see `media.leg`)."""

from __future__ import annotations

from collections.abc import Callable

from twilio_wire.g711 import FRAME_MS
from twilio_wire.levels import is_silent


class SilenceWatch:
    """Tells once, after `limit_ms` without a sound; a sound begins the count anew."""

    def __init__(self, limit_ms: int, heard: Callable[[], None]) -> None:
        self._limit_ms = limit_ms
        self._heard = heard
        self._silent_ms = 0

    def frame(self, inbound: bytes, _: bytes) -> None:
        """20 ms have passed: 160 µ-law bytes from the far end."""
        if not is_silent(inbound):
            self._silent_ms = 0
            return
        self._silent_ms += FRAME_MS
        if self._silent_ms == self._limit_ms:
            self._heard()
