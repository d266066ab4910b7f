"""What calls hold in memory, and whether that grows with their length.

    python long_calls.py CALLS SPEED

Started by `media.py`, and told the judge's port. Prints resident memory before the first call and, at each further
word, memory and the call time that has passed.
"""

from __future__ import annotations

import asyncio
import sys

from children import told
from emulated_calls import place_calls
from footprint import memory_bytes
from judge import tell

from twilio_emulator.core import Core, Settings


async def hold_calls(calls: int, speed: float) -> None:
    """Place the calls, keep them up, report at every word."""
    core = Core(Settings(speed=speed, speech="murmur"))
    port = int(await told())
    await core.start()
    tell(memory_bytes=memory_bytes(), call_s=0.0)
    place_calls(core, port, calls)
    while True:
        await told()
        tell(memory_bytes=memory_bytes(), call_s=core.rooms.clock.now_ms / 1000)


if __name__ == "__main__":
    asyncio.run(hold_calls(int(sys.argv[1]), float(sys.argv[2])))
