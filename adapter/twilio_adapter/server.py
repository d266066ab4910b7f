"""The adapter's one port: voice webhook, status callback and media stream.

Laws: HTTP and WebSockets only, every decision is the reception's. A request that is not signed by Twilio learns nothing
and changes nothing.
"""

import errno
import socket
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from twilio_adapter.addresses import STATUS_PATH, STREAM_PATH, VOICE_PATH
from twilio_adapter.errors import PortInUseError
from twilio_adapter.gate import Gate
from twilio_adapter.limits import Limits
from twilio_adapter.probe import PROBE_PATH, Probe
from twilio_adapter.reception import Reception
from twilio_adapter.signature import Signatures
from twilio_adapter.stream_socket import StreamSocket

_HOST: Final = "127.0.0.1"
_SHUTDOWN_S: Final = 3.0


def bind(port: int) -> socket.socket:
    """Take a port on the loopback interface; 0 is any free one.

    Raises:
        PortInUseError: somebody else listens there.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(port) from error
        raise
    return listener


def local_url(listener: socket.socket) -> str:
    """Return the base URL of a bound port on this machine."""
    return f"http://{_HOST}:{listener.getsockname()[1]}"


class Server:
    """Serves one reception on a bound port."""

    def __init__(self, reception: Reception, signatures: Signatures, limits: Limits, gate: Gate) -> None:
        self.probe = Probe()
        """By which we recognise ourselves from outside."""
        self._reception = reception
        self._signatures = signatures
        self._limits = limits
        self._gate = gate
        self._sockets: set[StreamSocket] = set()
        self._runner: web.AppRunner | None = None

    async def start(self, listener: socket.socket) -> None:
        """Begin to serve; the listener is ours from here on."""
        app = web.Application()
        app.router.add_post(VOICE_PATH, self._voice)
        app.router.add_post(STATUS_PATH, self._status)
        app.router.add_get(STREAM_PATH, self._stream)
        app.router.add_get(PROBE_PATH + "/{nonce}", self._answer_probe)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=_SHUTDOWN_S)
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()

    async def stop(self) -> None:
        """Close every socket and stop serving."""
        for stream in tuple(self._sockets):
            stream.go_away()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _voice(self, request: web.Request) -> web.Response:
        form = await self._signed_form(request, self._reception.addresses.voice_url)
        return web.Response(text=self._reception.voice(form), content_type="text/xml")

    async def _status(self, request: web.Request) -> web.Response:
        form = await self._signed_form(request, self._reception.addresses.status_url)
        self._reception.status(form)
        return web.Response(status=204)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if not self._signatures.stream_is_genuine(self._reception.addresses.stream_url, request.headers):
            raise web.HTTPForbidden
        stream = StreamSocket(self._reception, self._limits, self._gate)
        self._sockets.add(stream)
        try:
            return await stream.serve(request)
        finally:
            self._sockets.discard(stream)

    async def _answer_probe(self, request: web.Request) -> web.Response:
        answer = self.probe.answer(request.match_info["nonce"])
        if answer is None:
            raise web.HTTPNotFound
        return web.Response(text=answer, headers={"Cache-Control": "no-store"})

    async def _signed_form(self, request: web.Request, url: str) -> Mapping[str, str]:
        # The validator needs the multi-dictionary itself: a repeated name is signed with all its values.
        form = await request.post()
        _, question_mark, query = request.raw_path.partition("?")
        if not self._signatures.webhook_is_genuine(url + question_mark + query, form, request.headers):
            raise web.HTTPForbidden
        return {name: value for name, value in form.items() if isinstance(value, str)}
