"""`<Queue>` in `<Dial>`: the next caller of a queue. Source: twilio.com/docs/voice/twiml/queue.

An empty queue is waited for, with ringing, up to the Dial's timeout. The caller hears the document of `url` first, if
there is one, while the ringing goes on. Who hangs up meanwhile does not end the Dial: the next one is taken.

Besides the parameters of every Dial the action is told QueueSid, and of the caller DequeuedCallSid,
DequeuedCallQueueTime, DequeuedCallDuration and `DequeueResult=bridged`: applications in the field read them, no
document has them. That an empty queue is `no-answer` is our reading; an unknown one is `failed`.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.call import CallStatus
from twilio_emulator.queues.queue import MAX_NAME_CHARS
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError, quoted
from twilio_emulator.twiml.flow import (
    WAIT,
    DigitPressed,
    Event,
    FarEndHungUp,
    IgnoreDigits,
    ListenForDigits,
    StartTimer,
    Steps,
    StopTimer,
    TimerFired,
    until,
)
from twilio_emulator.twiml.nouns import DialResult, LoneNoun
from twilio_emulator.twiml.performing import answer
from twilio_emulator.twiml.queue_flow import (
    BridgeCaller,
    CallerFound,
    CallerGone,
    CallerReady,
    PartWithCaller,
    QueueEmpty,
    QueueUnknown,
    SeekCaller,
)
from twilio_emulator.twiml.ringing import Ringing, ring_tone
from twilio_emulator.twiml.schema import Attribute, Use
from twilio_emulator.twiml.values import METHOD, TEXT, matching
from twilio_emulator.twiml.verbs.dial_attributes import (
    ANSWER_ON_BRIDGE,
    HANGUP_ON_STAR,
    RECORD,
    RING_TONE,
    TIME_LIMIT,
    TIMEOUT,
)
from twilio_emulator.twiml.verbs.dial_recording import DialRecording, recording_spec

SOURCE: Final = "twilio.com/docs/voice/twiml/queue"

URL: Final = Attribute("url", "", TEXT, source=SOURCE)
URL_METHOD: Final = Attribute("method", "POST", METHOD, code=14210, level="error", source=SOURCE)
RESERVATION_SID: Final = Attribute(
    "reservationSid",
    "",
    matching(r"WR[0-9a-fA-F]{32}", "the SID of a reservation, WR and 32 hex digits"),
    code=14215,
    level="error",
    source=SOURCE,
)
POST_WORK_ACTIVITY_SID: Final = Attribute("postWorkActivitySid", "", TEXT, source=SOURCE)

INVALID_URL: Final = 14211
NAME_TOO_SHORT: Final = 14212
NAME_TOO_LONG: Final = 14213

TIMER: Final = "queue timeout"
TALK_TIMER: Final = "dial time limit"
STAR: Final = "*"


def run(use: Use, dial: Use, context: CallContext, result: DialResult) -> Steps[None]:
    """Take the next caller of the queue, and talk until one of the two has had enough."""
    try:
        seek = _seek_command(use, context)
    except TwimlError as error:
        yield context.failure(error)
        return
    yield from _warn_of_tasks(use, context)
    if not dial[ANSWER_ON_BRIDGE]:
        yield from answer(context)
    if dial[HANGUP_ON_STAR]:
        yield ListenForDigits()
    recording = DialRecording((yield from recording_spec(dial, context)))
    turn = _Turn(seek, dial, context, result, recording)
    try:
        yield from turn.take()
    except FarEndHungUp:
        yield from turn.give_up()
        raise
    if dial[HANGUP_ON_STAR]:
        yield IgnoreDigits()


def _seek_command(use: Use, context: CallContext) -> SeekCaller:
    """What the noun asks for.

    Raises:
        TwimlError: it is wrong.
    """
    if use.fault is not None:
        raise use.fault
    line, column = use.element.line, use.element.column
    if not use.text:
        raise TwimlError(NAME_TOO_SHORT, "The queue has no name.", line, column, hint="Write <Queue>support</Queue>.")
    if len(use.text) > MAX_NAME_CHARS:
        message = f"The name of the queue has {len(use.text)} characters: {quoted(use.text)}."
        raise TwimlError(NAME_TOO_LONG, message, line, column, hint=f"Use {MAX_NAME_CHARS} at most.")
    try:
        url = context.resolve(use[URL]) if use[URL] else ""
    except TwimlError as error:
        raise TwimlError(INVALID_URL, error.message, line, column, hint=error.hint) from error
    return SeekCaller(use.text, url, use[URL_METHOD])


def _warn_of_tasks(use: Use, context: CallContext) -> Steps[None]:
    if use[RESERVATION_SID] or use[POST_WORK_ACTIVITY_SID]:
        yield context.warning(
            0,
            f"{use.place} names a reservation or an activity. There is no TaskRouter here: the next caller is taken.",
            "Test the reservation with something else.",
        )


class _Turn:
    """One agent's turn at a queue."""

    def __init__(
        self, seek: SeekCaller, dial: Use, context: CallContext, result: DialResult, recording: DialRecording
    ) -> None:
        self._seek = seek
        self._dial = dial
        self._context = context
        self._result = result
        self._ringing = Ringing()
        self._recording = recording
        self._found: CallerFound | None = None
        """The caller who has been taken for this call and is not known to be gone."""
        self._is_given_up = False
        """The agent has hung up, or has pressed star."""

    def take(self) -> Steps[None]:
        """Wait for a caller, and talk to it."""
        while (yield from self._find()):
            if (yield from self._is_ready()):
                yield from self._talk()
            if self._result.is_bridged or self._is_given_up:
                break
        yield from self._ringing.stop()
        self._result.extras |= yield from self._recording.end()

    def give_up(self) -> Steps[None]:
        """Let go of whoever was found, and learn how long the two have talked."""
        self._abandon()
        yield PartWithCaller()
        if self._found is not None:
            self._note((yield from until(CallerGone)))
        self._result.extras |= yield from self._recording.end()

    def _find(self) -> Steps[bool]:
        """Wait until a caller has been taken out of the queue; whether there is one."""
        yield self._seek
        event = yield from self._next(CallerFound, QueueEmpty, QueueUnknown)
        if isinstance(event, QueueUnknown):
            message = f"There is no queue {self._seek.name!r} to dial."
            yield self._context.error(0, message, "<Enqueue> or REST makes one; see its spelling.")
            return False
        self._result.status, self._result.is_bridged = CallStatus.NO_ANSWER.value, False
        if isinstance(event, QueueEmpty):
            yield from self._ring()
            yield StartTimer(TIMER, self._dial[TIMEOUT] * 1000)
            event = yield from self._next(CallerFound, TimerFired, DigitPressed)
            if isinstance(event, CallerFound | DigitPressed):
                yield StopTimer(TIMER)
            if not isinstance(event, CallerFound):
                yield PartWithCaller()
        return isinstance(event, CallerFound)

    def _is_ready(self) -> Steps[bool]:
        """Wait while the caller hears what it is to hear first; whether the two may talk."""
        if self._seek.url:
            yield from self._ring()
        event = yield from self._next(CallerReady, CallerGone, DigitPressed)
        if isinstance(event, DigitPressed):
            yield PartWithCaller()
            event = yield from self._next(CallerGone)
        return isinstance(event, CallerReady)

    def _talk(self) -> Steps[None]:
        """Bridge the two, and wait for the end of it."""
        yield from self._ringing.stop()
        yield from answer(self._context)
        yield BridgeCaller()
        yield from self._recording.begin(self._context)
        yield StartTimer(TALK_TIMER, self._dial[TIME_LIMIT] * 1000)
        event = yield from self._next(CallerGone, TimerFired, DigitPressed)
        if not isinstance(event, TimerFired):
            yield StopTimer(TALK_TIMER)
        if not isinstance(event, CallerGone):
            yield PartWithCaller()
            yield from self._next(CallerGone)

    # --- what happens -----------------------------------------------------------------------------------------------

    def _next(self, *kinds: type[Event]) -> Steps[Event]:
        """The next event of these kinds; of keys only the star counts."""
        while True:
            event = yield WAIT
            yield from self._ringing.hear(event)
            self._note(event)
            if isinstance(event, kinds) and (not isinstance(event, DigitPressed) or event.digit == STAR):
                return event

    def _note(self, event: Event) -> None:
        """Keep the result up to date."""
        match event:
            case CallerFound():
                self._found = event
            case CallerGone(duration_s=duration_s):
                if duration_s is not None and self._found is not None:
                    self._note_talk(self._found, duration_s)
                self._found = None
            case DigitPressed(digit=digit) if digit == STAR:
                self._abandon()

    def _note_talk(self, caller: CallerFound, duration_s: int) -> None:
        result = self._result
        result.status, result.is_bridged = CallStatus.COMPLETED.value, True
        result.call_sid, result.duration_s = caller.call_sid, duration_s
        result.extras |= {
            "QueueSid": caller.queue_sid,
            "DequeueResult": "bridged",
            "DequeuedCallSid": caller.call_sid,
            "DequeuedCallQueueTime": str(caller.time_s),
            "DequeuedCallDuration": str(duration_s),
        }

    def _abandon(self) -> None:
        self._is_given_up = True
        self._result.status = self._context.quirks.abandoned_dial_status

    def _ring(self) -> Steps[None]:
        if self._context.answered:
            yield from self._ringing.begin(ring_tone(self._dial[RING_TONE], route=""))
            if self._dial[RECORD].begins_ringing:
                yield from self._recording.begin(self._context)


QUEUE: Final = LoneNoun(
    name="Queue",
    attributes=(URL, URL_METHOD, RESERVATION_SID, POST_WORK_ACTIVITY_SID),
    has_text=True,
    run=run,
)
