"""The WebSocket of one Media Stream: websockets' protocol machine on a transport, asyncio's or `stream_transport`'s.

Laws
----
* Nothing here waits. Sending is a write to a buffer; receiving calls the owner at once, in the order of arrival, so
  what the application sent before a pong has been dealt with when the pong is.
* The machine owns the handshake, the closing and everything out of the ordinary; plain text frames, pings and pongs
  pass it by (`stream_frames`). It never sees half of what passed it by, nor less than all of the rest.
* In lock-step what is sent goes out with the barrier behind it, in one piece: one write here, one read there.
* The upgrade request is Twilio's to the letter, which is why this is not websockets' own client: no extension, no
  origin, no keepalive pings, no proxies, no redirects.
* Whatever the application does, the owner is told once how it ended, and no barrier stays closed for ever.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Final, cast

from websockets.client import ClientProtocol
from websockets.exceptions import PayloadTooBig
from websockets.frames import Close, CloseCode, Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import WebSocketURI

from twilio_emulator.media.stream_errors import StreamCode, StreamError
from twilio_emulator.media.stream_frames import FINAL_PING, FINAL_TEXT, FrameReader, FrameWriter, Part
from twilio_emulator.media.stream_owner import Closure, SocketLimits, SocketOwner, close_error
from twilio_emulator.media.stream_upgrade import refusal, upgrade_request
from twilio_wire.barrier import barrier_payload

_QUICK_ACK: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)
_END_OF_HEAD: Final = b"\r\n\r\n"
_READ_BYTES: Final = 16_384
"""Into which the kernel copies what has come in: some forty messages of 20 ms."""
_ROUNDS: Final = 2
"""Pings of a barrier. Many servers answer a ping as soon as they read it, before their event loop has handed the
message in front of it to the application; the second, sent after the first pong, is read once the application has had
its turn. A server that reads in one thread and works in another may still answer early: no more can be seen from here.
"""

_HINT_FRAMING: Final = "Leave framing to a WebSocket library."
_HINT_TOO_LONG: Final = (
    "Send long audio in several media messages. How long one may be is documented nowhere: here it is a quirk."
)


class _Shared(threading.local):
    """What all sockets of a loop use one after the other: nothing stays there from one use to the next."""

    def __init__(self) -> None:
        self.buffer = memoryview(bytearray(_READ_BYTES))
        self.writer = FrameWriter()


_SHARED: Final = _Shared()


class StreamSocket(asyncio.BufferedProtocol):
    """One socket, from the TCP connection on. Made by `connect`, in `stream_connect`.

    With `lockstep` what is sent waits for the next `barrier` or `close`.
    """

    __slots__ = (
        "_answers_pings",
        "_buffer",
        "_fragments",
        "_head",
        "_impatience",
        "_limits",
        "_lockstep",
        "_loop",
        "_message_kind",
        "_owner",
        "_passed",
        "_patience_ends_s",
        "_ping",
        "_protocol",
        "_reader",
        "_rounds_left",
        "_signature",
        "_teardown",
        "_told",
        "_transport",
        "_unsent",
        "_writer",
        "congested",
        "gone",
        "handshake",
        "is_open",
        "said_goodbye",
    )

    def __init__(
        self, uri: WebSocketURI, signature: str, owner: SocketOwner, limits: SocketLimits, *, lockstep: bool
    ) -> None:
        loop = asyncio.get_running_loop()
        self.handshake: asyncio.Future[None] = loop.create_future()
        """Done when the application has accepted; fails with `StreamError`."""
        self.gone: asyncio.Future[None] = loop.create_future()
        """Done when the TCP connection is no more."""
        self.said_goodbye: asyncio.Future[None] = loop.create_future()
        """Done when the application has closed, or has answered our close, or has nothing more to say."""
        self.is_open = False
        """Whether messages still go out."""
        self.congested = False
        """Whether the application reads so slowly that our buffer is full."""
        self._loop = loop
        self._owner = owner
        self._limits = limits
        self._signature = signature
        self._protocol = ClientProtocol(uri, max_size=limits.message_bytes)
        self._lockstep = lockstep
        self._writer = _SHARED.writer
        self._reader = FrameReader()
        self._unsent: list[bytes] = []
        self._buffer = _SHARED.buffer
        self._head = b""
        self._transport: asyncio.Transport | None = None
        self._told = False
        self._fragments = bytearray()
        self._message_kind: Opcode | None = None
        self._teardown: asyncio.TimerHandle | None = None
        self._answers_pings = True
        self._ping = 0
        self._rounds_left = 0
        self._passed: Callable[[], None] | None = None
        self._patience_ends_s = 0.0
        self._impatience: asyncio.TimerHandle | None = None

    # --- what the owner does ----------------------------------------------------------------------------------------

    def send(self, text: str) -> None:
        """Send a text frame; dropped when the socket is no longer open."""
        if not self.is_open:
            return
        assert self._transport is not None
        frame = self._writer.frame(FINAL_TEXT, text.encode())
        if self._lockstep:
            self._unsent.append(frame)
        else:
            self._transport.write(frame)

    def flush(self) -> None:
        """Send what waits for a barrier; without lock-step nothing does."""
        if self._unsent and self.is_open:
            assert self._transport is not None
            self._transport.write(b"".join(self._unsent))
        self._unsent.clear()

    def barrier(self, passed: Callable[[], None]) -> None:
        """Call `passed` once the application has read everything sent so far, and had a turn to react to it.

        It is called at once if the application does not answer pings, and as soon as the socket is lost. One barrier
        at a time.
        """
        assert self._passed is None, "one barrier at a time"
        if not self.is_open or not self._answers_pings:
            self.flush()
            passed()
            return
        self._passed = passed
        self._rounds_left = _ROUNDS
        self._patience_ends_s = self._loop.time() + self._limits.answer_s
        if self._impatience is None:
            self._impatience = self._loop.call_at(self._patience_ends_s, self._look_for_patience)
        self._send_ping()

    def close(self) -> None:
        """Close with 1000. Nothing more is told to the owner; `gone` is done within the limit of answers."""
        self._told = True
        self._pass_barrier()
        if self.is_open:
            self.flush()
            self._protocol.send_close(CloseCode.NORMAL_CLOSURE)
            self._drain()
            self._expect_teardown()

    def abort(self) -> None:
        """Close with 1000 and drop the TCP connection, without waiting for anything."""
        self.close()
        if self._transport is not None:
            self._transport.abort()

    def lose(self) -> None:
        """Drop the TCP connection as a network does, without a word; the owner is told as of any other loss."""
        assert self._transport is not None
        self._transport.abort()

    # --- barriers ---------------------------------------------------------------------------------------------------

    def _acknowledge_at_once(self) -> None:
        """Have the kernel acknowledge what came in, where nothing that we send does.

        A server that leaves Nagle's algorithm on (Flask's does) sends nothing more before that, and Linux takes 40 ms.
        """
        if _QUICK_ACK is not None:
            assert self._transport is not None
            self._transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, _QUICK_ACK, 1)

    def _send_ping(self) -> None:
        self._ping += 1
        self._unsent.append(self._writer.frame(FINAL_PING, barrier_payload(self._ping)))
        self.flush()

    def _pong(self, data: bytes) -> None:
        if data != barrier_payload(self._ping):
            return
        self._answers_pings = True
        self._rounds_left -= 1
        if self._passed is None:
            return
        if self._rounds_left > 0 and self.is_open:
            self._send_ping()
        else:
            self._pass_barrier()

    def _look_for_patience(self) -> None:
        """Give up pings if the barrier has been closed for too long; one timer serves many barriers."""
        self._impatience = None
        if self._passed is None:
            return
        if self._loop.time() < self._patience_ends_s:
            self._impatience = self._loop.call_at(self._patience_ends_s, self._look_for_patience)
            return
        self._answers_pings = False
        self._pass_barrier()
        self._owner.no_pong()

    def _pass_barrier(self) -> None:
        if self._passed is not None:
            passed, self._passed = self._passed, None
            passed()

    # --- what the transport tells -----------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the upgrade request."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=self._limits.unsent_bytes)
        self._protocol.send_request(upgrade_request(self._protocol.connect(), self._signature))
        self._drain()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Lend the buffer, for one read."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Deal with everything that was read, in order."""
        barrier, ping = self._passed, self._ping
        data = self._buffer[:nbytes]
        payload = self._reader.only_text(data) if self.is_open and not self._told else None
        if payload is None:
            self._receive(bytes(data))
        else:
            self._take_text(payload)
        if barrier is not None and self._passed is barrier and self._ping == ping:
            self._acknowledge_at_once()

    def _receive(self, data: bytes) -> None:
        if not self.handshake.done():
            data = self._receive_head(data)
        for part, content in self._reader.split(data):
            if part is Part.OTHER:
                self._let_the_machine_read(content)
            elif self._told:
                pass
            elif part is Part.TEXT:
                self._take_text(content)
            else:
                self._pong(content)

    def _receive_head(self, data: bytes) -> bytes:
        """Let the machine read the answer to the upgrade request; returns what follows it."""
        searched = self._head + data
        end = searched.find(_END_OF_HEAD)
        own = len(data) if end < 0 else end + len(_END_OF_HEAD) - len(self._head)
        self._head = searched[1 - len(_END_OF_HEAD) :]
        self._let_the_machine_read(data[:own])
        return data[own:]

    def _let_the_machine_read(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        self._drain()
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                self._take_response()
            elif isinstance(event, Frame):
                self._take_frame(event)
        self._look_for_failure()
        if self._protocol.close_expected():
            self._expect_teardown()

    def eof_received(self) -> None:
        """Let the transport close; `connection_lost` follows."""
        self._protocol.receive_eof()
        self._drain()
        self._look_for_failure()

    def connection_lost(self, exc: Exception | None) -> None:
        """The TCP connection is gone."""
        self._protocol.receive_eof()
        self.is_open = False
        for timer in (self._teardown, self._impatience):
            if timer is not None:
                timer.cancel()
        if not self.handshake.done():
            message = "The connection was lost before the application answered the upgrade request."
            self._fail_handshake(StreamError(StreamCode.HANDSHAKE_ERROR, message))
        elif self.handshake.exception() is None:
            message = "The application's end of the connection was lost without a WebSocket close."
            hint = "Close the socket with a close code; if nobody did, see why the application stopped."
            self._tell_closed(CloseCode.ABNORMAL_CLOSURE, "", StreamError(StreamCode.BROKEN_PIPE, message, hint))
        self.gone.set_result(None)

    def pause_writing(self) -> None:
        """The application does not read."""
        self.congested = True

    def resume_writing(self) -> None:
        """It reads again."""
        self.congested = False

    # --- inside -----------------------------------------------------------------------------------------------------

    def _take_response(self) -> None:
        if self._protocol.handshake_exc is None:
            self.handshake.set_result(None)
            self._owner.opened(self)

    def _fail_handshake(self, error: StreamError) -> None:
        self.handshake.set_exception(error)
        self.handshake.exception()  # Whoever waited for it may be gone; asyncio need not mention it.

    def _take_frame(self, frame: Frame) -> None:
        if frame.opcode is Opcode.CLOSE:
            self._say_goodbye()
        if self._told:
            return
        match frame.opcode:
            case Opcode.TEXT | Opcode.BINARY if frame.fin:
                self._take_message(frame.opcode, bytes(frame.data))
            case Opcode.TEXT | Opcode.BINARY:
                self._message_kind = frame.opcode
                self._fragments = bytearray(frame.data)
            case Opcode.CONT:
                self._fragments += frame.data
                if frame.fin and self._message_kind is not None:
                    self._take_message(self._message_kind, bytes(self._fragments))
                    self._fragments = bytearray()
            case Opcode.CLOSE:
                close = Close.parse(bytes(frame.data))
                self._tell_closed(close.code, close.reason, close_error(close))

    def _take_message(self, kind: Opcode, data: bytes) -> None:
        if kind is Opcode.BINARY:
            self._owner.received(data)
        else:
            self._take_text(data)

    def _take_text(self, data: bytes | memoryview) -> None:
        try:
            text = str(data, "utf-8")
        except UnicodeDecodeError as error:
            self.flush()
            self._protocol.fail(CloseCode.INVALID_DATA, "text that is not UTF-8")
            self._drain()
            self._tell_violation(f"text that is not UTF-8 ({error.reason} at byte {error.start})")
        else:
            self._owner.received(text)

    def _look_for_failure(self) -> None:
        if self._protocol.handshake_exc is not None and not self.handshake.done():
            self._fail_handshake(refusal(self._protocol.handshake_exc))
        if self._protocol.parser_exc is not None and not isinstance(self._protocol.parser_exc, EOFError):
            is_too_long = isinstance(self._protocol.parser_exc, PayloadTooBig)
            self._tell_violation(str(self._protocol.parser_exc), _HINT_TOO_LONG if is_too_long else _HINT_FRAMING)

    def _tell_violation(self, what: str, hint: str = _HINT_FRAMING) -> None:
        message = f"The application broke the WebSocket protocol: {what}."
        error = StreamError(StreamCode.PROTOCOL_ERROR, message, hint)
        self._tell_closed(CloseCode.ABNORMAL_CLOSURE, "", error)

    def _tell_closed(self, code: int, reason: str, error: StreamError | None) -> None:
        if not self._told:
            self._told = True
            self._owner.closed(Closure(code, reason, error))
        self._say_goodbye()
        self._pass_barrier()

    def _say_goodbye(self) -> None:
        if not self.said_goodbye.done():
            self.said_goodbye.set_result(None)

    def _expect_teardown(self) -> None:
        """A server closes TCP after the closing handshake; one that does not is helped along."""
        if self._teardown is None and self._transport is not None:
            self._teardown = self._loop.call_later(self._limits.answer_s, self._transport.abort)

    def _drain(self) -> None:
        """Send what the machine has to say, and see what it has come to."""
        assert self._transport is not None
        self.is_open = self._protocol.state is State.OPEN
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
            else:
                self._transport.close()
