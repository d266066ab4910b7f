"""How long a call of a minute takes at speed="max", and whether it comes out the same.

A phone speaks and presses a key, the application echoes.

    python max_speed_call.py RUNS

Started by `media.py`, and told the application's port. Each run has an emulator of its own. Prints, for each, the wall
seconds from the answer to the hang-up, whether the key came back, and a digest of the whole journal and of all that the
phone said and heard.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import sys
import time
from typing import Any

from children import told
from emulated_calls import APPLICATION, SPEECH
from judge import tell

from twilio_emulator import TwilioEmulator
from twilio_wire.audio import read_audio

SPEECH_S = 59
KEY = "1"
"""Takes 0.2 s; the rest of the minute is silence, in which the echo of the key comes back."""
SILENCE_S = 0.8


async def call(port: int, speech: bytes) -> dict[str, Any]:
    """Place one call."""
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        twilio.add_number(APPLICATION, voice_url=f"http://127.0.0.1:{port}/voice", voice_method="GET")
        line = await twilio.handset("+15551000000").dial(APPLICATION)
        await line.wait_until("in-progress")
        began_s = time.perf_counter()
        await line.play(speech)
        await line.press(KEY)
        await line.silence(SILENCE_S)
        await line.hang_up()
        wall_s = time.perf_counter() - began_s
        await twilio.wait_until_idle()
        journal = without_the_day_and_the_machine(twilio.journal.to_jsonl())
        audio = line.said.ulaw() + line.heard.ulaw()
        digest = hashlib.sha256(journal.encode() + audio).hexdigest()
        return {"wall_s": wall_s, "key_came_back": line.digits_heard == KEY, "digest": digest}


def without_the_day_and_the_machine(journal: str) -> str:
    """The journal without the port of the emulator, and without dates."""
    return re.sub(r'("Timestamp":)"[^"]+"', r'\1""', re.sub(r"127\.0\.0\.1:\d+", "", journal))


async def main(runs: int) -> None:
    """Place the calls one after the other and report each."""
    port = int(await told())
    sentence = read_audio(SPEECH).ulaw()
    speech = (sentence * (SPEECH_S * 8000 // len(sentence) + 1))[: SPEECH_S * 8000]
    for _ in range(runs):
        tell(**await call(port, speech))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
