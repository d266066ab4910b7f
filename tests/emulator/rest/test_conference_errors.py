"""What REST refuses about conferences and participants, with Twilio's code, and without having changed anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from rest_bench import ACCOUNT_SID, ANSWERED, CALLEE, OF_CONFERENCES, OWNED, NotingWorld, RestBench, serve

from twilio_emulator.conferences.conference import Conference, ConferenceEvent, EndReason
from twilio_emulator.conferences.spec import ConferenceSettings, ParticipantSpec
from twilio_wire.sids import SidKind

NOBODY = "CA" + "0" * 32
LIVE, WAITING, FULL, OVER = "live", "waiting", "full", "over"


def guest(**parameters: str) -> dict[str, str]:
    return {"To": CALLEE, "From": OWNED, **parameters}


# code, status, method, path, parameters; {name} is the sid of a conference, {boss} and {held} are participants.
REFUSALS: list[tuple[int, int, str, str, dict[str, str]]] = [
    (20404, 404, "GET", "/Conferences/CF00000000000000000000000000000000.json", {}),
    (20404, 404, "GET", "/Conferences/CF00000000000000000000000000000000/Participants.json", {}),
    (20404, 404, "GET", "/Conferences/{live}/Participants/nobody.json", {}),
    (20404, 404, "DELETE", f"/Conferences/{{live}}/Participants/{NOBODY}.json", {}),
    (20404, 404, "POST", "/Conferences/{over}/Participants/{boss}.json", {"Muted": "true"}),
    (20404, 404, "GET", "/Conferences/{live}/Recordings/RE00000000000000000000000000000000.json", {}),
    (20404, 404, "POST", "/Conferences/{live}/Recordings/Twilio.CURRENT.json", {"Status": "paused"}),
    (20004, 405, "POST", "/Conferences.json", {}),
    (20004, 405, "DELETE", "/Conferences/{live}.json", {}),
    (20004, 405, "POST", "/Conferences/{live}/Recordings.json", {}),
    (20001, 400, "GET", "/Conferences.json", {"Status": "running"}),
    (20001, 400, "GET", "/Conferences.json", {"DateUpdated": "yesterday"}),
    (20001, 400, "POST", "/Conferences/{live}.json", {"Status": "in-progress"}),
    (20001, 400, "POST", "/Conferences/{live}/Participants/{boss}.json", {"Coaching": "true"}),
    (20001, 400, "POST", "/Conferences/{live}/Participants.json", guest(Coaching="true")),
    (20001, 400, "POST", "/Conferences/{live}/Participants.json", guest(Beep="loud")),
    (20001, 400, "POST", "/Conferences/{live}/Participants.json", guest(Region="mars")),
    (20001, 400, "POST", "/Conferences/{live}/Participants.json", guest(JitterBufferSize="huge")),
    (20001, 400, "POST", "/Conferences/{live}/Participants.json", guest(MaxParticipants="251")),
    (20001, 400, "POST", "/Conferences/{live}/Participants.json", guest(ConferenceRecord="yes")),
    (20001, 400, "POST", "/Conferences/{live}/Participants.json", guest(ConferenceTrim="both")),
    (16001, 400, "POST", "/Conferences/{waiting}.json", {"AnnounceUrl": "http://app.example/"}),
    (16001, 400, "POST", "/Conferences/{waiting}/Participants/first.json", {"Hold": "true"}),
    (16001, 400, "POST", "/Conferences/{waiting}/Participants/first.json", {"AnnounceUrl": "http://app.example/"}),
    (16001, 400, "POST", "/Conferences/{live}/Participants/expected.json", {"Hold": "true"}),
    (16003, 400, "POST", "/Conferences/CF00000000000000000000000000000000/Participants.json", guest()),
    (16020, 400, "POST", "/Conferences/{full}/Participants.json", guest()),
    (16020, 400, "POST", "/Conferences/full/Participants.json", guest()),
    (16022, 404, "POST", "/Conferences/{over}.json", {"Status": "completed"}),
    (16022, 404, "POST", "/Conferences/{over}.json", {"AnnounceUrl": "http://app.example/"}),
    (16022, 404, "POST", "/Conferences/{over}/Participants.json", guest()),
    (16024, 400, "POST", "/Conferences/{live}/Participants.json", guest(Label="x" * 129)),
    (16024, 400, "POST", "/Conferences/{live}/Participants.json", guest(Label="a/b")),
    (16024, 400, "POST", "/Conferences/new/Participants.json", guest(Label=NOBODY)),
    (16026, 400, "POST", "/Conferences/{live}/Participants.json", guest(Label="boss")),
    (16027, 400, "POST", "/Conferences/{live}/Participants.json", guest(CallSidToCoach="{held}")),
    (16027, 400, "POST", "/Conferences/{live}/Participants/boss.json", {"CallSidToCoach": "{held}"}),
    (16028, 400, "POST", "/Conferences/{live}/Participants.json", guest(CallSidToCoach=NOBODY)),
    (16028, 400, "POST", "/Conferences/new/Participants.json", guest(CallSidToCoach="{boss}")),
    (16028, 400, "POST", "/Conferences/{live}/Participants/boss.json", {"CallSidToCoach": "{boss}"}),
    (21201, 400, "POST", "/Conferences/{live}/Participants.json", guest(To="")),
    (21205, 400, "POST", "/Conferences/{live}.json", {"AnnounceUrl": "announce"}),
    (21205, 400, "POST", "/Conferences/{live}/Participants/boss.json", {"HoldUrl": "hold"}),
    (21205, 400, "POST", "/Conferences/{live}/Participants.json", guest(WaitUrl="music")),
    (21208, 400, "POST", "/Conferences/{live}/Participants.json", guest(Timeout="4")),
    (21209, 400, "POST", "/Conferences/{live}.json", {"AnnounceMethod": "PUT"}),
    (21209, 400, "POST", "/Conferences/{live}/Participants/boss.json", {"HoldMethod": "PUT"}),
    (21209, 400, "POST", "/Conferences/{live}/Participants.json", guest(ConferenceStatusCallbackMethod="PUT")),
    (21210, 400, "POST", "/Conferences/{live}/Participants.json", guest(From="+15559990001")),
    (21211, 400, "POST", "/Conferences/{live}/Participants.json", guest(To="5552220001")),
    (21213, 400, "POST", "/Conferences/{live}/Participants.json", guest(From="")),
    (21234, 400, "POST", "/Conferences/{live}/Participants.json", guest(MachineDetection="Maybe")),
    (21300, 400, "POST", "/Conferences/{live}/Participants.json", guest(Byoc="BY" + "0" * 32)),
]


def a_conference(world: NotingWorld, name: str, *labels: str, most: int = 250) -> Conference:
    """One in which these participants are; some have a fate by their label."""
    sid = world.sids.new(SidKind.CONFERENCE)
    conference = Conference(sid, ACCOUNT_SID, name, ConferenceSettings(max_participants=most), 0, 0)
    world.store.conferences.add(conference)
    for label in labels:
        participant = conference.expect(world.add_call(*ANSWERED), ParticipantSpec(label=label), now_ms=0)
        participant.is_present = label != "expected"
        participant.is_held = label == "held"
    if conference.has_to_start:
        conference.apply(ConferenceEvent.STARTED, now_ms=0)
    return conference


@pytest.fixture(scope="module")
def served() -> Iterator[RestBench]:
    world = NotingWorld()
    world.add_number()
    a_conference(world, LIVE, "boss", "held", "expected")
    a_conference(world, WAITING, "first")
    a_conference(world, FULL, "one", "two", most=2)
    a_conference(world, OVER).end(EndReason.LAST_LEFT, by="", now_ms=0)
    with serve(world) as bench:
        yield bench


def picture(world: NotingWorld) -> list[object]:
    """All that a refused request might have changed."""
    conferences = world.store.conferences.all()
    participants = [
        replace(participant) for conference in conferences for participant in conference.participants.values()
    ]
    states = [(conference.sid, conference.status, len(conference.participants)) for conference in conferences]
    return [states, len(world.store.calls()), [repr(participant) for participant in participants]]


@pytest.mark.parametrize(("code", "status", "method", "path", "parameters"), REFUSALS)
def test_what_twilio_refuses_is_refused_with_its_code(
    served: RestBench, code: int, status: int, method: str, path: str, parameters: dict[str, str]
) -> None:
    conferences = {conference.friendly_name: conference for conference in served.world.store.conferences.all()}
    names = {name: conference.sid for name, conference in conferences.items()}
    for label in ("boss", "held"):
        participant = conferences[LIVE].known_as(label)
        assert participant is not None
        names[label] = participant.sid
    for name, sid in names.items():
        path = path.replace(f"{{{name}}}", sid)
        parameters = {key: value.replace(f"{{{name}}}", sid) for key, value in parameters.items()}
    before = picture(served.world)
    sent = {"params": parameters} if method == "GET" else {"data": parameters}

    response = served.request(method, path, **sent)

    body = response.json()
    assert (response.status_code, body["code"], body["status"]) == (status, code, status), body
    assert picture(served.world) == before


def test_every_code_of_conferences_is_provoked() -> None:
    assert {refusal[0] for refusal in REFUSALS} >= OF_CONFERENCES
