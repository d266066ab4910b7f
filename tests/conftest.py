"""What every room's tests stand on: repeatable examples, an emulator as fast as it can be, a customer's app to call."""

from collections.abc import AsyncIterator

import pytest
from customer import Customer
from hypothesis import HealthCheck, settings

from twilio_emulator import TwilioEmulator

# The same examples on every run and every machine, however busy it is.
settings.register_profile(
    "repeatable",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-timelines", action="store_true", help="write the golden timelines anew")
    parser.addoption("--update-docs", action="store_true", help="write the generated tables of docs/twiml.md anew")


@pytest.fixture
def twilio_emulator_settings() -> dict[str, str]:
    return {"speech": "murmur"}


@pytest.fixture
def twilio(twilio_emulator: TwilioEmulator) -> TwilioEmulator:
    """By the project's own pytest plugin, so that a test of ours that fails shows its calls."""
    return twilio_emulator


@pytest.fixture
async def customer(twilio: TwilioEmulator) -> AsyncIterator[Customer]:
    app = Customer(twilio.auth_token)
    await app.start()
    yield app
    await app.stop()
    assert not app.unsigned, "the official validator refused a signature"
