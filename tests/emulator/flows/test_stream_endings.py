"""How a `<Connect><Stream>` ends, and what the call does next."""

import pytest
from customer import Customer
from journal_views import codes, spoken
from stream_app import Message, Stream, StreamApp

from twilio_emulator import Line, TwilioEmulator

NUMBER = "+15550001111"
CALLER = "+15557770001"
AFTER = "<Say>After the stream.</Say>"


def connect(url: str, *, after: str = "", action: str = "") -> str:
    stream = f"<Stream url='{url}' name='talk' statusCallback='{{callback}}'/>"
    return f"<Response><Connect action='{action}'>{stream}</Connect>{after}</Response>"


async def dial(twilio: TwilioEmulator, customer: Customer, document: str) -> Line:
    """A call that has been up for a second, unless it has ended."""
    customer.pages["/voice"] = document.format(callback=f"{customer.url}/stream_status")
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("in-progress")
    return line


def stream_events(customer: Customer) -> list[str]:
    return [form["StreamEvent"] for form in customer.forms("/stream_status")]


def close_at(timestamp: str, code: int = 1000):
    async def react(stream: Stream, message: Message) -> None:
        if message["event"] == "media" and message["media"]["timestamp"] == timestamp:
            await stream.socket.close(code)

    return react


async def test_the_next_verb_runs_when_the_app_closes(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    streams.react = close_at("1000")
    line = await dial(twilio, customer, connect(streams.url, after=AFTER))
    await line.wait_until("completed")
    assert spoken(twilio) == ["After the stream."]
    assert line.heard.seconds > 2.0
    assert len(streams.of("media")) == 50
    assert streams.of("stop") == []  # there is nobody to send it to
    assert stream_events(customer) == ["stream-started", "stream-stopped"]


async def test_the_call_ends_when_the_app_closes_and_nothing_follows(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    streams.react = close_at("500")
    line = await dial(twilio, customer, connect(streams.url))
    await line.wait_until("completed")
    assert line.heard.seconds == pytest.approx(0.5, abs=0.04)


async def test_the_action_is_asked_when_the_app_closes(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    customer.pages["/next"] = "<Response><Say>From action.</Say></Response>"
    streams.react = close_at("500")
    line = await dial(twilio, customer, connect(streams.url, after=AFTER, action="/next"))
    await line.wait_until("completed")
    assert customer.forms("/next")[0]["CallStatus"] == "in-progress"
    assert spoken(twilio) == ["From action."]


async def test_audio_that_was_not_heard_when_the_app_closed_is_never_heard(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def speak_and_close(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            await stream.play(bytes(80_000))
            await stream.socket.close()

    streams.react = speak_and_close
    line = await dial(twilio, customer, connect(streams.url, after="<Pause length='2'/>"))
    await line.wait_until("completed")
    assert not line.heard.pcm[160:].any()
    assert "unheard" in twilio.timeline(line.call_sid)


async def test_a_caller_who_hangs_up_stops_the_stream(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, connect(streams.url, after=AFTER))
    await line.silence(0.5)
    await line.hang_up()
    await streams.closed()
    assert streams.events == ["connected", "start", "media", "stop"]
    assert streams.close_codes == [1000]
    assert spoken(twilio) == []
    started, stopped = customer.forms("/stream_status")
    assert (started["StreamEvent"], stopped["StreamEvent"]) == ("stream-started", "stream-stopped")
    assert (stopped["StreamName"], stopped["StreamSid"]) == ("talk", streams.of("start")[0]["streamSid"])
    assert (stopped["CallSid"], stopped["AccountSid"]) == (line.call_sid, twilio.account_sid)
    assert started["Timestamp"] < stopped["Timestamp"]


async def test_rest_completes_the_call_and_the_stream_stops(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, connect(streams.url, after=AFTER))
    await line.silence(0.5)
    twilio.client().calls(line.call_sid).update(status="completed")
    await line.wait_until("completed")
    assert streams.events[-1] == "stop"
    assert spoken(twilio) == []


async def test_an_app_may_complete_the_call_from_inside_its_stream_handler(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def complete(stream: Stream, message: Message) -> None:
        if message["event"] == "media" and message["media"]["timestamp"] == "400":
            twilio.client().calls(streams.of("start")[0]["start"]["callSid"]).update(status="completed")

    streams.react = complete
    line = await dial(twilio, customer, connect(streams.url))
    await line.wait_until("completed")
    assert line.heard.seconds == pytest.approx(0.4, abs=0.04)


async def test_new_twiml_stops_the_stream_and_takes_over(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def talk(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            await stream.play(bytes(80_000))
            await stream.mark("never heard")

    streams.react = talk
    line = await dial(twilio, customer, connect(streams.url, after=AFTER))
    await line.silence(0.5)
    twilio.client().calls(line.call_sid).update(twiml="<Response><Pause/><Say>New words.</Say></Response>")
    await line.silence(0.9)
    assert streams.events == ["connected", "start", "media", "stop"]
    assert not line.heard.pcm[-4000:].any()
    await line.wait_until("completed")
    assert spoken(twilio) == ["New words."]
    assert stream_events(customer) == ["stream-started", "stream-stopped"]


async def test_keys_sent_by_new_twiml_and_a_second_stream_after_them(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, connect(streams.url))
    again = connect(streams.url).format(callback="").replace("<Connect", "<Play digits='42'/><Connect", 1)
    twilio.client().calls(line.call_sid).update(twiml=again.replace(" action=''", ""))
    assert await line.wait_for_digits(2) == "42"
    await line.silence(0.5)
    assert streams.events == ["connected", "start", "stop", "connected", "start", "media"]
    assert len({message["streamSid"] for message in streams.of("start")}) == 2


async def test_an_app_that_refuses_the_socket_is_passed_over(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    streams.refuse_with = 403
    line = await dial(twilio, customer, connect(streams.url, after=AFTER))
    await line.wait_until("completed")
    assert (spoken(twilio), codes(twilio)) == (["After the stream."], [31920])
    assert stream_events(customer) == ["stream-error"]
    assert "31920" in customer.forms("/stream_status")[0]["StreamError"]


async def test_a_socket_where_nobody_listens_is_passed_over(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer, connect("ws://127.0.0.1:1/media", after=AFTER))
    await line.wait_until("completed")
    assert (spoken(twilio), codes(twilio)) == (["After the stream."], [31902])
    assert stream_events(customer) == ["stream-error"]


async def test_an_app_whose_handler_fails_is_a_stream_error_and_the_call_goes_on(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    streams.react = close_at("500", 1011)
    line = await dial(twilio, customer, connect(streams.url, after=AFTER))
    await line.wait_until("completed")
    assert (spoken(twilio), codes(twilio)) == (["After the stream."], [31921])
    assert stream_events(customer) == ["stream-started", "stream-error"]
