"""The other end of `adapter.py`, in a process of its own: an emulator, and a phone that is silent and then speaks.

    python adapter_far_end.py SECONDS

Prints how the emulator is reached. For each word it is told, `answer` or a stream's URL, the phone is called: by
whoever listens, or with TwiML that connects that stream. It says when it has been silent for SECONDS of call time, when
it has spoken for as long, and hangs up when it is told so.
"""

from __future__ import annotations

import asyncio
import sys

import numpy as np
from children import told
from judge import tell

from twilio_emulator import TwilioEmulator
from twilio_wire.audio import Audio

SPEED = 20.0
"""So that a minute of call is three seconds, and neither process has to hurry."""
NUMBER, PHONE = "+15551000001", "+15552000001"


async def main(seconds: float) -> None:
    """Answer calls until the process is ended."""
    samples = np.random.default_rng(7).integers(-8000, 8000, round(seconds * 8000)).astype(np.int16)
    async with TwilioEmulator(speed=SPEED, speech="murmur") as twilio:
        twilio.add_number(NUMBER)
        phone = twilio.handset(PHONE, answer_after=0)
        tell(url=twilio.base_url, account_sid=twilio.account_sid, auth_token=twilio.auth_token)
        while word := (await told()).strip():
            if word != "answer":
                twiml = f"<Response><Connect><Stream url='{word}'/></Connect></Response>"
                await asyncio.to_thread(twilio.client().calls.create, to=PHONE, from_=NUMBER, twiml=twiml)
            line = await phone.next_call()
            await told()
            await line.silence(seconds)
            tell(was="silent")
            await line.play(Audio(samples, 8000))
            tell(was="speaking")
            await told()
            await line.hang_up()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
