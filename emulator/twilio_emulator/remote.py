"""How other threads and event loops reach the emulator, which lives on a loop of its own.

The official SDK is synchronous and applications call it from inside their own loop; sharing one loop would deadlock. So
everything that a test holds is a remote control. A *verb* is a function that runs on the emulator's loop and returns a
`Wish`; `Remote` carries it over, waits for the wish on the caller's side (with `await`, or blocking its thread), and
carries the outcome back.

With a free clock, whatever a test does between two waits must take no call time, or no two runs would be alike. So
call time stands still from the moment a wish comes true until the caller's loop has had some turns to ask for the next
thing, and again from the moment a wait begins until the loop has had some turns to begin whatever else it does at the
same time. A caller that blocks its thread has one verb at a time and needs neither.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, TypeVar

from twilio_emulator.clock import Attendee, Clock, Hold
from twilio_emulator.errors import NotStarted

T = TypeVar("T")
Verb = Callable[[], "Future[T]"]
"""Runs on the emulator's loop; the future it returns is resolved there."""

_TURNS: Final = 12
"""Loop turns a caller gets to ask for the next thing: enough for wait_for around gather around a task."""

_HAND_OVER_LIMIT_S: Final = 1.0
"""A caller whose loop does not turn (it is blocked) holds the clock no longer than this, in wall seconds."""

_ANSWER_LIMIT_S: Final = 30.0
"""An emulator that does not do in this time what takes no time has stopped (wall seconds)."""

_ACTING_LIMIT_S: Final = 30.0
"""An attendee that says it is acting holds the clock no longer than this, in wall seconds."""


class Act:
    """A verb that takes no call time. It is done when what it has caused is done, whatever else is owed by then.

    An application that is still thinking may be waiting for the very test that acts.
    """

    def __init__(self, action: Callable[[], None]) -> None:
        self._action = action

    def __call__(self) -> Future[None]:
        """Do it."""
        self._action()
        done: Future[None] = Future()
        done.set_result(None)
        return done


class Turns:
    """Holds the clock while another event loop takes some turns. May be used from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, clock: Clock) -> None:
        self._loop = loop
        self._clock = clock

    def hold(self, reason: str, limit_s: float = _HAND_OVER_LIMIT_S) -> Callable[[], None]:
        """Hold the clock, from the emulator's loop; the returned function lets go, from any thread."""
        release = self._hold(reason, limit_s)
        return lambda: self.tell(release)

    def hold_from_afar(self, reason: str, limit_s: float = _HAND_OVER_LIMIT_S) -> Callable[[], None]:
        """Hold the clock, from any thread; the returned function lets go, and what was told between comes between."""
        releases: list[Callable[[], None]] = []
        self.tell(lambda: releases.append(self._hold(reason, limit_s)))

        def release() -> None:
            releases.pop()()

        return lambda: self.tell(release)

    def _hold(self, reason: str, limit_s: float) -> Callable[[], None]:
        hold = self._clock.hold(reason)
        limit = self._loop.call_later(limit_s, hold.release)

        def release() -> None:
            limit.cancel()
            hold.release()

        return release

    def pass_on(self, caller: asyncio.AbstractEventLoop, release: Callable[[], None]) -> None:
        """Let go after some turns of `caller`; to be called on it."""
        _after_turns(caller, _TURNS, release)

    def tell(self, action: Callable[[], None]) -> None:
        """Run something on the emulator's loop, soon. An emulator that has stopped needs no telling."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(action)


class Remote:
    """Carries verbs to the emulator's loop. One for the test, which is one attendee of the clock."""

    def __init__(self, loop: asyncio.AbstractEventLoop, clock: Clock, attendee: Attendee) -> None:
        self._loop = loop
        self._clock = clock
        self._attendee = attendee
        self._turns = Turns(loop, clock)

    def do(self, action: Callable[[], T]) -> T:
        """Run something that takes no call time on the emulator's loop, and wait for its result (a moment)."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(action())
            except Exception as error:
                done.set_exception(error)

        self._carry(run)
        try:
            return done.result(_ANSWER_LIMIT_S)
        except TimeoutError:
            raise NotStarted from None

    def _carry(self, action: Callable[[], object]) -> None:
        """Run something on the emulator's loop, soon.

        Raises:
            NotStarted: when the emulator has stopped.
        """
        try:
            self._loop.call_soon_threadsafe(action)
        except RuntimeError:
            raise NotStarted from None

    async def wait(self, verb: Verb[T]) -> T:
        """Carry a verb over and await its outcome. Cancelling the await cancels the wish."""
        caller = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = caller.create_future()

        def deliver(wish: Future[T], release: Callable[[], None]) -> None:
            if not outcome.done():
                _copy(wish, outcome)
            self._turns.pass_on(caller, release)

        def hand_over(wish: Future[T]) -> None:
            release = self._turns.hold("a test is about to go on")
            with contextlib.suppress(RuntimeError):  # the caller's loop is gone; nobody is left to tell
                caller.call_soon_threadsafe(deliver, wish, release)

        wishes: list[Future[T]] = []
        release = self._turns.hold_from_afar("a test has begun to wait")
        self._carry(lambda: wishes.append(self._start(verb, hand_over)))
        self._turns.pass_on(caller, release)
        try:
            return await outcome
        except asyncio.CancelledError:
            self._turns.tell(lambda: _cancel(wishes))
            raise

    def wait_blocking(self, verb: Verb[T]) -> T:
        """Carry a verb over and block this thread until its outcome is there."""
        done = threading.Event()
        wishes: list[Future[T]] = []
        self._carry(lambda: wishes.append(self._start(verb, lambda _: done.set())))
        done.wait()
        return wishes[0].result()

    def _start(self, verb: Verb[T], hand_over: Callable[[Future[T]], None]) -> Future[T]:
        self._attendee.waiting()
        owed_before = self._clock.present_holds()
        try:
            wish = verb()
        except Exception as error:
            wish = Future()
            wish.set_exception(error)
        besides = owed_before if isinstance(verb, Act) else frozenset[Hold]()

        def finished(wish: Future[T]) -> None:
            # In lockstep, whatever else this moment brings comes first, with the callbacks and requests that it causes:
            # a test which has seen "completed" may rely on them.
            if self._clock.lockstep:
                hold = self._clock.hold("a wish has come true")
                self._clock.when_settled(lambda: hand_over(wish), besides=besides)
                self._loop.call_soon(hold.release)
            else:
                hand_over(wish)
            self._attendee.satisfied()

        wish.add_done_callback(finished)
        return wish

    def attend(self, name: str) -> RemoteAttendee:
        """Another attendee of the clock, for a party that waits by itself (an adapter)."""
        return RemoteAttendee(self._turns, self.do(lambda: self._clock.attend(name)))


class RemoteAttendee:
    """An attendee that may be used from any thread. All methods return at once."""

    def __init__(self, turns: Turns, attendee: Attendee) -> None:
        self._turns = turns
        self._attendee = attendee
        self._acting: list[Callable[[], None]] = []

    def acting(self) -> None:
        """I am about to do something at this moment of the call, such as a REST request: let no time pass."""
        self._acting.append(self._turns.hold_from_afar(f"{self._attendee.name} is acting", _ACTING_LIMIT_S))

    def acted(self) -> None:
        """It is done."""
        self._acting.pop()()

    def waiting(self) -> None:
        """I am waiting for something in the call."""
        caller = _running_loop()
        if caller is not None:
            self._turns.pass_on(caller, self._turns.hold_from_afar(f"{self._attendee.name} has begun to wait"))
        self._turns.tell(self._attendee.waiting)

    def satisfied(self) -> None:
        """It has come. Whatever the caller's loop does next about it happens at this same moment of the call."""
        caller = _running_loop()
        if caller is not None:
            self._turns.pass_on(caller, self._turns.hold_from_afar(f"{self._attendee.name} is about to go on"))
        self._turns.tell(self._attendee.satisfied)

    def leave(self) -> None:
        """I take no further part."""
        self._turns.tell(self._attendee.leave)


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


def _cancel(wishes: list[Future[T]]) -> None:
    for wish in wishes:
        wish.cancel()


def _copy(wish: Future[T], outcome: asyncio.Future[T]) -> None:
    if wish.cancelled():
        outcome.cancel()
    elif (error := wish.exception()) is not None:
        outcome.set_exception(error)
    else:
        outcome.set_result(wish.result())
