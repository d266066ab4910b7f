"""Two tracks on the clock of what was received."""

from pathlib import Path

import soundfile
from fake_twilio import LOUD, QUIET

from twilio_adapter import Recording


def test_both_tracks_are_as_long_as_the_call() -> None:
    recording = Recording()
    recording.hear(LOUD * 5)
    recording.say(LOUD * 2)
    recording.hear(QUIET * 4)
    assert recording.near == QUIET * 5 + LOUD * 2 + QUIET * 2
    assert (recording.seconds, recording.received_ms) == (0.18, 180)


def test_what_is_said_while_something_plays_comes_after_it() -> None:
    recording = Recording()
    recording.say(LOUD)
    recording.say(LOUD)
    assert recording.unplayed_bytes == 320
    recording.hear(QUIET)
    assert recording.unplayed_bytes == 160
    assert recording.near == LOUD


def test_what_was_not_played_can_be_forgotten() -> None:
    recording = Recording()
    recording.say(LOUD * 3)
    recording.hear(QUIET)
    recording.forget_unplayed()
    recording.hear(QUIET * 2)
    assert recording.near == LOUD + QUIET * 2


def test_a_saved_call_has_the_far_end_left_and_us_right(tmp_path: Path) -> None:
    recording = Recording()
    recording.hear(LOUD + QUIET)
    recording.say(LOUD)
    recording.hear(QUIET)
    recording.save(tmp_path / "call.wav")
    samples, rate = soundfile.read(tmp_path / "call.wav", dtype="int16")
    assert rate == 8000
    assert samples.shape == (480, 2)
    left, right = (samples[:, channel].reshape(3, 160).astype(bool).any(axis=1).tolist() for channel in (0, 1))
    assert (left, right) == ([True, False, False], [False, False, True])


def test_an_empty_call_can_be_saved(tmp_path: Path) -> None:
    Recording().save(tmp_path / "nothing.wav")
    assert soundfile.info(tmp_path / "nothing.wav").frames == 0
