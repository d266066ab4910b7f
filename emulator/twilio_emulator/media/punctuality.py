"""Whether the heartbeat was on time, or what is measured of a call is the machine's doing and not the application's.

Readings are judged in windows of five seconds of call time. A window in which more than one reading in a hundred is
10 ms late or more is late; late windows on end are one spell. Pure: readings in, spells out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LATE_MS: Final = 10.0
"""Wall milliseconds: half a frame at normal speed."""
WINDOW_MS: Final = 5000
_ENOUGH_READINGS: Final = 50
"""A second of one line. Fewer say nothing yet."""
_SPELLS_KEPT: Final = 100


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which the heartbeat was late: from when to when in call time, and how late in wall milliseconds."""

    began_ms: int
    ended_ms: int
    p99_ms: float
    max_ms: float

    def and_then(self, later: Spell) -> Spell:
        """The two as one."""
        return Spell(self.began_ms, later.ended_ms, max(self.p99_ms, later.p99_ms), max(self.max_ms, later.max_ms))


class Punctuality:
    """Judges how late ticks are."""

    def __init__(self) -> None:
        self._readings: list[float] = []
        self._began_ms = 0
        self._last_ms = 0
        self._spells: deque[Spell] = deque(maxlen=_SPELLS_KEPT)

    def note(self, at_ms: int, late_ms: float) -> Spell | None:
        """Take a reading; returns the spell that is seen to begin with it."""
        begins = None
        if at_ms >= self._began_ms + WINDOW_MS:
            if (spell := self._judge(at_ms)) is not None:
                begins = self._add(spell)
            self._readings.clear()
            self._began_ms = at_ms
        self._readings.append(late_ms)
        self._last_ms = at_ms
        return begins

    def late_since(self, ms: int) -> Spell | None:
        """What was late from a moment of call time until now, taken together; None for nothing."""
        spells = [spell for spell in self._spells if spell.ended_ms > ms]
        if (now := self._judge(self._last_ms)) is not None:
            spells.append(now)
        if not spells:
            return None
        together = spells[0]
        for spell in spells[1:]:
            together = together.and_then(spell)
        return together

    def _judge(self, until_ms: int) -> Spell | None:
        """The window's readings as a spell, if they are late."""
        if len(self._readings) < _ENOUGH_READINGS:
            return None
        in_order = sorted(self._readings)
        p99 = percentile(in_order, 0.99)
        return Spell(self._began_ms, until_ms, p99, in_order[-1]) if p99 >= LATE_MS else None

    def _add(self, spell: Spell) -> Spell | None:
        if self._spells and self._spells[-1].ended_ms == spell.began_ms:
            self._spells.append(self._spells.pop().and_then(spell))
            return None
        self._spells.append(spell)
        return spell


def told(spell: Spell) -> str:
    """A spell as the rest of a sentence."""
    return (
        f"the emulator's own heartbeat was late, one frame in a hundred by {spell.p99_ms:.0f} ms or more and the worst "
        f"by {spell.max_ms:.0f} ms, from {spell.began_ms / 1000:.1f} s to {spell.ended_ms / 1000:.1f} s: "
        "do not trust what was measured meanwhile."
    )


HINT_LATE: Final = (
    'Give the emulator a core of its own, run fewer calls at once, or use speed="max", which is never late.'
)


def percentile(in_order: Sequence[float], share: float) -> float:
    """The reading below which `share` of all readings lie; 0 for no readings."""
    return in_order[min(int(len(in_order) * share), len(in_order) - 1)] if in_order else 0.0
