"""Waiting for something in a call, and what the pace is told of it."""

import asyncio

import pytest

from twilio_adapter.errors import NoMedia
from twilio_adapter.waits import Waits


class Diary:
    """A pace that writes down what it is told."""

    def __init__(self) -> None:
        self.entries: list[str] = []

    def waiting(self) -> None:
        self.entries.append("waiting")

    def satisfied(self) -> None:
        self.entries.append("satisfied")

    def leave(self) -> None:
        self.entries.append("leave")


def too_long() -> NoMedia:
    return NoMedia("too long", limit_s=1.0)


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def waits(diary: Diary) -> Waits:
    return Waits(diary)


async def test_what_is_true_already_is_not_waited_for(waits: Waits, diary: Diary) -> None:
    await waits.until(lambda: True, limit_s=1.0, expired=too_long)
    assert diary.entries == []


async def test_what_comes_true_while_our_words_go_out_is_not_waited_for(waits: Waits, diary: Diary) -> None:
    said = []

    async def flush() -> None:
        said.append("hello")

    waits.flush = flush
    await waits.until(lambda: bool(said), limit_s=1.0, expired=too_long)
    assert diary.entries == []


async def test_the_pace_is_satisfied_at_the_very_moment_it_comes_true(waits: Waits, diary: Diary, background) -> None:
    arrived = []
    verb = await background.start(waits.until(lambda: bool(arrived), limit_s=1.0, expired=too_long))
    assert diary.entries == ["waiting"]
    arrived.append(1)
    waits.check()
    assert diary.entries == ["waiting", "satisfied"]
    assert not verb.done()
    await verb


async def test_a_cancelled_wait_is_satisfied_once(waits: Waits, diary: Diary, background) -> None:
    verb = await background.start(waits.until(lambda: False, limit_s=1.0, expired=too_long))
    verb.cancel()
    with pytest.raises(asyncio.CancelledError):
        await verb
    waits.check()
    assert diary.entries == ["waiting", "satisfied"]


async def test_a_wait_that_is_cancelled_just_after_it_failed_leaves_no_trace(waits: Waits, background) -> None:
    hopeless = []

    def condition() -> bool:
        if hopeless:
            raise ValueError("hopeless")
        return False

    verb = await background.start(waits.until(condition, limit_s=1.0, expired=too_long))
    hopeless.append(1)
    waits.check()
    verb.cancel()
    with pytest.raises(asyncio.CancelledError):
        await verb


async def test_a_condition_that_raises_ends_the_wait_with_its_error(waits: Waits, diary: Diary, background) -> None:
    hopeless = []

    def condition() -> bool:
        if hopeless:
            raise ValueError("hopeless")
        return False

    verb = await background.start(waits.until(condition, limit_s=1.0, expired=too_long))
    hopeless.append(1)
    waits.check()
    assert diary.entries == ["waiting", "satisfied"]
    with pytest.raises(ValueError, match="hopeless"):
        await verb


async def test_a_wait_that_runs_out_raises_its_own_error(waits: Waits, diary: Diary) -> None:
    with pytest.raises(NoMedia, match="too long") as raised:
        await waits.until(lambda: False, limit_s=0.01, expired=too_long)
    assert isinstance(raised.value, TimeoutError)
    assert diary.entries == ["waiting", "satisfied"]


async def test_words_that_do_not_go_out_are_a_wait_that_runs_out(waits: Waits, diary: Diary) -> None:
    waits.flush = asyncio.Event().wait
    with pytest.raises(NoMedia, match="too long"):
        await waits.until(lambda: False, limit_s=0.01, expired=too_long)
    assert diary.entries == []


async def test_a_limit_that_renews_outlasts_any_number_of_changes(waits: Waits, background) -> None:
    loop = asyncio.get_running_loop()
    changes = 0

    def change() -> None:
        nonlocal changes
        changes += 1
        waits.check()
        if changes < 10:
            loop.call_later(0.005, change)

    change()
    with pytest.raises(NoMedia):
        await waits.until(lambda: False, limit_s=0.02, expired=too_long, renews=True)
    assert changes == 10


async def test_several_verbs_wait_at_once_each_for_its_own(waits: Waits, diary: Diary, background) -> None:
    arrived: set[str] = set()
    first = await background.start(waits.until(lambda: "a" in arrived, limit_s=1.0, expired=too_long))
    second = await background.start(waits.until(lambda: "b" in arrived, limit_s=1.0, expired=too_long))
    arrived.add("b")
    waits.check()
    await second
    assert not first.done()
    arrived.add("a")
    waits.check()
    await first
    assert diary.entries == ["waiting", "waiting", "satisfied", "satisfied"]
