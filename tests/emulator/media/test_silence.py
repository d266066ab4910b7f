"""The silence of a far end, counted in its audio."""

import pytest
from sounds import tone_line

from twilio_emulator.media.silence import SilenceWatch
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME

SOUND = tone_line(440, 0.02)


def told_after(frames: list[bytes], limit_ms: int) -> list[int]:
    """After how many frames it told, each time."""
    told: list[int] = []
    passed: list[bytes] = []
    watch = SilenceWatch(limit_ms, lambda: told.append(len(passed)))
    for frame in frames:
        passed.append(frame)
        watch.frame(frame, SOUND)
    return told


def test_it_tells_once_when_the_far_end_has_been_silent_long_enough() -> None:
    assert told_after([IDLE_FRAME] * 500, 1000) == [50]


def test_a_sound_begins_the_count_anew() -> None:
    assert told_after([IDLE_FRAME] * 49 + [SOUND] + [IDLE_FRAME] * 50, 1000) == [100]


def test_what_is_played_to_the_far_end_is_no_sound_of_its_own() -> None:
    assert told_after([IDLE_FRAME] * 5, 100) == [5]


@pytest.mark.parametrize("frames", [[IDLE_FRAME] * 1000, [b"\x7e" * FRAME_BYTES] * 1000])
def test_without_a_limit_it_never_tells(frames: list[bytes]) -> None:
    assert told_after(frames, 0) == []
