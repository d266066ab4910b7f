"""Stand-ins for a tunnel's program: real executables that behave, or do not, without a network."""

import asyncio
import json
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import aiohttp
from aiohttp import web

from twilio_adapter import CloudflaredTunnel

# What cloudflared prints, in its own layout: pages of its makers around the one URL that counts.
BANNER = """
def say(text):
    print("2026-11-27T01:00:00Z INF " + text, file=sys.stderr, flush=True)

def banner(name="quiet-river-runs"):
    say("Thank you for trying Cloudflare Tunnel. Terms: https://www.cloudflare.com/website-terms/ and docs:"
        " https://developers.cloudflare.com/cloudflare-one/connections/connect-apps")
    say("Requesting new quick Tunnel on trycloudflare.com...")
    say("+" + "-" * 90 + "+")
    say("|  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |")
    say("|  https://" + name + ".trycloudflare.com" + " " * 50 + "|")
    say("+" + "-" * 90 + "+")
"""

FORWARD = """
import asyncio

async def pump(source, sink, *, answers=False):
    try:
        while data := await source.read(65536):
            if not (answers and (HERE / "muted").exists()):
                sink.write(data)
                await sink.drain()
    except OSError:
        pass
    finally:
        sink.close()

async def serve():
    port = int(sys.argv[sys.argv.index("--url") + 1].rsplit(":", 1)[1])

    async def forward(reader, writer):
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, back), pump(there, writer, answers=True))

    server = await asyncio.start_server(forward, "127.0.0.1", 0)
    (HERE / "edge").write_text(str(server.sockets[0].getsockname()[1]))
    banner()
    await server.serve_forever()

asyncio.run(serve())
"""


def stand_in(folder: Path, body: str, *, name: str = "cloudflared") -> str:
    """Write an executable that does `body` (Python); its arguments are left in `folder/arguments`."""
    path = folder / name
    head = f"#!{sys.executable}\nimport json, os, pathlib, signal, sys\nHERE = pathlib.Path({str(folder)!r})\n"
    note = "(HERE / 'arguments').write_text(json.dumps(sys.argv[1:]))\n"
    path.write_text(head + note + BANNER + body)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def arguments_of(folder: Path) -> list[str]:
    return json.loads((folder / "arguments").read_text())


class LocalEdge(CloudflaredTunnel):
    """A tunnel whose program runs and forwards, and whose edge is on this machine."""

    def __init__(self, folder: Path, body: str = FORWARD) -> None:
        super().__init__(executable=stand_in(folder, body))
        self._folder = folder

    async def open(self, local_url: str) -> str:
        assert await super().open(local_url) == "https://quiet-river-runs.trycloudflare.com"
        return f"http://127.0.0.1:{(self._folder / 'edge').read_text()}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """Let the program die under us."""
        assert self._process is not None
        self._process.kill()

    def freeze(self) -> None:
        """Let the program stand still: nothing passes, and no connection breaks."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def mute(self) -> None:
        """Let nothing out any more of what we answer."""
        (self._folder / "muted").touch()


class Meddler:
    """A tunnel through a proxy of our own, which changes requests and speaks no WebSocket."""

    name_servers = None

    def __init__(self, meddle: Callable[[dict[str, str]], None]) -> None:
        self._meddle = meddle
        self._target = ""
        self._runner: web.AppRunner | None = None

    async def open(self, local_url: str) -> str:
        self._target = local_url
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"

    async def lost(self) -> str:
        return await asyncio.get_running_loop().create_future()

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _pass_on(self, request: web.Request) -> web.Response:
        headers = {
            name: request.headers[name] for name in ("X-Twilio-Signature", "Content-Type") if name in request.headers
        }
        self._meddle(headers)
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                request.method, self._target + request.path_qs, data=await request.read(), headers=headers
            ) as reply,
        ):
            return web.Response(status=reply.status, body=await reply.read())
