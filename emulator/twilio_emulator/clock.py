"""The one door through which time enters the emulator.

Laws
----
* Call time is a whole number of milliseconds since the emulator started. Nothing in the emulator reads a wall clock; it
  asks `Clock.now_ms`, or leaves a callback with `Clock.call_at`.
* `Agenda` is the pure half: a heap of callbacks, run in order of (time, arrival). While a callback runs, `now_ms` is
  the moment it asked for, however late the machine is: lateness never drifts into a call.
* `RealClock` moves at `speed` × wall time. `FreeClock` (`speed="max"`) moves as fast as everybody keeps up, and stands
  still for two reasons only:

  - a *hold*: something is owed at this moment of the call (a webhook is in flight, a stream has not acknowledged its
    frames, speech is being synthesised). Whoever takes a hold bounds it by the wall.
  - *attendees*: the test that holds the phones, and the adapter. While there are attendees and none of them is waiting
    for something, the people in the call are thinking, and time that nobody waits for does not pass. That is what makes
    a script come out the same every time. A test that waits for something else altogether is not hung for that: after
    `PATIENCE_S` of wall time the call goes on at normal speed until an attendee waits again.

* A *limit* (`call_at(..., limit=True)`) is the end of somebody's patience, not something that happens in a call. A free
  clock never jumps to one: while limits are all that lies ahead, what they wait for must come from outside, and time
  moves at normal speed.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Set
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Literal, Protocol

from twilio_emulator.agenda import Agenda, Callback, Timer

Speed = float | Literal["max"]

PATIENCE_S = 1.0
"""Wall seconds that a free clock waits for an attendee to want something before it goes on at normal speed."""

_STEPS_PER_TURN = 64
"""How many moments a free clock runs before it lets the event loop look at its sockets."""


class Hold:
    """A reason for a free clock to stand still. Release it once, or leave its `with` block."""

    __slots__ = ("_release", "reason")

    def __init__(self, reason: str, release: Callable[[Hold], None]) -> None:
        self.reason = reason
        self._release: Callable[[Hold], None] | None = release

    def release(self) -> None:
        """What was owed has been paid. Releasing twice is harmless."""
        release = self._release
        if release is not None:
            self._release = None
            release(self)

    def __enter__(self) -> Hold:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class Attendee:
    """Somebody outside the emulator who takes part in calls and waits for their time to pass, or does not.

    `waiting` and `satisfied` come in pairs and may nest (two verbs of one attendee at once).
    """

    __slots__ = ("_changed", "_clock_attendees", "name", "wants")

    def __init__(self, name: str, attendees: set[Attendee], changed: Callback) -> None:
        self.name = name
        self.wants = 0
        self._clock_attendees = attendees
        self._changed = changed
        attendees.add(self)

    def waiting(self) -> None:
        """I am waiting for something in the call."""
        self.wants += 1
        self._changed()

    def satisfied(self) -> None:
        """It has come (or I have given up)."""
        self.wants -= 1
        self._changed()

    def leave(self) -> None:
        """I take no further part. Leaving twice is harmless."""
        self._clock_attendees.discard(self)
        self._changed()


class Clock(Protocol):
    """What the rest of the emulator knows of time."""

    lockstep: bool
    """Whether holds really stop it: True for a free clock."""

    @property
    def now_ms(self) -> int:
        """Call time, milliseconds since the emulator started."""

    @property
    def lateness_ms(self) -> float:
        """While a callback runs: how long after its moment that is, in wall milliseconds; always 0 for a free clock."""

    def call_at(self, due_ms: int, callback: Callback, *, limit: bool = False) -> Timer:
        """Run `callback` at `due_ms` of call time (now, if that has passed); say `limit` for the end of a wait."""

    def hold(self, reason: str) -> Hold:
        """Keep a free clock from moving until the hold is released. A real clock does not stop for anybody."""

    def attend(self, name: str) -> Attendee:
        """Add a party whose waiting lets a free clock move."""

    def when_settled(self, callback: Callback, *, besides: Set[Hold] = frozenset()) -> None:
        """Run `callback` once nothing is owed: when the last hold is released, and before a free clock moves on.

        Holds in `besides` do not count.
        """

    def afterwards(self, callback: Callback) -> None:
        """Run `callback` once what is being done now is done, and before time moves on."""

    def present_holds(self) -> Set[Hold]:
        """What is owed now."""

    def utc(self) -> datetime:
        """The date that goes with `now_ms`, for resources and callbacks."""

    def start(self) -> None:
        """Begin to move; called once, on the emulator's event loop."""

    def stop(self) -> None:
        """Never move again, and owe nothing."""


def make_clock(speed: object) -> Clock:
    """A clock for `speed`: a positive number (1.0 is real time), or "max".

    Raises:
        ValueError: for anything else.
    """
    if speed == "max":
        return FreeClock()
    if isinstance(speed, int | float) and not isinstance(speed, bool) and 0 < speed < math.inf:
        return RealClock(float(speed))
    raise ValueError(f'speed is {speed!r}; give a positive number (1.0 is real time) or "max".')


class _LoopClock:
    """What both clocks share: the agenda, the date, and one armed wake-up on the event loop."""

    def __init__(self) -> None:
        self.agenda = Agenda()
        self.holds: set[Hold] = set()
        self.attendees: set[Attendee] = set()
        self._when_settled: list[tuple[Callback, Set[Hold]]] = []
        self._epoch = datetime.now(UTC).replace(microsecond=0)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._handle: asyncio.Handle | None = None

    @property
    def now_ms(self) -> int:
        return self.agenda.now_ms

    def call_at(self, due_ms: int, callback: Callback, *, limit: bool = False) -> Timer:
        timer = self.agenda.add(due_ms, callback, limit=limit)
        self._rearm()
        return timer

    def hold(self, reason: str) -> Hold:
        hold = Hold(reason, self._release)
        self.holds.add(hold)
        return hold

    def _release(self, hold: Hold) -> None:
        self.holds.discard(hold)
        if self._when_settled:
            self._tell_settled()

    def _tell_settled(self) -> None:
        settled = [callback for callback, besides in self._when_settled if self.holds <= besides]
        self._when_settled = [waiting for waiting in self._when_settled if not self.holds <= waiting[1]]
        for callback in settled:
            callback()

    def when_settled(self, callback: Callback, *, besides: Set[Hold] = frozenset()) -> None:
        if self.holds <= besides:
            callback()
        else:
            self._when_settled.append((callback, besides))

    def afterwards(self, callback: Callback) -> None:
        asyncio.get_running_loop().call_soon(callback)

    def present_holds(self) -> Set[Hold]:
        return frozenset(self.holds)

    def attend(self, name: str) -> Attendee:
        return Attendee(name, self.attendees, self._rearm)

    def utc(self) -> datetime:
        return self._epoch + timedelta(milliseconds=self.now_ms)

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rearm()

    def stop(self) -> None:
        self._disarm()
        self._loop = None
        self.holds.clear()  # whoever has yet to let go may come too late, and others wait for that
        self._tell_settled()

    def _disarm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _rearm(self) -> None:
        raise AssertionError("a clock arms itself")


class RealClock(_LoopClock):
    """Moves at `speed` × the wall, by absolute deadlines from one origin, so that it never drifts."""

    lockstep = False

    def __init__(self, speed: float) -> None:
        super().__init__()
        self.speed = speed
        self._ms_per_wall_s = 1000 * speed
        self._origin_s = 0.0
        self._running_step = False
        self._armed_ms: int | None = None

    def start(self) -> None:
        """Take the origin of all deadlines."""
        self._origin_s = monotonic()
        super().start()

    @property
    def now_ms(self) -> int:
        """Between callbacks call time is what the wall says; within one, its own moment."""
        if self._running_step or self._loop is None:
            return self.agenda.now_ms
        return int((monotonic() - self._origin_s) * self._ms_per_wall_s)

    @property
    def lateness_ms(self) -> float:
        """Wall milliseconds since the present moment was due."""
        return (monotonic() - self._origin_s) * 1000 - self.agenda.now_ms / self.speed

    def call_at(self, due_ms: int, callback: Callback, *, limit: bool = False) -> Timer:
        """Run `callback` at `due_ms`; the loop is told only of what comes before all else."""
        timer = self.agenda.add(due_ms, callback, limit=limit)
        if self._armed_ms is None or timer.due_ms < self._armed_ms:
            self._rearm()
        return timer

    def _rearm(self) -> None:
        if self._loop is None or self._running_step:
            return
        due = self.agenda.next_ms
        # Waking up for what has been cancelled meanwhile costs less than arming anew each time.
        if due is None or (self._armed_ms is not None and self._armed_ms <= due):
            return
        self._disarm()
        self._armed_ms = due
        self._handle = self._loop.call_at(self._origin_s + due / 1000 / self.speed, self._pulse)

    def _disarm(self) -> None:
        super()._disarm()
        self._armed_ms = None

    def _pulse(self) -> None:
        self._handle = self._armed_ms = None
        self._running_step = True
        try:
            self.agenda.advance_to(int((monotonic() - self._origin_s) * self._ms_per_wall_s))
        finally:
            self._running_step = False
            self._rearm()


class FreeClock(_LoopClock):
    """Moves from moment to moment without waiting, for as long as nothing is owed and somebody wants it to."""

    lockstep = True
    lateness_ms = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.on_impatience: Callback = lambda: None
        """Told when patience has run out, so that somebody can say why the call is suddenly slow."""
        self._walking = False
        self._is_stepping = False
        self._afterwards: deque[Callback] = deque()

    def afterwards(self, callback: Callback) -> None:
        """Run `callback` after the step that is being taken, else in the event loop's next turn."""
        if self._is_stepping:
            self._afterwards.append(callback)
        else:
            super().afterwards(callback)

    def _release(self, hold: Hold) -> None:
        super()._release(hold)
        self._rearm()

    def _wanted(self) -> bool:
        return not self.attendees or any(attendee.wants > 0 for attendee in self.attendees)

    def _may_jump(self) -> bool:
        """Nothing is owed, something is to happen, and somebody waits for it."""
        return self._loop is not None and not self.holds and self.agenda.happenings > 0 and self._wanted()

    def _rearm(self) -> None:
        if self._is_stepping:
            return
        if self._loop is None or self.holds or self.agenda.next_ms is None:
            self._disarm()
        elif self._may_jump():
            self._walking = False
            if self._handle is None or isinstance(self._handle, asyncio.TimerHandle):
                self._disarm()
                self._handle = self._loop.call_soon(self._jump)
        elif self._handle is None or self._wanted():
            self._disarm()
            self._handle = self._loop.call_later(self._delay_s(), self._walk)

    def _jump(self) -> None:
        self._handle = None
        try:
            for _ in range(_STEPS_PER_TURN):
                if not self._may_jump():
                    break
                self._step()
        finally:
            self._rearm()

    def _step(self) -> None:
        """Do the next thing, and what it asks to be done after it; whether to go on is decided then."""
        self._is_stepping = True
        try:
            self.agenda.step()
        finally:
            self._is_stepping = False
            while self._afterwards:
                self._afterwards.popleft()()

    def _delay_s(self) -> float:
        """Wall time until the next moment when there is no jumping to it: patience first, then normal speed."""
        if not self._wanted() and not self._walking:
            return PATIENCE_S
        due = self.agenda.next_ms
        return 0.0 if due is None else (due - self.agenda.now_ms) / 1000

    def _walk(self) -> None:
        self._handle = None
        if not self._wanted() and not self._walking:
            self._walking = True
            self.on_impatience()
        try:
            self._step()
        finally:
            self._rearm()
