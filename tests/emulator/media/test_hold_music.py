"""The music of a queue: a tune, the same every time, in which nobody hears a key."""

import numpy as np

from twilio_emulator.media.hold_music import hold_music
from twilio_wire import g711
from twilio_wire.dtmf import Detector


def test_it_is_music_throughout() -> None:
    music = hold_music()
    assert len(music) % g711.FRAME_BYTES == 0
    seconds = g711.decode(music)[: len(music) // 8000 * 8000].astype(float).reshape(-1, 8000)
    loudness = np.sqrt((seconds**2).mean(axis=1))
    assert len(loudness) >= 10
    assert loudness.min() > 300, "it never falls silent"
    assert loudness.max() < 8000, "it is no louder than a voice"


def test_it_has_no_keys_in_it() -> None:
    detector, music = Detector(), hold_music()
    heard = [detector.feed(music[start : start + 160]) for start in range(0, len(music), 160)]
    assert not any(heard)


def test_it_is_the_same_every_time() -> None:
    hold_music.cache_clear()
    once = hold_music()
    hold_music.cache_clear()
    assert hold_music() == once
