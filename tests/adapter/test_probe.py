"""Whether a URL leads to our own server: a nonce is asked for, and nothing else is believed."""

import socket
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from twilio_adapter import TunnelNotReached, TwilioAgentAdapter
from twilio_adapter.probe import Probe, PublicNameServers, until_reached

YOUNG = "quiet-river-runs.trycloudflare.example"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twilio_adapter.probe._BETWEEN_TRIES_S", 0.001)


@pytest.fixture
def asked_of_the_system(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that the system's resolver was asked for."""
    names: list[str] = []
    resolve = socket.getaddrinfo

    def note(host: Any, *args: Any, **kwargs: Any) -> Any:
        names.append(host)
        return resolve("127.0.0.1" if host == YOUNG else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", note)
    return names


Serve = Callable[..., Any]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a web server with one handler for everything; returns its port."""
    runners: list[web.AppRunner] = []

    async def start(handler: Callable[[web.Request], Any]) -> int:
        app = web.Application()
        app.router.add_get("/{path:.*}", handler)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return site._server.sockets[0].getsockname()[1]

    yield start
    for runner in runners:
        await runner.cleanup()


class Registry:
    """Name servers that know a name after so many questions."""

    def __init__(self, *replies: Sequence[str] | None) -> None:
        self._replies = list(replies)
        self.asked: list[str] = []

    async def addresses(self, host: str) -> Sequence[str] | None:
        self.asked.append(host)
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]


def answering(probe: Probe) -> Callable[[web.Request], Any]:
    async def handler(request: web.Request) -> web.Response:
        answer = probe.answer(request.path.rsplit("/", 1)[1])
        return web.Response(text=answer or "", status=200 if answer else 404)

    return handler


async def test_our_own_server_is_recognised_from_outside(adapter: TwilioAgentAdapter) -> None:
    await until_reached(adapter.local_url, adapter._connected()._server.probe, limit_s=30.0)


async def test_a_stranger_with_another_nonce_learns_nothing(adapter: TwilioAgentAdapter) -> None:
    async with (
        aiohttp.ClientSession() as stranger,
        stranger.get(f"{adapter.local_url}/twilio/probe/guess") as reply,
    ):
        assert reply.status == 404


async def test_a_name_that_is_young_is_waited_for_and_the_system_never_asked(
    serve: Serve, asked_of_the_system: list[str]
) -> None:
    """A resolver that is asked too early remembers for minutes that there is no such name."""
    probe = Probe()
    port = await serve(answering(probe))
    registry = Registry([], [], ["127.0.0.1"])
    await until_reached(f"http://{YOUNG}:{port}", probe, limit_s=30.0, name_servers=registry)
    assert registry.asked == [YOUNG] * 3
    assert YOUNG not in asked_of_the_system


async def test_a_name_that_never_comes_to_exist_is_told(asked_of_the_system: list[str]) -> None:
    with pytest.raises(TunnelNotReached, match=f"{YOUNG} does not exist yet") as raised:
        await until_reached(f"http://{YOUNG}", Probe(), limit_s=0.05, name_servers=Registry([]))
    assert raised.value.limit_s == 0.05
    assert YOUNG not in asked_of_the_system


async def test_without_name_servers_the_system_is_asked_only_when_the_name_is_old_enough(
    serve: Serve, asked_of_the_system: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twilio_adapter.probe._YOUNG_NAME_S", 0.05)
    probe = Probe()
    port = await serve(answering(probe))
    registry = Registry(None)
    await until_reached(f"http://{YOUNG}:{port}", probe, limit_s=30.0, name_servers=registry)
    assert len(registry.asked) > 1
    assert YOUNG in asked_of_the_system


@pytest.mark.parametrize(
    ("status", "seen"),
    [
        (200, "HTTP 200, somebody else answers there"),
        (302, "HTTP 302, somebody else answers there"),
        (502, "HTTP 502, the tunnel is up, and finds nothing at our port"),
        (530, "HTTP 530, the tunnel is not connected to its edge yet"),
    ],
)
async def test_whoever_else_answers_is_not_believed(serve: Serve, status: int, seen: str) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text="welcome", status=status, headers={"Location": "/"} if status == 302 else {})

    port = await serve(handler)
    with pytest.raises(TunnelNotReached, match=seen):
        await until_reached(f"http://127.0.0.1:{port}", Probe(), limit_s=0.2)


async def test_an_edge_that_comes_up_late_is_waited_for(serve: Serve) -> None:
    probe = Probe()
    statuses = [530, 530, 502]

    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(status=statuses.pop()) if statuses else await answering(probe)(request)

    await until_reached(f"http://127.0.0.1:{await serve(handler)}", probe, limit_s=30.0)
    assert not statuses


async def test_nobody_there_is_told() -> None:
    with pytest.raises(TunnelNotReached, match="cannot be reached"):
        await until_reached("http://127.0.0.1:1", Probe(), limit_s=0.2)


# --- name servers ---------------------------------------------------------------------------------------------------


async def test_public_name_servers_are_asked_one_after_the_other(serve: Serve) -> None:
    async def broken(request: web.Request) -> web.Response:
        return web.Response(text="<html>", status=503)

    async def good(request: web.Request) -> web.Response:
        assert dict(request.query) == {"name": YOUNG, "type": "A"}
        assert request.headers["Accept"] == "application/dns-json"
        alias = {"name": YOUNG, "type": 5, "data": "edge.example."}
        found = {"name": "edge.example", "type": 1, "data": "104.16.1.1"}
        return web.json_response({"Status": 0, "Answer": [alias, found]})

    ports = [await serve(broken), await serve(good)]
    servers = PublicNameServers([f"http://127.0.0.1:{port}/dns-query" for port in ports])
    assert await servers.addresses(YOUNG) == ["104.16.1.1"]


@pytest.mark.parametrize("text", ['{"Status": 3}', '{"Status": 0, "Answer": []}'])
async def test_a_name_that_does_not_exist_has_no_addresses(serve: Serve, text: str) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="application/dns-json")

    servers = PublicNameServers([f"http://127.0.0.1:{await serve(handler)}/"])
    assert await servers.addresses(YOUNG) == []


@pytest.mark.parametrize("text", ["", "[]", '{"Answer": [{"type": 1}]}', '{"Answer": 1}'])
async def test_name_servers_that_talk_nonsense_are_nobody(serve: Serve, text: str) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=text)

    servers = PublicNameServers([f"http://127.0.0.1:{await serve(handler)}/", "http://127.0.0.1:1/"])
    assert await servers.addresses(YOUNG) is None
