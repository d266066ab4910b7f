"""The least that a minute in lock-step could take: frames, each confirmed by two pings, and nothing around them.

    python raw_lockstep.py RUNS

The same WebSocket library as the emulator's, used in the same way (its protocol machine on an asyncio transport): 3000
pre-built frames go to the application one after the other; with each goes a ping, and after its pong another. The
echoes are drained. No call, no phone, no clock, no codec.

Started by `media.py`, and told the application's port. Prints the wall seconds of each run.
"""

from __future__ import annotations

import asyncio
import sys
import time

from children import told
from judge import tell
from raw_wheel import FRAME
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.uri import parse_uri

FRAMES = 3000
PINGS = 2


class LockStep(asyncio.Protocol):
    """One socket that sends the next frame when the last has been confirmed."""

    def __init__(self, url: str) -> None:
        loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[None] = loop.create_future()
        self.done: asyncio.Future[None] = loop.create_future()
        self._protocol = ClientProtocol(parse_uri(url))
        self._frames_left = FRAMES
        self._pings_left = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._protocol.send_request(self._protocol.connect())
        self._flush()

    def data_received(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                self.opened.set_result(None)
            elif isinstance(event, Frame) and event.opcode is Opcode.PONG:
                self.go_on()

    def go_on(self) -> None:
        """Send the next ping, with the next frame where one is due."""
        if not self._pings_left:
            if not self._frames_left:
                self.done.set_result(None)
                return
            self._frames_left -= 1
            self._pings_left = PINGS
            self._protocol.send_text(FRAME)
        self._pings_left -= 1
        self._protocol.send_ping(b"raw")
        self._flush()

    def _flush(self) -> None:
        self._transport.write(b"".join(self._protocol.data_to_send()))


async def main(runs: int) -> None:
    """Open a socket for each run and report."""
    port = int(await told())
    url = f"ws://127.0.0.1:{port}/media"
    loop = asyncio.get_running_loop()
    for _ in range(runs):
        transport, stream = await loop.create_connection(lambda: LockStep(url), "127.0.0.1", port)
        await stream.opened
        began_s = time.perf_counter()
        stream.go_on()
        await stream.done
        tell(wall_s=time.perf_counter() - began_s)
        transport.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
