"""The adapter calls a phone, says something, and listens to what is said back.

    python examples/twilio_outbound.py                       # offline: a simulated phone answers
    python examples/twilio_outbound.py --to +1XXXXXXXXXX     # over a real number

The second needs TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER, and cloudflared (or TWILIO_PUBLIC_URL).
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from twilio_adapter import CallNotConnected, EmulatorHarness, agent, audio, hang_up, harness, run

FIXTURES = Path(__file__).parent.parent / "fixtures_audio"
PHONE = "+15557770001"


async def call_a_phone(to: str = PHONE) -> str:
    """Call, greet, listen, hang up; returns what happened, in a few lines."""
    bench = harness(allowed_callees=[to])
    async with bench as adapter:
        if isinstance(bench, EmulatorHarness):
            answer = [
                {"wait_for_speech": True},
                {"wait_for_silence": 0.8},
                {"play": str(FIXTURES / "speech" / "hello_i_need_help.wav")},
            ]
            bench.twilio.handset(to, answer_after=2.0, script=answer)
        try:
            await adapter.place_call(to)
        except CallNotConnected as error:
            return f"No conversation: {error}"
        result = await run(
            adapter,
            script=[audio(FIXTURES / "agent" / "how_can_i_help.wav"), agent(), hang_up()],
        )
        report = f"{to} answered and spoke for {result.steps[1].chunk.seconds:.1f} s ({result.status})."
        if isinstance(bench, EmulatorHarness):
            await bench.twilio.wait_until_idle()
            report += f"\n\n{bench.twilio.timeline()}"
        return report


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Call a phone and talk to it.")
    parser.add_argument("--to", default=PHONE, help="whom to call, E.164")
    print(asyncio.run(call_a_phone(parser.parse_args().to)))
