"""The customer: a small aiohttp app as somebody else would write it. It shares no code with the emulator.

Every request is checked with the official SDK's RequestValidator; one that does not validate is answered 403, so that a
test that reaches its end has been signed from beginning to end.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web
from twilio.request_validator import RequestValidator

Page = str | tuple[int, str] | Callable[[dict[str, str]], str | Awaitable[str]]
"""TwiML; or a status and a body; or a function of the form that gives TwiML, now or later."""


@dataclass
class Seen:
    """A request that came in."""

    path: str
    method: str
    form: dict[str, str]
    headers: dict[str, str] = field(repr=False)


class Customer:
    """Serves the pages that a test sets, and keeps what it was asked."""

    def __init__(self, auth_token: str) -> None:
        self.pages: dict[str, Page] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.seen: list[Seen] = []
        self.unsigned: list[str] = []
        self.url = ""
        self._validator = RequestValidator(auth_token)
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def forms(self, path: str) -> list[dict[str, str]]:
        """What was sent to one path."""
        return [seen.form for seen in self.seen if seen.path == path]

    async def _answer(self, request: web.Request) -> web.Response:
        posted = {name: str(value) for name, value in (await request.post()).items()}
        form = posted or dict(request.query)
        self.seen.append(Seen(request.path, request.method, form, dict(request.headers)))
        if not self._validator.validate(str(request.url), posted, request.headers.get("X-Twilio-Signature", "")):
            self.unsigned.append(str(request.url))
            return web.Response(status=403, text="bad signature")
        if request.path in self.files:
            content_type, body = self.files[request.path]
            return web.Response(body=body, content_type=content_type)
        page = self.pages.get(request.path)
        if page is None:
            return web.Response(status=204)
        if callable(page):
            page = page(form)
            if isinstance(page, Awaitable):
                page = await page
        status, body = page if isinstance(page, tuple) else (200, page)
        return web.Response(status=status, text=body, content_type="text/xml")
