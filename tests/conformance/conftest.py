"""Tests that compare the emulator with what others say of Twilio, and say who.

Each carries exactly one mark, by how we know: `account` (seen on a real account), `sdk` (what the official SDK reads
and sends), `openapi`, `docs`, `judgement`. Those that only read run against a real account too, when
TWILIO_CONFORMANCE=1, TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are set: whoever has one can find out where we are
wrong.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from twilio.rest import Client

from twilio_emulator.sync import TwilioEmulator

PROVENANCES = {
    "account": "seen on a real account",
    "sdk": "what the official SDK reads and sends",
    "openapi": "the published specification",
    "docs": "Twilio's documentation",
    "judgement": "our best reading where no source settles it",
}
HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in PROVENANCES.items():
        config.addinivalue_line("markers", f"{name}: conformance: {meaning}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            marks = {mark.name for mark in item.iter_markers()} & set(PROVENANCES)
            if len(marks) != 1:
                raise pytest.UsageError(f"{item.nodeid} needs exactly one of the marks {', '.join(PROVENANCES)}.")


@pytest.fixture(scope="session")
def emulator() -> Iterator[TwilioEmulator]:
    """An emulator with a number and three calls: one finished, one refused as busy, one not dialled yet."""
    with TwilioEmulator(speed="max", speech="murmur") as twilio:
        twilio.add_number("+15551110001")
        twilio.handset("+15552220001")
        twilio.handset("+15552220002", behavior="busy")
        calls = twilio.client().calls
        for to, status in (("+15552220001", "completed"), ("+15552220002", "busy"), ("+15552220001", "")):
            call = calls.create(to=to, from_="+15551110001", twiml="<Response><Pause/></Response>")
            if status:
                twilio.wait_for_call(call.sid, status)
        yield twilio


WORLDS = ["emulator", "account"] if os.environ.get("TWILIO_CONFORMANCE") == "1" else ["emulator"]


@pytest.fixture(params=WORLDS)
def client(request: pytest.FixtureRequest) -> Client:
    """The official SDK, on the emulator and, where there is one, on a real account."""
    if request.param == "account":
        return Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
    twilio: TwilioEmulator = request.getfixturevalue("emulator")
    return twilio.client()
