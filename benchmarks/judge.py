"""The judge: an application as somebody else would write it, which notes when each frame of its callers arrives.

    python judge.py STREAMS SECONDS

Law: no code is shared with the emulator; this is a plain `websockets` server.

It answers GET /voice with `<Connect><Stream>` and echoes every media message. It prints one JSON line a fact: its port;
that STREAMS sockets carry media; and, SECONDS after a line came in on standard input, the verdict. It goes when it is
killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import sys
import time
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

FRAME_MS = 20
BACKLOG = 4096
"""Callers come all at once; one who finds no room in the queue tries again a second later, or gives up."""


class Judge:
    """Echoes streams, and notes the arrival of every frame while it is asked to."""

    def __init__(self, streams: int) -> None:
        self._streams = streams
        self._port = 0
        self._carrying = 0
        self._noting = False
        self._arrivals: list[list[float]] = []
        self._all_carry = asyncio.Event()

    async def sit(self, seconds: float) -> None:
        """Serve, and give one verdict."""
        async with serve(
            self._echo,
            "127.0.0.1",
            0,
            process_request=self._answer,
            compression=None,
            ping_interval=None,
            backlog=BACKLOG,
        ) as server:
            self._port = next(iter(server.sockets)).getsockname()[1]
            tell(port=self._port)
            await self._all_carry.wait()
            gc.collect()
            gc.disable()  # The judge's own pauses are not the callers' lateness.
            tell(streaming=True)
            await asyncio.to_thread(sys.stdin.readline)
            self._noting, busy_s = True, time.process_time()
            await asyncio.sleep(seconds)
            self._noting, busy_s = False, time.process_time() - busy_s
            tell(**verdict(self._arrivals), judge_busy=round(busy_s / seconds, 3))
            await asyncio.Future()

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        if request.path.split("?")[0] != "/voice":
            return None
        url = f"ws://127.0.0.1:{self._port}/media"
        response = connection.respond(HTTPStatus.OK, f'<Response><Connect><Stream url="{url}"/></Connect></Response>')
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "text/xml"
        return response

    async def _echo(self, connection: ServerConnection) -> None:
        arrivals: list[float] = []
        self._arrivals.append(arrivals)
        heard_any = False
        with contextlib.suppress(ConnectionClosed):
            async for text in connection:
                arrived_ms = time.perf_counter() * 1000
                message = json.loads(text)
                if message["event"] != "media":
                    continue
                if self._noting:
                    arrivals.append(arrived_ms)
                if not heard_any:
                    heard_any = True
                    self._note_first_media()
                await connection.send(
                    json.dumps(
                        {
                            "event": "media",
                            "streamSid": message["streamSid"],
                            "media": {"payload": message["media"]["payload"]},
                        }
                    )
                )

    def _note_first_media(self) -> None:
        self._carrying += 1
        if self._carrying == self._streams:
            self._all_carry.set()


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
    asyncio.run(Judge(int(sys.argv[1])).sit(float(sys.argv[2])))
