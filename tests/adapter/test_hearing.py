"""Turns and silence, by level."""

import pytest
from fake_twilio import LOUD, QUIET
from hypothesis import given
from hypothesis import strategies as st

from twilio_adapter.hearing import Ended, QuietMeter, Started, TurnDetector


def feed(detector: TurnDetector, pattern: str) -> list[Started | Ended]:
    """`#` is a loud frame, `.` a quiet one."""
    happened = (detector.feed(LOUD if sign == "#" else QUIET) for sign in pattern)
    return [each for each in happened if each is not None]


def test_a_turn_lasts_from_its_first_sound_to_its_last() -> None:
    assert feed(TurnDetector(60), "..####...") == [Started(40), Ended(120)]


def test_a_pause_shorter_than_the_tail_belongs_to_the_turn() -> None:
    assert feed(TurnDetector(60), "##..##...") == [Started(0), Ended(120)]


def test_a_click_is_no_turn() -> None:
    assert feed(TurnDetector(60), "..#....#.....") == []


def test_a_click_does_not_prolong_a_turn() -> None:
    assert feed(TurnDetector(60), "##.#.") == [Started(0), Ended(40)]


def test_a_second_turn_is_found_after_the_first() -> None:
    assert feed(TurnDetector(40), "##..##..") == [Started(0), Ended(40), Started(80), Ended(120)]


def test_idle_codes_of_a_live_line_are_silence() -> None:
    detector = TurnDetector(60)
    for _ in range(20):
        assert detector.feed(b"\x7f\xff\xfe\x7e" * 40) is None


def test_a_tail_shorter_than_a_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter than one frame"):
        TurnDetector(10)


@given(st.text(alphabet="#.", max_size=80), st.sampled_from([20, 60, 100, 700]))
def test_turns_alternate_and_lie_within_what_was_heard(pattern: str, tail_ms: int) -> None:
    events = feed(TurnDetector(tail_ms), pattern)
    assert [type(each) for each in events] == ([Started, Ended] * len(events))[: len(events)]
    positions = [each.at_ms for each in events]
    assert positions == sorted(positions)
    assert all(0 <= position <= len(pattern) * 20 for position in positions)


def test_the_quiet_meter_counts_silence_since_the_last_sound() -> None:
    meter = QuietMeter()
    for sign in "..##.#...":
        meter.feed(LOUD if sign == "#" else QUIET)
    assert meter.quiet_ms == 100
    assert not meter.sounding
