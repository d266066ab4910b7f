"""`<Conference>` in `<Dial>`: a room with a name, in which any number of calls talk.

Who comes in hears music until two are there and one of them starts the conference. The Dial is over when the call has
left: by a star (`hangupOnStar`), at the Dial's `timeLimit` if it has one, or because REST or the end of the conference
put it out. A Dial that records takes down what this call says and hears; its `timeout` and `callerId` have no effect.
Source: twilio.com/docs/voice/twiml/conference.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.call import CallStatus
from twilio_emulator.conferences.spec import LABEL_RULE, MAX_NAME_CHARS, is_label
from twilio_emulator.twiml.conference_flow import (
    ConferenceLeft,
    ConferenceRefused,
    JoinConference,
    LeaveConference,
    Leaving,
)
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import (
    WAIT,
    DigitPressed,
    FarEndHungUp,
    IgnoreDigits,
    ListenForDigits,
    StartTimer,
    Steps,
    StopTimer,
    TimerFired,
)
from twilio_emulator.twiml.nouns import DialResult, LoneNoun
from twilio_emulator.twiml.performing import answer
from twilio_emulator.twiml.schema import Use
from twilio_emulator.twiml.verbs.conference_attributes import CONFERENCE_ATTRIBUTES, LABEL, participant_spec
from twilio_emulator.twiml.verbs.dial_attributes import HANGUP_ON_STAR, TIME_LIMIT
from twilio_emulator.twiml.verbs.dial_recording import DialRecording, recording_spec

INVALID_NAME: Final = 13237
INVALID_LABEL: Final = 16023

ANSWERED: Final = "answered"
"""What DialCallStatus says of a call that was in its conference [twilio.com/docs/voice/twiml/dial]."""

TIMER: Final = "conference time limit"
STAR: Final = "*"


def run(use: Use, dial: Use, context: CallContext, result: DialResult) -> Steps[None]:
    """Take the call into the conference and wait until it is out again.

    Raises:
        TwimlError: 13231 or 13239, for a value that Twilio gives up the document for.
    """
    if use.fault is not None:
        raise use.fault
    if not 0 < len(use.text) <= MAX_NAME_CHARS:
        hint = f"Give it a name of up to {MAX_NAME_CHARS} characters."
        yield context.warning(INVALID_NAME, f"{use.place} has no name that counts; nobody is connected.", hint)
        return
    if use[LABEL] and not is_label(use[LABEL].strip()):
        yield context.error(INVALID_LABEL, f"{use.place}: {use[LABEL]!r} is no label for a participant.", LABEL_RULE)
        return
    spec = yield from participant_spec(use, context)
    recording = DialRecording((yield from recording_spec(dial, context)))
    yield from answer(context)
    result.status = ANSWERED
    yield JoinConference(use.text, spec)
    yield from recording.begin(context)
    if dial[HANGUP_ON_STAR]:
        yield ListenForDigits()
    if dial.has(TIME_LIMIT):
        yield StartTimer(TIMER, dial[TIME_LIMIT] * 1000)
    try:
        yield from _stay(context, result)
    except FarEndHungUp:
        result.extras |= yield from recording.end()
        raise
    result.extras |= yield from recording.end()
    if dial[HANGUP_ON_STAR]:
        yield IgnoreDigits()
    if dial.has(TIME_LIMIT):
        yield StopTimer(TIMER)


def _stay(context: CallContext, result: DialResult) -> Steps[None]:
    while True:
        event = yield WAIT
        match event:
            case ConferenceRefused(code=code, message=message, hint=hint):
                result.status = CallStatus.FAILED.value
                yield context.error(code, message, hint)
                return
            case ConferenceLeft(leaving=Leaving.WAIT_FAILED):
                result.status = CallStatus.FAILED.value
                return
            case ConferenceLeft():
                return
            case DigitPressed() | TimerFired() if event in (DigitPressed(STAR), TimerFired(TIMER)):
                yield LeaveConference()
                return


CONFERENCE: Final = LoneNoun(name="Conference", attributes=CONFERENCE_ATTRIBUTES, has_text=True, run=run)
