"""The socket by itself: what its owner is told, and when that ends."""

import struct

from stream_bench import mark

from twilio_emulator.media.stream_connect import connect
from twilio_emulator.media.stream_owner import SocketLimits

TEXT, CLOSE = 1, 8


class Owner:
    """Notes what it is told, and closes after the first message if it is to."""

    def __init__(self, *, closes: bool = False) -> None:
        self.told: list[str] = []
        self.closes = closes
        self.stream_socket = None

    def opened(self, stream_socket):
        self.stream_socket = stream_socket
        self.told.append("opened")

    def received(self, message):
        self.told.append(message)
        if self.closes:
            self.stream_socket.close()

    def closed(self, closure):
        self.told.append(f"closed {closure.code}")

    def no_pong(self):
        self.told.append("no pong")


async def open_socket(url, owner):
    return await connect(url, signature="", owner=owner, timeout_s=5, limits=SocketLimits(answer_s=0.05))


async def test_messages_that_come_with_the_handshake_are_told_after_it(bare):
    async def script(bare_socket):
        bare_socket.send(TEXT, b"early")
        bare_socket.send(CLOSE, struct.pack("!H", 1000))
        await bare_socket.reader.read()

    _, url = await bare(script)
    owner = Owner()
    stream_socket = await open_socket(url, owner)
    await stream_socket.gone

    assert owner.told == ["opened", "early", "closed 1000"]


async def test_an_owner_who_has_closed_is_told_nothing_more_not_even_of_the_same_segment(bare):
    async def script(bare_socket):
        for name in ("first", "second"):
            bare_socket.send(TEXT, mark(name).encode())
        bare_socket.send(CLOSE, struct.pack("!H", 1011))
        while (await bare_socket.receive())[0] != CLOSE:
            pass

    _, url = await bare(script)
    owner = Owner(closes=True)
    stream_socket = await open_socket(url, owner)
    await stream_socket.gone

    assert owner.told == ["opened", mark("first")]


async def test_nothing_is_told_after_a_violation_not_even_of_the_same_segment(bare):
    async def script(bare_socket):
        bare_socket.send(TEXT, b"\xff")
        bare_socket.send(TEXT, b"fine again")
        while (await bare_socket.receive())[0] != CLOSE:
            pass

    _, url = await bare(script)
    owner = Owner()
    stream_socket = await open_socket(url, owner)
    await stream_socket.gone

    assert owner.told == ["opened", "closed 1006"]


async def test_a_barrier_on_a_socket_that_is_not_open_is_open(bare):
    async def script(bare_socket):
        await bare_socket.reader.read()

    _, url = await bare(script)
    stream_socket = await open_socket(url, Owner())
    stream_socket.close()
    passed = []
    stream_socket.barrier(lambda: passed.append(True))
    stream_socket.send("dropped")

    assert passed == [True]
    await stream_socket.gone
