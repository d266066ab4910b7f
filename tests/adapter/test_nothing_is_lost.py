"""A number is given back as it was, also after its adapter was killed; and it has one borrower at a time."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fake_twilio import ACCOUNT, AUTH_TOKEN, LIMIT_S, OURS, FakeTwilio
from other_process import OtherProcess

from twilio_adapter import NumberInUseError, TwilioRefused

PERSON = "https://person.example/voice"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TWILIO_TESTBENCH_STATE_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def number(twilio: FakeTwilio) -> dict[str, Any]:
    """What Twilio knows of our number, as a person has set it up."""
    settings = next(iter(twilio.numbers.values()))
    settings.update(
        voice_url="https://app.example/voice",
        voice_method="GET",
        voice_fallback_url="https://app.example/oops",
        voice_fallback_method="GET",
        voice_application_sid="AP1",
    )
    return settings


@pytest.fixture
async def killed(twilio: FakeTwilio, number: dict[str, Any]) -> AsyncIterator[OtherProcess]:
    """A process that was killed while it had the number."""
    other = await OtherProcess.start(twilio.base_url, ACCOUNT, AUTH_TOKEN, OURS)
    await other.kill()
    yield other


@pytest.fixture
async def other(twilio: FakeTwilio, number: dict[str, Any]) -> AsyncIterator[OtherProcess]:
    """A process that has the number."""
    running = await OtherProcess.start(twilio.base_url, ACCOUNT, AUTH_TOKEN, OURS)
    yield running
    await running.kill()


async def test_whoever_connects_after_a_kill_restores_the_number(
    twilio: FakeTwilio, make_adapter, other: OtherProcess, number: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    leased = dict(number)
    assert leased["voice_url"] == f"{other.local_url}/twilio/voice"
    await other.kill()
    assert number == leased
    with caplog.at_level(logging.WARNING):
        await make_adapter().connect()
    assert {name: value for name, value in number.items() if name.startswith("voice")} == {
        "voice_url": "https://app.example/voice",
        "voice_method": "GET",
        "voice_fallback_url": "https://app.example/oops",
        "voice_fallback_method": "GET",
        "voice_application_sid": "AP1",
    }
    assert f"Process {other.pid} had taken +1555***1111" in caplog.text


async def test_what_was_restored_once_is_not_restored_again(
    twilio: FakeTwilio, make_adapter, killed: OtherProcess, number: dict[str, Any]
) -> None:
    async with make_adapter():
        number["voice_url"] = killed.local_url + "/twilio/voice"  # a person may want what looks odd to us
    async with make_adapter():
        assert number["voice_url"] == killed.local_url + "/twilio/voice"


async def test_a_url_that_a_person_has_set_after_the_kill_stays(
    twilio: FakeTwilio, make_adapter, killed: OtherProcess, number: dict[str, Any]
) -> None:
    number["voice_url"] = PERSON
    async with make_adapter() as adapter:
        assert number["voice_url"] == PERSON
        await adapter.lease_number()
    assert number["voice_url"] == PERSON
    assert number["voice_application_sid"] == ""


async def test_a_restoration_that_twilio_refuses_is_tried_again_by_the_next(
    twilio: FakeTwilio, make_adapter, killed: OtherProcess, number: dict[str, Any]
) -> None:
    twilio.refuse("update number", 500, 20500)
    with pytest.raises(TwilioRefused):
        await make_adapter().connect()
    twilio.refusals.clear()
    async with make_adapter():
        assert number["voice_url"] == "https://app.example/voice"


async def test_a_number_that_could_not_be_given_back_is_restored_by_the_next(
    twilio: FakeTwilio, make_adapter, number: dict[str, Any]
) -> None:
    adapter = make_adapter()
    await adapter.connect()
    await adapter.lease_number()
    twilio.refuse("update number", 500, 20500)
    with pytest.raises(TwilioRefused):
        await adapter.disconnect()
    twilio.refusals.clear()
    async with make_adapter():
        assert number["voice_url"] == "https://app.example/voice"


async def test_the_second_adapter_is_refused_with_the_pid_and_the_time_of_the_first(
    make_adapter, other: OtherProcess, number: dict[str, Any]
) -> None:
    second = make_adapter()
    await second.connect()
    with pytest.raises(NumberInUseError, match=rf"in use by process {other.pid} since 20.* UTC") as refusal:
        await second.lease_number()
    assert refusal.value.pid == other.pid
    assert OURS[1:] not in str(refusal.value)
    await second.disconnect()
    assert number["voice_url"] == f"{other.local_url}/twilio/voice"


async def test_two_adapters_in_one_process_are_two_adapters(make_adapter, number: dict[str, Any]) -> None:
    async with make_adapter() as first, make_adapter() as second:
        await first.lease_number()
        with pytest.raises(NumberInUseError):
            await second.lease_number()
    assert number["voice_url"] == "https://app.example/voice"


async def test_the_number_is_free_when_its_holder_has_left(
    make_adapter, other: OtherProcess, number: dict[str, Any]
) -> None:
    await other.end()
    assert number["voice_url"] == "https://app.example/voice"
    async with make_adapter() as adapter:
        await adapter.lease_number()
        assert number["voice_url"] == f"{adapter.local_url}/twilio/voice"


async def test_the_lease_is_on_the_disk_before_the_number_is_changed(
    twilio: FakeTwilio, make_adapter, background, state: Path
) -> None:
    gate = twilio.hold("update number")
    async with make_adapter() as adapter:
        taking = await background.start(adapter.lease_number())
        await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
        (lease,) = (state / "leases").glob("*.json")
        assert "voice_fallback_url" in lease.read_text()
        gate.opened.set()
        await taking
    assert not list((state / "leases").glob("*.json"))
