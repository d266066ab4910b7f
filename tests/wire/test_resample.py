import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twilio_wire.levels import level_dbm0
from twilio_wire.resample import Resampler, resample
from twilio_wire.tones import sines

RATES = st.sampled_from([8000, 16000, 22050, 24000, 44100, 48000])


def speech_band(seconds, rate):
    return sum(sines((hertz,), -18, int(seconds * rate), rate) for hertz in (310, 1004, 2100, 3100))


def residue_db(pcm, hertz, rate):
    """What is left, in dB below the whole, when the best-fitting sine of a frequency is taken away."""
    turns = 2 * np.pi * hertz * np.arange(len(pcm)) / rate
    basis = np.stack([np.sin(turns), np.cos(turns)], axis=1)
    fit = basis @ np.linalg.lstsq(basis, pcm.astype(float), rcond=None)[0]
    return 10 * np.log10(np.sum((pcm - fit) ** 2) / np.sum(pcm.astype(float) ** 2))


@settings(max_examples=30)
@given(RATES, RATES, st.lists(st.integers(0, 3000), max_size=12))
def test_a_stream_in_pieces_sounds_like_the_whole(source_rate, target_rate, cuts):
    pcm = speech_band(0.15, source_rate)
    resampler = Resampler(source_rate, target_rate)
    ends = sorted(min(cut, len(pcm)) for cut in cuts)
    pieces = [resampler.process(piece) for piece in np.split(pcm, ends)]
    joined = np.concatenate([*pieces, resampler.flush()])
    whole = resample(pcm, source_rate, target_rate)
    assert len(joined) == len(whole)
    assert np.abs(joined.astype(int) - whole).max() <= 1


@pytest.mark.parametrize("source_rate", [16000, 22050, 24000, 44100, 48000])
@pytest.mark.parametrize("hertz", [300, 1000, 3000, 3400])
def test_a_sine_in_20_ms_pieces_stays_that_sine(source_rate, hertz):
    resampler = Resampler(source_rate, 8000)
    pcm = sines((hertz,), -10, source_rate, source_rate)
    pieces = np.split(pcm, range(source_rate // 50, source_rate, source_rate // 50))
    out = np.concatenate([*map(resampler.process, pieces), resampler.flush()])
    middle = out[800:-800]
    assert residue_db(middle, hertz, 8000) < -60
    assert level_dbm0(middle) == pytest.approx(-10, abs=0.1)


@pytest.mark.parametrize("hertz", [4600, 5000, 5500, 6000, 7000])
@pytest.mark.parametrize("source_rate", [16000, 24000, 44100])
def test_what_8_khz_cannot_carry_is_taken_out_and_not_folded_down(source_rate, hertz):
    out = resample(sines((hertz,), -3, source_rate, source_rate), source_rate, 8000)
    assert level_dbm0(out[800:-800]) < -53


@pytest.mark.parametrize(("source_rate", "target_rate"), [(48000, 8000), (8000, 24000), (44100, 8000)])
def test_silence_stays_digital_silence(source_rate, target_rate):
    assert not resample(np.zeros(source_rate, dtype=np.int16), source_rate, target_rate).any()


@given(RATES, RATES, st.integers(0, 5000))
def test_the_length_follows_the_rates(source_rate, target_rate, length):
    out = resample(np.ones(length, dtype=np.int16), source_rate, target_rate)
    assert abs(len(out) - length * target_rate / source_rate) <= 1


@given(st.lists(st.integers(-32768, 32767)))
def test_the_same_rate_changes_nothing(samples):
    pcm = np.array(samples, dtype=np.int16)
    np.testing.assert_array_equal(resample(pcm, 8000, 8000), pcm)


def test_full_scale_is_clipped_and_not_wrapped():
    square = np.repeat(np.tile(np.array([32767, -32768], dtype=np.int16), 50), 96)
    out = resample(square, 48000, 8000)
    middle_of_each_half = out[16 * 10 + 8 : 16 * 90 : 32]
    assert (middle_of_each_half > 30_000).all()
    assert out.max() == 32767
    assert out.min() == -32768


def test_a_stream_has_delivered_nearly_all_it_was_given():
    """The filter's reserve is bounded, so that live audio is not held back for long."""
    resampler = Resampler(24000, 8000)
    given_ms = out_ms = 0
    for _ in range(100):
        given_ms += 20
        out_ms += len(resampler.process(np.ones(480, dtype=np.int16))) / 8
    assert given_ms - out_ms < 150
