"""A caller speaks to `<Gather>`: what is heard when, over the whole emulator. The SDK's builder makes the documents."""

from collections.abc import Callable
from pathlib import Path

import pytest
from customer import Customer
from twilio.twiml.voice_response import Gather, VoiceResponse

from twilio_emulator import Line, TwilioEmulator
from twilio_emulator.journal import CallMoved, GatherEnded, PhoneActed, Problem, VerbStarted, WebhookSent
from twilio_wire import g711
from twilio_wire.audio import read_audio
from twilio_wire.levels import is_silent

NUMBER, OTHER = "+15550001111", "+15550002222"
CALLER = "+15557770001"
FIXTURES = Path(__file__).parents[3] / "fixtures_audio"
HELLO = FIXTURES / "speech" / "hello_i_need_help.wav"


def asking(prompt: str = "How can I help you?", **attributes: object) -> str:
    response = VoiceResponse()
    gather = Gather(**{"input": "speech", "action": "/said", "speech_timeout": "auto", **attributes})
    gather.say(prompt)
    response.append(gather)
    response.say("I did not hear you.")
    return str(response)


async def dial(twilio: TwilioEmulator, customer: Customer, page: str) -> Line:
    customer.pages = {"/voice": page, "/said": "<Response><Say>Thank you.</Say></Response>"}
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("in-progress")
    return line


def said_to(customer: Customer, path: str = "/said") -> list[dict[str, str]]:
    names = ("SpeechResult", "Confidence", "Language", "Digits")
    return [{name: form[name] for name in names if name in form} for form in customer.forms(path)]


def heard_as(text: str, confidence: str = "0.95") -> list[dict[str, str]]:
    return [{"SpeechResult": text, "Confidence": confidence, "Language": "en-US"}]


async def test_a_fixture_is_heard_word_for_word(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer, asking())
    await line.wait_for_silence(0.5)
    await line.play(HELLO)
    await line.wait_until("completed")
    assert said_to(customer) == heard_as("Hello, I need help with my order.")
    assert customer.forms("/said")[0]["CallStatus"] == "in-progress"
    assert "says “Hello, I need help with my order.”" in twilio.timeline()
    assert "gathered     “Hello, I need help with my order.” (speech ended)" in twilio.timeline()


@pytest.mark.parametrize(
    "speak",
    [
        lambda line: line.play(read_audio(HELLO), text="Hello there.", confidence=0.3),
        lambda line: line.play(HELLO, text="Hello there.", confidence=0.3),
        lambda line: line.say("Hello there.", confidence=0.3),
    ],
    ids=["audio", "file", "say"],
)
async def test_any_audio_is_heard_as_the_text_that_is_given_with_it(
    twilio: TwilioEmulator, customer: Customer, speak: Callable
) -> None:
    line = await dial(twilio, customer, asking())
    await speak(line)
    await line.wait_until("completed")
    assert said_to(customer) == heard_as("Hello there.", "0.3")


async def test_a_script_plays_and_says(twilio: TwilioEmulator, customer: Customer, tmp_path: Path) -> None:
    read_audio(HELLO).save(tmp_path / "mine.wav")
    pages = {"First.": asking(), "Second.": "<Response><Hangup/></Response>"}
    customer.pages = {"/voice": asking(), "/said": lambda form: pages[form["SpeechResult"]]}
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    script = [
        {"wait_for_silence": 0.5},
        {"play": str(tmp_path / "mine.wav"), "text": "First.", "confidence": 0.5},
        {"wait_for_speech": True},
        {"say": "Second."},
    ]
    line = await twilio.handset(CALLER).dial(NUMBER, script=script)
    await line.wait_until("completed")
    assert said_to(customer) == heard_as("First.", "0.5") + heard_as("Second.")


async def test_speech_stops_the_prompt_at_its_first_sound(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer, asking("A very long prompt, which nobody is going to hear to its end."))
    await line.wait_for_speech()
    await line.silence(0.5)
    await line.play(HELLO)
    assert line._call.ear.silent_ms > 1500
    await line.wait_until("completed")
    assert said_to(customer) == heard_as("Hello, I need help with my order.")


async def test_the_gather_ends_so_long_after_the_last_sound(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer, asking(speech_timeout=2))
    await line.wait_for_silence(0.5)
    await line.play(HELLO)
    spoken_ms = twilio.journal.of(PhoneActed)[-1].at_ms
    await line.wait_until("completed")
    frames = enumerate(g711.frames(read_audio(HELLO).ulaw()), start=1)
    sounds_until_ms = max(20 * number for number, frame in frames if not is_silent(frame))
    (ended,) = twilio.journal.of(GatherEnded)
    assert ended.at_ms - spoken_ms == pytest.approx(sounds_until_ms + 2000, abs=40)


async def test_noise_is_no_speech_and_that_is_said_once(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer, asking(timeout=3))
    for _ in range(2):
        await line.play(read_audio(HELLO))
    await line.wait_until("completed")
    assert said_to(customer) == []
    (problem,) = twilio.journal.of(Problem)
    assert (problem.code, problem.level) == (0, "warning")
    assert "text=" in problem.hint
    assert "recognition" in problem.hint


async def test_a_key_that_comes_first_wins(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer, asking(input="dtmf speech", num_digits=2))
    await line.press("4")
    await line.play(HELLO)
    await line.press("2")
    await line.wait_until("completed")
    assert said_to(customer) == [{"Digits": "42"}]


async def test_keys_are_no_speech(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer, asking(timeout=2))
    await line.press("1234567890")
    await line.wait_until("completed")
    assert said_to(customer) == []
    assert twilio.journal.of(Problem) == []


async def test_partial_results_come_in_order_as_words_end(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer, asking(partial_result_callback="/partial"))
    await line.play(HELLO)
    await line.wait_until("completed")
    forms = customer.forms("/partial")
    assert [(form["StableSpeechResult"], form["UnstableSpeechResult"], form["Stability"]) for form in forms] == [
        ("", "Hello,", "0.9"),
        ("Hello,", "", "1.0"),
        ("Hello,", "I", "0.9"),
        ("Hello,", "I need", "0.9"),
        ("Hello,", "I need help", "0.9"),
        ("Hello,", "I need help with", "0.9"),
        ("Hello,", "I need help with my", "0.9"),
        ("Hello,", "I need help with my order.", "0.9"),
        ("Hello, I need help with my order.", "", "1.0"),
    ]
    assert [form["SequenceNumber"] for form in forms] == [str(number) for number in range(9)]
    assert forms[-1]["CallStatus"] == "in-progress"
    told_ms = [entry.at_ms for entry in twilio.journal.of(WebhookSent) if entry.purpose == "partial result callback"]
    assert told_ms == sorted(set(told_ms))


async def test_what_one_number_says_another_number_hears(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages = {
        "/voice": asking(),
        "/said": "<Response><Hangup/></Response>",
        "/other": "<Response><Pause length='3'/><Say>This is a robot.</Say><Pause length='5'/></Response>",
    }
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    twilio.add_number(OTHER)
    call = twilio.client().calls.create(to=NUMBER, from_=OTHER, url=f"{customer.url}/other")
    await twilio.wait_for_call(call.sid)
    assert said_to(customer) == heard_as("This is a robot.")


async def test_a_rest_update_in_the_middle_of_a_sentence_stops_the_listening(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    line = await dial(twilio, customer, asking(partial_result_callback="/partial"))
    twilio.client().calls(line.call_sid).update(twiml="<Response><Pause length='5'/></Response>")
    await line.play(HELLO)
    await line.wait_until("completed")
    assert said_to(customer) == []
    assert customer.forms("/partial") == []
    assert [entry.verb for entry in twilio.journal.of(VerbStarted)] == ["Gather", "Say", "Pause"]


async def test_a_hang_up_in_the_middle_of_a_sentence_asks_for_nothing(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    line = await dial(twilio, customer, asking())
    await line.play(HELLO)
    await line.hang_up()
    await twilio.wait_until_idle()
    assert said_to(customer) == []
    assert twilio.journal.of(GatherEnded)[0].speech == "Hello, I need help with my order."
    assert twilio.journal.of(CallMoved)[-1].status == "completed"
