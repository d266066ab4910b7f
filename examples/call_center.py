"""A call centre, tested: menu, queue, agent, conference with a coach, recording.

    python examples/call_center.py                # offline, about two seconds; prints the timeline
    python examples/call_center.py --wav call.wav # and writes the recording of the conference

Three phones play the caller, the agent and the coach. What each hears is checked: the coach's advice reaches the agent
and nobody else.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import numpy as np
from aiohttp import ClientSession
from call_center_app import MENU, CallCenter, call_center_app
from ivr_app import running

from twilio_emulator import Handset, Line, TwilioEmulator
from twilio_wire.audio import read_audio

FIXTURES = Path(__file__).parent.parent / "fixtures_audio"
COMPLAINT = FIXTURES / "speech" / "invoice_is_wrong.wav"
ADVICE = FIXTURES / "agent" / "one_moment.wav"
QUESTION = FIXTURES / "agent" / "anything_else.wav"
ANSWER = FIXTURES / "speech" / "no_thank_you.wav"

SUPPORT, DESK, COACHING = "+15550001111", "+15550002222", "+15550003333"
CALLER, AGENT, COACH = "+15557770001", "+15557770002", "+15557770003"


async def call_the_center() -> tuple[str, bytes]:
    """Play the three parts; returns the timeline, and the conference as a WAV file."""
    async with AsyncExitStack() as stack:
        twilio = await stack.enter_async_context(TwilioEmulator(speed="max"))
        center = CallCenter()
        url = await stack.enter_async_context(running(call_center_app(twilio.auth_token, center)))
        for number, page in ((SUPPORT, "voice"), (DESK, "desk"), (COACHING, "coach")):
            twilio.add_number(number, voice_url=f"{url}/{page}")

        caller = await dial(twilio.handset(CALLER), SUPPORT)
        await caller.wait_for_silence(0.8)  # the menu has been spoken
        await caller.press("1")
        await caller.wait_for_speech()
        await caller.wait_for_silence(0.8)  # "You are number 1 in line."

        agent = await dial(twilio.handset(AGENT), DESK)
        await caller.silence(5)  # "Here is an agent", and the two are connected
        await caller.play(COMPLAINT)
        await agent.press("*")  # into the conference, both of them
        await agent.silence(1)

        coach = await dial(twilio.handset(COACH), COACHING)
        await coach.play(ADVICE)
        await agent.play(QUESTION)
        await caller.play(ANSWER)
        await agent.hang_up()  # which ends the conference
        await twilio.wait_until_idle()

        assert hears(agent, ADVICE), "the agent does not hear the coach"
        assert not hears(caller, ADVICE), "the caller hears the coach"
        assert hears(caller, QUESTION) and hears(coach, ANSWER), "the conference does not talk"
        return check(twilio.timeline()), await recording_of(center)


async def dial(phone: Handset, number: str) -> Line:
    """Dial, and wait for the answer."""
    line = await phone.dial(number)
    await line.wait_until("in-progress")
    return line


def check(timeline: str) -> str:
    """See that all came about."""
    for expected in (MENU, "entered support", "taken support", "bridged", "conference-start", "conference-end"):
        assert expected in timeline, f"{expected!r} is not in the timeline:\n{timeline}"
    return timeline


async def recording_of(center: CallCenter) -> bytes:
    """What the app was told to have been recorded."""
    assert center.recordings, "the conference was not recorded"
    async with ClientSession() as session, session.get(center.recordings[0]) as response:
        return await response.read()


def hears(line: Line, sound: Path) -> bool:
    """Whether a recording is in what a line has heard, be it among others."""
    heard, wanted = (audio.at(8000).pcm.astype(float) for audio in (line.heard, read_audio(sound)))
    size = len(heard) + len(wanted)
    likeness = np.fft.irfft(np.fft.rfft(heard, size) * np.fft.rfft(wanted, size).conj(), size)
    return bool(likeness.max() > 0.8 * (wanted**2).sum())


def main() -> int:
    """Play it and print what happened."""
    parser = argparse.ArgumentParser(description="Test a call centre: menu, queue, agent, conference with a coach.")
    parser.add_argument("--wav", type=Path, help="write the recording of the conference")
    arguments = parser.parse_args()
    timeline, recording = asyncio.run(call_the_center())
    print(timeline)
    if arguments.wav:
        arguments.wav.write_bytes(recording)
        print(f"The conference: {arguments.wav}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
