"""A phone plays a recorded caller's part in a new call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, cast, get_args

from twilio_emulator.errors import NeverHappened
from twilio_emulator.media.lines import Lines
from twilio_emulator.media.stretches import StretchWatch
from twilio_emulator.phones.behavior import Behavior
from twilio_emulator.phones.cues import REACTION_MS, AfterOwn, AfterPause, Heard, IntoTurn, described, is_given
from twilio_emulator.phones.part import CuedMove, HangUp, Mode, Move, Piece, Press, part_of
from twilio_emulator.phones.phone_call import Phase, PhoneCall, Wish
from twilio_emulator.phones.waits import DEFAULT_TIMEOUT_MS
from twilio_wire.cassette import Side, read_cassette
from twilio_wire.g711 import SAMPLE_RATE

_BYTES_PER_MS: Final = SAMPLE_RATE // 1000
_UNANSWERED: Final = {
    "busy": Behavior.BUSY,
    "no-answer": Behavior.NO_ANSWER,
    "canceled": Behavior.NO_ANSWER,
    "failed": Behavior.UNREACHABLE,
}
"""What a phone does that is called, and was called in vain when it was recorded."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A step of a phone's script: play a part, to its end.

    A cue that never comes is waited for no longer than `timeout_ms` of call time; then the phone hangs up, and the
    journal says what it has waited for.
    """

    part: Sequence[CuedMove]
    timeout_ms: int = DEFAULT_TIMEOUT_MS

    def begin(self, phone: PhoneCall) -> Wish[None]:
        """Start it."""
        performance = _Performance(phone, self)
        performance.go_on()
        return performance.done


@dataclass(frozen=True, slots=True)
class UntilOver:
    """A step of a phone's script: stay until the other side hangs up, but no longer than `timeout_ms` of call time."""

    timeout_ms: int = DEFAULT_TIMEOUT_MS

    def begin(self, phone: PhoneCall) -> Wish[None]:
        """Start it."""
        over = phone.wait_for(
            lambda: phone.phase is Phase.ENDED, what="the end of the call", timeout_ms=self.timeout_ms
        )
        over.add_done_callback(partial(_give_up_in_vain, phone))
        return over


@dataclass(frozen=True, slots=True)
class RecordedPhone:
    """How the phone of a cassette behaves when it is called, and what it does once there is an answer."""

    behavior: Behavior
    script: tuple[Replay, UntilOver]


def replay_of(path: str | Path, *, side: str | None, mode: str, timeout_ms: int) -> Replay:
    """The step that plays one side of a cassette, by default that of its handset.

    Raises:
        CassetteError: naming the file and the line that is wrong.
        ValueError: for a side or a mode that is none.
    """
    return recorded_phone(path, side=side, mode=mode, timeout_ms=timeout_ms).script[0]


def recorded_phone(path: str | Path, *, side: str | None, mode: str, timeout_ms: int) -> RecordedPhone:
    """The phone that has one side of a cassette, by default that of its handset.

    Raises:
        CassetteError: naming the file and the line that is wrong.
        ValueError: for a side or a mode that is none.
    """
    if side not in (None, *get_args(Side)):
        raise ValueError(f'side is {side!r}; give "far" or "near", or leave it out for the handset\'s.')
    if mode not in tuple(Mode):
        raise ValueError(f"mode is {mode!r}; give one of: {', '.join(Mode)}.")
    call = read_cassette(path)
    own = cast(Side, side or call.handset)
    behavior = Behavior.ANSWER if call.dialled_by == own else _UNANSWERED.get(call.status, Behavior.ANSWER)
    return RecordedPhone(behavior, (Replay(part_of(call, own, Mode(mode)), timeout_ms), UntilOver(timeout_ms)))


class _Performance:
    """A part in one call: the next move when its cue is given, until there is none.

    Time is counted in frames heard. Looked at after each, a moment begins with the very next frame that is said.
    """

    def __init__(self, phone: PhoneCall, replay: Replay) -> None:
        self.done: Wish[None] = Wish()
        self._phone = phone
        self._timeout_ms = replay.timeout_ms
        self._to_come = list(reversed(replay.part))
        self._watch = StretchWatch(REACTION_MS)
        self._began_ms = self._ends_ms = 0
        """When the last move began and when it ends."""
        phone.ear.follow(self._watch.hear)

    def go_on(self) -> None:
        """Wait for the next cue, and make the move."""
        if not self._to_come:
            self._at(self._ends_ms, lambda: self.done.set_result(None))
            return
        cued = self._to_come.pop()
        begin = partial(self._begin, cued.move)
        if isinstance(cued.cue, AfterOwn):
            self._at(self._ends_ms + cued.cue.ms, begin)
        else:
            self._on(cued.cue, begin)

    def _begin(self, move: Move) -> None:
        self._began_ms = self._watch.heard_ms
        self._ends_ms = self._began_ms + move.ms
        if isinstance(move, HangUp):
            self._phone.hang_up()
        elif isinstance(move, Press):
            self._phone.press(move.key)
        else:
            self._say(move.pieces)
            return
        self.go_on()

    def _say(self, pieces: tuple[Piece, ...]) -> None:
        """One piece as the other ends, so that the journal has each text at its moment."""
        if not pieces:
            self.go_on()
            return
        audio, text = pieces[0].audio, pieces[0].text
        self._phone.recite(audio, None if text is None else Lines(text))
        self._at(self._watch.heard_ms + len(audio) // _BYTES_PER_MS, partial(self._say, pieces[1:]))

    def _at(self, due_ms: int, action: Callable[[], None]) -> None:
        timeout_ms = due_ms - self._watch.heard_ms + self._timeout_ms
        self._wait(lambda: self._watch.heard_ms >= due_ms, "its own part", timeout_ms, action)

    def _on(self, cue: AfterPause | IntoTurn, action: Callable[[], None]) -> None:
        def is_due() -> bool:
            watch = self._watch
            return is_given(cue, Heard(watch.found, self._began_ms, watch.heard_ms, watch.quiet_ms))

        self._wait(is_due, described(cue), self._timeout_ms, action)

    def _wait(self, is_due: Callable[[], bool], what: str, timeout_ms: int, action: Callable[[], None]) -> None:
        def finished(wish: Future[None]) -> None:
            if (error := wish.exception()) is None:
                action()
                return
            _give_up_in_vain(self._phone, wish)
            self.done.set_exception(error)

        self._phone.wait_for(is_due, what=what, timeout_ms=timeout_ms).add_done_callback(finished)


def _give_up_in_vain(phone: PhoneCall, wish: Future[None]) -> None:
    if isinstance(error := wish.exception(), NeverHappened):
        phone.give_up(error.what)
