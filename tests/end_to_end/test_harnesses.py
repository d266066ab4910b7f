"""An emulator's harness: the adapter before, between and after."""

import pytest

from twilio_adapter import EmulatorHarness, NotConnected
from twilio_emulator import TwilioEmulator
from twilio_emulator.journal import Problem


async def test_an_adapter_can_be_had_before_its_harness_is_entered(twilio: TwilioEmulator) -> None:
    harness = EmulatorHarness(twilio=twilio)
    adapter = harness.adapter
    with pytest.raises(NotConnected):
        _ = adapter.local_url
    async with harness as connected:
        assert connected is adapter is harness.adapter
    assert harness.adapter is adapter


async def test_a_harness_can_be_entered_again_and_keeps_the_clock_going(twilio: TwilioEmulator) -> None:
    harness = EmulatorHarness(twilio=twilio)
    twilio.handset("+15557770001")
    for _ in range(2):
        async with harness as adapter:
            await adapter.place_call("+15557770001")
            await adapter.wait_for_seconds(5.0)
    assert not twilio.journal.of(Problem, call_sid="")  # such as that call time had to go on in real time
