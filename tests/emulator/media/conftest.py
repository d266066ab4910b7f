"""Applications to stream to, and calls to stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from stream_bench import App, Call
from websockets.asyncio.server import serve


@pytest.fixture
async def app() -> AsyncIterator[App]:
    application = App()
    async with serve(application.serve, "127.0.0.1", 0, ping_interval=None) as server:
        application.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/media"
        yield application


@pytest.fixture
async def calls() -> AsyncIterator[Callable[..., Call]]:
    """Makes calls, and ends what they leave running."""
    made: list[Call] = []

    def make(url: str, **arguments: Any) -> Call:
        made.append(Call(url, **arguments))
        return made[-1]

    yield make
    for call in made:
        call.stream.close()
        await call.tasks.aclose()
        call.clock.stop()
