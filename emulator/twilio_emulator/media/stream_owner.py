"""What the socket of a stream and whoever owns it tell each other: limits, events, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from websockets.frames import Close, CloseCode

from twilio_emulator.media.stream_errors import StreamCode, StreamError

if TYPE_CHECKING:
    from twilio_emulator.media.stream_socket import StreamSocket

_CLEAN_CODES: Final = frozenset({CloseCode.NORMAL_CLOSURE, CloseCode.GOING_AWAY, CloseCode.NO_STATUS_RCVD})


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """What an application may not exceed. Seconds are wall time."""

    answer_s: float = 5.0
    """How long it may take to answer a ping, or to finish closing."""
    unsent_bytes: int = 96_000
    """What may wait in our buffer for an application that does not read: some five seconds of one track."""
    message_bytes: int = 2**20
    """The largest message it may send."""


@dataclass(frozen=True, slots=True)
class Closure:
    """How a socket ended: WebSocket close code and reason, 1006 where there was no close frame.

    `error` is None for an application that closed as it should.
    """

    code: int
    reason: str
    error: StreamError | None


class SocketOwner(Protocol):
    """Who is told what happens on the socket."""

    def opened(self, stream_socket: StreamSocket) -> None:
        """The application has accepted; nothing has been received yet."""

    def received(self, message: str | bytes) -> None:
        """A message has come in: text, or bytes for a binary frame."""

    def closed(self, closure: Closure) -> None:
        """The application has closed, or the connection is lost. Not told of our own `close`."""

    def no_pong(self) -> None:
        """The application has not answered a ping in time; barriers are open until it does."""


def close_error(close: Close) -> StreamError | None:
    """What Twilio makes of an application's close frame; None where it closed as it should."""
    if close.code in _CLEAN_CODES:
        return None
    reason = f" ({close.reason})" if close.reason else ""
    message = f"The application closed the stream with code {close.code}{reason}."
    hint = "Close with 1000 on purpose; 1011 means that the application's handler failed."
    return StreamError(StreamCode.CLOSE_ERROR, message, hint)
