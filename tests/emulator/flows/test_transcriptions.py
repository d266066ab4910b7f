"""Real-time transcription over the whole emulator: by TwiML and by REST, both tracks, final and partial results."""

import asyncio
import json

import pytest
from customer import Customer
from journal_views import codes
from twilio.base.exceptions import TwilioRestException
from twilio.twiml.voice_response import Start, Stop, VoiceResponse

from twilio_emulator import Line, TwilioEmulator
from twilio_emulator.journal import SidecarMoved

NUMBER = "+15550001111"
CALLER, AGENT = "+15557770001", "+15557770009"


def transcribing(url: str, *, listen_s: int = 5, stop: bool = False, **attributes: object) -> str:
    response = VoiceResponse()
    start = Start()
    start.transcription(**{"status_callback_url": url, "name": "notes", **attributes})
    response.append(start)
    response.say("How can I help?")
    response.pause(length=listen_s)
    if stop:
        ending = Stop()
        ending.transcription(name="notes")
        response.append(ending)
        response.pause(length=3)
    return str(response)


async def dial(twilio: TwilioEmulator, customer: Customer, page: str) -> Line:
    customer.pages["/voice"] = page
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("in-progress")
    return line


def contents(customer: Customer) -> list[tuple[str, str, str]]:
    return [
        (form["Track"], form["Final"], json.loads(form["TranscriptionData"])["transcript"])
        for form in customer.forms("/told")
        if form["TranscriptionEvent"] == "transcription-content"
    ]


async def test_both_sides_of_a_call_are_written_down(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer, transcribing(f"{customer.url}/told", inbound_track_label="caller"))
    await line.wait_for_silence(1)
    await line.say("My order, please.", confidence=0.8)
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    forms = customer.forms("/told")
    assert [form["TranscriptionEvent"] for form in forms] == [
        "transcription-started", "transcription-content", "transcription-content", "transcription-stopped",
    ]  # fmt: skip
    assert [form["SequenceId"] for form in forms] == ["1", "2", "3", "4"]
    assert len({form["TranscriptionSid"] for form in forms}) == 1
    assert (
        forms[0].items()
        >= {
            "AccountSid": twilio.account_sid,
            "CallSid": line.call_sid,
            "LanguageCode": "en-US",
            "TranscriptionEngine": "google",
            "Name": "notes",
            "Track": "both_tracks",
            "InboundTrackLabel": "caller",
            "PartialResults": "false",
        }.items()
    )
    assert json.loads(forms[0]["ProviderConfiguration"]) == {
        "profanityFilter": "true",
        "speechModel": "telephony",
        "enableAutomaticPunctuation": "true",
    }
    assert contents(customer) == [
        ("outbound_track", "true", "How can I help?"),
        ("inbound_track", "true", "My order, please."),
    ]
    assert json.loads(forms[2]["TranscriptionData"]) == {"transcript": "My order, please.", "confidence": 0.8}
    assert "beside       Transcriptions heard on inbound_track: “My order, please.”" in twilio.timeline()


async def test_partial_results_grow_word_by_word(twilio: TwilioEmulator, customer: Customer) -> None:
    page = transcribing(f"{customer.url}/told", partial_results=True, track="inbound_track")
    line = await dial(twilio, customer, page)
    await line.say("One two three.")
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    assert contents(customer) == [
        ("inbound_track", "false", "One"),
        ("inbound_track", "false", "One two"),
        ("inbound_track", "false", "One two three."),
        ("inbound_track", "true", "One two three."),
    ]
    partial, final = customer.forms("/told")[1], customer.forms("/told")[4]
    assert (partial["Stability"], json.loads(partial["TranscriptionData"])) == ("0.9", {"transcript": "One"})
    assert "Stability" not in final


async def test_a_pause_ends_one_result_and_begins_the_next(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer, transcribing(f"{customer.url}/told", track="inbound_track", listen_s=8))
    await line.say("First.")
    await line.silence(0.1)
    await line.say("Still first.")
    await line.silence(1)
    await line.say("Second.")
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    assert [text for _, _, text in contents(customer)] == ["First. Still first.", "Second."]


async def test_what_is_being_said_when_the_call_ends_is_still_told(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer, transcribing(f"{customer.url}/told", track="inbound_track"))
    await line.say("Good bye")
    await line.hang_up()
    await twilio.wait_until_idle()
    events = [form["TranscriptionEvent"] for form in customer.forms("/told")]
    assert events == ["transcription-started", "transcription-content", "transcription-stopped"]
    assert contents(customer) == [("inbound_track", "true", "Good bye")]


async def test_stop_ends_it_and_later_words_are_not_told(twilio: TwilioEmulator, customer: Customer) -> None:
    page = transcribing(f"{customer.url}/told", track="inbound_track", listen_s=1, stop=True)
    line = await dial(twilio, customer, page)
    await line.silence(3)
    await line.say("Nobody hears this.")
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    events = [form["TranscriptionEvent"] for form in customer.forms("/told")]
    assert events == ["transcription-started", "transcription-stopped"]


async def test_profanity_and_punctuation_are_as_they_were_asked_for(twilio: TwilioEmulator, customer: Customer) -> None:
    page = transcribing(f"{customer.url}/told", track="inbound_track", enable_automatic_punctuation=False)
    line = await dial(twilio, customer, page)
    await line.say("Oh shit, it's Monday!")
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    assert [text for _, _, text in contents(customer)] == ["oh s*** it's monday"]


async def test_it_goes_on_when_rest_gives_the_call_other_twiml(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer, transcribing(f"{customer.url}/told", listen_s=30))
    twilio.client().calls(line.call_sid).update(twiml="<Response><Say>New.</Say><Pause length='3'/></Response>")
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    assert ("outbound_track", "true", "New.") in contents(customer)


@pytest.mark.parametrize(
    ("attributes", "code"),
    [({"transcription_engine": "parrot"}, 32650), ({"language_code": "??"}, 32650), ({"speech_model": "?"}, 32651)],
)
async def test_a_configuration_that_twilio_would_refuse_is_an_error(
    twilio: TwilioEmulator, customer: Customer, attributes: dict[str, str], code: int
) -> None:
    line = await dial(twilio, customer, transcribing(f"{customer.url}/told", listen_s=1, **attributes))
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    (form,) = customer.forms("/told")
    assert (form["TranscriptionEvent"], form["TranscriptionErrorCode"]) == ("transcription-error", str(code))
    assert form["TranscriptionError"]
    assert codes(twilio) == [code]


async def test_names_are_unique_and_four_tracks_are_all_there_are(twilio: TwilioEmulator, customer: Customer) -> None:
    start = Start()
    for name in ("one", "one", "two", "three"):
        start.transcription(name=name, status_callback_url=f"{customer.url}/told")
    response = VoiceResponse()
    response.append(start)
    response.pause(length=1)
    line = await dial(twilio, customer, str(response))
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    assert codes(twilio) == [32650, 32650]
    began = [entry.detail for entry in twilio.journal.of(SidecarMoved) if entry.event == "began"]
    assert began == ["one", "two"]


async def test_rest_starts_and_stops_one_with_all_its_settings(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer, "<Response><Say>Well?</Say><Pause length='60'/></Response>")
    call = twilio.client().calls(line.call_sid)
    begun = call.transcriptions.create(
        name="notes",
        track="inbound_track",
        status_callback_url=f"{customer.url}/told",
        status_callback_method="GET",
        inbound_track_label="caller",
        partial_results=False,
        language_code="en-GB",
        transcription_engine="google",
        profanity_filter=True,
        speech_model="telephony",
        hints="order, pizza",
        enable_automatic_punctuation=True,
    )
    await line.say("A pizza.")
    await line.silence(1)
    assert call.transcriptions("notes").update(status="stopped").status == "stopped"
    await line.say("Not heard.")
    await line.hang_up()
    await twilio.wait_until_idle()
    forms = customer.forms("/told")
    assert [form["TranscriptionEvent"] for form in forms] == [
        "transcription-started", "transcription-content", "transcription-stopped",
    ]  # fmt: skip
    assert {form["TranscriptionSid"] for form in forms} == {begun.sid}
    assert json.loads(forms[0]["ProviderConfiguration"])["hints"] == "order, pizza"
    assert forms[1]["LanguageCode"] == "en-GB"
    assert [seen.method for seen in customer.seen if seen.path == "/told"] == ["GET"] * 3
    assert contents(customer) == [("inbound_track", "true", "A pizza.")]


@pytest.mark.parametrize(
    "arguments",
    [
        {"status_callback_url": "told"},
        {"status_callback_method": "PATCH"},
        {"track": "all_tracks"},
    ],
)
async def test_rest_refuses_what_cannot_be_started(
    twilio: TwilioEmulator, customer: Customer, arguments: dict[str, str]
) -> None:
    line = await dial(twilio, customer, "<Response><Say>Hi.</Say><Pause length='60'/></Response>")
    with pytest.raises(TwilioRestException) as refused:
        twilio.client().calls(line.call_sid).transcriptions.create(**arguments)
    assert refused.value.status == 400


async def test_rest_takes_a_configuration_of_no_engine_which_is_an_error_at_once(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    line = await dial(twilio, customer, "<Response><Say>Hi.</Say><Pause length='60'/></Response>")
    transcriptions = twilio.client().calls(line.call_sid).transcriptions
    begun = transcriptions.create(transcription_engine="parrot", status_callback_url=f"{customer.url}/told")
    assert begun.status == "stopped"
    await line.hang_up()
    await twilio.wait_until_idle()
    assert [form["TranscriptionEvent"] for form in customer.forms("/told")] == ["transcription-error"]
    assert codes(twilio) == [32650]


def between_calls(customer: Customer, path: str = "/told") -> str:
    """A document that transcribes the call and then dials the agent, or joins a conference."""
    return f"<Start><Transcription statusCallbackUrl='{customer.url}{path}'/></Start>"


async def test_in_a_bridge_each_track_has_the_words_of_its_side(twilio: TwilioEmulator, customer: Customer) -> None:
    agent = twilio.handset(AGENT, behavior="ring")
    dial_agent = f"<Dial>{AGENT}</Dial>"
    line = await dial(
        twilio, customer, f"<Response><Say>Hold on.</Say>{between_calls(customer)}{dial_agent}</Response>"
    )
    other = await agent.next_call()
    await other.answer()
    await line.wait_for_silence(0.5)
    await line.say("Is this sales?")
    await other.say("This is sales.")
    await asyncio.gather(line.say("Both of us."), other.say("At once."))
    await line.hang_up()
    await twilio.wait_until_idle()
    said = contents(customer)
    assert [text for track, _, text in said if track == "inbound_track"] == ["Is this sales?", "Both of us."]
    assert " ".join(text for track, _, text in said if track == "outbound_track") == "This is sales. At once."


async def test_in_a_conference_the_words_of_all_others_are_heard_also_of_two_at_once(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    join = "<Dial><Conference beep='false'>Room</Conference></Dial>"
    customer.pages = {
        "/voice": f"<Response><Say>Hi.</Say>{between_calls(customer)}{join}</Response>",
        "/other": f"<Response><Say>Hi.</Say>{join}</Response>",
    }
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    twilio.add_number("+15550002222", voice_url=f"{customer.url}/other")
    lines = [
        await twilio.handset(f"+1555777000{number}").dial(to)
        for number, to in enumerate((NUMBER, "+15550002222", "+15550002222"), start=1)
    ]
    for line in lines:
        await line.wait_until("in-progress")
    await lines[0].silence(1.5)
    await asyncio.gather(lines[1].say("One of two."), lines[2].say("Two of two."))
    await lines[0].silence(1)
    await lines[0].hang_up()
    said = [text for track, _, text in contents(customer) if track == "outbound_track"]
    heard = " ".join(said).split()
    assert sorted(heard) == sorted("One of two. Two of two.".split())  # noqa: SIM905
    for line in lines[1:]:
        await line.hang_up()
    await twilio.wait_until_idle()
