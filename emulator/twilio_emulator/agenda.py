"""What is to happen when, without a clock: the pure half of time (see `clock.py`, which moves it).

Laws: callbacks run in order of (time, arrival). While one runs, `now_ms` is the moment it asked for, however late the
machine is.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

Callback = Callable[[], None]

_FEW = 64
"""So many cancelled timers are not worth sweeping out."""


class Timer:
    """A callback left with the agenda. `cancel()` may be called at any time, any number of times."""

    __slots__ = ("_agenda", "callback", "due_ms", "is_limit")

    def __init__(self, due_ms: int, callback: Callback, agenda: Agenda, *, is_limit: bool) -> None:
        self.due_ms = due_ms
        self.callback: Callback | None = callback
        self.is_limit = is_limit
        self._agenda = agenda

    def cancel(self) -> None:
        """The callback will not run."""
        if self.take() is not None:
            self._agenda.cancelled()

    def take(self) -> Callback | None:
        """The callback, if it is still to be run; it is no longer then."""
        callback, self.callback = self.callback, None
        if callback is not None and not self.is_limit:
            self._agenda.happenings -= 1
        return callback


class Agenda:
    """What is to happen when, without a clock: `advance_to` runs everything that is due, in order."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.happenings = 0
        """How many callbacks are to run that are not limits."""
        self._heap: list[tuple[int, int, Timer]] = []
        self._arrivals = count()
        self._dead = 0
        """How many in the heap have been cancelled."""

    def add(self, due_ms: int, callback: Callback, *, limit: bool = False) -> Timer:
        """Leave a callback for `due_ms`; a time that has passed means now."""
        if due_ms < self.now_ms:
            due_ms = self.now_ms
        timer = Timer(due_ms, callback, self, is_limit=limit)
        if not limit:
            self.happenings += 1
        heapq.heappush(self._heap, (due_ms, next(self._arrivals), timer))
        return timer

    def cancelled(self) -> None:
        """One of the timers has been cancelled.

        Most are: every call has a limit of hours, and ends long before. They are swept out when they are the majority.
        """
        self._dead += 1
        if self._dead > _FEW and 2 * self._dead > len(self._heap):
            self._heap[:] = [entry for entry in self._heap if entry[2].callback is not None]
            heapq.heapify(self._heap)
            self._dead = 0

    @property
    def next_ms(self) -> int | None:
        """When the next callback is due; None when there is none."""
        heap = self._heap
        while heap:
            due_ms, _, timer = heap[0]
            if timer.callback is not None:
                return due_ms
            heapq.heappop(heap)
            self._dead -= 1
        return None

    def step(self) -> None:
        """Move to the next due callback and run that one."""
        if self.next_ms is not None:
            self._run_first()

    def advance_to(self, ms: int) -> None:
        """Run every callback due up to and including `ms`, then stand at `ms`."""
        while (due := self.next_ms) is not None and due <= ms:
            self._run_first()
        self.now_ms = max(self.now_ms, ms)

    def _run_first(self) -> None:
        due_ms, _, timer = heapq.heappop(self._heap)
        if due_ms > self.now_ms:
            self.now_ms = due_ms
        callback = timer.take()
        if callback is not None:
            callback()
