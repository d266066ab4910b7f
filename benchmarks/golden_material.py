"""What the study of golden calls compares: calls made of fixtures, and everything that may become of one.

Laws: no chance but that of the generator that is handed in. Audio is float samples in int16 units, 8 kHz, mono. A call
is one side of it: utterances, and where each begins. Every harm says at which second of the golden call it was done.
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from twilio_emulator.media.speech import MurmurSpeech
from twilio_wire import dtmf, g711
from twilio_wire.audio import read_audio
from twilio_wire.resample import resample

Floats = NDArray[np.float64]
RATE = 8000
FIXTURES = Path(__file__).parent.parent / "fixtures_audio"
SPOKEN = ("speech", "agent", "menus", "voicemail")
SPANISH = (
    "Gracias por llamar. ¿En qué puedo ayudarle hoy?",
    "Para ventas, pulse uno. Para asistencia, pulse dos.",
    "Lo siento, no le he entendido. ¿Puede repetirlo, por favor?",
    "Un momento, por favor, mientras lo consulto.",
)
KEYS = dtmf.DigitTiming(on_ms=200, gap_ms=180, dbm0=-9.0)


@dataclass(frozen=True)
class Call:
    """One side of a call: utterances, the sample at which each begins, and how long all of it is."""

    utterances: tuple[Floats, ...]
    starts: tuple[int, ...]
    length: int

    def render(self) -> Floats:
        """Its samples."""
        samples = np.zeros(self.length)
        for start, utterance in zip(self.starts, self.utterances, strict=True):
            end = min(self.length, start + len(utterance))
            samples[start:end] += utterance[: end - start]
        return samples

    def with_utterance(self, index: int, utterance: Floats) -> Call:
        """Another utterance in the place of one; what follows moves."""
        by = len(utterance) - len(self.utterances[index])
        utterances = (*self.utterances[:index], utterance, *self.utterances[index + 1 :])
        starts = tuple(start + by * (place > index) for place, start in enumerate(self.starts))
        return Call(utterances, starts, self.length + by)


@dataclass(frozen=True)
class Harmed:
    """A call that is not the same any more; from which second of the golden call on, and how it may be told."""

    samples: Floats
    at_s: float
    kinds: tuple[str, ...]


class Material:
    """Utterances to make calls of, and the chance by which it is done."""

    def __init__(self) -> None:
        self.chance = np.random.default_rng(0)
        entries = tomllib.loads((FIXTURES / "manifest.toml").read_text(encoding="utf-8"))["fixture"]
        spoken = [entry for entry in entries if entry["path"].split("/")[0] in SPOKEN]
        self.voice = [_trimmed(read_audio(FIXTURES / entry["path"]).pcm) for entry in spoken]
        murmur = MurmurSpeech()
        self.murmur = [_trimmed(g711.decode(_murmured(murmur, entry["text"]))) for entry in spoken]
        self.spanish = [_trimmed(g711.decode(_murmured(murmur, text))) for text in SPANISH]

    def call(self, number: int) -> Call:
        """Two to four utterances, with pauses of a second or three; every third call murmurs."""
        voices = self.murmur if number % 3 == 2 else self.voice
        chosen = self.chance.choice(len(voices), size=int(self.chance.integers(2, 5)), replace=False)
        utterances, starts, at = [], [], int(self.chance.uniform(0.3, 1.5) * RATE)
        for index in chosen:
            utterances.append(voices[index])
            starts.append(at)
            at += len(voices[index]) + int(self.chance.uniform(0.8, 3.0) * RATE)
        return Call(tuple(utterances), tuple(starts), at)

    def another(self, call: Call) -> Floats:
        """An utterance of the same voice that is not in a call, and does not begin like one in it."""
        pool = self.murmur if any(call.utterances[0] is one for one in self.murmur) else self.voice
        strange = [one for one in pool if not any(_begin_alike(one, known) for known in call.utterances)]
        return strange[int(self.chance.integers(len(strange)))]


def line(samples: Floats) -> bytes:
    """As the line carries it: µ-law."""
    return g711.encode(np.clip(np.rint(samples), -32768, 32767).astype(np.int16))


def _murmured(murmur: MurmurSpeech, text: str) -> bytes:
    return murmur.synthesize(text, voice="man", language="en-US")


def _trimmed(pcm: NDArray[np.int16]) -> Floats:
    heard = np.flatnonzero(np.abs(pcm) > 100)
    return pcm[heard[0] : heard[-1] + 1].astype(np.float64)


def _begin_alike(one: Floats, other: Floats) -> bool:
    first, second = one[:4000], other[:4000]
    size = min(len(first), len(second))
    lags = np.correlate(first[:size], second[:size], "full")
    energy = (first[:size] @ first[:size]) * (second[:size] @ second[:size])
    return bool(np.abs(lags).max() > 0.5 * np.sqrt(energy))


# --- what a line does: no harm ----------------------------------------------------------------------------------------


def codec(form: str, subtype: str) -> Callable[[Material, Call], Floats]:
    """Through one of libsndfile's codecs."""

    def coded(_: Material, call: Call) -> Floats:
        return through(call.render(), form, subtype)

    return coded


def through(samples: Floats, form: str, subtype: str) -> Floats:
    """Encode and decode."""
    file = io.BytesIO()
    soundfile.write(file, np.clip(np.rint(samples), -32768, 32767).astype(np.int16), RATE, format=form, subtype=subtype)
    file.seek(0)
    decoded, _ = soundfile.read(file, dtype="float64")
    return np.pad(decoded * 32768, (0, max(0, len(samples) - len(decoded))))[: len(samples)]


def another_rate(_: Material, call: Call) -> Floats:
    """At 24 kHz and back, as through a conference bridge."""
    pcm = call.render().astype(np.int16)
    return resample(resample(pcm, RATE, 24_000), 24_000, RATE).astype(np.float64)


def narrow_band(_: Material, call: Call) -> Floats:
    """300 to 3400 Hz: an old line."""
    spectrum = np.fft.rfft(call.render())
    hertz = np.fft.rfftfreq(call.length, 1 / RATE)
    # Slopes of 100 Hz, not walls.
    gain = np.clip((hertz - 250) / 100, 0, 1) * np.clip((3450 - hertz) / 100, 0, 1)
    return np.fft.irfft(spectrum * gain, call.length)


def small_shift(material: Material, call: Call) -> Floats:
    """Up to 20 ms earlier or later, to the sample."""
    by = int(material.chance.integers(-160, 161))
    return replace(call, starts=tuple(max(0, start + by) for start in call.starts)).render()


def drifting_turns(material: Material, call: Call) -> Floats:
    """Every utterance by itself up to 150 ms earlier or later."""
    starts = tuple(max(0, start + int(material.chance.integers(-1200, 1201))) for start in call.starts)
    return replace(call, starts=starts).render()


def noise(snr_db: float) -> Callable[[Material, Call], Floats]:
    """White noise so far below what is said."""

    def noisy(material: Material, call: Call) -> Floats:
        samples = call.render()
        said = samples[np.abs(samples) > 200]
        deviation = np.sqrt((said**2).mean()) * 10 ** (-snr_db / 20)
        return samples + material.chance.normal(0, deviation, len(samples))

    return noisy


def gain(least_db: float, most_db: float) -> Callable[[Material, Call], Floats]:
    """Louder or softer, by chance between the two."""

    def louder(material: Material, call: Call) -> Floats:
        return call.render() * 10 ** (material.chance.uniform(least_db, most_db) / 20)

    return louder


def lost_frames(material: Material, call: Call) -> Floats:
    """One frame of 20 ms in a hundred is silence, never two of them within 100 ms."""
    samples = call.render()
    for start in range(0, len(samples) - 160, 16_000):
        at = start + int(material.chance.integers(100)) * 160
        samples[at : at + 160] = 0
    return samples


def slipped_frames(material: Material, call: Call) -> Floats:
    """The jitter buffer of the line repeats 20 ms of an utterance, or leaves them out."""
    slipped = call
    for index, utterance in enumerate(call.utterances):
        at = int(material.chance.integers(len(utterance) // 4, 3 * len(utterance) // 4))
        by = 160 if material.chance.random() < 0.5 else -160
        slipped = slipped.with_utterance(index, np.concatenate([utterance[:at], utterance[at + by :]]))
    return slipped.render()


def everything(material: Material, call: Call) -> Floats:
    """A mobile telephone on a poor day: drifting turns, GSM twice, 3 dB of gain, noise 30 dB below."""
    starts = tuple(max(0, start + int(material.chance.integers(-800, 801))) for start in call.starts)
    moved = replace(call, starts=starts)
    samples = through(through(moved.render(), "WAV", "GSM610"), "WAV", "GSM610")
    samples = samples * 10 ** (material.chance.uniform(-3, 3) / 20)
    said = samples[np.abs(samples) > 200]
    return samples + material.chance.normal(0, np.sqrt((said**2).mean()) * 10 ** (-30 / 20), len(samples))


BENIGN: dict[str, Callable[[Material, Call], Floats]] = {
    "the same": lambda _, call: call.render(),
    "A-law": codec("WAV", "ALAW"),
    "G.726 (32 kbit/s)": codec("AU", "G721_32"),
    "GSM 06.10": codec("WAV", "GSM610"),
    "Opus": codec("OGG", "OPUS"),
    "MP3": codec("MP3", "MPEG_LAYER_III"),
    "24 kHz and back": another_rate,
    "300 to 3400 Hz": narrow_band,
    "shift of 20 ms or less": small_shift,
    "turns that drift 150 ms": drifting_turns,
    "noise, 30 dB S/N": noise(30),
    "gain of 4 dB or less": gain(-4, 4),
    "20 ms lost every 2 s": lost_frames,
    "20 ms slipped in each turn": slipped_frames,
    "all of it": everything,
}


# --- what an application does wrong -----------------------------------------------------------------------------------


def _some(material: Material, call: Call) -> int:
    return int(material.chance.integers(len(call.utterances)))


def other_prompt(material: Material, call: Call) -> Harmed:
    """Something else is said."""
    index = _some(material, call)
    changed = call.with_utterance(index, material.another(call))
    return Harmed(changed.render(), call.starts[index] / RATE, ("different_sound", "missing", "extra"))


def other_word(material: Material, call: Call) -> Harmed:
    """Within a prompt 400 ms are those of another one."""
    index = _some(material, call)
    utterance, other = call.utterances[index], material.another(call)
    at = _loud_place(material, utterance, 3200)
    loud = _loud_place(material, other, 3200)
    word = np.concatenate([utterance[:at], other[loud : loud + 3200], utterance[at + 3200 :]])
    at_s = (call.starts[index] + at) / RATE
    return Harmed(call.with_utterance(index, word).render(), at_s, ("different_sound", "missing", "extra"))


def other_language(material: Material, call: Call) -> Harmed:
    """The same voice with the words of no language: backwards; or the murmur of Spanish."""
    index = _some(material, call)
    if any(call.utterances[index] is one for one in material.murmur):
        foreign = material.spanish[int(material.chance.integers(len(material.spanish)))]
    else:
        foreign = call.utterances[index][::-1]
    changed = call.with_utterance(index, foreign)
    return Harmed(changed.render(), call.starts[index] / RATE, ("different_sound", "missing", "extra"))


def other_voice(material: Material, call: Call) -> Harmed:
    """The same words, spoken by a voice that is higher and faster by a fifth part."""
    index = _some(material, call)
    pcm = call.utterances[index].astype(np.int16)
    higher = resample(pcm, 12, 10).astype(np.float64)
    return Harmed(
        call.with_utterance(index, higher).render(), call.starts[index] / RATE, ("different_sound", "missing", "extra")
    )


def cut_off(material: Material, call: Call) -> Harmed:
    """A prompt ends after a third to three quarters of it."""
    index = _some(material, call)
    utterance = call.utterances[index]
    at = _loud_place(material, utterance, 3200)
    silenced = utterance.copy()
    silenced[at:] = 0
    return Harmed(
        call.with_utterance(index, silenced).render(), (call.starts[index] + at) / RATE, ("cut_off", "missing")
    )


def clipped_beginning(material: Material, call: Call) -> Harmed:
    """The first 400 ms of a prompt are not heard."""
    index = _some(material, call)
    silenced = call.utterances[index].copy()
    silenced[:3200] = 0
    return Harmed(call.with_utterance(index, silenced).render(), call.starts[index] / RATE, ("missing", "cut_off"))


def doubled_word(material: Material, call: Call) -> Harmed:
    """400 ms of a prompt are said twice."""
    index = _some(material, call)
    utterance = call.utterances[index]
    at = _loud_place(material, utterance, 3200) + 3200
    doubled = np.concatenate([utterance[:at], utterance[at - 3200 :]])
    at_s = (call.starts[index] + at) / RATE
    return Harmed(call.with_utterance(index, doubled).render(), at_s, ("repeated", "extra", "different_sound"))


def left_out_word(material: Material, call: Call) -> Harmed:
    """400 ms of a prompt are left out."""
    index = _some(material, call)
    utterance = call.utterances[index]
    at = _loud_place(material, utterance, 3200)
    shorter = np.concatenate([utterance[:at], utterance[at + 3200 :]])
    at_s = (call.starts[index] + at) / RATE
    return Harmed(call.with_utterance(index, shorter).render(), at_s, ("missing", "cut_off", "different_sound"))


def hole(material: Material, call: Call) -> Harmed:
    """300 ms of a prompt are silence."""
    index = _some(material, call)
    utterance = call.utterances[index].copy()
    at = _loud_place(material, utterance, 2400)
    utterance[at : at + 2400] = 0
    at_s = (call.starts[index] + at) / RATE
    return Harmed(call.with_utterance(index, utterance).render(), at_s, ("missing", "cut_off"))


def missing_utterance(material: Material, call: Call) -> Harmed:
    """A prompt is not said."""
    index = _some(material, call)
    silenced = np.zeros_like(call.utterances[index])
    return Harmed(call.with_utterance(index, silenced).render(), call.starts[index] / RATE, ("missing",))


def extra_utterance(material: Material, call: Call) -> Harmed:
    """Between two prompts one more is said."""
    index = _some(material, call)
    longer = np.concatenate([call.utterances[index], np.zeros(4000), material.another(call)])
    at_s = (call.starts[index] + len(call.utterances[index]) + 4000) / RATE
    return Harmed(call.with_utterance(index, longer).render(), at_s, ("extra",))


def said_twice(material: Material, call: Call) -> Harmed:
    """A prompt is said twice."""
    index = _some(material, call)
    utterance = call.utterances[index]
    twice = np.concatenate([utterance, np.zeros(4000), utterance])
    at_s = (call.starts[index] + len(utterance) + 4000) / RATE
    return Harmed(call.with_utterance(index, twice).render(), at_s, ("repeated",))


def silence(_: Material, call: Call) -> Harmed:
    """Nothing is said at all."""
    return Harmed(np.zeros(call.length), call.starts[0] / RATE, ("missing",))


def by_db(db: float, kind: str) -> Callable[[Material, Call], Harmed]:
    """A prompt is much louder or quieter."""

    def changed(material: Material, call: Call) -> Harmed:
        index = _some(material, call)
        louder = np.clip(call.utterances[index] * 10 ** (db / 20), -32768, 32767)
        return Harmed(call.with_utterance(index, louder).render(), call.starts[index] / RATE, (kind,))

    return changed


def other_key(material: Material, call: Call) -> tuple[Call, Harmed]:
    """One of four keys is another one; gives the golden call too, for it must have keys."""
    pressed = [dtmf.KEYS[int(key)] for key in material.chance.integers(16, size=4)]
    index = int(material.chance.integers(4))
    others = [key for key in dtmf.KEYS if key != pressed[index]]
    wrong = [*pressed[:index], others[int(material.chance.integers(15))], *pressed[index + 1 :]]
    golden, changed = (
        call.with_utterance(0, dtmf.synthesize("".join(keys), timing=KEYS).astype(np.float64))
        for keys in (pressed, wrong)
    )
    at_s = call.starts[0] / RATE + index * (KEYS.on_ms + KEYS.gap_ms) / 1000
    return golden, Harmed(changed.render(), at_s, ("keys", "different_sound"))


HARMFUL: dict[str, Callable[[Material, Call], Harmed | tuple[Call, Harmed]]] = {
    "another prompt": other_prompt,
    "another word (0.4 s)": other_word,
    "another language": other_language,
    "another voice": other_voice,
    "cut off": cut_off,
    "the beginning lost (0.4 s)": clipped_beginning,
    "a word doubled (0.4 s)": doubled_word,
    "a word left out (0.4 s)": left_out_word,
    "a hole (0.3 s)": hole,
    "a prompt missing": missing_utterance,
    "a prompt more": extra_utterance,
    "a prompt twice": said_twice,
    "silence": silence,
    "12 dB louder": by_db(12, "louder"),
    "12 dB quieter": by_db(-12, "quieter"),
    "another key": other_key,
}


def _loud_place(material: Material, utterance: Floats, length: int) -> int:
    """Where in an utterance, by chance, so many samples begin in which something is said nearly all of the time."""
    frames = len(utterance) // 80
    heard = np.sqrt((utterance[: frames * 80].reshape(-1, 80) ** 2).mean(axis=1)) > 300
    width = length // 80
    share = np.convolve(heard, np.ones(width), "valid") / width
    good = np.flatnonzero(share >= min(0.8, share.max()))
    good = good[good > 0] if (good > 0).any() else good
    return int(good[int(material.chance.integers(len(good)))]) * 80
