"""The recording of a `<Dial>`: from when on, and what the action is told. Source: twilio.com/docs/voice/twiml/dial."""

from __future__ import annotations

from twilio_emulator.calls.recordings import RecordingSource, RecordingSpec
from twilio_emulator.media.recorder import RecordingTrack, Trim
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import Steps, until
from twilio_emulator.twiml.record_flow import RecordingStopped, StartRecording, StopRecording
from twilio_emulator.twiml.recording_callback import recording_callback
from twilio_emulator.twiml.schema import Use
from twilio_emulator.twiml.verbs import dial_attributes as dial


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
        callback=(yield from recording_callback(use, context)),
    )


class DialRecording:
    """Records once, from when on it is first asked to."""

    def __init__(self, spec: RecordingSpec | None) -> None:
        self._spec = spec
        self._has_begun = False

    def begin(self, context: CallContext) -> Steps[None]:
        """Record from now on, if that is wanted, has not begun, and there is somebody to record."""
        if self._spec is not None and context.answered and not self._has_begun:
            self._has_begun = True
            yield StartRecording(self._spec, silence_ms=0)

    def end(self) -> Steps[dict[str, str]]:
        """Record no more; returns what the action is told of it."""
        if not self._has_begun:
            return {}
        yield StopRecording()
        stopped = yield from until(RecordingStopped)
        return {"RecordingUrl": stopped.url} if stopped.duration_s else {}
