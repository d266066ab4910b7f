"""How a `<Dial>` wants to be recorded. Source: twilio.com/docs/voice/twiml/dial, "record" and its like."""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.recordings import RecordingSource, RecordingSpec
from twilio_emulator.media.recorder import RecordingTrack, Trim
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.schema import Use
from twilio_emulator.twiml.verbs import dial_attributes as dial

INVALID_CALLBACK: Final = 13256


def recording_spec(use: Use, context: CallContext) -> Steps[RecordingSpec | None]:
    """What the attributes say; None for a Dial that is not recorded."""
    mode = use[dial.RECORD]
    if mode is dial.RecordMode.NOT:
        return None
    return RecordingSpec(
        source=RecordingSource.DIAL_VERB,
        channels=mode.channels,
        track=RecordingTrack(use[dial.RECORDING_TRACK]),
        trim=Trim(use[dial.TRIM]),
        callback=(yield from _callback(use, context)),
    )


def _callback(use: Use, context: CallContext) -> Steps[StatusCallback | None]:
    if not use[dial.RECORDING_STATUS_CALLBACK]:
        return None
    try:
        url = context.resolve(use[dial.RECORDING_STATUS_CALLBACK])
    except TwimlError as error:
        yield context.warning(
            INVALID_CALLBACK, f"{use.place}: {error.message} Nobody is told of the recording.", error.hint
        )
        return None
    return StatusCallback(url, use[dial.RECORDING_STATUS_CALLBACK_METHOD], use[dial.RECORDING_STATUS_CALLBACK_EVENT])
