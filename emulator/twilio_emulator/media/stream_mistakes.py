"""What an application does wrong in its messages, in words that help.

Twilio warns with 31950 or 31951 once a stream and says no more; here each kind of mistake is told once. The
first of a code carries the code, later ones carry 0: Twilio would have been silent about them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

import msgspec

from twilio_emulator.media.stream_errors import Level, StreamCode

_LONGEST_QUOTE: Final = 200


class Mistake(Enum):
    """A kind of mistake, with the code that Twilio has for it."""

    BINARY = "binary", StreamCode.MALFORMED_MESSAGE
    NOT_A_MESSAGE = "not a message", StreamCode.INVALID_MESSAGE
    OTHER_STREAM = "other stream", StreamCode.INVALID_MESSAGE
    EXTRA_FIELDS = "extra fields", StreamCode.INVALID_MESSAGE
    ON_A_FORK = "on a fork", StreamCode.INVALID_MESSAGE
    """Which code a fork gets is judgement: the page of 31924 only says not to send anything."""
    AUDIO_FILE = "audio file", StreamCode.NONE
    DOUBLE_BASE64 = "double base64", StreamCode.NONE
    DISCARDED = "discarded", StreamCode.MEDIA_DISCARDED
    CONGESTED = "congested", StreamCode.BUFFER_OVERFLOW
    NO_RTP = "no rtp", StreamCode.RTP_TIMEOUT
    """The network's mistake, not the application's."""
    NO_PONG = "no pong", StreamCode.NONE
    UNHEARD = "unheard", StreamCode.NONE
    CLEARED_MARKS = "cleared marks", StreamCode.NONE
    TOO_SOON = "too soon", StreamCode.NONE

    @property
    def code(self) -> StreamCode:
        """Twilio's code."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Complaint:
    """A mistake to be told to the person: one sentence, and what to change."""

    code: StreamCode
    level: Level
    message: str
    hint: str = ""


class Complaints:
    """The mistakes of one stream, each kind told once."""

    __slots__ = ("_told",)

    def __init__(self) -> None:
        self._told: tuple[Mistake, ...] = ()
        """In a stream that makes no mistakes, which is most of them, this takes no memory."""

    def knows(self, mistake: Mistake) -> bool:
        """Whether this kind has been told."""
        return mistake in self._told

    def about(self, mistake: Mistake, message: str, hint: str = "") -> list[Complaint]:
        """The complaint to tell, or nothing if this kind has been told."""
        if mistake in self._told:
            return []
        codes = {told.code for told in self._told}
        self._told += (mistake,)
        code = StreamCode.NONE if mistake.code in codes else mistake.code
        return [Complaint(code, mistake.code.level, message, hint)]


# --- messages that are none -----------------------------------------------------------------------------------------

_FOR_APPS: Final = ("media", "mark", "clear")
_NO_SID: Final = ("", "null", "undefined", "None")
"""What becomes of a variable that `start` has not filled yet."""
_NOT_FOR_APPS: Final = {
    "connected": "Only Twilio sends connected; an application sends media, mark and clear.",
    "start": "Only Twilio sends start; an application sends media, mark and clear.",
    "stop": "To end the call, close the socket or complete the call by REST; stop is Twilio's message.",
    "dtmf": "Keys cannot be sent over a stream (twilio.com/docs/voice/media-streams); send tones as audio.",
}
_CLOSE_TO: Final = {
    "streamsid": "streamSid",
    "stream_sid": "streamSid",
    "streamid": "streamSid",
    "payload": "media.payload",
    "name": "mark.name",
    "type": "event",
}
"""Names that people write, lower case and at the top level, and the one that they mean."""


def hint_for(text: str) -> str:
    """One sentence on what to change in a message that Twilio does not understand."""
    try:
        content = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return "Send each message as one JSON object in one text frame."
    if not isinstance(content, dict):
        return 'Send an object, such as {"event":"media","streamSid":"MZ...","media":{"payload":"..."}}.'
    for name in content:
        meant = _CLOSE_TO.get(name.lower())
        if meant is not None and name != meant:
            return f"Write {meant} instead of {quoted(name)}."
    event = content.get("event")
    if isinstance(event, str) and event in _NOT_FOR_APPS:
        return _NOT_FOR_APPS[event]
    if event in _FOR_APPS and content.get("streamSid") is None:
        return hint_for_stream_sid("")
    return "Compare it with twilio.com/docs/voice/media-streams/websocket-messages."


def hint_for_stream_sid(stream_sid: str) -> str:
    """One sentence on a streamSid that is not this stream's."""
    if stream_sid in _NO_SID:
        return "Send nothing before start has come: it tells the streamSid that every message must carry."
    if stream_sid.startswith("CA"):
        return "That is a call's SID; send back the streamSid of the start message."
    return "Send back the streamSid of this socket's own start message."


def quoted(text: str) -> str:
    """Text of the application, cut to what a journal can bear."""
    return repr(text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…")


# --- audio that is none ---------------------------------------------------------------------------------------------

_CONTAINERS: Final = (
    (b"RIFF", "a WAV file"),
    (b"ID3", "an MP3 file"),
    (b"OggS", "an Ogg file"),
    (b"fLaC", "a FLAC file"),
)
SHORTEST_MAGIC: Final = 3
"""Bytes; all of them are ASCII, and so is base64."""
_STARTS: Final = tuple(magic for magic, _ in _CONTAINERS)
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_LOOKED_AT_BYTES: Final = 256
_ENOUGH_BYTES: Final = 64
_ENOUGH_CODES: Final = 8
"""Shorter or more monotonous audio may look like base64 by chance."""


def container_of(audio: bytes) -> str:
    """Which audio file's header a payload starts with, as `a WAV file`; empty for plain µ-law."""
    if not audio.startswith(_STARTS):
        return ""
    return next(name for magic, name in _CONTAINERS if audio.startswith(magic))


def looks_like_base64(audio: bytes) -> bool:
    """Whether a payload, decoded once, is base64 still. µ-law never is: half of its codes are not ASCII."""
    start = audio[:_LOOKED_AT_BYTES]
    return (
        start.isascii()
        and len(start) >= _ENOUGH_BYTES
        and len(audio) % 4 == 0
        and _BASE64.fullmatch(start) is not None
        and len(set(start)) >= _ENOUGH_CODES
    )
