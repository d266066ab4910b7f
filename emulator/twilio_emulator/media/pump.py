"""The heartbeat: one pump moves every line's frames, every 20 ms of call time.

The 20 ms are twenty phases of 1 ms, and each line keeps one, so that five hundred frames do not leave in one burst. A
free clock has no bursts to avoid; there a line's phase is the moment at which it joined, so that the phase does not
depend on what other calls do. A late tick is followed by the next at once: deadlines are absolute, nothing drifts.

The pump knows how late it is, and tells `on_late` when it begins to be so late that what is measured meanwhile is not
the application's doing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from twilio_emulator.clock import Clock
from twilio_emulator.media.punctuality import Punctuality, Spell, percentile
from twilio_wire.g711 import FRAME_MS

_KEEP_LATENESS: Final = 50_000
"""Lateness readings kept (the newest): a minute and more of any realistic load."""


class Ticking(Protocol):
    """A line that has something to do every 20 ms."""

    def tick(self) -> None:
        """Move one frame in each direction."""


class Pump:
    """The wheel of twenty phases."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wheel: list[list[Ticking]] = [[] for _ in range(FRAME_MS)]
        self._turns = [partial(self._turn, phase) for phase in range(FRAME_MS)]
        self._turning: set[int] = set()
        """The phases that come round."""
        self._phase_of: dict[Ticking, int] = {}
        self.lateness_ms: list[float] = []
        self.on_late: Callable[[Spell], None] = lambda _: None
        self._punctuality = Punctuality()

    def add(self, line: Ticking) -> None:
        """Begin to tick a line, 20 ms from now at the latest."""
        now = self._clock.now_ms
        phase = now % FRAME_MS if self._clock.lockstep else self._quietest_phase()
        self._phase_of[line] = phase
        self._wheel[phase].append(line)
        if phase not in self._turning:
            self._turning.add(phase)
            wait = (phase - now) % FRAME_MS or FRAME_MS
            self._clock.call_at(now + wait, self._turns[phase])

    def remove(self, line: Ticking) -> None:
        """Stop ticking a line; one that does not tick is no mistake."""
        phase = self._phase_of.pop(line, None)
        if phase is not None:
            self._wheel[phase] = [other for other in self._wheel[phase] if other is not line]

    def __len__(self) -> int:
        return len(self._phase_of)

    def _quietest_phase(self) -> int:
        return min(range(FRAME_MS), key=lambda phase: len(self._wheel[phase]))

    def _turn(self, phase: int) -> None:
        wheel = self._wheel
        lines = wheel[phase]
        if not lines:
            self._turning.remove(phase)
            return
        due_ms = self._clock.now_ms
        self._clock.call_at(due_ms + FRAME_MS, self._turns[phase])
        if not self._clock.lockstep:
            self._note_lateness(due_ms)
        for line in lines:
            # A line may be taken off by what an earlier one did in this very turn; others stand in the wheel then.
            if wheel[phase] is lines or line in self._phase_of:
                line.tick()

    def _note_lateness(self, due_ms: int) -> None:
        late_ms = self._clock.lateness_ms
        if len(self.lateness_ms) >= _KEEP_LATENESS:
            del self.lateness_ms[: _KEEP_LATENESS // 2]
        self.lateness_ms.append(late_ms)
        if (spell := self._punctuality.note(due_ms, late_ms)) is not None:
            self.on_late(spell)

    def late_since(self, ms: int) -> Spell | None:
        """When, since this moment of call time, the heartbeat was too late to trust a measurement; None for never."""
        return self._punctuality.late_since(ms)

    def lateness(self) -> dict[str, float]:
        """How late the ticks were, in wall milliseconds: `p50`, `p99` and `max`; all 0 without ticks."""
        readings = sorted(self.lateness_ms)
        return {name: percentile(readings, share) for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))}

    def forget_lateness(self) -> None:
        """Begin to count anew."""
        self.lateness_ms.clear()
