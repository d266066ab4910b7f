"""Every error and warning of Media Streams that an application can cause, through the whole emulator: Twilio's code in
the journal, what the status callback says, and what the caller lives through.

31900, 31942, 31952, 31954 and 31960 are Twilio's own failures or its extensions'; 31953 (no audio comes in) cannot be
had from a phone that always says something, if only silence.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from customer import Customer
from journal_views import INSECURE_STREAM, spoken
from stream_app import Message, Stream, StreamApp
from stream_bench import BareApp, BareSocket

from twilio_emulator import TwilioEmulator
from twilio_emulator.journal import Problem
from twilio_emulator.media.stream_errors import StreamCode
from twilio_emulator.quirks import Quirks

NUMBER = "+15550001111"
CALLER = "+15557770001"


def when_it_starts(act: Callable[[Stream], Awaitable[None]]):
    async def react(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            await act(stream)

    return react


def sends(text: str | bytes):
    return when_it_starts(lambda stream: stream.socket.send(text))


async def says_nothing(bare_socket: BareSocket) -> None:
    await bare_socket.reader.read()


async def drops_the_line(bare_socket: BareSocket) -> None:
    await bare_socket.receive()
    bare_socket.writer.transport.abort()


async def talks_garbage(bare_socket: BareSocket) -> None:
    await bare_socket.receive()
    bare_socket.writer.write(b"garbage that no framing allows")
    await bare_socket.reader.read()


@dataclass
class Case:
    """An application, or the attributes of a `<Stream>`, and what comes of it."""

    code: int
    level: str = "error"
    attributes: str = "url='{url}'"
    react: Callable[[Stream, Message], Awaitable[None]] | None = None
    bare: Callable[[BareSocket], Awaitable[None]] | None = None
    accepts: bool = True
    refuse_with: int = 0
    timeout_s: float = 30.0
    events: list[str] = field(default_factory=lambda: ["stream-error"])


OPEN_THEN_ERROR = ["stream-started", "stream-error"]
OPEN = ["stream-started"]
SURVIVED = {"level": "warning", "events": ["stream-started", "stream-stopped"]}
CASES = [
    Case(31901, bare=says_nothing, accepts=False, timeout_s=0.1),
    Case(31902, attributes="url='ws://127.0.0.1:{nobody}/'"),
    Case(31903, bare=drops_the_line, events=OPEN_THEN_ERROR),
    Case(31904, attributes="url='wss://nowhere.invalid/media'"),
    Case(31910, attributes="url='wss://127.0.0.1:{without_tls}/media'"),
    Case(31920, refuse_with=403),
    Case(31921, react=when_it_starts(lambda stream: stream.socket.close(1011)), events=OPEN_THEN_ERROR),
    Case(31922, attributes="url='https://example.com/media'", events=[]),
    Case(31923, attributes="url='wss://'", events=[]),
    Case(31924, bare=talks_garbage, events=OPEN_THEN_ERROR),
    Case(31931, react=when_it_starts(lambda stream: stream.play(bytes(16_000))), **SURVIVED),
    Case(31940, attributes="url='{url}' connectorName='mine'", events=[]),
    Case(31941, attributes="url='{url}' track='both_tracks'", events=[]),
    Case(31950, react=sends(b"{}"), **SURVIVED),
    Case(31951, react=sends(json.dumps({"event": "weather"})), **SURVIVED),
]


@pytest.fixture
async def nobody() -> AsyncIterator[int]:
    """A port at which nobody listens, and will not as long as the test runs."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
async def without_tls() -> AsyncIterator[int]:
    """A port at which somebody listens who knows nothing of TLS, and closes."""
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("case", CASES, ids=[str(case.code) for case in CASES])
async def test_the_code_is_told_and_the_call_goes_on(
    streams: StreamApp, nobody: int, without_tls: int, case: Case
) -> None:
    streams.react, streams.refuse_with, url = case.react, case.refuse_with, streams.url
    if case.bare is not None:
        server = await asyncio.start_server(BareApp(case.bare, accept=case.accepts), "127.0.0.1", 0)
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/bare"
    quirks = Quirks(stream_connect_timeout_s=case.timeout_s, max_queued_audio_s=1)
    async with TwilioEmulator(speed="max", speech="murmur", quirks=quirks) as twilio:
        customer = Customer(twilio.auth_token)
        await customer.start()
        attributes = case.attributes.format(url=url, nobody=nobody, without_tls=without_tls)
        stream = f"<Stream {attributes} statusCallback='{customer.url}/stream_status'/>"
        customer.pages["/voice"] = f"<Response><Connect>{stream}</Connect><Say>After.</Say></Response>"
        twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
        line = await twilio.handset(CALLER).dial(NUMBER)
        if case.level == "error":
            await line.wait_until("completed")
            assert spoken(twilio) == ["After."]  # the verb ends, and the next one runs
        else:
            await line.silence(3)
            assert line.status == "in-progress"
            await line.hang_up()
        await twilio.wait_until_idle()
        told = [entry for entry in twilio.journal.of(Problem) if entry.code not in (0, INSECURE_STREAM)]
        told += [entry for entry in twilio.journal.of(Problem) if entry.code == case.code == INSECURE_STREAM]
        assert [(entry.code, entry.level) for entry in told] == [(case.code, case.level)]
        assert told[0].message
        assert told[0].hint
        forms = customer.forms("/stream_status")
        assert [form["StreamEvent"] for form in forms] == case.events
        assert [form.get("StreamError") for form in forms if form["StreamEvent"] == "stream-error"] == (
            [f"Stream signal error, code: {case.code}"] if "stream-error" in case.events else []
        )
        await customer.stop()
    if case.bare is not None:
        server.close()
        await server.wait_closed()


def test_every_code_is_here_but_that_of_an_app_that_does_not_read_and_that_of_a_line_gone_dead():
    """31930 is in test_stream_pace and test_slow_readers: it takes a full buffer. 31953 is in test_faults."""
    here = {case.code for case in CASES}

    assert {int(code) for code in StreamCode if code} - here == {31930, 31953}
