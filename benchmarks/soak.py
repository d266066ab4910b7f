"""What is left of many short calls: tasks, sockets, memory.

    python soak.py CALLS

Started by `media.py`, and told the application's port. The calls run at speed="max", twenty at a time, each with a
stream and a few words; then the emulator is reset. The same was done before, with as many calls: what is allocated once
does not count, nor that the allocator keeps some pages of a peak, for both peaks are the same.
"""

from __future__ import annotations

import asyncio
import sys

from children import told
from emulated_calls import APPLICATION, SPEECH, give_up_at_an_error
from footprint import memory_bytes, sockets, tasks
from judge import tell

from twilio_emulator.core import Core, Settings
from twilio_emulator.phones.phone import Phone
from twilio_emulator.phones.script import HangUp, Play
from twilio_wire.audio import read_audio

AT_ONCE = 20
WORDS_BYTES = 1600
"""0.2 s."""
MEBIBYTE = 2**20


async def soak(calls: int) -> None:
    """Warm up, soak, report."""
    core = Core(Settings(speed="max", speech="murmur"))
    port = int(await told())
    await core.start()
    await in_batches(core, port, calls)
    before = tasks(), sockets(), memory_bytes()
    await in_batches(core, port, calls)
    after = tasks(), sockets(), memory_bytes()
    more_tasks, more_sockets, more_bytes = (max(now - then, 0) for now, then in zip(after, before, strict=True))
    tell(tasks=more_tasks, sockets=more_sockets, megabytes=more_bytes // MEBIBYTE)
    await core.stop()


async def in_batches(core: Core, port: int, calls: int) -> None:
    """Place so many calls, some at a time, and have the emulator forget them."""
    core.add_number(APPLICATION, voice_url=f"http://127.0.0.1:{port}/voice", voice_method="GET")
    unsubscribe = core.rooms.journal.subscribe(give_up_at_an_error)
    words = read_audio(SPEECH).ulaw()[:WORDS_BYTES]
    phones = [core.install_phone(f"+1555{2_000_000 + n}", behavior="answer", answer_after_ms=0) for n in range(AT_ONCE)]
    for begin in range(0, calls, AT_ONCE):
        await asyncio.gather(*(one_call(phone, words) for phone in phones[: calls - begin]))
    unsubscribe()
    await core.reset()


async def one_call(phone: Phone, words: bytes) -> None:
    """Dial, say the words, hang up, and be told that it is over."""
    over = asyncio.Event()
    call = phone.dial(APPLICATION, (Play(words, None), HangUp()))
    call.on_ended = over.set
    await over.wait()


if __name__ == "__main__":
    asyncio.run(soak(int(sys.argv[1])))
