"""The real-time Transcriptions of a call: taken, noted and stopped; nobody listens
[twilio.com/docs/voice/api/realtime-transcription-resource]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.calls.sidecars import SidecarKind
from twilio_emulator.calls.streams import track_count
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.of_call import call_in_progress
from twilio_emulator.rest.parameters import Form
from twilio_emulator.rest.sidecar_resource import check_room, sidecar_reply, stop_sidecar

WITHOUT_EFFECT: Final = dict.fromkeys(
    (
        "StatusCallbackUrl",
        "StatusCallbackMethod",
        "InboundTrackLabel",
        "OutboundTrackLabel",
        "PartialResults",
        "LanguageCode",
        "TranscriptionEngine",
        "ProfanityFilter",
        "SpeechModel",
        "Hints",
        "EnableAutomaticPunctuation",
        "IntelligenceService",
        "ConversationConfiguration",
        "ConversationId",
        "ConfigurationId",
        "TranscriptionConfigurationId",
        "EnableProviderData",
    ),
    "transcriber",
)


def start(desk: Desk, request: Request, call_sid: str) -> Reply:
    """POST Calls/{sid}/Transcriptions.json."""
    call = call_in_progress(desk, request, call_sid, "transcribe")
    form = Form(request.form)
    name, track = check_room(form, desk, call, SidecarKind.TRANSCRIPTION)
    desk.warn(form.leftovers(WITHOUT_EFFECT), call.sid)
    begun = desk.world.begin_sidecar(call, SidecarKind.TRANSCRIPTION, name=name, tracks=track_count(track))
    return sidecar_reply(begun, desk)


def change(desk: Desk, request: Request, sid: str) -> Reply:
    """POST Calls/{sid}/Transcriptions/{sid or name}.json: stop it."""
    return stop_sidecar(desk, request, SidecarKind.TRANSCRIPTION, sid)


LIST: Final[Mapping[str, Handler]] = {"POST": start}
INSTANCE: Final[Mapping[str, Handler]] = {"POST": change}
