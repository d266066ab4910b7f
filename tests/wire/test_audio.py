import io
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from twilio_wire import g711
from twilio_wire.audio import Audio, AudioFileError, from_ulaw, read_audio, wav_bytes, write_wav
from twilio_wire.levels import level_dbm0
from twilio_wire.tones import sines

A_SECOND = sines((440,), -12, 8000)


def encoded(samples, rate, **kind):
    file = io.BytesIO()
    soundfile.write(file, samples, rate, **kind)
    return file.getvalue()


@given(st.lists(st.integers(-32768, 32767), min_size=1), st.sampled_from([8000, 16000, 44100]))
def test_a_wav_comes_back_sample_for_sample(samples, rate):
    pcm = np.array(samples, dtype=np.int16)
    back = read_audio(wav_bytes(pcm, rate=rate))
    assert back.rate == rate
    np.testing.assert_array_equal(back.pcm, pcm)


def test_a_file_is_read_by_path_and_by_name(tmp_path):
    path = tmp_path / "hello.wav"
    write_wav(path, A_SECOND)
    for source in (path, str(path), path.read_bytes()):
        np.testing.assert_array_equal(read_audio(source).pcm, A_SECOND)


@pytest.mark.parametrize(
    "kind",
    [
        {"format": "WAV", "subtype": "PCM_24"},
        {"format": "WAV", "subtype": "FLOAT"},
        {"format": "WAV", "subtype": "ULAW"},
        {"format": "FLAC"},
        {"format": "OGG"},
        {"format": "AIFF"},
        {"format": "MP3"},
        {"format": "WAV", "subtype": "GSM610"},
    ],
    ids=lambda kind: "-".join(kind.values()),
)
def test_the_formats_people_have_are_read_at_their_level(kind):
    audio = read_audio(encoded(A_SECOND / 32768, 8000, **kind))
    assert audio.rate == 8000
    assert audio.seconds == pytest.approx(1, abs=0.2)
    assert level_dbm0(audio.pcm[1600:6400]) == pytest.approx(-12, abs=0.5)


def test_stereo_is_mixed_to_one_channel():
    left, right = np.full(100, 1000), np.full(100, -600)
    stereo = np.stack([left, right], axis=1).astype(np.int16)
    assert set(read_audio(encoded(stereo, 8000, format="WAV")).pcm.tolist()) == {200}


def test_two_loud_channels_do_not_overflow():
    stereo = np.full((100, 2), -32768, dtype=np.int16)
    assert set(read_audio(encoded(stereo, 8000, format="WAV")).pcm.tolist()) == {-32768}


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(AudioFileError, match=r"nowhere\.wav: No such file .* Check the path"):
        read_audio(tmp_path / "nowhere.wav")


def test_a_folder_is_no_audio(tmp_path):
    with pytest.raises(AudioFileError, match="Is a directory"):
        read_audio(tmp_path)


def test_a_file_that_is_not_audio_is_named_with_what_to_do(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Dear diary")
    with pytest.raises(AudioFileError, match=r"notes\.txt as audio.*Convert it to WAV"):
        read_audio(path)


def test_bytes_that_are_not_audio_are_refused():
    with pytest.raises(AudioFileError, match="the audio given as bytes"):
        read_audio(b"RIFF\x00\x00\x00\x00WAVE")
    with pytest.raises(AudioFileError, match="the audio given as bytes"):
        read_audio(b"")


def test_a_file_without_samples_is_refused(tmp_path):
    path = tmp_path / "empty.wav"
    write_wav(path, np.zeros(0, dtype=np.int16))
    with pytest.raises(AudioFileError, match=r"no samples in .*empty\.wav"):
        read_audio(path)


@given(st.binary(max_size=200))
def test_any_other_bytes_are_audio_or_a_clear_refusal(content):
    try:
        audio = read_audio(content)
    except AudioFileError:
        return
    assert audio.pcm.dtype == np.int16


def test_python_reads_the_channels_we_write_padded_to_the_longest(tmp_path):
    path = tmp_path / "call.wav"
    caller, callee = np.array([1, 2, 3], dtype=np.int16), np.array([-9], dtype=np.int16)
    write_wav(str(path), caller, callee, rate=16000)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 16000)
        interleaved = np.frombuffer(file.readframes(10), dtype="<i2")
    assert interleaved.tolist() == [1, -9, 2, 0, 3, 0]


def test_a_wav_needs_a_channel():
    with pytest.raises(ValueError, match="at least one channel"):
        wav_bytes()


@given(st.binary(max_size=500))
def test_a_line_s_bytes_come_back_but_for_negative_zero(ulaw):
    audio = from_ulaw(ulaw)
    assert audio.rate == 8000
    assert audio.seconds == len(ulaw) / 8000
    assert audio.ulaw() == ulaw.replace(b"\x7f", b"\xff")


def test_audio_of_any_rate_goes_onto_the_line_at_8_khz():
    ulaw = Audio(sines((1000,), -10, 44100, 44100), 44100).ulaw()
    assert len(ulaw) == 8000
    assert level_dbm0(g711.decode(ulaw)) == pytest.approx(-10, abs=0.1)


def test_the_same_rate_is_the_same_audio():
    audio = Audio(A_SECOND, 8000)
    assert audio.at(8000) is audio
    assert audio.at(16000).seconds == pytest.approx(1)


def test_audio_is_saved_as_a_wav_at_its_own_rate(tmp_path: Path) -> None:
    audio = Audio(np.arange(-300, 300, dtype=np.int16), 24_000)
    audio.save(tmp_path / "saved.wav")
    read = read_audio(tmp_path / "saved.wav")
    assert read.rate == 24_000
    assert np.array_equal(read.pcm, audio.pcm)
