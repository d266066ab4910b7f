"""What a phone has said is what went out of it, whenever somebody asks, however it was looked at before."""

from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.media.tape import TapeStore
from twilio_emulator.phones.mouth import Mouth
from twilio_wire.g711 import FRAME_BYTES

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(1, 60 * FRAME_BYTES)),
        st.tuples(st.just("pass"), st.integers(1, 70)),
    ),
    max_size=12,
)


@given(STEPS, st.integers(0, 20_000))
def test_what_has_been_said_is_every_frame_that_went_out_and_no_other(steps, begin):
    mouth = Mouth(TapeStore().tape())
    gone_out, number = b"", 0
    for step, size in steps:
        if step == "say":
            number += 1
            mouth.say(bytes([number, 255 - number]) * (size // 2 + 1), None)
            continue
        for _ in range(size):
            gone_out += mouth.next_frame()[0]
        assert mouth.said() == gone_out
        assert mouth.said(begin) == gone_out[begin:]
