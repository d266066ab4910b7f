"""Sound and silence in a recording."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.media.stretches import Stretch, stretches
from twilio_wire.g711 import IDLE_FRAME

LOUD = b"\x80\x00" * 80
PAUSE_MS = 200
RUNS = st.lists(st.tuples(st.booleans(), st.integers(1, 30)), max_size=12)


def recording(runs: list[tuple[bool, int]]) -> bytes:
    return b"".join((LOUD if loud else IDLE_FRAME) * frames for loud, frames in runs)


def test_a_pause_parts_two_stretches_and_a_shorter_gap_is_in_one() -> None:
    audio = recording([(False, 5), (True, 10), (False, 9), (True, 10), (False, 10), (True, 3), (False, 1)])
    assert stretches(audio, pause_ms=PAUSE_MS) == (Stretch(100, 680), Stretch(880, 940))


def test_a_click_is_no_stretch_and_neither_is_silence_or_nothing() -> None:
    assert stretches(recording([(False, 9), (True, 2), (False, 20), (True, 1)]), pause_ms=PAUSE_MS) == ()
    assert stretches(b"", pause_ms=PAUSE_MS) == ()


def test_the_last_frame_may_be_incomplete() -> None:
    assert stretches(LOUD * 3 + LOUD[:7], pause_ms=PAUSE_MS) == (Stretch(0, 80),)


@given(RUNS)
def test_stretches_are_in_order_a_pause_apart_and_hold_all_that_is_loud_but_clicks(
    runs: list[tuple[bool, int]],
) -> None:
    audio = recording(runs)
    found = stretches(audio, pause_ms=PAUSE_MS)
    assert all(end.begin_ms - begin.end_ms >= PAUSE_MS for begin, end in pairwise(found))
    frames = [audio[at : at + 160] == LOUD for at in range(0, len(audio), 160)]
    inside = {number for begin, end in found for number in range(begin // 20, end // 20)}
    outside = [number for number, loud in enumerate(frames) if loud and number not in inside]
    for number in outside:
        assert sum(frames[max(number - 10, 0) : number + 11]) < 3
    for begin, end in found:
        assert frames[begin // 20]
        assert frames[end // 20 - 1]
