"""Telling speech from everything else, by WebRTC's voice activity detector.

Twilio has none of its own to offer: a stream carries audio, and nothing about it
(twilio.com/docs/voice/media-streams/websocket-messages). WebRTC's judges each frame of the line's own 8 kHz audio by
its spectrum; hysteresis makes speaking and silence of the single judgements.

Laws: no clock but the received audio, so the same audio gives the same events. Every frame is judged once, in order.
"""

from dataclasses import dataclass
from typing import Final

import webrtcvad

from twilio_adapter.errors import ConfigurationError
from twilio_adapter.events import UserStartedSpeaking, UserStoppedSpeaking
from twilio_adapter.recording import BYTES_A_MS
from twilio_wire.g711 import FRAME_BYTES, FRAME_MS, SAMPLE_RATE, decode
from twilio_wire.levels import is_silent

_MODES: Final = range(4)
FALLBACK: Final = (
    "Twilio offers no voice activity detection: webrtcvad listens instead (mode %d, speech after %d ms, silence after "
    "%d ms); set vad=Vad(…) if it misses speech, or hears too much."
)
"""Logged once an adapter."""


@dataclass(frozen=True, kw_only=True)
class Vad:
    """How speech is told from what is not.

    Attributes:
        mode: WebRTC's aggressiveness, 0 to 3: 0 takes nearly any sound for speech, 3 only what surely is.
        start_ms: so much speech without a gap begins a `UserStartedSpeaking`; a click is shorter.
        stop_ms: so much without any speech ends it in a `UserStoppedSpeaking`; a breath is shorter.

    Raises:
        ConfigurationError: there is no such mode, or a time is shorter than one frame (20 ms).
    """

    mode: int = 2
    start_ms: int = 60
    stop_ms: int = 400

    def __post_init__(self) -> None:
        if self.mode not in _MODES:
            raise ConfigurationError(f"There is no VAD mode {self.mode}: use 0 (hears most) to 3 (hears least).")
        for name in ("start_ms", "stop_ms"):
            if getattr(self, name) < FRAME_MS:
                raise ConfigurationError(
                    f"{name}={getattr(self, name)} is shorter than one frame: give Vad {FRAME_MS} ms or more."
                )


class VoiceActivity:
    """Listens along a received track (µ-law, 8 kHz) as it grows."""

    def __init__(self, received: bytearray, vad: Vad) -> None:
        self._received = received
        self._vad = webrtcvad.Vad(vad.mode)
        self._start_frames = -(-vad.start_ms // FRAME_MS)
        self._stop_frames = -(-vad.stop_ms // FRAME_MS)
        self._position = 0
        self._run = 0
        """Frames in a row, up to now, that contradict what we say: speech in silence, or the reverse."""
        self.speaking = False

    def listen(self) -> list[UserStartedSpeaking | UserStoppedSpeaking]:
        """Judge what has arrived since the last time."""
        told: list[UserStartedSpeaking | UserStoppedSpeaking] = []
        while len(self._received) - self._position >= FRAME_BYTES:
            start = self._position
            self._position += FRAME_BYTES
            if self._is_speech(bytes(self._received[start : self._position])) is self.speaking:
                self._run = 0
                continue
            self._run += 1
            if self._run >= (self._stop_frames if self.speaking else self._start_frames):
                told.append(self._turn())
        return told

    def end(self) -> list[UserStartedSpeaking | UserStoppedSpeaking]:
        """Nothing more will arrive: who still speaks has stopped."""
        return [self._turn()] if self.speaking else []

    def _is_speech(self, frame: bytes) -> bool:
        """Judge 20 ms. The detector first has to learn the line's noise: what is too quiet for speech never is any."""
        judged = self._vad.is_speech(decode(frame).tobytes(), SAMPLE_RATE)  # all of it, for that is how it learns
        return bool(judged) and not is_silent(frame)

    def _turn(self) -> UserStartedSpeaking | UserStoppedSpeaking:
        """Change our mind: it has been so since the run began."""
        since_ms = self._position // BYTES_A_MS - self._run * FRAME_MS
        self.speaking = not self.speaking
        self._run = 0
        return UserStartedSpeaking(since_ms) if self.speaking else UserStoppedSpeaking(since_ms)
