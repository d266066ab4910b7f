"""A bad line: 20 ms frames go in at one end, and come out worse at the other.

Laws
----
* Pure: one frame in, one frame out. The same seed and frames give the same frames.
* A lost frame is a `LostFrame`: silence where it is heard, and over a Media Stream no message at all.
* What is said stays with the sound, altered, late or lost. Echo and noise say nothing.
* The order is that of the way, however the faults were given: echo, clipping, noise, then latency, jitter, loss.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from twilio_emulator.calls.far_end import FarEnd, ReferAnswers
from twilio_emulator.faults.chance import Chance
from twilio_emulator.faults.fault import Fault
from twilio_emulator.media.captions import LostFrame, carrying, lost
from twilio_wire.g711 import FRAME_BYTES, FRAME_MS, IDLE_FRAME, decode, encode
from twilio_wire.levels import sine_peak

_FULL_SCALE: Final = 32_767


class Stage(Protocol):
    """A piece of the way."""

    def carry(self, frame: bytes) -> bytes:
        """Take the next 20 ms (160 µ-law bytes), and give what comes out at this moment."""


class Clipping:
    """Too loud."""

    def __init__(self, fault: Fault, _: Chance) -> None:
        self._gain = 10 ** (fault.figure("gain_db") / 20)
        self._ceiling = _FULL_SCALE * 10 ** (fault.figure("ceiling_dbfs") / 20)

    def carry(self, frame: bytes) -> bytes:
        """The frame, louder, without its peaks."""
        if frame is IDLE_FRAME or type(frame) is LostFrame:
            return frame
        return _frame(np.clip(decode(frame) * self._gain, -self._ceiling, self._ceiling), frame)


class Noise:
    """White noise."""

    def __init__(self, fault: Fault, chance: Chance) -> None:
        self._rms = sine_peak(fault.figure("level_dbm0")) / 2**0.5
        self._chance = chance

    def carry(self, frame: bytes) -> bytes:
        """The frame with noise."""
        noise = self._chance.normal(FRAME_BYTES) * self._rms
        return frame if type(frame) is LostFrame else _frame(decode(frame) + noise, frame)


class Latency:
    """A long way."""

    def __init__(self, fault: Fault, _: Chance) -> None:
        self._under_way = deque([IDLE_FRAME] * _frames(fault.whole("latency_ms")))

    def carry(self, frame: bytes) -> bytes:
        """What set out a while ago."""
        self._under_way.append(frame)
        return self._under_way.popleft()


class Losing(ABC):
    """Counts what is lost; `on_first` is told of the first."""

    def __init__(self) -> None:
        self.carried = self.lost = 0
        self.on_first: Callable[[], None] = lambda: None

    def carry(self, frame: bytes) -> bytes:
        """The frame, or its loss."""
        self.carried += 1
        if not self.loses_next():
            return frame
        self.lost += 1
        if self.lost == 1:
            self.on_first()
        return lost(frame)

    @abstractmethod
    def loses_next(self) -> bool:
        """Whether the next frame is lost; asked once for each."""


class Loss(Losing):
    """Here one, there one."""

    def __init__(self, fault: Fault, chance: Chance) -> None:
        super().__init__()
        self._share = fault.figure("percent") / 100
        self._chance = chance

    def loses_next(self) -> bool:
        """By chance."""
        return self._chance.share() < self._share


class BurstLoss(Losing):
    """Two states: all is well, or everything is lost. The chances to change are those that give share and length."""

    def __init__(self, fault: Fault, chance: Chance) -> None:
        super().__init__()
        share = fault.figure("percent") / 100
        self._ends = FRAME_MS / fault.whole("burst_ms")
        self._begins = self._ends * share / (1 - share)
        self._chance = chance
        self._is_on = False

    def loses_next(self) -> bool:
        """As long as the burst lasts."""
        draw = self._chance.share()
        self._is_on = draw >= self._ends if self._is_on else draw < self._begins
        return self._is_on


class Jitter(Losing):
    """Late by chance, behind a buffer."""

    def __init__(self, fault: Fault, chance: Chance) -> None:
        super().__init__()
        self._jitter_ms = fault.whole("jitter_ms")
        self._buffer_ms = fault.whole("buffer_ms")
        self._buffer = deque([IDLE_FRAME] * _frames(self._buffer_ms))
        self._chance = chance

    def loses_next(self) -> bool:
        """If it comes too late for the buffer."""
        return self._chance.share() * self._jitter_ms > self._buffer_ms

    def carry(self, frame: bytes) -> bytes:
        """What has come through the buffer."""
        self._buffer.append(super().carry(frame))
        return self._buffer.popleft()


class Echo:
    """What is heard comes back."""

    def __init__(self, fault: Fault) -> None:
        self._gain = 10 ** (-fault.figure("loss_db") / 20)
        self._coming_back = deque([IDLE_FRAME] * _frames(fault.whole("delay_ms")))

    def hear(self, frame: bytes) -> None:
        """The caller hears this."""
        self._coming_back.append(frame)

    def carry(self, frame: bytes) -> bytes:
        """What the caller says, and what comes back with it."""
        echo = self._coming_back.popleft()
        if echo is IDLE_FRAME or type(frame) is LostFrame:
            return frame
        return _frame(decode(frame) + decode(echo) * self._gain, frame)


_STAGES: Final[tuple[tuple[str, Callable[[Fault, Chance], Stage]], ...]] = (
    ("clipping", Clipping),
    ("noise", Noise),
    ("latency", Latency),
    ("jitter", Jitter),
    ("burst_loss", BurstLoss),
    ("loss", Loss),
)
"""In the order of the way."""


class Way:
    """One direction of a line: `from_caller` or `to_caller`. Each fault comes with the key of its chance."""

    def __init__(self, direction: str, faults: Sequence[tuple[Fault, str]]) -> None:
        self.losing: list[tuple[Fault, Losing]] = []
        self._stages: list[Stage] = []
        for name, make in _STAGES:
            for fault, key in faults:
                if fault.name == name and fault.goes(direction):
                    stage = make(fault, Chance(key, direction))
                    self._stages.append(stage)
                    if isinstance(stage, Losing):
                        self.losing.append((fault, stage))

    def carry(self, frame: bytes) -> bytes:
        """Take the next 20 ms, and give what comes out."""
        for stage in self._stages:
            frame = stage.carry(frame)
        return frame


class BadLine:
    """A far end at the other end of a bad line (`FarEnd`)."""

    def __init__(self, far_end: FarEnd, faults: Sequence[tuple[Fault, str]]) -> None:
        self.from_caller = Way("from_caller", faults)
        self.to_caller = Way("to_caller", faults)
        self._echoes = [Echo(fault) for fault, _ in faults if fault.name == "echo"]
        self._far_end = far_end
        self.answered_by = far_end.answered_by
        self.answered = far_end.answered
        self.ended = far_end.ended

    def speak(self) -> bytes:
        """What comes of what the far end says."""
        frame = self._far_end.speak()
        for echo in self._echoes:
            frame = echo.carry(frame)
        return self.from_caller.carry(frame)

    def hear(self, frame: bytes) -> None:
        """Let the far end hear what comes of this."""
        heard = self.to_caller.carry(frame)
        for echo in self._echoes:
            echo.hear(heard)
        self._far_end.hear(heard)

    def refer(self, target: str, told: ReferAnswers) -> bool:
        """A REFER goes through."""
        return self._far_end.refer(target, told)


def _frames(ms: int) -> int:
    """Whole frames, the last one begun."""
    return -(-ms // FRAME_MS)


def _frame(samples: NDArray[np.float64], made_of: bytes) -> bytes:
    """Samples as a frame that says what another says."""
    pcm = np.clip(np.rint(samples), -_FULL_SCALE - 1, _FULL_SCALE).astype(np.int16)
    return carrying(encode(pcm), made_of)
