"""An application that somebody else wrote: plain aiohttp, checked with the official RequestValidator."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, settings
from twilio.request_validator import RequestValidator

from twilio_emulator.clock import make_clock
from twilio_emulator.journal import Journal, WebhookSent
from twilio_emulator.quirks import Quirks
from twilio_emulator.webhooks.client import WebhookClient
from twilio_emulator.webhooks.overrides import Policy

settings.register_profile("repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")

AUTH_TOKEN = "12345"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Received:
    """One request as the application saw it."""

    method: str
    path: str
    body: str
    headers: dict[str, str]
    signature_is_valid: bool

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body, keep_blank_values=True))


@dataclass
class App:
    """Somebody's web application. `answers[path]` decides what it says; every request is kept."""

    answers: dict[str, Handler] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str, **reply: object) -> None:
        """Always give the same reply."""

        async def handler(_: web.Request) -> web.Response:
            return web.Response(**reply)  # type: ignore[arg-type]

        self.answers[path] = handler

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.text()
        url = f"{request.scheme}://{request.host}{request.raw_path}"
        parameters = dict(parse_qsl(body, keep_blank_values=True))
        signature = request.headers.get("X-Twilio-Signature", "")
        valid = RequestValidator(AUTH_TOKEN).validate(url, parameters, signature)
        self.received.append(
            Received(request.method, request.raw_path, body, dict(request.headers), signature_is_valid=valid)
        )
        return await self.answers[request.path](request)


@pytest.fixture
async def app() -> AsyncIterator[App]:
    app = App()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", app.handle)
    async with TestServer(application) as server:
        app.url = str(server.make_url("")).rstrip("/")
        yield app


@pytest.fixture
def journal() -> Journal:
    return Journal(make_clock("max"))


MakeClient = Callable[..., WebhookClient]


@pytest.fixture
async def make_client(journal: Journal) -> AsyncIterator[MakeClient]:
    made: list[WebhookClient] = []

    def make(*, quirks: Quirks | None = None, policy: Policy | None = None, **kwargs: object) -> WebhookClient:
        client = WebhookClient(
            auth_token=AUTH_TOKEN, journal=journal, quirks=quirks, policy=policy, seed="test", **kwargs
        )  # type: ignore[arg-type]
        made.append(client)
        return client

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
def client(make_client: MakeClient) -> WebhookClient:
    return make_client()


@pytest.fixture
def sent(journal: Journal) -> Callable[[], list[WebhookSent]]:
    return lambda: journal.of(WebhookSent)
