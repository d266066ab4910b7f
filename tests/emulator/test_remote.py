"""Remote controls: outcomes reach the caller's loop, and call time stands still around the caller's own steps."""

import asyncio
from concurrent.futures import Future

import pytest

from twilio_emulator import NotStarted, TwilioEmulator
from twilio_emulator.remote import Remote


def remote_of(twilio: TwilioEmulator) -> Remote:
    return twilio._remote


def after(twilio: TwilioEmulator, ms: int) -> "Future[int]":
    """A wish that comes true `ms` from now; its value is the call time then."""
    clock = twilio._core.rooms.clock
    wish: Future[int] = Future()
    clock.call_at(clock.now_ms + ms, lambda: wish.done() or wish.set_result(clock.now_ms))
    return wish


async def test_what_a_test_does_between_two_waits_takes_no_call_time(twilio: TwilioEmulator) -> None:
    remote = remote_of(twilio)
    first = await remote.wait(lambda: after(twilio, 100))
    for _ in range(5):
        await asyncio.sleep(0)
    assert await remote.wait(lambda: after(twilio, 100)) == first + 100


async def test_two_waits_at_once_see_their_own_moments_every_time(twilio: TwilioEmulator) -> None:
    remote = remote_of(twilio)

    async def chain(step_ms: int, count: int) -> list[int]:
        return [await remote.wait(lambda: after(twilio, step_ms)) for _ in range(count)]

    for _ in range(10):
        begun = await remote.wait(lambda: after(twilio, 0))
        quick, slow = await asyncio.gather(chain(30, 6), chain(70, 3))
        assert [ms - begun for ms in quick] == [30, 60, 90, 120, 150, 180]
        assert [ms - begun for ms in slow] == [70, 140, 210]


async def test_a_task_begun_beside_a_wait_acts_before_time_moves(twilio: TwilioEmulator) -> None:
    remote = remote_of(twilio)
    begun = await remote.wait(lambda: after(twilio, 0))
    other = asyncio.ensure_future(remote.wait(lambda: after(twilio, 10)))
    far = await remote.wait(lambda: after(twilio, 1_000))
    assert await other == begun + 10
    assert far == begun + 1_000


async def test_cancelling_an_await_cancels_the_wish(twilio: TwilioEmulator) -> None:
    wish: Future[None] = Future()
    waiting = asyncio.ensure_future(remote_of(twilio).wait(lambda: wish))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    remote_of(twilio).do(lambda: None)
    assert wish.cancelled()


async def test_a_mistake_in_a_verb_is_raised_where_it_was_asked(twilio: TwilioEmulator) -> None:
    with pytest.raises(ZeroDivisionError):
        await remote_of(twilio).wait(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        remote_of(twilio).do(lambda: 1 / 0)


async def test_an_attendee_that_is_acting_holds_the_time(twilio: TwilioEmulator) -> None:
    attendee = twilio.attend("somebody who sends a request")
    attendee.acting()
    waiting = asyncio.ensure_future(remote_of(twilio).wait(lambda: after(twilio, 10)))
    for _ in range(50):
        await asyncio.sleep(0)
    assert not waiting.done()
    attendee.acted()
    await waiting
    attendee.leave()


async def test_an_emulator_that_is_not_running_says_so() -> None:
    twilio = TwilioEmulator()
    with pytest.raises(NotStarted, match="async with"):
        twilio.handset("+15557770001")
    async with twilio:
        pass
    with pytest.raises(NotStarted):
        _ = twilio.base_url
    assert twilio.timeline() == "(nothing happened)\n"
