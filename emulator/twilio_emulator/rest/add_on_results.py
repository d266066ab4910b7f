"""The AddOnResults of recordings: there are none, for no add-on can be installed here
[twilio-oai, RecordingAddOnResult]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.empty_shelf import empty_list, not_found
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.recordings import find_recording


def read_all(desk: Desk, request: Request, recording_sid: str) -> Reply:
    """GET Recordings/{sid}/AddOnResults.json."""
    recording = find_recording(desk, request, recording_sid, with_deleted=True)
    path = f"{desk.account_path}/Recordings/{recording.sid}/AddOnResults"
    return empty_list(desk, request, key="add_on_results", path=path)


LIST: Final[Mapping[str, Handler]] = {"GET": read_all}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": not_found, "DELETE": not_found}
PAYLOADS: Final[Mapping[str, Handler]] = {"GET": not_found}
PAYLOAD: Final[Mapping[str, Handler]] = {"GET": not_found, "DELETE": not_found}
PAYLOAD_DATA: Final[Mapping[str, Handler]] = {"GET": not_found}
