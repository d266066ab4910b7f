import hashlib
import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from twilio_wire import g711

ALL_SAMPLES = np.arange(-32768, 32768).astype(np.int16)
ALL_CODES = bytes(range(256))


def test_encoding_is_that_of_the_itu_reference_for_every_sample():
    digest = hashlib.sha256(g711.encode(ALL_SAMPLES)).hexdigest()
    assert digest == "90c29de505fb68e766118303bd552a16005dcf810873698bee1d8f3b247ce28c"


def test_decoding_is_that_of_the_itu_reference_for_every_code():
    digest = hashlib.sha256(g711.decode(ALL_CODES).astype("<i2").tobytes()).hexdigest()
    assert digest == "3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827"


def test_libsndfile_decodes_every_code_to_the_same_sample():
    theirs, _ = soundfile.read(
        io.BytesIO(ALL_CODES), format="RAW", subtype="ULAW", samplerate=8000, channels=1, dtype="int16"
    )
    np.testing.assert_array_equal(g711.decode(ALL_CODES), theirs)


def test_libsndfile_encodes_positive_samples_alike_and_negative_ones_within_a_step():
    file = io.BytesIO()
    soundfile.write(file, ALL_SAMPLES, 8000, format="RAW", subtype="ULAW")
    theirs = np.frombuffer(file.getvalue(), dtype=np.uint8)
    ours = np.frombuffer(g711.encode(ALL_SAMPLES), dtype=np.uint8)
    np.testing.assert_array_equal(ours[32768:], theirs[32768:])
    assert np.abs(ours[:32768].astype(int) - theirs[:32768]).max() == 1


@pytest.mark.parametrize(
    ("sample", "code"),
    [
        (0, 0xFF),
        (3, 0xFF),
        (4, 0xFE),
        (100, 0xF2),
        (1000, 0xCE),
        (8159, 0x9F),
        (32635, 0x80),
        (32767, 0x80),
        (-1, 0x7F),
        (-4, 0x7F),
        (-5, 0x7E),
        (-100, 0x73),
        (-32768, 0x00),
    ],
)
def test_known_samples_have_their_known_codes(sample, code):
    assert g711.encode(np.array([sample], dtype=np.int16)) == bytes([code])


def test_every_code_survives_a_round_trip_but_negative_zero():
    expected = ALL_CODES.replace(b"\x7f", b"\xff")
    assert g711.encode(g711.decode(ALL_CODES)) == expected


@given(st.lists(st.integers(-32768, 32767)))
def test_a_sample_comes_back_within_half_a_step(samples):
    pcm = np.array(samples, dtype=np.int16)
    back = g711.decode(g711.encode(pcm)).astype(int)
    half_step = np.maximum((np.abs(back) + 132) / 32, 4)
    clipped = np.clip(pcm.astype(int), -32124 - 512, 32124 + 512)
    assert (np.abs(back - clipped) <= half_step).all()


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_decoding_takes_whatever_holds_bytes(kind):
    assert g711.decode(kind(b"\x00\xff\x80")).tolist() == [-32124, 0, 32124]


def test_encoding_takes_every_other_sample_of_an_interleaved_recording():
    stereo = np.array([1000, -5, 1000, -5], dtype=np.int16)
    assert g711.encode(stereo[::2]) == b"\xce\xce"


@given(st.binary(max_size=1000))
def test_frames_are_20_ms_each_and_the_last_ends_in_idle(ulaw):
    cut = g711.frames(ulaw)
    assert all(len(frame) == g711.FRAME_BYTES for frame in cut)
    joined = b"".join(cut)
    assert joined[: len(ulaw)] == ulaw
    assert set(joined[len(ulaw) :]) <= {0xFF}
    assert len(joined) - len(ulaw) < g711.FRAME_BYTES


def test_an_idle_frame_is_20_ms_of_nothing():
    assert len(g711.IDLE_FRAME) * 1000 == g711.FRAME_MS * g711.SAMPLE_RATE
    assert not g711.decode(g711.IDLE_FRAME).any()
