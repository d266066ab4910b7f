"""What is begun first is told first, unless it is late."""

import asyncio

import pytest

from twilio_emulator import in_order
from twilio_emulator.in_order import InOrder


class Work:
    """Things that are done when the test says so, and told in turn."""

    def __init__(self, *, strict: bool) -> None:
        self.told: list[str] = []
        self.done: dict[str, asyncio.Event] = {}
        self._order = InOrder(strict=strict)
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> "Work":
        await self._group.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._group.__aexit__(*error)

    async def begin(self, *names: str) -> None:
        for name in names:
            self.done[name] = asyncio.Event()
            self.tasks[name] = self._group.create_task(self._do(name))
        await asyncio.sleep(0)

    async def _do(self, name: str) -> None:
        with self._order.begin() as turn:
            await self.done[name].wait()
            await turn.comes()
            self.told.append(name)

    async def ends(self, *names: str) -> None:
        for name in names:
            self.done[name].set()
        for _ in range(5):
            await asyncio.sleep(0)


async def test_outcomes_are_told_in_the_order_in_which_things_were_begun() -> None:
    async with Work(strict=True) as work:
        await work.begin("first", "second", "third")
        await work.ends("third", "second")
        assert work.told == []
        await work.ends("first")
        assert work.told == ["first", "second", "third"]


async def test_what_is_begun_later_does_not_hold_up_what_was_begun_before() -> None:
    async with Work(strict=True) as work:
        await work.begin("first", "second")
        await work.ends("first")
        assert work.told == ["first"]
        await work.ends("second")


async def test_without_strictness_each_is_told_as_it_comes() -> None:
    async with Work(strict=False) as work:
        await work.begin("first", "second")
        await work.ends("second")
        assert work.told == ["second"]
        await work.ends("first")


async def test_nobody_waits_for_ever_for_one_that_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_order, "PATIENCE_S", 0.01)
    async with Work(strict=True) as work:
        await work.begin("late", "second", "third")
        await work.ends("second")
        await work.tasks["second"]
        monkeypatch.setattr(in_order, "PATIENCE_S", 60.0)
        await work.ends("third")
        assert work.told == ["second", "third"]
        await work.ends("late")


async def test_one_that_fails_lets_the_others_pass() -> None:
    order = InOrder(strict=True)
    with pytest.raises(ValueError, match="broken"), order.begin():
        raise ValueError("broken")
    with order.begin() as turn:
        await turn.comes()
