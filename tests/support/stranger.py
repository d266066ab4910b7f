"""An application in a process of its own: a plain `websockets` server that shares no code with us, nor anything else.

    python stranger.py

It answers GET /voice with `<Connect><Stream>`, says a second of tone when the stream starts, and then what the caller
says. It marks the end of the tone, and hangs up by closing the socket when it is told the key #. Prints its port.
"""

import asyncio
import base64
import json
import sys
from http import HTTPStatus

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

TONE = bytes(0x80 + number % 50 for number in range(8000))


async def talk(connection: ServerConnection) -> None:
    stream_sid = ""

    async def send(event: str, **body: object) -> None:
        await connection.send(json.dumps({"event": event, "streamSid": stream_sid, **body}))

    async for text in connection:
        message = json.loads(text)
        if message["event"] == "start":
            stream_sid = message["start"]["streamSid"]
            await send("media", media={"payload": base64.b64encode(TONE).decode()})
            await send("mark", mark={"name": "tone"})
        elif message["event"] == "media":
            await send("media", media={"payload": message["media"]["payload"]})
        elif message["event"] == "dtmf" and message["dtmf"]["digit"] == "#":
            await connection.close()
            return


def answer(connection: ServerConnection, request: Request) -> Response | None:
    if request.path.split("?")[0] != "/voice":
        return None
    twiml = f'<Response><Connect><Stream url="ws://{request.headers["Host"]}/media"/></Connect></Response>'
    response = connection.respond(HTTPStatus.OK, twiml)
    del response.headers["Content-Type"]
    response.headers["Content-Type"] = "text/xml"
    return response


async def main() -> None:
    async with serve(talk, "127.0.0.1", 0, process_request=answer) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
