"""A caller who knows what to expect: a script that judges a telephone menu, and what it has to say of it.

    python examples/scripted_call.py                  # offline: no account, no tunnel, about a second
    python examples/scripted_call.py --wav call.wav   # and the call as a stereo WAV: left the menu, right the caller

It prints the timeline of the call, how long the caller waited for each answer, and how soon the menu fell silent when
it was interrupted. With TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER set, the same script calls
IVR_PHONE_NUMBER.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from ivr_app import ivr_app, running

from twilio_adapter import (
    AudioChunk,
    EmulatorHarness,
    ScriptResult,
    agent,
    dtmf,
    expect_ended,
    expect_silence,
    expect_speech,
    harness,
    interrupt,
    run,
    say,
)

SPEECH = Path(__file__).parent.parent / "fixtures_audio" / "speech"
SPOKEN = {"Wait, stop, please.": "no_thank_you.wav", "My name is Sarah.": "my_name_is_sarah.wav"}
IVR_NUMBER = "+15550002222"

SCRIPT = [
    interrupt("Wait, stop, please.", after=1.0),  # a menu that takes keys only talks on
    dtmf("1"),  # sales, please
    expect_speech(within=2, at_least=1),  # sales asks for a name
    expect_silence(1),  # and waits for it
    say("My name is Sarah."),
    agent(),  # sales says goodbye
    expect_ended(within=5, status="completed"),
]


def speak(text: str) -> AudioChunk:
    """A voice: here a shelf of recordings. Without one, run() speaks with the extra `speech`."""
    return AudioChunk.from_file(SPEECH / SPOKEN[text])


async def call_the_menu() -> ScriptResult:
    """Call the menu, and judge it."""
    number = os.environ.get("IVR_PHONE_NUMBER", IVR_NUMBER)
    async with AsyncExitStack() as stack:
        bench = harness(allowed_callees=[number])
        adapter = await stack.enter_async_context(bench)
        if isinstance(bench, EmulatorHarness):
            url = await stack.enter_async_context(running(ivr_app(bench.twilio.auth_token)))
            bench.twilio.add_number(number, voice_url=f"{url}/voice", status_callback=f"{url}/status")
        await adapter.place_call(number)
        result = await run(adapter, SCRIPT, speak=speak)
        if isinstance(bench, EmulatorHarness):
            await bench.twilio.wait_until_idle()
        return result


def main() -> int:
    """Run the call and print what came of it."""
    parser = argparse.ArgumentParser(description="Judge a telephone menu by a script.")
    parser.add_argument("--wav", type=Path, help="write the call as a stereo WAV")
    arguments = parser.parse_args()
    result = asyncio.run(call_the_menu())
    print(result.timeline)
    waits = ["no answer" if turn.latency_ms is None else f"{turn.latency_ms / 1000:.2f} s" for turn in result.turns]
    print(f"Answers came after: {', '.join(waits)}")
    for barge_in in result.barge_ins:
        spoke_on = barge_in.silence_after_ms
        reaction = "did not stop" if spoke_on is None else f"spoke on for {spoke_on / 1000:.2f} s"
        print(f"Interrupted at {barge_in.at_ms / 1000:.2f} s, the menu {reaction}.")
    if arguments.wav:
        result.save(arguments.wav)
        print(f"The call: {arguments.wav} (left: the menu, right: the caller)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
