"""Known recordings found again in other sound, wherever they begin, end or follow one another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.media.captions import Utterance
from twilio_emulator.media.known_audio import KnownAudio, known_audio_in
from twilio_emulator.media.recognition import Recognition
from twilio_emulator.media.speech import MurmurSpeech
from twilio_wire import g711
from twilio_wire.audio import AudioFileError
from twilio_wire.resample import resample

FIXTURES = Path(__file__).parents[3] / "fixtures_audio"
IDLE = g711.IDLE_FRAME


def murmur(text: str, confidence: float = 0.9) -> Utterance:
    return Utterance(text, MurmurSpeech().synthesize(text, voice="man", language="en-US"), confidence)


YES, ORDER = murmur("Yes, please."), murmur("I would like to order a pizza.", 0.5)
NOISE = g711.encode((np.random.default_rng(1).normal(0, 3000, 1600)).astype(np.int16))
KNOWN = KnownAudio([YES, ORDER, Utterance("", NOISE)])


def heard(audio: bytes) -> tuple[str, ...] | None:
    found = KNOWN.find(audio)
    return None if found is None else found.words


@given(lead=st.integers(0, 500), tail=st.integers(0, 500), which=st.sampled_from([YES, ORDER]))
def test_a_recording_is_found_at_any_place(lead: int, tail: int, which: Utterance) -> None:
    assert heard(b"\xff" * lead + which.audio + b"\xff" * tail) == tuple(which.text.split())


@given(order=st.lists(st.sampled_from([YES, ORDER]), min_size=1, max_size=4), gap=st.sampled_from([0, 160, 500, 1600]))
def test_recordings_one_after_another_are_all_found(order: list[Utterance], gap: int) -> None:
    audio = (b"\xff" * gap).join(utterance.audio for utterance in order)
    assert heard(audio) == tuple(word for utterance in order for word in utterance.text.split())


@given(frames=st.integers(10, 200))
def test_what_is_cut_off_says_the_words_that_were_said(frames: int) -> None:
    audio = ORDER.audio[: frames * 160]
    said = heard(audio)
    assert said == tuple(ORDER.text.split()[: len(said or ())])
    whole = [word.text for word in ORDER.words if word.end_ms <= frames * 20]
    assert said is not None
    assert len(whole) <= len(said) <= len(whole) + 1


def test_too_little_to_tell_one_recording_from_another_is_unknown() -> None:
    assert heard(ORDER.audio[: 5 * 160]) is None


def test_another_rate_on_the_way_does_not_matter() -> None:
    there = resample(g711.decode(ORDER.audio), 8000, 24_000)
    assert heard(g711.encode(resample(there, 24_000, 8000))) == tuple(ORDER.text.split())


def test_confidence_is_that_of_the_recordings_by_their_words() -> None:
    found = KNOWN.find(YES.audio + ORDER.audio)
    assert found is not None
    assert found.confidence == pytest.approx((2 * 0.9 + 7 * 0.5) / 9)


def test_a_recording_without_text_is_known_to_say_nothing() -> None:
    assert KNOWN.find(NOISE) == Recognition()
    assert heard(NOISE + YES.audio) == ("Yes,", "please.")


def test_silence_is_known_to_say_nothing() -> None:
    assert KNOWN.find(IDLE * 50) == Recognition()
    assert KNOWN.find(b"") == Recognition()


@pytest.mark.parametrize("where", ["before", "after", "instead"])
def test_anything_else_makes_it_unknown(where: str) -> None:
    other = murmur("Something else.").audio
    assert heard({"before": other + YES.audio, "after": YES.audio + other, "instead": other}[where]) is None


@pytest.mark.parametrize(("level", "is_known"), [(100, True), (8000, False)])
def test_a_little_noise_does_not_matter_and_much_does(level: int, is_known: bool) -> None:
    noise = np.random.default_rng(2).integers(-level, level, len(YES.audio))
    noisy = g711.encode(np.clip(g711.decode(YES.audio) + noise, -32768, 32767).astype(np.int16))
    assert (heard(noisy) is not None) == is_known


def test_every_fixture_of_the_project_is_found_in_itself() -> None:
    known = known_audio_in([FIXTURES])
    for recording in (recording._utterance for recording in known._recordings):
        found = known.find(IDLE * 3 + recording.audio + IDLE * 3)
        assert found is not None, recording
        assert found.words == tuple(recording.text.split())


def test_a_folder_without_a_manifest_or_its_recording_is_named(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match=r"There is no .*manifest\.toml"):
        known_audio_in([tmp_path])
    (tmp_path / "manifest.toml").write_text('[[fixture]]\npath = "gone.wav"\ntext = "Hi."', encoding="utf-8")
    with pytest.raises(AudioFileError, match=r"gone\.wav"):
        known_audio_in([tmp_path])
