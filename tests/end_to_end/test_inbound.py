"""Phones and numbers call the adapter."""

import asyncio
from collections.abc import Callable

import aiohttp
import pytest
import websockets
from sounds import seconds_of, tone_chunk, tone_line

from twilio_adapter import NobodyCalled
from twilio_emulator import TwilioEmulator

NUMBER = "+15550001111"
PHONE = "+15557770001"


async def test_a_caller_and_the_adapter_hear_each_other(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at(NUMBER)
    line = await twilio.handset(PHONE).dial(NUMBER)
    await adapter.wait_for_call()
    assert adapter.caller == PHONE
    await line.play(tone_line(900, 0.6))
    assert (await adapter.recv_audio()).seconds == pytest.approx(0.6, abs=0.06)
    await adapter.send_audio(tone_chunk(500, 0.8))
    await adapter.drain()
    await line.hang_up()
    await adapter.wait_until_ended()
    assert seconds_of(500, line.heard.pcm) == pytest.approx(0.8, abs=0.06)


async def test_keys_of_the_caller_arrive_one_by_one(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    keys: list[str] = []
    adapter = await adapter_at(NUMBER, on_dtmf=keys.append)
    line = await twilio.handset(PHONE).dial(NUMBER)
    await adapter.wait_for_call()
    await line.press("159*#0")
    await adapter.wait_for_seconds(0.2)
    assert keys == list("159*#0")
    assert adapter.digits == "159*#0"


async def test_the_adapter_hangs_up(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at(NUMBER)
    line = await twilio.handset(PHONE).dial(NUMBER)
    await adapter.wait_for_call()
    await adapter.hang_up()
    await line.wait_until("completed")


async def test_a_caller_who_is_not_allowed_is_rejected(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    await adapter_at(NUMBER, allowed_callers=["+15558880001"])
    line = await twilio.handset(PHONE).dial(NUMBER)
    await line.wait_until("no-answer")


async def test_a_second_caller_finds_it_busy(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at(NUMBER)
    await twilio.handset(PHONE).dial(NUMBER)
    await adapter.wait_for_call()
    second = await twilio.handset("+15557770002").dial(NUMBER)
    await second.wait_until("busy")
    assert adapter.caller == PHONE


async def test_a_wait_for_a_call_that_never_comes_names_its_limit(adapter_at: Callable) -> None:
    adapter = await adapter_at(NUMBER)
    with pytest.raises(NobodyCalled, match=r"0\.01"):
        await adapter.wait_for_call(timeout=0.01)


async def test_the_number_is_given_back_as_it_was(twilio: TwilioEmulator) -> None:
    from twilio_adapter import EmulatorHarness

    twilio.add_number(
        NUMBER,
        voice_url="http://127.0.0.1:9/mine",
        voice_method="GET",
        voice_fallback_url="http://127.0.0.1:9/fallback",
    )
    client = twilio.client()

    def voice() -> tuple:
        number = client.incoming_phone_numbers.list(phone_number=NUMBER)[0]
        return number.voice_url, number.voice_method, number.voice_fallback_url

    before = voice()
    async with EmulatorHarness(phone_number=NUMBER, twilio=twilio) as adapter:
        assert voice()[0] == f"{adapter.local_url}/twilio/voice"
    assert voice() == before


async def test_a_url_that_a_person_has_set_meanwhile_is_left_alone(twilio: TwilioEmulator) -> None:
    from twilio_adapter import EmulatorHarness

    async with EmulatorHarness(phone_number=NUMBER, twilio=twilio):
        number = twilio.client().incoming_phone_numbers.list(phone_number=NUMBER)[0]
        number.update(voice_url="http://127.0.0.1:9/new")
    assert twilio.client().incoming_phone_numbers.list(phone_number=NUMBER)[0].voice_url == "http://127.0.0.1:9/new"


async def test_strangers_get_nothing(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at(NUMBER)
    async with aiohttp.ClientSession() as stranger:
        reply = await stranger.post(f"{adapter.local_url}/twilio/voice", data={"CallSid": "CA1"})
        assert reply.status == 403
    with pytest.raises(websockets.InvalidStatus, match="403"):
        await websockets.connect(adapter.local_url.replace("http", "ws") + "/twilio/stream")


async def test_two_adapters_talk_to_each_other(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    callee = await adapter_at("+15550002222")
    caller = await adapter_at(NUMBER)
    async with asyncio.TaskGroup() as both:
        both.create_task(caller.place_call("+15550002222"))
        both.create_task(callee.wait_for_call())
    await caller.send_audio(tone_chunk(500, 0.5))
    await caller.drain()
    heard = await callee.recv_audio()
    assert heard.seconds == pytest.approx(0.5, abs=0.06)
    await caller.hang_up()
    await callee.wait_until_ended()
    await twilio.wait_until_idle()
