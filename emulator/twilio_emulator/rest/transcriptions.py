"""The Transcriptions of recordings: there are none, for nothing here writes down what a recording says
[twilio.com/docs/voice/api/recording-transcription].

An account that has none is answered so: lists are empty, and any sid is not found.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.empty_shelf import empty_list, not_found
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.recordings import find_recording


def read_all(desk: Desk, request: Request, _: str) -> Reply:
    """GET Transcriptions.json."""
    return empty_list(desk, request, key="transcriptions", path=f"{desk.account_path}/Transcriptions")


def read_of_recording(desk: Desk, request: Request, recording_sid: str) -> Reply:
    """GET Recordings/{sid}/Transcriptions.json."""
    recording = find_recording(desk, request, recording_sid, with_deleted=True)
    path = f"{desk.account_path}/Recordings/{recording.sid}/Transcriptions"
    return empty_list(desk, request, key="transcriptions", path=path)


LIST: Final[Mapping[str, Handler]] = {"GET": read_all}
RECORDING_LIST: Final[Mapping[str, Handler]] = {"GET": read_of_recording}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": not_found, "DELETE": not_found}
