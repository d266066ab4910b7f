"""Converting the rate of live audio in pieces."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_adapter.frames import FrameResampler
from twilio_wire.resample import resample


def speechlike(rate: int, seconds: float) -> np.ndarray:
    time = np.arange(round(rate * seconds)) / rate
    mixed = 9000 * np.sin(2 * np.pi * 311 * time) + 5000 * np.sin(2 * np.pi * 1733 * time + 1)
    return np.rint(mixed + 2000 * np.sin(2 * np.pi * 3100 * time)).astype(np.int16)


@pytest.mark.parametrize(("source", "target"), [(24_000, 8_000), (8_000, 24_000)])
@given(cuts=st.lists(st.integers(1, 3000), max_size=30))
def test_pieces_sound_exactly_like_the_whole(source: int, target: int, cuts: list[int]) -> None:
    pcm = speechlike(source, 0.7)
    resampler = FrameResampler(source, target)
    pieces = [resampler.process(piece) for piece in np.split(pcm, np.minimum(np.cumsum(cuts, dtype=int), pcm.size))]
    joined = np.concatenate([*pieces, resampler.flush()])
    whole = resample(pcm, source, target)
    assert joined.size == whole.size
    assert np.abs(joined.astype(int) - whole).max() <= 2


def test_only_one_frame_is_held_back() -> None:
    resampler = FrameResampler(24_000, 8_000)
    assert resampler.process(speechlike(24_000, 0.5)).size == 8_000 * 0.48
    assert resampler.holds_audio
    assert resampler.flush().size == 160
    assert not resampler.holds_audio


def test_frequencies_above_the_telephone_band_do_not_fold_back() -> None:
    time = np.arange(24_000) / 24_000
    whistle = np.rint(10_000 * np.sin(2 * np.pi * 6_000 * time)).astype(np.int16)
    resampler = FrameResampler(24_000, 8_000)
    heard = np.concatenate([resampler.process(whistle), resampler.flush()])
    assert np.abs(heard[400:-400]).max() < 30


def test_a_flushed_resampler_starts_afresh() -> None:
    resampler = FrameResampler(24_000, 8_000)
    pcm = speechlike(24_000, 0.1)
    first = np.concatenate([resampler.process(pcm), resampler.flush()])
    second = np.concatenate([resampler.process(pcm), resampler.flush()])
    assert np.array_equal(first, second)
    assert resampler.flush().size == 0
