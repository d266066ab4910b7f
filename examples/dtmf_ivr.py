"""A telephone menu, tested from dial-in to hang-up.

    python examples/dtmf_ivr.py                  # offline: no account, no tunnel, about a second
    python examples/dtmf_ivr.py --wav call.wav   # and the call as a stereo WAV: left the menu, right the caller

With TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER set, the same test runs over a
real number; IVR_PHONE_NUMBER then says where the menu answers.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from ivr_app import MENU, ivr_app, running

from twilio_adapter import EmulatorHarness, agent, audio, dtmf, hang_up, harness, run

FIXTURES = Path(__file__).parent.parent / "fixtures_audio"
IVR_NUMBER = "+15550002222"


async def call_the_menu(wav: Path | None = None, speed: float | str = "max") -> str:
    """Call the menu, choose sales, say a name, hang up; returns the timeline."""
    async with AsyncExitStack() as stack:
        bench = harness(speed=speed, allowed_callees=[ivr_number()])
        adapter = await stack.enter_async_context(bench)
        if isinstance(bench, EmulatorHarness):
            twilio = bench.twilio
            ivr_url = await stack.enter_async_context(running(ivr_app(twilio.auth_token)))
            twilio.add_number(IVR_NUMBER, voice_url=f"{ivr_url}/voice", status_callback=f"{ivr_url}/status")
        await adapter.place_call(ivr_number())
        result = await run(
            adapter,
            script=[
                agent(),  # the menu speaks
                dtmf("1"),  # we choose sales
                agent(),  # sales asks for a name
                audio(FIXTURES / "speech" / "my_name_is_sarah.wav"),
                agent(),  # sales says goodbye
                hang_up(),
            ],
        )
        if wav is not None:
            result.save(wav)
        if not isinstance(bench, EmulatorHarness):
            return str(result)
        await twilio.wait_until_idle()
        timeline = twilio.timeline()
        assert MENU in timeline, "the menu was not spoken"
        assert "key heard    1" in timeline, "the key did not arrive"
        return timeline


def ivr_number() -> str:
    """Where the menu answers."""
    return os.environ.get("IVR_PHONE_NUMBER", IVR_NUMBER)


def main() -> int:
    """Run the call and print what happened."""
    parser = argparse.ArgumentParser(description="Test a telephone menu from dial-in to hang-up.")
    parser.add_argument("--wav", type=Path, help="write the call as a stereo WAV")
    parser.add_argument("--speed", default="max", help='1 is real time, "max" (the default) as fast as it goes')
    arguments = parser.parse_args()
    speed = arguments.speed if arguments.speed == "max" else float(arguments.speed)
    print(asyncio.run(call_the_menu(arguments.wav, speed)))
    if arguments.wav:
        print(f"The call: {arguments.wav} (left: the menu, right: the caller)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
