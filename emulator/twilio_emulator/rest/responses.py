"""Replies as bytes: Twilio's headers, and a response that aiohttp sends without building it again.

A reply's head is nearly the same each time, and known whole before anything is sent. So it is put together here and
goes out with its body in one write; aiohttp keeps what it is good at, reading requests and minding connections.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from aiohttp import web

# Seen in captured replies.
_ALWAYS: Final = (
    "Access-Control-Allow-Origin: *\r\n"
    "Strict-Transport-Security: max-age=31536000\r\n"
    "X-API-Domain: api.twilio.com\r\n"
    "X-Home-Region: us1\r\n"
    "X-Powered-By: AT-5000\r\n"
    "X-Shenanigans: none\r\n"
)
_BEGINNINGS: Final = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n{_ALWAYS}" for status in HTTPStatus if status >= 200
}
_CONNECTION: Final = {True: "Connection: keep-alive\r\n", False: "Connection: close\r\n"}


class WholeResponse(web.StreamResponse):
    """A status, lines of a head that are ours (no text of a client's may be in them), and a body or none."""

    def __init__(self, status: int, head: str, body: bytes | None) -> None:
        super().__init__(status=status)
        self._lives_on = False
        self._head = head
        self._whole_body = body

    @property
    def keep_alive(self) -> bool:
        """Whether the connection waits for another request."""
        return self._lives_on

    async def prepare(self, request: web.BaseRequest) -> None:
        """Send everything."""
        self._lives_on = request.keep_alive
        head, body = f"{_BEGINNINGS[self.status]}{self._head}", self._whole_body
        # What HTTP/1.1 takes for granted need not be said.
        if self._lives_on is not (request.version >= (1, 1)):
            head += _CONNECTION[self._lives_on]
        if body is None:
            message = f"{head}\r\n".encode("ascii")
        else:
            message = f"{head}Content-Length: {len(body)}\r\n\r\n".encode("ascii")
            if request.method != "HEAD":
                message += body
        await request.writer.write(message)

    async def write_eof(self, data: bytes = b"") -> None:
        """All has been sent."""
