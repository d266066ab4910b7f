"""An application that listens with `<Gather input="speech">` hears what the adapter sends over its stream."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from customer import Customer

from twilio_adapter import EmulatorHarness, agent, audio, run
from twilio_emulator import TwilioEmulator
from twilio_emulator.journal import Problem

APP = "+15550002222"
FIXTURES = Path(__file__).parents[2] / "fixtures_audio"
ASK = """<Response><Gather input="speech dtmf" speechTimeout="auto" action="/{next}"><Say>{question}</Say></Gather>
    <Say>I did not hear you.</Say></Response>"""


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioEmulator]:
    async with TwilioEmulator(speed="max", speech="murmur", known_audio=[FIXTURES]) as emulator:
        yield emulator


def unknown_sounds(twilio: TwilioEmulator) -> list[str]:
    return [problem.message for problem in twilio.journal.of(Problem) if "nobody knows" in problem.message]


async def test_fixtures_are_heard_word_for_word(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages = {
        "/voice": ASK.format(question="How can I help?", next="help"),
        "/help": ASK.format(question="Anything else?", next="else"),
        "/else": "<Response><Say>Good bye.</Say></Response>",
    }
    twilio.add_number(APP, voice_url=f"{customer.url}/voice")
    async with EmulatorHarness(twilio=twilio, allowed_callees=[APP]) as adapter:
        await adapter.place_call(APP)
        script = [
            agent(),
            audio(FIXTURES / "speech" / "hello_i_need_help.wav"),
            agent(),
            audio(FIXTURES / "speech" / "no_thank_you.wav"),
            agent(),
        ]
        await run(adapter, script=script)
    await twilio.wait_until_idle()
    said = [customer.forms(path)[0]["SpeechResult"] for path in ("/help", "/else")]
    assert said == ["Hello, I need help with my order.", "No, thank you."]
    assert unknown_sounds(twilio) == []


async def test_keys_of_the_adapter_are_no_speech(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages = {
        "/voice": ASK.format(question="Press or say.", next="chosen"),
        "/chosen": "<Response><Say>Good bye.</Say></Response>",
    }
    twilio.add_number(APP, voice_url=f"{customer.url}/voice")
    async with EmulatorHarness(twilio=twilio, allowed_callees=[APP]) as adapter:
        await adapter.place_call(APP)
        await run(adapter, script=[agent()])
        await adapter.send_dtmf("42#")
        await run(adapter, script=[agent()])
    await twilio.wait_until_idle()
    assert customer.forms("/chosen")[0]["Digits"] == "42"
    assert unknown_sounds(twilio) == []
