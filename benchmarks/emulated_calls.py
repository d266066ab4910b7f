"""The emulator under load: N phones call an application at normal speed, and speak until it is over.

    python emulated_calls.py PORT STREAMS

Started by `media.py`. A line on standard input begins the measurement, the next one ends it and is answered with what the
emulator used and how late it was by its own reckoning.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

from children import measured_until_told
from judge import tell

from twilio_emulator import TwilioEmulator
from twilio_emulator.phones.handset import Line
from twilio_wire.audio import read_audio

APPLICATION = "+15550002222"
SPEECH = Path(__file__).parent.parent / "fixtures_audio" / "speech" / "hello_i_need_help.wav"
LONGEST_RUN_S = 300
"""How long the phones have something to say."""


async def hold_calls(port: int, streams: int) -> None:
    """Place the calls, keep them up, report."""
    sentence = read_audio(SPEECH).ulaw()
    speech = sentence * (LONGEST_RUN_S * 8000 // len(sentence))
    async with TwilioEmulator(speed=1.0, speech="murmur") as twilio:
        twilio.add_number(APPLICATION, voice_url=f"http://127.0.0.1:{port}/voice", voice_method="GET")
        phones = [twilio.handset(f"+1555{1000000 + n}") for n in range(streams)]
        lines = [await phone.dial(APPLICATION) for phone in phones]
        with contextlib.suppress(asyncio.CancelledError):
            async with asyncio.TaskGroup() as talking:
                tasks = [talking.create_task(talk(line, speech)) for line in lines]
                cpu_s, wall_s = await measured_until_told()
                tell(cpu_s=cpu_s, wall_s=wall_s, heartbeat=twilio.heartbeat())
                for task in tasks:
                    task.cancel()


async def talk(line: Line, speech: bytes) -> None:
    """One caller: waits for the answer, and speaks."""
    await line.wait_until("in-progress")
    await line.play(speech)


if __name__ == "__main__":
    asyncio.run(hold_calls(int(sys.argv[1]), int(sys.argv[2])))
