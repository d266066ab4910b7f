"""Speech in pieces, as one sound: every stretch spoken in its manner, the pauses between them silent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from twilio_emulator.media.speech import Speech
from twilio_emulator.twiml.speech_script import Pause, Piece
from twilio_wire import g711

_BYTES_PER_MS: Final = g711.SAMPLE_RATE // 1000
_IDLE: Final = g711.IDLE_FRAME[:1]
_LOUDEST_DB: Final = 12.0


def recite(speech: Speech, pieces: Sequence[Piece], *, voice: str, language: str) -> bytes:
    """Speak all pieces: bytes, µ-law, 8 kHz, mono. Takes as long as the speech does; call it from a worker thread."""
    sounds: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, Pause):
            sounds.append(_IDLE * (piece.ms * _BYTES_PER_MS))
            continue
        manner = piece.manner
        spoken = speech.synthesize(
            piece.text, voice=voice, language=manner.language or language, rate_percent=manner.rate_percent
        )
        sounds.append(_louder(spoken, manner.volume_db))
    return b"".join(sounds)


def _louder(audio: bytes, db: float) -> bytes:
    if not db:
        return audio
    scaled = g711.decode(audio) * 10 ** (min(db, _LOUDEST_DB) / 20)
    return g711.encode(np.clip(np.rint(scaled), -32768, 32767).astype(np.int16))
