"""An application as somebody else would write it: a plain `websockets` server that echoes what callers say.

    python application.py

Law: no code is shared with the emulator. It answers GET /voice with `<Connect><Stream>`, prints its port as one JSON
line, and goes when it is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from http import HTTPStatus

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response


async def echo(connection: ServerConnection) -> None:
    """Say what the caller says."""
    with contextlib.suppress(ConnectionClosed):
        async for text in connection:
            message = json.loads(text)
            if message["event"] == "media":
                payload = message["media"]["payload"]
                reply = {"event": "media", "streamSid": message["streamSid"], "media": {"payload": payload}}
                await connection.send(json.dumps(reply))


def answer(connection: ServerConnection, request: Request) -> Response | None:
    """Point callers at the stream."""
    if request.path.split("?")[0] != "/voice":
        return None
    url = f"ws://{request.headers['Host']}/media"
    response = connection.respond(HTTPStatus.OK, f'<Response><Connect><Stream url="{url}"/></Connect></Response>')
    del response.headers["Content-Type"]
    response.headers["Content-Type"] = "text/xml"
    return response


async def main() -> None:
    """Serve until killed."""
    options = {"process_request": answer, "compression": None, "ping_interval": None, "backlog": 1024}
    async with serve(echo, "127.0.0.1", 0, **options) as server:
        print(json.dumps({"port": next(iter(server.sockets)).getsockname()[1]}), flush=True)
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main())
