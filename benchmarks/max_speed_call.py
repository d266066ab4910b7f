"""How long a call of a minute takes at speed="max": a phone speaks and presses a key, the application echoes.

    python max_speed_call.py

Started by `media.py`, and told the judge's port. Prints wall seconds from the answer to the hang-up.
"""

from __future__ import annotations

import asyncio
import time

from children import told
from emulated_calls import APPLICATION, SPEECH
from judge import tell

from twilio_emulator import TwilioEmulator
from twilio_wire.audio import read_audio

SPEECH_S = 59
KEY = "1"
"""Takes 0.2 s; the rest of the minute is silence, in which the echo of the key comes back."""
SILENCE_S = 0.8


async def call() -> None:
    """Place the call and report."""
    sentence = read_audio(SPEECH).ulaw()
    speech = (sentence * (SPEECH_S * 8000 // len(sentence) + 1))[: SPEECH_S * 8000]
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        port = int(await told())
        twilio.add_number(APPLICATION, voice_url=f"http://127.0.0.1:{port}/voice", voice_method="GET")
        line = await twilio.handset("+15551000000").dial(APPLICATION)
        await line.wait_until("in-progress")
        began_s = time.perf_counter()
        await line.play(speech)
        await line.press(KEY)
        await line.silence(SILENCE_S)
        await line.hang_up()
        wall_s = time.perf_counter() - began_s
        tell(wall_s=wall_s, key_came_back=line.digits_heard == KEY)


if __name__ == "__main__":
    asyncio.run(call())
