"""The Recordings of a call: start, pause, resume, stop, list, read, delete [twilio.com/docs/voice/api/recording]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.calls.recordings import Recording, RecordingSource
from twilio_emulator.journal import Problem
from twilio_emulator.media.recorder import Trim
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.filters import Filters
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.of_call import call_in_progress, find_call
from twilio_emulator.rest.paging import cut_page, page_body, read_page_request
from twilio_emulator.rest.parameters import Form
from twilio_emulator.rest.recording_parameters import check_recording
from twilio_emulator.rest.recording_resource import call_recording_resource
from twilio_emulator.rest.recordings import change_recording, delete_recording, find_among


def start(desk: Desk, request: Request, call_sid: str) -> Reply:
    """POST Calls/{sid}/Recordings.json."""
    call = call_in_progress(desk, request, call_sid, "record")
    form = Form(request.form)
    problems: list[Problem] = []
    spec = check_recording(form, problems, source=RecordingSource.START_API, trim=Trim.DO_NOT_TRIM)
    desk.warn([*problems, *form.leftovers({"RecordingConfigurationId": "recording configurations"})], call.sid)
    return Reply(201, call_recording_resource(desk.world.start_recording(call, spec), desk))


def read_all(desk: Desk, request: Request, call_sid: str) -> Reply:
    """GET Calls/{sid}/Recordings.json."""
    call = find_call(desk, request, call_sid)
    query = Form(request.query)
    filters: Filters[Recording] = Filters(query, desk.calendar)
    created = filters.moment("DateCreated", lambda recording: recording.created_ms)
    wanted = read_page_request(query)
    page = cut_page(
        created.of(desk.world.store.records.recordings.of_call(call.sid), lambda recording: recording.created_ms),
        wanted,
        lambda recording: recording.deleted_ms is None and filters.matches(recording),
    )
    desk.warn(query.leftovers({}))
    shown = [call_recording_resource(recording, desk) for recording in page.items]
    path = f"{desk.account_path}/Calls/{call.sid}/Recordings.json"
    return Reply(200, page_body("recordings", shown, page, wanted, path=path, filters=filters.parameters))


def read(desk: Desk, request: Request, sid: str) -> Reply:
    """GET Calls/{sid}/Recordings/{sid}.json."""
    return Reply(200, call_recording_resource(_find(desk, request, sid), desk))


def change(desk: Desk, request: Request, sid: str) -> Reply:
    """POST Calls/{sid}/Recordings/{sid}.json: pause, resume or stop."""
    recording = _find(desk, request, sid)
    change_recording(desk, request, recording)
    return Reply(200, call_recording_resource(recording, desk))


def delete(desk: Desk, request: Request, sid: str) -> Reply:
    """DELETE Calls/{sid}/Recordings/{sid}.json."""
    delete_recording(desk, _find(desk, request, sid))
    return Reply(204)


LIST: Final[Mapping[str, Handler]] = {"GET": read_all, "POST": start}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": read, "POST": change, "DELETE": delete}


def _find(desk: Desk, request: Request, sid: str) -> Recording:
    call = find_call(desk, request, desk.outer_sid)
    return find_among(desk, request, sid, desk.world.store.records.recordings.of_call(call.sid))
