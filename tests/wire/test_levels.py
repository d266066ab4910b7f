import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_wire.g711 import IDLE_FRAME, decode, encode
from twilio_wire.levels import SILENCE_DBM0, is_silent, level_dbm0, sine_peak
from twilio_wire.tones import sines

# asterisk/asterisk, apps/app_milliwatt.c
MILLIWATT = bytes.fromhex("1E0B0B1E9E8B8B9E")


def test_the_digital_milliwatt_is_0_dbm0():
    assert level_dbm0(decode(MILLIWATT * 20)) == pytest.approx(0, abs=0.001)


@pytest.mark.parametrize(
    ("dbm0", "peak"), [(0, 22651), (-3, 16036), (-6, 11352), (-9, 8037), (-13, 5071), (-24, 1429), (-40, 227)]
)
def test_a_sine_of_a_level_has_the_peak_of_the_table(dbm0, peak):
    assert round(sine_peak(dbm0)) == peak


@given(st.floats(-40, 3), st.sampled_from([8000, 16000, 48000]))
def test_a_sine_measures_as_loud_as_it_was_made(dbm0, rate):
    assert level_dbm0(sines((1000,), dbm0, rate // 10, rate)) == pytest.approx(dbm0, abs=0.05)


def test_digital_zero_and_no_samples_are_infinitely_quiet():
    assert level_dbm0(np.zeros(160, dtype=np.int16)) == -math.inf
    assert level_dbm0(np.zeros(0, dtype=np.int16)) == -math.inf


def test_full_scale_does_not_overflow():
    assert level_dbm0(np.full(160, -32768, dtype=np.int16)) == pytest.approx(6.22, abs=0.01)


@pytest.mark.parametrize("frame", [IDLE_FRAME, b"\x7f" * 82 + b"\xff" * 76 + b"\xfe\x7e", b""])
def test_an_idle_line_is_silent(frame):
    assert is_silent(frame)


def test_a_tone_at_the_threshold_of_hearing_is_not_silent():
    assert not is_silent(encode(sines((1000,), SILENCE_DBM0 + 1, 160)))
    assert is_silent(encode(sines((1000,), SILENCE_DBM0 - 1, 160)))


@given(
    st.one_of(st.binary(min_size=1, max_size=200), st.text("\xff\x7f\xfe\x7e\xfd", min_size=1)),
    st.floats(-90, 6),
)
def test_silence_is_what_measures_below_the_threshold(audio, threshold_dbm0):
    frame = audio.encode("latin-1") if isinstance(audio, str) else audio
    assert is_silent(frame, threshold_dbm0) == (level_dbm0(decode(frame)) < threshold_dbm0)
