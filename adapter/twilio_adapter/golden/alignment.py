"""The golden call and the new one side by side: which piece of the one is which piece of the other.

Blocks that were found at the same shift are a stretch. Its shift is then refined by correlating the samples, and its
ends are moved to where the two begin to differ. What lies between two stretches is laid side by side as it is.

Laws: pure. The pieces are in order, and together they are the whole of both calls. Positions are in samples.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from twilio_adapter.golden.likeness import Overlay, lag_of
from twilio_adapter.golden.placing import BLOCK, SAME_SHIFT, Block, phrases_of, place
from twilio_adapter.golden.sound import HOP, Floats, Sound, Span

_FINE: Final = 3 * HOP
"""A shift is refined by so many samples at most."""
_SURE: Final = 0.5
"""Correlation of the samples from which on it is believed: a codec that keeps the sound may not keep the wave."""
_EDGE_WIDTH: Final = 9
"""Frames over which the distance is averaged where an edge is looked for."""
_EDGE_DB: Final = 4.5
"""Where the distance is greater, the two are better left unmatched."""
_SILENT_DB: Final = 0.01
"""What it costs to leave silence unmatched: next to nothing, so that soft ends stay with their sound."""
_BEYOND: Final = 6
"""Frames by which a stretch may reach into the silence around its phrase."""
_LEAST: Final = 4
"""A stretch of fewer frames is chance."""


@dataclass(frozen=True)
class Piece:
    """Samples of the golden call beside samples of the new one: the same sound, or what there is instead of it."""

    golden: Span
    call: Span
    is_matched: bool

    @property
    def shift(self) -> int:
        """How much later the new call has it."""
        return self.call.start - self.golden.start

    @property
    def side_by_side(self) -> int:
        """How long it is, if it is as long in both; 0 if it is not, for then nothing in it lies beside its like."""
        apart = abs(len(self.golden) - len(self.call)) > SAME_SHIFT * HOP
        return 0 if apart else min(len(self.golden), len(self.call))


@dataclass(frozen=True)
class _Stretch:
    """Frames of a phrase of the golden call that the new call has too, so many samples later."""

    span: Span
    shift: int
    phrase: int


def align(golden: Sound, call: Sound) -> tuple[Piece, ...]:
    """Lay two calls side by side."""
    if np.array_equal(golden.samples, call.samples):
        whole = Span(0, len(golden.samples))
        return (Piece(whole, whole, is_matched=True),) if len(whole) else ()
    stretches = [_refined(golden, call, stretch) for stretch in _stretches(place(golden, call))]
    return tuple(_pieces(golden, call, _with_edges(golden, call, stretches)))


def _stretches(blocks: list[Block]) -> list[_Stretch]:
    found: list[_Stretch] = []
    before: Block | None = None
    for block in blocks:
        if block.shift is None:
            before = None
            continue
        same_shift = before is not None and before.shift is not None and abs(before.shift - block.shift) <= SAME_SHIFT
        if before is not None and same_shift and before.phrase == block.phrase:
            found[-1] = replace(found[-1], span=Span(found[-1].span.start, block.span.end))
        else:
            found.append(_Stretch(block.span, block.shift * HOP, block.phrase))
        before = block
    return found


def _refined(golden: Sound, call: Sound, stretch: _Stretch) -> _Stretch:
    """The same stretch with its shift to the sample."""
    begin, end = stretch.span.start * HOP, min(stretch.span.end * HOP, len(golden.samples))
    there = call.excerpt(begin + stretch.shift - _FINE, end - begin + 2 * _FINE)
    lag, score = lag_of(golden.samples[begin:end], there, _FINE)
    return replace(stretch, shift=stretch.shift + lag) if score >= _SURE else stretch


def _with_edges(golden: Sound, call: Sound, stretches: list[_Stretch]) -> list[_Stretch]:
    """Move the ends of all stretches to where the two calls begin to differ."""
    if not stretches:
        return []
    phrases = phrases_of(golden.active)
    last = min(len(golden), phrases[-1].end + _BEYOND)
    pairs = pairwise((None, *stretches, None))
    cuts = [_split(golden, call, _between(left, right, last), left, right) for left, right in pairs]
    return [
        replace(stretch, span=Span(begin, end))
        for stretch, (_, begin), (end, _) in zip(stretches, cuts[:-1], cuts[1:], strict=True)
        if end - begin >= _LEAST
    ]


def _between(left: _Stretch | None, right: _Stretch | None, last: int) -> Span:
    """The frames in which a stretch may end, and the next one begin."""
    begin = 0 if left is None else max(left.span.start, left.span.end - BLOCK // 2)
    end = last if right is None else min(right.span.end, right.span.start + BLOCK // 2)
    return Span(begin, end)


def _split(golden: Sound, call: Sound, region: Span, left: _Stretch | None, right: _Stretch | None) -> tuple[int, int]:
    """Where in a region the left stretch best ends, and the right one begins; what is between them is unmatched."""
    size = len(region)
    unmatched = np.full(size, _SILENT_DB)
    costs: list[Floats] = []
    for stretch in (left, right):
        if stretch is None:
            costs.append(np.full(size, np.inf))
            continue
        overlay = Overlay(golden, call, region, stretch.shift)
        costs.append(overlay.distances(_EDGE_WIDTH))
        unmatched = np.where(overlay.sounds, _EDGE_DB, unmatched)
    gap, on_left, on_right = (np.concatenate(([0.0], np.cumsum(cost))) for cost in (unmatched, *costs))
    # Cost of the left up to t, less what it would cost to leave that unmatched; of the right from t on, likewise.
    nowhere = np.full(size + 1, np.inf)
    if left is None:
        ending = nowhere
        ending[0] = 0.0
    else:
        ending = on_left - gap
    if right is None:
        beginning = nowhere
        beginning[-1] = gap[-1]
    else:
        beginning = gap + on_right[-1] - on_right
    # What the new call has left out lies between them.
    apart = -(-max(0, left.shift - right.shift) // HOP) if left is not None and right is not None else 0
    apart = min(apart, size)
    best_ending = np.minimum.accumulate(ending)
    total = best_ending[: size + 1 - apart] + beginning[apart:]
    best = int(total.argmin())
    end = int(ending[: best + 1].argmin())
    return region.start + end, region.start + best + apart


def _pieces(golden: Sound, call: Sound, stretches: list[_Stretch]) -> list[Piece]:
    pieces: list[Piece] = []
    golden_at = call_at = 0
    for stretch in stretches:
        start = max(stretch.span.start * HOP, golden_at, call_at - stretch.shift)
        end = min(stretch.span.end * HOP, len(golden.samples), len(call.samples) - stretch.shift)
        if end <= start:
            continue
        begin = start + stretch.shift
        if start > golden_at or begin > call_at:
            pieces.append(Piece(Span(golden_at, start), Span(call_at, begin), is_matched=False))
        golden_at, call_at = end, end + stretch.shift
        pieces.append(Piece(Span(start, end), Span(begin, call_at), is_matched=True))
    if golden_at < len(golden.samples) or call_at < len(call.samples):
        rest = Span(golden_at, len(golden.samples)), Span(call_at, len(call.samples))
        pieces.append(Piece(*rest, is_matched=False))
    return pieces
