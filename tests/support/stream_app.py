"""The other half of a customer: a plain `websockets` server for Media Streams. It shares no code with the emulator.

A test sets `react`, which sees every message and may answer it; what came in is kept, message by message.
"""

import base64
import json
from collections.abc import Awaitable, Callable
from itertools import groupby
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
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
        async for text in socket:
            message = json.loads(text)
            self.received.append(message)
            stream.sid = message.get("streamSid", "")
            if self.react is not None:
                await self.react(stream, message)
        self.close_codes.append(socket.close_code)

    # --- what came in ---------------------------------------------------------------------------------------------

    @property
    def events(self) -> list[str]:
        """The events in order, each run of `media` as one."""
        return [event for event, _ in groupby(message["event"] for message in self.received)]

    def of(self, event: str) -> list[Message]:
        return [message for message in self.received if message["event"] == event]

    def audio(self, track: str = "inbound") -> bytes:
        """All audio of one track, as µ-law bytes."""
        bodies = [message["media"] for message in self.of("media")]
        return b"".join(base64.b64decode(body["payload"]) for body in bodies if body["track"] == track)
