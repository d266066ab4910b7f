"""Many sockets with one entry in the event loop: what a protocol is told, and that asyncio would tell it the same."""

import asyncio
import gc
import os
import socket
import weakref
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from twilio_emulator.media import stream_transport
from twilio_emulator.media.stream_transport import StreamTransport

pytestmark = pytest.mark.skipif(not stream_transport.is_available(), reason="needs epoll")

MUCH = os.urandom(4 * 2**20)
"""More than two kernels take at once."""


class Line(asyncio.BufferedProtocol):
    """Notes what it is told."""

    transport: StreamTransport

    def __init__(self) -> None:
        self.told: list[object] = []
        self.changed = asyncio.Event()
        self.gone = asyncio.Event()
        self.on_read: Callable[[bytes], None] = lambda _: None
        self._buffer = bytearray(1000)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, StreamTransport)
        self.transport = transport

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        data = bytes(self._buffer[:nbytes])
        self.tell(data)
        self.on_read(data)

    def eof_received(self) -> None:
        self.tell("eof")

    def pause_writing(self) -> None:
        self.tell("pause")

    def resume_writing(self) -> None:
        self.tell("resume")

    def connection_lost(self, exc: Exception | None) -> None:
        self.tell("lost" if exc is None else f"lost: {type(exc).__name__}")
        self.gone.set()

    def tell(self, what: object) -> None:
        self.told.append(what)
        self.changed.set()

    async def until_told(self, what: object) -> None:
        while what not in self.told:
            self.changed.clear()
            await self.changed.wait()


class Far:
    """The other end, which does nothing that the test does not do."""

    def __init__(self, tcp: socket.socket) -> None:
        self.tcp = tcp
        tcp.setblocking(False)

    async def read(self, count: int) -> bytes:
        got = bytearray()
        while len(got) < count and (piece := await asyncio.get_running_loop().sock_recv(self.tcp, 65_536)):
            got += piece
        return bytes(got)

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.tcp, data)

    def reset(self) -> None:
        self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.tcp.close()


def connect(server: socket.socket) -> tuple[Line, Far]:
    near = socket.create_connection(server.getsockname())
    near.setblocking(False)
    line, far = Line(), Far(server.accept()[0])
    stream_transport.take_over(near, line)
    return line, far


@pytest_asyncio.fixture
async def pair() -> AsyncIterator[Callable[[], tuple[Line, Far]]]:
    """Makes connections; the far ends are closed after the test."""
    fars = []
    with socket.create_server(("127.0.0.1", 0), backlog=300) as server:

        def make() -> tuple[Line, Far]:
            line, far = connect(server)
            fars.append(far)
            return line, far

        yield make
    for far in fars:
        far.tcp.close()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_messages_go_both_ways(pair):
    line, far = pair()
    line.transport.write(b"there")
    assert await far.read(5) == b"there"
    await far.send(b"and back")
    await line.until_told(b"and back")
    line.transport.abort()
    await line.gone.wait()


async def test_what_a_slow_reader_leaves_waits_and_arrives_whole_and_in_order(pair):
    line, far = pair()
    line.transport.set_write_buffer_limits(high=1000)
    for begin in range(0, len(MUCH), 100_000):
        line.transport.write(MUCH[begin : begin + 100_000])
    assert line.told == ["pause"]
    assert line.transport.get_write_buffer_size() > 1000
    assert await far.read(len(MUCH)) == MUCH
    await line.until_told("resume")
    assert line.transport.get_write_buffer_size() == 0
    line.transport.write(b"more")
    assert await far.read(4) == b"more"
    line.transport.abort()
    await line.gone.wait()


async def test_what_is_written_when_there_is_room_again_still_comes_after_what_waits(pair):
    line, far = pair()
    line.transport.write(MUCH)
    begun = b""
    while line.transport.get_write_buffer_size() + len(begun) < len(MUCH):
        begun += far.tcp.recv(65_536)
    line.transport.write(b"the end")
    assert begun + await far.read(len(MUCH) + 7 - len(begun)) == MUCH + b"the end"
    line.transport.abort()
    await line.gone.wait()


async def test_close_sends_what_is_left_first_and_accepts_no_more(pair):
    line, far = pair()
    line.transport.write(MUCH)
    line.transport.close()
    line.transport.write(b"too late")
    assert await far.read(len(MUCH) + 1) == MUCH
    await line.gone.wait()
    assert line.told == ["pause", "lost"]


async def test_abort_ends_at_once_and_tells_it_later_and_once(pair):
    line, far = pair()
    line.transport.write(MUCH)
    line.transport.abort()
    line.transport.abort()
    line.transport.close()
    assert line.told == ["pause"]
    assert line.transport.is_closing()
    await line.gone.wait()
    assert line.told == ["pause", "lost"]
    assert len(await far.read(len(MUCH))) < len(MUCH)


async def test_the_far_ends_last_word_is_told_before_its_end(pair):
    line, far = pair()
    await far.send(b"goodbye")
    far.tcp.close()
    await line.gone.wait()
    assert line.told == [b"goodbye", "eof", "lost"]


async def test_a_connection_that_is_reset_is_told_as_an_error_whether_one_reads_or_writes(pair):
    reading, far = pair()
    far.reset()
    await reading.gone.wait()
    assert reading.told == ["lost: ConnectionResetError"]

    writing, far = pair()
    writing.transport.write(MUCH)
    far.reset()
    await writing.gone.wait()
    writing.transport.write(b"nobody is there")
    assert [what for what in writing.told if str(what).startswith("lost")] == writing.told[-1:]
    assert str(writing.told[-1]).startswith("lost: ")


async def test_a_protocol_may_close_others_while_they_have_something_to_read(pair, caplog):
    lines, fars = zip(*(pair() for _ in range(10)), strict=True)

    def close_all(_: bytes) -> None:
        for line in lines:
            line.transport.abort()

    for line in lines:
        line.on_read = close_all
    for far in fars:
        far.tcp.send(b"x")
    for line in lines:
        await line.gone.wait()
    assert sorted(len(line.told) for line in lines) == [1] * 9 + [2]
    assert not caplog.records


async def test_a_protocol_that_fails_ends_its_own_connection_and_no_other(pair):
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))
    failing, its_far = pair()
    other, others_far = pair()

    def fail(_: bytes) -> None:
        raise KeyError("a mistake")

    failing.on_read = fail
    await its_far.send(b"x")
    await failing.gone.wait()
    assert failing.told == [b"x", "lost: KeyError"]
    assert [str(error) for error in told] == ["'a mistake'"]
    await others_far.send(b"y")
    await other.until_told(b"y")
    other.transport.abort()
    await other.gone.wait()


async def test_hundreds_are_served_and_nothing_is_left_of_them(pair):
    before = open_files()
    lines, fars = zip(*(pair() for _ in range(200)), strict=True)
    for round_trip in range(3):
        for far in fars:
            far.tcp.send(b"%d" % round_trip)
        for line in lines:
            await line.until_told(b"%d" % round_trip)
    for far in fars:
        far.tcp.close()
    for line in lines:
        await line.gone.wait()
    assert open_files() == before


def test_a_loop_that_has_no_sockets_any_more_is_not_held():
    async def one_connection() -> weakref.ref[asyncio.AbstractEventLoop]:
        with socket.create_server(("127.0.0.1", 0)) as server:
            line, far = connect(server)
            far.tcp.close()
            await line.gone.wait()
        return weakref.ref(asyncio.get_running_loop())

    loop = asyncio.run(one_connection())
    gc.collect()
    assert loop() is None
