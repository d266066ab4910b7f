"""The WAV files of a cassette: µ-law, 8 kHz, mono, as bytes.

µ-law and not 16-bit PCM: it is what the line carried, byte for byte (PCM has no negative zero, so it cannot give every
byte back), it is half as large in a repository, and libsndfile, sox, ffmpeg and Audacity play it.

Laws: pure. The header is as long as `HEADER_BYTES`, whatever it says, so that it can be written again while audio is
added behind it.

Source: Microsoft, "Multiple Channel Audio Data and WAVE Files" (formats but PCM have cbSize and a `fact` chunk).
"""

import struct
from dataclasses import dataclass
from typing import Final

from twilio_wire.g711 import SAMPLE_RATE

_MULAW: Final = 7
_HEADER: Final = struct.Struct("<4sI4s 4sIHHIIHHH 4sII 4sI")
HEADER_BYTES: Final = _HEADER.size
_FORMAT: Final = struct.Struct("<HHI")
_CHUNK: Final = struct.Struct("<4sI")
_RIFF_BYTES: Final = 12


@dataclass(frozen=True)
class BadWav(Exception):
    """Not a file of a cassette: why."""

    why: str


@dataclass(frozen=True)
class WavContent:
    """What a file holds.

    Attributes:
        ulaw: the audio (bytes, µ-law, 8 kHz, mono).
        announced: how many bytes of it the header speaks of.
        begin: where in the file it begins.
    """

    ulaw: bytes
    announced: int
    begin: int


def header(length: int) -> bytes:
    """The header of a file with so many bytes of audio."""
    padded = length + length % 2
    return _HEADER.pack(
        *(b"RIFF", HEADER_BYTES - 8 + padded, b"WAVE"),
        *(b"fmt ", 18, _MULAW, 1, SAMPLE_RATE, SAMPLE_RATE, 1, 8, 0),
        *(b"fact", 4, length),
        *(b"data", length),
    )


def padding(length: int) -> bytes:
    """What follows so many bytes of audio at the end of the file: chunks have even lengths."""
    return b"\0" * (length % 2)


def parse(content: bytes, *, is_cut_off: bool = False) -> WavContent:
    """Find the audio in a file.

    Args:
        content: the whole file.
        is_cut_off: whether its recorder was killed: then all that follows the header is audio, whatever that says.

    Raises:
        BadWav: it is no WAV file, or none of µ-law, 8 kHz, mono.
    """
    if content[:4] != b"RIFF" or content[8:_RIFF_BYTES] != b"WAVE":
        raise BadWav("it is no WAV file")
    at, form = _RIFF_BYTES, None
    while at + _CHUNK.size <= len(content):
        name, size = _CHUNK.unpack_from(content, at)
        at += _CHUNK.size
        if name == b"fmt " and at + _FORMAT.size <= len(content):
            form = _FORMAT.unpack_from(content, at)
        if name == b"data":
            if form != (_MULAW, 1, SAMPLE_RATE):
                raise BadWav("it is not µ-law, 8 kHz, mono")
            return WavContent(content[at:] if is_cut_off else content[at : at + size], size, at)
        at += size + size % 2
    raise BadWav("it has no audio in it")
