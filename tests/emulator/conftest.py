"""An emulator that runs as fast as it can, and a customer's app for it to call."""

from collections.abc import AsyncIterator

import pytest
from customer import Customer

from twilio_emulator import TwilioEmulator


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioEmulator]:
    async with TwilioEmulator(speed="max", speech="murmur") as emulator:
        yield emulator


@pytest.fixture
async def customer(twilio: TwilioEmulator) -> AsyncIterator[Customer]:
    app = Customer(twilio.auth_token)
    await app.start()
    yield app
    await app.stop()
    assert not app.unsigned, "the official validator refused a signature"
