"""What runs beside a `<Dial>`: recordings, machine detection, streams, and everything that REST shows of its legs."""

from __future__ import annotations

import io
from urllib.request import urlopen

import numpy as np
import pytest
import soundfile
from customer import Customer
from journal_views import spoken
from sounds import seconds_of, tone_line
from stream_app import StreamApp
from twilio.base.exceptions import TwilioRestException
from twilio.twiml.voice_response import Dial, Start, VoiceResponse

from twilio_emulator import Handset, Line, TwilioEmulator

NUMBER = "+15550001111"
CALLER = "+15557770001"
CALLEE = "+15557770002"
LOW, HIGH = 440, 1000


@pytest.fixture
def caller(twilio: TwilioEmulator, customer: Customer) -> Handset:
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    customer.pages["/done"] = "<Response/>"
    return twilio.handset(CALLER)


def dialling(**attributes: object) -> str:
    response = VoiceResponse()
    response.dial(CALLEE, **{"action": "/done", **attributes})
    return str(response)


async def bridged(twilio: TwilioEmulator, caller: Handset, **behavior: object) -> tuple[Line, Line]:
    callee = twilio.handset(CALLEE, **behavior)
    line = await caller.dial(NUMBER)
    answered = await callee.next_call()
    await answered.wait_until("in-progress")
    return line, answered


async def converse(line: Line, answered: Line) -> None:
    await line.play(tone_line(LOW, 1.0))
    await answered.play(tone_line(HIGH, 1.0))
    await answered.silence(0.1)


def downloaded(url: str) -> np.ndarray:
    with urlopen(url) as reply:
        samples, _ = soundfile.read(io.BytesIO(reply.read()), dtype="int16", always_2d=True)
    return samples


# --- recordings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "channels"), [("record-from-answer", 1), ("record-from-answer-dual", 2)])
async def test_both_parties_are_recorded_from_the_answer_on(
    twilio: TwilioEmulator, customer: Customer, caller: Handset, mode: str, channels: int
) -> None:
    customer.pages["/voice"] = dialling(
        record=mode,
        recording_status_callback="/recorded",
        recording_status_callback_event="in-progress completed",
    )
    line, answered = await bridged(twilio, caller, answer_after=5.0)
    await converse(line, answered)
    await answered.hang_up()
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    begun, done = customer.forms("/recorded")
    assert (begun["RecordingStatus"], done["RecordingStatus"]) == ("in-progress", "completed")
    assert (done["RecordingSource"], done["RecordingChannels"], done["CallSid"]) == (
        "DialVerb", str(channels), line.call_sid,
    )  # fmt: skip
    assert customer.forms("/done")[0]["RecordingUrl"] == done["RecordingUrl"]
    samples = downloaded(done["RecordingUrl"])
    assert samples.shape[1] == channels
    assert seconds_of(LOW, samples[:, 0]) == pytest.approx(1.0, abs=0.06)
    assert seconds_of(HIGH, samples[:, -1]) == pytest.approx(1.0, abs=0.06)
    if channels == 2:
        assert seconds_of(HIGH, samples[:, 0]) == 0.0, "the first channel is the caller's"
    assert len(samples) / 8000 == pytest.approx(2.1, abs=0.1), "nothing of the ringing"


async def test_from_ringing_the_ringing_is_recorded_too(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    customer.pages["/voice"] = dialling(record="record-from-ringing-dual", recording_status_callback="/recorded")
    line, answered = await bridged(twilio, caller, answer_after=5.0)
    await converse(line, answered)
    await line.hang_up()
    await twilio.wait_until_idle()
    samples = downloaded(customer.forms("/recorded")[0]["RecordingUrl"])
    assert len(samples) / 8000 == pytest.approx(7.3, abs=0.1)
    ringing = np.abs(samples[: 5 * 8000, 1]).reshape(5, 8000).max(axis=1)
    assert (ringing > 500).tolist() == [True, True, True, False, False]


async def test_one_track_is_one_party(twilio: TwilioEmulator, customer: Customer, caller: Handset) -> None:
    customer.pages["/voice"] = dialling(
        record="true", recording_track="outbound", trim="trim-silence", recording_status_callback="/recorded"
    )
    line, answered = await bridged(twilio, caller)
    await converse(line, answered)
    await line.hang_up()
    await twilio.wait_until_idle()
    samples = downloaded(customer.forms("/recorded")[0]["RecordingUrl"])
    assert seconds_of(LOW, samples[:, 0]) == 0.0
    assert len(samples) / 8000 == pytest.approx(1.0, abs=0.05), "silence at both ends is trimmed"


async def test_the_recording_ends_with_the_dial_and_not_with_the_call(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    customer.pages["/voice"] = dialling(record="record-from-answer")
    customer.pages["/done"] = "<Response><Pause length='9'/></Response>"
    line, answered = await bridged(twilio, caller)
    await converse(line, answered)
    await answered.hang_up()
    await line.wait_until("completed")
    [recording] = twilio.client().recordings.list(call_sid=line.call_sid)
    assert (recording.status, recording.source, recording.duration) == ("completed", "DialVerb", "2")


async def test_nobody_who_answers_leaves_no_recording(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    customer.pages["/voice"] = dialling(record="record-from-answer")
    twilio.handset(CALLEE, behavior="busy")
    line = await caller.dial(NUMBER)
    await line.wait_until("completed")
    assert twilio.client().recordings.list() == []
    assert "RecordingUrl" not in customer.forms("/done")[0]


async def test_a_leg_can_be_recorded_by_rest(twilio: TwilioEmulator, customer: Customer, caller: Handset) -> None:
    customer.pages["/voice"] = dialling()
    line, answered = await bridged(twilio, caller)
    [child] = twilio.client().calls.list(parent_call_sid=line.call_sid)
    child.recordings.create(recording_channels="dual", trim="do-not-trim")
    await converse(line, answered)
    await answered.hang_up()
    await line.wait_until("completed")
    [recording] = twilio.client().recordings.list(call_sid=child.sid)
    samples = downloaded(f"{recording.media_url}.wav?RequestedChannels=2")
    assert seconds_of(HIGH, samples[:, 0]) == pytest.approx(1.0, abs=0.06)
    assert seconds_of(LOW, samples[:, 1]) == pytest.approx(1.0, abs=0.06)


# --- who answered ----------------------------------------------------------------------------------------------------


async def test_a_machine_is_told_beside_the_conversation(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    dial = Dial(action="/done")
    dial.number(CALLEE, machine_detection="DetectMessageEnd", amd_status_callback="/amd", status_callback="/leg")
    response = VoiceResponse()
    response.append(dial)
    customer.pages["/voice"] = str(response)
    line, answered = await bridged(twilio, caller, answered_by="machine_end_beep")
    await answered.play(tone_line(HIGH, 0.5))
    await line.silence(0.1)
    assert seconds_of(HIGH, line.heard.pcm) > 0.4, "the bridge does not wait for the verdict"
    await line.silence(9.0)
    await line.hang_up()
    await twilio.wait_until_idle()
    [child] = twilio.client().calls.list(parent_call_sid=line.call_sid)
    assert customer.forms("/amd") == [
        {
            "AccountSid": twilio.account_sid,
            "CallSid": child.sid,
            "AnsweredBy": "machine_end_beep",
            "MachineDetectionDuration": "6500",
        }
    ]
    assert child.answered_by == "machine_end_beep"
    assert customer.forms("/leg")[0]["AnsweredBy"] == "machine_end_beep"


# --- streams ---------------------------------------------------------------------------------------------------------


async def test_a_fork_of_the_caller_carries_both_parties(
    twilio: TwilioEmulator, customer: Customer, caller: Handset, streams: StreamApp
) -> None:
    response = VoiceResponse()
    start = Start()
    start.stream(url=streams.url, track="both_tracks")
    response.append(start)
    response.dial(CALLEE)
    customer.pages["/voice"] = str(response)
    line, answered = await bridged(twilio, caller)
    await converse(line, answered)
    await line.hang_up()
    await twilio.wait_until_idle()
    tracks: dict[str, list[dict]] = {"inbound": [], "outbound": []}
    for message in streams.of("media"):
        tracks[message["media"]["track"]].append(message)
    assert len(tracks["inbound"]) == len(tracks["outbound"]) > 100
    [sid] = {message["streamSid"] for message in streams.of("start")}
    heard = {track: streams.audio(stream_sid=sid, track=track) for track in tracks}
    assert tone_line(LOW, 1.0) in heard["inbound"]
    assert tone_line(HIGH, 1.0) in heard["outbound"]


# --- REST ------------------------------------------------------------------------------------------------------------


async def test_a_leg_is_a_call_like_any_in_rest(twilio: TwilioEmulator, customer: Customer, caller: Handset) -> None:
    customer.pages["/voice"] = dialling(caller_id=NUMBER)
    line, answered = await bridged(twilio, caller)
    client = twilio.client()
    [child] = client.calls.list(parent_call_sid=line.call_sid, status="in-progress")
    assert client.calls(child.sid).fetch().to_formatted == "(555) 777-0002"
    assert child.phone_number_sid == client.incoming_phone_numbers.list()[0].sid
    assert child.sid in {call.sid for call in client.calls.list(to=CALLEE)}
    assert client.calls.list(parent_call_sid=child.sid) == []
    with pytest.raises(TwilioRestException):
        client.calls(child.sid).delete()
    client.calls(child.sid).update(status="completed")
    await line.wait_until("completed")
    assert answered.status == "completed"
    assert customer.forms("/done")[0]["DialCallStatus"] == "completed"
    assert client.calls(child.sid).delete()
    assert client.calls.list(parent_call_sid=line.call_sid) == []


async def test_a_leg_that_is_being_screened_can_be_redirected(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    dial = Dial(action="/done")
    dial.number(CALLEE, url="/screen")
    response = VoiceResponse()
    response.append(dial)
    customer.pages |= {"/voice": str(response), "/screen": "<Response><Pause length='60'/></Response>"}
    line, answered = await bridged(twilio, caller)
    await line.silence(1.0)
    [child] = twilio.client().calls.list(parent_call_sid=line.call_sid)
    child.update(twiml="<Response><Play digits='8'/><Pause length='2'/></Response>")
    assert await answered.wait_for_digits(1) == "8"
    await answered.wait_until("completed")
    await line.wait_until("completed")
    [form] = customer.forms("/done")
    assert (form["DialCallStatus"], form["DialBridged"]) == ("completed", "false")


async def test_a_screening_may_not_dial(twilio: TwilioEmulator, customer: Customer, caller: Handset) -> None:
    dial = Dial(action="/done")
    dial.number(CALLEE, url="/screen")
    response = VoiceResponse()
    response.append(dial)
    customer.pages |= {"/voice": str(response), "/screen": f"<Response><Dial>{CALLER}</Dial></Response>"}
    line, answered = await bridged(twilio, caller)
    await line.wait_until("completed")
    [child] = twilio.client().calls.list(parent_call_sid=line.call_sid)
    assert [notification.error_code for notification in child.notifications.list()] == ["13201"]
    assert answered.status == "completed"
    assert customer.forms("/done")[0]["DialBridged"] == "false"


async def test_a_call_placed_by_rest_dials_as_well(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.add_number(NUMBER)
    first, second = twilio.handset(CALLER), twilio.handset(CALLEE)
    call = twilio.client().calls.create(to=CALLER, from_=NUMBER, twiml=f"<Response><Dial>{CALLEE}</Dial></Response>")
    line = await first.next_call()
    answered = await second.next_call()
    await answered.wait_until("in-progress")
    await converse(line, answered)
    assert seconds_of(LOW, answered.heard.pcm) == pytest.approx(1.0, abs=0.06)
    await answered.hang_up()
    await twilio.wait_for_call(call.sid)
    [child] = twilio.client().calls.list(parent_call_sid=call.sid)
    assert (child._from, child.to) == (NUMBER, CALLEE)


async def test_a_callee_may_dial_on_when_the_caller_has_left(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    """A warm hand-over: the leg is redirected to a Dial of its own."""
    customer.pages["/voice"] = dialling()
    line, answered = await bridged(twilio, caller)
    third = twilio.handset("+15557770003")
    [child] = twilio.client().calls.list(parent_call_sid=line.call_sid)
    child.update(twiml="<Response><Dial>+15557770003</Dial></Response>")
    reached = await third.next_call()
    await reached.wait_until("in-progress")
    await line.wait_until("completed")
    await converse(answered, reached)
    assert seconds_of(LOW, reached.heard.pcm) == pytest.approx(1.0, abs=0.06)
    await reached.hang_up()
    await answered.wait_until("completed")
    [grandchild] = twilio.client().calls.list(parent_call_sid=child.sid)
    assert (grandchild.direction, grandchild.status) == ("outbound-dial", "completed")


async def test_a_screening_that_cannot_be_had_is_told_to_whoever_answered_and_is_no_bridge(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    dial = Dial(action="/done")
    dial.number(CALLEE, url="/screen")
    response = VoiceResponse()
    response.append(dial)
    customer.pages |= {"/voice": str(response), "/screen": (500, "broken")}
    line, answered = await bridged(twilio, caller)
    await line.wait_until("completed")
    [child] = twilio.client().calls.list(parent_call_sid=line.call_sid)
    assert spoken(twilio, child.sid) == ["We're sorry, an application error has occurred. Goodbye."]
    assert [notification.error_code for notification in child.notifications.list()] == ["11200"]
    assert answered.status == "completed"
    assert customer.forms("/done")[0]["DialBridged"] == "false"


async def test_a_caller_whom_rest_redirects_while_it_rings_leaves_nobody_ringing(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    customer.pages["/voice"] = dialling()
    callee = twilio.handset(CALLEE, behavior="ring")
    line = await caller.dial(NUMBER)
    ringing = await callee.next_call()
    await line.silence(2.0)
    twilio.client().calls(line.call_sid).update(twiml="<Response><Pause length='2'/></Response>")
    await ringing.wait_until("canceled")
    await line.wait_until("completed")
    assert not np.abs(line.heard.pcm[-8000:]).max(), "the ringing has stopped"
    assert customer.forms("/done") == []
