"""Finds the two sines of a DTMF key in short windows of a line's audio: 15 ms each, one every 5 ms.

A window holds a pair when most of its energy is one row and one column frequency. How far the phase of each has
turned since the window before tells its true frequency to a hertz or two. So it is known whether it is on pitch,
and what it seemed to lose by being a little off can be given back before asking whether the pair is all there is.

Laws: a frame goes in, four windows come out; what is made of them is the detector's affair.
"""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twilio_wire.dtmf_grid import COLUMNS_HZ, KEY_OF, ROWS_HZ
from twilio_wire.g711 import FRAME_BYTES, SAMPLE_RATE, decode
from twilio_wire.levels import sine_peak

WINDOW: Final = 120
HOP: Final = 40
_OVERLAP: Final = WINDOW - HOP

# Receiver figures: spandsp's (src/spandsp/dtmf.h, citing ITU-T Q.24). It must accept 1.5 % off pitch and
# refuse 3.5 %; twist up to 8 dB with the row louder, 4 dB with the column louder; sines down to −42 dBm0.
# Where a value must be accepted the limit lies beyond it, for noise blurs what is measured.
_MOST_OFF_PITCH: Final = 0.025
_MOST_ROW_ABOVE_COLUMN_DB: Final = 9.5
_MOST_COLUMN_ABOVE_ROW_DB: Final = 5.5
_WEAKEST_SINE_DBM0: Final = -42.5
# Noise 15 dB below the tone takes 0.15 dB of purity, give or take 0.1; a voice's harmonics lack 0.4 dB or more.
_LEAST_PURITY_DB: Final = -0.5
# Before the true frequency is known, 1.5 % off pitch looks like 0.8 dB lost.
_LEAST_PURITY_AT_SIGHT_DB: Final = -1.5
# A quieter frame cannot hold more than 2 ms of the weakest pair.
_SILENT_FRAME_DBM0: Final = -50.0


def _hann() -> NDArray[np.float32]:
    """A window with low side lobes, that a loud row may not leak into a weak column."""
    turns = (np.arange(WINDOW) + 0.5) / WINDOW
    return (0.5 - 0.5 * np.cos(2 * np.pi * turns)).astype(np.float32)


def _basis() -> NDArray[np.float32]:
    """The cosine of each of the 8 frequencies, then the sine of each, seen through the window; shape (window, 16)."""
    turns = np.outer(np.arange(WINDOW) / SAMPLE_RATE, _HERTZ)
    sines = np.hstack([np.cos(2 * np.pi * turns), -np.sin(2 * np.pi * turns)])
    return (sines * _HANN[:, np.newaxis]).astype(np.float32)


def _energy_weights() -> NDArray[np.float32]:
    """What each sample's square counts for in the energy of each window; shape (samples, windows)."""
    weights = np.zeros((_OVERLAP + FRAME_BYTES, FRAME_BYTES // HOP), dtype=np.float32)
    for window in range(weights.shape[1]):
        weights[window * HOP : window * HOP + WINDOW, window] = _HANN**2
    return weights


_HERTZ: Final = ROWS_HZ + COLUMNS_HZ
_ROWS: Final = len(ROWS_HZ)
_SINES: Final = len(_HERTZ)
_HANN: Final = _hann()
_BASIS: Final = _basis()
_BASIS_ACROSS: Final = np.ascontiguousarray(_BASIS.T)
_WINDOWS: Final = np.arange(0, FRAME_BYTES, HOP)[:, np.newaxis] + np.arange(WINDOW)
"""Which samples each of four windows holds, of a frame and what they overlap before it."""
_ENERGY_WEIGHTS: Final = _energy_weights()
_SAMPLE_OF_CODE: Final = decode(bytes(range(256))).astype(np.float32)

# What a sine of peak 1, just on a frequency, gives through the window: |DFT|² there, and energy.
_SINE_POWER: Final = float(_HANN.sum()) ** 2 / 4
_SINE_ENERGY: Final = float(_HANN @ _HANN) / 2

_PURE_POWER_PER_ENERGY: Final = _SINE_POWER / _SINE_ENERGY
_LEAST_PURITY: Final = 10 ** (_LEAST_PURITY_DB / 10) * _PURE_POWER_PER_ENERGY
_LEAST_PURITY_AT_SIGHT: Final = 10 ** (_LEAST_PURITY_AT_SIGHT_DB / 10) * _PURE_POWER_PER_ENERGY
_LEAST_POWER: Final = _SINE_POWER * sine_peak(_WEAKEST_SINE_DBM0) ** 2
_MOST_COLUMN_PER_ROW: Final = 10 ** (_MOST_COLUMN_ABOVE_ROW_DB / 10)
_LEAST_COLUMN_PER_ROW: Final = 10 ** (-_MOST_ROW_ABOVE_COLUMN_DB / 10)
_SILENT_ENERGY: Final = FRAME_BYTES * sine_peak(_SILENT_FRAME_DBM0) ** 2 / 2
# What may hold a pair by a first look, of power and of each sample's square.
_BARELY: Final = 0.999
_BARELY_POWER: Final = _BARELY * _LEAST_POWER
_BARELY_PURE: Final = (_BARELY * _LEAST_PURITY_AT_SIGHT * _HANN**2).astype(np.float32)
# Samples so small cannot add up to the weakest sine, whatever they are.
_FAINT: Final = math.sqrt(_BARELY_POWER) / float(_HANN.sum())
_FAINT_CODES: Final = np.flatnonzero(np.abs(_SAMPLE_OF_CODE) < _FAINT).astype(np.uint8).tobytes()


class Sine(NamedTuple):
    """The strongest frequency of a group in one window: nominal Hz, |DFT|² there, phase in radians."""

    hertz: int
    power: float
    phase: float

    def off_hertz(self, before: "Sine") -> float:
        """How far the true frequency is from the nominal one, by the phase a hop before (−100 to 100 Hz)."""
        nominal_turn = 2 * math.pi * self.hertz * HOP / SAMPLE_RATE
        beyond = math.remainder(self.phase - before.phase - nominal_turn, 2 * math.pi)
        return beyond * SAMPLE_RATE / (2 * math.pi * HOP)


class Pair(NamedTuple):
    """A window with little in it but one row and one column frequency."""

    row: Sine
    column: Sine
    energy: float

    @property
    def key(self) -> str:
        """The key these two would be."""
        return KEY_OF[self.row.hertz, self.column.hertz]

    def continues(self, before: "Pair") -> bool:
        """Whether this is the pair of the window before, on pitch, pure, and without too much twist."""
        if self.key != before.key:
            return False
        row_off, column_off = self.row.off_hertz(before.row), self.column.off_hertz(before.column)
        if abs(row_off) > _MOST_OFF_PITCH * self.row.hertz:
            return False
        if abs(column_off) > _MOST_OFF_PITCH * self.column.hertz:
            return False
        row = self.row.power / _share_seen(row_off)
        column = self.column.power / _share_seen(column_off)
        return (
            row + column >= _LEAST_PURITY * self.energy
            and _LEAST_COLUMN_PER_ROW * row <= column <= _MOST_COLUMN_PER_ROW * row
        )


def pairs(before: bytes, frame: bytes) -> list[Pair | None]:
    """What each of the four windows that end in a frame holds; `before` is the frame before it (160 bytes, µ-law)."""
    samples = np.concatenate((_samples(before)[-_OVERLAP:], _samples(frame)))
    energies = ((samples * samples) @ _ENERGY_WEIGHTS).tolist()
    spectra = samples[_WINDOWS] @ _BASIS
    squares = spectra * spectra
    powers = (squares[:, :_SINES] + squares[:, _SINES:]).tolist()
    return [_pair(*window) for window in zip(powers, energies, spectra.tolist(), strict=True)]


_lookers: Final[dict[bytes, "Foresight"]] = {}
"""Who has looked last at a span that begins with this frame."""


class Span(NamedTuple):
    """A part of some audio (bytes, µ-law) that stays where it is: from one place to another."""

    audio: bytes
    begin: int
    end: int


class Foresight:
    """Looks at what one line is about to say: at many frames at once it takes a fraction of one by one.

    What it finds are spans of whole frames of which none ends in a pair. Whoever listens to the line comes to one by
    its first frame, which is never one without a sound: too many begin with those.
    """

    __slots__ = ("_spans",)

    def __init__(self) -> None:
        self._spans: dict[bytes, Span] = {}

    def look(self, ahead: Span) -> None:
        """Look at whole frames that come next, and forget those before. A second's worth is a good measure."""
        self.forget()
        audio, begin, end = ahead
        for number, may in enumerate(end_in_pairs(ahead)):
            if may:
                place = ahead.begin + number * FRAME_BYTES
                self._note(audio, begin, place)
                begin = place + FRAME_BYTES
        self._note(audio, begin, end)

    def _note(self, audio: bytes, begin: int, end: int) -> None:
        for place in range(begin, end, FRAME_BYTES):
            first = audio[place : place + FRAME_BYTES]
            if first.translate(None, _FAINT_CODES):
                self._spans[first] = Span(audio, place, end)
                _lookers[first] = self
                return

    def forget(self) -> None:
        """Nothing more comes, or something else. What another line has looked at since is still known."""
        for first in self._spans:
            if _lookers.get(first) is self:
                del _lookers[first]
        self._spans.clear()

    def span(self, first: bytes) -> Span | None:
        """The span that begins with this frame."""
        return self._spans.get(first)


def foreseen(frame: bytes) -> Span | None:
    """The frames that end in no pair of which this is the first; None when nobody has looked at it.

    Any thread may ask, while others look and forget.
    """
    looker = _lookers.get(frame)
    return None if looker is None else looker.span(frame)


def may_end_in_pair(frame: bytes) -> bool:
    """Whether the last of the four windows that end in a frame may hold a pair, by a look at it alone.

    A little more is let through than `pairs` finds, so that rounding cannot make the two differ.
    """
    if not frame.translate(None, _FAINT_CODES):
        return False
    samples = _SAMPLE_OF_CODE.take(np.frombuffer(frame, np.uint8, WINDOW, FRAME_BYTES - WINDOW))
    spectrum: list[float] = samples.dot(_BASIS).tolist()
    powers = [re * re + im * im for re, im in zip(spectrum[:_SINES], spectrum[_SINES:], strict=True)]
    row, column = max(powers[:_ROWS]), max(powers[_ROWS:])
    if row < _BARELY_POWER or column < _BARELY_POWER:
        return False
    samples *= samples
    least: float = samples.dot(_BARELY_PURE).item()
    return row + column >= least


def end_in_pairs(span: Span) -> list[bool]:
    """What `may_end_in_pair` says of each frame of whole frames, found out for all at once."""
    audio, begin, end = span
    codes = np.frombuffer(audio, np.uint8, end - begin, begin).reshape(-1, FRAME_BYTES)[:, FRAME_BYTES - WINDOW :]
    samples = _SAMPLE_OF_CODE.take(codes)
    spectra = _BASIS_ACROSS.dot(samples.T)
    spectra *= spectra
    powers = spectra[:_SINES] + spectra[_SINES:]
    rows, columns = powers[:_ROWS].max(axis=0), powers[_ROWS:].max(axis=0)
    samples *= samples
    may = rows + columns >= samples.dot(_BARELY_PURE)
    may &= np.minimum(rows, columns) >= _BARELY_POWER
    judged: list[bool] = may.tolist()
    return judged


def _samples(codes: bytes) -> NDArray[np.float32]:
    """The samples of a frame; one too quiet to hold a pair is silence."""
    samples = _SAMPLE_OF_CODE.take(np.frombuffer(codes, dtype=np.uint8))
    return samples if samples @ samples >= _SILENT_ENERGY else np.zeros_like(samples)


def _pair(powers: list[float], energy: float, spectrum: list[float]) -> Pair | None:
    row, column = max(powers[:_ROWS]), max(powers[_ROWS:])
    if row + column < _LEAST_PURITY_AT_SIGHT * energy or row < _LEAST_POWER or column < _LEAST_POWER:
        return None
    return Pair(_sine(powers.index(row), row, spectrum), _sine(powers.index(column, _ROWS), column, spectrum), energy)


def _sine(index: int, power: float, spectrum: list[float]) -> Sine:
    return Sine(_HERTZ[index], power, math.atan2(spectrum[index + _SINES], spectrum[index]))


def _share_seen(off_hertz: float) -> float:
    """Share of a sine's power that is seen this far from its true frequency, through the window."""
    bins = off_hertz * WINDOW / SAMPLE_RATE
    if abs(bins) < 0.01:
        return 1.0
    return (math.sin(math.pi * bins) / (math.pi * bins * (1 - bins * bins))) ** 2
