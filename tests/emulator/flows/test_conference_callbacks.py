"""What the app is told of a conference: every event, every parameter, in order."""

import asyncio
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from conference_bench import EVERYTHING, ROOM, Meeting
from customer import Customer
from journal_views import codes
from sounds import tone_line

from twilio_emulator import TwilioEmulator

OF_THE_CONFERENCE = {
    "ConferenceSid", "FriendlyName", "AccountSid", "SequenceNumber", "Timestamp", "StatusCallbackEvent",
}  # fmt: skip
OF_A_PARTICIPANT = {"CallSid", "Muted", "Hold", "Coaching", "EndConferenceOnExit", "StartConferenceOnEnter"}


@pytest.fixture
def meeting(twilio: TwilioEmulator, customer: Customer) -> Meeting:
    return Meeting(twilio, customer)


def subscribed(events: str = EVERYTHING, **attributes: Any) -> dict[str, Any]:
    return {"status_callback": "/events", "status_callback_event": events} | attributes


async def test_a_conference_is_told_from_its_first_participant_to_its_end(meeting: Meeting) -> None:
    first = await meeting.join(**subscribed(participant_label="first"))
    second = await meeting.join()
    await second.hang_up()
    await first.hang_up()
    await meeting.twilio.wait_until_idle()
    forms = meeting.customer.forms("/events")
    assert meeting.told == [
        "participant-join", "participant-join", "conference-start", "participant-leave", "participant-leave",
        "conference-end",
    ]  # fmt: skip
    assert [form["SequenceNumber"] for form in forms] == ["1", "2", "3", "4", "5", "6"]
    for form in forms:
        assert form.keys() >= OF_THE_CONFERENCE
        assert (form["FriendlyName"], form["ConferenceSid"]) == (ROOM, meeting.conference.sid)
        assert form["AccountSid"] == meeting.twilio.account_sid
        assert parsedate_to_datetime(form["Timestamp"]).tzinfo is not None
    join, _, start, left, _, end = forms
    assert join == {name: join[name] for name in OF_THE_CONFERENCE} | {
        "CallSid": first.call_sid,
        "Muted": "false",
        "Hold": "false",
        "Coaching": "false",
        "EndConferenceOnExit": "false",
        "StartConferenceOnEnter": "true",
        "ParticipantLabel": "first",
    }
    assert set(start) == OF_THE_CONFERENCE
    assert set(left) == OF_THE_CONFERENCE | OF_A_PARTICIPANT | {"ParticipantCallStatus", "ReasonParticipantLeft"}
    assert (left["CallSid"], left["ParticipantCallStatus"], left["ReasonParticipantLeft"]) == (
        second.call_sid,
        "completed",
        "participant_hung_up",
    )
    assert set(end) == OF_THE_CONFERENCE | {
        "CallSidEndingConference", "ParticipantLabelEndingConference", "ReasonConferenceEnded", "Reason",
    }  # fmt: skip
    assert end["CallSidEndingConference"] == first.call_sid
    assert (end["ParticipantLabelEndingConference"], end["ReasonConferenceEnded"]) == ("first", "last-participant-left")


@pytest.mark.parametrize(
    ("ends_by", "reason", "others_left_because"),
    [
        ("hang-up", "participant-with-end-conference-on-exit-left", "moderator_ended_conference"),
        ("kick", "participant-with-end-conference-on-exit-kicked", "moderator_ended_conference"),
        ("rest", "conference-ended-via-api", "conference_ended_via_api"),
    ],
)
async def test_everybody_leaves_before_the_end_and_says_why(
    meeting: Meeting, ends_by: str, reason: str, others_left_because: str
) -> None:
    await meeting.join(**subscribed("leave end"))
    moderator = await meeting.join(end_conference_on_exit=True)
    if ends_by == "hang-up":
        await moderator.hang_up()
    elif ends_by == "kick":
        meeting.participant(moderator).delete()
    else:
        meeting.conference.update(status="completed")
    await meeting.twilio.wait_until_idle()
    assert meeting.told == ["participant-leave", "participant-leave", "conference-end"]
    *left, end = meeting.customer.forms("/events")
    assert end["ReasonConferenceEnded"] == reason
    assert ("CallSidEndingConference" in end) == (ends_by != "rest")
    assert [form["ReasonParticipantLeft"] for form in left][-1] == others_left_because
    assert left[-1]["ParticipantCallStatus"] == "in-progress"


async def test_what_rest_does_to_a_participant_is_told(meeting: Meeting, customer: Customer) -> None:
    agent = await meeting.join(**subscribed("mute hold modify"))
    coach = await meeting.join()
    participant = meeting.participant(coach)
    for changes in (
        {"muted": True}, {"muted": True}, {"muted": False}, {"hold": True}, {"hold": True}, {"hold": False},
        {"beep_on_exit": True}, {"end_conference_on_exit": True}, {"wait_url": f"{customer.url}/wait"},
        {"call_sid_to_coach": agent.call_sid},
    ):  # fmt: skip
        participant.update(**changes)
    await coach.silence(0.1)
    assert meeting.told == [
        "participant-mute", "participant-unmute", "participant-hold", "participant-unhold", "participant-modify",
        "participant-modify", "participant-modify", "participant-modify",
    ]  # fmt: skip
    forms = meeting.customer.forms("/events")
    assert (forms[0]["Muted"], forms[1]["Muted"], forms[2]["Hold"], forms[3]["Hold"]) == ("true", "false") * 2
    assert forms[5]["EndConferenceOnExit"] == "true"
    assert (forms[7]["Coaching"], forms[7]["CallSidToCoach"]) == ("true", agent.call_sid)
    assert {form["CallSid"] for form in forms} == {coach.call_sid}


async def test_speech_is_told_as_it_begins_and_ends_but_not_of_who_is_muted(meeting: Meeting) -> None:
    first = await meeting.join(**subscribed("speaker"))
    second = await meeting.join(muted=True)
    for line in (first, second):
        await line.play(tone_line(440, 1.0))
        await line.silence(1.0)
    assert meeting.told == ["participant-speech-start", "participant-speech-stop"]
    assert {form["CallSid"] for form in meeting.customer.forms("/events")} == {first.call_sid}


async def test_announcements_are_told_when_they_have_been_heard(meeting: Meeting, customer: Customer) -> None:
    customer.pages |= {"/long": "<Response><Pause length='30'/></Response>", "/short": "<Response><Pause/></Response>"}
    first = await meeting.join(**subscribed("announcement"))
    second = await meeting.join()
    meeting.conference.update(announce_url=f"{customer.url}/short")
    meeting.participant(first).update(announce_url=f"{customer.url}/short")
    await first.silence(2.0)
    of_all, of_one = meeting.customer.forms("/events")
    assert of_all["StatusCallbackEvent"] == of_one["StatusCallbackEvent"] == "announcement-end"
    assert set(of_all) == OF_THE_CONFERENCE | {"AnnounceUrl"}
    assert set(of_one) == OF_THE_CONFERENCE | OF_A_PARTICIPANT | {"AnnounceUrl"}
    assert (of_one["CallSid"], of_one["AnnounceUrl"]) == (first.call_sid, f"{customer.url}/short")
    for announce in (meeting.conference.update, meeting.participant(second).update):
        announce(announce_url=f"{customer.url}/long")
        announce(announce_url=f"{customer.url}/short")
    await first.silence(2.0)
    assert [form["AnnounceUrl"].rsplit("/", 1)[1] for form in meeting.customer.forms("/events")[2:]] == [
        "long", "long", "short", "short",
    ]  # fmt: skip


async def test_an_announcement_that_cannot_be_had_is_told_too(meeting: Meeting, customer: Customer) -> None:
    customer.pages["/announce"] = "<Response><Dial>+15550009999</Dial></Response>"
    first, _ = await meeting.join(**subscribed("announcement")), await meeting.join()
    meeting.conference.update(announce_url=f"{customer.url}/announce")
    meeting.participant(first).update(announce_url=f"{customer.url}/nothing")
    await first.silence(0.5)
    assert codes(meeting.twilio)[0] == 13238
    forms = meeting.customer.forms("/events")
    assert [form["StatusCallbackEvent"] for form in forms] == ["announcement-fail", "announcement-end"]
    assert "does not belong" in forms[0]["ReasonAnnouncementFailed"]


async def test_an_announcement_to_who_hangs_up_does_not_describe_it_any_more(
    meeting: Meeting, customer: Customer
) -> None:
    customer.pages["/long"] = "<Response><Pause length='30'/></Response>"
    first, second = await meeting.join(**subscribed("announcement")), await meeting.join()
    meeting.participant(second).update(announce_url=f"{customer.url}/long")
    await second.hang_up()
    await first.silence(0.1)
    [form] = meeting.customer.forms("/events")
    assert (form["StatusCallbackEvent"], "CallSid" in form) == ("announcement-end", False)


async def test_only_what_the_first_participant_subscribed_to_is_told(meeting: Meeting) -> None:
    await meeting.join(**subscribed("start"), status_callback_method="GET")
    last = await meeting.join(status_callback="/others", status_callback_event="join leave")
    await last.silence(0.1)
    assert meeting.told == ["conference-start"]
    assert meeting.customer.forms("/events")[0]["SequenceNumber"] == "3"
    assert meeting.customer.seen[-1].method == "GET"
    assert meeting.customer.forms("/others") == []


async def test_a_conference_whose_first_participant_wants_no_callbacks_has_none(meeting: Meeting) -> None:
    await meeting.join(status_callback="/events")
    last = await meeting.join(**subscribed())
    await last.silence(0.1)
    assert meeting.customer.forms("/events") == []


async def test_a_callback_that_is_refused_is_a_problem_and_nothing_more(meeting: Meeting, customer: Customer) -> None:
    customer.pages["/events"] = (500, "no")
    first = await meeting.join(**subscribed("join"))
    await first.silence(0.1)
    assert codes(meeting.twilio) == [16011]
    assert first.status == "in-progress"


async def test_a_callback_url_that_is_none_is_told_and_costs_no_more(meeting: Meeting) -> None:
    line = await meeting.join(status_callback="ftp://app.example/", status_callback_event="join")
    await asyncio.gather(line.silence(0.1))
    assert codes(meeting.twilio) == [16002]
    assert meeting.conference.status == "init"
