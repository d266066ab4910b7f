"""What an ear knows does not depend on when it is asked."""

from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.media.tape import TapeStore
from twilio_emulator.phones.ear import Ear
from twilio_wire import dtmf, g711
from twilio_wire.g711 import IDLE_FRAME

KEY = g711.frames(g711.encode(dtmf.synthesize("5")))
LOUD = b"\x20" * 160
QUIET = b"\xfe" * 160

STRETCHES = st.lists(
    st.one_of(
        st.just(KEY),
        st.integers(1, 40).map(lambda count: [LOUD] * count),
        st.integers(1, 40).map(lambda count: [QUIET] * count),
        st.integers(1, 40).map(lambda count: [IDLE_FRAME] * count),
    ),
    max_size=6,
)


@given(STRETCHES, st.lists(st.integers(0, 120), max_size=8))
def test_whoever_asks_now_and_then_learns_what_one_learns_who_asks_after_every_frame(
    stretches: list[list[bytes]], moments: list[int]
) -> None:
    frames = [frame for stretch in stretches for frame in stretch]
    asked_always, asked_sometimes = Ear(TapeStore().tape()), Ear(TapeStore().tape())
    for number, frame in enumerate(frames):
        asked_always.hear(frame)
        known = known_by(asked_always)
        asked_sometimes.hear(frame)
        if number in moments:
            assert known_by(asked_sometimes) == known
    assert known_by(asked_sometimes) == known_by(asked_always)


def test_lengths_are_those_of_the_audio() -> None:
    ear = Ear(TapeStore().tape())
    for frame in [LOUD, LOUD, LOUD]:
        ear.hear(frame)
    assert known_by(ear) == ("", 0, True)
    for frame in [QUIET, IDLE_FRAME]:
        ear.hear(frame)
    assert known_by(ear) == ("", 40, False)


def known_by(ear: Ear) -> tuple[str, int, bool]:
    return ear.digits, ear.silent_ms, ear.is_sounding
