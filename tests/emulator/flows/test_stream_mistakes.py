"""What an app may get wrong on its stream: told once, in words that help, and the call survives."""

import json
from collections.abc import Callable

import pytest
from customer import Customer
from journal_views import codes, warnings
from stream_app import Message, Stream, StreamApp

from twilio_emulator import Line, TwilioEmulator
from twilio_emulator.quirks import Quirks
from twilio_wire import g711

NUMBER = "+15550001111"
CALLER = "+15557770001"
SOUND = bytes(range(256)) * 5


async def dial(twilio: TwilioEmulator, customer: Customer, streams: StreamApp) -> Line:
    customer.pages["/voice"] = f"<Response><Connect><Stream url='{streams.url}'/></Connect></Response>"
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("in-progress")
    return line


def media(stream_sid: str, **more: object) -> str:
    body = {"event": "media", "streamSid": stream_sid, "media": {"payload": "/w=="}}
    return json.dumps({**body, **more})


WRONG: list[tuple[str, Callable[[str], str | bytes], int, str]] = [
    ("a binary frame", lambda sid: media(sid).encode(), 31950, "text frames"),
    ("no JSON", lambda _: "hello", 31951, "JSON"),
    ("an unknown event", lambda sid: media(sid, event="speak"), 31951, "media-streams"),
    ("another stream's sid", lambda _: media("MZ" + "0" * 32), 31951, "streamSid"),
    ("the call's sid", lambda _: media("CA" + "0" * 32), 31951, "call's SID"),
    ("no sid", lambda _: json.dumps({"event": "clear"}), 31951, "streamSid"),
    ("a snake_case sid", lambda sid: media(sid).replace("streamSid", "stream_sid"), 31951, "streamSid instead of"),
    ("a stop", lambda sid: json.dumps({"event": "stop", "streamSid": sid}), 31951, "complete the call by REST"),
    ("keys", lambda sid: json.dumps({"event": "dtmf", "streamSid": sid}), 31951, "tones as audio"),
]


@pytest.mark.parametrize(("wrong", "code", "hint"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
async def test_a_wrong_message_is_told_once_and_the_call_survives(
    twilio: TwilioEmulator,
    customer: Customer,
    streams: StreamApp,
    wrong: Callable[[str], str | bytes],
    code: int,
    hint: str,
) -> None:
    async def blunder(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            await stream.socket.send(wrong(stream.sid))
            await stream.socket.send(wrong(stream.sid))
            await stream.play(SOUND)

    streams.react = blunder
    line = await dial(twilio, customer, streams)
    await line.silence(0.5)
    assert codes(twilio) == [code]
    assert hint in warnings(twilio)
    assert (line.heard.pcm[: len(SOUND)] == g711.decode(SOUND)).all()
    assert line.status == "in-progress"


async def test_each_code_is_told_once_a_stream_however_much_goes_wrong(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def blunder(stream: Stream, message: Message) -> None:
        for _, wrong, _, _ in WRONG:
            await stream.socket.send(wrong(stream.sid))

    streams.react = blunder
    line = await dial(twilio, customer, streams)
    await line.silence(0.2)
    assert codes(twilio) == [31950, 31951]


async def test_a_call_outlives_an_app_that_breaks_the_websocket_protocol(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def blunder(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            stream.socket.transport.write(b"\xff\xff\xff\xff")

    streams.react = blunder
    line = await dial(twilio, customer, streams)
    await line.wait_until("completed")  # no verb follows
    assert codes(twilio) == [31924]


@pytest.mark.parametrize(("most", "heard"), [(2**20, False), (2**21, True)])
async def test_how_long_a_message_may_be_is_a_quirk(streams: StreamApp, most: int, heard: bool) -> None:
    async def speech_at_once(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            await stream.play(bytes(range(128)) * 8000)  # 1.4 MB of base64

    streams.react = speech_at_once
    async with TwilioEmulator(speed="max", speech="murmur", quirks=Quirks(max_stream_message_bytes=most)) as twilio:
        customer = Customer(twilio.auth_token)
        await customer.start()
        line = await dial(twilio, customer, streams)
        if heard:
            await line.silence(1)
        else:
            await line.wait_until("completed")
        assert line.heard.pcm.any() == heard
        assert codes(twilio) == ([] if heard else [31924])
        await customer.stop()
