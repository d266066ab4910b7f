"""Who may come in, when a conference starts, and what ends it: every pair of status and event, and the rules."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.calls.call import Call, CallStatus, Direction
from twilio_emulator.conferences.conference import (
    TRANSITIONS,
    Conference,
    ConferenceEvent,
    Conferences,
    ConferenceStatus,
    EndReason,
    IllegalConferenceTransition,
    Participant,
    Refusal,
)
from twilio_emulator.conferences.spec import CALLBACK_EVENTS, Beep, ConferenceSettings, ParticipantSpec

NUMBER_OF = itertools.count(1)


def a_call(status: CallStatus = CallStatus.IN_PROGRESS) -> Call:
    number = next(NUMBER_OF)
    return Call(
        sid=f"CA{number:032x}",
        account_sid="AC1",
        direction=Direction.INBOUND,
        from_number=f"+1555{number:07}",
        to_number="+15550001111",
        status=status,
        created_ms=0,
    )


def a_conference(name: str = "Room 1234", sid: str = "CF1", **settings: object) -> Conference:
    return Conference(sid, "AC1", name, ConferenceSettings(**settings), 0, 0)  # type: ignore[arg-type]


def enter(conference: Conference, **spec: object) -> Participant:
    """Come in, and start it if that is what it takes."""
    participant = conference.expect(a_call(), ParticipantSpec(**spec), now_ms=0)  # type: ignore[arg-type]
    participant.is_present = True
    if conference.has_to_start:
        conference.apply(ConferenceEvent.STARTED, now_ms=1)
    return participant


@pytest.mark.parametrize("status", ConferenceStatus)
@pytest.mark.parametrize("event", ConferenceEvent)
def test_every_pair_of_status_and_event_is_a_step_of_the_table_or_an_error(
    status: ConferenceStatus, event: ConferenceEvent
) -> None:
    conference = a_conference()
    conference.status = status
    after = TRANSITIONS.get((status, event))
    if after is None:
        with pytest.raises(IllegalConferenceTransition, match=f"CF1 is {status} and cannot take the event '{event}'"):
            conference.apply(event, now_ms=7)
        assert (conference.status, conference.updated_ms) == (status, 0)
    else:
        assert conference.apply(event, now_ms=7) is status
        assert (conference.status, conference.updated_ms) == (after, 7)


@pytest.mark.parametrize(
    ("starts", "started"),
    [
        ([True], False),
        ([False], False),
        ([True, True], True),
        ([True, False], True),
        ([False, True], True),
        ([False, False], False),
        ([False, False, True], True),
    ],
)
def test_it_starts_when_two_are_there_and_it_starts_for_one_of_them(starts: list[bool], started: bool) -> None:
    conference = a_conference()
    for each in starts:
        enter(conference, starts=each)
    assert (conference.status is ConferenceStatus.IN_PROGRESS) is started


def test_who_is_only_expected_does_not_start_it() -> None:
    conference = a_conference()
    enter(conference)
    conference.expect(a_call(CallStatus.RINGING), ParticipantSpec(), now_ms=0)
    assert not conference.has_to_start


@pytest.mark.parametrize(
    ("ends", "kicked", "others", "reason"),
    [
        (False, False, 2, None),
        (False, True, 2, None),
        (True, False, 2, EndReason.MODERATOR_LEFT),
        (True, True, 2, EndReason.MODERATOR_KICKED),
        (True, False, 0, EndReason.MODERATOR_LEFT),
        (False, False, 0, EndReason.LAST_LEFT),
        (False, True, 0, EndReason.LAST_KICKED),
    ],
)
def test_it_ends_with_its_moderator_and_with_its_last_participant(
    ends: bool, kicked: bool, others: int, reason: EndReason | None
) -> None:
    conference = a_conference()
    leaver = enter(conference, ends=ends)
    for _ in range(others):
        enter(conference)
    assert conference.remove(leaver, was_kicked=kicked) is reason
    assert leaver.sid not in conference.participants


def test_a_moderator_who_never_came_in_ends_nothing() -> None:
    conference = a_conference()
    enter(conference)
    expected = conference.expect(a_call(CallStatus.NO_ANSWER), ParticipantSpec(ends=True), now_ms=0)
    assert conference.remove(expected, was_kicked=False) is None


def test_one_that_is_expected_keeps_it_open_and_is_its_last_when_it_does_not_come() -> None:
    conference = a_conference()
    present = enter(conference)
    expected = conference.expect(a_call(CallStatus.RINGING), ParticipantSpec(), now_ms=0)
    assert conference.remove(present, was_kicked=False) is None
    assert conference.remove(expected, was_kicked=False) is EndReason.LAST_LEFT


def test_a_full_one_takes_nobody_more() -> None:
    conference = a_conference(max_participants=2)
    enter(conference)
    leaver = enter(conference)
    with pytest.raises(Refusal) as refused:
        enter(conference)
    assert refused.value.code == 16020
    conference.remove(leaver, was_kicked=False)
    enter(conference)


def test_a_label_belongs_to_one_participant_at_a_time() -> None:
    conference = a_conference()
    first = enter(conference, label="customer")
    with pytest.raises(Refusal) as refused:
        enter(conference, label="customer")
    assert refused.value.code == 16025
    assert conference.known_as("customer") is first is conference.known_as(first.sid)
    conference.remove(first, was_kicked=False)
    assert conference.known_as("customer") is None
    enter(conference, label="customer")


def test_participants_without_a_label_go_by_none() -> None:
    conference = a_conference()
    enter(conference)
    enter(conference)
    assert conference.known_as("") is None


def test_the_first_region_that_is_asked_for_counts() -> None:
    conference = a_conference()
    for region in ("", "ie1", "au1"):
        conference.expect(a_call(), ParticipantSpec(settings=ConferenceSettings(region=region)), now_ms=0)
    assert conference.region == "ie1"


@pytest.mark.parametrize(
    ("beep", "on_enter", "on_exit"),
    [("true", True, True), ("false", False, False), ("onEnter", True, False), ("onExit", False, True)],
)
def test_a_beep_tells_of_coming_of_going_of_both_or_of_neither(beep: str, on_enter: bool, on_exit: bool) -> None:
    participant = enter(a_conference(), beep=Beep(beep))
    assert (participant.beeps_on_enter, participant.beeps_on_exit) == (on_enter, on_exit)


@pytest.mark.parametrize("status", CallStatus)
def test_a_participants_status_is_one_of_the_api(status: CallStatus) -> None:
    participant = a_conference().expect(a_call(status), ParticipantSpec(), now_ms=0)
    words = {"queued", "connecting", "ringing", "connected", "complete", "failed"}
    assert participant.status in words - {"connected"}
    participant.is_present = True
    assert participant.status == ("connected" if not status.is_final else participant.status)


def test_a_name_leads_to_the_one_conference_that_is_not_over_of_its_account() -> None:
    conferences = Conferences()
    first, second = a_conference(sid="CF1"), a_conference(sid="CF2")
    conferences.add(first)
    assert conferences.open_named("AC1", "Room 1234") is first
    assert conferences.open_named("AC2", "Room 1234") is conferences.open_named("AC1", "room 1234") is None
    first.end(EndReason.VIA_API, by="", now_ms=9)
    assert conferences.open_named("AC1", "Room 1234") is None
    conferences.add(second)
    assert conferences.open_named("AC1", "Room 1234") is second
    assert list(conferences.of("AC1")) == [first, second]
    conferences.clear()
    assert conferences.open_named("AC1", "Room 1234") is None


def test_the_events_are_those_of_the_documentation() -> None:
    """The list of StatusCallbackEvent at twilio.com/docs/voice/twiml/conference, copied by hand."""
    assert {event for events in CALLBACK_EVENTS.values() for event in events} == {
        "conference-end", "conference-start", "participant-leave", "participant-join", "participant-mute",
        "participant-unmute", "participant-hold", "participant-unhold", "participant-modify",
        "participant-speech-start", "participant-speech-stop", "announcement-end", "announcement-fail",
    }  # fmt: skip


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 6)), max_size=30))
def test_whatever_comes_and_goes_it_ends_once_and_with_nobody_left_or_by_a_moderator(
    steps: list[tuple[bool, bool, int]],
) -> None:
    """Each step is somebody who comes (and for whom it starts, and ends), and then the n-th of them who goes."""
    conference = a_conference()
    for starts, ends, leaver in steps:
        enter(conference, starts=starts, ends=ends)
        present = conference.present
        assert conference.status is not ConferenceStatus.INIT or len(present) < 2 or not any(p.starts for p in present)
        if leaver < len(present):
            going = present[leaver]
            reason = conference.remove(going, was_kicked=False)
            assert (reason is not None) == (going.ends or not conference.present)
            if reason is not None:
                conference.end(reason, by=going.sid, now_ms=1)
                assert (conference.is_over, conference.ended_by) == (True, going.sid)
                return
