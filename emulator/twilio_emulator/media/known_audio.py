"""Recordings whose text is known, found again in sound that comes without it.

A phone's audio carries its text. A Media Stream cannot: what the test bench's adapter sends over its own stream, or
what `<Play>` fetches, is sound and nothing else. If it is a recording of which a manifest says the text, it is
recognised here by its waveform, to the word, wherever it begins and wherever it was cut off.

Laws: another rate or codec on the way, or a little noise, does not matter; another voice does. A sound is known as a
whole or not at all: anything between known recordings makes it unknown. The same sound gives the same words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from twilio_emulator.media.captions import Utterance
from twilio_emulator.media.lines import MANIFEST, lines_in
from twilio_emulator.media.recognition import Recognition
from twilio_wire import g711
from twilio_wire.audio import AudioFileError, read_audio
from twilio_wire.g711 import FRAME_BYTES, FRAME_MS
from twilio_wire.levels import SILENCE_DBM0, level_dbm0

_Sound = NDArray[np.float64]

_PROBE: Final = g711.SAMPLE_RATE // 2
"""Samples that are looked for at once: half a second, or what is left."""
_SHORT_PROBE: Final = g711.SAMPLE_RATE // 5
"""What is looked for where half a second is not one recording; less cannot tell one recording from another."""
_ALIKE: Final = 0.9
"""How alike two sounds are to be the same one (the cosine between them): noise 7 dB below the sound still passes."""
_WINDOW: Final = g711.SAMPLE_RATE // 10
"""Two sounds go together for as long as each tenth of a second is alike."""
_SAMPLES_PER_MS: Final = g711.SAMPLE_RATE // 1000


class KnownAudio:
    """Finds these recordings (each an utterance) in other audio."""

    def __init__(self, recordings: Iterable[Utterance]) -> None:
        self._recordings = tuple(_Recording(utterance) for utterance in recordings)

    def find(self, audio: bytes) -> Recognition | None:
        """What is said in audio (bytes, µ-law, 8 kHz, mono) that is made of these recordings; None if it is not.

        It may take some tens of milliseconds; call it from a worker thread.
        """
        sound = g711.decode(audio).astype(np.float64)
        words: list[str] = []
        sureness = 0.0
        at, end = _sounding(sound)
        while at < end:
            place = self._place(sound[at:end], _PROBE) or self._place(sound[at:end], _SHORT_PROBE)
            if place is None:
                return None
            said = place.words
            words += said
            sureness += place.utterance.confidence * len(said)
            at += place.samples
            at += _sounding(sound[at:end])[0]
        return Recognition(tuple(words), sureness / len(words)) if words else Recognition()

    def _place(self, sound: _Sound, probe: int) -> _Place | None:
        """The recording whose sound this is for the longest time."""
        places = [recording.place(sound, sound[:probe]) for recording in self._recordings]
        return max(filter(None, places), key=lambda place: place.samples, default=None)


@dataclass(frozen=True, slots=True)
class _Place:
    """So many samples of a recording, from `begin` on; it may begin a little before the recording does."""

    utterance: Utterance
    begin: int
    samples: int

    @property
    def words(self) -> list[str]:
        """The words that end there, with a frame's leeway: two sounds are cut into frames each in its own way."""
        begin_ms = self.begin / _SAMPLES_PER_MS + FRAME_MS
        end_ms = begin_ms + self.samples / _SAMPLES_PER_MS
        return [word.text for word in self.utterance.words if begin_ms < word.end_ms <= end_ms]


class _Recording:
    """One recording, ready to be looked through; a frame of silence is put before it, and as much as a probe behind."""

    def __init__(self, utterance: Utterance) -> None:
        self._utterance = utterance
        sound = g711.decode(utterance.audio).astype(np.float64)
        self._length = FRAME_BYTES + len(sound)
        self._sound: _Sound = np.concatenate([np.zeros(FRAME_BYTES), sound, np.zeros(_PROBE)])
        self._size = 1 << len(self._sound).bit_length()

    @cached_property
    def _spectrum(self) -> NDArray[np.complex128]:
        return np.fft.rfft(self._sound, self._size)

    @cached_property
    def _energy(self) -> _Sound:
        """The energy of all that is before each sample."""
        return np.concatenate([[0.0], np.cumsum(self._sound**2)])

    def place(self, sound: _Sound, probe: _Sound) -> _Place | None:
        """Where the beginning of a sound is in this recording, and how far the two go together."""
        loudness = float(np.linalg.norm(probe))
        if len(probe) < _SHORT_PROBE or not loudness:
            return None
        products = np.fft.irfft(self._spectrum * np.conj(np.fft.rfft(probe, self._size)), self._size)[: self._length]
        energies = self._energy[len(probe) : len(probe) + self._length] - self._energy[: self._length]
        alike = products / (loudness * np.sqrt(np.maximum(energies, 1.0)))
        begin = int(alike.argmax())
        if alike[begin] < _ALIKE:
            return None
        together = _length_together(sound, self._sound[begin : self._length])
        return _Place(self._utterance, begin - FRAME_BYTES, together) if together else None


def _length_together(one: _Sound, other: _Sound) -> int:
    """How many samples two sounds go on alike."""
    longest = min(len(one), len(other))
    for at in range(0, longest, _WINDOW):
        end = min(at + _WINDOW, longest)
        if not _is_same(one[at:end], other[at:end]):
            return at
    return longest


def known_audio_in(folders: Iterable[str | Path]) -> KnownAudio:
    """All recordings that the manifests of these folders name.

    Raises:
        AudioFileError: naming the manifest or the recording that is not there or cannot be read.
    """
    recordings = []
    for folder in map(Path, folders):
        manifest = folder / MANIFEST
        if not manifest.is_file():
            raise AudioFileError(f"There is no {manifest}: name a folder that has one, as docs/speech.md shows.")
        for path, lines in lines_in(manifest).items():
            recordings.append(Utterance(lines.text, read_audio(folder / path).ulaw(), lines.confidence))
    return KnownAudio(recordings)


def _is_same(one: _Sound, other: _Sound) -> bool:
    """Whether two pieces are the same sound, or both silent."""
    if _is_silent(one) and _is_silent(other):
        return True
    return float(one @ other) >= _ALIKE * float(np.linalg.norm(one) * np.linalg.norm(other)) > 0


def _sounding(sound: _Sound) -> tuple[int, int]:
    """From where to where a sound is no silence, in whole frames."""
    loud = [at for at in range(0, len(sound), FRAME_BYTES) if not _is_silent(sound[at : at + FRAME_BYTES])]
    return (loud[0], min(loud[-1] + FRAME_BYTES, len(sound))) if loud else (len(sound), len(sound))


def _is_silent(frame: _Sound) -> bool:
    return level_dbm0(frame.astype(np.int16)) < SILENCE_DBM0
