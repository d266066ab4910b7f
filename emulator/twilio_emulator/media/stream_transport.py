"""TCP for many streams at once: their sockets share one entry in the event loop.

For every read of every socket asyncio finds a key, makes a handle ready, runs it in its context and goes down four
calls. With five hundred streams that is a twentieth of all the work. Here one poll tells which sockets have something
to read, and each is read at once.

Laws
----
* A protocol is told what asyncio's own transport would tell it, in the same order, and never from within its own call
  of `write`, `close` or `abort`.
* What has been written goes out before `close` closes. Nothing is sent or told after `connection_lost`.
* Whoever has no more to send is gone: there is no half of a connection.
* A few sockets are read in one turn of the loop, so that frames which are due do not wait for all of them.

Where there is no epoll, and for TLS, asyncio's own transport serves.
"""

from __future__ import annotations

import asyncio
import select
import socket
from typing import Any, Final

_READS_A_TURN: Final = 64
"""Some 0.4 ms."""
_HIGH_WATER_BYTES: Final = 65_536

_exchanges: Final[dict[asyncio.AbstractEventLoop, _Exchange]] = {}
"""Those that have sockets."""


def is_available() -> bool:
    """Whether this system has what it takes."""
    return hasattr(select, "epoll")


def take_over(tcp: socket.socket, protocol: asyncio.BufferedProtocol) -> None:
    """Let a connected, non-blocking socket serve a protocol, on the running loop."""
    tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    loop = asyncio.get_running_loop()
    exchange = _exchanges.get(loop) or _Exchange(loop)
    protocol.connection_made(StreamTransport(tcp, protocol, exchange))


class _Exchange:
    """All sockets of one loop, for as long as there are any."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._lines: dict[int, StreamTransport] = {}
        self._epoll = select.epoll()
        loop.add_reader(self._epoll.fileno(), self._serve)
        _exchanges[loop] = self

    def add(self, fileno: int, line: StreamTransport) -> None:
        self._lines[fileno] = line
        self._epoll.register(fileno, select.EPOLLIN)

    def watch(self, fileno: int, events: int) -> None:
        self._epoll.modify(fileno, events)

    def remove(self, fileno: int) -> None:
        del self._lines[fileno]
        self._epoll.unregister(fileno)
        if not self._lines:
            self.loop.remove_reader(self._epoll.fileno())
            self._epoll.close()
            del _exchanges[self.loop]

    def _serve(self) -> None:
        lines = self._lines
        for fileno, events in self._epoll.poll(0, _READS_A_TURN):
            # What one of them is told may end another.
            if (line := lines.get(fileno)) is not None:
                line.serve(events)


class StreamTransport(asyncio.Transport):
    """One connection. Made by `take_over`."""

    __slots__ = (
        "_exchange",
        "_fileno",
        "_high_water",
        "_is_closing",
        "_is_lost",
        "_is_paused",
        "_protocol",
        "_tcp",
        "_unsent",
    )

    def __init__(self, tcp: socket.socket, protocol: asyncio.BufferedProtocol, exchange: _Exchange) -> None:
        super().__init__()
        self._tcp = tcp
        self._fileno = tcp.fileno()
        self._protocol = protocol
        self._exchange = exchange
        self._unsent = bytearray()
        self._high_water = _HIGH_WATER_BYTES
        self._is_paused = False
        self._is_closing = False
        """Nothing is read or accepted any more; what is unsent still goes out."""
        self._is_lost = False
        """Neither does that; the protocol is told in the loop's next turn."""
        exchange.add(self._fileno, self)

    # --- what the protocol does -------------------------------------------------------------------------------------

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send at once what the kernel takes, and the rest when it takes more."""
        if self._is_closing:
            return
        if not self._unsent:
            try:
                sent = self._tcp.send(data)
            except (BlockingIOError, InterruptedError):
                sent = 0
            except OSError as error:
                self._lose(error)
                return
            if sent == len(data):
                return
            data = data[sent:]
            self._exchange.watch(self._fileno, select.EPOLLIN | select.EPOLLOUT)
        self._unsent += data
        if len(self._unsent) > self._high_water and not self._is_paused:
            self._is_paused = True
            self._protocol.pause_writing()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Call `pause_writing` beyond `high` bytes; `resume_writing` follows when all of them are sent (`low` is 0)."""
        self._high_water = _HIGH_WATER_BYTES if high is None else high

    def get_write_buffer_size(self) -> int:
        """How many bytes wait for the kernel."""
        return len(self._unsent)

    def is_closing(self) -> bool:
        """Whether nothing is read any more."""
        return self._is_closing

    def close(self) -> None:
        """Read no more, and hang up when all has been sent."""
        if self._is_closing:
            return
        self._is_closing = True
        if self._unsent:
            self._exchange.watch(self._fileno, select.EPOLLOUT)
        else:
            self._lose(None)

    def abort(self) -> None:
        """Hang up, whatever is unsent."""
        self._lose(None)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """The `socket` itself; nothing else is known here."""
        return self._tcp if name == "socket" else default

    # --- what the kernel tells --------------------------------------------------------------------------------------

    def serve(self, events: int) -> None:
        """There is room to write, or something to read, be it the end or an error."""
        if events & select.EPOLLOUT or self._is_closing:
            self._send_rest()
        if events & ~select.EPOLLOUT and not self._is_closing:
            self._read()

    def _read(self) -> None:
        try:
            count = self._tcp.recv_into(self._protocol.get_buffer(-1))
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._lose(error)
            return
        try:
            if count:
                self._protocol.buffer_updated(count)
            else:
                self._protocol.eof_received()
                self.close()
        except Exception as error:
            # As asyncio does: a mistake in one protocol is told, ends its connection, and no other.
            about = {"message": "A stream's protocol failed.", "exception": error, "transport": self}
            self._exchange.loop.call_exception_handler(about)
            self._lose(error)

    def _send_rest(self) -> None:
        try:
            sent = self._tcp.send(self._unsent)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._lose(error)
            return
        del self._unsent[:sent]
        if self._unsent:
            return
        if self._is_closing:
            self._lose(None)
            return
        self._exchange.watch(self._fileno, select.EPOLLIN)
        if self._is_paused:
            self._is_paused = False
            self._protocol.resume_writing()

    def _lose(self, error: Exception | None) -> None:
        if self._is_lost:
            return
        self._is_lost = self._is_closing = True
        self._unsent.clear()
        self._exchange.remove(self._fileno)
        self._exchange.loop.call_soon(self._end, error)

    def _end(self, error: Exception | None) -> None:
        try:
            self._protocol.connection_lost(error)
        finally:
            self._tcp.close()
