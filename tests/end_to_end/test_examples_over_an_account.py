"""The examples run the other way too: with an account in the environment. The emulator is the account."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from customer import Customer

from twilio_emulator import TwilioEmulator

ROOT = Path(__file__).parents[2]
NUMBER = "+15550001111"
PHONE = "+15557770001"
LIMIT_S = 60.0


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioEmulator]:
    """As real Twilio, it does not wait for anybody: its clock runs."""
    async with TwilioEmulator(speed=5, speech="murmur") as emulator:
        emulator.add_number(NUMBER)
        yield emulator


class Example:
    """One example in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.printed = ""

    @classmethod
    async def start(cls, twilio: TwilioEmulator, state: Path, *command: str) -> "Example":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        account = {
            "TWILIO_ACCOUNT_SID": twilio.account_sid,
            "TWILIO_AUTH_TOKEN": twilio.auth_token,
            "TWILIO_PHONE_NUMBER": NUMBER,
            "TWILIO_API_BASE_URL": twilio.base_url,
            "TWILIO_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "TWILIO_HTTP_PORT": str(port),
            "TWILIO_TESTBENCH_STATE_DIR": str(state),
            "IVR_PHONE_NUMBER": "+15550002222",
            "PYTHONUNBUFFERED": "1",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROOT / "examples" / command[0]),
            *command[1:],
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | account,
        )
        return cls(process)

    async def line(self) -> str:
        """What it prints next."""
        async with asyncio.timeout(LIMIT_S):
            return (await self._process.stdout.readline()).decode()

    async def end(self) -> str:
        """All that it printed, when it has ended well."""
        async with asyncio.timeout(LIMIT_S):
            out, _ = await self._process.communicate()
        assert self._process.returncode == 0
        return out.decode()


async def test_the_outbound_example_calls_a_phone(twilio: TwilioEmulator, tmp_path: Path) -> None:
    answer = [
        {"wait_for_speech": True},
        {"wait_for_silence": 0.8},
        {"play": str(ROOT / "fixtures_audio" / "speech" / "hello_i_need_help.wav")},
    ]
    twilio.handset(PHONE, answer_after=1.0, script=answer)
    example = await Example.start(twilio, tmp_path, "twilio_outbound.py", "--to", PHONE)
    assert f"{PHONE} answered and spoke for" in await example.end()
    await twilio.wait_until_idle()


async def test_the_inbound_example_takes_a_call(twilio: TwilioEmulator, tmp_path: Path) -> None:
    example = await Example.start(twilio, tmp_path, "twilio_inbound.py")
    assert await example.line() == f"Call {NUMBER} now.\n"
    line = await twilio.handset(PHONE).dial(NUMBER)
    await line.wait_until("in-progress")
    await line.play(ROOT / "fixtures_audio" / "speech" / "what_are_your_opening_hours.wav")
    await line.wait_for_speech()
    await line.wait_for_silence(1.0)
    await line.press("1")
    await line.hang_up()
    printed = await example.end()
    assert "heard our answer" in printed
    assert "Keys: 1" in printed


async def test_the_menu_example_calls_a_menu_elsewhere(twilio: TwilioEmulator, tmp_path: Path) -> None:
    menu = '<Response><Gather numDigits="1" action="/choice"><Say>Press one for sales.</Say></Gather></Response>'
    choice = "<Response><Say>Your name, please?</Say><Pause length='12'/><Say>Thank you, goodbye.</Say></Response>"
    app = Customer(twilio.auth_token)
    app.pages = {"/voice": menu, "/choice": choice}
    await app.start()
    twilio.add_number("+15550002222", voice_url=f"{app.url}/voice")
    try:
        example = await Example.start(twilio, tmp_path, "dtmf_ivr.py")
        printed = await example.end()
    finally:
        await app.stop()
    assert "dtmf 1 (play)" in printed
    assert "The call is completed." in printed
    assert [form["Digits"] for form in app.forms("/choice")] == ["1"]
