"""A simulated telephone with a number: it can be called, it can dial, and it behaves as it was told to."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Final, Protocol

from twilio_emulator.calls.answerer import AnsweredBy
from twilio_emulator.calls.far_end import FarEnd, LegSide
from twilio_emulator.clock import Clock
from twilio_emulator.errors import NeverHappened, NotStarted
from twilio_emulator.journal import Journal, PhoneActed
from twilio_emulator.media.measures import Measures
from twilio_emulator.media.tape import TapeStore
from twilio_emulator.phones.behavior import PLANS, POST_DIAL_DELAY_MS, Behavior, OnRefer
from twilio_emulator.phones.phone_call import Phase, PhoneCall
from twilio_emulator.phones.script import Step, run_script

_NOT_TAKEN_LIMIT: Final = 16
"""Calls kept for a test that asks for them late; older ones are forgotten."""

_A_LONG_TIME_MS: Final = 600_000
"""A dialled call that is neither answered nor refused for ten minutes is given up by the script."""


class Network(Protocol):
    """What a phone needs of the telephone network."""

    def dial(
        self,
        *,
        from_number: str,
        to_number: str,
        far_end: FarEnd,
        application_sid: str = "",
        parameters: Mapping[str, str] | None = None,
    ) -> LegSide:
        """Call a number that the account owns, or the application that answers whatever is dialled.

        Raises:
            NobodyThere: when it owns no such number.
            NoApplication: when a client has none, or there is none with this sid.
        """

    def measures(self, call_sid: str) -> Measures | None:
        """How a call's application talks over its stream."""


class Phone:
    """One phone, at a number or at any other address. It holds one call at a time and is busy for others meanwhile."""

    def __init__(
        self,
        phone_number: str,
        *,
        behavior: Behavior,
        answer_after_ms: int,
        script: tuple[Step, ...],
        clock: Clock,
        journal: Journal,
        tapes: TapeStore,
        network: Network,
        speak: Callable[[str], Future[bytes]],
        answered_by: AnsweredBy = AnsweredBy.HUMAN,
        on_refer: OnRefer = OnRefer.ACCEPT,
        application_sid: str = "",
        on_call: Callable[[PhoneCall], None] = lambda _: None,
        dial_script: tuple[Step, ...] = (),
    ) -> None:
        self.phone_number = phone_number
        self.behavior = behavior
        self.answer_after_ms = answer_after_ms
        self.script = script
        self.dial_script = dial_script
        self._clock = clock
        self._journal = journal
        self._tapes = tapes
        self._network = network
        self._speak = speak
        self.answered_by = answered_by
        self.on_refer = on_refer
        self.application_sid = application_sid
        self._on_call = on_call
        self._current: PhoneCall | None = None
        self._not_taken: deque[PhoneCall] = deque(maxlen=_NOT_TAKEN_LIMIT)
        self._takers: deque[Future[PhoneCall]] = deque()

    def ring(self, leg: LegSide, from_number: str, parameters: Mapping[str, str] | None = None) -> FarEnd:
        """The network brings a call, with what came along. What follows is told to `leg` in call time."""
        call = self._new_call(dialled=False)
        if parameters:
            call.parameters = dict(parameters)
        call.leg, call.call_sid = leg, leg.call_sid
        self._on_call(call)
        engaged = self._current is not None and self._current.phase is not Phase.ENDED
        behavior = Behavior.BUSY if engaged else self.behavior
        if not engaged:
            self._current = call
        self._after(POST_DIAL_DELAY_MS, call, lambda: self._arrive(call, behavior, from_number))
        return call

    def _arrive(self, call: PhoneCall, behavior: Behavior, from_number: str) -> None:
        plan = PLANS[behavior]
        assert call.leg is not None
        if not plan.rings:
            assert plan.ending is not None
            call.reject(plan.ending)
            return
        self._journal.write(
            PhoneActed(
                call_sid=call.call_sid,
                phone_number=self.phone_number,
                action="rings",
                detail=f"(call from {from_number})",
            )
        )
        call.leg.far_rang()
        self._offer(call)
        if plan.answers:
            self._after(self.answer_after_ms, call, lambda: self._pick_up(call))
        elif plan.ending is not None:
            self._after(self.answer_after_ms, call, call.reject)

    def _pick_up(self, call: PhoneCall) -> None:
        # The person may have taken the call, or refused it, before the behaviour did.
        if call.phase is Phase.RINGING:
            call.answer()
            run_script(call, self.script)

    def dial(
        self, to_number: str, script: tuple[Step, ...] | None = None, parameters: Mapping[str, str] | None = None
    ) -> PhoneCall:
        """Call a number, or this phone's application; once it answers, the script runs, or else the `dial_script`.

        Raises:
            NobodyThere: when the account owns no such number.
            NoApplication: when a client has none, or there is none with this sid.
        """
        steps = self.dial_script if script is None else script
        call = self._new_call(dialled=True)
        leg = self._network.dial(
            from_number=self.phone_number,
            to_number=to_number,
            far_end=call,
            application_sid=self.application_sid,
            parameters=parameters,
        )
        self._current = call
        call.leg, call.call_sid = leg, leg.call_sid
        self._on_call(call)
        if steps:
            answered = call.wait_for(lambda: call.phase is Phase.TALKING, what="an answer", timeout_ms=_A_LONG_TIME_MS)
            answered.add_done_callback(lambda wish: None if wish.exception() else run_script(call, steps))
        return call

    def next_call(self, *, timeout_ms: int) -> Future[PhoneCall]:
        """The next incoming call that nobody has taken yet; true at once if one waits.

        It fails with `NeverHappened` after `timeout_ms` of call time.
        """
        taker: Future[PhoneCall] = Future()
        if self._not_taken:
            taker.set_result(self._not_taken.popleft())
            return taker
        self._takers.append(taker)

        def give_up() -> None:
            if not taker.done():
                taker.set_exception(NeverHappened("a call", timeout_ms, self.phone_number, "not there"))

        limit = self._clock.call_at(self._clock.now_ms + timeout_ms, give_up, limit=True)
        taker.add_done_callback(lambda _: limit.cancel())
        return taker

    def unplug(self) -> None:
        """Take no more calls: whoever waits for one is told so."""
        while self._takers:
            taker = self._takers.popleft()
            if not taker.done():
                taker.set_exception(NotStarted())

    def _offer(self, call: PhoneCall) -> None:
        while self._takers:
            taker = self._takers.popleft()
            if not taker.done():
                taker.set_result(call)
                return
        self._not_taken.append(call)

    def _new_call(self, *, dialled: bool) -> PhoneCall:
        return PhoneCall(
            self.phone_number,
            dialled=dialled,
            clock=self._clock,
            journal=self._journal,
            tapes=self._tapes,
            speak=self._speak,
            answered_by=self.answered_by,
            measures=self._network.measures,
            on_refer=self.on_refer,
        )

    def _after(self, ms: int, call: PhoneCall, action: Callable[[], None]) -> None:
        def unless_over() -> None:
            if call.phase is not Phase.ENDED:
                action()

        self._clock.call_at(self._clock.now_ms + ms, unless_over)
