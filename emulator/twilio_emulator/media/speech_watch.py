"""When somebody begins to speak, and when they have stopped. Pure, counted in frames.

Speech has begun after a few loud frames and is over after a longer silence; neither a click nor a breath counts.
How Twilio decides is not documented; these are our figures.
"""

from __future__ import annotations

from typing import Final

from twilio_wire.levels import is_silent

_BEGINS_AFTER_FRAMES: Final = 3
_ENDS_AFTER_FRAMES: Final = 25


class SpeechWatch:
    """Listens to one talker."""

    def __init__(self) -> None:
        self.is_speaking = False
        self._against = 0
        """Frames in a row that speak against what is so now."""

    def hear(self, frame: bytes) -> bool:
        """20 ms (µ-law) have passed; returns whether that has changed who speaks."""
        if is_silent(frame) is not self.is_speaking:
            self._against = 0
            return False
        self._against += 1
        if self._against < (_ENDS_AFTER_FRAMES if self.is_speaking else _BEGINS_AFTER_FRAMES):
            return False
        self.is_speaking = not self.is_speaking
        self._against = 0
        return True
