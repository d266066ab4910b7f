"""A recogniser for tests that need one and no model: it tells how long the sound was."""

from collections.abc import Sequence

from twilio_emulator.media.recognition import Recognition, RecognitionUnavailableError
from twilio_wire.g711 import FRAME_BYTES, FRAME_MS, frames
from twilio_wire.levels import is_silent


class Stopwatch:
    """Hears, of any sound, "for so many milliseconds"; of silence, nothing."""

    name = "stopwatch"

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def recognize(self, audio: bytes, *, language: str, hints: Sequence[str] = ()) -> Recognition:
        self.asked.append((language, tuple(hints)))
        whole = audio[: len(audio) // FRAME_BYTES * FRAME_BYTES]
        ms = sum(FRAME_MS for frame in frames(whole) if not is_silent(frame))
        return Recognition(("for", str(ms), "ms"), 0.5) if ms else Recognition()


class Broken:
    """Cannot be used after all."""

    name = "broken"

    def recognize(self, audio: bytes, *, language: str, hints: Sequence[str] = ()) -> Recognition:
        raise RecognitionUnavailableError("The model cannot be loaded.")
