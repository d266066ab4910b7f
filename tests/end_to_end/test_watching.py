"""What happens in a call over the emulator, as a stream of events."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from twilio_adapter import (
    CallBusy,
    CallEvent,
    CallFailed,
    CallNotAnswered,
    CallNotConnected,
    CallStateChanged,
    DigitPressed,
    EmulatorHarness,
    NobodyCalled,
    NotConnected,
    TwilioAgentAdapter,
    UserStartedSpeaking,
    UserStoppedSpeaking,
    Vad,
)
from twilio_emulator import TwilioEmulator
from twilio_wire.audio import read_audio

PHONE = "+15557770001"
OURS = "+15550001111"
SPEECH = read_audio(Path(__file__).parents[2] / "fixtures_audio" / "speech" / "no_thank_you.wav")


async def talk(twilio: TwilioEmulator) -> None:
    """The far end of a call: speech after a second, then a key, another, and good-bye."""
    line = await twilio.handset(PHONE).next_call()
    await line.silence(1.0)
    await line.play(SPEECH)
    await line.press("4")
    await line.silence(1.0)
    await line.press("2")
    await line.silence(0.5)
    await line.hang_up()


async def watch(events: AsyncIterator[CallEvent]) -> list[CallEvent]:
    return [event async for event in events]


async def a_call(**settings: object) -> list[CallEvent]:
    async with TwilioEmulator(speed="max", speech="murmur") as twilio, asyncio.TaskGroup() as tasks:
        twilio.handset(PHONE)
        tasks.create_task(talk(twilio))
        async with EmulatorHarness(twilio=twilio, **settings) as adapter:
            await adapter.place_call(PHONE)
            seen = await watch(adapter.events())
            assert tuple(seen) == adapter.timeline
        return seen


def states(events: list[CallEvent]) -> list[str]:
    return [event.state for event in events if isinstance(event, CallStateChanged)]


async def test_speech_keys_and_states_are_told_on_the_calls_own_clock() -> None:
    seen = await a_call()
    assert states(seen) == ["initiated", "ringing", "answered", "completed"]
    assert [event.digit for event in seen if isinstance(event, DigitPressed)] == ["4", "2"]
    started = [event.at_ms for event in seen if isinstance(event, UserStartedSpeaking)]
    stopped = [event.at_ms for event in seen if isinstance(event, UserStoppedSpeaking)]
    assert len(started) == len(stopped) > 0
    assert 1000 <= started[0] <= 1200
    assert seen[-1] == CallStateChanged(seen[-1].at_ms, "completed")
    assert seen[-1].at_ms > 2500


async def test_a_call_is_told_the_same_every_time() -> None:
    first = await a_call()
    assert [await a_call() for _ in range(2)] == [first, first]


async def test_how_speech_is_told_can_be_set() -> None:
    deaf = await a_call(vad=Vad(mode=3, start_ms=10_000))
    assert not any(isinstance(event, UserStartedSpeaking) for event in deaf)


@pytest.mark.parametrize(
    ("behavior", "error", "told"),
    [
        ("busy", CallBusy, ["initiated", "busy"]),
        ("no-answer", CallNotAnswered, ["initiated", "ringing", "no-answer"]),
        ("unreachable", CallFailed, ["initiated", "failed"]),
    ],
)
async def test_a_call_that_becomes_no_conversation_is_told_too(
    twilio: TwilioEmulator, adapter_at: Callable, behavior: str, error: type[CallNotConnected], told: list[str]
) -> None:
    adapter: TwilioAgentAdapter = await adapter_at()
    twilio.handset(PHONE, behavior=behavior)
    watching = asyncio.ensure_future(watch(adapter.events()))
    with pytest.raises(error):
        await adapter.place_call(PHONE, timeout=10)
    assert states(await watching) == states(list(adapter.timeline)) == told
    assert {event.at_ms for event in adapter.timeline} == {0}


async def test_keys_are_a_stream_of_their_own(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter: TwilioAgentAdapter = await adapter_at()
    line = await twilio.handset(PHONE).dial(OURS)
    await adapter.wait_for_call()
    await line.press("15*")
    keys = adapter.digits_pressed()
    assert [await anext(keys) for _ in range(3)] == ["1", "5", "*"]
    await line.hang_up()
    assert [key async for key in keys] == []
    assert states(list(adapter.timeline)) == ["ringing", "answered", "completed"]


async def test_whoever_watches_before_the_next_call_sees_that_one(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter: TwilioAgentAdapter = await adapter_at()
    line = await twilio.handset(PHONE).dial(OURS)
    await adapter.wait_for_call()
    await line.press("1")
    await line.hang_up()
    await adapter.wait_until_ended()
    keys = adapter.digits_pressed()
    line = await twilio.handset(PHONE).dial(OURS)
    await adapter.wait_for_call()
    await line.press("2")
    assert await anext(keys) == "2"


async def test_an_interruption_follows_on_the_far_ends_first_word(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter: TwilioAgentAdapter = await adapter_at()
    phone = twilio.handset(PHONE)
    await adapter.place_call(PHONE)
    line = await phone.next_call()
    playing = asyncio.ensure_future(line.play(SPEECH))
    async for event in adapter.events():
        if isinstance(event, UserStartedSpeaking):
            assert adapter.recording.received_ms == event.at_ms + Vad().start_ms
            break
    await playing
    await adapter.hang_up()


async def test_watching_ends_with_the_adapter(adapter_at: Callable) -> None:
    adapter: TwilioAgentAdapter = await adapter_at()
    with pytest.raises(NobodyCalled, match=r"0\.01"):
        await anext(adapter.events(timeout=0.01))
    watching = asyncio.ensure_future(watch(adapter.events()))
    await asyncio.sleep(0)
    await adapter.disconnect()
    assert await watching == []
    with pytest.raises(NotConnected):
        adapter.events()


async def test_one_warning_tells_that_it_is_not_twilio_who_listens(
    twilio: TwilioEmulator, adapter_at: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    adapter: TwilioAgentAdapter = await adapter_at(vad=Vad(mode=1))
    phone = twilio.handset(PHONE)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            await adapter.place_call(PHONE)
            await phone.next_call()
            await adapter.hang_up()
    told = [record.getMessage() for record in caplog.records if "webrtcvad" in record.getMessage()]
    assert len(told) == 1
    assert "mode 1" in told[0]
