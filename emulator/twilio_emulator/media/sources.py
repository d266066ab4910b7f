"""What an HTTP server answered to ``<Play>``, turned into line audio.

Pure: bytes and a content type in, µ-law out. Fetching and caching are the rim's.

Twilio goes by the declared type and refuses the rest; so do we, and a body that cannot be what its type says
is refused with the same code (twilio.com/docs/voice/twiml/play, twilio.com/docs/api/errors/13420).
"""

import io
from collections.abc import Callable
from typing import Final

import numpy as np
import soundfile

from twilio_wire.audio import AudioFileError, read_audio
from twilio_wire.g711 import SAMPLE_RATE, encode


class UnplayableMedia(ValueError):
    """A response that ``<Play>`` cannot play: why, and what to serve instead.

    `code` is Twilio's "Play: Invalid Content-Type". The same mistake by a ``<Play>`` inside ``<Gather>`` is
    `code_in_gather` (twilio.com/docs/api/errors/13325).
    """

    code = 13420
    code_in_gather = 13325


def decode_media(body: bytes, content_type: str | None) -> bytes:
    """Turn a response to ``<Play>`` into line audio: bytes, µ-law, 8 kHz, mono, of any length.

    `content_type` is the header as it came, parameters and all, or None when there was none.

    Raises UnplayableMedia for a type Twilio does not play and for a body that is not such audio.
    """
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if not media_type:
        raise UnplayableMedia(f"The audio came without a Content-Type: serve it as one of {_PLAYABLE}.")
    decoder = _DECODERS.get(media_type)
    if decoder is None:
        raise UnplayableMedia(f"<Play> does not play {media_type}: serve one of {_PLAYABLE}.")
    if not body:
        raise UnplayableMedia(f"The response says {media_type} but has no body: serve the audio itself.")
    for magic, container in _NEVER_PLAYED.items():
        if body.startswith(magic):
            raise UnplayableMedia(
                f"The response says {media_type} but holds {container}: convert it to WAV, MP3 or AIFF."
            )
    try:
        return decoder(body)
    except AudioFileError as error:
        raise UnplayableMedia(
            f"The response says {media_type} but its {len(body)} bytes are not such audio: look at the URL."
        ) from error


def _file(body: bytes) -> bytes:
    """Read a file with a header, at any rate, mono or stereo."""
    return read_audio(body).ulaw()


def _ulaw(body: bytes) -> bytes:
    """Take headerless µ-law at 8 kHz as it is; a labelled container is read as the container it is."""
    return _file(body) if body.startswith(_HEADERS) else body


def _gsm(body: bytes) -> bytes:
    """Decode headerless GSM 06.10 full rate: 33 bytes for every 20 ms."""
    if body.startswith(_HEADERS):
        return _file(body)
    if len(body) < _GSM_FRAME_BYTES:
        raise AudioFileError(f"{len(body)} bytes do not make a GSM frame of {_GSM_FRAME_BYTES}.")
    samples, _ = soundfile.read(
        io.BytesIO(body[: len(body) // _GSM_FRAME_BYTES * _GSM_FRAME_BYTES]),
        dtype="int16", samplerate=SAMPLE_RATE, channels=1, format="RAW", subtype="GSM610",
    )  # fmt: skip
    return encode(np.ascontiguousarray(samples))


_GSM_FRAME_BYTES: Final = 33
_HEADERS: Final = (b"RIFF", b"FORM", b".snd")
# libsndfile would read these under any label; Twilio's table knows neither.
_NEVER_PLAYED: Final = {b"OggS": "an Ogg file", b"fLaC": "a FLAC file"}

# Source of all but the last: twilio.com/docs/voice/twiml/play, "Supported audio file types".
_DECODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "audio/mpeg": _file,
    "audio/wav": _file,
    "audio/wave": _file,
    "audio/x-wav": _file,
    "audio/aiff": _file,
    "audio/x-aifc": _file,
    "audio/x-aiff": _file,
    "audio/x-gsm": _gsm,
    "audio/gsm": _gsm,
    "audio/ulaw": _ulaw,
    # Not in Twilio's table: the registered name of the very same format (RFC 2046, section 4.3).
    "audio/basic": _ulaw,
}
_PLAYABLE: Final = ", ".join(sorted(_DECODERS))
