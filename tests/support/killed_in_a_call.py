"""A process that records a call and is killed in the middle of it, after 4 s: `killed_in_a_call.py FOLDER`."""

import asyncio
import os
import signal
import sys

from customer import Customer

from twilio_emulator import TwilioEmulator

NUMBER = "+15550001111"


async def record(folder: str) -> None:
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        app = Customer(twilio.auth_token)
        await app.start()
        app.pages = {"/voice": "<Response><Say>Good morning.</Say><Pause length='60'/></Response>"}
        twilio.add_number(NUMBER, voice_url=f"{app.url}/voice")
        line = await twilio.handset("+15557770001").dial(NUMBER)
        line.record(folder)
        await line.wait_until("in-progress")
        await line.silence(0.5)
        await line.press("1")
        await line.silence(3.3)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1]))
