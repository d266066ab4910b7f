"""The REST API on a socket: aiohttp's requests in, whole responses out, and nothing else.

The clock is held while a request is handled. A client's body is other people's time: it is read within a limit of bytes
and of wall seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec
from aiohttp import web

from twilio_emulator.rest.api import Api
from twilio_emulator.rest.dates import Calendar
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import (
    OVERRIDE_HEADER,
    Reply,
    Request,
    intended_method,
    parse_fields,
)
from twilio_emulator.rest.responses import WholeResponse
from twilio_emulator.rest.world import World
from twilio_wire.sids import SidKind

MAX_BODY_BYTES: Final = 64 * 1024
"""Twilio's own limit is not documented; the largest parameter is a TwiML document of 4000 characters."""

BODY_TIMEOUT_S: Final = 10

_encoder = msgspec.json.Encoder()


class RestEndpoint:
    """Carries requests to the API and replies back. `refusal` says of a method whether the next request fails."""

    def __init__(self, world: World, *, refusal: Callable[[str], RestError | None] = lambda _: None) -> None:
        self._world = world
        self._refusal = refusal
        self._api = Api(world)
        self._calendar = Calendar(world.clock)
        self._concurrent = 0

    async def handle(self, http_request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        self._concurrent += 1
        concurrent = self._concurrent
        try:
            with self._world.clock.hold("REST request"):
                sent = http_request.content
                # Small forms come with their head: there is nothing to wait for.
                body = _text(sent.read_nowait()) if sent.is_eof() else await _read_body(http_request)
                reply = self._answer(http_request, body, concurrent)
        finally:
            self._concurrent -= 1
        head = (
            f"Date: {self._calendar.http_date(self._world.clock.now_ms)}\r\n"
            f"Twilio-Concurrent-Requests: {concurrent}\r\n"
            f"Twilio-Request-Duration: {loop.time() - began_s:.3f}\r\n"
            f"Twilio-Request-Id: {self._world.sids.new(SidKind.REQUEST)}\r\n"
        )
        for name, value in reply.headers.items():
            head += f"{name}: {value}\r\n"
        content = reply.content
        if content is None or isinstance(content, bytes):
            return WholeResponse(reply.status, head, content)
        head += "Content-Type: application/json\r\n"
        return WholeResponse(reply.status, head, _encoder.encode(content))

    def _answer(self, http_request: web.BaseRequest, body: str | None, concurrent: int) -> Reply:
        method, path = http_request.method, http_request.path
        try:
            if (refusal := self._refusal(method)) is not None:
                raise refusal
            if concurrent > self._world.quirks.max_concurrent_requests > 0:
                raise RestError(20429)
            if body is None:
                raise RestError(20413)
            query, form = parse_fields(http_request.rel_url.raw_query_string), parse_fields(body)
        except RestError as error:
            return self._api.refuse(Request(method, path), error)
        headers = http_request.headers
        if method == "POST":
            method = intended_method(headers.get(OVERRIDE_HEADER, ""), query, form)
        return self._api.answer(Request(method, path, query, form, headers.get("Authorization", "")))


async def _read_body(http_request: web.BaseRequest) -> str | None:
    """The body, if the client sends it in time; None when it is too large.

    Raises:
        web.HTTPRequestTimeout: the client is too slow.
    """
    if http_request.headers.get("Expect", "").lower() == "100-continue":
        await http_request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for chunk in http_request.content.iter_any():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    return None
    except TimeoutError:
        raise web.HTTPRequestTimeout(text=f"The body did not arrive within {BODY_TIMEOUT_S} s.") from None
    return _text(body)


def _text(body: bytes | bytearray) -> str | None:
    return body.decode(errors="replace") if len(body) <= MAX_BODY_BYTES else None
