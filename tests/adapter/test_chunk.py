"""Pieces of audio."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest
import soundfile

from twilio_adapter import AudioChunk
from twilio_wire.audio import AudioFileError
from twilio_wire.g711 import encode


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="3 bytes are not whole 16-bit samples"):
        AudioChunk(b"abc")


def test_a_chunk_knows_how_long_it_lasts() -> None:
    assert AudioChunk(bytes(48_000)).seconds == 1.0
    assert AudioChunk.silence(0.25).seconds == 0.25


def test_a_chunk_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        AudioChunk(b"").data = b"ab"


def test_any_file_becomes_24_khz_mono(tmp_path: Path) -> None:
    path = tmp_path / "stereo.flac"
    tone = np.sin(np.arange(44_100) / 20) * 0.5
    soundfile.write(path, np.column_stack([tone, tone]), 44_100)
    chunk = AudioChunk.from_file(path)
    assert chunk.seconds == pytest.approx(1.0, abs=0.001)
    assert abs(np.abs(chunk.pcm.astype(int)).max() - 16_384) < 300


def test_a_missing_file_is_named() -> None:
    with pytest.raises(AudioFileError, match=r"nobody-recorded-this\.wav"):
        AudioChunk.from_file("nobody-recorded-this.wav")


def test_a_saved_chunk_reads_back_the_same(tmp_path: Path) -> None:
    pcm = np.arange(-5000, 5000, dtype=np.int16)
    chunk = AudioChunk.from_pcm(pcm)
    chunk.save(tmp_path / "out.wav")
    samples, rate = soundfile.read(tmp_path / "out.wav", dtype="int16")
    assert (rate, samples.tolist()) == (24_000, pcm.tolist())
    assert AudioChunk.from_file(tmp_path / "out.wav") == chunk


def test_telephone_audio_becomes_three_times_as_many_samples() -> None:
    tone = np.rint(8000 * np.sin(np.arange(8000) * 2 * np.pi * 500 / 8000)).astype(np.int16)
    chunk = AudioChunk.from_ulaw(encode(tone), start_ms=120)
    expected = 8000 * np.sin(np.arange(24_000) * 2 * np.pi * 500 / 24_000)
    assert (chunk.seconds, chunk.start_ms) == (1.0, 120)
    assert np.abs(chunk.pcm - expected)[600:-600].max() < 300


def test_chunks_add_up_with_what_is_said_in_them() -> None:
    both = AudioChunk(b"ab", "Hello", 40) + AudioChunk(b"cd", "world", 900)
    assert both == AudioChunk(b"abcd", "Hello world", 40)
    assert (AudioChunk(b"ab") + AudioChunk(b"cd")).transcript is None
