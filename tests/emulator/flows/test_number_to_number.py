"""REST calls one of the account's numbers from another: two calls that are one conversation."""

from pathlib import Path

import pytest
from customer import Customer
from journal_views import spoken
from stream_app import StreamApp
from twilio.rest.api.v2010.account.call import CallInstance

from twilio_emulator import TwilioEmulator
from twilio_emulator.journal import DigitHeard
from twilio_wire import g711
from twilio_wire.audio import read_audio, wav_bytes

FIXTURES = Path(__file__).parents[3] / "fixtures_audio"
CALLING = "+15550001111"
CALLED = "+15550002222"
ALL_EVENTS = ["initiated", "ringing", "answered", "completed"]
LONG_PAUSE = '<Response><Pause length="60"/></Response>'


@pytest.fixture(autouse=True)
def two_numbers(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.add_number(CALLING)
    twilio.add_number(CALLED, voice_url=f"{customer.url}/called", status_callback=f"{customer.url}/called_status")


def place(twilio: TwilioEmulator, customer: Customer, twiml: str, **more: object) -> str:
    return (
        twilio.client()
        .calls.create(
            to=CALLED,
            from_=CALLING,
            twiml=twiml,
            status_callback=f"{customer.url}/status",
            status_callback_event=ALL_EVENTS,
            **more,
        )
        .sid
    )


def both(twilio: TwilioEmulator) -> tuple[CallInstance, CallInstance]:
    """The calling and the called call, as REST has them."""
    calls = {call.direction: call for call in twilio.client().calls.list()}
    assert set(calls) == {"outbound-api", "inbound"}
    return calls["outbound-api"], calls["inbound"]


def told(customer: Customer, path: str = "/status") -> list[str]:
    return [form["CallStatus"] for form in customer.forms(path)]


async def test_a_call_between_two_numbers_is_two_calls(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/called"] = "<Response><Say>Called.</Say></Response>"
    sid = place(twilio, customer, LONG_PAUSE)
    await twilio.wait_for_call(sid)

    calling, called = both(twilio)
    assert calling.sid == sid != called.sid
    assert (calling.parent_call_sid, called.parent_call_sid) == (None, None)
    assert (calling._from, calling.to) == (called._from, called.to) == (CALLING, CALLED)
    assert calling.phone_number_sid != called.phone_number_sid
    assert (calling.status, called.status) == ("completed", "completed")
    (form,) = customer.forms("/called")
    assert (form["CallSid"], form["CallStatus"], form["Direction"]) == (called.sid, "ringing", "inbound")
    assert told(customer) == ["initiated", "ringing", "in-progress", "completed"]
    assert told(customer, "/called_status") == ["completed"]


async def test_keys_played_on_one_side_are_gathered_on_the_other(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages = {
        "/called": "<Response><Gather numDigits='5' action='/keys'/></Response>",
        "/keys": "<Response><Play digits='99'/><Pause/></Response>",
    }
    sid = place(twilio, customer, "<Response><Play digits='12w3*'/><Play digits='4'/><Pause length='9'/></Response>")
    await twilio.wait_for_call(sid)
    _, called = both(twilio)
    (form,) = customer.forms("/keys")
    assert (form["Digits"], form["CallSid"]) == ("123*4", called.sid)
    assert "".join(entry.digit for entry in twilio.journal.of(DigitHeard, call_sid=sid)) == "99"


async def test_send_digits_are_gathered_by_the_other_side(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages = {
        "/called": "<Response><Gather action='/keys'/></Response>",
        "/keys": "<Response><Hangup/></Response>",
    }
    sid = place(twilio, customer, LONG_PAUSE, send_digits="wwww42#")
    await twilio.wait_for_call(sid)
    assert customer.forms("/keys")[0]["Digits"] == "42"


async def test_audio_crosses_bit_by_bit_in_both_directions(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    speech = read_audio(FIXTURES / "speech" / "yes_please.wav")
    answer = g711.encode(read_audio(FIXTURES / "speech" / "no_thank_you.wav").at(8000).pcm)
    customer.files["/yes.wav"] = ("audio/wav", wav_bytes(speech.at(8000).pcm, rate=8000))

    async def reply(stream, message) -> None:
        if message["event"] == "start" and message["start"]["customParameters"] == {"side": "called"}:
            await stream.play(answer)

    streams.react = reply
    connect = f"<Connect><Stream url='{streams.url}'><Parameter name='side' value='called'/></Stream></Connect>"
    fork = f"<Start><Stream url='{streams.url}'/></Start>"
    customer.pages["/called"] = f"<Response>{connect}</Response>"
    sid = place(twilio, customer, f"<Response>{fork}<Play>{customer.url}/yes.wav</Play><Pause length='2'/></Response>")
    await twilio.wait_for_call(sid)

    heard = {}
    for message in streams.of("start"):
        side = message["start"]["customParameters"].get("side", "calling")
        heard[side] = streams.audio(stream_sid=message["streamSid"])
    assert speech.ulaw() in heard["called"]
    assert answer in heard["calling"]


@pytest.mark.parametrize(
    ("calling_twiml", "called_twiml"),
    [
        ("<Pause/><Hangup/>", "<Say>Hello.</Say><Pause length='60'/>"),
        ("<Pause length='60'/>", "<Pause/><Say>Hi.</Say>"),
    ],
    ids=["the caller hangs up", "the callee hangs up"],
)
async def test_either_side_that_hangs_up_ends_the_other(
    twilio: TwilioEmulator, customer: Customer, calling_twiml: str, called_twiml: str
) -> None:
    customer.pages["/called"] = f"<Response>{called_twiml}</Response>"
    sid = place(twilio, customer, f"<Response>{calling_twiml}</Response>")
    await twilio.wait_for_call(sid)
    calling, called = both(twilio)
    assert (calling.status, called.status) == ("completed", "completed")
    assert calling.end_time == called.end_time
    assert told(customer, "/called_status") == ["completed"]


@pytest.mark.parametrize(
    ("called_twiml", "status"),
    [
        ("<Reject reason='busy'/>", "busy"),
        ("<Reject/>", "no-answer"),
        ("<Pause length='2'/>", "no-answer"),
        ("", "no-answer"),
    ],
)
async def test_a_number_that_does_not_answer_is_busy_or_does_not_answer(
    twilio: TwilioEmulator, customer: Customer, called_twiml: str, status: str
) -> None:
    customer.pages["/called"] = f"<Response>{called_twiml}</Response>"
    sid = place(twilio, customer, LONG_PAUSE)
    await twilio.wait_for_call(sid, status)
    calling, called = both(twilio)
    assert (calling.status, called.status) == (status, status)
    assert told(customer) == ["initiated", "ringing", status]
    assert told(customer, "/called_status") == [status]


async def test_a_number_that_never_answers_is_given_up_after_timeout(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages["/called"] = "<Response><Pause length='30'/><Say>Too late.</Say></Response>"
    sid = place(twilio, customer, LONG_PAUSE, timeout=5)
    await twilio.wait_for_call(sid, "no-answer")
    await twilio.wait_until_idle()
    assert told(customer, "/called_status") == ["no-answer"]
    assert spoken(twilio) == []


async def test_a_number_without_a_voice_url_fails_on_both_sides(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.client().incoming_phone_numbers.list(phone_number=CALLED)[0].update(voice_url="")
    sid = place(twilio, customer, LONG_PAUSE)
    await twilio.wait_for_call(sid, "failed")
    calling, called = both(twilio)
    assert (calling.status, called.status) == ("failed", "failed")
    assert "voice_url" in twilio.timeline(called.sid)


async def test_a_caller_who_cancels_while_it_rings_stops_the_other_side(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages["/called"] = "<Response><Pause length='30'/><Say>Too late.</Say></Response>"
    sid = place(twilio, customer, LONG_PAUSE)
    await twilio.wait_for_call(sid, "ringing")
    twilio.client().calls(sid).update(status="canceled")
    await twilio.wait_until_idle()
    calling, called = both(twilio)
    assert (calling.status, called.status) == ("canceled", "no-answer")
    assert spoken(twilio) == []


async def test_a_caller_who_cancels_before_the_network_has_connected_reaches_nobody(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    def cancel(form: dict[str, str]) -> str:
        if form["CallStatus"] == "initiated":
            twilio.client().calls(form["CallSid"]).update(status="canceled")
        return ""

    customer.pages = {"/status": cancel, "/called": "<Response><Pause/><Say>Called.</Say></Response>"}
    sid = place(twilio, customer, LONG_PAUSE)
    await twilio.wait_for_call(sid, "canceled")
    later = await twilio.handset("+15557770001").dial(CALLED)
    await later.wait_until("completed")
    assert [call.sid for call in twilio.client().calls.list(to=CALLED)] == [later.call_sid, sid]


async def test_a_caller_who_hangs_up_at_the_very_answer_leaves_no_stream_behind(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    customer.pages["/called"] = f"<Response><Connect><Stream url='{streams.url}'/></Connect></Response>"
    sid = place(twilio, customer, "<Response><Hangup/></Response>")
    await twilio.wait_for_call(sid)
    await twilio.wait_until_idle()
    assert streams.events in ([], ["connected", "start", "stop"])
