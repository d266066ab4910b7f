"""Calling somebody into a conference by REST: who is called, how it comes in, and what the app is told."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conference_bench import EVERYTHING, NUMBER, ROOM, Meeting
from customer import Customer
from journal_views import codes, spoken, warnings
from sounds import seconds_of, tone_line
from twilio.base.exceptions import TwilioRestException
from twilio.rest.api.v2010.account.conference.participant import ParticipantInstance

from twilio_emulator import Line, TwilioEmulator

GUEST = "+15557779000"
DOC = Path(__file__).parents[3] / "docs" / "rest.md"


@pytest.fixture
def meeting(twilio: TwilioEmulator, customer: Customer) -> Meeting:
    return Meeting(twilio, customer)


def invite(meeting: Meeting, name: str = ROOM, **parameters: Any) -> ParticipantInstance:
    """Call a guest in; quiet unless it says otherwise."""
    quiet: dict[str, Any] = {"beep": "false", "wait_url": ""}
    participants = meeting.twilio.client().conferences(name).participants
    return participants.create(**({"to": GUEST, "from_": NUMBER} | quiet | parameters))


async def answered(meeting: Meeting, **parameters: Any) -> tuple[ParticipantInstance, Line]:
    """A guest who has picked up."""
    phone = meeting.twilio.handset(GUEST, behavior="ring")
    participant = invite(meeting, **parameters)
    line = await phone.next_call()
    await line.answer()
    return participant, line


async def test_a_guest_is_called_in_and_talks_with_who_is_there(meeting: Meeting) -> None:
    host = await meeting.join()
    phone = meeting.twilio.handset(GUEST, behavior="ring")
    participant = invite(meeting, label="guest", muted=False, end_conference_on_exit=True)
    assert (participant.status, participant.label, participant.queue_time) == ("queued", "guest", "0")
    assert participant.conference_sid == meeting.conference.sid
    call = meeting.twilio.client().calls(participant.call_sid).fetch()
    assert (call.direction, call.parent_call_sid, call.to) == ("outbound-api", None, GUEST)
    line = await phone.next_call()
    assert meeting.participant(line).status == "ringing"
    assert meeting.conference.status == "init"
    await line.answer()
    assert meeting.participant(line).status == "connected"
    assert meeting.conference.status == "in-progress"
    await line.play(tone_line(440, 0.5))
    await host.silence(0.2)
    assert seconds_of(440, host.heard.pcm) == pytest.approx(0.5, abs=0.05)
    await line.hang_up()
    assert meeting.conference.reason_conference_ended == "participant-with-end-conference-on-exit-left"
    await host.wait_until("completed")
    assert spoken(meeting.twilio) == ["You are out."]


async def test_an_application_is_called_in_with_parameters(meeting: Meeting) -> None:
    application = meeting.twilio.client().applications.create(
        voice_url=f"{meeting.customer.url}/app", friendly_name="assistant"
    )
    meeting.customer.pages["/app"] = "<Response><Play digits='7'/><Pause length='5'/></Response>"
    host = await meeting.join()
    guest = invite(meeting, to=f"app:{application.sid}?mood=good&topic=a%20question")
    assert await host.wait_for_digits(1) == "7"
    [form] = meeting.customer.forms("/app")
    assert (form["Direction"], form["ApplicationSid"]) == ("inbound", application.sid)
    assert (form["mood"], form["topic"]) == ("good", "a question")
    assert meeting.twilio.client().calls(guest.call_sid).fetch().to == f"app:{application.sid}"
    await host.hang_up()


@pytest.mark.parametrize("to", ["app:", "app:AP1", "whatsapp:+15557770001", "sim:DE" + "1" * 32])
async def test_what_is_no_application_is_refused(meeting: Meeting, to: str) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        invite(meeting, to=to)
    assert refusal.value.code == 21211


async def test_a_new_name_is_a_new_conference_as_the_first_guest_wants_it(meeting: Meeting) -> None:
    _, line = await answered(
        meeting,
        name="New room",
        region="ie1",
        conference_status_callback=f"{meeting.customer.url}/events",
        conference_status_callback_event=["start end join"],
    )
    conference = meeting.conference
    assert (conference.friendly_name, conference.status, conference.region) == ("New room", "init", "ie1")
    await line.hang_up()
    assert meeting.conference.reason_conference_ended == "last-participant-left"
    await meeting.twilio.wait_until_idle()
    assert meeting.told == ["participant-join", "conference-end"]


async def test_a_conference_ends_with_its_guests_calls(meeting: Meeting) -> None:
    """Who was called in by REST has no TwiML to go on with."""
    moderator = await meeting.join(end_conference_on_exit=True)
    _, line = await answered(meeting, name=meeting.conference.sid)
    await moderator.hang_up()
    await line.wait_until("completed")


@pytest.mark.parametrize(
    ("behavior", "status"), [("busy", "busy"), ("no-answer", "no-answer"), ("unreachable", "failed")]
)
async def test_a_guest_who_does_not_come_has_left(meeting: Meeting, behavior: str, status: str) -> None:
    host = await meeting.join(status_callback="/events", status_callback_event=EVERYTHING)
    meeting.twilio.handset(GUEST, behavior=behavior)
    participant = invite(meeting, timeout=5, end_conference_on_exit=True, label="guest")
    await meeting.twilio.wait_for_call(participant.call_sid, status)
    await host.silence(0.1)
    form = meeting.customer.forms("/events")[-1]
    assert form["StatusCallbackEvent"] == "participant-leave"
    assert (form["ReasonParticipantLeft"], form["ParticipantCallStatus"]) == ("participant_add_failed", status)
    assert (form["CallSid"], form["ParticipantLabel"]) == (participant.call_sid, "guest")
    assert host.status == "in-progress"
    assert [one.call_sid for one in meeting.conference.participants.list()] == [host.call_sid]


async def test_a_conference_that_waits_for_one_guest_only_is_over_when_that_one_does_not_come(
    meeting: Meeting,
) -> None:
    meeting.twilio.handset(GUEST, behavior="busy")
    participant = invite(meeting)
    assert meeting.conference.status == "init"
    await meeting.twilio.wait_for_call(participant.call_sid, "busy")
    assert meeting.conference.status == "completed"


async def test_a_guest_who_is_put_out_while_it_rings_is_not_called_any_more(meeting: Meeting) -> None:
    await meeting.join(status_callback="/events", status_callback_event="leave")
    phone = meeting.twilio.handset(GUEST, behavior="ring")
    participant = invite(meeting, label="guest")
    line = await phone.next_call()
    assert meeting.conference.participants("guest").delete()
    await line.wait_until("canceled")
    assert meeting.twilio.client().calls(participant.call_sid).fetch().status == "canceled"
    [form] = meeting.customer.forms("/events")
    assert (form["ParticipantCallStatus"], form["ReasonParticipantLeft"]) == (
        "canceled",
        "participant_updated_via_api",
    )


async def test_an_announcement_may_find_nobody_there_but_one_who_is_expected(meeting: Meeting) -> None:
    first, second = await meeting.join(), await meeting.join()
    meeting.twilio.handset(GUEST, behavior="ring")
    invite(meeting)
    for line in (first, second):
        await line.hang_up()
    assert meeting.conference.update(announce_url=f"{meeting.customer.url}/announce").status == "in-progress"


async def test_a_guest_who_is_expected_is_not_called_any_more_when_the_conference_ends(meeting: Meeting) -> None:
    moderator = await meeting.join(end_conference_on_exit=True)
    phone = meeting.twilio.handset(GUEST, behavior="ring")
    invite(meeting)
    line = await phone.next_call()
    await moderator.hang_up()
    await line.wait_until("canceled")


async def test_a_guest_whose_call_is_redirected_has_left_and_does_what_it_is_told(meeting: Meeting) -> None:
    host = await meeting.join(status_callback="/events", status_callback_event="leave")
    participant, line = await answered(meeting)
    meeting.twilio.client().calls(participant.call_sid).update(twiml="<Response><Say>Elsewhere.</Say></Response>")
    await line.wait_until("completed")
    assert spoken(meeting.twilio) == ["Elsewhere."]
    assert host.status == "in-progress"
    [form] = meeting.customer.forms("/events")
    assert form["ReasonParticipantLeft"] == "participant_updated_via_api"


async def test_who_is_there_hears_a_guest_ring_unless_early_media_is_off(meeting: Meeting) -> None:
    host, _ = await meeting.join(), await meeting.join()
    phone = meeting.twilio.handset(GUEST, behavior="ring")
    invite(meeting, early_media=False)
    line = await phone.next_call()
    await host.silence(1.0)
    assert np.abs(host.heard.pcm).max() == 0
    await line.reject()
    invite(meeting)
    line = await phone.next_call()
    await host.silence(1.0)
    assert np.abs(host.heard.pcm[-4000:]).max() > 1000
    await line.answer()
    await host.silence(1.0)
    assert np.abs(host.heard.pcm[-4000:]).max() == 0


async def test_a_guests_own_callbacks_tell_of_its_call(meeting: Meeting) -> None:
    events = ["initiated", "ringing", "answered", "completed"]
    _, line = await answered(meeting, status_callback=f"{meeting.customer.url}/status", status_callback_event=events)
    await line.hang_up()
    await meeting.twilio.wait_until_idle()
    told = [form["CallStatus"] for form in meeting.customer.forms("/status")]
    assert told == ["initiated", "ringing", "in-progress", "completed"]


async def test_a_guest_can_be_recorded_and_its_answerer_detected(meeting: Meeting) -> None:
    host = await meeting.join()
    participant, line = await answered(
        meeting,
        record=True,
        recording_status_callback=f"{meeting.customer.url}/recording",
        machine_detection="Enable",
        amd_status_callback=f"{meeting.customer.url}/amd",
        time_limit=60,
    )
    await host.play(tone_line(440, 0.5))
    await line.silence(3.0)
    await line.hang_up()
    await host.hang_up()
    await meeting.twilio.wait_until_idle()
    [amd] = meeting.customer.forms("/amd")
    assert (amd["AnsweredBy"], amd["CallSid"]) == ("human", participant.call_sid)
    [recording] = meeting.customer.forms("/recording")
    assert recording["RecordingSource"] == "OutboundAPI"
    assert len(meeting.twilio.client().calls(participant.call_sid).recordings.list()) == 1


async def test_what_only_calls_have_and_what_has_no_effect_is_told(meeting: Meeting) -> None:
    client = meeting.twilio.client()
    url = f"https://api.twilio.com/2010-04-01/Accounts/{client.account_sid}/Conferences/{ROOM}/Participants.json"
    form = {
        "To": GUEST, "From": NUMBER, "AsyncAmd": "true", "CallToken": "x", "EarlyMedia": "false",
        "ConferenceStatusCallback": "nowhere", "ConferenceStatusCallbackEvent": "start stop",
        "JitterBufferSize": "small", "MuteD": "true",
    }  # fmt: skip
    assert client.request("POST", url, data=form).status_code == 201
    assert codes(meeting.twilio) == [21263, 21626, 21609, 20001]
    told = warnings(meeting.twilio)
    assert "CallToken is accepted and has no effect" in told
    assert "Did you mean Muted?" in told


async def test_participants_are_listed_newest_first_and_by_what_they_do(meeting: Meeting) -> None:
    muted, held = await meeting.join(muted=True), await meeting.join()
    coach = await meeting.join(coach=held.call_sid)
    meeting.participant(held).update(hold=True)
    participants = meeting.conference.participants
    assert [one.call_sid for one in participants.list()] == [coach.call_sid, held.call_sid, muted.call_sid]
    assert [one.call_sid for one in participants.list(muted=True)] == [muted.call_sid]
    assert [one.call_sid for one in participants.list(hold=True)] == [held.call_sid]
    assert [one.call_sid for one in participants.list(coaching=True)] == [coach.call_sid]
    assert len(participants.list(muted=False)) == 2
    assert [one.call_sid for one in participants.stream(page_size=1)] == [
        coach.call_sid, held.call_sid, muted.call_sid,
    ]  # fmt: skip


async def test_the_full_conference_refuses_a_guest(meeting: Meeting) -> None:
    await meeting.join(max_participants=2)
    await meeting.join()
    with pytest.raises(TwilioRestException) as refusal:
        invite(meeting)
    assert refusal.value.code == 16020


async def test_the_example_of_the_documentation_meets(meeting: Meeting) -> None:
    [example] = re.findall(r"```python\n(async def meet.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Callable[..., Any]] = {}
    exec(example, names)
    assert await names["meet"](meeting.twilio, f"{meeting.customer.url}/events") == "last-participant-left"
    await meeting.twilio.wait_until_idle()
    assert meeting.told == ["conference-end"]
