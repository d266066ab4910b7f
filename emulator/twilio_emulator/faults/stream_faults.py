"""A Media Stream's socket that is lost: the TCP connection goes, and no WebSocket close is said."""

from __future__ import annotations

from collections.abc import Callable

from twilio_emulator.clock import Clock
from twilio_emulator.media.stream import MediaStream


class SocketDrop:
    """Watches one stream by its frames, as a tap, and drops its socket once when the time has come."""

    def __init__(self, stream: MediaStream, *, after_ms: int, clock: Clock, struck: Callable[[], None]) -> None:
        self._stream = stream
        self._after_ms = after_ms
        self._clock = clock
        self._struck = struck
        self._is_over = False

    def frame(self, _: bytes, __: bytes) -> None:
        """20 ms have passed."""
        opened_ms = self._stream.opened_ms
        if self._is_over or opened_ms is None or not self._stream.is_running:
            return
        if self._clock.now_ms - opened_ms >= self._after_ms:
            self._is_over = True
            self._struck()
            self._stream.lose_socket()
