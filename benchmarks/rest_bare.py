"""The bar: aiohttp's server with handlers that do nothing but answer JSON that is ready.

    python rest_bare.py GET_BYTES POST_BYTES

Its bodies are as long as the emulator's, the requests are the emulator's too; what POST sends is read and thrown away.
Nobody can be faster with this library. Prints its port and the requests to send.
"""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web
from children import measured_until_told
from judge import steady_allocator, tell
from rest_requests import FORM, get, post

_PATH = f"/2010-04-01/Accounts/AC{'0' * 32}/Calls"
_USER = "QUM" + "0" * 88
"""As long as a sid and a token in base64."""


async def serve(get_bytes: int, post_bytes: int) -> None:
    """Serve until it is killed."""
    found, placed = _json_of(get_bytes), _json_of(post_bytes)

    async def read(_: web.Request) -> web.Response:
        return web.Response(body=found, content_type="application/json")

    async def place(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=placed, status=201, content_type="application/json")

    app = web.Application()
    app.router.add_get("/{path:.*}", read)
    app.router.add_post("/{path:.*}", place)
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    tell(
        port=runner.addresses[0][1],
        get=get(f"{_PATH}/CA{'0' * 32}.json", _USER),
        post=post(f"{_PATH}.json", FORM, _USER),
    )
    while True:
        cpu_s, _ = await measured_until_told()
        tell(cpu_s=cpu_s)


def _json_of(length: int) -> bytes:
    return b'"' + b"x" * (length - 2) + b'"'


if __name__ == "__main__":
    steady_allocator()
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
