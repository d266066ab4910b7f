from itertools import count

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.calls.answerer import AnsweredBy
from twilio_emulator.calls.far_end import LegEnding, ReferAnswers
from twilio_emulator.media.bridge import Bridge
from twilio_emulator.media.leg import Leg
from twilio_emulator.media.mixer import add
from twilio_emulator.media.playback import Playback
from twilio_wire import g711
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME


class Talker:
    """A far end that says frames which all differ, and keeps what it hears."""

    answered_by = AnsweredBy.HUMAN

    def __init__(self, first_code: int) -> None:
        self._numbers = count(first_code)
        self.said: list[bytes] = []
        self.heard: list[bytes] = []

    def speak(self) -> bytes:
        number = next(self._numbers)
        self.said.append(bytes([number // 100 % 100 + 1, number % 100 + 1]) * (FRAME_BYTES // 2))
        return self.said[-1]

    def hear(self, frame: bytes) -> None:
        self.heard.append(frame)

    def answered(self) -> None:
        raise AssertionError

    def ended(self, ending: LegEnding) -> None:
        raise AssertionError(ending)

    def refer(self, target: str, told: ReferAnswers) -> bool:
        raise AssertionError(target)


class Owner:
    def digit_heard(self, digit: str) -> None:
        """Noise may be taken for a key."""

    def marks_reached(self, names: list[str]) -> None:
        """Nobody marks anything."""


def a_leg(first_code: int) -> tuple[Talker, Leg]:
    talker = Talker(first_code)
    return talker, Leg(talker, Owner(), Playback())


def heard_of(listener: Talker) -> list[bytes]:
    return [frame for frame in listener.heard if frame != IDLE_FRAME]


@given(st.lists(st.booleans(), max_size=60))
def test_each_hears_all_that_the_other_says_whichever_ticks_first(first_ticks_first):
    (alice, near), (bob, far) = a_leg(0), a_leg(5000)
    Bridge(near, far)
    for in_order in first_ticks_first:
        for leg in (near, far) if in_order else (far, near):
            leg.tick()
    for speaker, listener in ((alice, bob), (bob, alice)):
        heard = heard_of(listener)
        assert heard == speaker.said[: len(heard)]
        assert len(heard) >= len(speaker.said) - 1, "never more than a frame behind"


def test_a_leg_that_stops_ticking_leaves_a_bounded_lead():
    (alice, near), (bob, far) = a_leg(0), a_leg(5000)
    Bridge(near, far)
    for _ in range(100):
        near.tick()
    assert set(alice.heard) == {IDLE_FRAME}
    for _ in range(100):
        far.tick()
    assert heard_of(bob) == alice.said[-10:]


def test_what_twilio_plays_is_heard_over_the_voice_and_the_voice_as_it_is_before_and_after():
    (alice, near), (bob, far) = a_leg(0), a_leg(5000)
    Bridge(near, far)
    beep = g711.encode(np.full(FRAME_BYTES, 1000, dtype=np.int16))
    for tick in range(3):
        if tick == 1:
            far.playback.play(beep)
        near.tick()
        far.tick()
    assert [bob.heard[0], bob.heard[2]] == [alice.said[0], alice.said[2]]
    assert bob.heard[1] == add(alice.said[1], beep)
    assert IDLE_FRAME not in alice.heard[1:], "nothing is played to the other"


def test_a_bridge_that_is_taken_down_is_silence():
    (alice, near), (bob, far) = a_leg(0), a_leg(5000)
    bridge = Bridge(near, far)
    bridge.take_down()
    near.tick()
    far.tick()
    assert alice.heard == bob.heard == [IDLE_FRAME]


def test_who_has_taken_another_seat_keeps_it():
    (alice, near), (_, far), (carol, other) = a_leg(0), a_leg(5000), a_leg(7000)
    old = Bridge(near, far)
    Bridge(near, other)
    old.take_down()
    near.tick()
    other.tick()
    assert carol.heard == alice.said
