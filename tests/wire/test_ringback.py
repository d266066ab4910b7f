import numpy as np
import pytest

from twilio_wire.ringback import RINGBACKS
from twilio_wire.tones import RINGBACK, synthesize

TWILIOS_NAMES = """
    at au bg br be ch cl cn cz de dk ee es fi fr gr hu il in it lt jp mx my nl no nz ph pl pt ru se sg th uk us us-old
    tw ve za
"""  # twilio-java, Dial.RingTone


def test_every_tone_that_twilio_names_is_here():
    assert sorted(RINGBACKS) == sorted(TWILIOS_NAMES.split())


@pytest.mark.parametrize("tone", RINGBACKS.values(), ids=lambda tone: tone.name)
def test_a_tone_sounds_its_frequencies_and_is_silent_after_them(tone):
    pcm = synthesize(tone, tone.cycle_ms)
    on_ms, off_ms = tone.cadence[0]
    burst = pcm[: on_ms * 8]
    loudest = np.abs(np.fft.rfft(burst * np.hanning(len(burst)))).argmax() * 8000 / len(burst)
    assert min(tone.frequencies) - 3 <= loudest <= max(tone.frequencies) + 3
    assert not pcm[on_ms * 8 : (on_ms + off_ms) * 8].any()
    assert not pcm[-8:].any()


def test_the_american_tone_is_the_one_of_the_network():
    assert (RINGBACKS["us"].frequencies, RINGBACKS["us"].cadence) == (RINGBACK.frequencies, RINGBACK.cadence)
