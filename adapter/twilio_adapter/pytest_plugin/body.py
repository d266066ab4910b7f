"""Connects the adapter in the event loop and the task in which the test's body runs, whoever runs it.

An adapter belongs to one event loop, and a fixture cannot know which: pytest-asyncio and anyio each have loops of their
own, run fixtures in other tasks than the test, and disagree about how. So the fixture only makes the adapter, and the
test's function is replaced, for as long as it is called, by one that connects, awaits the body and disconnects. That
is done in `pytest_runtest_call`, first of all: pytest-asyncio takes the function in the item's `runtest`, anyio in
`pytest_pyfunc_call`, and both come later. They find a coroutine function, as before, and need not be known here.
"""

import functools
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from twilio_adapter.pytest_plugin.held import held_by

if TYPE_CHECKING:
    from twilio_adapter.harnesses import EmulatorHarness, TwilioHarness


def is_coroutine(item: pytest.Item) -> bool:
    """Whether a test is an `async def`."""
    return isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj)


@contextmanager
def connected(item: pytest.Item) -> Iterator[None]:
    """Have the adapter that a test holds, if it does, connected while its body runs."""
    held = held_by(item)
    if held is None or held.harness is None or not isinstance(item, pytest.Function):
        yield
        return
    body = item.obj
    item.obj = _around(body, held.harness)
    try:
        yield
    finally:
        item.obj = body


def _around(body: Any, harness: "EmulatorHarness | TwilioHarness") -> Any:
    @functools.wraps(body)
    async def connected_body(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        async with harness:
            return await body(*args, **kwargs)

    return connected_body


def run(item: pytest.Function) -> bool | None:
    """Run a coroutine test that holds something of ours; None if it is none, or no test of ours."""
    if held_by(item) is None or not is_coroutine(item):
        return None
    import asyncio

    wanted = inspect.signature(item.obj).parameters
    arguments = {name: value for name, value in item.funcargs.items() if name in wanted}
    with asyncio.Runner() as runner:
        runner.run(item.obj(**arguments))
    return True


def backend_complaint(request: pytest.FixtureRequest) -> str | None:
    """Why a test cannot await what is ours: anyio would run it on something else than asyncio. None if it can."""
    if "anyio_backend" not in request.fixturenames:
        return None
    backend = request.getfixturevalue("anyio_backend_name")
    if backend == "asyncio":
        return None
    return f"Calls are awaited with asyncio, not {backend}: add a fixture `anyio_backend` that returns 'asyncio'."
