"""Recording a call: what is in the file, and what the app is told."""

import io
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
import soundfile
from customer import Customer
from journal_views import codes
from sounds import seconds_of, tone_line
from twilio.base.exceptions import TwilioRestException

from twilio_emulator import Handset, Line, TwilioEmulator
from twilio_emulator.journal import RecordingMoved
from twilio_emulator.quirks import Quirks

NUMBER = "+15550001111"
CALLEE = "+15557770001"
HELLO = tone_line(440, 1.0)
DOC = Path(__file__).parents[3] / "docs" / "rest.md"
EVENTS = ["in-progress", "completed", "absent"]


@pytest.fixture
def phone(twilio: TwilioEmulator) -> Handset:
    """Rings until the test answers."""
    twilio.add_number(NUMBER)
    return twilio.handset(CALLEE, behavior="ring")


async def answered(
    twilio: TwilioEmulator, customer: Customer, phone: Handset, *, verbs: str = "<Pause length='60'/>", **more: object
) -> Line:
    more.setdefault("recording_status_callback", f"{customer.url}/recording")
    more.setdefault("recording_status_callback_event", EVENTS)
    twilio.client().calls.create(
        to=CALLEE,
        from_=NUMBER,
        twiml=f"<Response>{verbs}</Response>",
        status_callback=f"{customer.url}/status",
        **more,
    )
    line = await phone.next_call()
    await line.answer()
    return line


def samples(content: bytes) -> np.ndarray:
    pcm, rate = soundfile.read(io.BytesIO(content), dtype="int16", always_2d=True)
    assert rate == 8000
    return pcm


def fetched(url: str, *, method: str = "GET", auth: tuple[str, str] | None = None) -> requests.Response:
    return requests.request(method, url, auth=auth, timeout=10)


def downloaded(url: str) -> bytes:
    response = fetched(url)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "audio/x-wav")
    return response.content


async def test_two_channels_hold_exactly_what_both_sides_said(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(
        twilio,
        customer,
        phone,
        verbs="<Pause/><Say>Hello there.</Say>",
        record=True,
        recording_channels="dual",
        trim="do-not-trim",
    )
    await line.play(HELLO)
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    [done] = [form for form in customer.forms("/recording") if form["RecordingStatus"] == "completed"]
    pcm = samples(downloaded(done["RecordingUrl"]))
    assert pcm.shape == (len(line.said.pcm), 2)
    assert (pcm[:, 0] == line.said.pcm).all()
    assert (pcm[:, 1] == line.heard.pcm).all()


async def test_the_app_is_told_of_the_beginning_and_of_the_file(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone, record=True)
    await line.play(HELLO * 2)
    await line.hang_up()
    await twilio.wait_until_idle()
    begun, done = customer.forms("/recording")
    assert (begun["RecordingStatus"], done["RecordingStatus"]) == ("in-progress", "completed")
    assert "RecordingDuration" not in begun
    sid = done["RecordingSid"]
    base = f"{twilio.base_url}/2010-04-01/Accounts/{twilio.account_sid}/Recordings/{sid}"
    assert done == {
        "AccountSid": twilio.account_sid,
        "CallSid": line.call_sid,
        "RecordingSid": sid,
        "RecordingUrl": base,
        "RecordingStatus": "completed",
        "RecordingDuration": "2",
        "RecordingChannels": "1",
        "RecordingStartTime": begun["RecordingStartTime"],
        "RecordingSource": "OutboundAPI",
        "RecordingTrack": "both",
        "ErrorCode": "0",
    }
    [status] = customer.forms("/status")
    assert (status["RecordingUrl"], status["RecordingSid"], status["RecordingDuration"]) == (base, sid, "2")
    assert [seen.path for seen in customer.seen] == ["/recording", "/status", "/recording"]


async def test_nobody_is_told_of_what_was_not_subscribed_to(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone, record=True, recording_status_callback_event=[])
    await line.play(HELLO)
    await line.hang_up()
    await twilio.wait_until_idle()
    assert [form["RecordingStatus"] for form in customer.forms("/recording")] == ["completed"]


async def test_silence_at_both_ends_is_trimmed_from_a_call_that_was_placed_to_be_recorded(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone, record=True)
    await line.silence(1.0)
    await line.play(HELLO)
    await line.silence(1.0)
    await line.hang_up()
    await twilio.wait_until_idle()
    url = customer.forms("/recording")[-1]["RecordingUrl"]
    pcm = samples(downloaded(url))[:, 0]
    assert len(pcm) == 8000
    assert seconds_of(440, pcm) == pytest.approx(1.0, abs=0.04)


async def test_a_call_in_which_nobody_speaks_leaves_an_absent_recording(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone, record=True)
    await line.silence(1.0)
    await line.hang_up()
    await twilio.wait_until_idle()
    form = customer.forms("/recording")[-1]
    assert (form["RecordingStatus"], form["ErrorCode"], form["RecordingDuration"]) == ("absent", "16102", "0")
    assert codes(twilio) == [16102]
    [recording] = twilio.client().recordings.list()
    assert (recording.status, recording.error_code, recording.duration) == ("absent", 16102, "0")
    assert "RecordingUrl" not in customer.forms("/status")[0]
    assert fetched(recording.media_url).json()["code"] == 20404


async def test_a_recording_that_is_stopped_as_it_begins_is_too_short(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone)
    call = twilio.client().calls(line.call_sid)
    recording = call.recordings.create()
    assert call.recordings(recording.sid).update(status="stopped").status == "stopped"
    found = call.recordings(recording.sid).fetch()
    assert (found.status, found.error_code) == ("absent", 16101)


async def test_a_call_that_is_not_recorded_has_no_recording(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone)
    await line.hang_up()
    await twilio.wait_until_idle()
    assert twilio.client().recordings.list() == []
    assert customer.forms("/recording") == []
    assert "without Record=true" in twilio.timeline()


async def test_rest_records_pauses_resumes_and_stops(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone)
    call = twilio.client().calls(line.call_sid)
    recording = call.recordings.create(
        recording_status_callback=f"{customer.url}/mine",
        recording_status_callback_event=["in-progress completed"],
        recording_track="inbound",
    )
    assert (recording.status, recording.source, recording.duration) == ("in-progress", "StartCallRecordingAPI", None)
    for behavior, hertz in (("silence", 600), ("skip", 800)):
        await line.play(tone_line(440, 1.0))
        assert call.recordings("Twilio.CURRENT").update(status="paused", pause_behavior=behavior).status == "paused"
        await line.play(tone_line(hertz, 1.0))
        assert call.recordings("Twilio.CURRENT").update(status="in-progress").status == "in-progress"
    await line.play(tone_line(440, 1.0))
    assert call.recordings(recording.sid).update(status="stopped").status == "stopped"
    await line.play(tone_line(1000, 1.0))
    await line.hang_up()
    await twilio.wait_until_idle()
    begun, done = customer.forms("/mine")
    assert (begun["RecordingSource"], begun["RecordingTrack"]) == ("StartCallRecordingAPI", "inbound")
    pcm = samples(downloaded(done["RecordingUrl"]))[:, 0]
    assert len(pcm) == pytest.approx(4 * 8000, abs=800)
    assert seconds_of(440, pcm) == pytest.approx(3.0, abs=0.1)
    assert seconds_of(600, pcm) < 0.1
    assert seconds_of(800, pcm) < 0.1
    assert seconds_of(1000, pcm) < 0.1
    statuses = [entry.status for entry in twilio.journal.of(RecordingMoved, call_sid=line.call_sid)]
    assert statuses == [
        "in-progress", "paused", "in-progress", "paused", "in-progress", "stopped", "completed",
    ]  # fmt: skip
    assert "RecordingUrl" not in customer.forms("/status")[0], "only Record=true puts it there"


async def test_twilio_current_does_not_say_which_of_two(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone, record=True)
    call = twilio.client().calls(line.call_sid)
    second = call.recordings.create()
    with pytest.raises(TwilioRestException) as refusal:
        call.recordings("Twilio.CURRENT").update(status="paused")
    assert (refusal.value.status, refusal.value.code) == (400, 16108)
    call.recordings(second.sid).update(status="stopped")
    assert call.recordings("Twilio.CURRENT").update(status="paused").sid != second.sid


async def test_a_recording_that_has_ended_cannot_be_changed_and_one_that_runs_cannot_be_deleted(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone, record=True)
    call = twilio.client().calls(line.call_sid)
    [recording] = call.recordings.list()
    with pytest.raises(TwilioRestException) as refusal:
        recording.delete()
    assert (refusal.value.status, refusal.value.code) == (409, 20009)
    await line.play(HELLO)
    await line.hang_up()
    await twilio.wait_until_idle()
    with pytest.raises(TwilioRestException) as refusal:
        recording.update(status="paused")
    assert (refusal.value.status, refusal.value.code) == (400, 21220)


async def test_a_recording_can_be_heard_as_mp3_and_on_one_channel(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone, record=True, recording_channels="dual")
    await line.play(HELLO)
    await line.hang_up()
    await twilio.wait_until_idle()
    [recording] = twilio.client().recordings.list(call_sid=line.call_sid)
    mp3 = fetched(f"{recording.media_url}.mp3")
    assert mp3.headers["Content-Type"] == "audio/mpeg"
    pcm, rate = soundfile.read(io.BytesIO(mp3.content), dtype="int16")
    assert rate == 8000
    assert seconds_of(440, pcm[:, 0]) == pytest.approx(1.0, abs=0.1)
    wav = samples(downloaded(f"{recording.media_url}.wav"))
    assert wav.shape[1] == 2
    mixed = samples(downloaded(f"{recording.media_url}.wav?RequestedChannels=1"))
    assert (mixed[:, 0] == wav.sum(axis=1)).all()
    assert fetched(recording.media_url, method="HEAD").status_code == 200


async def test_two_channels_of_a_recording_that_has_one_are_refused(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone, record=True)
    await line.play(HELLO)
    await line.hang_up()
    await twilio.wait_until_idle()
    [recording] = twilio.client().recordings.list()
    response = fetched(f"{recording.media_url}?RequestedChannels=2")
    assert (response.status_code, response.json()["code"]) == (400, 16113)


async def test_a_deleted_recording_can_be_read_of_but_not_heard(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone, record=True)
    await line.play(HELLO)
    await line.hang_up()
    await twilio.wait_until_idle()
    client = twilio.client()
    [recording] = client.recordings.list()
    assert recording.delete()
    assert client.recordings.list() == []
    assert client.calls(line.call_sid).recordings.list() == []
    with pytest.raises(TwilioRestException):
        client.recordings(recording.sid).fetch()
    kept = client.recordings(recording.sid).fetch(include_soft_deleted=True)
    assert (kept.status, kept.duration) == ("deleted", "1")
    assert [one.sid for one in client.recordings.list(include_soft_deleted=True)] == [recording.sid]
    assert fetched(recording.media_url).status_code == 404


async def test_recordings_stay_when_their_call_is_deleted(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone, record=True)
    await line.play(HELLO)
    await line.hang_up()
    await twilio.wait_until_idle()
    client = twilio.client()
    assert client.calls(line.call_sid).delete()
    assert [recording.call_sid for recording in client.recordings.list()] == [line.call_sid]
    assert [recording.call_sid for recording in client.recordings.list(call_sid=line.call_sid)] == [line.call_sid]


async def test_an_account_may_insist_on_credentials_for_its_audio() -> None:
    async with TwilioEmulator(speed="max", speech="murmur", quirks=Quirks(media_needs_credentials=True)) as twilio:
        twilio.add_number(NUMBER)
        twilio.handset(CALLEE, script=[{"press": "1"}, {"hang_up": True}])
        call = twilio.client().calls.create(to=CALLEE, from_=NUMBER, twiml="<Response><Pause/></Response>", record=True)
        await twilio.wait_for_call(call.sid)
        [recording] = twilio.client().recordings.list()
        assert fetched(recording.media_url).status_code == 401
        credentials = (twilio.account_sid, twilio.auth_token)
        assert fetched(recording.media_url, auth=credentials).status_code == 200


async def test_a_minute_of_recording_costs_no_more_than_the_frames_it_has(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    """A guard against work that grows with what is already recorded."""
    line = await answered(twilio, customer, phone, verbs="<Pause length='600'/>", record=True, trim="do-not-trim")
    began = time.process_time()
    await line.silence(60)
    assert time.process_time() - began < 5
    await line.hang_up()
    await twilio.wait_until_idle()
    assert twilio.client().recordings.list()[0].duration == "60"


async def test_the_example_of_the_documentation_records_a_call(twilio: TwilioEmulator, customer: Customer) -> None:
    [example] = re.findall(r"```python\n(async def record.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Callable[..., Any]] = {}
    exec(example, names)
    twilio.add_number(NUMBER)
    customer.pages["/voice"] = "<Response><Pause length='5'/></Response>"
    media_url = await names["record"](twilio, f"{customer.url}/voice")
    assert len(samples(downloaded(media_url))) > 0
