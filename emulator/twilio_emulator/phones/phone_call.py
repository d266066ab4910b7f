"""One call on a simulated phone: the far end of a leg that a person holds, with a mouth, an ear and a keypad.

`PHASES` says what can happen when. What takes time returns a `Wish` (a future) that comes true in the audio's own time;
nothing here waits.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, TypeVar

from twilio_emulator.calls.answerer import AnsweredBy
from twilio_emulator.calls.far_end import LegEnding, LegSide, ReferAnswers
from twilio_emulator.clock import Clock
from twilio_emulator.errors import CallOver, CannotTransfer, NeverHappened, NotRinging
from twilio_emulator.journal import HANGS_UP, SAYS, Journal, PhoneActed
from twilio_emulator.media.captions import Utterance
from twilio_emulator.media.lines import Lines
from twilio_emulator.media.measures import Measures
from twilio_emulator.media.tape import TapeStore
from twilio_emulator.phones.behavior import REFERRALS, REFERRED_CALL_RINGS_MS, OnRefer
from twilio_emulator.phones.ear import Ear
from twilio_emulator.phones.keypad import KEY_MS, KEYPAD
from twilio_emulator.phones.mouth import Mouth
from twilio_wire import dtmf, g711
from twilio_wire.g711 import FRAME_MS, IDLE_FRAME
from twilio_wire.words import Word

Wish = Future
"""Something a phone waits for: comes true, or fails with a typed error, on the emulator's loop."""

_LAST_KEY_BYTES: Final = KEY_MS * g711.SAMPLE_RATE // 1000

_RINGS: Final = 180
_REFUSED: Final = 300
"""SIP codes [RFC 3261, section 21]."""


class Phase(Word):
    """Where the call stands, seen from the phone."""

    DIALLING = "dialling"
    RINGING = "ringing"
    TALKING = "in-progress"
    ENDED = "ended"


_TALKING: Final = Phase.TALKING
"""Looked up once, not with each frame."""

PHASES: Final[dict[Phase, frozenset[Phase]]] = {
    Phase.DIALLING: frozenset({Phase.TALKING, Phase.ENDED}),
    Phase.RINGING: frozenset({Phase.TALKING, Phase.ENDED}),
    Phase.TALKING: frozenset({Phase.ENDED}),
    Phase.ENDED: frozenset(),
}

ENDING_STATUS: Final[dict[LegEnding, str]] = {
    LegEnding.HUNG_UP: "no-answer",
    LegEnding.BUSY: "busy",
    LegEnding.NOT_ANSWERED: "no-answer",
    LegEnding.REJECTED: "no-answer",
    LegEnding.UNREACHABLE: "failed",
    LegEnding.CANCELED: "canceled",
}
"""Twilio's word for an unanswered call's end; an answered call is `completed` whoever ends it."""

T = TypeVar("T")


class PhoneCall:
    """A call on a handset. Implements `FarEnd` towards Twilio's leg."""

    __slots__ = (
        "__weakref__",
        "_measures",
        "_mouth",
        "_on_refer",
        "_speak",
        "_tape",
        "_utterance_count",
        "_utterances",
        "_watches",
        "answered_by",
        "call_sid",
        "clock",
        "dialled",
        "digits_taken",
        "ear",
        "journal",
        "leg",
        "on_ended",
        "parameters",
        "phase",
        "phone_number",
        "status",
    )

    def __init__(
        self,
        phone_number: str,
        *,
        dialled: bool,
        clock: Clock,
        journal: Journal,
        tapes: TapeStore,
        speak: Callable[[str], Wish[bytes]],
        answered_by: AnsweredBy = AnsweredBy.HUMAN,
        measures: Callable[[str], Measures | None] = lambda _: None,
        on_refer: OnRefer = OnRefer.ACCEPT,
    ) -> None:
        self.phone_number = phone_number
        self.dialled = dialled
        self.phase = Phase.DIALLING if dialled else Phase.RINGING
        self.status = "ringing"
        self.ear = Ear(tapes.tape())
        self._tape = tapes.tape()
        self._mouth: Mouth | None = None
        """A phone that only rings says nothing."""
        self.digits_taken = 0
        """How many of the keys heard have been handed to somebody who waited for them."""
        self.leg: LegSide | None = None
        self.call_sid = ""
        self.parameters: dict[str, str] = {}
        """What came along with a call to a client (parameters) or to a SIP user (headers)."""
        self.answered_by = answered_by
        self._on_refer = on_refer
        self.on_ended: Callable[[], None] = _nothing
        self.clock = clock
        self.journal = journal
        self._speak = speak
        self._measures = measures
        self._utterances: dict[str, tuple[Wish[None], int]] = {}
        self._utterance_count = 0
        self._watches: list[tuple[Callable[[], bool], Wish[None], str]] = []

    def said(self, begin: int = 0) -> bytes:
        """What this phone has said, from this byte on: µ-law, 8 kHz, mono. Any thread may ask."""
        return b"" if self._mouth is None else self._mouth.said(begin)

    @property
    def measures(self) -> Measures | None:
        """How the application at the other end talks, as Twilio sees it; None if it has no stream."""
        return self._measures(self.call_sid)

    # --- what Twilio's leg does to us -------------------------------------------------------------------------------

    def speak(self) -> bytes:
        """The next 20 ms that this phone says."""
        if self.phase is not _TALKING:
            return IDLE_FRAME
        frame, finished = (self._mouth or self._open_mouth()).next_frame()
        for name in finished:
            self._said(name)
        return frame

    def hear(self, frame: bytes) -> None:
        """The next 20 ms that this phone hears."""
        self.ear.hear(frame)
        if self._watches:
            self._look()

    def answered(self) -> None:
        """Twilio answered the call this phone dialled."""
        self._move(Phase.TALKING)
        self.status = "in-progress"
        self._note("hears the answer")
        self._look()

    def ended(self, ending: LegEnding) -> None:
        """Twilio ended the call."""
        if self.phase is not Phase.ENDED:
            self._note("hears the end of the call", ending)
            self._end(ending)

    def refer(self, target: str, told: ReferAnswers) -> bool:
        """Twilio wants this phone to call `target` instead: it leaves this call once that one is answered."""
        if not self._is_sip:
            return False
        answer, outcome = REFERRALS[self._on_refer]
        self._note("refuses to call" if outcome is None else "calls instead", target)
        told(answer, None)
        if outcome is not None:
            told(answer, _RINGS)
            self.clock.call_at(
                self.clock.now_ms + REFERRED_CALL_RINGS_MS,
                lambda: self._referred(outcome, lambda: told(answer, outcome)),
            )
        return True

    def _referred(self, outcome: int, tell: Callable[[], None]) -> None:
        if self.phase is Phase.TALKING:
            tell()
        if self.phase is Phase.TALKING and outcome < _REFUSED:
            self.hang_up()

    # --- what the person does ---------------------------------------------------------------------------------------

    def answer(self) -> None:
        """Pick up a ringing phone.

        Raises:
            NotRinging: when there is nothing to pick up.
        """
        if self.phase is not Phase.RINGING or self.leg is None:
            raise NotRinging("answer", self.phone_number, self.status)
        self._move(Phase.TALKING)
        self.status = "in-progress"
        self._note("answers")
        self.leg.far_answered()
        self._look()

    def reject(self, ending: LegEnding = LegEnding.REJECTED) -> None:
        """Refuse a ringing call.

        Raises:
            NotRinging: when there is nothing to refuse.
        """
        if self.phase is not Phase.RINGING or self.leg is None:
            raise NotRinging("reject", self.phone_number, self.status)
        self._note("rejects the call" if ending is LegEnding.REJECTED else f"is {ending}")
        self._leave(ending)

    def hang_up(self) -> None:
        """Put the phone down. A call that is over stays over."""
        if self.phase is Phase.ENDED:
            return
        self._note(HANGS_UP)
        refused = self.phase is Phase.RINGING
        self._leave(LegEnding.REJECTED if refused else LegEnding.HUNG_UP)

    def give_up(self, waited_for: str) -> None:
        """Put the phone down, since this has not come."""
        self._note("has waited in vain for", waited_for)
        self.hang_up()

    def transfer(self, target: str) -> None:
        """Want the other party to be connected to `target` (SIP REFER).

        Raises:
            CannotTransfer: when this phone is no SIP user's, or is in no conversation.
        """
        if self.phase is not Phase.TALKING or self.leg is None or not self._is_sip:
            raise CannotTransfer(self.phone_number, self.status)
        self._note("transfers the call to", target)
        self.leg.far_referred(target)

    def say(self, audio: bytes, says: Utterance | None = None, *, may_lack: int = 0) -> Wish[None]:
        """Speak bytes (µ-law, 8 kHz, mono) after what is being said; true when the last of it has gone out.

        `says` is the text of it, if that is known.
        If the call ends first the wish fails with `CallOver`, unless no more than `may_lack` bytes were left to say.
        """
        wish: Wish[None] = Wish()
        if self.phase is Phase.ENDED:
            wish.set_exception(CallOver(self.phone_number, self.status))
            return wish
        name = str(self._utterance_count)
        self._utterance_count += 1
        self._utterances[name] = (wish, may_lack)
        mouth = self._mouth or self._open_mouth()
        if audio:
            mouth.say(audio, says)
        for reached in mouth.mark(name):
            self._said(reached)
        return wish

    def recite(self, audio: bytes, lines: Lines | None) -> Wish[None]:
        """Speak bytes (µ-law, 8 kHz, mono) that say these lines, or of which nobody knows what they say."""
        if lines is None:
            return self.say(audio)
        if lines.text and self.phase is not Phase.ENDED:
            self._note(SAYS, f"“{lines.text}”")
        return self.say(audio, Utterance(lines.text, audio, lines.confidence))

    def speak_lines(self, lines: Lines) -> Wish[None]:
        """Say a text with the emulator's speech; true when the last of it has gone out."""
        wish: Wish[None] = Wish()

        def begin(spoken: Future[bytes]) -> None:
            if spoken.cancelled():  # the emulator is being stopped
                _fail(wish, CallOver(self.phone_number, self.status))
            elif (error := spoken.exception()) is not None:
                _fail(wish, error)
            else:
                self.recite(spoken.result(), lines).add_done_callback(end)

        def end(said: Future[None]) -> None:
            if (error := said.exception()) is not None:
                _fail(wish, error)
            else:
                _fulfil(wish)

        self._speak(lines.text).add_done_callback(begin)
        return wish

    def press(self, keys: str) -> Wish[None]:
        """Press keys (0-9 * # A-D, `w` and `W` pause); true when the last tone has ended.

        A call that ends while the last key is down has had all keys: that is what the key was pressed for.

        Raises:
            InvalidDigits: for anything else.
        """
        tones = g711.encode(dtmf.synthesize(keys, timing=KEYPAD))
        if self.phase is not Phase.ENDED:
            self._note("presses", keys)
        return self.say(tones, Utterance("", tones), may_lack=_LAST_KEY_BYTES)

    def keep_silent(self, ms: int) -> Wish[None]:
        """Say nothing for `ms`, after what is being said."""
        return self.say(IDLE_FRAME * -(-ms // FRAME_MS))

    # --- what the person waits for ----------------------------------------------------------------------------------

    def wait_for(self, condition: Callable[[], bool], *, what: str, timeout_ms: int) -> Wish[None]:
        """True as soon as `condition` holds; it is looked at after every frame and every change of status.

        The wish fails with `NeverHappened` after `timeout_ms` of call time, and with `CallOver` when the call ends and
        the condition does not hold then.
        """
        wish: Wish[None] = Wish()
        if condition():
            wish.set_result(None)
            return wish
        if self.phase is Phase.ENDED:
            wish.set_exception(CallOver(self.phone_number, self.status, what))
            return wish
        watch = (condition, wish, what)
        self._watches.append(watch)
        limit = self.clock.call_at(
            self.clock.now_ms + timeout_ms,
            lambda: _fail(wish, NeverHappened(what, timeout_ms, self.phone_number, self.status)),
            limit=True,
        )

        def forget(_: Future[None]) -> None:
            limit.cancel()
            if watch in self._watches:
                self._watches.remove(watch)

        wish.add_done_callback(forget)
        return wish

    # --- inside -----------------------------------------------------------------------------------------------------

    @property
    def _is_sip(self) -> bool:
        return self.phone_number.startswith("sip:")

    def _open_mouth(self) -> Mouth:
        self._mouth = Mouth(self._tape)
        return self._mouth

    def _said(self, name: str) -> None:
        wish, _ = self._utterances.pop(name)
        _fulfil(wish)

    def _look(self) -> None:
        for condition, wish, _ in tuple(self._watches):
            if condition():
                _fulfil(wish)

    def _leave(self, ending: LegEnding) -> None:
        leg = self.leg
        self._end(ending)
        if leg is not None:
            leg.far_ended(ending)

    def _end(self, ending: LegEnding) -> None:
        was_talking = self.phase is Phase.TALKING
        self._move(Phase.ENDED)
        self.status = "completed" if was_talking else ENDING_STATUS[ending]
        self.leg = None
        if self._watches:
            self._look()
        for _, wish, what in tuple(self._watches):
            _fail(wish, CallOver(self.phone_number, self.status, what))
        if self._mouth is not None:
            for wish, may_lack in self._utterances.values():
                if self._mouth.queued_bytes <= may_lack:
                    _fulfil(wish)
                _fail(wish, CallOver(self.phone_number, self.status))
            self._utterances.clear()
            self._mouth.shut()
        self.on_ended()

    def _move(self, phase: Phase) -> None:
        if phase not in PHASES[self.phase]:
            raise AssertionError(f"A phone cannot go from {self.phase} to {phase}.")
        self.phase = phase

    def _note(self, action: str, detail: str = "") -> None:
        self.journal.write(
            PhoneActed(call_sid=self.call_sid, phone_number=self.phone_number, action=action, detail=detail)
        )


def _nothing() -> None:
    """No one listens for the end of the call."""


def _fulfil(wish: Wish[None]) -> None:
    if not wish.done():
        wish.set_result(None)


def _fail(wish: Wish[T], error: BaseException) -> None:
    if not wish.done():
        wish.set_exception(error)
