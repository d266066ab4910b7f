"""`AudioChunk`: the piece of audio that goes in and out of the adapter's verbs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from twilio_wire.audio import Audio, from_ulaw, read_audio, write_wav
from twilio_wire.pcm import Pcm

CHUNK_RATE: Final = 24_000
"""Samples a second of every chunk, what speech models take and give."""
_BYTES_A_SAMPLE: Final = 2


@dataclass(frozen=True)
class AudioChunk:
    """Audio as bytes: PCM, 16 bit little-endian, 24 kHz, mono.

    Attributes:
        data: the samples.
        transcript: what is said in it, when somebody knows.
        start_ms: where it begins in the call's received audio; None for audio that was not received.

    Raises:
        ValueError: `data` has half a sample at its end.
    """

    data: bytes
    transcript: str | None = None
    start_ms: int | None = None

    def __post_init__(self) -> None:
        if len(self.data) % _BYTES_A_SAMPLE:
            raise ValueError(
                f"{len(self.data)} bytes are not whole 16-bit samples: pass PCM16 little-endian, 24 kHz, mono."
            )

    def __repr__(self) -> str:  # the samples themselves would fill a page of a failing test's report
        return f"AudioChunk({self.seconds:.2f} s, transcript={self.transcript!r}, start_ms={self.start_ms})"

    @classmethod
    def from_file(cls, path: str | Path) -> "AudioChunk":
        """Read a WAV, FLAC, OGG, AIFF or MP3 file of any rate, mono or stereo.

        Raises:
            twilio_wire.audio.AudioFileError: it is missing or is not audio; the message names the file.
        """
        return cls._from_audio(read_audio(path))

    @classmethod
    def from_ulaw(cls, ulaw: bytes, *, start_ms: int | None = None) -> "AudioChunk":
        """Make a chunk of telephone audio (bytes, µ-law, 8 kHz, mono)."""
        return cls._from_audio(from_ulaw(ulaw), start_ms=start_ms)

    @classmethod
    def from_pcm(cls, pcm: Pcm, *, start_ms: int | None = None) -> "AudioChunk":
        """Make a chunk of samples (int16, 24 kHz, mono)."""
        return cls(pcm.astype("<i2").tobytes(), start_ms=start_ms)

    @classmethod
    def silence(cls, seconds: float) -> "AudioChunk":
        """Make a chunk of digital silence."""
        return cls(bytes(round(seconds * CHUNK_RATE) * _BYTES_A_SAMPLE))

    @classmethod
    def _from_audio(cls, audio: Audio, *, start_ms: int | None = None) -> "AudioChunk":
        return cls.from_pcm(audio.at(CHUNK_RATE).pcm, start_ms=start_ms)

    @property
    def pcm(self) -> Pcm:
        """The samples (int16, 24 kHz, mono)."""
        return np.frombuffer(self.data, dtype="<i2").astype(np.int16)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.data) / _BYTES_A_SAMPLE / CHUNK_RATE

    def save(self, path: str | Path) -> None:
        """Write it as a WAV file, 24 kHz, mono."""
        write_wav(path, self.pcm, rate=CHUNK_RATE)

    def __add__(self, other: "AudioChunk") -> "AudioChunk":
        said = " ".join(text for text in (self.transcript, other.transcript) if text)
        return AudioChunk(self.data + other.data, transcript=said or None, start_ms=self.start_ms)
