"""--twilio=real: the same tests over an account. An emulator in this process stands in for Twilio."""

import socket
from collections.abc import Iterator

import pytest

from twilio_emulator.sync import TwilioEmulator

pytest_plugins = ["pytester"]

NUMBER = "+15550001111"

BOTH_WAYS = """
    import os

    import pytest
    from twilio_adapter import expect_speech
    from twilio_emulator import Fault

    @pytest.fixture
    def twilio_adapter_settings():
        return {"allowed_callees": ["+15557770001"]}

    @pytest.mark.twilio_real
    async def test_a_call_that_costs_money(monkeypatch, twilio_adapter):
        await twilio_adapter.place_call("+15557770001")
        assert (await twilio_adapter.recv_audio()).seconds > 0.5
        await twilio_adapter.hang_up()

    @pytest.fixture
    def applications_environment(monkeypatch):
        monkeypatch.setenv("TWILIO_AUTH_TOKEN", "of the application")

    async def test_a_call_that_fails(applications_environment, call_script):
        await call_script([expect_speech()], to="+15557770001")
        assert os.environ["TWILIO_AUTH_TOKEN"] == "of the adapter"

    async def test_with_a_phone(handset, twilio_number, app): pass

    def test_with_an_emulator(twilio_emulator): pass

    @pytest.mark.twilio_speed("max")
    async def test_at_the_speed_of_life(twilio_adapter): pass

    @pytest.mark.twilio_faults(Fault("loss", percent=5))
    async def test_over_a_bad_line(twilio_adapter): pass
"""


@pytest.fixture
def twilio(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Iterator[TwilioEmulator]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with TwilioEmulator(speed=5, speech="murmur") as twilio:
        twilio.add_number(NUMBER)
        twilio.handset("+15557770001", script=[{"say": "Hello, who is there?"}])
        account = {
            "TWILIO_ACCOUNT_SID": twilio.account_sid,
            "TWILIO_AUTH_TOKEN": twilio.auth_token,
            "TWILIO_PHONE_NUMBER": NUMBER,
            "TWILIO_API_BASE_URL": twilio.base_url,
            "TWILIO_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "TWILIO_HTTP_PORT": str(port),
            "TWILIO_TESTBENCH_STATE_DIR": str(tmp_path),
        }
        for name, value in account.items():
            monkeypatch.setenv(name, value)
        yield twilio


def test_two_workers_share_the_number_and_what_needs_the_emulator_is_skipped(run, twilio) -> None:
    result = run("--twilio=real", "-rs", "-n2", test_both_ways=BOTH_WAYS)
    result.stdout.fnmatch_lines(["twilio: real calls, which cost money"])
    result.assert_outcomes(passed=2, failed=1, skipped=3)
    result.stdout.fnmatch_lines(["SKIPPED*: needs the emulator, and this is --twilio=real"])
    result.stdout.fnmatch_lines(["SKIPPED*: real Twilio has no faults to order: run it without --twilio=real"])
    result.stdout.fnmatch_lines(["*- twilio adapter in CA*", "*-adapter.wav (left: the far end, right: the adapter)"])
    result.stdout.no_fnmatch_line(f"*{twilio.auth_token}*")
    twilio.wait_until_idle()
    [number] = twilio.client().incoming_phone_numbers.list()
    assert not number.voice_url
