"""The real-time Transcriptions of a call: start one, and stop it
[twilio.com/docs/voice/api/realtime-transcription-resource]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.calls.sidecars import SidecarKind
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.of_call import call_in_progress
from twilio_emulator.rest.parameters import Form
from twilio_emulator.rest.sidecar_resource import check_room, sidecar_reply, stop_sidecar
from twilio_emulator.twiml.flow import Track
from twilio_emulator.twiml.transcription_flow import TranscriptionSpec

WITHOUT_EFFECT: Final = dict.fromkeys(
    (
        "IntelligenceService",
        "ConversationConfiguration",
        "ConversationId",
        "ConfigurationId",
        "TranscriptionConfigurationId",
    ),
    "store of transcripts",
)
_DEFAULT: Final = TranscriptionSpec()


def start(desk: Desk, request: Request, call_sid: str) -> Reply:
    """POST Calls/{sid}/Transcriptions.json."""
    call = call_in_progress(desk, request, call_sid, "transcribe")
    form = Form(request.form)
    name, track = check_room(form, desk, call, SidecarKind.TRANSCRIPTION, default=_DEFAULT.track)
    spec = _spec(form, name, track)
    desk.warn(form.leftovers(WITHOUT_EFFECT), call.sid)
    return sidecar_reply(desk.world.start_transcription(call, spec), desk)


def change(desk: Desk, request: Request, sid: str) -> Reply:
    """POST Calls/{sid}/Transcriptions/{sid or name}.json: stop it."""
    return stop_sidecar(desk, request, SidecarKind.TRANSCRIPTION, sid)


LIST: Final[Mapping[str, Handler]] = {"POST": start}
INSTANCE: Final[Mapping[str, Handler]] = {"POST": change}


def _spec(form: Form, name: str, track: Track) -> TranscriptionSpec:
    """What is to be transcribed, and how.

    Raises:
        RestError: 21205 and 21209 for the status callback.
    """
    return TranscriptionSpec(
        name=name,
        track=track,
        language=form.text("LanguageCode", _DEFAULT.language),
        engine=form.text("TranscriptionEngine", _DEFAULT.engine),
        speech_model=form.text("SpeechModel", _DEFAULT.speech_model),
        partial_results=form.flag("PartialResults", default=_DEFAULT.partial_results),
        profanity_filter=form.flag("ProfanityFilter", default=_DEFAULT.profanity_filter),
        punctuation=form.flag("EnableAutomaticPunctuation", default=_DEFAULT.punctuation),
        provider_data=form.flag("EnableProviderData", default=_DEFAULT.provider_data),
        hints=tuple(filter(None, (hint.strip() for hint in form.text("Hints").split(",")))),
        inbound_label=form.text("InboundTrackLabel"),
        outbound_label=form.text("OutboundTrackLabel"),
        status_callback=form.url("StatusCallbackUrl", code=21205),
        status_callback_method=form.method("StatusCallbackMethod", code=21209),
    )
