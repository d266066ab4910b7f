import numpy as np
import pytest

from twilio_wire import tones
from twilio_wire.levels import level_dbm0

EACH_TONE = pytest.mark.parametrize("tone", tones.PROGRESS_TONES, ids=lambda tone: tone.name)


def heard_hz(pcm, rate=8000):
    """The frequencies within 20 dB of the strongest, in Hz, from a second or a part of it."""
    spectrum = np.abs(np.fft.rfft(pcm * np.hanning(len(pcm))))
    peaks = [
        index
        for index in range(1, len(spectrum) - 1)
        if spectrum[index] == max(spectrum[index - 1 : index + 2]) and spectrum[index] > spectrum.max() / 10
    ]
    return [round(index * rate / len(pcm)) for index in peaks]


@pytest.mark.parametrize(
    ("tone", "frequencies"),
    [
        (tones.DIAL_TONE, [350, 440]),
        (tones.RINGBACK, [440, 480]),
        (tones.BUSY, [480, 620]),
        (tones.REORDER, [480, 620]),
        (tones.CALL_WAITING, [440]),
        (tones.ANSWERING_MACHINE_BEEP, [1000]),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_tone_sounds_its_frequencies(tone, frequencies):
    assert heard_hz(tones.synthesize(tone, 200)) == frequencies


def test_special_information_is_three_rising_tones_then_silence():
    pcm = tones.synthesize(tones.SIT, 1500)
    assert [heard_hz(pcm[start : start + 2400]) for start in (0, 2640, 5280)] == [[950], [1400], [1800]]
    assert pcm[7900:7920].any()
    assert not pcm[7920:].any()


@pytest.mark.parametrize(
    ("tone", "sounding_ms", "silent_ms"),
    [
        (tones.RINGBACK, [(0, 2000), (6000, 8000)], [(2000, 6000), (8000, 9000)]),
        (tones.BUSY, [(0, 500), (1000, 1500), (8000, 8500)], [(500, 1000), (8500, 9000)]),
        (tones.REORDER, [(0, 250), (500, 750)], [(250, 500), (750, 1000)]),
        (tones.DIAL_TONE, [(0, 9000)], []),
        (tones.ANSWERING_MACHINE_BEEP, [(0, 500)], [(500, 9000)]),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_tone_keeps_its_cadence(tone, sounding_ms, silent_ms):
    pcm = tones.synthesize(tone, 9000)
    for start, end in sounding_ms:
        assert all(piece.any() for piece in np.split(pcm[start * 8 : end * 8], (end - start) // 10))
    for start, end in silent_ms:
        assert not pcm[start * 8 : end * 8].any()


@EACH_TONE
def test_each_frequency_is_at_the_level_of_the_tone(tone):
    together = 1 if tone.sounding is tones.Sounding.IN_TURN else len(tone.frequencies)
    expected = tone.dbm0 + 10 * np.log10(together)
    assert level_dbm0(tones.synthesize(tone, 200)) == pytest.approx(expected, abs=0.2)


@EACH_TONE
@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_a_tone_lasts_as_long_as_asked_at_any_rate(tone, rate):
    assert len(tones.synthesize(tone, 7001, rate)) == 7001 * rate // 1000


def test_a_longer_tone_begins_like_a_shorter_one():
    longer = tones.synthesize(tones.BUSY, 2000)
    np.testing.assert_array_equal(longer[: 1230 * 8], tones.synthesize(tones.BUSY, 1230))


def test_no_time_is_no_sound():
    assert len(tones.synthesize(tones.RINGBACK, 0)) == 0


def test_a_round_of_ringback_is_six_seconds():
    assert tones.RINGBACK.cycle_ms == 6000
    assert tones.DIAL_TONE.cycle_ms == 0


def test_what_is_too_loud_is_clipped_and_not_wrapped():
    pcm = tones.sines((500, 500), 3, 160)
    assert pcm.max() == 32767
    assert np.sign(pcm[1:7]).tolist() == [1] * 6
