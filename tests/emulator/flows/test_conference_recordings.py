"""Recording a conference: when it begins, what is in the file, and what the app is told."""

import asyncio
import io
import time

import numpy as np
import pytest
import requests
import soundfile
from conference_bench import Meeting
from customer import Customer
from sounds import seconds_of, tone_line
from twilio.base.exceptions import TwilioRestException

from twilio_emulator import TwilioEmulator

EVENTS = "in-progress completed absent"


@pytest.fixture
def meeting(twilio: TwilioEmulator, customer: Customer) -> Meeting:
    return Meeting(twilio, customer)


def audio(url: str) -> np.ndarray:
    response = requests.get(url, timeout=10)
    assert response.status_code == 200
    pcm, rate = soundfile.read(io.BytesIO(response.content), dtype="int16", always_2d=True)
    assert (rate, pcm.shape[1]) == (8000, 1)
    return pcm[:, 0]


async def recorded(meeting: Meeting, **attributes: object) -> None:
    attributes = {"recording_status_callback": "/recording", "recording_status_callback_event": EVENTS} | attributes
    await meeting.join(record="record-from-start", **attributes)


async def test_what_everybody_hears_is_recorded_from_the_start_on(meeting: Meeting) -> None:
    await recorded(meeting, trim="do-not-trim", wait_url=None)
    [first] = meeting.lines
    await first.play(tone_line(600, 0.5))
    assert meeting.customer.forms("/recording") == []
    second = await meeting.join()
    listener = await meeting.join()
    await asyncio.gather(first.play(tone_line(440, 1.0)), second.play(tone_line(800, 1.0)), listener.silence(1.0))
    await asyncio.gather(*(line.silence(0.2) for line in meeting.lines))
    heard = listener.heard.pcm
    for line in meeting.lines:
        await line.hang_up()
    await meeting.twilio.wait_until_idle()
    begun, done = meeting.customer.forms("/recording")
    pcm = audio(done["RecordingUrl"])
    assert seconds_of(600, pcm) == 0, "the time before the start is not recorded"
    loud = np.flatnonzero(pcm)
    sounding = pcm[loud[0] : loud[-1]]
    assert len(sounding) == pytest.approx(8000, abs=400)
    assert sounding.tobytes() in heard.tobytes(), "it is what one hears who only listens"
    assert begun == {
        "AccountSid": meeting.twilio.account_sid,
        "ConferenceSid": meeting.conference.sid,
        "RecordingSid": done["RecordingSid"],
        "RecordingUrl": done["RecordingUrl"],
        "RecordingStatus": "in-progress",
        "RecordingChannels": "1",
        "RecordingStartTime": done["RecordingStartTime"],
        "RecordingSource": "Conference",
        "ErrorCode": "0",
    }
    assert (done["RecordingStatus"], done["RecordingDuration"]) == ("completed", str(round(len(pcm) / 8000)))


async def test_the_old_callback_tells_of_the_end_where_the_new_one_is_not_asked_for(meeting: Meeting) -> None:
    for callback in ("", "/recording"):
        await recorded(meeting, event_callback_url="/old", recording_status_callback=callback)
        speaker = await meeting.join()
        await speaker.play(tone_line(440, 1.0))
        meeting.conference.update(status="completed")
        await meeting.twilio.wait_until_idle()
    [form] = meeting.customer.forms("/old")
    assert (form["EventName"], form["Duration"]) == ("conference-record-end", "1")
    assert int(form["RecordingFileSize"]) == len(requests.get(form["RecordingUrl"], timeout=10).content)


async def test_silence_at_both_ends_is_trimmed_unless_otherwise_said(meeting: Meeting) -> None:
    await recorded(meeting)
    second = await meeting.join()
    await second.silence(1.0)
    await second.play(tone_line(440, 1.0))
    await second.silence(1.0)
    meeting.conference.update(status="completed")
    await meeting.twilio.wait_until_idle()
    assert len(audio(meeting.customer.forms("/recording")[-1]["RecordingUrl"])) == pytest.approx(8000, abs=320)


async def test_a_conference_in_which_nobody_speaks_leaves_an_absent_recording(meeting: Meeting) -> None:
    await recorded(meeting)
    second = await meeting.join()
    await second.silence(1.0)
    meeting.conference.update(status="completed")
    await meeting.twilio.wait_until_idle()
    form = meeting.customer.forms("/recording")[-1]
    assert (form["RecordingStatus"], form["ErrorCode"]) == ("absent", "16102")


async def test_a_dial_around_it_records_what_one_call_says_and_hears(meeting: Meeting) -> None:
    first = await meeting.join(dial={"record": "record-from-answer-dual", "action": "/done"})
    second = await meeting.join()
    await first.play(tone_line(440, 0.5))
    await second.play(tone_line(600, 0.5))
    meeting.conference.update(status="completed")
    await meeting.twilio.wait_until_idle()
    [form] = meeting.customer.forms("/done")
    response = requests.get(form["RecordingUrl"], timeout=10)
    pcm, _ = soundfile.read(io.BytesIO(response.content), dtype="int16", always_2d=True)
    said, heard = pcm[:, 0], pcm[:, 1]
    assert (seconds_of(440, said), seconds_of(600, heard)) == (pytest.approx(0.5, abs=0.05),) * 2
    assert (seconds_of(600, said), seconds_of(440, heard)) == (0, 0)
    [recording] = meeting.twilio.client().calls(first.call_sid).recordings.list()
    assert (recording.source, recording.conference_sid) == ("DialVerb", None)


async def test_a_coach_is_not_recorded(meeting: Meeting) -> None:
    await recorded(meeting)
    agent = await meeting.join()
    coach = await meeting.join(coach=agent.call_sid)
    await coach.play(tone_line(600, 0.5))
    await agent.play(tone_line(440, 0.5))
    await agent.silence(0.2)
    meeting.conference.update(status="completed")
    await meeting.twilio.wait_until_idle()
    pcm = audio(meeting.customer.forms("/recording")[-1]["RecordingUrl"])
    assert (seconds_of(600, pcm), seconds_of(440, pcm)) == (0, pytest.approx(0.5, abs=0.05))


async def test_one_that_asks_for_it_later_is_recorded_from_then_on(meeting: Meeting) -> None:
    first, _ = await meeting.join(), await meeting.join()
    await first.play(tone_line(600, 0.5))
    await recorded(meeting)
    await meeting.join(record="record-from-start")
    await first.play(tone_line(440, 0.5))
    meeting.conference.update(status="completed")
    await meeting.twilio.wait_until_idle()
    [recording] = meeting.conference.recordings.list()
    pcm = audio(meeting.twilio.client().recordings(recording.sid).fetch().media_url)
    assert (seconds_of(600, pcm), seconds_of(440, pcm)) == (0, pytest.approx(0.5, abs=0.1))


async def test_rest_pauses_resumes_and_stops_it(meeting: Meeting) -> None:
    await recorded(meeting)
    speaker = await meeting.join()
    recordings = meeting.conference.recordings
    await speaker.play(tone_line(440, 0.5))
    await speaker.silence(0.1)
    assert recordings("Twilio.CURRENT").update(status="paused", pause_behavior="skip").status == "paused"
    await speaker.play(tone_line(600, 0.5))
    await speaker.silence(0.1)
    assert recordings("Twilio.CURRENT").update(status="in-progress").status == "in-progress"
    await speaker.play(tone_line(440, 0.5))
    await speaker.silence(0.1)
    [recording] = recordings.list()
    assert (recording.source, recording.conference_sid) == ("Conference", meeting.conference.sid)
    assert recordings(recording.sid).update(status="stopped").status == "stopped"
    await speaker.play(tone_line(600, 0.5))
    with pytest.raises(TwilioRestException) as refusal:
        recordings(recording.sid).update(status="paused")
    assert refusal.value.code == 21220
    pcm = audio(meeting.customer.forms("/recording")[-1]["RecordingUrl"])
    assert (seconds_of(440, pcm), seconds_of(600, pcm)) == (pytest.approx(1.0, abs=0.1), 0)


async def test_it_belongs_to_the_conference_and_not_to_a_call(meeting: Meeting) -> None:
    await recorded(meeting)
    speaker = await meeting.join()
    await speaker.play(tone_line(440, 0.5))
    client = meeting.twilio.client()
    [recording] = meeting.conference.recordings.list()
    assert client.calls(recording.call_sid).recordings.list() == []
    assert [one.sid for one in client.recordings.list(conference_sid=meeting.conference.sid)] == [recording.sid]
    with pytest.raises(TwilioRestException) as refusal:
        meeting.conference.recordings(recording.sid).delete()
    assert refusal.value.code == 20009
    for line in meeting.lines:
        await line.hang_up()
    await meeting.twilio.wait_until_idle()
    assert meeting.conference.recordings(recording.sid).delete()
    assert meeting.conference.recordings.list() == []


async def test_eight_silent_participants_cost_next_to_nothing(meeting: Meeting) -> None:
    """A guard: a minute of silence of eight legs and their conference takes little of the machine's time."""
    for _ in range(8):
        await meeting.join()
    began = time.process_time()
    await meeting.lines[0].silence(60)
    assert time.process_time() - began < 10
