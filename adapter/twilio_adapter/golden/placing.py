"""Where each piece of the golden call is found in the new one: cross-correlation, and the order of things.

What is heard in the golden call is cut into blocks of half a second. Each is correlated, as a spectrum over time, with
the new call at every moment; the best moments are its candidates. Of all ways to choose one for each block, or none,
the best is taken: blocks keep their order, and a shift that changes from block to block costs.

Laws: pure. A shift is in frames (10 ms): how much later the new call is.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from twilio_adapter.golden.sound import Floats, Mask, Sound, Span, runs

PHRASE_GAP: Final = 20
"""Silence longer than this (frames) is a pause; shorter, and it is still the same phrase."""
_CLICK: Final = 4
"""What is heard for a shorter time (frames) is no phrase: a click."""
BLOCK: Final = 50
"""About so many frames are looked for together."""

_SEARCH: Final = 3000
"""How far (frames) from where it should follow a block is looked for: half a minute."""
_CANDIDATES: Final = 8
_NEIGHBOURS: Final = 5
"""Two candidates are further apart than this (frames)."""
_LEAST_SCORE: Final = 0.6
"""What correlates less is not the same. The same speech over a bad line reaches 0.8; see docs/golden.md."""
_SAID_AGAIN: Final = 0.65
"""So much correlation makes what is heard in addition a repetition."""
SAME_SHIFT: Final = 2
"""Shifts that differ by no more (frames) are one: a line may lose or repeat 20 ms."""
_LATER: Final = 1e-4
_OVERLAP: Final = 5
"""So much (frames) of a block may lie under the one before it: the edges are not sharp."""


@dataclass(frozen=True)
class Block:
    """A piece of the golden call: its frames, the phrase that it belongs to, and how much later the new call has it.

    The shift is None where the new call does not have it. `pause` is how many frames of silence come before it.
    """

    span: Span
    phrase: int
    pause: int
    shift: int | None = None


@dataclass(frozen=True)
class _Choice:
    """One way to place all blocks up to one: what it is worth, and what was chosen last."""

    worth: float
    shift: int
    end: int
    """Where in the new call the last block that was placed ends."""
    phrase: int
    placed: bool
    before: "_Choice | None"


def phrases_of(active: Mask) -> list[Span]:
    """What is heard without a pause."""
    return runs(active, bridge=PHRASE_GAP, least=_CLICK)


def place(golden: Sound, call: Sound) -> list[Block]:
    """Find every block of the golden call in the new one, or not."""
    blocks: list[Block] = []
    for number, phrase in enumerate(phrases_of(golden.active)):
        blocks += _cut(phrase, number, phrase.start - (blocks[-1].span.end if blocks else 0))
    choices = [_Choice(0.0, 0, 0, -1, placed=False, before=None)]
    for block in blocks:
        expected = block.span.start + choices[0].shift
        scores, begin = _scores(golden.shape[block.span.frames], call.shape, expected)
        choices = _go_on(choices, block, scores, begin - block.span.start)
    return _chosen(blocks, choices[0])


def is_said_in(piece: Floats, call: Floats, near: int) -> bool:
    """Whether what has this shape is also said in a call, within half a minute of a frame of it."""
    scores, _ = _scores(piece, call, near)
    return bool(len(piece)) and float(scores.max()) >= _SAID_AGAIN


def _cut(phrase: Span, number: int, pause: int) -> list[Block]:
    count = max(1, round(len(phrase) / BLOCK))
    edges = np.linspace(phrase.start, phrase.end, count + 1).round().astype(int).tolist()
    return [Block(Span(start, end), number, pause if start == phrase.start else 0) for start, end in pairwise(edges)]


def _scores(block: Floats, call: Floats, expected: int) -> tuple[Floats, int]:
    """Correlation (-1 to 1) of a block with the new call, near the frame where it is expected; and the first frame."""
    length = len(block)
    begin = min(max(0, expected - _SEARCH), len(call))
    searched = call[begin : max(begin, expected + length + _SEARCH)]
    searched = np.pad(searched, ((0, max(0, length - len(searched))), (0, 0)))
    products = np.ascontiguousarray(searched @ block.T)
    rows = len(searched) - length + 1
    row, column = products.strides
    # Frame j of the block lies on frame i + j of the call: sums along the diagonals.
    dots = np.lib.stride_tricks.as_strided(products, (rows, length), (row, row + column)).sum(axis=1)
    energy = np.concatenate(([0.0], np.cumsum((searched**2).sum(axis=1))))
    own = float((block**2).sum())
    there = np.maximum(energy[length:] - energy[:-length], own / 10)
    scores: Floats = dots / np.sqrt(np.maximum(own * there, 1e-9))
    return scores, begin


def _go_on(choices: list[_Choice], block: Block, scores: Floats, first: int) -> list[_Choice]:
    """Every way so far, gone on with every candidate, or without this block."""
    shifts = {peak + first for peak in _peaks(scores)}
    for choice in choices:
        around = range(choice.shift - SAME_SHIFT, choice.shift + SAME_SHIFT + 1)
        near = [shift for shift in around if 0 <= shift - first < len(scores)]
        if near:
            shifts.add(max(near, key=lambda shift: float(scores[shift - first])))
    best: dict[tuple[int, bool], _Choice] = {}

    def offer(choice: _Choice) -> None:
        key = (choice.shift, choice.placed)
        if key not in best or best[key].worth < choice.worth:
            best[key] = choice

    for choice in choices:
        offer(_Choice(choice.worth, choice.shift, choice.end, choice.phrase, placed=False, before=choice))
        for shift in shifts:
            score = float(scores[shift - first])
            if score < _LEAST_SCORE or block.span.start + shift < choice.end - _OVERLAP:
                continue
            worth = choice.worth + len(block.span) * (score - _LEAST_SCORE) - _cost(choice, block, shift)
            offer(_Choice(worth, shift, block.span.end + shift, block.phrase, placed=True, before=choice))
    return sorted(best.values(), key=lambda choice: -choice.worth)[: 2 * _CANDIDATES]


def _peaks(scores: Floats) -> list[int]:
    left: Floats = scores.copy()
    peaks: list[int] = []
    while len(peaks) < _CANDIDATES:
        peak = int(left.argmax())
        if left[peak] < _LEAST_SCORE:
            break
        peaks.append(peak)
        left[max(0, peak - _NEIGHBOURS) : peak + _NEIGHBOURS + 1] = -1
    return peaks


def _cost(choice: _Choice, block: Block, shift: int) -> float:
    """What a change of the shift costs, in frames of perfect correlation: much in a phrase, less after a pause."""
    by = abs(shift - choice.shift)
    # Of two places that are as good, as when a prompt is said twice, the earlier.
    late = _LATER * max(0, shift)
    if by <= SAME_SHIFT:
        return late
    if choice.phrase == block.phrase:
        return late + min(15.0, 8.0 + 0.05 * by)
    return late + min(8.0, 3.0 + 0.01 * by) - min(2.0, 0.02 * block.pause)


def _chosen(blocks: list[Block], last: _Choice) -> list[Block]:
    placed: list[Block] = []
    choice: _Choice | None = last
    for block in reversed(blocks):
        assert choice is not None
        placed.append(replace(block, shift=choice.shift if choice.placed else None))
        choice = choice.before
    return placed[::-1]
