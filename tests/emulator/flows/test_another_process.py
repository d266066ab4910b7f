"""An application in a process of its own, which shares nothing with us: the same call, every time, to the bit."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import stranger
from journal_views import normalised

from twilio_emulator import TwilioEmulator
from twilio_emulator.journal import StreamMoved

NUMBER = "+15550001111"
CALLER = "+15557770001"
SPEECH = bytes(range(0x80, 0x100)) * 50
"""Without the second zero of µ-law, 0x7F, which does not survive a way through PCM."""
RUNS = 5


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Where the stranger listens."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(stranger.__file__)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    yield int(await process.stdout.readline())
    await process.communicate(b"")  # the end of its input
    assert process.returncode == 0


async def a_call(port: int) -> tuple[str, bytes, bytes]:
    """The journal, what was said and what was heard."""
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        twilio.add_number(NUMBER, voice_url=f"http://127.0.0.1:{port}/voice", voice_method="GET")
        line = await twilio.handset(CALLER).dial(NUMBER)
        await line.wait_for_speech()
        await line.play(SPEECH)
        await line.wait_for_silence(0.2)
        await line.press("#")
        await line.wait_until("completed")
        marks = [entry.at_ms for entry in twilio.journal.of(StreamMoved) if entry.event == "mark"]
        assert marks[1] - marks[0] == 1020  # a second of tone, from the next frame on
        return normalised(twilio.journal.to_jsonl()), line.said.ulaw(), line.heard.ulaw()


async def test_a_stranger_is_heard_to_the_bit_and_the_call_comes_out_the_same_every_time(port: int) -> None:
    journal, said, heard = await a_call(port)
    begin = heard.index(stranger.TONE[:160])
    assert heard[begin : begin + len(stranger.TONE)] == stranger.TONE
    echo = heard.index(SPEECH[:160], begin)
    assert heard[echo : echo + len(SPEECH)] == SPEECH
    for _ in range(RUNS - 1):
        assert await a_call(port) == (journal, said, heard)
