"""What the app's reply to a request for TwiML is: verbs to run, a sound to play, or a text to speak.

The declared content type decides; the table is Twilio's [twilio.com/docs/voice/twiml,
twilio.com/docs/api/errors/12300].
"""

from __future__ import annotations

from email.message import Message
from typing import Final

import msgspec

from twilio_emulator.media.sources import UnplayableMedia, decode_media
from twilio_emulator.twiml.charset import PARSE_FAILURE, decode
from twilio_emulator.twiml.document import WRONG_ROOT, parse
from twilio_emulator.twiml.errors import TwimlError, quoted
from twilio_emulator.twiml.facts import MAX_TEXT_CHARS
from twilio_emulator.twiml.flow import DocumentArrived
from twilio_emulator.twiml.schema import Script, Tag, read

INVALID_CONTENT_TYPE: Final = 12300
TEXT_TOO_LONG: Final = 13521

TWIML_TYPES: Final = frozenset({"text/xml", "application/xml", "text/html"})
PLAIN_TEXT: Final = "text/plain"


class Sound(msgspec.Struct, frozen=True):
    """Audio to play before the call ends: bytes, µ-law, 8 kHz, mono."""

    audio: bytes


class Text(msgspec.Struct, frozen=True):
    """Text to speak before the call ends."""

    text: str


def understand(reply: DocumentArrived, response: Tag) -> Script | Sound | Text:
    """Read a reply; `response` says which verbs a document may have.

    Raises:
        TwimlError: 12300 for a type that Twilio does not take, or audio that is none; what `document.parse`
        raises.
    """
    media_type, charset = content_type(reply.content_type)
    if not media_type and not reply.body:
        return Script((), ())  # "204 No Content": nothing to do
    if media_type in TWIML_TYPES:
        return understand_twiml(reply.body, charset, reply.url, response)
    if media_type == PLAIN_TEXT:
        return _plain_text(reply, charset, response)
    if media_type.startswith("audio/"):
        return _sound(reply)
    declared = f"is of type {quoted(media_type)}, which is no TwiML" if media_type else "has no Content-Type"
    raise TwimlError(INVALID_CONTENT_TYPE, f"The reply {declared}.", hint="Send TwiML with Content-Type: text/xml.")


def understand_twiml(body: bytes, charset: str, url: str, response: Tag) -> Script:
    """Read a document that is TwiML for certain; `url` is where it comes from, empty for an inline one."""
    return read(parse(body, charset), response, url)


def content_type(header: str) -> tuple[str, str]:
    """Split a Content-Type header into media type (in lower case) and charset, empty where there is none."""
    message = Message()
    message["Content-Type"] = header
    charset = message.get_param("charset", "")
    return header.partition(";")[0].strip().lower(), charset if isinstance(charset, str) else ""


def _plain_text(reply: DocumentArrived, charset: str, response: Tag) -> Script | Text:
    try:
        return understand_twiml(reply.body, charset, reply.url, response)
    except TwimlError as error:
        if error.code not in (PARSE_FAILURE, WRONG_ROOT):
            raise
    text = " ".join(decode(reply.body, charset).split())
    if not text:
        raise TwimlError(PARSE_FAILURE, "The reply is empty.", hint="Answer with TwiML: at least <Response/>.")
    if len(text) > MAX_TEXT_CHARS[""]:
        raise TwimlError(
            TEXT_TOO_LONG,
            f"The reply is plain text of {len(text)} characters; {MAX_TEXT_CHARS['']} can be spoken.",
            hint="Split it over several <Say>.",
        )
    return Text(text)


def _sound(reply: DocumentArrived) -> Sound:
    try:
        return Sound(decode_media(reply.body, reply.content_type))
    except UnplayableMedia as error:
        # 13420 is its name in <Play>; for a document it is the type that is wrong.
        raise TwimlError(INVALID_CONTENT_TYPE, str(error), hint="Send TwiML, or audio that its type tells.") from error
