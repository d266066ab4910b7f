"""Who speaks and who has stopped: a click is no speech, a breath no silence."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.media.speech_watch import SpeechWatch
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME

LOUD = b"\x10" * FRAME_BYTES


def changes(frames: list[bytes]) -> list[int]:
    """At which frames it changes its mind."""
    watch = SpeechWatch()
    return [number for number, frame in enumerate(frames, start=1) if watch.hear(frame)]


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ([IDLE_FRAME] * 100, []),
        ([LOUD] * 2 + [IDLE_FRAME] * 50, []),
        ([LOUD] * 3, [3]),
        ([LOUD] * 100, [3]),
        ([LOUD] * 50 + [IDLE_FRAME] * 24 + [LOUD] * 50, [3]),
        ([LOUD] * 50 + [IDLE_FRAME] * 25, [3, 75]),
        ([LOUD] * 50 + [IDLE_FRAME] * 30 + [LOUD] * 3, [3, 75, 83]),
    ],
)
def test_speech_begins_after_60_ms_and_ends_after_half_a_second(frames: list[bytes], expected: list[int]) -> None:
    assert changes(frames) == expected


@given(st.lists(st.sampled_from([LOUD, IDLE_FRAME]), max_size=300))
def test_it_begins_and_ends_in_turn_and_never_within_the_shortest_time(frames: list[bytes]) -> None:
    found = changes(frames)
    assert all(later - earlier >= 3 for earlier, later in pairwise(found))
    watch = SpeechWatch()
    speaking = False
    for frame in frames:
        if watch.hear(frame):
            speaking = not speaking
        assert watch.is_speaking is speaking
