"""An adapter in a process of its own, which a test can kill as an operating system would."""

import asyncio
import os
import sys
from contextlib import suppress

from twilio_adapter import TwilioAgentAdapter

_START_S = 60.0


async def hold_the_number() -> None:
    """Take the number, say so, and hold it until standard input ends."""
    async with TwilioAgentAdapter(
        account_sid=os.environ["TWILIO_ACCOUNT_SID"],
        auth_token=os.environ["TWILIO_AUTH_TOKEN"],
        phone_number=os.environ["TWILIO_PHONE_NUMBER"],
        http_port=0,
        api_base_url=os.environ["TWILIO_API_BASE_URL"],
    ) as adapter:
        await adapter.lease_number()
        print(f"leased {adapter.local_url}", flush=True)
        await asyncio.to_thread(sys.stdin.read)


class OtherProcess:
    """Remote control of `hold_the_number` in another process."""

    def __init__(self, process: asyncio.subprocess.Process, local_url: str) -> None:
        self._process = process
        self.local_url = local_url

    @property
    def pid(self) -> int:
        return self._process.pid

    @classmethod
    async def start(cls, api_base_url: str, account_sid: str, auth_token: str, number: str) -> "OtherProcess":
        account = {
            "TWILIO_API_BASE_URL": api_base_url,
            "TWILIO_ACCOUNT_SID": account_sid,
            "TWILIO_AUTH_TOKEN": auth_token,
            "TWILIO_PHONE_NUMBER": number,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            __file__,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | account,
        )
        async with asyncio.timeout(_START_S):
            word, _, local_url = (await process.stdout.readline()).decode().strip().partition(" ")
        assert word == "leased"
        return cls(process, local_url)

    async def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def end(self) -> None:
        self._process.stdin.close()
        assert await self._process.wait() == 0


if __name__ == "__main__":
    asyncio.run(hold_the_number())
