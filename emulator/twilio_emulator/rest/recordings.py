"""The account's Recordings: list, read, delete, and their audio [twilio.com/docs/voice/api/recording].

A deleted one is still there for who asks for IncludeSoftDeleted; its audio is gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from twilio_emulator.calls.recordings import Recording, RecordingStatus
from twilio_emulator.media.recorder import PauseBehavior, Take
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.filters import Filters
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.paging import cut_page, page_body, read_page_request
from twilio_emulator.rest.parameters import Form
from twilio_emulator.rest.recording_resource import recording_resource

CURRENT: Final = "Twilio.CURRENT"
"""The one recording that runs, instead of its sid."""


def read_all(desk: Desk, request: Request, _: str) -> Reply:
    """GET Recordings.json."""
    query = Form(request.query)
    filters: Filters[Recording] = Filters(query, desk.calendar)
    created = filters.moment("DateCreated", lambda recording: recording.created_ms)
    call_sid = filters.equal("CallSid", lambda recording: recording.call_sid)
    conference_sid = filters.equal("ConferenceSid", lambda recording: recording.conference_sid)
    with_deleted = query.flag("IncludeSoftDeleted", default=False)
    parameters = [*filters.parameters, *([("IncludeSoftDeleted", "true")] if with_deleted else [])]
    wanted = read_page_request(query)
    records = desk.world.store.records.recordings
    call = desk.world.store.call(call_sid)
    candidates: Sequence[Recording] = records.of(desk.account.sid)
    if conference_sid:
        candidates = records.of_conference(conference_sid)
    elif call is not None:
        candidates = records.of_call(call.sid)
    page = cut_page(
        created.of(candidates, lambda recording: recording.created_ms),
        wanted,
        lambda recording: (
            recording.account_sid == desk.account.sid
            and (with_deleted or recording.deleted_ms is None)
            and filters.matches(recording)
        ),
    )
    desk.warn(query.leftovers({}))
    shown = [recording_resource(recording, desk) for recording in page.items]
    path = f"{desk.account_path}/Recordings.json"
    return Reply(200, page_body("recordings", shown, page, wanted, path=path, filters=parameters))


def read(desk: Desk, request: Request, sid: str) -> Reply:
    """GET Recordings/{sid}.json."""
    query = Form(request.query)
    recording = find_recording(desk, request, sid, with_deleted=query.flag("IncludeSoftDeleted", default=False))
    return Reply(200, recording_resource(recording, desk))


def delete(desk: Desk, request: Request, sid: str) -> Reply:
    """DELETE Recordings/{sid}.json."""
    delete_recording(desk, find_recording(desk, request, sid))
    return Reply(204)


def read_wav(desk: Desk, request: Request, sid: str) -> Reply:
    """GET Recordings/{sid}.wav, or without any suffix."""
    take, channels = _audio(desk, request, sid)
    return Reply(200, take.wav(channels), {"Content-Type": "audio/x-wav"})


def read_mp3(desk: Desk, request: Request, sid: str) -> Reply:
    """GET Recordings/{sid}.mp3."""
    take, channels = _audio(desk, request, sid)
    return Reply(200, take.mp3(channels), {"Content-Type": "audio/mpeg"})


LIST: Final[Mapping[str, Handler]] = {"GET": read_all}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": read, "DELETE": delete}
WAV: Final[Mapping[str, Handler]] = {"GET": read_wav, "HEAD": read_wav}
MP3: Final[Mapping[str, Handler]] = {"GET": read_mp3, "HEAD": read_mp3}


def find_recording(desk: Desk, request: Request, sid: str, *, with_deleted: bool = False) -> Recording:
    """The account's recording with this sid.

    Raises:
        RestError: 20404.
    """
    recording = desk.world.store.records.recordings.find(desk.account.sid, sid)
    if recording is None or (recording.deleted_ms is not None and not with_deleted):
        raise RestError(20404, path=request.path)
    return recording


def delete_recording(desk: Desk, recording: Recording) -> None:
    """Throw the audio of a recording away that has ended.

    Raises:
        RestError: 20009 while it has not.
    """
    if recording.status.is_live:
        hint = "Stop the recording first (Status=stopped)."
        raise RestError(20009, resource="recording", status=recording.status.value, hint=hint)
    recording.delete(now_ms=desk.world.clock.now_ms)


def change_recording(desk: Desk, request: Request, recording: Recording) -> None:
    """Pause, resume or stop a recording.

    Raises:
        RestError: 20001, or 21220 for one that has ended.
    """
    form = Form(request.form)
    status = form.choice("Status", ("in-progress", "paused", "stopped"), code=20001)
    behavior = PauseBehavior(
        form.choice("PauseBehavior", tuple(PauseBehavior), code=20001, default=PauseBehavior.SILENCE)
    )
    if not status:
        raise RestError(20001, parameter="Status", problem="it is missing")
    if not recording.status.is_live:
        raise RestError(21220, action=f"change a recording that is {recording.status.value}")
    if status == "stopped":
        desk.world.stop_recording(recording)
    elif status == "paused":
        desk.world.pause_recording(recording, behavior)
    elif recording.status is RecordingStatus.PAUSED:
        desk.world.resume_recording(recording)
    desk.warn(form.leftovers({}), recording.call_sid)


def find_among(desk: Desk, request: Request, sid: str, recordings: Sequence[Recording]) -> Recording:
    """The one of a call's or a conference's recordings with this sid, or the one that runs for `Twilio.CURRENT`.

    Raises:
        RestError: 20404, or 16108 when several run.
    """
    if sid != CURRENT:
        recording = find_recording(desk, request, sid)
        if recording not in recordings:
            raise RestError(20404, path=request.path)
        return recording
    live = [one for one in recordings if one.status.is_live]
    if len(live) > 1:
        raise RestError(16108)
    if not live:
        raise RestError(20404, path=request.path, hint="Nothing is being recorded here.")
    return live[0]


def _audio(desk: Desk, request: Request, sid: str) -> tuple[Take, int]:
    """What was recorded, and on how many channels it is wanted.

    Raises:
        RestError: 20404 when there is no audio (yet, or any more), 16113 for two channels of a recording of one.
    """
    take = find_recording(desk, request, sid).take
    if take is None:
        raise RestError(20404, path=request.path, hint="Wait until the recording is completed.")
    channels = Form(request.query).whole_number(
        "RequestedChannels", default=take.channels, lowest=1, highest=2, code=20001
    )
    if channels > take.channels:
        raise RestError(16113)
    return take, channels
