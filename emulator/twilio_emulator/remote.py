"""How other threads and event loops reach the emulator, which lives on a loop of its own.

The official SDK is synchronous and applications call it from inside their own loop; sharing one loop would deadlock. So
everything that a test holds is a remote control. A *verb* is a function that runs on the emulator's loop and returns a
`Wish`; `Remote` carries it over, waits for the wish on the caller's side (with `await`, or blocking its thread), and
carries the outcome back.

With a free clock, the moment between "the wish came true" and "the test has asked for the next thing" must take no
call time, or no two runs would be alike. So the outcome travels under a clock hold, which ends when the caller's loop
has had some turns to act on it. A caller that blocks its thread has one verb at a time and needs no such hold.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, TypeVar

from twilio_emulator.clock import Attendee, Clock

T = TypeVar("T")
Verb = Callable[[], "Future[T]"]
"""Runs on the emulator's loop; the future it returns is resolved there."""

_TURNS: Final = 12
"""Loop turns a caller gets to ask for the next thing: enough for wait_for around gather around a task."""

_HAND_OVER_LIMIT_S: Final = 1.0
"""A caller whose loop does not turn (it is blocked) holds the clock no longer than this, in wall seconds."""


class Remote:
    """Carries verbs to the emulator's loop. One for the test, which is one attendee of the clock."""

    def __init__(self, loop: asyncio.AbstractEventLoop, clock: Clock, attendee: Attendee) -> None:
        self._loop = loop
        self._clock = clock
        self._attendee = attendee

    def do(self, action: Callable[[], T]) -> T:
        """Run something that takes no call time on the emulator's loop, and wait for its result (a moment)."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(action())
            except Exception as error:
                done.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        return done.result()

    async def wait(self, verb: Verb[T]) -> T:
        """Carry a verb over and await its outcome. Cancelling the await cancels the wish."""
        caller = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = caller.create_future()

        def deliver(wish: Future[T], hold_release: Callable[[], None]) -> None:
            if not outcome.done():
                _copy(wish, outcome)
            _after_turns(caller, _TURNS, hold_release)

        def hand_over(wish: Future[T]) -> None:
            release = self._hold_hand_over()
            with contextlib.suppress(RuntimeError):  # the caller's loop is gone; nobody is left to tell
                caller.call_soon_threadsafe(deliver, wish, release)

        wish_box: list[Future[T]] = []
        self._loop.call_soon_threadsafe(self._start, verb, hand_over, wish_box)
        try:
            return await outcome
        except asyncio.CancelledError:
            self._loop.call_soon_threadsafe(lambda: [wish.cancel() for wish in wish_box])
            raise

    def wait_blocking(self, verb: Verb[T]) -> T:
        """Carry a verb over and block this thread until its outcome is there."""
        done = threading.Event()
        wish_box: list[Future[T]] = []
        self._loop.call_soon_threadsafe(self._start, verb, lambda _: done.set(), wish_box)
        done.wait()
        return wish_box[0].result()

    def _start(self, verb: Verb[T], hand_over: Callable[[Future[T]], None], wish_box: list[Future[T]]) -> None:
        self._attendee.waiting()
        try:
            wish = verb()
        except Exception as error:
            wish = Future()
            wish.set_exception(error)
        wish_box.append(wish)

        def finished(wish: Future[T]) -> None:
            # In lockstep the callbacks and requests of this moment come first, so that a test which has seen
            # "completed" may rely on them.
            if self._clock.lockstep:
                self._clock.when_settled(lambda: hand_over(wish))
            else:
                hand_over(wish)
            self._attendee.satisfied()

        wish.add_done_callback(finished)

    def _hold_hand_over(self) -> Callable[[], None]:
        """Hold the clock; the returned function, callable from any thread, lets go."""
        hold = self._clock.hold("a test is about to go on")
        self._loop.call_later(_HAND_OVER_LIMIT_S, hold.release)

        def release() -> None:
            with contextlib.suppress(RuntimeError):  # the emulator is gone, and its clock with it
                self._loop.call_soon_threadsafe(hold.release)

        return release

    def attend(self, name: str) -> RemoteAttendee:
        """Another attendee of the clock, for a party that waits by itself (an adapter)."""
        return RemoteAttendee(self._loop, self.do(lambda: self._clock.attend(name)), self._hold_hand_over)


class RemoteAttendee:
    """An attendee that may be used from any thread. All methods return at once."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        attendee: Attendee,
        hold_hand_over: Callable[[], Callable[[], None]],
    ) -> None:
        self._loop = loop
        self._attendee = attendee
        self._hold_hand_over = hold_hand_over

    def waiting(self) -> None:
        """I am waiting for something in the call."""
        self._tell(self._attendee.waiting)

    def satisfied(self) -> None:
        """It has come. Whatever the caller's loop does next about it happens at this same moment of the call."""
        caller = _running_loop()

        def on_emulator() -> None:
            if caller is not None:
                release = self._hold_hand_over()
                with contextlib.suppress(RuntimeError):
                    caller.call_soon_threadsafe(_after_turns, caller, _TURNS, release)
            self._attendee.satisfied()

        self._tell(on_emulator)

    def leave(self) -> None:
        """I take no further part."""
        self._tell(self._attendee.leave)

    def _tell(self, action: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the emulator has stopped: it needs no telling
            self._loop.call_soon_threadsafe(action)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _after_turns(loop: asyncio.AbstractEventLoop, turns: int, action: Callable[[], None]) -> None:
    if turns == 0:
        action()
    else:
        loop.call_soon(_after_turns, loop, turns - 1, action)


def _copy(wish: Future[T], outcome: asyncio.Future[T]) -> None:
    if wish.cancelled():
        outcome.cancel()
    elif (error := wish.exception()) is not None:
        outcome.set_exception(error)
    else:
        outcome.set_result(wish.result())
