"""Audio in memory and in files: the one module of wire that touches the disk.

Reading takes whatever libsndfile reads; writing is 16-bit PCM WAV. Everything in between is int16, and mono.
"""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from twilio_wire.g711 import SAMPLE_RATE, decode, encode
from twilio_wire.pcm import Pcm, to_int16
from twilio_wire.resample import resample


class AudioFileError(ValueError):
    """A file that cannot be used as audio: which one, why, and what to do."""


@dataclass(frozen=True, eq=False)
class Audio:
    """Mono samples (int16) and their rate in Hz."""

    pcm: Pcm
    rate: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.pcm) / self.rate

    def at(self, rate: int) -> "Audio":
        """Return the same audio at another rate in Hz."""
        return self if rate == self.rate else Audio(resample(self.pcm, self.rate, rate), rate)

    def ulaw(self) -> bytes:
        """Return it as a telephone line carries it: µ-law bytes, 8 kHz, mono."""
        return encode(self.at(SAMPLE_RATE).pcm)

    def save(self, path: str | Path) -> None:
        """Write it as a WAV file, one channel, at its own rate."""
        write_wav(path, self.pcm, rate=self.rate)


def from_ulaw(ulaw: bytes) -> Audio:
    """Return µ-law bytes (8 kHz, mono) as audio."""
    return Audio(decode(ulaw), SAMPLE_RATE)


def read_audio(source: str | Path | bytes) -> Audio:
    """Read a WAV, FLAC, OGG, AIFF or MP3 file, or the bytes of one, at any rate; channels are mixed to one.

    Raises:
        AudioFileError: there is no such file, it holds no samples, or libsndfile cannot read it.
    """
    name = "the audio given as bytes" if isinstance(source, bytes) else str(source)
    try:
        content = source if isinstance(source, bytes) else Path(source).read_bytes()
    except OSError as error:
        raise AudioFileError(f"Cannot read {name}: {error.strerror}. Check the path.") from error
    try:
        samples, rate = soundfile.read(io.BytesIO(content), dtype="float64", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise AudioFileError(
            f"Cannot read {name} as audio: {error.error_string} Convert it to WAV, FLAC, OGG, AIFF or MP3."
        ) from error
    if not len(samples):
        raise AudioFileError(f"There are no samples in {name}: record it again.")
    return Audio(to_int16(samples.mean(axis=1) * 32768), int(rate))


def write_wav(path: str | Path, *channels: Pcm, rate: int = SAMPLE_RATE) -> None:
    """Write one channel or several (int16) as a WAV file; shorter ones end in silence."""
    Path(path).write_bytes(wav_bytes(*channels, rate=rate))


def wav_bytes(*channels: Pcm, rate: int = SAMPLE_RATE) -> bytes:
    """Return one channel or several (int16) as the bytes of a WAV file; shorter ones end in silence.

    Raises:
        ValueError: no channel was given.
    """
    if not channels:
        raise ValueError("A WAV file needs at least one channel: pass the samples to write.")
    columns = np.zeros((max(map(len, channels)), len(channels)), dtype=np.int16)
    for index, channel in enumerate(channels):
        columns[: len(channel), index] = channel
    out = io.BytesIO()
    soundfile.write(out, columns, rate, format="WAV", subtype="PCM_16")
    return out.getvalue()
