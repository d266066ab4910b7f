"""Time that follows the wall: the same call as at speed="max", step by step, only not as fast."""

import asyncio
from typing import Any

import msgspec
from customer import Customer
from sounds import tone_line

from twilio_emulator import TwilioEmulator
from twilio_emulator.clock import Speed

NUMBER = "+15550001111"
CALLER = "+15557770001"
ALL_EVENTS = ["initiated", "ringing", "answered", "completed"]
LONG = 600.0  # seconds of call time: at fifty times normal speed, twelve of the wall


async def what_happens(speed: Speed) -> tuple[list[dict[str, Any]], list[str]]:
    """A call with a menu; returns what was journalled about it, in order and without times, and what callbacks told."""
    async with TwilioEmulator(speed=speed, speech="murmur") as twilio:
        customer = Customer(twilio.auth_token)
        await customer.start()
        prompt = "<Say>Press two keys.</Say>"
        customer.pages = {
            "/voice": f"<Response><Gather numDigits='2' timeout='600' action='/choice'>{prompt}</Gather></Response>",
            "/choice": "<Response><Play digits='7'/><Pause/><Hangup/></Response>",
        }
        twilio.add_number(NUMBER)
        phone = twilio.handset(CALLER, answer_after=0.2)
        twilio.client().calls.create(
            to=CALLER,
            from_=NUMBER,
            url=f"{customer.url}/voice",
            status_callback=f"{customer.url}/status",
            status_callback_event=ALL_EVENTS,
        )
        line = await phone.next_call(timeout=LONG)
        await line.wait_for_speech(timeout=LONG)
        await line.press("42")
        await line.wait_until("completed", timeout=LONG)
        await twilio.wait_until_idle(timeout=LONG)
        await customer.stop()
        # Callbacks go beside the call: in real time the replies to two of them may come in any order.
        told = sorted(f"{form['SequenceNumber']} {form['CallStatus']}" for form in customer.forms("/status"))
        entries = [msgspec.to_builtins(entry) for entry in twilio.journal.entries]
        steps = [entry for entry in entries if entry["kind"] in {"call", "verb", "digit", "gather", "say", "phone"}]
        return [{**step, "at_ms": 0, "sequence": 0} for step in steps], told


async def test_a_call_in_real_time_takes_the_same_steps_as_one_as_fast_as_it_goes() -> None:
    steps, told = await what_happens(50.0)
    assert [step["status"] for step in steps if step["kind"] == "call"] == [
        "queued",
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]
    assert told == ["0 initiated", "1 ringing", "2 in-progress", "3 completed"]
    assert (steps, told) == await what_happens("max")


async def test_in_real_time_a_call_lasts_as_long_as_its_audio() -> None:
    async with TwilioEmulator(speed=50.0, speech="murmur") as twilio:
        twilio.add_number(NUMBER)
        phone = twilio.handset(CALLER, answer_after=0.2)
        twilio.client().calls.create(to=CALLER, from_=NUMBER, twiml="<Response><Pause length='3'/></Response>")
        line = await phone.next_call(timeout=LONG)
        await line.wait_until("completed", timeout=LONG)
        assert 2.9 <= line.heard.seconds <= 3.1
        assert 2.9 <= line.said.seconds <= 3.1


async def test_in_real_time_two_who_are_bridged_hear_one_another_without_a_gap() -> None:
    async with TwilioEmulator(speed=20.0, speech="murmur") as twilio:
        twilio.add_number(NUMBER)
        first, second = twilio.handset(CALLER, answer_after=0.2), twilio.handset("client:alice", answer_after=0.2)
        twiml = "<Response><Dial><Client>alice</Client></Dial></Response>"
        twilio.client().calls.create(to=CALLER, from_=NUMBER, twiml=twiml)
        line = await first.next_call(timeout=LONG)
        answered = await second.next_call(timeout=LONG)
        await answered.wait_until("in-progress", timeout=LONG)
        low, high = tone_line(440, 2.0), tone_line(1000, 2.0)
        await asyncio.gather(line.play(low), answered.play(high))
        await line.silence(0.5)
        await answered.hang_up()
        await line.wait_until("completed", timeout=LONG)
        assert low in answered.heard.ulaw()
        assert high in line.heard.ulaw()
