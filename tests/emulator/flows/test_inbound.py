"""A phone dials one of the account's numbers: every way such a call can go, seen from the phone and from the app."""

import asyncio

import numpy as np
import pytest
from customer import Customer
from twilio.twiml.voice_response import Gather, VoiceResponse

from twilio_emulator import CallOver, TwilioEmulator
from twilio_emulator.journal import Problem, Spoke
from twilio_wire import dtmf, g711
from twilio_wire.audio import Audio, wav_bytes
from twilio_wire.levels import level_dbm0

NUMBER = "+15550001111"
CALLER = "+15557770001"
APOLOGY = "We're sorry, an application error has occurred. Goodbye."


def twiml(*build: tuple) -> str:
    response = VoiceResponse()
    for verb, *arguments in build:
        getattr(response, verb)(*arguments)
    return str(response)


def menu() -> str:
    response = VoiceResponse()
    gather = Gather(num_digits=1, action="/choice", timeout=5)
    gather.say("Press one for sales.")
    response.append(gather)
    response.say("You pressed nothing.")
    return str(response)


def spoken(twilio: TwilioEmulator) -> list[str]:
    return [entry.text for entry in twilio.journal.of(Spoke)]


def codes(twilio: TwilioEmulator) -> list[int]:
    return [problem.code for problem in twilio.journal.of(Problem) if problem.code]


async def test_a_menu_from_dial_in_to_hang_up(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages = {
        "/voice": menu(),
        "/choice": lambda form: twiml(("say", f"You pressed {form['Digits']}."), ("hangup",)),
    }
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", status_callback=f"{customer.url}/status")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("in-progress")
    await line.wait_for_silence(0.5)
    await line.press("1")
    await line.wait_until("completed")
    assert [seen.path for seen in customer.seen] == ["/voice", "/choice", "/status"]
    assert spoken(twilio) == ["Press one for sales.", "You pressed 1."]
    (first,) = customer.forms("/voice")
    assert (first["CallStatus"], first["Direction"], first["From"], first["To"]) == (
        "ringing",
        "inbound",
        CALLER,
        NUMBER,
    )
    assert customer.forms("/choice")[0]["CallSid"] == line.call_sid
    (last,) = customer.forms("/status")
    assert last["CallStatus"] == "completed"
    assert int(last["CallDuration"]) >= 2


async def test_the_caller_hears_what_is_played(twilio: TwilioEmulator, customer: Customer) -> None:
    tone = (9000 * np.sin(np.arange(16000) * 2 * np.pi * 600 / 16000)).astype(np.int16)
    customer.files["/tone.wav"] = ("audio/wav", wav_bytes(tone, rate=16000))
    customer.pages["/voice"] = twiml(("play", "/tone.wav"), ("pause",), ("hangup",))
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    heard = line.heard.pcm
    assert level_dbm0(heard[800:7200]) == pytest.approx(level_dbm0(tone), abs=0.5)
    assert not heard[9000:].any()
    assert line.heard.seconds == pytest.approx(2.0, abs=0.1)


async def test_keys_pressed_over_the_prompt_stop_it(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages = {"/voice": menu(), "/choice": twiml(("hangup",))}
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_for_speech()
    await line.press("7")
    await line.wait_until("completed")
    assert customer.forms("/choice")[0]["Digits"] == "7"
    assert line.heard.seconds < 1.0


async def test_a_caller_who_presses_nothing_goes_on_to_the_next_verb(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages["/voice"] = menu()
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    assert spoken(twilio)[-1] == "You pressed nothing."
    assert customer.forms("/choice") == []


async def test_the_caller_hangs_up_in_the_middle_of_a_word(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/voice"] = menu()
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", status_callback=f"{customer.url}/status")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_for_speech()
    await line.hang_up()
    assert line.status == "completed"
    assert customer.forms("/status")[0]["CallStatus"] == "completed"
    assert customer.forms("/choice") == []


async def test_a_caller_who_hangs_up_while_it_rings_was_never_answered(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages["/voice"] = '<Response><Pause length="5"/><Say>Too late.</Say></Response>'
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", status_callback=f"{customer.url}/status")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await twilio.wait_for_call(line.call_sid, "ringing")
    await line.hang_up()
    assert customer.forms("/status")[0]["CallStatus"] == "no-answer"
    assert customer.forms("/status")[0]["CallDuration"] == "0"
    assert spoken(twilio) == []


@pytest.mark.parametrize(("reason", "status"), [("busy", "busy"), ("rejected", "no-answer")])
async def test_a_rejected_call_is_never_answered(
    twilio: TwilioEmulator, customer: Customer, reason: str, status: str
) -> None:
    customer.pages["/voice"] = f'<Response><Reject reason="{reason}"/></Response>'
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", status_callback=f"{customer.url}/status")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until(status)
    assert customer.forms("/status")[0]["CallStatus"] == status
    assert line.heard.seconds == 0


async def test_a_document_that_only_pauses_ends_without_an_answer(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/voice"] = '<Response><Pause length="2"/></Response>'
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("no-answer")


async def test_a_number_without_a_voice_url_fails_at_once_and_the_journal_says_why(twilio: TwilioEmulator) -> None:
    twilio.add_number(NUMBER)
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("failed")
    assert "voice_url" in twilio.timeline(line.call_sid)


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ((500, "boom"), 11200),
        ("<Response><Say>unclosed", 12100),
        ("<Answer/>", 12102),
    ],
)
async def test_an_app_that_fails_is_apologised_for_and_the_code_is_in_the_journal(
    twilio: TwilioEmulator, customer: Customer, page: str | tuple[int, str], code: int
) -> None:
    customer.pages["/voice"] = page
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", status_callback=f"{customer.url}/status")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    assert spoken(twilio) == [APOLOGY]
    assert codes(twilio) == [code]
    assert line.heard.seconds > 1
    assert customer.forms("/status")[0]["CallStatus"] == "completed"


async def test_an_app_that_is_not_there_is_apologised_for(twilio: TwilioEmulator) -> None:
    twilio.add_number(NUMBER, voice_url="http://127.0.0.1:1/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    assert spoken(twilio) == [APOLOGY]
    assert codes(twilio)[0] in {11202, 11205}


async def test_an_app_that_never_answers_is_apologised_for(twilio: TwilioEmulator, customer: Customer) -> None:
    answered = asyncio.Event()

    async def never(_: dict[str, str]) -> str:
        await answered.wait()
        return ""

    customer.pages["/voice"] = never
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice#rt=100&rc=0")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    answered.set()
    assert codes(twilio) == [11205]
    assert spoken(twilio) == [APOLOGY]


async def test_the_fallback_is_asked_with_the_code_and_the_url_of_the_failure(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages = {"/voice": (503, ""), "/fallback": twiml(("say", "Fallback."), ("hangup",))}
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", voice_fallback_url=f"{customer.url}/fallback")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    (form,) = customer.forms("/fallback")
    assert (form["ErrorCode"], form["ErrorUrl"]) == ("11200", f"{customer.url}/voice")
    assert spoken(twilio) == ["Fallback."]


async def test_a_redirect_loop_ends(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/voice"] = "<Response><Redirect>/voice</Redirect></Response>"
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed", timeout=120)
    assert "loop" in twilio.timeline(line.call_sid)


async def test_what_the_caller_says_after_the_call_is_refused_by_name(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages["/voice"] = twiml(("hangup",))
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    with pytest.raises(CallOver, match="completed"):
        await line.play(Audio(pcm=np.zeros(800, np.int16), rate=8000))


async def test_keys_heard_in_a_recording_are_keys(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages = {"/voice": menu(), "/choice": twiml(("say", "Thank you for your choice."))}
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_for_silence(0.5)
    await line.play(g711.encode(dtmf.synthesize("4")))
    await line.wait_until("completed")
    assert customer.forms("/choice")[0]["Digits"] == "4"
