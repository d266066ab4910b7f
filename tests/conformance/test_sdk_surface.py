"""docs/rest.md has a word for every path and method of the official SDK: it works here, or here is why it does not."""

from __future__ import annotations

import pytest
from sdk_surface import NOT_SUPPORTED, SUPPORTED, rows, sdk_surface
from twilio.rest import Client

from twilio_emulator.rest.routes import locate
from twilio_emulator.sync import TwilioEmulator


@pytest.mark.sdk
def test_the_page_has_a_word_for_whatever_the_sdk_can_say() -> None:
    surface = sdk_surface()
    assert len(surface) > 150, "the SDK's sources are not as this test expects them"
    assert surface - rows(SUPPORTED).keys() - rows(NOT_SUPPORTED).keys() == set()


@pytest.mark.sdk
def test_what_works_and_what_does_not_are_kept_apart() -> None:
    assert rows(SUPPORTED).keys() & rows(NOT_SUPPORTED).keys() == set()
    assert rows(NOT_SUPPORTED).keys() <= sdk_surface()
    assert all(rows(NOT_SUPPORTED).values()), "each has a reason"


@pytest.mark.judgement
def test_what_is_not_supported_is_not_found() -> None:
    with TwilioEmulator(speed="max", speech="murmur") as twilio:
        client: Client = twilio.client()
        for path, method in sorted(rows(NOT_SUPPORTED)):
            there = path.replace("{}", twilio.account_sid, 1).replace("{}", "XX" + "0" * 32)
            assert locate(f"/2010-04-01{there}").methods is None, path
            reply = client.request(method, f"https://api.twilio.com/2010-04-01{there}")
            assert (reply.status_code, '"code":20404' in reply.text) == (404, True), path
