"""The bar: N streams from one 20-slot wheel that does nothing but send pre-built frames and drain the echoes.

    python raw_wheel.py STREAMS

The same WebSocket library as the emulator's, used in the same way (its protocol machine on an asyncio transport), and
nothing around it: no call, no phone, no codec, no playback. Nobody can be faster with this library.
"""

from __future__ import annotations

import asyncio
import json
import sys

from children import measured_until_told, told
from judge import FRAME_MS, steady_allocator, tell
from websockets.client import ClientProtocol
from websockets.http11 import Response
from websockets.uri import parse_uri

PAYLOAD = "/v7+fn7+" * 26 + "/v7+fg=="
"""160 bytes of an idle line in base64."""
FRAME = json.dumps(
    {
        "event": "media",
        "sequenceNumber": "1000",
        "media": {"track": "inbound", "chunk": "1000", "timestamp": "20000", "payload": PAYLOAD},
        "streamSid": "MZ" + "0" * 32,
    },
    separators=(",", ":"),
).encode()


class RawStream(asyncio.Protocol):
    """One socket that sends and drains."""

    def __init__(self, url: str) -> None:
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._protocol = ClientProtocol(parse_uri(url))

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._protocol.send_request(self._protocol.connect())
        self._flush()

    def data_received(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                self.opened.set_result(None)

    def send(self) -> None:
        """Send the frame."""
        self._protocol.send_text(FRAME)
        self._flush()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            self._transport.write(data)


class Wheel:
    """Each slot that has streams sends every 20 ms, at absolute deadlines."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._slots: list[list[RawStream]] = [[] for _ in range(FRAME_MS)]

    def add(self, stream: RawStream) -> None:
        """Put a stream on the emptiest slot."""
        slot = min(self._slots, key=len)
        slot.append(stream)
        if len(slot) == 1:
            self._turn(slot, self._loop.time() // 0.02 * 0.02 + self._slots.index(slot) / 1000)

    def _turn(self, slot: list[RawStream], due_s: float) -> None:
        for stream in slot:
            stream.send()
        self._loop.call_at(due_s + FRAME_MS / 1000, self._turn, slot, due_s + FRAME_MS / 1000)


async def hold_streams(streams: int) -> None:
    """Open the sockets, keep them busy, report."""
    port = int(await told())
    url = f"ws://127.0.0.1:{port}/media"
    loop = asyncio.get_running_loop()
    wheel = Wheel()
    for _ in range(streams):
        _, stream = await loop.create_connection(lambda: RawStream(url), "127.0.0.1", port)
        await stream.opened
        wheel.add(stream)
    cpu_s, wall_s = await measured_until_told()
    tell(cpu_s=cpu_s, wall_s=wall_s)


if __name__ == "__main__":
    steady_allocator()
    asyncio.run(hold_streams(int(sys.argv[1])))
