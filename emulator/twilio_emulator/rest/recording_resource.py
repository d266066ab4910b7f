"""A recording as REST shows it, in the two forms that it has [twilio-oai, call_recording and recording]."""

from __future__ import annotations

from twilio_emulator.calls.recordings import Recording
from twilio_emulator.rest.desk import Desk
from twilio_emulator.webhooks.parameters import API_VERSION


def call_recording_resource(recording: Recording, desk: Desk) -> dict[str, object]:
    """The JSON below a call."""
    uri = f"/{API_VERSION}/Accounts/{recording.account_sid}/Calls/{recording.call_sid}/Recordings/{recording.sid}.json"
    return _common(recording, desk) | {"track": recording.spec.track.value, "uri": uri}


def conference_recording_resource(recording: Recording, desk: Desk) -> dict[str, object]:
    """The JSON below a conference."""
    path = f"/{API_VERSION}/Accounts/{recording.account_sid}/Conferences/{recording.conference_sid}"
    return _common(recording, desk) | {"uri": f"{path}/Recordings/{recording.sid}.json"}


def recording_resource(recording: Recording, desk: Desk) -> dict[str, object]:
    """The JSON below the account."""
    deleted = {"status": "deleted"} if recording.deleted_ms is not None else {}
    return (
        _common(recording, desk)
        | {
            "uri": f"{recording.path}.json",
            "media_url": desk.world.url_of(recording.path),
            "subresource_uris": {
                "add_on_results": f"{recording.path}/AddOnResults.json",
                "transcriptions": f"{recording.path}/Transcriptions.json",
            },
        }
        | deleted
    )


def _common(recording: Recording, desk: Desk) -> dict[str, object]:
    duration_s = recording.duration_s
    return {
        "account_sid": recording.account_sid,
        "api_version": API_VERSION,
        "call_sid": recording.call_sid,
        "conference_sid": recording.conference_sid or None,
        "channels": recording.spec.channels,
        "date_created": desk.calendar.rfc2822(recording.created_ms),
        "date_updated": desk.calendar.rfc2822(recording.updated_ms),
        "start_time": desk.calendar.rfc2822(recording.created_ms),
        "duration": None if duration_s is None else str(duration_s),
        "encryption_details": None,
        "error_code": recording.error_code,
        "price": None,
        "price_unit": None if duration_s is None else "USD",
        "sid": recording.sid,
        "source": recording.spec.source.value,
        "status": recording.status.value,
    }
