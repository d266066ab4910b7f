"""What stands around a phone under test: time moved by hand, and Twilio's side of a call that notes what it hears."""

from concurrent.futures import Future

from twilio_emulator.calls.far_end import FarEnd, LegEnding
from twilio_emulator.clock import FreeClock
from twilio_emulator.errors import NobodyThere
from twilio_emulator.journal import Journal
from twilio_emulator.media.tape import TapeStore
from twilio_emulator.phones.behavior import behavior_named
from twilio_emulator.phones.phone import Phone
from twilio_emulator.phones.phone_call import PhoneCall
from twilio_emulator.phones.script import parse_script
from twilio_wire.g711 import IDLE_FRAME


def said_at_once(text: str) -> "Future[bytes]":
    """A tenth of a second of the same sound for every letter."""
    spoken: Future[bytes] = Future()
    spoken.set_result(b"\x20" * 800 * len(text))
    return spoken


class Leg:
    """Twilio's side: keeps the time and the kind of all it is told."""

    call_sid = "CA" + "1" * 32

    def __init__(self, clock: FreeClock) -> None:
        self._clock = clock
        self.told: list[tuple[int, str]] = []

    def far_rang(self) -> None:
        self.told.append((self._clock.now_ms, "rang"))

    def far_answered(self) -> None:
        self.told.append((self._clock.now_ms, "answered"))

    def far_ended(self, ending: LegEnding) -> None:
        self.told.append((self._clock.now_ms, str(ending)))


class Bench:
    """Makes phones and moves time."""

    def __init__(self) -> None:
        self.clock = FreeClock()  # never started: the tests move its agenda
        self.journal = Journal(self.clock)
        self.leg = Leg(self.clock)

    def dial(self, *, from_number: str, to_number: str, far_end: FarEnd, **_: object) -> Leg:
        if to_number != "+15550001111":
            raise NobodyThere(to_number)
        return self.leg

    def measures(self, call_sid: str) -> None:
        """No application here has a stream."""

    def phone(self, behavior: str = "answer", *, answer_after_ms: int = 1000, script: list | None = None) -> Phone:
        return Phone(
            "+15557770001",
            behavior=behavior_named(behavior),
            answer_after_ms=answer_after_ms,
            script=parse_script(script or []),
            clock=self.clock,
            journal=self.journal,
            tapes=TapeStore(),
            network=self,
            speak=said_at_once,
        )

    def talking(self) -> PhoneCall:
        """A call that was dialled and answered."""
        call = self.phone().dial("+15550001111")
        call.answered()
        return call

    def pass_ms(self, ms: int) -> None:
        self.clock.agenda.advance_to(self.clock.now_ms + ms)

    def exchange_frames(self, call: PhoneCall, count: int, heard: bytes = IDLE_FRAME) -> bytes:
        """Move frames both ways; returns what the phone said."""
        said = b""
        for _ in range(count):
            self.pass_ms(20)
            said += call.speak()
            call.hear(heard)
        return said
