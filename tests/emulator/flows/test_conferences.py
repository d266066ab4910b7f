"""A conference from the first caller to the last: what starts it, who hears what, and what ends it."""

import asyncio

import numpy as np
import pytest
from conference_bench import EVERYTHING, NUMBER, ROOM, Meeting, conference_twiml
from customer import Customer
from journal_views import codes, spoken
from sounds import seconds_of, tone_line
from twilio.base.exceptions import TwilioRestException

from twilio_emulator import Line, TwilioEmulator
from twilio_emulator.conferences.room import ENTRY_BEEP, EXIT_BEEP
from twilio_emulator.journal import ConferenceMoved
from twilio_emulator.media.hold_music import hold_music
from twilio_wire import g711
from twilio_wire.audio import wav_bytes

VOICE = tone_line(440, 0.5)


@pytest.fixture
def meeting(twilio: TwilioEmulator, customer: Customer) -> Meeting:
    return Meeting(twilio, customer)


async def says(line: Line, *listeners: Line, hertz: int = 440) -> None:
    """Somebody speaks for half a second, and everybody waits until it has been heard."""
    await asyncio.gather(line.play(tone_line(hertz, 0.5)), *(other.silence(0.5) for other in listeners))
    await asyncio.gather(*(one.silence(0.1) for one in (line, *listeners)))


def hears(line: Line, hertz: int = 440) -> float:
    """For how many seconds a pitch has been heard."""
    return seconds_of(hertz, line.heard.pcm)


def has_music(line: Line) -> bool:
    """Whether the beginning of Twilio's own music has been heard."""
    beginning = g711.decode(hold_music()[:3200]).tobytes()
    return beginning in line.heard.pcm.tobytes()


# --- the start --------------------------------------------------------------------------------------------------------


async def test_a_lone_caller_hears_music_until_somebody_comes(meeting: Meeting) -> None:
    first = await meeting.join(wait_url=None)
    assert meeting.conference.status == "init"
    await first.silence(1.0)
    assert has_music(first)
    second = await meeting.join()
    assert meeting.conference.status == "in-progress"
    music = len(first.heard.pcm)
    await says(second, first)
    assert hears(second) == 0
    assert seconds_of(440, first.heard.pcm[music:]) == pytest.approx(0.5, abs=0.05)
    assert np.abs(first.heard.pcm[-800:]).max() == 0


async def test_a_beep_tells_of_who_comes_and_of_who_goes(meeting: Meeting) -> None:
    first = await meeting.join(beep="true")
    second = await meeting.join(beep="true")
    await asyncio.gather(first.silence(0.5), second.silence(0.5))
    for line in (first, second):
        assert ENTRY_BEEP in line.heard.ulaw()
        assert EXIT_BEEP not in line.heard.ulaw()
    await second.hang_up()
    await first.silence(0.5)
    assert EXIT_BEEP in first.heard.ulaw()


@pytest.mark.parametrize(
    ("beep", "entry", "leaving"), [("false", False, False), ("onEnter", True, False), ("onExit", False, True)]
)
async def test_a_beep_is_played_when_it_was_asked_for(meeting: Meeting, beep: str, entry: bool, leaving: bool) -> None:
    first = await meeting.join()
    second = await meeting.join(beep=beep)
    await first.silence(0.5)
    await second.hang_up()
    await first.silence(0.5)
    heard = first.heard.ulaw()
    assert (ENTRY_BEEP in heard, EXIT_BEEP in heard) == (entry, leaving)


async def test_those_for_whom_it_does_not_start_wait_for_one_for_whom_it_does(meeting: Meeting) -> None:
    waiting = [await meeting.join(start_conference_on_enter=False) for _ in range(2)]
    await says(*waiting)
    assert meeting.conference.status == "init"
    assert hears(waiting[1]) == 0
    moderator = await meeting.join()
    assert meeting.conference.status == "in-progress"
    await says(waiting[0], waiting[1], moderator)
    assert hears(waiting[1]) == hears(moderator) == pytest.approx(0.5, abs=0.05)


async def test_a_wait_document_plays_once_and_silence_follows(meeting: Meeting, customer: Customer) -> None:
    music = tone_line(600, 0.3)
    customer.files["/music.wav"] = ("audio/wav", wav_bytes(g711.decode(music)))
    customer.pages["/wait"] = "<Response><Play>/music.wav</Play><Pause/><Say>Hold on.</Say></Response>"
    line = await meeting.join(wait_url="/wait")
    await line.silence(6.0)
    assert hears(line, 600) == pytest.approx(0.3, abs=0.05)
    assert spoken(meeting.twilio) == ["Hold on."]
    assert np.abs(line.heard.pcm[-1600:]).max() == 0
    [form] = customer.forms("/wait")
    assert (form["CallSid"], form["CallStatus"], form["ConferenceSid"]) == (
        line.call_sid,
        "in-progress",
        meeting.conference.sid,
    )


async def test_a_wait_document_that_leads_back_to_itself_plays_on(meeting: Meeting, customer: Customer) -> None:
    customer.pages["/wait"] = "<Response><Pause length='2'/><Redirect/></Response>"
    line = await meeting.join(wait_url="/wait")
    await line.silence(9.0)
    assert len(customer.forms("/wait")) == 5
    await meeting.join()
    await line.silence(9.0)
    assert len(customer.forms("/wait")) == 5, "music ends with the start"


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("<Response><Gather/></Response>", 13238),
        ("<Response><Say>Hello.</Say><Hangup/></Response>", 13238),
        ((500, "broken"), 11200),
        ("<Response>", 12100),
    ],
)
async def test_who_cannot_hear_what_it_should_while_it_waits_is_not_in(
    meeting: Meeting, customer: Customer, page: object, code: int
) -> None:
    customer.pages["/wait"] = page
    line = await meeting.join(wait_url="/wait")
    await line.wait_until("completed")
    assert code in codes(meeting.twilio)
    assert spoken(meeting.twilio) == ["You are out."]
    assert meeting.conference.status == "completed"


# --- the end ----------------------------------------------------------------------------------------------------------


async def test_a_conference_ends_with_its_last_participant(meeting: Meeting) -> None:
    first, second = await meeting.join(), await meeting.join()
    await first.hang_up()
    assert meeting.conference.status == "in-progress"
    await second.hang_up()
    conference = meeting.conference
    assert (conference.status, conference.reason_conference_ended) == ("completed", "last-participant-left")
    assert conference.call_sid_ending_conference == second.call_sid


async def test_a_moderator_takes_everybody_along_and_their_calls_go_on(meeting: Meeting, customer: Customer) -> None:
    customer.pages["/done"] = "<Response><Say>It is over.</Say></Response>"
    guest = await meeting.join(dial={"action": "/done"})
    other = await meeting.join()
    moderator = await meeting.join(end_conference_on_exit=True)
    await moderator.hang_up()
    await guest.wait_until("completed")
    await other.wait_until("completed")
    assert sorted(spoken(meeting.twilio)) == ["It is over.", "You are out."]
    conference = meeting.conference
    assert conference.reason_conference_ended == "participant-with-end-conference-on-exit-left"
    assert conference.call_sid_ending_conference == moderator.call_sid
    [form] = customer.forms("/done")
    assert (form["DialCallStatus"], form["CallSid"]) == ("answered", guest.call_sid)
    assert "DialCallSid" not in form


async def test_a_caller_who_hangs_up_still_has_its_action_asked(meeting: Meeting, customer: Customer) -> None:
    first = await meeting.join(dial={"action": "/done"})
    await meeting.join()
    await first.hang_up()
    await meeting.twilio.wait_for_call(first.call_sid)
    [form] = customer.forms("/done")
    assert (form["DialCallStatus"], form["CallStatus"]) == ("answered", "completed")


async def test_a_star_leaves_and_the_call_goes_on(meeting: Meeting) -> None:
    first = await meeting.join(dial={"hangup_on_star": True})
    second = await meeting.join()
    await first.press("1*")
    await first.wait_until("completed")
    assert spoken(meeting.twilio) == ["You are out."]
    assert second.status == "in-progress"
    assert [participant.call_sid for participant in meeting.conference.participants.list()] == [second.call_sid]


async def test_a_star_is_a_key_like_any_other_where_nobody_asked_for_it(meeting: Meeting) -> None:
    first = await meeting.join()
    await meeting.join()
    await first.press("*")
    await first.silence(1.0)
    assert first.status == "in-progress"


async def test_a_time_limit_of_the_dial_takes_the_caller_out(meeting: Meeting) -> None:
    first = await meeting.join(dial={"time_limit": 5})
    await meeting.join()
    await first.silence(4.5)
    assert spoken(meeting.twilio) == []
    await first.wait_until("completed")
    assert spoken(meeting.twilio) == ["You are out."]
    assert len(first.heard.pcm) / 8000 < 8


async def test_rest_ends_it_and_everybody_goes_on(meeting: Meeting) -> None:
    lines = [await meeting.join() for _ in range(3)]
    ended = meeting.conference.update(status="completed")
    assert (ended.status, ended.reason_conference_ended) == ("completed", "conference-ended-via-api")
    assert ended.call_sid_ending_conference is None
    for line in lines:
        await line.wait_until("completed")
    assert spoken(meeting.twilio) == ["You are out."] * 3


async def test_rest_that_redirects_a_call_takes_it_out(meeting: Meeting) -> None:
    first = await meeting.join(status_callback="/events", status_callback_event="leave")
    second = await meeting.join()
    meeting.twilio.client().calls(second.call_sid).update(twiml="<Response><Say>Elsewhere.</Say></Response>")
    await second.wait_until("completed")
    assert spoken(meeting.twilio) == ["Elsewhere."]
    assert [one.call_sid for one in meeting.conference.participants.list()] == [first.call_sid]
    [form] = meeting.customer.forms("/events")
    assert (form["ReasonParticipantLeft"], form["ParticipantCallStatus"]) == (
        "participant_updated_via_api",
        "in-progress",
    )


async def test_a_name_is_a_new_conference_when_the_last_one_is_over(meeting: Meeting) -> None:
    first = await meeting.join()
    await first.hang_up()
    earlier = meeting.conference
    await meeting.join()
    assert meeting.conference.sid != earlier.sid
    assert [one.friendly_name for one in meeting.twilio.client().conferences.list()] == [ROOM, ROOM]


async def test_the_same_name_of_another_account_is_another_conference(meeting: Meeting, customer: Customer) -> None:
    await meeting.join()
    client = meeting.twilio.client()
    sub = client.api.v2010.accounts.create(friendly_name="sub")
    customer_of_sub = client.api.v2010.accounts(sub.sid)
    number = customer_of_sub.incoming_phone_numbers.create(phone_number="+15550002222")
    phone = meeting.twilio.handset("+15557779999", behavior="ring")
    customer_of_sub.calls.create(to="+15557779999", from_=number.phone_number, twiml=conference_twiml(wait_url=""))
    line = await phone.next_call()
    await line.answer()
    [theirs] = customer_of_sub.conferences.list()
    assert (theirs.friendly_name, theirs.status) == (ROOM, "init")
    assert meeting.conference.sid != theirs.sid


# --- what does not get in ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"participant_label": "taken"}, 16025),
        ({"participant_label": "a/b"}, 16023),
        ({"participant_label": "a%2Fb"}, 16023),
        ({"participant_label": "x" * 129}, 16023),
        ({"participant_label": "CA" + "0" * 32}, 16023),
        ({"coach": "CA" + "0" * 32}, 13240),
        ({"coach": "somebody"}, 13240),
    ],
)
async def test_who_is_not_let_in_goes_on_with_the_action(
    meeting: Meeting, customer: Customer, attributes: dict[str, str], code: int
) -> None:
    customer.pages["/done"] = "<Response><Say>Sorry.</Say></Response>"
    await meeting.join(participant_label="taken")
    await meeting.join()
    refused = await meeting.join(dial={"action": "/done"}, **attributes)
    await refused.wait_until("completed")
    assert codes(meeting.twilio) == [code]
    assert spoken(meeting.twilio) == ["Sorry."]
    assert customer.forms("/done")[0]["DialCallStatus"] == "failed"
    assert len(meeting.conference.participants.list()) == 2


async def test_a_full_conference_takes_nobody_more(meeting: Meeting) -> None:
    await meeting.join(max_participants=2)
    await meeting.join(max_participants=250)
    refused = await meeting.join()
    await refused.wait_until("completed")
    assert codes(meeting.twilio) == [16020]
    assert spoken(meeting.twilio) == ["You are out."]


async def test_a_coach_for_nobody_makes_no_conference(meeting: Meeting) -> None:
    line = await meeting.join(coach="CA" + "0" * 32)
    await line.wait_until("completed")
    assert codes(meeting.twilio) == [13240]
    assert meeting.twilio.client().conferences.list() == []


async def test_who_is_on_hold_cannot_be_coached(meeting: Meeting) -> None:
    agent, _ = await meeting.join(), await meeting.join()
    meeting.participant(agent).update(hold=True)
    refused = await meeting.join(coach=agent.call_sid)
    await refused.wait_until("completed")
    assert codes(meeting.twilio) == [16027]


# --- roles ------------------------------------------------------------------------------------------------------------


async def test_who_is_muted_hears_and_is_not_heard(meeting: Meeting) -> None:
    muted, other = await meeting.join(muted=True), await meeting.join()
    await says(muted, other)
    await says(other, muted, hertz=600)
    assert (hears(other), hears(muted, 600)) == (0, pytest.approx(0.5, abs=0.05))
    assert meeting.participant(muted).update(muted=False).muted is False
    await says(muted, other)
    assert hears(other) == pytest.approx(0.5, abs=0.05)
    assert meeting.participant(muted).update(muted=True).muted is True
    await says(muted, other)
    assert hears(other) == pytest.approx(0.5, abs=0.05)


async def test_a_coach_hears_all_and_only_its_participant_hears_the_coach(meeting: Meeting) -> None:
    customer, agent = await meeting.join(), await meeting.join()
    coach = await meeting.join(coach=agent.call_sid)
    assert meeting.participant(coach).call_sid_to_coach == agent.call_sid
    await says(coach, agent, customer, hertz=600)
    await says(customer, agent, coach, hertz=800)
    assert (hears(agent, 600), hears(customer, 600)) == (pytest.approx(0.5, abs=0.05), 0)
    assert hears(agent, 800) == hears(coach, 800) == pytest.approx(0.5, abs=0.05)
    changed = meeting.participant(coach).update(coaching=False)
    assert (changed.coaching, changed.call_sid_to_coach) == (False, None)
    await says(coach, agent, customer, hertz=1000)
    assert hears(customer, 1000) == pytest.approx(0.5, abs=0.05)
    meeting.participant(coach).update(coaching=True, call_sid_to_coach=customer.call_sid)
    await says(coach, agent, customer, hertz=1200)
    assert (hears(customer, 1200), hears(agent, 1200)) == (pytest.approx(0.5, abs=0.05), 0)
    await customer.hang_up()
    await says(coach, agent, hertz=1400)
    assert hears(agent, 1400) == 0, "a coach whose participant has left is heard by nobody"


async def test_who_is_on_hold_hears_music_and_nobody_hears_it(meeting: Meeting, customer: Customer) -> None:
    held, other = await meeting.join(), await meeting.join()
    assert meeting.participant(held).update(hold=True).hold is True
    await says(held, other)
    await says(other, held)
    assert hears(other) == 0
    assert has_music(held)
    customer.pages["/hold"] = "<Response><Say>One moment.</Say></Response>"
    meeting.participant(held).update(hold=True, hold_url=f"{customer.url}/hold", hold_method="POST")
    await held.silence(2.0)
    assert spoken(meeting.twilio) == ["One moment."]
    assert meeting.participant(held).update(hold=False).hold is False
    before = hears(held)
    await says(other, held)
    assert hears(held) - before == pytest.approx(0.5, abs=0.05)
    assert customer.seen[-1].method == "POST"


async def test_hold_music_is_asked_for_by_get_unless_otherwise_said(meeting: Meeting, customer: Customer) -> None:
    held, _ = await meeting.join(), await meeting.join()
    meeting.participant(held).update(hold=True, hold_url=f"{customer.url}/hold")
    await held.silence(0.1)
    [seen] = [seen for seen in customer.seen if seen.path == "/hold"]
    assert (seen.method, seen.form["CallSid"]) == ("GET", held.call_sid)


async def test_an_announcement_is_heard_by_all_or_by_one_over_the_talk(meeting: Meeting, customer: Customer) -> None:
    customer.files["/bell.wav"] = ("audio/wav", wav_bytes(g711.decode(tone_line(600, 0.3))))
    customer.pages["/announce"] = "<Response><Play>/bell.wav</Play></Response>"
    first, second = await meeting.join(), await meeting.join()
    meeting.conference.update(announce_url=f"{customer.url}/announce")
    await asyncio.gather(first.silence(1.0), second.silence(1.0))
    assert hears(first, 600) == hears(second, 600) == pytest.approx(0.3, abs=0.05)
    assert customer.forms("/announce")[0]["ConferenceSid"] == meeting.conference.sid
    meeting.participant(first).update(announce_url=f"{customer.url}/announce", announce_method="GET")
    await asyncio.gather(first.silence(1.0), second.silence(1.0))
    assert hears(first, 600) == pytest.approx(0.6, abs=0.1)
    assert hears(second, 600) == pytest.approx(0.3, abs=0.05)
    assert customer.forms("/announce")[1]["CallSid"] == first.call_sid


async def test_who_is_put_out_goes_on_and_the_last_one_ends_it(meeting: Meeting) -> None:
    first, second = await meeting.join(), await meeting.join()
    assert meeting.participant(first).delete()
    await first.wait_until("completed")
    assert spoken(meeting.twilio) == ["You are out."]
    assert meeting.conference.status == "in-progress"
    assert meeting.participant(second).delete()
    assert meeting.conference.reason_conference_ended == "last-participant-kicked"


async def test_who_has_left_is_no_participant_any_more(meeting: Meeting) -> None:
    first, _ = await meeting.join(participant_label="boss"), await meeting.join()
    assert meeting.conference.participants("boss").fetch().call_sid == first.call_sid
    await first.hang_up()
    for name in ("boss", first.call_sid):
        with pytest.raises(TwilioRestException) as refusal:
            meeting.conference.participants(name).fetch()
        assert (refusal.value.status, refusal.value.code) == (404, 20404)


# --- what is left -----------------------------------------------------------------------------------------------------


async def test_nothing_outlives_its_calls(meeting: Meeting, customer: Customer) -> None:
    customer.pages["/loop"] = "<Response><Pause/><Redirect/></Response>"
    customer.pages["/long"] = "<Response><Pause length='600'/></Response>"
    first = await meeting.join(wait_url="/loop", record="record-from-start", dial={"time_limit": 500})
    second = await meeting.join(status_callback="/events", status_callback_event=EVERYTHING)
    third = await meeting.join(dial={"hangup_on_star": True})
    meeting.conference.update(announce_url=f"{customer.url}/long")
    meeting.participant(first).update(hold=True, hold_url=f"{customer.url}/loop")
    meeting.participant(second).update(announce_url=f"{customer.url}/long")
    await says(third, first, second)
    rooms = meeting.twilio._core.rooms
    assert len(rooms.pump) == 4
    for line in (first, second, third):
        await line.hang_up()
    await meeting.twilio.wait_until_idle()
    assert (len(rooms.pump), len(rooms.tasks), len(rooms.conferences)) == (0, 0, 0)
    assert rooms.clock.agenda.happenings == len(rooms.pump._turning), "but for the heartbeat's own, no timer is left"
    assert meeting.conference.status == "completed"


async def test_a_reset_ends_conferences_too(meeting: Meeting) -> None:
    for _ in range(2):
        await meeting.join()
    rooms = meeting.twilio._core.rooms
    await meeting.twilio.reset()
    assert (len(rooms.pump), len(rooms.conferences)) == (0, 0)
    assert meeting.twilio.client().conferences.list() == []


async def test_the_timeline_tells_of_it(meeting: Meeting) -> None:
    first, second = await meeting.join(), await meeting.join()
    await second.hang_up()
    await first.hang_up()
    timeline = meeting.twilio.timeline()
    assert f"conference   {ROOM} participant-join" in timeline
    assert f"{ROOM} conference-end: last-participant-left" in timeline
    events = [entry.event for entry in meeting.twilio.journal.of(ConferenceMoved)]
    assert events == [
        "participant-join", "participant-join", "conference-start", "participant-leave", "participant-leave",
        "conference-end",
    ]  # fmt: skip
    assert NUMBER in timeline
