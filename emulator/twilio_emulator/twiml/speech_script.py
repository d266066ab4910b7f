"""A text to be spoken in pieces: stretches, each in its manner, and the pauses between them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Manner(msgspec.Struct, frozen=True):
    """How a stretch is spoken: `rate_percent` of the usual speed, `volume_db` above the usual level, in which language
    ("" is the language of all of it)."""

    rate_percent: int = 100
    volume_db: float = 0.0
    language: str = ""


class Stretch(msgspec.Struct, frozen=True):
    """Text without mark-up, spoken without an extra pause in it."""

    text: str
    manner: Manner = Manner()


class Pause(msgspec.Struct, frozen=True):
    """Silence. One that stands for the boundary of a sentence or a paragraph is none at either end."""

    ms: int
    is_boundary: bool = False

    def joined(self, following: Pause) -> Pause:
        """Two pauses in a row: breaks add up, and a boundary coincides with whatever is beside it."""
        if self.is_boundary or following.is_boundary:
            both = self.is_boundary and following.is_boundary
            return Pause(max(self.ms, following.ms), is_boundary=both)
        return Pause(self.ms + following.ms)


Piece = Stretch | Pause


def plain_text(pieces: Iterable[Piece]) -> str:
    """All that is said, without the manner and the pauses."""
    return " ".join(piece.text for piece in pieces if isinstance(piece, Stretch))
