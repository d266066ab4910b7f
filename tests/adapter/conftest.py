"""An adapter at a hand-written Twilio, and tasks that end with their test."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

from fake_twilio import ACCOUNT, AUTH_TOKEN, LIMIT_S, OURS, QUICK, THEIRS, FakeTwilio, FarEnd

from twilio_adapter import TwilioAgentAdapter

settings.register_profile("repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")

MakeAdapter = Callable[..., TwilioAgentAdapter]


class Background:
    """Verbs that wait while the test goes on."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[Any]] = []

    async def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run it until it waits for something that the loop alone does not bring."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.append(task)
        for _ in range(10):
            await asyncio.sleep(0)
        return task

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@dataclass
class InCall:
    """A call that the adapter has taken, and Twilio's end of its stream."""

    twilio: FakeTwilio
    adapter: TwilioAgentAdapter
    far_end: FarEnd
    sid: str = "CA" + "e" * 32


@pytest.fixture
async def background() -> AsyncIterator[Background]:
    running = Background()
    yield running
    await running.end()


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with FakeTwilio() as fake:
        fake.own(OURS)
        fake.own(THEIRS)
        yield fake


@pytest.fixture
async def make_adapter(twilio: FakeTwilio) -> AsyncIterator[MakeAdapter]:
    made: list[TwilioAgentAdapter] = []

    def make(**changes: Any) -> TwilioAgentAdapter:
        arguments: dict[str, Any] = {
            "account_sid": ACCOUNT,
            "auth_token": AUTH_TOKEN,
            "phone_number": OURS,
            "http_port": 0,
            "api_base_url": twilio.base_url,
            "limits": QUICK,
        }
        made.append(TwilioAgentAdapter(**arguments | changes))
        return made[-1]

    yield make
    twilio.refusals.clear()
    for gate in twilio.gates.values():
        gate.opened.set()
    for adapter in made:
        await adapter.disconnect()


@pytest.fixture
async def adapter(make_adapter: MakeAdapter) -> TwilioAgentAdapter:
    connected = make_adapter()
    await connected.connect()
    return connected


@pytest.fixture
async def in_call(twilio: FakeTwilio, adapter: TwilioAgentAdapter, background: Background) -> AsyncIterator[InCall]:
    await adapter.lease_number()
    far_end = await twilio.call_in(f"{adapter.local_url}/twilio/voice")
    async with asyncio.timeout(LIMIT_S):
        await adapter.wait_for_call()

    yield InCall(twilio, adapter, far_end)
    await far_end.close()
