"""Time: the free clock's two reasons to stand still, and the real clock's absolute deadlines."""

import asyncio

import pytest

from twilio_emulator import clock as clock_module
from twilio_emulator.clock import FreeClock, RealClock, make_clock


@pytest.mark.parametrize("speed", [0, -1, "fast", True, None])
def test_a_speed_that_is_no_speed_is_refused_in_words(speed: object) -> None:
    with pytest.raises(ValueError, match="speed is"):
        make_clock(speed)  # type: ignore[arg-type]


def test_make_clock_tells_the_two_kinds_apart() -> None:
    assert isinstance(make_clock("max"), FreeClock)
    assert isinstance(make_clock(2), RealClock)


async def reached(clock: FreeClock, ms: int) -> None:
    """Wait until the clock has come to `ms`."""
    there = asyncio.get_running_loop().create_future()
    clock.call_at(ms, lambda: there.set_result(None))
    await asyncio.wait_for(there, 5)


async def test_a_free_clock_crosses_an_hour_without_waiting() -> None:
    clock = FreeClock()
    clock.start()
    await reached(clock, 3_600_000)
    assert clock.now_ms == 3_600_000
    clock.stop()


async def test_a_free_clock_stands_still_while_something_is_owed() -> None:
    clock = FreeClock()
    clock.start()
    ran: list[int] = []
    with clock.hold("a webhook is in flight"):
        clock.call_at(10, lambda: ran.append(clock.now_ms))
        for _ in range(20):
            await asyncio.sleep(0)
        assert ran == []
    await reached(clock, 20)
    assert ran == [10]
    clock.stop()


async def test_a_hold_taken_by_a_callback_stops_the_clock_at_that_very_moment() -> None:
    clock = FreeClock()
    clock.start()
    ran: list[int] = []
    clock.call_at(10, lambda: clock.hold("frame sent"))
    clock.call_at(11, lambda: ran.append(11))
    for _ in range(20):
        await asyncio.sleep(0)
    assert clock.now_ms == 10
    assert ran == []
    clock.stop()


async def test_what_waits_for_a_settled_moment_runs_before_time_moves_on() -> None:
    clock = FreeClock()
    clock.start()
    order: list[str] = []
    hold = clock.hold("a callback is in flight")
    clock.call_at(10, lambda: order.append("time moved"))
    clock.when_settled(lambda: order.append("settled"))
    assert order == []
    hold.release()
    assert order == ["settled"]
    await reached(clock, 10)
    clock.when_settled(lambda: order.append("settled again"))
    assert order == ["settled", "time moved", "settled again"]
    clock.stop()


async def test_a_free_clock_moves_only_while_an_attendee_waits() -> None:
    clock = FreeClock()
    clock.start()
    attendee = clock.attend("test")
    ran: list[int] = []
    clock.call_at(10, lambda: ran.append(10))
    for _ in range(20):
        await asyncio.sleep(0)
    assert ran == []
    attendee.waiting()
    await reached(clock, 10)
    attendee.satisfied()
    assert ran == [10]
    clock.stop()


async def test_a_free_clock_never_jumps_to_the_limit_of_a_wait() -> None:
    clock = FreeClock()
    clock.start()
    clock.attend("test").waiting()
    clock.call_at(3_600_000, lambda: pytest.fail("an hour did not pass"), limit=True)
    for _ in range(20):
        await asyncio.sleep(0)
    assert clock.now_ms == 0
    await reached(clock, 50)
    assert clock.now_ms == 50
    clock.stop()


async def test_a_limit_that_call_time_passes_is_reached() -> None:
    clock = FreeClock()
    clock.start()
    ran: list[int] = []
    clock.call_at(30, lambda: ran.append(clock.now_ms), limit=True)
    await reached(clock, 50)
    assert ran == [30]
    clock.stop()


async def test_with_nothing_but_limits_ahead_time_passes_as_on_the_wall() -> None:
    clock = FreeClock()
    clock.start()
    clock.attend("test").waiting()
    there = asyncio.get_running_loop().create_future()
    clock.call_at(1, lambda: there.set_result(clock.now_ms), limit=True)
    assert await asyncio.wait_for(there, 5) == 1
    clock.stop()


async def test_a_satisfied_attendee_stops_the_clock_within_the_same_callback() -> None:
    clock = FreeClock()
    clock.start()
    attendee = clock.attend("test")
    attendee.waiting()
    clock.call_at(10, attendee.satisfied)
    clock.call_at(10, lambda: pytest.fail("time went on without anybody waiting"))
    for _ in range(20):
        await asyncio.sleep(0)
    assert clock.now_ms == 10
    clock.stop()


async def test_when_the_last_attendee_leaves_the_clock_runs_by_itself() -> None:
    clock = FreeClock()
    clock.start()
    attendee = clock.attend("test")
    attendee.leave()
    attendee.leave()
    await reached(clock, 10)
    clock.stop()


async def test_a_test_that_waits_for_something_else_is_not_hung(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_module, "PATIENCE_S", 0.0)
    clock = FreeClock()
    complaints: list[str] = []
    clock.on_impatience = lambda: complaints.append("nobody waits")
    clock.start()
    clock.attend("a test that sleeps")
    await reached(clock, 5)
    await reached(clock, 6)
    assert complaints == ["nobody waits"]
    clock.stop()


async def test_a_callback_that_fails_does_not_stop_time() -> None:
    failures: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(str(context["exception"])))
    for clock in (FreeClock(), RealClock(1000.0)):
        clock.start()
        clock.call_at(1, lambda: 1 / 0)
        there = asyncio.get_running_loop().create_future()
        clock.call_at(2, lambda there=there: there.set_result(None))
        await asyncio.wait_for(there, 5)
        clock.stop()
    assert failures == ["division by zero"] * 2


async def test_a_real_clock_runs_callbacks_at_their_own_moments_in_order() -> None:
    clock = RealClock(100.0)
    clock.start()
    seen: list[int] = []
    done = asyncio.get_running_loop().create_future()
    for due in (40, 20, 60):
        clock.call_at(due, lambda: seen.append(clock.now_ms))
    clock.call_at(80, lambda: done.set_result(None))
    await asyncio.wait_for(done, 5)
    assert seen == [20, 40, 60]
    assert clock.now_ms >= 80
    clock.stop()


async def test_dates_move_with_call_time() -> None:
    clock = FreeClock()
    before = clock.utc()
    clock.start()
    await reached(clock, 90_000)
    assert (clock.utc() - before).total_seconds() == 90
    clock.stop()
