"""Calls that are over and forgotten leave no object behind, however many they were."""

import asyncio
import gc
from collections import Counter

from customer import Customer
from stream_app import Message, Stream, StreamApp

from twilio_emulator import TwilioEmulator
from twilio_emulator.agenda import Timer

NUMBER = "+15550001111"
CALLS = 20


def our_objects() -> Counter[str]:
    """Instances of our own classes that the collector knows of; timers that are cancelled are swept out in time."""
    gc.collect()
    known = [found for found in gc.get_objects() if not (isinstance(found, Timer) and found.callback is None)]
    names = (f"{type(found).__module__}.{type(found).__qualname__}" for found in known)
    return Counter(name for name in names if name.startswith("twilio_"))


async def test_a_round_of_calls_and_a_reset_leave_what_the_round_before_has_left(streams: StreamApp) -> None:
    async def echo(stream: Stream, message: Message) -> None:
        if message["event"] == "media":
            await stream.echo(message)

    streams.react = echo
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        customer = Customer(twilio.auth_token)
        await customer.start()
        customer.pages["/voice"] = f"<Response><Connect><Stream url='{streams.url}'/></Connect></Response>"

        async def one_call(number: int) -> None:
            line = await twilio.handset(f"+155577710{number:02}").dial(NUMBER)
            await line.play(b"\x20" * 1600)
            await line.press("5")
            await line.hang_up()

        async def one_round() -> Counter[str]:
            twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", status_callback=f"{customer.url}/status")
            async with asyncio.TaskGroup() as calls:
                for number in range(CALLS):
                    calls.create_task(one_call(number))
            await twilio.wait_until_idle()
            assert len(twilio.client().calls.list()) == CALLS
            await twilio.reset()
            return our_objects()

        await one_round()
        second, third = await one_round(), await one_round()
        await customer.stop()

    # Something of the last verb may still be on its way; what is left of calls is left of each.
    assert {name: more for name, more in (third - second).items() if more >= CALLS // 2} == {}
