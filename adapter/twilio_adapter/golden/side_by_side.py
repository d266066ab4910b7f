"""Two calls on one axis of time: where one of them has more, the other waits.

Laws: pure. Positions are in samples of the common axis.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from twilio_adapter.golden.alignment import Piece
from twilio_adapter.golden.difference import Difference
from twilio_adapter.golden.listening import Hearing
from twilio_adapter.golden.sound import Floats, Span
from twilio_wire.g711 import SAMPLE_RATE


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Both calls' samples (int16 units, 8 kHz), equally long, and what differs, with its place on the axis."""

    golden: Floats
    call: Floats
    marks: tuple[tuple[Span, Difference], ...]


def side_by_side(hearing: Hearing, differences: Iterable[Difference]) -> SideBySide:
    """Lay both calls on one axis, and the differences that have a moment with them."""
    golden, call = [np.zeros(0)], [np.zeros(0)]
    for piece in hearing.pieces:
        length = _length(piece)
        for parts, sound, span in ((golden, hearing.golden, piece.golden), (call, hearing.call, piece.call)):
            own = sound.samples[span.start : span.end]
            parts.append(np.pad(own, (0, length - len(own))))
    placed = [(_mark(hearing.pieces, each), each) for each in differences]
    marks = [(span, each) for span, each in placed if span is not None]
    return SideBySide(np.concatenate(golden), np.concatenate(call), tuple(marks))


def _length(piece: Piece) -> int:
    return max(len(piece.golden), len(piece.call))


def _mark(pieces: tuple[Piece, ...], difference: Difference) -> Span | None:
    """From where to where on the axis something differs, as seen from either call."""
    places = [
        _place(pieces, round(at_s * SAMPLE_RATE), of_call=of_call)
        for of_call, moments in (
            (False, (difference.golden_s, difference.golden_end_s)),
            (True, (difference.call_s, difference.call_end_s)),
        )
        for at_s in moments
        if at_s is not None
    ]
    return Span(min(places), max(places)) if places else None


def _place(pieces: tuple[Piece, ...], sample: int, *, of_call: bool) -> int:
    """Where on the axis a sample of one of the calls lies."""
    at = 0
    for piece in pieces:
        own = piece.call if of_call else piece.golden
        if own.start <= sample < own.end:
            return at + sample - own.start
        if own.start >= sample:
            return at
        at += _length(piece)
    return at
