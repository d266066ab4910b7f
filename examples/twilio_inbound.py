"""Somebody calls our number, speaks and presses a key; the adapter takes the call and answers.

    python examples/twilio_inbound.py        # offline: a simulated phone calls

With TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER set, and cloudflared installed, it waits for a real
call to that number; dial it, speak, press a key. The number's webhook is put back as it was.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from twilio_adapter import AudioChunk, EmulatorHarness, TwilioAgentAdapter, harness

FIXTURES = Path(__file__).parent.parent / "fixtures_audio"
CALLER = "+15557770001"


async def take_a_call() -> str:
    """Take one call; returns what happened, in a few lines."""
    pressed: list[str] = []
    bench = harness(on_dtmf=pressed.append)
    async with bench as adapter:
        if isinstance(bench, EmulatorHarness):
            async with asyncio.TaskGroup() as both:
                both.create_task(simulated_caller(bench, adapter.phone_number))
                report = both.create_task(converse(adapter))
            return f"{report.result()}\nKeys: {''.join(pressed)}\n\n{bench.twilio.timeline()}"
        print(f"Call {adapter.phone_number} now.")
        return f"{await converse(adapter)}\nKeys: {''.join(pressed)}"


async def converse(adapter: TwilioAgentAdapter) -> str:
    """Our end: listen to the caller, answer, and wait until they hang up."""
    await adapter.wait_for_call()
    question = await adapter.recv_audio()
    await adapter.send_audio(AudioChunk.from_file(FIXTURES / "agent" / "our_opening_hours.wav"))
    await adapter.drain()
    await adapter.wait_until_ended()
    return (
        f"{adapter.caller} spoke for {question.seconds:.1f} s, heard our answer, and hung up ({adapter.call_status})."
    )


async def simulated_caller(bench: EmulatorHarness, number: str) -> None:
    """Their end, offline: ask, listen to the answer, press 1, hang up."""
    twilio = bench.twilio
    line = await twilio.handset(CALLER).dial(number)
    await line.wait_until("in-progress")
    await line.play(FIXTURES / "speech" / "what_are_your_opening_hours.wav")
    await line.wait_for_speech()
    await line.wait_for_silence(1.0)
    await line.press("1")
    await line.hang_up()
    await twilio.wait_until_idle()


if __name__ == "__main__":
    print(asyncio.run(take_a_call()))
