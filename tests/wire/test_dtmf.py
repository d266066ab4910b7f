import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_wire import dtmf
from twilio_wire.dtmf import DigitTiming, InvalidDigits
from twilio_wire.levels import level_dbm0

DIGIT_STRINGS = st.text(dtmf.KEYS + "wW", max_size=12)


@given(DIGIT_STRINGS)
def test_a_digit_string_is_its_keys_and_pauses_in_order(digits):
    assert "".join(dtmf.parse_digits(digits)) == digits


@pytest.mark.parametrize("text", ["a", "12E", "1 2", "5-5", "+1555", "1,2", "p", "٣", "１"])
def test_anything_else_is_refused_with_its_place(text):
    with pytest.raises(InvalidDigits, match=r"Character \d of .* use 0-9"):
        dtmf.parse_digits(text)


def test_the_error_names_the_first_wrong_character():
    with pytest.raises(InvalidDigits, match="Character 3 of '12x4y' is 'x'"):
        dtmf.synthesize("12x4y")


@pytest.mark.parametrize(
    ("digits", "ms"),
    [
        ("", 0),
        ("1", 380),
        ("12345678", 8 * 380),
        ("w", 500),
        ("W", 1000),
        ("1w2", 200 + 500 + 380),
        ("ww3", 1000 + 380),
        ("1W", 200 + 1000),
    ],
)
def test_a_digit_string_takes_the_time_twilio_takes(digits, ms):
    assert len(dtmf.synthesize(digits)) == ms * 8


def test_a_w_is_half_a_second_between_two_tones():
    loud = dtmf.synthesize("1w2").reshape(-1, 80).any(axis=1)
    assert np.flatnonzero(~loud)[:50].tolist() == list(range(20, 70))


@pytest.mark.parametrize(
    ("key", "row_hz", "column_hz"),
    [
        ("1", 697, 1209),
        ("5", 770, 1336),
        ("9", 852, 1477),
        ("*", 941, 1209),
        ("0", 941, 1336),
        ("#", 941, 1477),
        ("A", 697, 1633),
        ("B", 770, 1633),
        ("C", 852, 1633),
        ("D", 941, 1633),
    ],
)
@pytest.mark.parametrize("rate", [8000, 16000, 48000])
def test_a_key_sounds_its_row_and_its_column(key, row_hz, column_hz, rate):
    pcm = dtmf.synthesize(key, timing=DigitTiming(1000, 0, -9), rate=rate)
    spectrum = np.abs(np.fft.rfft(pcm))
    assert sorted(np.argsort(spectrum)[-2:]) == [row_hz, column_hz]


@given(st.integers(1, 500), st.integers(0, 500), st.floats(-30, -3))
def test_timing_sets_tone_gap_and_level(on_ms, gap_ms, dbm0):
    pcm = dtmf.synthesize("5", timing=DigitTiming(on_ms, gap_ms, dbm0))
    assert len(pcm) == (on_ms + gap_ms) * 8
    assert not pcm[on_ms * 8 :].any()
    if on_ms >= 100:
        assert level_dbm0(pcm[: on_ms * 8]) == pytest.approx(dbm0 + 3.01, abs=0.2)
