"""A call without a telephone: a free clock, a playback, and a stream to an application that the test writes.

The applications here are plain `websockets` servers, or bare TCP; they share no code with the emulator.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from twilio.request_validator import RequestValidator
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from twilio_emulator.clock import Clock, FreeClock
from twilio_emulator.in_order import InOrder
from twilio_emulator.journal import Journal, Problem, StreamMoved
from twilio_emulator.media.playback import Playback
from twilio_emulator.media.stream import MediaStream
from twilio_emulator.media.stream_owner import SocketLimits
from twilio_emulator.media.stream_report import Closing
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.flow import StreamEnding, StreamSpec, Track

AUTH_TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT_SID = "AC" + "a" * 32
CALL_SID = "CA" + "b" * 32
STREAM_SID = "MZ" + "c" * 32
IDLE = b"\xff" * 160


class App:
    """The application under test: keeps what it is sent, and reacts as the test says."""

    def __init__(self) -> None:
        self.received: list[str | bytes] = []
        self.requests: list[Any] = []
        self.close_code: int | None = None
        self.over = asyncio.Event()
        self.react: Callable[[ServerConnection, str], Awaitable[None]] | None = None
        self.url = ""

    async def serve(self, socket: ServerConnection) -> None:
        self.requests.append(socket.request)
        try:
            async for text in socket:
                self.received.append(text)
                if self.react is not None:
                    await self.react(socket, str(text))
        except ConnectionClosed:
            pass
        finally:
            self.close_code = socket.protocol.close_code
            self.over.set()

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.received]

    @property
    def events(self) -> list[str]:
        return [message["event"] for message in self.messages]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["event"] == event]


class BareApp:
    """An application on bare TCP: what it does after the upgrade is up to the test, byte by byte."""

    def __init__(self, script: Callable[[BareSocket], Awaitable[None]], *, accept: bool = True) -> None:
        self._script = script
        self._accept = accept
        self.request = b""
        self.over = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.request = await reader.readuntil(b"\r\n\r\n")
            if self._accept:
                (key,) = re.findall(rb"sec-websocket-key: (\S+)", self.request)
                digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
                writer.write(
                    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
                )
            await self._script(BareSocket(reader, writer))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the emulator has gone
        finally:
            writer.close()
            self.over.set()


class BareSocket:
    """A server's end of a WebSocket, with nothing done by itself."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, opcode: int, payload: bytes, *, last: bool = True) -> None:
        header = bytes([opcode | (0x80 if last else 0)])
        if len(payload) < 126:
            header += bytes([len(payload)])
        elif len(payload) < 65536:
            header += bytes([126]) + len(payload).to_bytes(2, "big")
        else:
            header += bytes([127]) + len(payload).to_bytes(8, "big")
        self.writer.write(header + payload)

    async def receive(self) -> tuple[int, bytes]:
        head = await self.reader.readexactly(2)
        length = head[1] & 0x7F
        if length == 126:
            length = int.from_bytes(await self.reader.readexactly(2), "big")
        key = await self.reader.readexactly(4)
        masked = await self.reader.readexactly(length)
        return head[0] & 0x0F, bytes(byte ^ key[index % 4] for index, byte in enumerate(masked))


class Tasks:
    """Owns the stream's tasks; one that fails, fails the test."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[Any]] = []

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work))

    def __len__(self) -> int:
        return sum(not task.done() for task in self._tasks)

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        for ending in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(ending, Exception):
                raise ending


class Call:
    """One answered call with one stream."""

    def __init__(
        self,
        url: str,
        *,
        bidirectional: bool = True,
        track: Track = Track.INBOUND,
        name: str = "",
        parameters: tuple[tuple[str, str], ...] = (),
        quirks: Quirks | None = None,
        limits: SocketLimits | None = None,
        clock: Clock | None = None,
        playback_bytes: int = 4_800_000,
    ) -> None:
        self.clock = clock if clock is not None else FreeClock()
        self.clock.start()
        self.tasks = Tasks()
        self.journal = Journal(self.clock)
        self.playback = Playback(playback_bytes)
        self.heard: list[bytes] = []
        self.callbacks: list[dict[str, str]] = []
        self.endings: list[StreamEnding] = []
        self.ended = asyncio.Event()
        self.connected = asyncio.Event()
        spec = StreamSpec(url, bidirectional, name=name, track=track, parameters=parameters)
        self.stream = MediaStream(
            spec,
            stream_sid=STREAM_SID,
            call_sid=CALL_SID,
            account_sid=ACCOUNT_SID,
            signature=RequestValidator(AUTH_TOKEN).compute_signature(url, {}),
            clock=self.clock,
            journal=self.journal,
            quirks=quirks or Quirks(),
            playback=self.playback if bidirectional else None,
            tasks=self.tasks,
            in_order=InOrder(strict=True),
            notify=self._notify,
            ended=self._ended,
            limits=limits,
        )

    def _notify(self, parameters: dict[str, str]) -> None:
        self.callbacks.append(parameters)
        if parameters["StreamEvent"] == "stream-started":
            self.connected.set()

    def _ended(self, ending: StreamEnding) -> None:
        self.endings.append(ending)
        self.ended.set()

    async def open(self) -> Call:
        self.stream.open()
        await self.connected.wait()
        await self.settled()
        return self

    def hang_up(self) -> None:
        """The caller is gone."""
        self.stream.close(Closing.CALLER_LEFT)

    async def settled(self) -> None:
        """The clock has reached the present moment: nothing is owed any more."""
        reached = asyncio.Event()
        self.clock.call_at(self.clock.now_ms, reached.set)
        await reached.wait()

    async def frames(self, count: int, inbound: bytes = IDLE) -> None:
        """Let frames pass, one every 20 ms, and everything that they cause."""

        def tick() -> None:
            outbound, marks = self.playback.next_frame()
            self.heard.append(outbound)
            self.stream.frame(inbound, outbound)
            if marks:
                self.stream.marks_heard(marks)

        for number in range(1, count + 1):
            self.clock.call_at(self.clock.now_ms + number * 20, tick)
        passed = asyncio.Event()
        self.clock.call_at(self.clock.now_ms + count * 20, passed.set)
        await passed.wait()

    @property
    def problems(self) -> list[tuple[int, str]]:
        return [(entry.code, entry.level) for entry in self.journal.of(Problem)]

    @property
    def moves(self) -> list[tuple[str, str, str]]:
        return [(entry.source, entry.event, entry.detail) for entry in self.journal.of(StreamMoved)]

    @property
    def stream_events(self) -> list[str]:
        return [parameters["StreamEvent"] for parameters in self.callbacks]


def media(payload_base64: str, stream_sid: str = STREAM_SID) -> str:
    return json.dumps({"event": "media", "streamSid": stream_sid, "media": {"payload": payload_base64}})


def mark(name: str) -> str:
    return json.dumps({"event": "mark", "streamSid": STREAM_SID, "mark": {"name": name}})


def clear() -> str:
    return json.dumps({"event": "clear", "streamSid": STREAM_SID})
