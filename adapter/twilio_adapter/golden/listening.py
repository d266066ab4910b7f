"""What differs between two sides that have been laid side by side, to the ear: sound, level, and what is not there.

Laws: pure. Pieces that match are judged by their spectra and their level; what lies between them, by where anything is
to be heard. Timing is not judged here: see `rhythm`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from twilio_adapter.golden.alignment import Piece, align
from twilio_adapter.golden.difference import Difference, DifferenceKind, together
from twilio_adapter.golden.likeness import Overlay
from twilio_adapter.golden.placing import PHRASE_GAP, is_said_in, phrases_of
from twilio_adapter.golden.sound import FRAME_MS, HOP, Floats, Sound, Span, runs
from twilio_adapter.golden.tolerances import Tolerances

_FRAMES_A_SECOND: Final = 1000 // FRAME_MS
_WINDOW: Final = 30
"""Frames in which the spectral distance is judged: a syllable or two."""
_EDGE: Final = 5
"""Frames beside a piece that matches in which something more may be heard: the two end in their own ways."""
_LEAST_LEVEL: Final = 20
"""So many frames have a level; fewer may be one consonant."""
_TURN_GAP: Final = 80
"""A longer silence (frames) than that between two sentences; what ends before it is not cut off."""
_FEW: Final = 0.25
"""A side that is heard in a smaller share of what the other is heard in, is silent there."""


@dataclass(frozen=True, eq=False)
class Hearing:
    """Two recordings of one side, laid side by side, and what differs to the ear."""

    golden: Sound
    call: Sound
    pieces: tuple[Piece, ...]
    differences: tuple[Difference, ...]


def compare_audio(
    golden: bytes, call: bytes, *, where: str = "application", tolerances: Tolerances | None = None
) -> Hearing:
    """Compare two recordings of the same side (bytes, µ-law, 8 kHz, mono, of any lengths).

    Args:
        golden: what it should be.
        call: what it is.
        where: whose side it is, for the sentences.
        tolerances: what still passes.
    """
    return listen(Sound(golden), Sound(call), where=where, tolerances=tolerances or Tolerances())


def listen(golden: Sound, call: Sound, *, where: str, tolerances: Tolerances) -> Hearing:
    """See `compare_audio`."""
    pieces = align(golden, call)
    return Hearing(golden, call, pieces, judge(golden, call, pieces, where, tolerances))


def judge(
    golden: Sound, call: Sound, pieces: tuple[Piece, ...], where: str, tolerances: Tolerances
) -> tuple[Difference, ...]:
    """What differs between two recordings that are aligned."""
    if len(pieces) == 1 and pieces[0].is_matched:
        return ()
    judging = _Judge(golden, call, where, tolerances)
    last = len(pieces) - 1
    found = [
        [] if piece.is_matched else judging.unmatched(piece, is_first=number == 0, is_last=number == last)
        for number, piece in enumerate(pieces)
    ]
    # What is too short to be a difference by itself is heard together with what it is next to.
    rest = [
        0 if piece.is_matched or found[number] else piece.side_by_side // HOP for number, piece in enumerate(pieces)
    ]
    for number, piece in enumerate(pieces):
        if piece.is_matched:
            beside = (rest[number - 1] if number else 0), (rest[number + 1] if number < last else 0)
            found[number] = judging.matched(piece, *(min(_WINDOW // 2, frames) for frames in beside))
    return tuple(together([difference for each in found for difference in each]))


class _Judge:
    def __init__(self, golden: Sound, call: Sound, where: str, tolerances: Tolerances) -> None:
        self._golden = golden
        self._call = call
        self._where = where
        self._tolerances = tolerances
        self._least = max(1, round(tolerances.sound_s * 1000 / FRAME_MS))
        self._phrases = phrases_of(golden.active)
        self._turns = runs(golden.active, bridge=_TURN_GAP)

    # --- what matches -------------------------------------------------------------------------------------------------

    def matched(self, piece: Piece, before: int, after: int) -> list[Difference]:
        """Judge a piece that is the same sound by and large, with some frames before and after it."""
        span = _frames(piece.golden)
        span = Span(span.start - before, min(span.end + after, len(self._golden)))
        overlay = Overlay(self._golden, self._call, span, piece.shift)
        distances = overlay.distances_in_whole(_WINDOW)
        wrong = runs(distances > self._tolerances.spectral_db, bridge=PHRASE_GAP)
        return [self._spectrum(piece, span, run, distances) for run in wrong] or self._levels(
            piece, _frames(piece.golden)
        )

    def _spectrum(self, piece: Piece, span: Span, run: Span, distances: Floats) -> Difference:
        golden = Span(span.start + run.start, span.start + run.end)
        by = round(piece.shift / HOP)
        call = Span(golden.start + by, golden.end + by)
        golden_heard, call_heard = (
            int(sound.active[max(0, at.start) : at.end].sum())
            for sound, at in ((self._golden, golden), (self._call, call))
        )
        if call_heard < _FEW * golden_heard:
            return self._tell(
                DifferenceKind.MISSING, golden, call, "falls silent", f"{_s(golden_heard)} of sound", "silence"
            )
        if golden_heard < _FEW * call_heard:
            return self._tell(
                DifferenceKind.EXTRA, golden, call, "makes a sound", "silence", f"{_s(call_heard)} of sound"
            )
        distance = f"one that is {distances[run.frames].max():.1f} dB away"
        sounds = f"the golden sound, {self._tolerances.spectral_db:.1f} dB away at most"
        return self._tell(DifferenceKind.DIFFERENT_SOUND, golden, call, "sounds different", sounds, distance)

    def _levels(self, piece: Piece, span: Span) -> list[Difference]:
        """One difference for each phrase that is louder or quieter."""
        by = round(piece.shift / HOP)
        found = []
        for phrase in self._phrases:
            golden = Span(max(span.start, phrase.start), min(span.end, phrase.end))
            heard = self._golden.active[golden.frames]
            if heard.sum() < _LEAST_LEVEL:
                continue
            call = Span(golden.start + by, golden.end + by)
            expected, actual = (
                _level(sound.levels[at.frames][heard[: len(sound.levels[at.frames])]])
                for sound, at in ((self._golden, golden), (self._call, call))
            )
            if abs(actual - expected) > self._tolerances.level_db:
                kind, word = (
                    (DifferenceKind.LOUDER, "louder") if actual > expected else (DifferenceKind.QUIETER, "quieter")
                )
                what = f"is {abs(actual - expected):.0f} dB {word}"
                found.append(self._tell(kind, golden, call, what, f"{expected:.0f} dBm0", f"{actual:.0f} dBm0"))
        return found

    # --- what does not ------------------------------------------------------------------------------------------------

    def unmatched(self, piece: Piece, *, is_first: bool, is_last: bool) -> list[Difference]:
        """Judge a piece of the one and what the other has in its place."""
        golden, call = (
            self._heard(sound, _frames(span), 0 if is_first else _EDGE, 0 if is_last else _EDGE)
            for sound, span in ((self._golden, piece.golden), (self._call, piece.call))
        )
        if golden is None and call is None:
            return []
        if golden is None:
            assert call is not None
            return [self._extra(call, _opposite(call, _frames(piece.call), _frames(piece.golden)))]
        expected = f"{_s(int(self._golden.active[golden.frames].sum()))} of sound"
        if call is None:
            return [self._missing(golden, _opposite(golden, _frames(piece.golden), _frames(piece.call)), expected)]
        actual = f"{_s(int(self._call.active[call.frames].sum()))} of another sound"
        return [self._tell(DifferenceKind.DIFFERENT_SOUND, golden, call, "says something else", expected, actual)]

    def _heard(self, sound: Sound, span: Span, before: int, after: int) -> Span | None:
        """From the first to the last that is heard in some frames, if that is enough."""
        inside = Span(span.start + before, max(span.start + before, span.end - after))
        heard = runs(sound.active[inside.frames], bridge=PHRASE_GAP, least=self._least)
        return Span(inside.start + heard[0].start, inside.start + heard[-1].end) if heard else None

    def _missing(self, golden: Span, call: Span, expected: str) -> Difference:
        begun = [turn for turn in self._turns if turn.start < golden.start - 2 * _EDGE < turn.end]
        cut_off = bool(begun) and golden.end >= begun[0].end - 3 * _EDGE
        kind, what = (DifferenceKind.CUT_OFF, "is cut off") if cut_off else (DifferenceKind.MISSING, "says nothing")
        return self._tell(kind, golden, call, what, expected, "silence")

    def _extra(self, call: Span, golden: Span) -> Difference:
        heard = f"{_s(int(self._call.active[call.frames].sum()))} of sound"
        phrases = runs(self._call.active[call.frames], bridge=PHRASE_GAP, least=self._least)
        said = (self._call.shape[call.start + phrase.start : call.start + phrase.end] for phrase in phrases)
        if all(is_said_in(phrase, self._golden.shape, golden.start) for phrase in said):
            return self._tell(
                DifferenceKind.REPEATED, golden, call, "says something twice", "it once", f"{heard} again"
            )
        return self._tell(DifferenceKind.EXTRA, golden, call, "says something more", "silence", heard)

    def _tell(
        self, kind: DifferenceKind, golden: Span, call: Span, what: str, expected: str, actual: str
    ) -> Difference:
        return Difference(
            kind,
            self._where,
            golden.start / _FRAMES_A_SECOND,
            max(0, call.start) / _FRAMES_A_SECOND,
            f"the {self._where} {what}",
            expected,
            actual,
            golden_end_s=golden.end / _FRAMES_A_SECOND,
            call_end_s=max(0, call.end) / _FRAMES_A_SECOND,
        )


def _frames(samples: Span) -> Span:
    return Span(samples.start // HOP, -(-samples.end // HOP))


def _opposite(heard: Span, own: Span, other: Span) -> Span:
    """The moment in the other call at which something is heard in one only, as long after what they agree on."""
    at = min(other.end, other.start + heard.start - own.start)
    return Span(at, at)


def _level(levels: Floats) -> float:
    """The level of several frames together, in dBm0."""
    return float(10 * np.log10((10 ** (levels / 10)).mean())) if len(levels) else -80.0


def _s(frames: int) -> str:
    return f"{frames / _FRAMES_A_SECOND:.2f} s"
