"""Whether the heartbeat was on time, told from readings alone."""

import pytest

from twilio_emulator.media.punctuality import Punctuality, Spell, told


def five_seconds(punctuality: Punctuality, begin_ms: int, late_ms: list[float]) -> list[Spell | None]:
    """A window of readings, one every 20 ms; the last of `late_ms` goes on."""
    readings = late_ms + [late_ms[-1]] * (250 - len(late_ms))
    return [punctuality.note(begin_ms + 20 * number, late) for number, late in enumerate(readings)]


def test_a_hiccup_in_five_seconds_is_nobodys_business():
    punctuality = Punctuality()
    five_seconds(punctuality, 0, [30.0, 30.0, 0.5])

    assert five_seconds(punctuality, 5000, [0.5]) == [None] * 250
    assert punctuality.late_since(0) is None


def test_one_frame_in_a_hundred_late_is_a_spell_told_when_its_window_is_over():
    punctuality = Punctuality()
    five_seconds(punctuality, 0, [12.0, 80.0, 25.0, 25.0, 0.5])
    begins, *rest = five_seconds(punctuality, 5000, [0.5])

    assert begins == Spell(began_ms=0, ended_ms=5000, p99_ms=25.0, max_ms=80.0)
    assert rest == [None] * 249


def test_a_spell_that_goes_on_is_told_once_and_known_as_a_whole():
    punctuality = Punctuality()
    beginnings = []
    for window in range(6):
        late = [20.0 + window] if window < 4 else [0.5]
        beginnings += [spell for spell in five_seconds(punctuality, 5000 * window, late) if spell is not None]

    assert [spell.began_ms for spell in beginnings] == [0]
    assert punctuality.late_since(0) == Spell(began_ms=0, ended_ms=20_000, p99_ms=23.0, max_ms=23.0)


def test_what_was_late_before_a_call_is_not_held_against_it():
    punctuality = Punctuality()
    five_seconds(punctuality, 0, [30.0])
    five_seconds(punctuality, 5000, [0.5])
    five_seconds(punctuality, 10_000, [0.5])

    assert punctuality.late_since(4999) is not None
    assert punctuality.late_since(5000) is None


def test_a_call_that_ends_within_a_window_is_told_of_it_all_the_same():
    punctuality = Punctuality()
    for number in range(60):
        punctuality.note(20 * number, 15.0)

    assert punctuality.late_since(0) == Spell(began_ms=0, ended_ms=1180, p99_ms=15.0, max_ms=15.0)


@pytest.mark.parametrize("readings", [0, 1, 49])
def test_few_readings_say_nothing(readings):
    punctuality = Punctuality()
    for number in range(readings):
        punctuality.note(20 * number, 100.0)

    assert punctuality.late_since(0) is None


def test_a_spell_is_told_in_words():
    assert told(Spell(began_ms=1000, ended_ms=6000, p99_ms=24.6, max_ms=80.2)) == (
        "the emulator's own heartbeat was late, one frame in a hundred by 25 ms or more and the worst by 80 ms, "
        "from 1.0 s to 6.0 s: do not trust what was measured meanwhile."
    )
