"""G.711 µ-law, the only audio format a Twilio stream speaks: 8 kHz, mono, one byte a sample.

Both directions are table look-ups. The encode table follows ITU-T G.191 (openitu/STL, src/g711/g711.c), which
takes the one's complement of negative samples; common C snippets differ from it by one step on 127 of the
65536 inputs. All decoders agree.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from twilio_wire.pcm import Pcm

SAMPLE_RATE: Final = 8000
FRAME_MS: Final = 20
FRAME_BYTES: Final = SAMPLE_RATE * FRAME_MS // 1000
IDLE_FRAME: Final = b"\xff" * FRAME_BYTES
"""20 ms of positive zero, the idle octet of G.711."""

_SIGN_BIT: Final = 0x80


def _encode_table() -> NDArray[np.uint8]:
    """Code of each sample; negative samples are at the end, where Python's negative indices look."""
    samples = np.concatenate([np.arange(0, 32768), np.arange(-32768, 0)])
    # 14 bits count. A bias of 33 makes each segment begin at a power of two; 0x1FFF is the overload point.
    magnitude = np.where(samples < 0, ~samples, samples) >> 2
    biased = np.minimum(magnitude + 33, 0x1FFF)
    segment = np.searchsorted(1 << np.arange(6, 13), biased, side="right")
    mantissa = (biased >> (segment + 1)) & 0x0F
    codes: NDArray[np.uint8] = ((7 - segment) << 4 | (15 - mantissa)).astype(np.uint8)
    codes[samples >= 0] |= _SIGN_BIT
    return codes


def _decode_table() -> Pcm:
    """Sample of each code from 0x00 to 0xFF: eight segments of 16 steps, the step doubling from 8 to 1024."""
    inverted = 0xFF - np.arange(256)
    segment = inverted >> 4 & 0x07
    mantissa = inverted & 0x0F
    magnitude = ((mantissa << 3) + 132 << segment) - 132
    return np.where(inverted & _SIGN_BIT, -magnitude, magnitude).astype(np.int16)


_ENCODE: Final = _encode_table()
_DECODE: Final = _decode_table()


def encode(pcm: Pcm) -> bytes:
    """Compress samples (int16, 8 kHz, mono) to µ-law, one byte a sample."""
    return _ENCODE.take(pcm).tobytes()


def decode(ulaw: bytes | bytearray | memoryview) -> Pcm:
    """Expand µ-law bytes to samples (int16, 8 kHz, mono), one sample a byte."""
    return _DECODE.take(np.frombuffer(ulaw, dtype=np.uint8))


def frames(ulaw: bytes) -> list[bytes]:
    """Cut µ-law into 160-byte frames of 20 ms; the last is filled up with the idle octet 0xFF."""
    cut = [ulaw[start : start + FRAME_BYTES] for start in range(0, len(ulaw), FRAME_BYTES)]
    if cut:
        cut[-1] = cut[-1].ljust(FRAME_BYTES, b"\xff")
    return cut
