"""The emulator under load: N phones call an application at normal speed, and speak until it is over.

    python emulated_calls.py PORT STREAMS

Started by `media.py`. One process, one event loop, as `twilio-emulator serve` has it. A line on standard input begins
the measurement; the next one ends it, and is answered with the CPU used and the emulator's own view of its lateness.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from children import measured_until_told
from judge import tell

from twilio_emulator.core import Core, Settings
from twilio_emulator.phones.script import parse_script

APPLICATION = "+15550002222"
SPEECH = Path(__file__).parent.parent / "fixtures_audio" / "speech" / "hello_i_need_help.wav"
TIMES_SPOKEN = 200
"""Some five minutes of it."""


async def hold_calls(port: int, streams: int) -> None:
    """Place the calls, keep them up, report."""
    core = Core(Settings(speed=1.0, speech="murmur"))
    core.add_number(APPLICATION, voice_url=f"http://127.0.0.1:{port}/voice", voice_method="GET")
    await core.start()
    speak = parse_script([{"play": str(SPEECH)}]) * TIMES_SPOKEN
    for n in range(streams):
        phone = core.install_phone(f"+1555{1_000_000 + n}", behavior="answer", answer_after_ms=0)
        phone.dial(APPLICATION, speak)
    cpu_s, wall_s = await measured_until_told(began=core.rooms.pump.lateness_ms.clear)
    tell(cpu_s=cpu_s, wall_s=wall_s, heartbeat=core.rooms.pump.lateness())


if __name__ == "__main__":
    asyncio.run(hold_calls(int(sys.argv[1]), int(sys.argv[2])))
