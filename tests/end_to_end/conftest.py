"""Both ends: an emulator, and adapters on it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from twilio_adapter import EmulatorHarness, TwilioAgentAdapter
from twilio_emulator import TwilioEmulator


@pytest.fixture
async def adapter_at(twilio: TwilioEmulator) -> AsyncIterator[Callable]:
    """Makes adapters: `await adapter_at("+15550001111", on_dtmf=...)`."""
    async with AsyncExitStack() as stack:

        async def make(number: str = "+15550001111", **settings: object) -> TwilioAgentAdapter:
            return await stack.enter_async_context(EmulatorHarness(phone_number=number, twilio=twilio, **settings))

        yield make
