"""`<Connect><Stream>` from the app's side of the socket, while a phone talks, listens and presses keys."""

from pathlib import Path

from customer import Customer
from journal_views import warnings
from stream_app import Message, Stream, StreamApp
from twilio.request_validator import RequestValidator

from twilio_emulator import Line, TwilioEmulator
from twilio_wire import g711
from twilio_wire.audio import from_ulaw, read_audio

FIXTURES = Path(__file__).parents[3] / "fixtures_audio"
NUMBER = "+15550001111"
CALLER = "+15557770001"
EVERY_CODE = bytes(range(256)) * 25  # 0.8 s, every µ-law code in it


def connect(streams: StreamApp, *, inside: str = "", after: str = "", **attributes: str) -> str:
    more = "".join(f" {name}='{value}'" for name, value in attributes.items())
    return f"<Response><Connect><Stream url='{streams.url}'{more}>{inside}</Stream></Connect>{after}</Response>"


async def dial(twilio: TwilioEmulator, customer: Customer, document: str) -> Line:
    """A call that has just been answered."""
    customer.pages["/voice"] = document
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("in-progress")
    return line


def at_start(*sounds: bytes, mark: str = "", clear: bool = False):
    """A reaction: say something as soon as the stream has started."""

    async def react(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            for sound in sounds:
                await stream.play(sound)
            if mark:
                await stream.mark(mark)
            if clear:
                await stream.clear()

    return react


async def test_a_stream_opens_with_connected_and_start_and_ends_with_stop(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    parameters = "<Parameter name='customer' value='42'/><Parameter name='naïve' value='a &amp; b'/>"
    line = await dial(twilio, customer, connect(streams, inside=parameters, name="talk"))
    await line.silence(1.0)
    await line.hang_up()
    await streams.closed()

    assert streams.events == ["connected", "start", "media", "stop"]
    connected, start = streams.received[:2]
    assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    sid = start["streamSid"]
    assert sid.startswith("MZ")
    assert start == {
        "event": "start",
        "sequenceNumber": "1",
        "streamSid": sid,
        "start": {
            "accountSid": twilio.account_sid,
            "streamSid": sid,
            "callSid": line.call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"customer": "42", "naïve": "a & b"},
        },
    }
    stop = streams.received[-1]
    assert stop["stop"] == {"accountSid": twilio.account_sid, "callSid": line.call_sid}
    assert streams.close_codes == [1000]


async def test_the_upgrade_request_is_signed_and_says_who_asks(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, connect(streams))
    await line.hang_up()
    (request,) = streams.requests
    signature = request.headers["X-Twilio-Signature"]
    assert RequestValidator(twilio.auth_token).validate(streams.url, {}, signature)
    assert request.headers["User-Agent"] == "Twilio.TmeWs/1.0"
    assert "Sec-WebSocket-Extensions" not in request.headers


async def test_what_the_caller_says_arrives_bit_by_bit_and_on_time(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, connect(streams))
    await line.play(EVERY_CODE)
    await line.silence(0.2)
    await line.hang_up()

    assert EVERY_CODE in streams.audio()
    media = streams.of("media")
    count = len(media)
    assert [message["media"]["chunk"] for message in media] == [str(number) for number in range(1, count + 1)]
    assert [message["sequenceNumber"] for message in media] == [str(number) for number in range(2, count + 2)]
    first = int(media[0]["media"]["timestamp"])
    assert [int(message["media"]["timestamp"]) - first for message in media] == [20 * n for n in range(count)]
    assert streams.received[-1]["sequenceNumber"] == str(count + 2)
    assert {len(message["media"]["payload"]) for message in media} == {216}  # 160 bytes each
    assert line.said.ulaw() == from_ulaw(streams.audio()).ulaw()


async def test_what_the_app_says_is_heard_bit_by_bit(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    ragged = [EVERY_CODE[:7], EVERY_CODE[7:3000], EVERY_CODE[3000:]]
    streams.react = at_start(*ragged)
    line = await dial(twilio, customer, connect(streams))
    await line.silence(1.0)
    heard = line.heard.pcm
    said = g711.decode(EVERY_CODE)
    assert (heard[: len(said)] == said).all()
    assert not heard[len(said) :].any()


async def test_a_mark_comes_back_when_the_audio_before_it_has_been_heard(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    streams.react = at_start(bytes(800 * 8), mark="said it")
    line = await dial(twilio, customer, connect(streams))
    await line.silence(1.0)
    (mark,) = streams.of("mark")
    assert mark["mark"] == {"name": "said it"}
    before = streams.received[streams.received.index(mark) - 1]
    assert int(before["media"]["timestamp"]) in range(800, 841)


async def test_clear_sends_the_marks_back_and_the_caller_hears_nothing_more(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    speech = read_audio(FIXTURES / "agent" / "our_opening_hours.wav").ulaw()

    async def interrupt(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            await stream.play(speech)
            await stream.mark("first")
            await stream.play(speech)
            await stream.mark("second")
        elif message["event"] == "media" and message["media"]["timestamp"] == "600":
            await stream.clear()

    streams.react = interrupt
    line = await dial(twilio, customer, connect(streams))
    await line.silence(2.0)
    assert [message["mark"]["name"] for message in streams.of("mark")] == ["first", "second"]
    before_marks = streams.received[streams.received.index(streams.of("mark")[0]) - 1]
    assert before_marks["media"]["timestamp"] == "600"
    heard = line.heard.pcm
    assert (heard[:4800] == g711.decode(speech[:4800])).all()
    assert not heard[4800:].any()


async def test_keys_that_the_caller_presses_are_told_to_the_app(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, connect(streams))
    await line.press("5#")
    await line.silence(0.2)
    assert [message["dtmf"] for message in streams.of("dtmf")] == [
        {"track": "inbound_track", "digit": "5"},
        {"track": "inbound_track", "digit": "#"},
    ]
    numbers = [int(message["sequenceNumber"]) for message in streams.received[1:]]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_an_app_that_echoes_is_heard_a_moment_later(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def echo(stream: Stream, message: Message) -> None:
        if message["event"] == "media":
            await stream.echo(message)

    streams.react = echo
    line = await dial(twilio, customer, connect(streams))
    await line.play(EVERY_CODE)
    await line.silence(0.5)
    said, heard = line.said.pcm, line.heard.pcm
    assert (heard[160:] == said[: len(heard) - 160]).all()  # one frame later


async def test_a_query_string_does_not_reach_the_app_and_is_warned_about(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    document = connect(streams).replace("/media", "/media?room=7")
    line = await dial(twilio, customer, document)
    await line.hang_up()
    assert [request.path for request in streams.requests] == ["/media"]
    assert "query string" in warnings(twilio)
