"""A seat between two clocks of the same rate: nothing is lost, nothing piles up, and some hear music instead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.media.conference_seat import LEAD_LIMIT_FRAMES, ConferenceSeat, Loop
from twilio_emulator.media.mixer import add, mix
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME


def frame(number: int) -> bytes:
    return bytes([number % 255]) * FRAME_BYTES


class Steady:
    """A sound that is always the same."""

    def __init__(self, sound: bytes) -> None:
        self.sound = sound

    def next_frame(self) -> bytes:
        return self.sound


def tick(*seats: ConferenceSeat, to_all: bytes = IDLE_FRAME) -> None:
    """20 ms of the conference."""
    for seat in seats:
        seat.bring()
    mix([seat.channel for seat in seats], to_all)
    for seat in seats:
        seat.take()


@pytest.fixture
def pair() -> tuple[ConferenceSeat, ConferenceSeat]:
    seats = ConferenceSeat(), ConferenceSeat()
    for seat in seats:
        seat.let_in()
    return seats


@pytest.mark.parametrize("order", ["first, conference, second", "second, first, conference", "conference first"])
def test_each_hears_every_frame_of_the_other_in_order_whatever_their_phases(
    pair: tuple[ConferenceSeat, ConferenceSeat], order: str
) -> None:
    first, second = pair
    heard = []
    for number in range(1, 51):
        steps = {
            "first": lambda number=number: first.exchange(frame(number), IDLE_FRAME),
            "second": lambda: heard.append(second.exchange(IDLE_FRAME, IDLE_FRAME)),
            "conference": lambda: tick(first, second),
        }
        turns = {
            "first, conference, second": ("first", "conference", "second"),
            "second, first, conference": ("second", "first", "conference"),
            "conference first": ("conference", "first", "second"),
        }[order]
        for turn in turns:
            steps[turn]()
    sounding = [sound for sound in heard if sound != IDLE_FRAME]
    assert sounding == [frame(number) for number in range(1, len(sounding) + 1)]
    assert len(sounding) >= 49


@given(st.lists(st.sampled_from(["leg", "conference"]), max_size=60))
def test_a_leg_and_a_conference_that_drift_never_pile_up_more_than_a_few_frames(turns: list[str]) -> None:
    first, second = ConferenceSeat(), ConferenceSeat()
    for seat in (first, second):
        seat.let_in()
    said = 0
    for turn in turns:
        if turn == "leg":
            said += 1
            first.exchange(frame(said), IDLE_FRAME)
        else:
            tick(first, second)
    tick(first, second)
    heard = [second.exchange(IDLE_FRAME, IDLE_FRAME) for _ in range(100)]
    assert sum(sound != IDLE_FRAME for sound in heard) <= LEAD_LIMIT_FRAMES


def test_what_has_piled_up_is_worked_off_in_the_next_silence(pair: tuple[ConferenceSeat, ConferenceSeat]) -> None:
    first, second = pair
    heard = []
    for number in range(1, 6):
        first.exchange(frame(number), IDLE_FRAME)
    for sound in [IDLE_FRAME] * 10 + [frame(100)] + [IDLE_FRAME] * 10:
        first.exchange(sound, IDLE_FRAME)
        tick(first, second)
        heard.append(second.exchange(IDLE_FRAME, IDLE_FRAME))
    assert heard[:5] == [frame(number) for number in range(1, 6)], "nothing that was said is lost"
    assert heard.index(frame(100)) == 10, "and what is said later is heard at once"


def test_who_is_apart_neither_hears_nor_is_heard(pair: tuple[ConferenceSeat, ConferenceSeat]) -> None:
    first, second = pair
    second.set_apart()
    first.exchange(frame(1), IDLE_FRAME)
    second.exchange(frame(2), IDLE_FRAME)
    tick(first, second)
    assert first.exchange(IDLE_FRAME, IDLE_FRAME) is IDLE_FRAME
    assert second.exchange(IDLE_FRAME, IDLE_FRAME) is IDLE_FRAME


def test_what_was_said_on_hold_is_not_heard_afterwards(pair: tuple[ConferenceSeat, ConferenceSeat]) -> None:
    first, second = pair
    first.exchange(frame(1), IDLE_FRAME)
    first.set_apart()
    first.let_in()
    tick(first, second)
    assert second.exchange(IDLE_FRAME, IDLE_FRAME) is IDLE_FRAME


def test_music_and_announcements_are_heard_by_one_alone_over_everything_else(
    pair: tuple[ConferenceSeat, ConferenceSeat],
) -> None:
    first, second = pair
    first.music, first.announcement = Steady(frame(10)), Steady(frame(20))
    first.exchange(IDLE_FRAME, IDLE_FRAME)
    second.exchange(frame(1), IDLE_FRAME)
    tick(first, second)
    assert first.exchange(IDLE_FRAME, frame(30)) == add(frame(30), add(add(frame(1), frame(10)), frame(20)))
    assert second.exchange(IDLE_FRAME, IDLE_FRAME) is IDLE_FRAME


def test_a_loop_plays_round_and_round_from_its_beginning() -> None:
    loop = Loop(frame(1) + frame(2) + frame(3))
    assert [loop.next_frame() for _ in range(7)] == [frame(number) for number in (1, 2, 3, 1, 2, 3, 1)]
