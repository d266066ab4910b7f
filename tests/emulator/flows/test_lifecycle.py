"""An emulator starts, stops, and leaves nothing behind; what is used at the wrong time says so."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from customer import Customer
from stream_app import StreamApp

from twilio_emulator import CallOver, NotStarted, PortInUse, TwilioEmulator
from twilio_emulator.sync import TwilioEmulator as BlockingEmulator

NUMBER = "+15550001111"
CALLER = "+15557770001"
TALK = "<Response><Say>Hello.</Say><Pause length='60'/></Response>"


def emulator_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("twilio-emulator")}


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Other tests in this process may have emulators of their own running."""
    before = emulator_threads()
    yield
    assert emulator_threads() <= before


def is_listened_on(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((parts.hostname, parts.port)) == 0


async def test_nothing_is_left_when_it_stops_in_the_middle_of_calls(streams: StreamApp) -> None:
    before = emulator_threads()
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        customer = Customer(twilio.auth_token)
        await customer.start()
        customer.pages["/voice"] = f"<Response><Connect><Stream url='{streams.url}'/></Connect></Response>"
        twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", status_callback=f"{customer.url}/status")
        line = await twilio.handset(CALLER).dial(NUMBER)
        await line.wait_until("in-progress")
        await twilio.handset("+15557770002").dial(NUMBER)
        url = twilio.base_url
        assert len(emulator_threads() - before) == 1
        assert is_listened_on(url)
    await streams.closed()
    await customer.stop()
    assert emulator_threads() == before
    assert not is_listened_on(url)
    assert line.status == "completed"
    assert streams.events[-1] == "stop"
    assert customer.forms("/status")[0]["CallStatus"] == "completed"
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_whoever_waits_when_it_stops_is_told(customer: Customer, twilio: TwilioEmulator) -> None:
    customer.pages["/voice"] = TALK
    async with TwilioEmulator(speed="max", speech="murmur", auth_token=twilio.auth_token) as other:
        other.add_number(NUMBER, voice_url=f"{customer.url}/voice")
        phone = other.handset(CALLER)
        line = await phone.dial(NUMBER)
        await line.wait_until("in-progress")
        # Those who wait let call time run while the test leaves, so their limits must be out of reach.
        waiting = asyncio.gather(
            line.wait_for_digits(1, timeout=1e6),
            phone.next_call(timeout=1e6),
            other.wait_for_call(line.call_sid, timeout=1e6),
            return_exceptions=True,
        )
        await line.silence(0.1)
    errors = [type(error) for error in await waiting]
    assert errors == [CallOver, NotStarted, type(None)]


async def test_two_emulators_cannot_share_a_port(twilio: TwilioEmulator) -> None:
    port = urlsplit(twilio.base_url).port
    before = emulator_threads()
    with pytest.raises(PortInUse, match=str(port)):
        async with TwilioEmulator(port=port):
            pass
    assert emulator_threads() == before


async def test_two_emulators_do_not_disturb_each_other(twilio: TwilioEmulator) -> None:
    async with TwilioEmulator(speed="max") as other:
        twilio.add_number(NUMBER)
        assert other.client().incoming_phone_numbers.list() == []
        assert other.base_url != twilio.base_url


async def test_outside_its_block_an_emulator_says_that_it_is_not_running() -> None:
    twilio = TwilioEmulator()
    uses = [
        lambda: twilio.base_url,
        lambda: twilio.client(),
        lambda: twilio.add_number(NUMBER),
        lambda: twilio.handset(CALLER),
        lambda: twilio.heartbeat(),
        lambda: twilio.attend("somebody"),
    ]
    for use in uses:
        with pytest.raises(NotStarted):
            use()
    async with twilio:
        twilio.add_number(NUMBER)
    for use in uses:
        with pytest.raises(NotStarted):
            use()
    for wait in (lambda: twilio.wait_for_call("CA1"), twilio.wait_until_idle, twilio.reset):
        with pytest.raises(NotStarted):
            await wait()
    assert "nothing happened" in twilio.timeline()  # what was journalled can still be read


async def test_a_phone_of_an_emulator_that_has_stopped_says_so(customer: Customer, twilio: TwilioEmulator) -> None:
    customer.pages["/voice"] = TALK
    async with TwilioEmulator(speed="max", speech="murmur", auth_token=twilio.auth_token) as other:
        other.add_number(NUMBER, voice_url=f"{customer.url}/voice")
        phone = other.handset(CALLER)
        line = await phone.dial(NUMBER)
        await line.wait_for_speech()
    assert line.heard.seconds > 0
    with pytest.raises(NotStarted):
        await line.press("1")
    with pytest.raises(NotStarted):
        await phone.dial(NUMBER)


def test_a_blocking_phone_of_an_emulator_that_has_stopped_says_so() -> None:
    with BlockingEmulator(speed="max") as twilio:
        phone = twilio.handset(CALLER)
    with pytest.raises(NotStarted):
        phone.next_call()


async def test_an_emulator_that_is_started_again_is_a_new_one() -> None:
    twilio = TwilioEmulator(speed="max", speech="murmur")
    for _ in range(2):
        async with twilio:
            twilio.add_number(NUMBER)
            call = twilio.client().calls.create(to=CALLER, from_=NUMBER, twiml="<Response/>")
            await twilio.wait_for_call(call.sid, "failed")
            assert len(twilio.client().calls.list()) == 1


async def test_a_failing_test_leaves_nothing_behind() -> None:
    with pytest.raises(ZeroDivisionError):
        async with TwilioEmulator() as twilio:
            url = twilio.base_url
            _ = 1 / 0
    assert not is_listened_on(url)


async def test_two_hundred_calls_leave_the_rooms_empty(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/voice"] = "<Response><Play digits='1'/></Response>"
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", status_callback=f"{customer.url}/status")
    for turn in range(20):
        lines = [await twilio.handset(f"+1555777{turn:02}{number:02}").dial(NUMBER) for number in range(10)]
        for line in lines:
            await line.wait_until("completed")
    await twilio.wait_until_idle()
    assert len(customer.forms("/status")) == 200
    rooms, exchange = twilio._core.rooms, twilio._core.exchange
    assert (len(rooms.tasks), len(rooms.pump), exchange.live_calls) == (0, 0, ())
