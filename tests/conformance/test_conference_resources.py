"""Conferences, participants and their recordings: the keys, the types and the verbs of the official SDK."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sdk_shapes import FLAG, MAP, MOMENT, TEXT, TEXT_OR_NULL, Noting, Types, check, json_of
from twilio.rest import Client
from twilio.rest.api.v2010.account.conference import ConferenceInstance, ConferenceList
from twilio.rest.api.v2010.account.conference.participant import ParticipantInstance, ParticipantList
from twilio.rest.api.v2010.account.conference.recording import RecordingInstance, RecordingList

from twilio_emulator.journal import Problem
from twilio_emulator.sync import TwilioEmulator

OWNED, HOST, GUEST, LATER = "+15551110001", "+15552220001", "+15552220002", "+15552220003"
TALK = [{"press": "1"}, {"silence": 600}]
TWIML = "<Response><Dial><Conference waitUrl='' record='record-from-start'>Room 1234</Conference></Dial></Response>"

INT_OR_NULL, NOTHING = (int, type(None)), (type(None),)
CONFERENCE = {
    **dict.fromkeys(("account_sid", "api_version", "friendly_name", "region", "sid", "status", "uri"), TEXT),
    **dict.fromkeys(("reason_conference_ended", "call_sid_ending_conference"), TEXT_OR_NULL),
    **dict.fromkeys(("date_created", "date_updated"), MOMENT),
    "subresource_uris": MAP,
}
PARTICIPANT = {
    **dict.fromkeys(("account_sid", "call_sid", "conference_sid", "status", "uri"), TEXT),
    **dict.fromkeys(("label", "call_sid_to_coach", "queue_time"), TEXT_OR_NULL),
    **dict.fromkeys(("coaching", "muted", "hold", "end_conference_on_exit", "start_conference_on_enter"), FLAG),
    **dict.fromkeys(("date_created", "date_updated"), MOMENT),
}
RECORDING = {
    **dict.fromkeys(("account_sid", "api_version", "call_sid", "conference_sid", "sid", "source"), TEXT),
    **dict.fromkeys(("status", "uri"), TEXT),
    **dict.fromkeys(("duration", "price_unit"), TEXT_OR_NULL),
    **dict.fromkeys(("date_created", "date_updated", "start_time"), MOMENT),
    **dict.fromkeys(("encryption_details", "price"), NOTHING),
    "channels": (int,),
    "error_code": INT_OR_NULL,
}


@pytest.fixture(scope="module")
def furnished() -> Iterator[TwilioEmulator]:
    """An emulator with a conference that is over and one in progress, recorded, with a coach in it."""
    with TwilioEmulator(speed="max", speech="murmur") as twilio:
        twilio.add_number(OWNED)
        client = twilio.client()
        twilio.handset(GUEST, script=[{"hang_up": True}])
        over = client.conferences("Room 1234").participants.create(to=GUEST, from_=OWNED)
        twilio.wait_for_call(over.call_sid)
        for number in (HOST, GUEST, LATER):
            twilio.handset(number, script=TALK)
        host = client.calls.create(to=HOST, from_=OWNED, twiml=TWIML)
        twilio.wait_for_call(host.sid, "in-progress")
        participants = client.conferences("Room 1234").participants
        guest = participants.create(to=GUEST, from_=OWNED, label="guest")
        twilio.wait_for_call(guest.call_sid, "in-progress")
        coach = participants.create(to=LATER, from_=OWNED, call_sid_to_coach=guest.call_sid)
        twilio.wait_for_call(coach.call_sid, "in-progress")
        yield twilio


def running(client: Client) -> ConferenceInstance:
    return client.conferences.list(status="in-progress")[0]


def maker(client: Client, made: Callable[..., Any], conference_sid: str) -> Callable[[Noting], object]:
    wanted = inspect.signature(made).parameters
    sids = {"account_sid": client.account_sid, "conference_sid": conference_sid}
    mine = {name: sid for name, sid in sids.items() if name in wanted}
    return lambda payload: made(client.api.v2010, payload, **mine)


READ: list[tuple[str, str, str, Callable[..., object], Types]] = [
    ("/Conferences", "conferences", "sid", ConferenceInstance, CONFERENCE),
    ("/Conferences/{sid}/Participants", "participants", "call_sid", ParticipantInstance, PARTICIPANT),
    ("/Conferences/{sid}/Recordings", "recordings", "sid", RecordingInstance, RECORDING),
]


@pytest.mark.sdk
@pytest.mark.parametrize(("path", "array", "key", "made", "fields"), READ, ids=[row[0] for row in READ])
def test_what_is_read_has_the_keys_and_types_that_the_sdk_reads(
    furnished: TwilioEmulator, path: str, array: str, key: str, made: Callable[..., object], fields: Types
) -> None:
    client = furnished.client()
    conference_sid = running(client).sid
    path = path.replace("{sid}", conference_sid)
    make = maker(client, made, conference_sid)
    records = json_of(client, f"{path}.json")[array]
    assert records
    for listed in records:
        check(listed, make, fields)
        alone = json_of(client, f"{path}/{listed[key]}.json")
        check(alone, make, fields)
        assert alone == listed


@pytest.mark.sdk
def test_a_participant_that_is_made_has_the_keys_and_types_that_the_sdk_reads(furnished: TwilioEmulator) -> None:
    client = furnished.client()
    path = "/Conferences/Another room/Participants.json"
    payload = json_of(client, path, method="POST", data={"To": "+15552229999", "From": OWNED})
    check(payload, maker(client, ParticipantInstance, payload["conference_sid"]), PARTICIPANT)
    assert isinstance(payload["queue_time"], str)


@pytest.mark.openapi
def test_resources_name_themselves_as_the_specification_does(furnished: TwilioEmulator) -> None:
    client = furnished.client()
    conference = running(client)
    path = f"/2010-04-01/Accounts/{client.account_sid}/Conferences/{conference.sid}"
    assert conference.uri == f"{path}.json"
    assert conference.subresource_uris == {
        "participants": f"{path}/Participants.json",
        "recordings": f"{path}/Recordings.json",
    }
    [guest] = [one for one in conference.participants.list() if one.label == "guest"]
    assert guest.uri == f"{path}/Participants/{guest.call_sid}.json"
    [recording] = conference.recordings.list()
    assert recording.uri == f"{path}/Recordings/{recording.sid}.json"


@pytest.mark.sdk
def test_the_verbs_of_the_sdk_do_what_they_say(furnished: TwilioEmulator) -> None:
    client = furnished.client()
    everything = [conference.sid for conference in client.conferences.list()]
    assert len(everything) > 1
    assert [one.sid for one in client.conferences.stream(page_size=1)] == everything
    first = client.conferences.page(page_size=1)
    assert [one.sid for one in first] == everything[:1]
    assert [one.sid for one in first.next_page()] == everything[1:2]
    assert [one.status for one in client.conferences.list(status="completed")] == ["completed"]
    assert client.conferences.list(friendly_name="nowhere") == []
    conference = running(client)
    guest = conference.participants("guest").fetch()
    assert guest.fetch().call_sid == guest.call_sid
    assert guest.update(muted=True).muted is True
    assert guest.update(muted=False).muted is False


@pytest.mark.openapi
@pytest.mark.parametrize(
    ("method", "path", "form", "status"),
    [
        ("POST", "/Conferences/Third room/Participants.json", {"To": "+15552229998", "From": OWNED}, 201),
        ("POST", "/Conferences/{sid}/Participants/guest.json", {"Muted": "false"}, 200),
        ("POST", "/Conferences/{sid}.json", {"AnnounceUrl": "http://127.0.0.1:1/"}, 200),
        ("POST", "/Conferences/{sid}/Recordings/Twilio.CURRENT.json", {"Status": "paused"}, 200),
        ("DELETE", "/Conferences/{sid}/Recordings/{recording}.json", {}, 409),
    ],
)
def test_the_status_of_a_reply_is_that_of_the_specification(
    furnished: TwilioEmulator, method: str, path: str, form: dict[str, str], status: int
) -> None:
    client = furnished.client()
    conference = running(client)
    path = path.replace("{sid}", conference.sid).replace("{recording}", conference.recordings.list()[0].sid)
    url = f"https://api.twilio.com/2010-04-01/Accounts/{client.account_sid}{path}"
    assert client.request(method, url, data=form).status_code == status


VALUES: dict[str, Any] = {
    "to": "+15552229997", "from_": OWNED, "label": "everything", "timeout": 60, "time_limit": 60, "beep": "onEnter",
    "max_participants": 250, "conference_record": "record-from-start", "conference_trim": "do-not-trim",
    "conference_status_callback_event": ["start end join leave mute hold modify speaker announcement"],
    "conference_recording_status_callback_event": ["in-progress", "completed", "failed", "absent"],
    "recording_status_callback_event": [
        "started", "in-progress", "paused", "resumed", "stopped", "completed", "failed", "absent",
    ],
    "status_callback_event": ["initiated", "ringing", "answered", "completed"], "recording_channels": "dual",
    "recording_track": "both", "trim": "trim-silence", "region": "ie1", "jitter_buffer_size": "small", "byoc": "",
    "caller_id": OWNED, "machine_detection": "Enable", "machine_detection_timeout": 30,
    "machine_detection_speech_threshold": 2400, "machine_detection_speech_end_threshold": 1200,
    "machine_detection_silence_timeout": 5000, "coaching": False, "call_sid_to_coach": "", "status": "completed",
    "hold": True, "page_size": 5, "limit": 5, "pause_behavior": "skip",
}  # fmt: skip
FLAGS = {"record", "muted", "early_media", "start_conference_on_enter", "end_conference_on_exit", "beep_on_exit"}


def everything(method: Callable[..., object], **more: Any) -> dict[str, Any]:
    """A value for every parameter of an SDK method."""
    chosen: dict[str, Any] = {}
    for name in inspect.signature(method).parameters:
        if name == "self" or "date" in name:
            continue
        is_url = name.endswith(("_url", "callback"))
        usual = "http://127.0.0.1:1/" if is_url else "POST" if name.endswith("method") else name in FLAGS or "x"
        chosen[name] = VALUES.get(name, usual)
    return chosen | more


@pytest.mark.sdk
def test_every_parameter_of_the_sdk_is_known(furnished: TwilioEmulator) -> None:
    client = furnished.client()
    conference = running(client)
    before = len(furnished.journal.of(Problem))
    conference.participants.create(**everything(ParticipantList.create))
    conference.participants("guest").update(**everything(ParticipantInstance.update))
    conference.participants.list(**everything(ParticipantList.list))
    client.conferences.list(**everything(ConferenceList.list))
    conference.recordings.list(**everything(RecordingList.list))
    conference.recordings("Twilio.CURRENT").update(**everything(RecordingInstance.update, status="in-progress"))
    conference.update(**everything(ConferenceInstance.update))
    told = [problem.message for problem in furnished.journal.of(Problem)[before:] if problem.code in (20001, 21626)]
    assert told == []
