"""Applications to stream to, and calls to stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from stream_bench import App, BareApp, BareSocket, Call
from websockets.asyncio.server import serve


@pytest.fixture
async def app() -> AsyncIterator[App]:
    application = App()
    async with serve(application.serve, "127.0.0.1", 0, ping_interval=None) as server:
        application.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/media"
        yield application


@pytest.fixture
async def bare() -> AsyncIterator[Callable[..., Awaitable[tuple[BareApp, str]]]]:
    """Starts bare applications; each comes with its URL."""
    servers: list[asyncio.Server] = []

    async def start(script: Callable[[BareSocket], Awaitable[None]], *, accept: bool = True) -> tuple[BareApp, str]:
        application = BareApp(script, accept=accept)
        servers.append(await asyncio.start_server(application, "127.0.0.1", 0))
        return application, f"ws://127.0.0.1:{servers[-1].sockets[0].getsockname()[1]}/bare"

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


@pytest.fixture
async def calls() -> AsyncIterator[Callable[..., Call]]:
    """Makes calls, and ends what they leave running. An exception that only reaches the event loop is a failure too."""
    made: list[Call] = []
    unheard: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))

    def make(url: str, **arguments: Any) -> Call:
        made.append(Call(url, **arguments))
        return made[-1]

    yield make
    for call in made:
        call.hang_up()
        await call.tasks.aclose()
        call.clock.stop()
    assert unheard == []
