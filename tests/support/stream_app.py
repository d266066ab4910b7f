"""The other half of a customer: a plain `websockets` server for Media Streams. It shares no code with the emulator.

A test sets `react`, which sees every message and may answer it; what came in is kept, message by message.
"""

import asyncio
import base64
import contextlib
import json
from collections.abc import Awaitable, Callable
from itertools import groupby
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

Message = dict[str, Any]


class Stream:
    """One socket, and what may be sent on it."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket
        self.sid = ""

    async def play(self, ulaw: bytes) -> None:
        payload = base64.b64encode(ulaw).decode()
        await self._send({"event": "media", "streamSid": self.sid, "media": {"payload": payload}})

    async def mark(self, name: str) -> None:
        await self._send({"event": "mark", "streamSid": self.sid, "mark": {"name": name}})

    async def clear(self) -> None:
        await self._send({"event": "clear", "streamSid": self.sid})

    async def echo(self, message: Message) -> None:
        """Say what the caller has just said."""
        await self.play(base64.b64decode(message["media"]["payload"]))

    async def _send(self, message: Message) -> None:
        await self.socket.send(json.dumps(message))


Reaction = Callable[[Stream, Message], Awaitable[None]]


class StreamApp:
    """Takes every stream that comes, unless it is told to refuse."""

    def __init__(self) -> None:
        self.react: Reaction | None = None
        self.refuse_with = 0
        self.received: list[Message] = []
        self.requests: list[Request] = []
        self.close_codes: list[int | None] = []
        self.url = ""
        self._server: Server | None = None
        self._open = 0
        self._all_closed = asyncio.Event()

    async def start(self) -> None:
        self._server = await serve(
            self._serve, "127.0.0.1", 0, ping_interval=None, process_request=self._look_at_request
        )
        self.url = f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/media"

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def _look_at_request(self, connection: ServerConnection, request: Request) -> Response | None:
        self.requests.append(request)
        return connection.respond(self.refuse_with, "no") if self.refuse_with else None

    async def _serve(self, socket: ServerConnection) -> None:
        stream = Stream(socket)
        self._open += 1
        self._all_closed.clear()
        with contextlib.suppress(ConnectionClosed):  # a connection that is lost; its code is 1006
            async for text in socket:
                message = json.loads(text)
                self.received.append(message)
                stream.sid = message.get("streamSid", "")
                if self.react is not None:
                    await self.react(stream, message)
        self.close_codes.append(socket.close_code)
        self._open -= 1
        if not self._open:
            self._all_closed.set()

    async def closed(self) -> None:
        """Wait until the server's own side of every socket is done."""
        await self._all_closed.wait()

    # --- what came in ---------------------------------------------------------------------------------------------

    @property
    def events(self) -> list[str]:
        """The events in order, each run of `media` as one."""
        return [event for event, _ in groupby(message["event"] for message in self.received)]

    def of(self, event: str) -> list[Message]:
        return [message for message in self.received if message["event"] == event]

    def audio(self, track: str = "inbound", *, stream_sid: str = "") -> bytes:
        """All audio of one track (of one stream, or of all), as µ-law bytes."""
        return b"".join(
            base64.b64decode(message["media"]["payload"])
            for message in self.of("media")
            if message["media"]["track"] == track and stream_sid in ("", message["streamSid"])
        )
