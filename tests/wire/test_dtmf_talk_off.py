"""What the detector must not take for a key."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twilio_wire.dtmf import Detector
from twilio_wire.dtmf_grid import COLUMNS_HZ, ROWS_HZ
from twilio_wire.g711 import encode
from twilio_wire.levels import level_dbm0, sine_peak
from twilio_wire.pcm import to_int16
from twilio_wire.tones import PROGRESS_TONES, synthesize


def at_level(sound, dbm0):
    return to_int16(sound * 10 ** ((dbm0 - level_dbm0(to_int16(sound))) / 20))


def voice(seconds, seed, lowest_hz=80, highest_hz=320):
    """Vowels of a voice: harmonics of a gliding pitch, shaped by three gliding formants, in syllables."""
    rng = np.random.default_rng(seed)
    length = seconds * 8000

    def glide(low, high, every_ms):
        places = np.arange(0, length + every_ms * 8, every_ms * 8)
        return np.interp(np.arange(length), places, rng.uniform(low, high, len(places)))

    pitch = glide(lowest_hz, highest_hz, 300)
    formants = [(glide(300, 900, 150), 1.0), (glide(900, 2300, 150), 0.6), (glide(2300, 3000, 150), 0.3)]
    phase = np.cumsum(2 * np.pi * pitch / 8000)
    sound = np.zeros(length)
    for harmonic in range(1, int(3400 / lowest_hz)):
        hertz = harmonic * pitch
        strength = sum(weight / np.sqrt(1 + ((hertz - centre) / 90) ** 2) for centre, weight in formants)
        sound += np.where(hertz < 3400, strength, 0) * np.sin(harmonic * phase)
    return 10_000 * sound * np.clip(glide(-0.3, 1, 120), 0, 1) + rng.normal(size=length)


@pytest.mark.parametrize("tone", PROGRESS_TONES, ids=lambda tone: tone.name)
@pytest.mark.parametrize("gain_db", [0, 10, -10])
def test_a_progress_tone_is_no_key(tone, gain_db):
    pcm = synthesize(tone, 8000).astype(float)
    assert Detector().feed(encode(at_level(pcm, level_dbm0(to_int16(pcm)) + gain_db))) == ""


@pytest.mark.parametrize("dbm0", [-60, -45, -30, -15, -5])
def test_white_noise_is_no_key(sounds, dbm0):
    assert Detector().feed(sounds.line(sounds.noise(20_000, dbm0))) == ""


@pytest.mark.parametrize("hertz_per_second", [50, 500, 5000])
def test_a_sine_gliding_through_the_band_is_no_key(hertz_per_second):
    seconds = np.arange(int(3200 / hertz_per_second * 8000)) / 8000
    sweep = np.sin(2 * np.pi * (200 * seconds + hertz_per_second * seconds**2 / 2))
    assert Detector().feed(encode(at_level(10_000 * sweep, -10))) == ""


@pytest.mark.parametrize("hertz", [*ROWS_HZ, *COLUMNS_HZ])
def test_one_sine_of_a_key_is_no_key(sounds, hertz):
    assert Detector().feed(sounds.line(sounds.sine(hertz, 500, -9))) == ""


def test_a_row_and_a_column_with_a_third_tone_is_no_key(sounds):
    pair = sounds.key("5", 500)
    for third in (697, 941, 1209, 1477, 500, 2000, 3000):
        assert Detector().feed(sounds.line(pair + sounds.sine(third, 500, -10))) == ""


@pytest.mark.parametrize("seed", range(4))
def test_a_voice_is_no_key(seed):
    assert Detector().feed(encode(at_level(voice(10, seed), -15))) == ""


@pytest.mark.parametrize("seed", range(2))
def test_a_high_voice_is_no_key(seed):
    assert Detector().feed(encode(at_level(voice(10, seed, lowest_hz=200, highest_hz=700), -15))) == ""


def test_chords_of_an_instrument_are_no_keys():
    """Every major and minor triad of three octaves, with the overtones a string has."""
    seconds = np.arange(1600) / 8000
    envelope = np.exp(-3 * seconds)
    chords = []
    for root in range(36):
        for third in (3, 4):
            sound = np.zeros(1600)
            for step in (0, third, 7):
                hertz = 196 * 2 ** ((root + step) / 12)
                for overtone in range(1, 7):
                    if overtone * hertz < 3400:
                        sound += np.sin(2 * np.pi * overtone * hertz * seconds) / overtone
            chords.append(at_level(8000 * envelope * sound, -14))
    assert Detector().feed(encode(np.concatenate(chords))) == ""


@settings(max_examples=60)
@given(st.binary(max_size=4000))
def test_bytes_without_meaning_are_no_key(ulaw):
    assert Detector().feed(ulaw) == ""


def test_a_key_drowned_in_noise_is_no_key(sounds):
    tone = sounds.key("5", 2000, dbm0=-20)
    assert Detector().feed(sounds.line(tone, noise_dbm0=-14)) == ""


def test_clicks_are_no_keys():
    clicks = np.zeros(80_000)
    clicks[::733] = sine_peak(3)
    assert Detector().feed(encode(to_int16(clicks))) == ""
