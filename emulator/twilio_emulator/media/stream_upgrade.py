"""How a stream's socket begins: its URL, the upgrade request, and what a refusal means.

Sources: two captures of live upgrade requests agree on the headers, all written small, and their order: no origin, no
subprotocol, no extensions. A query string is not sent (twilio.com/docs/voice/twiml/stream).
"""

from __future__ import annotations

import dataclasses
import re
from typing import Final

from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus, InvalidURI
from websockets.http11 import Request
from websockets.uri import WebSocketURI, parse_uri

from twilio_emulator.media.stream_errors import StreamCode, StreamError

USER_AGENT: Final = "Twilio.TmeWs/1.0"


def parse_url(url: str) -> WebSocketURI:
    """Take a stream's URL apart, and take the query string off.

    Raises:
        StreamError: 31922 for another scheme than wss (or ws), 31923 for what is no URL.
    """
    scheme = url.partition("://")[0].lower()
    if scheme not in ("ws", "wss") and scheme.isalnum() and "://" in url:
        message = f"A stream URL that begins with {scheme}:// is not supported."
        raise StreamError(StreamCode.URL_SCHEMA_NOT_SUPPORTED, message, "Begin it with wss://.")
    try:
        if not url.isprintable() or " " in url:
            raise ValueError("it has a space or a control character")
        uri = parse_uri(url)
    except (InvalidURI, ValueError) as error:
        why = "it is no WebSocket URL" if isinstance(error, InvalidURI) else str(error)
        message = f"The stream URL {shown_url(url)!r} cannot be understood: {why}."
        hint = "Write it like wss://example.com/media, without a fragment (#)."
        raise StreamError(StreamCode.MALFORMED_URL, message, hint) from error
    return dataclasses.replace(uri, query="")


def shown_url(url: str) -> str:
    """A stream's URL as a log may show it: without credentials and query string."""
    return re.sub(r"//[^/?#]*@", "//", url).partition("?")[0]


def upgrade_request(drafted: Request, signature: str) -> Request:
    """Twilio's request for a socket, made of the one that websockets drafted: its path, host and key.

    Credentials of the URL are not sent: neither capture has an `authorization` header.
    """
    headers = Headers()
    headers["host"] = drafted.headers["Host"]
    headers["user-agent"] = USER_AGENT
    headers["connection"] = "Upgrade"
    headers["upgrade"] = "websocket"
    headers["sec-websocket-key"] = drafted.headers["Sec-WebSocket-Key"]
    headers["sec-websocket-version"] = "13"
    headers["x-twilio-signature"] = signature
    return Request(drafted.path, headers)


_STATUS_HINTS: Final = {
    200: "The path serves ordinary HTTP; give it a WebSocket route.",
    400: "The server did not understand the upgrade; a proxy may have dropped its Upgrade header.",
    401: "Twilio sends no credentials; check X-Twilio-Signature instead.",
    403: "The signature check failed (it signs the URL as TwiML has it), or no WebSocket route has this path.",
    404: "No route has this path.",
    405: "The route does not take GET, with which a WebSocket begins.",
    426: "The path wants another protocol than WebSocket 13.",
    500: "The route failed before it accepted; the application's log says why.",
    502: "A proxy or tunnel answered, and the application behind it did not.",
}
_REDIRECT_HINT: Final = "Twilio follows no redirects here; give the final URL."


def refusal(error: Exception) -> StreamError:
    """What a failed upgrade means (twilio.com/docs/api/errors/31920: any answer but 101)."""
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        hint = _REDIRECT_HINT if 300 <= status < 400 else _STATUS_HINTS.get(status, "")
        message = f"The application answered the upgrade request with HTTP status {status} instead of 101."
        return StreamError(StreamCode.HANDSHAKE_ERROR, message, hint)
    message = f"The application's answer to the upgrade request is no WebSocket handshake: {error}."
    return StreamError(StreamCode.HANDSHAKE_ERROR, message, "Let a WebSocket library answer it.")
