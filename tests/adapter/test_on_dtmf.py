"""The user's own callback for keys."""

import asyncio
import logging

import pytest
from fake_twilio import FakeTwilio, FarEnd

from twilio_adapter import TwilioAgentAdapter


async def call_in(twilio: FakeTwilio, adapter: TwilioAgentAdapter) -> FarEnd:
    await adapter.lease_number()
    far_end = await twilio.call_in(f"{adapter.local_url}/twilio/voice")
    await adapter.wait_for_call()
    return far_end


async def test_a_plain_function_is_called_with_each_key(twilio: FakeTwilio, make_adapter) -> None:
    pressed: list[str] = []
    async with make_adapter(on_dtmf=pressed.append) as adapter:
        far_end = await call_in(twilio, adapter)
        for key in "42*":
            await far_end.press(key)
        assert pressed == ["4", "2", "*"]


async def test_a_coroutine_is_awaited_one_key_after_the_other(twilio: FakeTwilio, make_adapter) -> None:
    proceed, diary = asyncio.Event(), []

    async def note(key: str) -> None:
        diary.append(f"{key} begins")
        await proceed.wait()
        diary.append(f"{key} ends")

    async with make_adapter(on_dtmf=note) as adapter:
        far_end = await call_in(twilio, adapter)
        await far_end.press("1")
        await far_end.press("2")
        assert diary == ["1 begins"]
        proceed.set()
        await far_end.barrier()
        assert diary == ["1 begins", "1 ends", "2 begins", "2 ends"]


async def test_an_exception_in_it_is_logged_and_the_call_goes_on(
    twilio: FakeTwilio, make_adapter, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(key: str) -> None:
        raise RuntimeError(f"cannot stand {key}")

    async def fail_later(key: str) -> None:
        fail(key)

    for callback in (fail, fail_later):
        async with make_adapter(on_dtmf=callback) as adapter:
            far_end = await call_in(twilio, adapter)
            with caplog.at_level(logging.ERROR):
                await far_end.press("7")
            assert adapter.digits == "7"
            await far_end.stop()
        assert "cannot stand 7" in caplog.text
        caplog.clear()


async def test_a_callback_that_does_not_end_ends_with_the_adapter(twilio: FakeTwilio, make_adapter) -> None:
    ended = []

    async def linger(_: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async with make_adapter(on_dtmf=linger) as adapter:
        far_end = await call_in(twilio, adapter)
        await far_end.press("1")
        await far_end.press("2")
        await far_end.stop()
    assert ended == [True]


async def test_a_callback_may_speak(twilio: FakeTwilio, make_adapter) -> None:
    adapter = make_adapter(on_dtmf=lambda _: adapter.send_silence(0.1))
    async with adapter:
        far_end = await call_in(twilio, adapter)
        await far_end.press("1")
        assert far_end.events() == ["media", "mark"]
        await far_end.stop()
