"""The emulator under load: N phones call an application at normal speed, and speak until it is over.

    python emulated_calls.py STREAMS

Started by `media.py`, and told the judge's port. One process, one event loop, as `twilio-emulator serve` has it. Two
more words begin and end the measurement; the answer is the CPU used, and the emulator's own view of its lateness.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from children import measured_until_told, told
from judge import tell

from twilio_emulator.core import Core, Settings
from twilio_emulator.journal import Entry, Problem
from twilio_emulator.phones.script import Play
from twilio_emulator.process import settle_in
from twilio_wire.audio import read_audio

APPLICATION = "+15550002222"
SPEECH = Path(__file__).parent.parent / "fixtures_audio" / "speech" / "hello_i_need_help.wav"
TIMES_SPOKEN = 200
"""Some five minutes of it."""
APART_BYTES = 97
"""No two phones say the same frame at the same time, nor cut the recording into the same frames."""


async def hold_calls(streams: int) -> None:
    """Place the calls, keep them up, report."""
    core = Core(Settings(speed=1.0, speech="murmur"))
    port = int(await told())
    await core.start()
    settle_in()
    place_calls(core, port, streams)
    cpu_s, wall_s = await measured_until_told(began=core.rooms.pump.forget_lateness)
    tell(cpu_s=cpu_s, wall_s=wall_s, heartbeat=core.rooms.pump.lateness())


def place_calls(core: Core, port: int, streams: int) -> None:
    """Have so many phones call an application at this port, and speak."""
    core.add_number(APPLICATION, voice_url=f"http://127.0.0.1:{port}/voice", voice_method="GET")
    core.rooms.journal.subscribe(give_up_at_an_error)
    sentence = read_audio(SPEECH).ulaw()
    for n in range(streams):
        phone = core.install_phone(f"+1555{1_000_000 + n}", behavior="answer", answer_after_ms=0)
        begin = APART_BYTES * n % len(sentence)
        phone.dial(APPLICATION, (Play(sentence[begin:], None), *[Play(sentence, None)] * TIMES_SPOKEN))


def give_up_at_an_error(entry: Entry) -> None:
    """A call that fails would be waited for in vain."""
    if isinstance(entry, Problem) and entry.level == "error":
        print(entry.message, file=sys.stderr, flush=True)
        os._exit(1)  # From within a callback of the loop nothing else ends the process at once.


if __name__ == "__main__":
    asyncio.run(hold_calls(int(sys.argv[1])))
