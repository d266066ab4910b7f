"""`<Recording>`: the noun by which `<Start>` records the call, to its end or until REST stops it.

Source: twilio.com/docs/voice/twiml/recording.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.recordings import RecordingSource, RecordingSpec
from twilio_emulator.media.recorder import RecordingTrack, Trim
from twilio_emulator.twiml.beside_flow import RecordCall
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.recording_callback import RECORDING_CALLBACK, recording_callback
from twilio_emulator.twiml.schema import Attribute, Tag, Use
from twilio_emulator.twiml.values import TEXT, one_of

SOURCE: Final = "twilio.com/docs/voice/twiml/recording"

_CHANNELS: Final = {"mono": 1, "dual": 2}

CHANNELS: Final = Attribute("channels", "dual", one_of(*_CHANNELS), source=SOURCE)
TRACK: Final = Attribute("track", "both", one_of(*(track.value for track in RecordingTrack)), source=SOURCE)
TRIM: Final = Attribute("trim", "trim-silence", one_of(*(trim.value for trim in Trim)), code=13699, source=SOURCE)
CONFIGURATION: Final = Attribute("recordingConfigurationId", "", TEXT)

RECORDING: Final = Tag(
    name="Recording",
    attributes=(CHANNELS, TRACK, TRIM, CONFIGURATION, *RECORDING_CALLBACK),
)


def start(noun: Use, context: CallContext) -> Steps[None]:
    """Record from now on. Its callback must be absolute; a relative one is an error, and nobody is told."""
    yield RecordCall(
        RecordingSpec(
            # The resource has no other word for it [twilio-oai]; that TwiML uses this one is unsure.
            source=RecordingSource.START_API,
            channels=_CHANNELS[noun[CHANNELS]],
            track=RecordingTrack(noun[TRACK]),
            trim=Trim(noun[TRIM]),
            callback=(yield from recording_callback(noun, context, is_absolute=True)),
        )
    )
