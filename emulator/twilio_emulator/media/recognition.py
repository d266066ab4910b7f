"""From sound to words, for audio that does not say what it says: a browser's microphone, a recording.

Laws:

* Most audio in tests carries its text (see `media.captions`), and nobody here is asked about it.
* The same audio gives the same words, on every run of one machine.
* Recognition is synchronous and may take long: call it from a worker thread. Every object here may be shared between
  threads.

`WhisperRecognizer` is the extra ``recognition``. Without a recogniser, sound is noise.
"""

from __future__ import annotations

import importlib.util
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np

from twilio_wire import g711
from twilio_wire.resample import resample

_WHISPER_RATE: Final = 16_000
_SHORTEST_MS: Final = 100
"""Less than this says nothing, and makes a recogniser guess."""
_REPETITIVE: Final = 2.4
"""Text that can be packed so small is the same words over and over: what Whisper makes of noise. Its own figure."""
_NO_SPEECH: Final = 0.6
"""A stretch that Whisper holds for something else than speech, with at least this probability, has no words."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was said: words as they would be written, and how sure that is (0.0 to 1.0). No words: nothing was."""

    words: tuple[str, ...] = ()
    confidence: float = 0.0


class Recognizer(Protocol):
    """Someone who can tell what is said."""

    name: str

    def recognize(self, audio: bytes, *, language: str, hints: Sequence[str] = ()) -> Recognition:
        """Tell what is said in `audio` (bytes, µ-law, 8 kHz, mono), up to half a minute of it.

        `language` is a tag such as ``"en-US"``; `hints` are words and phrases that are likely.
        """
        ...  # pragma: no cover


class RecognitionUnavailableError(RuntimeError):
    """The recogniser that was asked for cannot be used here; the message says what to do."""


def recognizer_for(recognition: str | Recognizer) -> Recognizer | None:
    """Give the recogniser for ``"text"`` (none: only words that travel with the audio are heard) or a Whisper model.

    A recogniser of one's own is taken as it is.

    Raises RecognitionUnavailableError when a model is named and the extra ``recognition`` is not installed.
    """
    if not isinstance(recognition, str):
        return recognition
    return None if recognition == "text" else WhisperRecognizer(recognition)


class WhisperRecognizer:
    """Recognises with a Whisper model, by faster-whisper, on the processor.

    `model` is the path of a model's folder, or a name that faster-whisper knows (``"base.en"``); a named one is
    downloaded by it at first use. Models whose name ends in ``.en`` take everything for English. The model is loaded
    when the first sound is to be recognised.

    Raises RecognitionUnavailableError when the extra ``recognition`` is not installed.
    """

    def __init__(self, model: str) -> None:
        if importlib.util.find_spec("faster_whisper") is None:
            raise RecognitionUnavailableError(
                f"The recogniser for the model {model!r} is not installed: run "
                "pip install 'twilio-testbench[recognition]', or leave recognition=\"text\"."
            )
        self.name = f"whisper {model}"
        self._model = model
        self._engine: Any = None
        self._lock = threading.Lock()

    def recognize(self, audio: bytes, *, language: str, hints: Sequence[str] = ()) -> Recognition:
        """See `Recognizer.recognize`.

        Raises RecognitionUnavailableError when the model cannot be loaded.
        """
        if len(audio) < _SHORTEST_MS * g711.SAMPLE_RATE // 1000:
            return Recognition()
        samples = resample(g711.decode(audio), g711.SAMPLE_RATE, _WHISPER_RATE).astype(np.float32) / 32768
        with self._lock:
            engine = self._load()
            segments, _ = engine.transcribe(
                samples,
                language=_whisper_language(engine, language),
                beam_size=5,
                temperature=0.0,  # with chance in it, no two runs are alike
                condition_on_previous_text=False,
                hotwords=", ".join(hints) or None,
            )
            spoken = [
                segment
                for segment in segments
                if segment.no_speech_prob < _NO_SPEECH and segment.compression_ratio < _REPETITIVE
            ]
        words = tuple(word for segment in spoken for word in segment.text.split())
        if not words:
            return Recognition()
        sureness = sum(segment.avg_logprob for segment in spoken) / len(spoken)
        return Recognition(words, min(1.0, math.exp(sureness)))

    def _load(self) -> Any:
        if self._engine is None:
            from faster_whisper import WhisperModel

            try:
                self._engine = WhisperModel(self._model, device="cpu", compute_type="int8")
            except Exception as error:  # whatever a model hub or a broken file may raise
                raise RecognitionUnavailableError(
                    f"The Whisper model {self._model!r} cannot be loaded ({error}); give the path of a model's folder, "
                    "or a name that faster-whisper knows and can download."
                ) from error
        return self._engine


def _whisper_language(engine: Any, tag: str) -> str | None:
    """The code by which a model knows a language; None lets it find out."""
    code = tag.partition("-")[0].lower()
    return code if code in engine.supported_languages else None
