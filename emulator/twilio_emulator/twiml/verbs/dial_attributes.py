"""The attributes of `<Dial>`, which its nouns read too. Source: twilio.com/docs/voice/twiml/dial."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from twilio_emulator.media.recorder import RecordingTrack, Trim
from twilio_emulator.twiml.recording_callback import RECORDING_CALLBACK
from twilio_emulator.twiml.schema import Attribute
from twilio_emulator.twiml.values import BOOLEAN, METHOD, TEXT, Kind, matching, one_of, whole_number
from twilio_wire.ringback import RINGBACKS

SOURCE: Final = "twilio.com/docs/voice/twiml/dial"


class RecordMode(StrEnum):
    """From when on a Dial is recorded, and whether the two parties have a channel each."""

    NOT = "do-not-record"
    FROM_ANSWER = "record-from-answer"
    FROM_RINGING = "record-from-ringing"
    FROM_ANSWER_DUAL = "record-from-answer-dual"
    FROM_RINGING_DUAL = "record-from-ringing-dual"

    @property
    def channels(self) -> int:
        """How many channels it has."""
        return 2 if self.endswith("-dual") else 1

    @property
    def begins_ringing(self) -> bool:
        """Whether the ringing is recorded too."""
        return self in (RecordMode.FROM_RINGING, RecordMode.FROM_RINGING_DUAL)


def _read_record(text: str) -> RecordMode:
    # What documents said before the modes had names.
    return RecordMode({"true": RecordMode.FROM_ANSWER, "false": RecordMode.NOT}.get(text.strip().lower(), text))


_CALL_REASON: Final = matching(r".{0,50}", "at most 50 characters")

ACTION: Final = Attribute("action", "", TEXT, source=SOURCE)
DIAL_METHOD: Final = Attribute("method", "POST", METHOD, code=13210, source=SOURCE)
TIMEOUT: Final = Attribute("timeout", 30, whole_number(5, 600), code=13212, source=SOURCE)
HANGUP_ON_STAR: Final = Attribute("hangupOnStar", default=False, kind=BOOLEAN, code=13213, source=SOURCE)
TIME_LIMIT: Final = Attribute("timeLimit", 14_400, whole_number(1, 86_400), code=13216, source=SOURCE)
CALLER_ID: Final = Attribute("callerId", "", TEXT, source=SOURCE)
ANSWER_ON_BRIDGE: Final = Attribute("answerOnBridge", default=False, kind=BOOLEAN, code=13219, source=SOURCE)
SEQUENTIAL: Final = Attribute("sequential", default=False, kind=BOOLEAN, code=13218, source=SOURCE)
RECORD: Final = Attribute(
    "record",
    RecordMode.NOT,
    Kind(" or ".join(f'"{mode}"' for mode in RecordMode), _read_record),
    code=13217,
    source=SOURCE,
)
RING_TONE: Final = Attribute("ringTone", "", one_of("auto", *RINGBACKS), code=13220, source=SOURCE)
RECORDING_TRACK: Final = Attribute(
    "recordingTrack", RecordingTrack.BOTH.value, one_of(*(track.value for track in RecordingTrack)), source=SOURCE
)
TRIM: Final = Attribute("trim", Trim.DO_NOT_TRIM.value, one_of(*(trim.value for trim in Trim)), source=SOURCE)
RECORDING_ATTRIBUTES: Final = (RECORD, RECORDING_TRACK, TRIM, *RECORDING_CALLBACK)

REFER_URL: Final = Attribute("referUrl", "", TEXT, source=SOURCE)
REFER_METHOD: Final = Attribute("referMethod", "POST", METHOD, source=SOURCE)

WITHOUT_EFFECT: Final = (
    Attribute("callReason", "", _CALL_REASON, source=SOURCE),
    Attribute("events", "", one_of("call-progress-event"), source=SOURCE),
    Attribute("recordingConfigurationId", "", TEXT, source=SOURCE),
    Attribute("passports", "", TEXT, source=SOURCE),
)
"""What carriers and the billing see of; nobody in an emulated call does."""
