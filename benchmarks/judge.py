"""The judge: an application that notes when each frame of its callers arrives, and costs as little as it can.

    python judge.py STREAMS SECONDS

Laws: no code is shared with the emulator. It does no more than it must: the protocol machine of `websockets` shakes
hands, and frames are read by hand, so that it is the callers who are late and not their judge.

It answers GET /voice with `<Connect><Stream>` and echoes every media message. It prints one JSON line a fact: its port;
that STREAMS sockets carry media; and, SECONDS after a line came in on standard input, the verdict. It goes when it is
killed.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from http import HTTPStatus
from typing import Any

from websockets.http11 import Request
from websockets.server import ServerProtocol

try:
    from websockets.speedups import apply_mask
except ImportError:
    from websockets.utils import apply_mask

FRAME_MS = 20
BACKLOG = 4096
"""Callers come all at once; one who finds no room in the queue tries again a second later, or gives up."""
READ_BYTES = 16_384
CLOSE = 8


class Court:
    """What all callers of a run share."""

    def __init__(self, streams: int) -> None:
        self.port = 0
        self.noting = False
        self.arrivals: list[list[float]] = []
        self.all_carry = asyncio.Event()
        self._missing = streams

    async def sit(self, seconds: float) -> None:
        """Serve, and give one verdict."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Caller(self), "127.0.0.1", 0, backlog=BACKLOG)
        self.port = server.sockets[0].getsockname()[1]
        tell(port=self.port)
        await self.all_carry.wait()
        gc.collect()
        gc.disable()  # The judge's own pauses are not the callers' lateness.
        tell(streaming=True)
        await asyncio.to_thread(sys.stdin.readline)
        self.noting, busy_s = True, time.process_time()
        await asyncio.sleep(seconds)
        self.noting, busy_s = False, time.process_time() - busy_s
        tell(**verdict(self.arrivals), judge_busy=round(busy_s / seconds, 3))
        await asyncio.Future()

    def first_media(self) -> None:
        """One more socket carries media."""
        self._missing -= 1
        if not self._missing:
            self.all_carry.set()


class Caller(asyncio.BufferedProtocol):
    """One connection: a request for TwiML, or a stream."""

    def __init__(self, court: Court) -> None:
        self._court = court
        self._machine: ServerProtocol | None = ServerProtocol()
        self._buffer = memoryview(bytearray(READ_BYTES))
        self._rest = b""
        self._arrivals: list[float] = []
        self._carries = False
        self._before = _opening(b"MZ" + b"0" * 32)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        arrived_ms = time.perf_counter() * 1000
        data = bytes(self._buffer[:nbytes])
        if self._machine is not None:
            self._shake_hands(self._machine, data)
        else:
            self._take_frames(self._rest + data, arrived_ms)

    def _shake_hands(self, machine: ServerProtocol, data: bytes) -> None:
        machine.receive_data(data)
        for event in machine.events_received():
            if isinstance(event, Request):
                machine.send_response(self._respond(machine, event))
        for answer in machine.data_to_send():
            if answer:
                self._transport.write(answer)
            else:
                self._transport.close()

    def _respond(self, machine: ServerProtocol, request: Request) -> Any:
        if request.path.split("?")[0] != "/voice":
            self._court.arrivals.append(self._arrivals)
            self._machine = None
            return machine.accept(request)
        url = f"ws://127.0.0.1:{self._court.port}/media"
        response = machine.reject(HTTPStatus.OK, f'<Response><Connect><Stream url="{url}"/></Connect></Response>')
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "text/xml"
        return response

    def _take_frames(self, data: bytes, arrived_ms: float) -> None:
        """Echo every media message; one that is not whole yet waits for the rest."""
        at, echoes = 0, []
        while len(data) - at >= 8:
            first, length, mask_at = data[at], data[at + 1] & 0x7F, at + 2
            if length == 126:
                length, mask_at = data[at + 2] << 8 | data[at + 3], at + 4
            end = mask_at + 4 + length
            if end > len(data):
                break
            if first & 0x0F == CLOSE:
                self._transport.close()
                return
            text = apply_mask(data[mask_at + 4 : end], data[mask_at : mask_at + 4])
            echoes.append(self._answer(text, arrived_ms))
            at = end
        self._rest = data[at:]
        self._transport.write(b"".join(echoes))

    def _answer(self, text: bytes, arrived_ms: float) -> bytes:
        if b'"event":"media"' not in text:
            self._before = _opening(_field(text, b'"streamSid":"'))
            return b""
        if not self._carries:
            self._carries = True
            self._court.first_media()
        if self._court.noting:
            self._arrivals.append(arrived_ms)
        message = self._before + _field(text, b'"payload":"') + b'"}}'
        return bytes((0x81, 126, len(message) >> 8, len(message) & 0xFF)) + message


def _opening(stream_sid: bytes) -> bytes:
    """A media message up to its payload."""
    return b'{"event":"media","streamSid":"%b","media":{"payload":"' % stream_sid


def _field(text: bytes, name: bytes) -> bytes:
    """The text value of a field; empty where there is none."""
    begin = text.find(name) + len(name)
    return text[begin : text.index(b'"', begin)] if begin >= len(name) else b""


def verdict(arrivals: list[list[float]]) -> dict[str, float]:
    """Lateness of all frames of all streams; `arrivals` is in ms, a list for each stream.

    Frame n of a stream is due at origin + n × 20 ms. The origin is that of its best frame, which is on time by
    definition: no clock is shared with the caller.
    """
    lateness: list[float] = []
    for stream in arrivals:
        after_due = [arrived - n * FRAME_MS for n, arrived in enumerate(stream)]
        origin = min(after_due, default=0.0)
        lateness += [ms - origin for ms in after_due]
    lateness.sort()
    return {
        "frames": len(lateness),
        "p50_ms": round(percentile(lateness, 0.5), 3),
        "p99_ms": round(percentile(lateness, 0.99), 3),
        "max_ms": round(percentile(lateness, 1.0), 3),
    }


def percentile(in_order: list[float], share: float) -> float:
    """The reading below which `share` of all readings lie; 0 for no readings."""
    return in_order[min(int(len(in_order) * share), len(in_order) - 1)] if in_order else 0.0


def tell(**facts: Any) -> None:
    """One line to whoever started us."""
    print(json.dumps(facts), flush=True)


def steady_allocator() -> None:
    """Keep glibc from mapping a fresh buffer for every read of a socket.

    asyncio reads into 256 KiB. Until a large block has been freed once, glibc maps and unmaps one each time: two page
    faults a frame, and more time than all the rest.
    """
    bytearray(2**20)


if __name__ == "__main__":
    steady_allocator()
    asyncio.run(Court(int(sys.argv[1])).sit(float(sys.argv[2])))
