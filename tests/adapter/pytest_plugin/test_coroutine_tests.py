"""Whoever runs a project's coroutine tests, the adapter is connected in the loop and the task of the test."""

pytest_plugins = ["pytester"]

CALLS = """
    import asyncio

    import pytest
    from twilio_adapter import NotConnected, TwilioAgentAdapter, agent, dtmf, hang_up

    {mark}

    async def test_a_script_calls_the_menu(call_script, menu):
        result = await call_script([agent(), dtmf("1"), agent(), hang_up()], to=menu)
        assert [step.name for step in result.steps] == ["agent", "dtmf", "agent", "hang_up"]

    class TestOfAClass:
        @pytest.mark.parametrize("seconds", [1.5])
        async def test_a_phone_calls_the_adapter(self, handset, twilio_adapter, seconds):
            line = await handset.dial(twilio_adapter.phone_number)
            sid = await asyncio.wait_for(twilio_adapter.wait_for_call(), 60)
            await twilio_adapter.send_silence(seconds)
            await twilio_adapter.hang_up()
            await line.wait_until("completed")
            assert (line.call_sid, line.status) == (sid, "completed")

    async def test_a_phone_calls_the_menu(handset, menu):
        line = await handset.dial(menu)
        await line.wait_until("in-progress")
        await line.wait_for_silence(0.8)
        await line.press("1")
        await line.wait_until("completed")

    @pytest.fixture
    def adapter_that_is_left(twilio_adapter):
        yield twilio_adapter
        with pytest.raises(NotConnected):
            twilio_adapter.local_url

    async def test_the_adapter_is_disconnected_after_the_body(adapter_that_is_left):
        assert adapter_that_is_left.local_url
"""

BLOCKING = """
    def test_a_phone_calls_the_menu(handset, menu, twilio_emulator):
        line = handset.dial(menu)
        line.wait_until("in-progress")
        line.wait_for_silence(0.8)
        line.press("1")
        line.wait_until("completed")
        assert twilio_emulator.client().calls(line.call_sid).fetch().status == "completed"
"""

OF_ASYNCIO = ["-o", "asyncio_default_fixture_loop_scope=function"]


AFTERWARDS = """
    import gc

    from twilio_emulator.core import Core

    def test_no_emulator_of_an_earlier_test_is_kept():
        gc.collect()
        assert not [found for found in gc.get_objects() if isinstance(found, Core)]
"""


def test_calls_are_awaited_without_a_plugin_for_coroutines_and_are_not_kept(run) -> None:
    result = run(test_calls=CALLS.format(mark=""), test_blocking=BLOCKING, test_z=AFTERWARDS)
    result.assert_outcomes(passed=6)


def test_calls_are_awaited_under_pytest_asyncio_in_its_auto_mode(run) -> None:
    arguments = [*OF_ASYNCIO, "-o", "asyncio_mode=auto"]
    run(*arguments, here=True, runner="asyncio", test_calls=CALLS.format(mark="")).assert_outcomes(passed=4)


def test_calls_are_awaited_under_pytest_asyncio_in_its_strict_mode_and_in_the_loop_of_a_module(run) -> None:
    mark = "pytestmark = pytest.mark.asyncio(loop_scope='module')"
    run(*OF_ASYNCIO, here=True, runner="asyncio", test_calls=CALLS.format(mark=mark)).assert_outcomes(passed=4)


def test_calls_are_awaited_under_anyio_on_asyncio_and_on_nothing_else(run) -> None:
    result = run(here=True, runner="anyio", test_calls=CALLS.format(mark="pytestmark = pytest.mark.anyio"))
    result.assert_outcomes(passed=4, errors=4)
    complaint = "Calls are awaited with asyncio, not trio: add a fixture `anyio_backend` that returns 'asyncio'."
    assert result.stdout.str().count(f"\n{complaint}\n") == 4
