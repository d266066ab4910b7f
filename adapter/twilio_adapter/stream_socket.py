"""The WebSocket that Twilio opens to us for one media stream.

Laws: a message has had all its consequences before the next is read. Answers leave in the order in which they were
caused, so a PONG follows everything that the messages before its PING brought about: whoever pings knows by it that we
have kept up. An emulator's barrier is answered when call time may pass (`gate`). Nothing of a stream is believed before
its token.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final, TypeAlias

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from twilio_adapter.gate import Gate
from twilio_adapter.limits import Limits
from twilio_adapter.live import LiveCall
from twilio_adapter.reception import Reception
from twilio_wire.barrier import is_barrier
from twilio_wire.messages import Connected, FromTwilio, MalformedMessage, Start, decode_from_twilio

logger = logging.getLogger(__name__)
REFUSED: Final = "not expected here"
"""What a stream without the token is told."""
_CLOSE_TIMEOUT_S = 2.0


@dataclass(frozen=True)
class _Pong:
    """The answer to a PING."""

    payload: bytes


@dataclass(frozen=True)
class _Close:
    """Close the socket; nothing is sent behind it."""

    code: WSCloseCode
    reason: str


_Outgoing: TypeAlias = str | _Pong | _Close


class StreamSocket:
    """One media stream's socket, from the upgrade to its end."""

    def __init__(self, reception: Reception, limits: Limits, gate: Gate) -> None:
        self._gate = gate
        self._reception = reception
        self._limits = limits
        self._ws = web.WebSocketResponse(autoping=False, compress=False, timeout=_CLOSE_TIMEOUT_S)
        self._outgoing: asyncio.Queue[_Outgoing] = asyncio.Queue()
        self._call: LiveCall | None = None
        self._closing = False
        self._gone = False

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Shake hands, carry the stream, and return when the socket is closed."""
        await self._ws.prepare(request)
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(self._write())
            try:
                await self._read()
            finally:
                self._leave()
                if not self._closing:
                    writer.cancel()
        return self._ws

    # --- for the call ---------------------------------------------------------------------------------------------

    def post(self, text: str) -> None:
        """Send a text message, behind what was posted before; a socket that is gone swallows it."""
        self._post(text)

    def close(self, reason: str) -> None:
        """Close the socket behind what was posted before."""
        self._refuse(WSCloseCode.OK, reason)

    def go_away(self) -> None:
        """Close the socket because the server ends."""
        self._refuse(WSCloseCode.GOING_AWAY, "the test bench disconnects")

    async def flushed(self) -> None:
        """Return when all that was posted is on the wire, or the socket is gone."""
        await self._outgoing.join()

    # --- reading --------------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(self._limits.stream_start_s) as patience:
                async for frame in self._ws:
                    self._take(frame)
                    if self._call is not None:
                        patience.reschedule(None)
        except TimeoutError:
            logger.warning("A socket sent no start within %g s; closing it.", self._limits.stream_start_s)
            self._refuse(WSCloseCode.POLICY_VIOLATION, "no start")

    def _take(self, frame: WSMessage) -> None:
        if frame.type is WSMsgType.TEXT:
            self._take_text(frame.data)
        elif frame.type is WSMsgType.PING:
            self._answer_ping(bytes(frame.data))
        elif frame.type is WSMsgType.BINARY:
            logger.warning("Passed over a binary frame: Media Streams are text.")

    def _answer_ping(self, payload: bytes) -> None:
        if is_barrier(payload):
            self._gate.through(lambda: self._post(_Pong(payload)))
        else:
            self._post(_Pong(payload))

    def _take_text(self, text: str) -> None:
        if self._closing:
            return
        try:
            message = decode_from_twilio(text)
        except MalformedMessage as error:
            logger.warning("Passed over a message: %s", error)
            return
        if self._call is None:
            self._take_opening(message)
        elif isinstance(message, Start):
            logger.warning("Passed over a second start on one socket: a stream has one.")
        else:
            self._call.hear(self, message)

    def _take_opening(self, message: FromTwilio) -> None:
        if isinstance(message, Connected):
            return
        if isinstance(message, Start):
            self._call = self._reception.admit(self, message)
        if self._call is None:
            self._refuse(WSCloseCode.POLICY_VIOLATION, REFUSED)

    def _leave(self) -> None:
        """The socket is closed, or about to be: nobody listens to it any more."""
        self._gone = True
        if self._call is not None:
            self._call.line_gone(self)

    # --- writing --------------------------------------------------------------------------------------------------

    def _refuse(self, code: WSCloseCode, reason: str) -> None:
        if not self._closing:
            self._post(_Close(code, reason))
            self._closing = True

    def _post(self, item: _Outgoing) -> None:
        if not self._closing and not self._gone:
            self._outgoing.put_nowait(item)

    async def _write(self) -> None:
        try:
            while not await self._write_next():
                pass
        except ConnectionError as error:
            logger.info("A media stream's socket broke while we wrote to it: %s", error)
        finally:
            self._gone = True
            self._closing = True
            while not self._outgoing.empty():
                self._outgoing.get_nowait()
                self._outgoing.task_done()

    async def _write_next(self) -> bool:
        """Send what is next; return whether it was the last."""
        item = await self._outgoing.get()
        try:
            if isinstance(item, str):
                await self._ws.send_str(item)
            elif isinstance(item, _Pong):
                await self._ws.pong(item.payload)
            else:
                await self._ws.close(code=item.code, message=item.reason.encode())
            return isinstance(item, _Close)
        finally:
            self._outgoing.task_done()
