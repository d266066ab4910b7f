"""`<Dial>` against a world that does anything: whatever legs do and in whatever order, its laws hold."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from twilio_emulator.calls.call import CallStatus
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.dial_flow import (
    BridgeLeg,
    DropLeg,
    DropLegs,
    LegEnded,
    LegRang,
    LegReady,
    PlaceLeg,
)
from twilio_emulator.twiml.flow import (
    WAIT,
    Answer,
    Command,
    DigitPressed,
    DocumentArrived,
    Event,
    FarEndHungUp,
    Fetch,
    HangUp,
    Instructions,
    ListenForDigits,
    PlaybackEnded,
    StartPlayback,
    StartTimer,
    StopPlayback,
    StopTimer,
    TimerFired,
)
from twilio_emulator.twiml.interpreter import interpret

VOICE, DONE = "https://app.example.com/voice", "https://app.example.com/done"
TIMER = "dial time limit"


class Dialled(RuleBasedStateMachine):
    """The world that a Dial lives in: it carries commands out as `calls.dialling` does, and chance decides the rest."""

    @initialize(
        count=st.integers(1, 10),
        sequential=st.booleans(),
        on_star=st.booleans(),
        answered=st.booleans(),
        on_bridge=st.booleans(),
    )
    def dial(self, count: int, sequential: bool, on_star: bool, answered: bool, on_bridge: bool) -> None:
        self.count, self.sequential, self.on_star = count, sequential, on_star
        self.ringing: set[int] = set()
        self.up: set[int] = set()
        self.ready: set[int] = set()
        self.placed: list[int] = []
        self.untold: list[LegEnded] = []
        self.bridged: int | None = None
        self.answered = answered
        self.sounds = self.listens = self.timed = self.is_hung_up = self.is_over = False
        self.asked: dict[str, str] | None = None
        numbers = "".join(f"<Number>+1555777{number:04}</Number>" for number in range(count))
        document = (
            f"<Response><Dial action='/done' sequential='{str(sequential).lower()}' "
            f"hangupOnStar='{str(on_star).lower()}' answerOnBridge='{str(on_bridge).lower()}'>{numbers}"
            "</Dial></Response>"
        )
        context = CallContext(quirks=Quirks(), answered=answered)
        self.steps = interpret(Instructions(url=VOICE), context)
        assert next(self.steps) == Fetch(VOICE, "POST")
        assert next(self.steps) == WAIT
        self.tell(DocumentArrived(VOICE, "text/xml", document.encode()))

    # --- carrying out -----------------------------------------------------------------------------------------------

    def tell(self, event: Event | Exception) -> None:
        command = self.steps.throw(event) if isinstance(event, Exception) else self.steps.send(event)
        try:
            for each in self.commands(command):
                self.carry_out(each)
        except FarEndHungUp:
            self.is_over = True
        while self.untold and not self.is_over:
            self.tell(self.untold.pop(0))

    def commands(self, command: Command) -> Iterator[Command]:
        while command != WAIT:
            yield command
            if isinstance(command, HangUp):
                return
            command = next(self.steps)

    def carry_out(self, command: Command) -> None:
        match command:
            case Answer():
                assert not self.answered
                self.answered = True
            case PlaceLeg(leg=leg):
                assert leg not in self.placed
                assert not self.sequential or not self.live
                self.placed.append(leg)
                self.ringing.add(leg)
            case DropLeg(leg=leg):
                self.end(leg)
            case DropLegs():
                for leg in sorted(self.live):
                    self.end(leg)
            case BridgeLeg(leg=leg):
                assert self.bridged is None, "a Dial bridges once"
                assert leg in self.ready
                assert self.answered
                assert not self.sounds, "nothing rings in a conversation"
                self.bridged = leg
            case StartPlayback():
                assert self.answered
                self.sounds = True
            case StopPlayback():
                self.sounds = False
            case StartTimer(name=name):
                self.timed = name == TIMER
            case StopTimer():
                self.timed = False
            case ListenForDigits():
                self.listens = True
            case Fetch(url=url, parameters=parameters):
                assert (url, self.asked) == (DONE, None), "the action is asked once"
                self.asked = dict(parameters)

    def end(self, leg: int, status: CallStatus | None = None) -> None:
        if leg not in self.live:
            return
        was_up = leg in self.up
        for legs in (self.ringing, self.up, self.ready):
            legs.discard(leg)
        if status is None:
            status = CallStatus.COMPLETED if was_up else CallStatus.CANCELED
        self.untold.append(LegEnded(leg, f"CA{leg:032}", status, 1 if was_up else None))

    @property
    def live(self) -> set[int]:
        return self.ringing | self.up

    @property
    def goes_on(self) -> bool:
        return hasattr(self, "steps") and not self.is_over and self.asked is None

    # --- chance -----------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.goes_on and self.ringing)
    @rule(pick=st.randoms(use_true_random=False))
    def a_leg_rings(self, pick) -> None:
        self.tell(LegRang(pick.choice(sorted(self.ringing))))

    @precondition(lambda self: self.goes_on and self.ringing)
    @rule(pick=st.randoms(use_true_random=False), at_once=st.booleans())
    def a_leg_is_answered(self, pick, at_once: bool) -> None:
        leg = pick.choice(sorted(self.ringing))
        self.ringing.remove(leg)
        self.up.add(leg)
        if at_once:
            self.ready.add(leg)
            self.tell(LegReady(leg))

    @precondition(lambda self: self.goes_on and self.up - self.ready)
    @rule(pick=st.randoms(use_true_random=False))
    def a_screening_is_passed(self, pick) -> None:
        leg = pick.choice(sorted(self.up - self.ready))
        self.ready.add(leg)
        self.tell(LegReady(leg))

    @precondition(lambda self: self.goes_on and self.live)
    @rule(
        pick=st.randoms(use_true_random=False),
        status=st.sampled_from([CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED, CallStatus.CANCELED]),
    )
    def a_leg_ends(self, pick, status: CallStatus) -> None:
        leg = pick.choice(sorted(self.live))
        self.end(leg, None if leg in self.up else status)
        self.tell(self.untold.pop(0))

    @precondition(lambda self: self.goes_on and self.sounds)
    @rule()
    def the_ringing_has_been_heard_once(self) -> None:
        self.sounds = False
        self.tell(PlaybackEnded())

    @precondition(lambda self: self.goes_on and self.listens and self.answered)
    @rule(key=st.sampled_from("*#1"))
    def a_key_is_pressed(self, key: str) -> None:
        self.tell(DigitPressed(key))
        if key == "*":
            assert not self.goes_on

    @precondition(lambda self: self.goes_on and self.timed)
    @rule()
    def time_is_up(self) -> None:
        self.timed = False
        self.tell(TimerFired(TIMER))
        assert not self.goes_on

    @precondition(lambda self: self.goes_on)
    @rule()
    def the_caller_hangs_up(self) -> None:
        self.is_hung_up = True
        self.sounds = self.timed = False  # the call takes these with it
        self.tell(FarEndHungUp())
        assert self.is_over

    @precondition(lambda self: hasattr(self, "steps") and not self.goes_on)
    @rule()
    def nothing_more_happens(self) -> None:
        """The Dial is over."""

    # --- laws -------------------------------------------------------------------------------------------------------

    @invariant()
    def while_it_goes_on_somebody_is_left_and_afterwards_nobody(self) -> None:
        if not hasattr(self, "steps"):
            return
        assert bool(self.live) == self.goes_on
        if self.bridged is not None:
            assert self.live <= {self.bridged}

    @invariant()
    def the_action_is_told_how_it_ended(self) -> None:
        if not hasattr(self, "steps") or self.goes_on:
            return
        assert self.asked is not None, "whoever hangs up"
        assert not self.sounds
        assert not self.timed
        bridged = self.bridged is not None
        assert self.asked["DialBridged"] == str(bridged).lower()
        assert self.asked["DialCallSid"] in {f"CA{leg:032}" for leg in self.placed}
        if bridged:
            assert self.asked["DialCallSid"] == f"CA{self.bridged:032}"
            assert self.asked["DialCallStatus"] == "completed"
        if self.is_hung_up and not bridged:
            assert self.asked["DialCallStatus"] != "canceled"


TestDial = Dialled.TestCase
TestDial.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
