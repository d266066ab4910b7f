"""The Transcriptions of recordings, of the account and of a recording: list, read, delete
[twilio.com/docs/voice/api/recording-transcription].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from twilio_emulator.calls.recording_transcriptions import RecordingTranscription
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.paging import cut_page, page_body, read_page_request
from twilio_emulator.rest.parameters import Form
from twilio_emulator.rest.recordings import find_recording
from twilio_emulator.webhooks.parameters import API_VERSION


def read_all(desk: Desk, request: Request, _: str) -> Reply:
    """GET Transcriptions.json."""
    return _page(desk, request, desk.world.store.records.recording_transcriptions.of(desk.account.sid), "")


def read_all_of_recording(desk: Desk, request: Request, recording_sid: str) -> Reply:
    """GET Recordings/{sid}/Transcriptions.json."""
    recording = find_recording(desk, request, recording_sid, with_deleted=True)
    return _page(desk, request, _of_recording(desk, recording.sid, recording.call_sid), f"/Recordings/{recording.sid}")


def read(desk: Desk, request: Request, sid: str) -> Reply:
    """GET Transcriptions/{sid}.json, or the same below its recording."""
    return Reply(200, _resource(_find(desk, request, sid), desk))


def delete(desk: Desk, request: Request, sid: str) -> Reply:
    """DELETE Transcriptions/{sid}.json, or the same below its recording."""
    desk.world.store.records.recording_transcriptions.remove(_find(desk, request, sid).sid)
    return Reply(204)


LIST: Final[Mapping[str, Handler]] = {"GET": read_all}
RECORDING_LIST: Final[Mapping[str, Handler]] = {"GET": read_all_of_recording}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": read, "DELETE": delete}


def _of_recording(desk: Desk, recording_sid: str, call_sid: str) -> Sequence[RecordingTranscription]:
    of_call = desk.world.store.records.recording_transcriptions.of_call(call_sid)
    return [one for one in of_call if one.recording_sid == recording_sid]


def _find(desk: Desk, request: Request, sid: str) -> RecordingTranscription:
    """The account's transcription with this sid, of the recording in the path if there is one.

    Raises:
        RestError: 20404.
    """
    found = desk.world.store.records.recording_transcriptions.find(desk.account.sid, sid)
    if found is None or desk.outer_sid not in ("", found.recording_sid):
        raise RestError(20404, path=request.path)
    return found


def _page(desk: Desk, request: Request, found: Sequence[RecordingTranscription], parent: str) -> Reply:
    query = Form(request.query)
    wanted = read_page_request(query)
    page = cut_page(found, wanted, lambda _: True)
    desk.warn(query.leftovers({}))
    shown = [_resource(one, desk) for one in page.items]
    path = f"{desk.account_path}{parent}/Transcriptions.json"
    return Reply(200, page_body("transcriptions", shown, page, wanted, path=path, filters=[]))


def _resource(one: RecordingTranscription, desk: Desk) -> dict[str, object]:
    date = desk.calendar.rfc2822(one.created_ms)
    return {
        "account_sid": one.account_sid,
        "api_version": API_VERSION,
        "date_created": date,
        "date_updated": date,
        "duration": str(one.duration_s),
        "price": None,
        "price_unit": "USD",
        "recording_sid": one.recording_sid,
        "sid": one.sid,
        "status": one.status,
        "transcription_text": one.text,
        "type": "fast",
        "uri": f"{one.path}.json",
    }
