"""`<Dial>`: the call is connected to somebody else. Source: twilio.com/docs/voice/twiml/dial.

All legs ring at once, or one after another with `sequential`. The first that is ready (answered, keys sent, screening
passed) is bridged, the others are dropped; meanwhile the caller hears ringing. When the bridged leg has ended, or none
is left, `action` is asked, or the verb below runs. The action is asked also when the caller has hung up.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.call import CallStatus
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.dial_flow import (
    BridgeLeg,
    DropLeg,
    DropLegs,
    HandOverLeg,
    LegEnded,
    LegOrder,
    LegRang,
    LegReady,
    LegReferred,
    PlaceLeg,
)
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import (
    WAIT,
    DigitPressed,
    Event,
    FarEndHungUp,
    FarEndReferred,
    Fetch,
    HangUp,
    IgnoreDigits,
    Instructions,
    ListenForDigits,
    PlaybackEnded,
    StartTimer,
    Steps,
    StopTimer,
    TimerFired,
    last_request,
    until,
)
from twilio_emulator.twiml.nouns import DialResult, LegNoun, LoneNoun
from twilio_emulator.twiml.outcomes import End, GoTo, Next, Outcome
from twilio_emulator.twiml.performing import answer
from twilio_emulator.twiml.ringing import Ringing, ring_tone
from twilio_emulator.twiml.schema import Tag, Use, Verb
from twilio_emulator.twiml.verbs.application import APPLICATION
from twilio_emulator.twiml.verbs.client import CLIENT
from twilio_emulator.twiml.verbs.conference import CONFERENCE
from twilio_emulator.twiml.verbs.dial_attributes import (
    ACTION,
    ANSWER_ON_BRIDGE,
    CALLER_ID,
    DIAL_METHOD,
    HANGUP_ON_STAR,
    RECORD,
    RECORDING_ATTRIBUTES,
    REFER_METHOD,
    REFER_URL,
    RING_TONE,
    SEQUENTIAL,
    SOURCE,
    TIME_LIMIT,
    TIMEOUT,
    WITHOUT_EFFECT,
)
from twilio_emulator.twiml.verbs.dial_recording import DialRecording, recording_spec
from twilio_emulator.twiml.verbs.number import NUMBER, bare_number
from twilio_emulator.twiml.verbs.queue import QUEUE
from twilio_emulator.twiml.verbs.sim import SIM
from twilio_emulator.twiml.verbs.sip import SIP
from twilio_emulator.twiml.verbs.whatsapp import WHATSAPP

MIXED_NOUNS: Final = 13000
INVALID_NESTING: Final = 13215
NO_REFER_URL: Final = 13802
MAX_LEGS: Final = 10
"""The most that one Dial rings [twilio.com/docs/voice/twiml/number]."""

PURPOSE: Final = "dial action"
TIMER: Final = "dial time limit"
STAR: Final = "*"

NOUNS: Final[tuple[Tag, ...]] = (APPLICATION, CLIENT, CONFERENCE, NUMBER, QUEUE, SIM, SIP, WHATSAPP)
"""What a Dial may hold: leg nouns, and lone nouns, each from a file of its own."""


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Connect the call, then ask `action` if there is one, or else go on.

    Raises:
        TwimlError: a URL is none.
    """
    result = DialResult()
    try:
        transfer = yield from _connect(use, context, result)
    except FarEndHungUp:
        yield from _owed(use, context, result)
        raise
    if transfer is not None:
        return transfer
    if use[ACTION]:
        return GoTo(context.resolve_action(use[ACTION]), use[DIAL_METHOD], result.parameters, purpose=PURPOSE)
    return Next()


def _owed(use: Use, context: CallContext, result: DialResult) -> Steps[None]:
    """Tell the action that the caller has hung up; nobody carries out what it answers."""
    if use[ACTION]:
        try:
            url = context.resolve_action(use[ACTION])
        except TwimlError as error:
            yield context.failure(error)
        else:
            yield from last_request(Fetch(url, use[DIAL_METHOD], result.parameters, PURPOSE))


def _connect(use: Use, context: CallContext, result: DialResult) -> Steps[GoTo | End | None]:
    """Ring and talk; returns where a transfer by SIP takes the call instead of to what comes next."""
    nouns = yield from _nouns(use, context)
    if nouns and isinstance(nouns[0].tag, LoneNoun):
        yield from nouns[0].tag.run(nouns[0], use, context, result)
        return None
    orders = yield from _orders(use, nouns, context)
    if not use[ANSWER_ON_BRIDGE]:
        yield from answer(context)
    recording = DialRecording((yield from recording_spec(use, context)))
    dial = _Dial(use, context, result, recording)
    yield from dial.connect(orders)
    return dial.transfer


def _nouns(use: Use, context: CallContext) -> Steps[tuple[Use, ...]]:
    """The nouns that count. The first decides: one that must be alone is, and beside others none of its kind counts."""
    nouns = use.children
    if nouns and use.text:
        yield context.warning(INVALID_NESTING, f"{use.place} has text beside its nouns; it is skipped.", "Remove it.")
    others = tuple(noun for noun in nouns if not _is_alone(noun))
    kept = others if others[:1] == nouns[:1] else nouns[:1]
    if len(kept) < len(nouns):
        lone = next(noun for noun in nouns if _is_alone(noun))
        code = MIXED_NOUNS if isinstance(lone.tag, LoneNoun) else INVALID_NESTING
        names = ", ".join(f"<{noun.tag.name}>" for noun in kept)
        message = f"{lone.place} must be the only noun of its <Dial>; {names} is all that counts."
        yield context.warning(code, message, "Give the other nouns a <Dial> of their own.")
    if len(kept) > MAX_LEGS:
        message = f"{use.place} holds {len(kept)} nouns; only the first {MAX_LEGS} are rung."
        yield context.warning(INVALID_NESTING, message, "Split it.")
    return kept[:MAX_LEGS]


def _is_alone(noun: Use) -> bool:
    return isinstance(noun.tag, LoneNoun) or (isinstance(noun.tag, LegNoun) and noun.tag.is_alone)


def _orders(use: Use, nouns: tuple[Use, ...], context: CallContext) -> Steps[list[LegOrder]]:
    """Whom to ring; what is wrong with a noun costs no more than that noun."""
    orders = []
    if not nouns:
        orders.append((yield from bare_number(use, context)))
    for noun in nouns:
        assert isinstance(noun.tag, LegNoun)  # lone ones have steps of their own
        orders.append((yield from noun.tag.order(noun, use, context)))
    return [order for order in orders if order is not None]


class _Dial:
    """One `<Dial>` under way, from the first ring to the end of the last leg."""

    def __init__(self, use: Use, context: CallContext, result: DialResult, recording: DialRecording) -> None:
        self._use = use
        self._context = context
        self._result = result
        self._recording = recording
        self._live: set[int] = set()
        self._bridged: int | None = None
        self._ringing = Ringing()
        self.transfer: GoTo | End | None = None
        self._is_given_up = False
        """The caller has hung up, or has pressed star."""

    def connect(self, orders: list[LegOrder]) -> Steps[None]:
        """Ring until a leg can be bridged, and wait for its end."""
        if self._use[HANGUP_ON_STAR]:
            yield ListenForDigits()
        try:
            yield from self._try(list(enumerate(orders)))
        except FarEndHungUp:
            yield from self._settle()
            raise
        if self._use[HANGUP_ON_STAR]:
            yield IgnoreDigits()
        self._result.extras |= yield from self._recording.end()

    def _try(self, orders: list[tuple[int, LegOrder]]) -> Steps[None]:
        rounds = [[order] for order in orders] if self._use[SEQUENTIAL] else [orders]
        for legs in rounds:
            ready = None if self._is_given_up else (yield from self._ring(legs))
            if ready is not None:
                yield from self._talk(ready)
                return
        yield from self._ringing.stop()

    def _ring(self, orders: list[tuple[int, LegOrder]]) -> Steps[int | None]:
        """Ring some legs at once; return the first that is ready, None when none is left."""
        if self._use[RECORD].begins_ringing:
            yield from self._recording.begin(self._context)
        for leg, order in orders:
            self._live.add(leg)
            yield PlaceLeg(leg, order)
        while self._live:
            event = yield WAIT
            self._note(event)
            match event:
                case LegRang(leg=ringing) if ringing in self._live:
                    if self._context.answered:
                        yield from self._ringing.begin(ring_tone(self._use[RING_TONE], dict(orders)[ringing].route))
                case PlaybackEnded():
                    yield from self._ringing.hear(event)
                case LegReady(leg=ready) if ready in self._live:
                    for loser in sorted(self._live - {ready}):
                        yield DropLeg(loser)
                    return ready
                case DigitPressed(digit=digit) if digit == STAR:
                    self._is_given_up = True
                    yield DropLegs()
        return None

    def _talk(self, leg: int) -> Steps[None]:
        """Bridge a leg, and wait for the end of it."""
        yield from self._ringing.stop()
        yield from answer(self._context)
        self._bridged = leg
        yield BridgeLeg(leg)
        yield from self._recording.begin(self._context)
        yield StartTimer(TIMER, self._use[TIME_LIMIT] * 1000)
        while leg in self._live:
            event = yield WAIT
            self._note(event)
            if event in (TimerFired(TIMER), DigitPressed(STAR)):
                yield DropLeg(leg)
            elif isinstance(event, LegReferred | FarEndReferred):
                yield from self._refer(event.target, leg, by_caller=isinstance(event, FarEndReferred))
        yield StopTimer(TIMER)
        if isinstance(self.transfer, End):
            yield HangUp()

    def _refer(self, target: str, leg: int, *, by_caller: bool) -> Steps[None]:
        """One of the two transfers the other, who goes on with the document of `referUrl`."""
        try:
            if not self._use[REFER_URL]:
                raise TwimlError(NO_REFER_URL, f"A SIP user transfers the call to {target}; <Dial> has no referUrl.")
            url = self._context.resolve(self._use[REFER_URL])
        except TwimlError as error:
            yield self._context.failure(error)
            return
        asked = {"ReferTransferTarget": target}
        if by_caller:
            self.transfer = End()
            yield HandOverLeg(leg, Instructions(url=url, method=self._use[REFER_METHOD], parameters=asked))
        else:
            self.transfer = GoTo(url, self._use[REFER_METHOD], asked, purpose="refer")
            yield DropLeg(leg)

    def _settle(self) -> Steps[None]:
        """The caller has hung up: all legs are dropped, and what became of them is to be told."""
        self._is_given_up = True
        yield DropLegs()
        while self._live:
            self._note((yield from until(LegEnded)))
        self._result.extras |= yield from self._recording.end()

    def _note(self, event: Event | None) -> None:
        """Keep the result up to date: the bridged leg counts, or else the last that ended."""
        if not isinstance(event, LegEnded) or event.leg not in self._live:
            return
        self._live.remove(event.leg)
        if self._bridged not in (None, event.leg):
            return
        result = self._result
        given_up = self._is_given_up and event.status is CallStatus.CANCELED
        result.status = self._context.quirks.abandoned_dial_status if given_up else event.status.value
        result.call_sid = event.call_sid
        result.duration_s = event.duration_s
        result.is_bridged = self._bridged is not None
        result.extras = dict(event.facts)


DIAL: Final = Verb(
    name="Dial",
    attributes=(
        ACTION,
        DIAL_METHOD,
        TIMEOUT,
        HANGUP_ON_STAR,
        TIME_LIMIT,
        CALLER_ID,
        ANSWER_ON_BRIDGE,
        SEQUENTIAL,
        RING_TONE,
        REFER_URL,
        REFER_METHOD,
        *RECORDING_ATTRIBUTES,
        *WITHOUT_EFFECT,
    ),
    children={noun.name: noun for noun in NOUNS},
    has_text=True,
    child_code=INVALID_NESTING,
    answers=False,
    run=run,
    source=SOURCE,
)
