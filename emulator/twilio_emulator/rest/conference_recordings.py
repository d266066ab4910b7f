"""The Recordings of a conference: list, read, pause, resume, stop, delete [twilio.com/docs/voice/api/recording].

There is no way to start one by REST: whether a conference is recorded is decided as participants come in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.calls.recordings import Recording
from twilio_emulator.rest.conferences import find_conference
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.filters import Filters
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.paging import cut_page, page_body, read_page_request
from twilio_emulator.rest.parameters import Form
from twilio_emulator.rest.recording_resource import conference_recording_resource
from twilio_emulator.rest.recordings import change_recording, delete_recording, find_among


def read_all(desk: Desk, request: Request, conference_sid: str) -> Reply:
    """GET Conferences/{sid}/Recordings.json."""
    conference = find_conference(desk, request, conference_sid)
    query = Form(request.query)
    filters: Filters[Recording] = Filters(query, desk.calendar)
    created = filters.moment("DateCreated", lambda recording: recording.created_ms)
    wanted = read_page_request(query)
    page = cut_page(
        created.of(
            desk.world.store.records.recordings.of_conference(conference.sid), lambda recording: recording.created_ms
        ),
        wanted,
        lambda recording: recording.deleted_ms is None and filters.matches(recording),
    )
    desk.warn(query.leftovers({}))
    shown = [conference_recording_resource(recording, desk) for recording in page.items]
    path = f"{conference.path}/Recordings.json"
    return Reply(200, page_body("recordings", shown, page, wanted, path=path, filters=filters.parameters))


def read(desk: Desk, request: Request, sid: str) -> Reply:
    """GET Conferences/{sid}/Recordings/{sid}.json."""
    return Reply(200, conference_recording_resource(_find(desk, request, sid), desk))


def change(desk: Desk, request: Request, sid: str) -> Reply:
    """POST Conferences/{sid}/Recordings/{sid}.json: pause, resume or stop."""
    recording = _find(desk, request, sid)
    change_recording(desk, request, recording)
    return Reply(200, conference_recording_resource(recording, desk))


def delete(desk: Desk, request: Request, sid: str) -> Reply:
    """DELETE Conferences/{sid}/Recordings/{sid}.json."""
    delete_recording(desk, _find(desk, request, sid))
    return Reply(204)


LIST: Final[Mapping[str, Handler]] = {"GET": read_all}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": read, "POST": change, "DELETE": delete}


def _find(desk: Desk, request: Request, sid: str) -> Recording:
    conference = find_conference(desk, request, desk.outer_sid)
    return find_among(desk, request, sid, desk.world.store.records.recordings.of_conference(conference.sid))
