"""The REST API on a socket: aiohttp's requests in, aiohttp's responses out, and nothing else.

The clock is held while a request is handled. A client's body is other people's time: it is read within a limit of bytes
and of wall seconds.
"""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec
from aiohttp import web
from multidict import CIMultiDict

from twilio_emulator.rest.api import Api
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import (
    OVERRIDE_FIELD,
    OVERRIDE_HEADER,
    Reply,
    Request,
    effective_method,
    parse_fields,
)
from twilio_emulator.rest.world import World
from twilio_wire.sids import SidKind

MAX_BODY_BYTES: Final = 64 * 1024
"""Twilio's own limit is not documented; the largest parameter is a TwiML document of 4000 characters."""

BODY_TIMEOUT_S: Final = 10

# Seen in captured replies.
_HEADERS: Final = CIMultiDict(
    {
        "Access-Control-Allow-Origin": "*",
        "Strict-Transport-Security": "max-age=31536000",
        "X-API-Domain": "api.twilio.com",
        "X-Home-Region": "us1",
        "X-Powered-By": "AT-5000",
        "X-Shenanigans": "none",
    }
)

_encoder = msgspec.json.Encoder()


def build_app(world: World) -> web.Application:
    """An application that answers every path as api.twilio.com would. Other routes may be added beside it."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", RestEndpoint(world).handle)
    return app


class RestEndpoint:
    """Carries requests to the API and replies back."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._api = Api(world)
        self._concurrent = 0

    async def handle(self, http_request: web.Request) -> web.Response:
        """Answer one request."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        self._concurrent += 1
        concurrent = self._concurrent
        try:
            with self._world.clock.hold("REST request"):
                body = await _read_body(http_request) if http_request.body_exists else ""
                reply = self._answer(http_request, body, concurrent)
        finally:
            self._concurrent -= 1
        headers = _HEADERS.copy()
        if reply.headers:
            headers.update(reply.headers)
        headers["Twilio-Request-Id"] = self._world.sids.new(SidKind.REQUEST)
        headers["Twilio-Concurrent-Requests"] = str(self._concurrent + 1)
        headers["Twilio-Request-Duration"] = f"{loop.time() - began_s:.3f}"
        if reply.content is None:
            return web.Response(status=reply.status, headers=headers)
        if isinstance(reply.content, bytes):
            return web.Response(body=reply.content, status=reply.status, headers=headers)
        headers["Content-Type"] = "application/json"
        return web.Response(body=_encoder.encode(reply.content), status=reply.status, headers=headers)

    def _answer(self, http_request: web.Request, body: str | None, concurrent: int) -> Reply:
        path = http_request.path
        authorization = http_request.headers.get("Authorization", "")
        try:
            if concurrent > self._world.quirks.max_concurrent_requests > 0:
                raise RestError(20429)
            if body is None:
                raise RestError(20413)
            query, form = parse_fields(http_request.rel_url.raw_query_string), parse_fields(body)
            override = http_request.headers.get(OVERRIDE_HEADER, "")
            method = effective_method(http_request.method, override, query, form)
            query.pop(OVERRIDE_FIELD, None)
            form.pop(OVERRIDE_FIELD, None)
            request = Request(method, path, query, form, authorization)
        except RestError as error:
            return self._api.refuse(Request(http_request.method, path), error)
        return self._api.answer(request)


async def _read_body(http_request: web.Request) -> str | None:
    """The body, if the client sends it in time; None when it is too large.

    Raises:
        web.HTTPRequestTimeout: the client is too slow.
    """
    body = bytearray()
    if http_request.content.is_eof():  # small forms come with their head: there is nothing to wait for
        body += http_request.content.read_nowait()
        return body.decode(errors="replace") if len(body) <= MAX_BODY_BYTES else None
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for chunk in http_request.content.iter_any():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    return None
    except TimeoutError:
        raise web.HTTPRequestTimeout(text=f"The body did not arrive within {BODY_TIMEOUT_S} s.") from None
    return body.decode(errors="replace")
