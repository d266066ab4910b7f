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
from twilio_emulator.phones.script import parse_script

APPLICATION = "+15550002222"
SPEECH = Path(__file__).parent.parent / "fixtures_audio" / "speech" / "hello_i_need_help.wav"
TIMES_SPOKEN = 200
"""Some five minutes of it."""


async def hold_calls(streams: int) -> None:
    """Place the calls, keep them up, report."""
    core = Core(Settings(speed=1.0, speech="murmur"))
    port = int(await told())
    core.add_number(APPLICATION, voice_url=f"http://127.0.0.1:{port}/voice", voice_method="GET")
    core.rooms.journal.subscribe(give_up_at_an_error)
    await core.start()
    speak = parse_script([{"play": str(SPEECH)}]) * TIMES_SPOKEN
    for n in range(streams):
        phone = core.install_phone(f"+1555{1_000_000 + n}", behavior="answer", answer_after_ms=0)
        phone.dial(APPLICATION, speak)
    cpu_s, wall_s = await measured_until_told(began=core.rooms.pump.lateness_ms.clear)
    tell(cpu_s=cpu_s, wall_s=wall_s, heartbeat=core.rooms.pump.lateness())


def give_up_at_an_error(entry: Entry) -> None:
    """A call that fails would be waited for in vain."""
    if isinstance(entry, Problem) and entry.level == "error":
        print(entry.message, file=sys.stderr, flush=True)
        os._exit(1)  # From within a callback of the loop nothing else ends the process at once.


if __name__ == "__main__":
    asyncio.run(hold_calls(int(sys.argv[1])))
