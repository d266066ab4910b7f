"""`<Stream>`: the noun that `<Connect>`, `<Start>` and `<Stop>` share.

Twilio opens no stream whose URL or track is wrong; the verb then ends as if the app could not be reached.
Source: twilio.com/docs/voice/twiml/stream.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.facts import MAX_PARAMETER_CHARS
from twilio_emulator.twiml.flow import CloseStream, OpenStream, Steps, StreamSpec, Track
from twilio_emulator.twiml.schema import SCHEMA_WARNING, Attribute, Tag, Use
from twilio_emulator.twiml.values import METHOD, TEXT, one_of
from twilio_emulator.twiml.verbs.parameter import NAME as PARAMETER_NAME
from twilio_emulator.twiml.verbs.parameter import PARAMETER
from twilio_emulator.twiml.verbs.parameter import VALUE as PARAMETER_VALUE

SOURCE: Final = "twilio.com/docs/voice/twiml/stream"

URL: Final = Attribute("url", "", TEXT, source=SOURCE)
NAME: Final = Attribute("name", "", TEXT, source=SOURCE)
# Which track is wrong depends on the verb, and is an error of the stream, not of the schema.
TRACK: Final = Attribute("track", Track.INBOUND.value, TEXT, source=SOURCE)
CONNECTOR_NAME: Final = Attribute("connectorName", "", TEXT, source=SOURCE)
STATUS_CALLBACK: Final = Attribute("statusCallback", "", TEXT, source=SOURCE)
STATUS_CALLBACK_METHOD: Final = Attribute("statusCallbackMethod", "POST", METHOD, source=SOURCE)
# In the SDK only; the stream's documented format is the one there is.
AUDIO_FORMAT: Final = Attribute("audioFormat", "audio/x-mulaw", one_of("audio/x-mulaw"))
SAMPLE_RATE: Final = Attribute("sampleRate", "8000", one_of("8000"))

STREAM: Final = Tag(
    name="Stream",
    attributes=(
        URL,
        NAME,
        TRACK,
        CONNECTOR_NAME,
        STATUS_CALLBACK,
        STATUS_CALLBACK_METHOD,
        AUDIO_FORMAT,
        SAMPLE_RATE,
    ),
    children={"Parameter": PARAMETER},
)

# twilio.com/docs/api/errors
SCHEME_NOT_SUPPORTED: Final = 31922
MALFORMED_URL: Final = 31923
INVALID_CONNECTOR: Final = 31940
INVALID_TRACK: Final = 31941
INVALID_STATUS_CALLBACK: Final = 21609

_SOCKET_SCHEMES: Final = {"http": "ws", "https": "wss"}


def start(noun: Use, context: CallContext) -> Steps[None]:
    """Open a fork, if Twilio would."""
    spec = yield from stream_spec(noun, context, bidirectional=False)
    if spec is not None:
        yield OpenStream(spec)


def stop(noun: Use, context: CallContext) -> Steps[None]:
    """Close the fork that is named."""
    if noun[NAME]:
        yield CloseStream(noun[NAME])
        return
    yield context.warning(
        0,
        f"{noun.place} in <Stop> has no name, so it stops nothing.",
        "Give the stream a name in <Start>, and use that name here.",
    )


def stream_spec(use: Use, context: CallContext, *, bidirectional: bool) -> Steps[StreamSpec | None]:
    """Read the noun; return None, with the reason in the journal, for a stream that Twilio would not open."""
    if use[CONNECTOR_NAME]:
        yield context.error(
            INVALID_CONNECTOR,
            f"{use.place} names the connector {use[CONNECTOR_NAME]!r}; none is installed here.",
            "Give the stream a url.",
        )
        return None
    track = yield from _track(use, context, bidirectional=bidirectional)
    url = yield from _url(use, context)
    if track is None or not url:
        return None
    return StreamSpec(
        url=url,
        bidirectional=bidirectional,
        name=use[NAME],
        track=track,
        parameters=(yield from _parameters(use, context)),
        status_callback=(yield from _status_callback(use, context)),
        status_callback_method=use[STATUS_CALLBACK_METHOD],
        has_query="?" in use[URL],
    )


def _track(use: Use, context: CallContext, *, bidirectional: bool) -> Steps[Track | None]:
    allowed = (Track.INBOUND,) if bidirectional else tuple(Track)
    if use[TRACK] in allowed:
        return Track(use[TRACK])
    verb = "Connect" if bidirectional else "Start"
    yield context.error(
        INVALID_TRACK,
        f'{use.place}: track="{use[TRACK]}" is not allowed in <{verb}>; the stream is not opened.',
        f"Use {' or '.join(allowed)}.",
    )
    return None


def socket_url(written: str, document_url: str) -> SplitResult:
    """A stream's URL, taken apart; a relative one is resolved against the document's, with ws for http.

    The base is documented nowhere [judgement].

    Raises:
        ValueError: for what is no URL.
    """
    parts = urlsplit(written)
    if parts.scheme or not written:
        return parts
    parts = urlsplit(urljoin(document_url, written))
    return parts._replace(scheme=_SOCKET_SCHEMES.get(parts.scheme, parts.scheme))


def _url(use: Use, context: CallContext) -> Steps[str]:
    """The socket's URL without a query, or "" with the reason told."""
    written = use[URL].strip()
    relative = False
    try:
        parts = socket_url(written, context.document_url)
        relative = not urlsplit(written).scheme
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host:
        hint = 'Write url="wss://host/path".'
        if written and relative and not context.document_url:
            hint = 'This TwiML was given inline, so a relative url has no base: write url="wss://host/path".'
        yield context.error(MALFORMED_URL, f"{use.place}: {written!r} is not a URL; the stream is not opened.", hint)
        return ""
    insecure_but_allowed = parts.scheme == "ws" and context.quirks.allow_ws
    if parts.scheme != "wss" and not insecure_but_allowed:
        yield context.error(
            SCHEME_NOT_SUPPORTED,
            f"{use.place}: a stream's url cannot begin with {parts.scheme}://; the stream is not opened.",
            "Use wss://.",
        )
        return ""
    if parts.scheme == "ws" and not relative:
        yield context.warning(
            SCHEME_NOT_SUPPORTED,
            f"{use.place} uses ws://, which Twilio refuses; the emulator lets it pass.",
            "Use wss:// in production.",
        )
    if parts.query:
        yield context.warning(
            0,
            f"{use.place} has a query string in its url; the app does not get to see it.",
            "Pass values in <Parameter>; on Twilio a query string can also make the handshake fail (31920).",
        )
    return urlunsplit(parts._replace(query="", fragment=""))


def _parameters(use: Use, context: CallContext) -> Steps[tuple[tuple[str, str], ...]]:
    kept: dict[str, str] = {}
    for parameter in use.children:
        name, value = parameter[PARAMETER_NAME], parameter[PARAMETER_VALUE]
        if not name:
            yield context.warning(SCHEMA_WARNING, f"{parameter.place} has no name; it is dropped.", "Give it a name.")
        elif len(name) + len(value) >= MAX_PARAMETER_CHARS:
            yield context.warning(
                0,
                f"{parameter.place}: name and value have {len(name) + len(value)} characters; it is dropped.",
                f"Keep both together under {MAX_PARAMETER_CHARS}: pass a key, and look the rest up.",
            )
        else:
            if name in kept:
                yield context.warning(
                    0,
                    f"{parameter.place}: there is a parameter {name!r} already, and customParameters has room for one.",
                    "Give each its own name; which of two Twilio keeps is documented nowhere, here it is the last.",
                )
            kept[name] = value
    return tuple(kept.items())


def _status_callback(use: Use, context: CallContext) -> Steps[str]:
    url = use[STATUS_CALLBACK].strip()
    if not url or url.startswith(("http://", "https://")):
        return url
    yield context.warning(
        INVALID_STATUS_CALLBACK,
        f"{use.place}: statusCallback {url!r} is not absolute; nothing is sent to it.",
        "Write it as https://host/path.",
    )
    return ""
