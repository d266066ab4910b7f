"""`<Record>`: the caller speaks, and the app is told where to hear it. Source: twilio.com/docs/voice/twiml/record.

After the beep the far end is recorded until it is silent for `timeout`, presses one of `finishOnKey`, has spoken for
`maxLength`, or hangs up. Then `action` is asked, by default the document itself; after a hang-up too, and its reply
is not carried out. A recording with nothing in it is not told: the verb below runs.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.recording_transcriptions import LONGEST_MS
from twilio_emulator.calls.recordings import RecordingSource, RecordingSpec
from twilio_emulator.journal import RecordEnded
from twilio_emulator.media.recorder import Trim
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import (
    WAIT,
    DigitPressed,
    FarEndHungUp,
    Fetch,
    IgnoreDigits,
    ListenForDigits,
    Report,
    StartTimer,
    Steps,
    StopTimer,
    TimerFired,
    last_request,
    until,
)
from twilio_emulator.twiml.outcomes import GoTo, Next, Outcome
from twilio_emulator.twiml.record_flow import (
    RecordingStopped,
    SilenceHeard,
    StartRecording,
    StopRecording,
    Transcribe,
)
from twilio_emulator.twiml.recording_callback import RECORDING_CALLBACK, callback_url, recording_callback
from twilio_emulator.twiml.schema import Attribute, Use, Verb
from twilio_emulator.twiml.sounds import BEEP, play
from twilio_emulator.twiml.values import BOOLEAN, METHOD, TEXT, matching, one_of, whole_number

SOURCE: Final = "twilio.com/docs/voice/twiml/record"

ACTION: Final = Attribute("action", "", TEXT, source=SOURCE)
RECORD_METHOD: Final = Attribute("method", "POST", METHOD, code=13610, source=SOURCE)
TIMEOUT: Final = Attribute("timeout", 5, whole_number(0), code=13611, source=SOURCE)
# Accounts may have their limit raised to a day; a call here lasts no longer than its own time limit anyway.
MAX_LENGTH: Final = Attribute("maxLength", 3600, whole_number(1, 86_400), code=13612, source=SOURCE)
FINISH_ON_KEY: Final = Attribute(
    "finishOnKey", "1234567890*#", matching(r"[0-9#*]*", 'any of 0-9 # *, or "" for none'), code=13613, source=SOURCE
)
PLAY_BEEP: Final = Attribute("playBeep", default=True, kind=BOOLEAN, code=13616, source=SOURCE)
# A wrong value means no trimming, whatever the default [twilio.com/docs/api/errors/13699].
TRIM: Final = Attribute(
    "trim", Trim.TRIM_SILENCE.value, one_of(*(trim.value for trim in Trim)), code=13699, source=SOURCE
)
TRANSCRIBE: Final = Attribute("transcribe", default=False, kind=BOOLEAN, code=13614, source=SOURCE)
TRANSCRIBE_CALLBACK: Final = Attribute("transcribeCallback", "", TEXT, source=SOURCE)
CONFIGURATION: Final = Attribute("recordingConfigurationId", "", TEXT)

LONGEST_TRANSCRIBED_S: Final = LONGEST_MS // 1000
TOO_LONG_TO_TRANSCRIBE: Final = 13615
INVALID_TRANSCRIBE_CALLBACK: Final = 13257

TIMER: Final = "record length"
"""Name of the timer."""


class RecordEnding(StrEnum):
    """Why a `<Record>` ended."""

    SILENCE = "silence"
    FINISH_KEY = "finish key"
    MAX_LENGTH = "maximum length"
    HANG_UP = "hang-up"


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Record; then ask `action` if there is something to tell, or else go on.

    Raises:
        TwimlError: `action` is no URL, or missing in a document without one of its own.
    """
    action = context.resolve_action(use[ACTION])
    spec = RecordingSpec(
        source=RecordingSource.RECORD_VERB,
        trim=_trim(use),
        callback=(yield from recording_callback(use, context)),
    )
    transcribe = yield from _transcribe(use, context)
    if use[PLAY_BEEP]:
        yield from play(BEEP)
    try:
        ending, key = yield from _record(use, StartRecording(spec, use[TIMEOUT] * 1000, transcribe))
    except FarEndHungUp:
        yield from _last_request(action, use)
        raise
    stopped = yield from _stop(ending)
    if not stopped.duration_s:
        return Next()
    return GoTo(action, use[RECORD_METHOD], _parameters(stopped, key), purpose="record action")


def _transcribe(use: Use, context: CallContext) -> Steps[Transcribe | None]:
    if not use[TRANSCRIBE]:
        return None
    if use.has(MAX_LENGTH) and use[MAX_LENGTH] > LONGEST_TRANSCRIBED_S:
        yield context.warning(
            TOO_LONG_TO_TRANSCRIBE,
            f"{use.place}: what may last {use[MAX_LENGTH]} s is not transcribed.",
            f"Keep maxLength at {LONGEST_TRANSCRIBED_S} or below.",
        )
        return None
    url = ""
    if use[TRANSCRIBE_CALLBACK].strip():
        url = yield from callback_url(use[TRANSCRIBE_CALLBACK], use, context, INVALID_TRANSCRIBE_CALLBACK)
    return Transcribe(StatusCallback(url) if url else None)


def _record(use: Use, start: StartRecording) -> Steps[tuple[RecordEnding, str]]:
    """Record until something other than a hang-up ends it: what, and the key if it was one."""
    yield start
    yield StartTimer(TIMER, use[MAX_LENGTH] * 1000)
    yield ListenForDigits()
    ending, key = RecordEnding.MAX_LENGTH, ""
    while True:
        match (yield WAIT):
            case SilenceHeard():
                ending = RecordEnding.SILENCE
                break
            case DigitPressed(digit=digit) if digit in use[FINISH_ON_KEY]:
                ending, key = RecordEnding.FINISH_KEY, digit
                break
            case TimerFired(name=name) if name == TIMER:
                break
    yield IgnoreDigits()
    if ending is not RecordEnding.MAX_LENGTH:
        yield StopTimer(TIMER)
    return ending, key


def _stop(ending: RecordEnding) -> Steps[RecordingStopped]:
    yield StopRecording(on_key=ending is RecordEnding.FINISH_KEY)
    stopped = yield from until(RecordingStopped)
    yield Report(RecordEnded(reason=ending.value, recording_sid=stopped.sid, duration_s=stopped.duration_s))
    return stopped


def _last_request(action: str, use: Use) -> Steps[None]:
    """Tell the app what was recorded before the hang-up; nobody is left to carry out its reply."""
    stopped = yield from _stop(RecordEnding.HANG_UP)
    if stopped.duration_s:
        parameters = _parameters(stopped, "hangup")
        yield from last_request(Fetch(action, use[RECORD_METHOD], parameters, purpose="record action"))


def _parameters(stopped: RecordingStopped, digits: str) -> dict[str, str]:
    return {
        "RecordingUrl": stopped.url,
        "RecordingSid": stopped.sid,
        "RecordingDuration": str(stopped.duration_s),
        "Digits": digits,
    }


def _trim(use: Use) -> Trim:
    is_wrong = TRIM.name in use.element.attributes and not use.has(TRIM)
    return Trim.DO_NOT_TRIM if is_wrong else Trim(use[TRIM])


RECORD: Final = Verb(
    name="Record",
    attributes=(
        ACTION,
        RECORD_METHOD,
        TIMEOUT,
        MAX_LENGTH,
        FINISH_ON_KEY,
        PLAY_BEEP,
        TRIM,
        TRANSCRIBE,
        TRANSCRIBE_CALLBACK,
        CONFIGURATION,
        *RECORDING_CALLBACK,
    ),
    run=run,
    source=SOURCE,
)
