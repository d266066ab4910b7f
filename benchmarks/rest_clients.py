"""The clients, and the judge: so many connections, each with one request on its way at any time.

    python rest_clients.py PORT CONNECTIONS SECONDS REQUEST

Law: no code is shared with either server, and the least is done for an answer: its status and its length are read.
REQUEST is what to send, `{"head": ..., "body": ..., "status": ...}`. Prints requests a second, how long the body of an
answer was, and which part of the time was spent at work; above some 0.9 the clients would be what was measured.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time

from judge import tell

_WARM_UP = 0.2
"""Asked for before the measurement begins, as a part of it."""


class Client(asyncio.Protocol):
    """One connection that is kept alive."""

    def __init__(self, request: bytes, status: int) -> None:
        self._request = request
        self._begins = f"HTTP/1.1 {status} ".encode()
        self._pending = b""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.answers = 0
        self.body_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        answer = self._pending + data if self._pending else data
        head, blank_line, body = answer.partition(b"\r\n\r\n")
        if not blank_line:
            self._pending = answer
            return
        if not head.startswith(self._begins):
            self._fail(f"The answer was {head.splitlines()[0].decode()}: {body.decode(errors='replace')}")
            return
        if len(body) < self._length(head):
            self._pending = answer
            return
        self._pending = b""
        self.answers += 1
        self.body_bytes = len(body)
        self._transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(f"The connection was closed: {error}")

    def _fail(self, why: str) -> None:
        if not self.ended.done():
            self.ended.set_exception(ConnectionError(why))

    @staticmethod
    def _length(head: bytes) -> int:
        begin = head.index(b"Content-Length: ") + 16
        end = head.find(b"\r\n", begin)
        return int(head[begin:] if end < 0 else head[begin:end])


async def ask(port: int, connections: int, seconds: float, request: bytes, status: int) -> None:
    """Ask as fast as the server answers, report."""
    loop = asyncio.get_running_loop()
    clients = []
    for _ in range(connections):
        _, client = await loop.create_connection(lambda: Client(request, status), "127.0.0.1", port)
        clients.append(client)
    gc.collect()
    gc.disable()
    await _unless_one_ends(clients, seconds * _WARM_UP)
    answers, busy_s, began_s = _answers(clients), time.process_time(), time.perf_counter()
    await _unless_one_ends(clients, seconds)
    answers, busy_s, wall_s = _answers(clients) - answers, time.process_time() - busy_s, time.perf_counter() - began_s
    tell(per_s=answers / wall_s, answers=_answers(clients), body_bytes=clients[0].body_bytes, busy=busy_s / wall_s)


def _answers(clients: list[Client]) -> int:
    return sum(client.answers for client in clients)


async def _unless_one_ends(clients: list[Client], seconds: float) -> None:
    ended, _ = await asyncio.wait(
        [client.ended for client in clients], timeout=seconds, return_when=asyncio.FIRST_COMPLETED
    )
    for client in ended:
        client.result()


def _request(wanted: dict[str, str]) -> bytes:
    body = wanted["body"].encode()
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{wanted['head']}{length}\r\n".encode() + body


if __name__ == "__main__":
    wanted = json.loads(sys.argv[4])
    asyncio.run(
        ask(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), _request(wanted), int(wanted["status"])),
    )
