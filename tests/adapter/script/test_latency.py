"""Who waited how long for whom: the figures, from two tracks alone."""

import pytest
from fake_twilio import LOUD, QUIET
from hypothesis import given
from hypothesis import strategies as st

from twilio_adapter import BargeIn, Turn
from twilio_adapter.script.latency import Stretch, barge_ins, stretches, turns


def track(*seconds: float) -> bytes:
    """Silence and sound in turn, from silence on; each so many seconds long."""
    return b"".join((LOUD if index % 2 else QUIET) * round(length * 50) for index, length in enumerate(seconds))


def measured(near: bytes, far: bytes, keys_ms: tuple[int, ...] = ()) -> tuple[Turn, ...]:
    return turns(stretches(near), stretches(far), keys_ms)


def test_a_stretch_is_sound_whose_pauses_are_short() -> None:
    assert stretches(track(0.5, 0.2, 0.28, 0.4, 0.3, 0.1)) == [Stretch(500, 1380), Stretch(1680, 1780)]


def test_a_click_is_no_stretch() -> None:
    assert stretches(track(0.5, 0.02, 1.0)) == []


def test_a_stretch_that_the_call_cuts_off_ends_with_it() -> None:
    assert stretches(track(0.5, 0.2)) == [Stretch(500, 700)]


def test_an_answer_is_timed_from_our_last_sound_to_the_far_ends_first() -> None:
    (turn,) = measured(near=track(1.0, 0.5, 3.0), far=track(1.92, 0.4, 1.0))
    assert turn == Turn(1000, 1500, 1920)
    assert turn.latency_ms == 420


def test_what_is_not_answered_has_no_latency() -> None:
    first, second = measured(near=track(0.0, 0.5, 3.0, 0.5), far=track(4.2, 0.4))
    assert (first.far_began_ms, first.latency_ms) == (None, None)
    assert (second.near_began_ms, second.latency_ms) == (3500, 200)


def test_a_short_pause_that_nobody_uses_does_not_end_our_turn() -> None:
    (turn,) = measured(near=track(0.0, 0.5, 0.8, 0.5), far=track(2.0, 0.4))
    assert turn == Turn(0, 1800, 2000)


def test_a_short_pause_in_which_we_are_answered_does() -> None:
    first, second = measured(near=track(0.0, 0.5, 0.8, 0.5), far=track(0.7, 0.3, 1.2, 0.3))
    assert (first.latency_ms, second.latency_ms) == (200, 400)


def test_who_talks_over_us_has_answered_nothing() -> None:
    (turn,) = measured(near=track(0.0, 1.0), far=track(0.5, 1.0, 1.0))
    assert turn.latency_ms is None


def test_keys_are_answered_too() -> None:
    (turn,) = measured(near=track(3.0), far=track(1.6, 0.4, 1.0), keys_ms=(1000, 1000))
    assert (turn, turn.latency_ms) == (Turn(1000, 1000, 1600), 600)


def test_keys_that_sounded_in_our_own_audio_are_told_once() -> None:
    (turn,) = measured(near=track(1.0, 0.2, 1.0), far=track(1.6, 0.4), keys_ms=(1380,))
    assert turn == Turn(1000, 1200, 1600)


def test_barging_in_is_timed_from_our_first_sound_to_the_far_ends_last() -> None:
    near, far = stretches(track(1.0, 0.5, 2.0)), stretches(track(0.2, 1.14, 1.0))
    assert barge_ins(near, far, duration_ms=3500) == (BargeIn(1000, 340),)


def test_a_pause_is_no_reaction() -> None:
    near, far = stretches(track(1.0, 1.0, 2.0)), stretches(track(0.2, 1.0, 0.4, 0.8, 1.0))
    assert barge_ins(near, far, duration_ms=4000) == (BargeIn(1000, 1400),)


def test_a_far_end_that_never_falls_silent_has_no_reaction() -> None:
    near, far = stretches(track(1.0, 0.5)), stretches(track(0.2, 3.0, 0.28))
    assert barge_ins(near, far, duration_ms=3480) == (BargeIn(1000, None),)
    assert barge_ins(near, far, duration_ms=3500) == (BargeIn(1000, 2200),)


@pytest.mark.parametrize("far", [track(3.0), track(0.0, 0.9, 3.0), track(1.2, 0.3, 2.0)])
def test_who_speaks_before_us_or_after_us_was_not_interrupted(far: bytes) -> None:
    assert barge_ins(stretches(track(1.0, 0.5)), stretches(far), duration_ms=9000) == ()


lengths = st.lists(st.sampled_from([0.02, 0.04, 0.1, 0.3, 0.5, 1.0, 1.5]), max_size=8)


@given(lengths, lengths)
def test_turns_follow_one_another_and_are_answered_in_between(ours: list[float], theirs: list[float]) -> None:
    near = stretches(track(*ours))
    found = turns(near, stretches(track(*theirs)))
    moments = [moment for turn in found for moment in (turn.near_began_ms, turn.near_stopped_ms, turn.far_began_ms)]
    known = [moment for moment in moments if moment is not None]
    assert known == sorted(known)
    assert sum(turn.near_stopped_ms - turn.near_began_ms for turn in found) >= sum(s.end_ms - s.start_ms for s in near)
    assert all(turn.latency_ms is None or turn.latency_ms >= 0 for turn in found)
