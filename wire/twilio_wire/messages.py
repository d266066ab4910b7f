"""The messages of a Media Stream, both directions, as typed values and as JSON text.

Source: twilio.com/docs/voice/media-streams/websocket-messages; keys are in the order live calls have them.

Laws: names are snake_case here and camelCase in the text; counters and times are decimal strings, as Twilio
sends them; a payload is raw µ-law bytes here and base64 in the text. Values are built by keyword only, since
their order on the wire is no order to remember. Which message may come when is not known here.
"""

from binascii import b2a_base64
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, TypeAlias, get_type_hints

import msgspec

from twilio_wire.g711 import IDLE_FRAME, SAMPLE_RATE

Digits: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9]+\Z")]
"""A whole number, written as Twilio does: a JSON string."""
TrackName: TypeAlias = Literal["inbound", "outbound"]


class MalformedMessage(ValueError):
    """A message the other end would not understand; the text says which field, and why."""


class MediaFormat(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the payloads hold; Twilio offers nothing else."""

    encoding: str = "audio/x-mulaw"
    sample_rate: int = SAMPLE_RATE
    channels: int = 1


class StartBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Whose stream it is, and the `<Parameter>` values it was given."""

    account_sid: str
    stream_sid: str
    call_sid: str
    tracks: tuple[TrackName, ...] = ("inbound",)
    media_format: MediaFormat = MediaFormat()
    custom_parameters: dict[str, str] = {}


class MediaBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One track's next audio: µ-law bytes, 8 kHz, mono; timestamp in ms since the stream began."""

    track: TrackName
    chunk: Digits
    timestamp: Digits
    payload: bytes


class DtmfBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A key the caller pressed; its track is spelled as in TwiML, not as in `media`."""

    track: Literal["inbound_track"] = "inbound_track"
    digit: str


class MarkBody(msgspec.Struct, frozen=True, rename="camel"):
    """The application's name for a place in its audio."""

    name: str


class StopBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Whose stream ended."""

    account_sid: str
    call_sid: str


class Connected(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="event", tag="connected"):
    """First message from Twilio, before anything is known of the call."""

    protocol: str = "Call"
    version: str = "1.0.0"


class Start(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="event", tag="start"):
    """Second message from Twilio; its sequence number is always "1"."""

    sequence_number: Digits
    start: StartBody
    stream_sid: str


class Media(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="event", tag="media"):
    """20 ms of the call's audio, from Twilio."""

    sequence_number: Digits
    media: MediaBody
    stream_sid: str


class Dtmf(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="event", tag="dtmf"):
    """The caller pressed a key (bidirectional streams only)."""

    stream_sid: str
    sequence_number: Digits
    dtmf: DtmfBody


class Mark(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="event", tag="mark"):
    """All audio the application sent before its mark of that name has been played, or cleared."""

    sequence_number: Digits
    stream_sid: str
    mark: MarkBody


class Stop(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="event", tag="stop"):
    """Last message from Twilio: the stream was stopped, or the call ended."""

    sequence_number: Digits
    stream_sid: str
    stop: StopBody


class AppMediaBody(msgspec.Struct, frozen=True, rename="camel"):
    """Audio to play: µ-law bytes, 8 kHz, mono, of any length."""

    payload: bytes


class AppMedia(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="event", tag="media"):
    """The application's audio for the caller, played after what was sent before."""

    stream_sid: str
    media: AppMediaBody


class AppMark(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="event", tag="mark"):
    """The application asks to be told when the audio sent so far has been played."""

    stream_sid: str
    mark: MarkBody


class AppClear(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="event", tag="clear"):
    """The application drops the audio that has not been played yet."""

    stream_sid: str


FromTwilio: TypeAlias = Connected | Start | Media | Dtmf | Mark | Stop
FromApp: TypeAlias = AppMedia | AppMark | AppClear

_IDLE_BASE64: Final = b2a_base64(IDLE_FRAME, newline=False).decode()
_ENCODER: Final = msgspec.json.Encoder()
_FROM_TWILIO: Final = msgspec.json.Decoder(FromTwilio)
_FROM_APP: Final = msgspec.json.Decoder(FromApp)
# What msgspec raises at text that is not JSON, not Unicode, too deeply nested, or not of the expected shape.
_UNREADABLE: Final = (msgspec.MsgspecError, UnicodeError, RecursionError)

_Known: TypeAlias = "dict[str, _Known | None]"
"""The fields of an object by their JSON name, with the fields of those that are objects themselves."""


def _known_fields(message: type[msgspec.Struct]) -> _Known:
    types = get_type_hints(message)
    return {
        field.encode_name: _known_fields(types[field.name]) if _is_struct(types[field.name]) else None
        for field in msgspec.structs.fields(message)
    }


def _is_struct(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


_APP_FIELDS: Final[dict[str, _Known]] = {
    "media": _known_fields(AppMedia),
    "mark": _known_fields(AppMark),
    "clear": _known_fields(AppClear),
}


def encode(message: FromTwilio | FromApp) -> str:
    """Return a message as the JSON text of one WebSocket text frame, keys in Twilio's order."""
    return _ENCODER.encode(message).decode()


def decode_from_twilio(text: str | bytes) -> FromTwilio:
    """Read a message as an application does. Fields Twilio may add one day are ignored.

    Raises:
        MalformedMessage: it is not JSON, the event is unknown, or a field is missing or wrong.
    """
    try:
        message: FromTwilio = _FROM_TWILIO.decode(text)
    except _UNREADABLE as error:
        raise MalformedMessage(_reason(error)) from error
    return message


def decode_from_app(text: str | bytes) -> FromApp:
    """Read a message as Twilio does. Fields that do not belong are accepted: see `unexpected_fields`.

    Raises:
        MalformedMessage: it is not JSON, the event is unknown, a field is missing or wrong, or a payload is
            not base64. Twilio warns of these with 31951 (twilio.com/docs/api/errors/31951).
    """
    try:
        message: FromApp = _FROM_APP.decode(text)
    except _UNREADABLE as error:
        raise MalformedMessage(_reason(error)) from error
    return message


def unexpected_fields(text: str | bytes) -> tuple[str, ...]:
    """Name the fields of an application's message that do not belong, dotted: `("media.track",)`.

    Twilio lists them among the causes of warning 31951 (twilio.com/docs/api/errors/31951), yet applications
    that send some are heard. A message that cannot be decoded has none.
    """
    try:
        content = msgspec.json.decode(text)
    except _UNREADABLE:
        return ()
    event = content.pop("event", None) if isinstance(content, dict) else None
    known = _APP_FIELDS.get(event) if isinstance(event, str) else None
    return tuple(_extras(content, known, "")) if known else ()


class MediaTemplate:
    """Writes the `media` messages of one track of a stream, byte for byte as `encode` does, and faster."""

    __slots__ = ("_end", "_track")

    def __init__(self, stream_sid: str, track: TrackName = "inbound") -> None:
        self._track = track
        self._end = f'"}},"streamSid":{_ENCODER.encode(stream_sid).decode()}}}'

    def render(self, sequence: int, chunk: int, timestamp_ms: int, frame: bytes) -> str:
        """Return the message for a frame (µ-law bytes) with its counters and its time in ms."""
        payload = _IDLE_BASE64 if frame is IDLE_FRAME else b2a_base64(frame, newline=False).decode()
        return (
            f'{{"event":"media","sequenceNumber":"{sequence}","media":{{"track":"{self._track}","chunk":"{chunk}",'
            f'"timestamp":"{timestamp_ms}","payload":"{payload}{self._end}'
        )


def _reason(error: Exception) -> str:
    if isinstance(error, msgspec.ValidationError):
        return (
            f"Not a Media Streams message: {str(error).rstrip('.')}. "
            "Compare it with twilio.com/docs/voice/media-streams/websocket-messages."
        )
    return f"Not JSON: {str(error).rstrip('.')}. Send one JSON object in each text frame."


def _extras(content: dict[str, Any], known: _Known, path: str) -> Iterator[str]:
    for name, value in content.items():
        if name not in known:
            yield path + name
        elif (inner := known[name]) is not None and isinstance(value, dict):
            yield from _extras(value, inner, f"{path}{name}.")
