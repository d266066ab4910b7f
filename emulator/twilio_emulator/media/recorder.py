"""Records one leg: two tracks of 20 ms frames in, what is kept of them out. Pure, counted in audio.

Laws
----
* Both tracks are always of the same length, frame by frame; a track that is not asked for is idle.
* While paused, either silence takes the place of what is said, or nothing does
  [twilio.com/docs/voice/api/recording].
* Trimming takes whole frames that are silent on both tracks, from the two ends only.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import soundfile

from twilio_wire.audio import wav_bytes
from twilio_wire.g711 import FRAME_BYTES, FRAME_MS, IDLE_FRAME, SAMPLE_RATE, decode
from twilio_wire.levels import is_silent
from twilio_wire.pcm import Pcm

_BYTES_PER_MS: Final = SAMPLE_RATE // 1000


class RecordingTrack(StrEnum):
    """Whose audio is recorded, seen from Twilio: what it receives, what it plays, or both."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    BOTH = "both"


class PauseBehavior(StrEnum):
    """What a pause leaves in the recording."""

    SILENCE = "silence"
    SKIP = "skip"


class Trim(StrEnum):
    """Whether silence at both ends is kept."""

    TRIM_SILENCE = "trim-silence"
    DO_NOT_TRIM = "do-not-trim"


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """What was recorded: two tracks of the same length (bytes, µ-law, 8 kHz), to be heard on one channel or on two."""

    inbound: bytes
    outbound: bytes
    channels: int

    @property
    def ms(self) -> int:
        """How long it lasts."""
        return len(self.inbound) // _BYTES_PER_MS

    def pcm(self, channels: int | None = None) -> tuple[Pcm, ...]:
        """The samples (int16, 8 kHz): inbound and outbound, or the two mixed into one."""
        inbound, outbound = decode(self.inbound), decode(self.outbound)
        if (channels or self.channels) == 2:
            return inbound, outbound
        mixed = inbound.astype(np.int32) + outbound
        return (np.clip(mixed, -32768, 32767).astype(np.int16),)

    def wav(self, channels: int | None = None) -> bytes:
        """A WAV file: 16 bits, 8 kHz."""
        return wav_bytes(*self.pcm(channels))

    def mp3(self, channels: int | None = None) -> bytes:
        """An MP3 file, 8 kHz."""
        out = io.BytesIO()
        # Two channels of int16 come out garbled from libsndfile 1.2.2; floats do not.
        samples = np.column_stack(self.pcm(channels)) / 32768
        soundfile.write(out, samples, SAMPLE_RATE, format="MP3")
        return out.getvalue()


class Recorder:
    """Takes frames until somebody asks for what it has."""

    def __init__(self, track: RecordingTrack, *, channels: int) -> None:
        self._track = track
        self._channels = channels
        self._inbound = bytearray()
        self._outbound = bytearray()
        self._pause: PauseBehavior | None = None

    def frame(self, inbound: bytes, outbound: bytes) -> None:
        """20 ms have passed: 160 µ-law bytes of each track."""
        if self._pause is PauseBehavior.SKIP:
            return
        silent = self._pause is PauseBehavior.SILENCE
        self._inbound += IDLE_FRAME if silent or self._track is RecordingTrack.OUTBOUND else inbound
        self._outbound += IDLE_FRAME if silent or self._track is RecordingTrack.INBOUND else outbound

    def pause(self, behavior: PauseBehavior) -> None:
        """Stop listening until `resume`."""
        self._pause = behavior

    def resume(self) -> None:
        """Listen again."""
        self._pause = None

    def drop(self, ms: int) -> None:
        """Forget the last `ms`."""
        keep = max(len(self._inbound) - ms * _BYTES_PER_MS, 0)
        del self._inbound[keep:], self._outbound[keep:]

    def take(self, trim: Trim) -> Take:
        """All that is kept."""
        begin, end = 0, len(self._inbound)
        if trim is Trim.TRIM_SILENCE:
            while begin < end and self._is_silent(begin):
                begin += FRAME_BYTES
            while end > begin and self._is_silent(end - FRAME_BYTES):
                end -= FRAME_BYTES
        return Take(bytes(self._inbound[begin:end]), bytes(self._outbound[begin:end]), self._channels)

    @property
    def recorded_ms(self) -> int:
        """How much there is before trimming."""
        return len(self._inbound) // FRAME_BYTES * FRAME_MS

    def _is_silent(self, start: int) -> bool:
        end = start + FRAME_BYTES
        return is_silent(bytes(self._inbound[start:end])) and is_silent(bytes(self._outbound[start:end]))
