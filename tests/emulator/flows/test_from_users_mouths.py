"""What people get wrong with Media Streams, from their own issues: the emulator does as Twilio does, and says so.

Each test is a call as it would go on a real account, and the warning that a newcomer finds in the journal.
"""

import json

import pytest
from customer import Customer
from journal_views import codes, warnings
from stream_app import Message, Stream, StreamApp

from twilio_emulator import Line, TwilioEmulator
from twilio_emulator.journal import StreamMoved

NUMBER = "+15550001111"
CALLER = "+15557770001"
SECOND_OF_SOUND = bytes(range(160)) * 50


def connect(url: str, after: str = "") -> str:
    return f"<Response><Connect><Stream url='{url}'/></Connect>{after}</Response>"


async def dial(twilio: TwilioEmulator, customer: Customer, document: str) -> Line:
    customer.pages["/voice"] = document
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("in-progress")
    return line


def update(twilio: TwilioEmulator, call_sid: str, **changes: str) -> None:
    """By REST, with the SDK as it is: nothing else happens in the application meanwhile."""
    twilio.client().calls(call_sid).update(**changes)


# --- a query string on a stream's url, and the token in it ------------------------------------------------------------


async def test_a_token_in_the_query_string_never_reaches_the_app(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    def look_for_token(connection, request):
        streams.requests.append(request)
        return None if "token=secret" in request.path else connection.respond(403, "no token")

    streams._look_at_request = look_for_token
    await streams.stop()
    await streams.start()
    line = await dial(twilio, customer, connect(f"{streams.url}?token=secret"))
    await line.wait_until("completed")
    assert [request.path for request in streams.requests] == ["/media"]
    assert codes(twilio) == [31920]
    assert "has a query string in its url; the app does not get to see it" in warnings(twilio)
    assert "a token that is looked for there fails. Pass it as a <Parameter>" in warnings(twilio)


async def test_an_app_that_closes_for_want_of_the_token_is_told_the_same(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def close_without_token(stream: Stream, message: Message) -> None:
        if "token=" not in stream.socket.request.path:
            await stream.socket.close(1008, "no token")

    streams.react = close_without_token
    line = await dial(twilio, customer, connect(f"{streams.url}?token=secret"))
    await line.wait_until("completed")
    assert codes(twilio) == [31921]
    assert "Pass it as a <Parameter>" in warnings(twilio)


async def test_a_token_in_a_parameter_arrives(twilio: TwilioEmulator, customer: Customer, streams: StreamApp) -> None:
    stream = f"<Stream url='{streams.url}'><Parameter name='token' value='secret'/></Stream>"
    line = await dial(twilio, customer, f"<Response><Connect>{stream}</Connect></Response>")
    await line.silence(0.1)
    assert streams.of("start")[0]["start"]["customParameters"] == {"token": "secret"}
    assert codes(twilio) == []


async def test_a_query_string_in_a_fork_by_rest_is_warned_about(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, "<Response><Say>Hi.</Say><Pause length='10'/></Response>")
    twilio.client().calls(line.call_sid).streams.create(url=f"{streams.url}?token=1")
    await line.silence(0.1)
    assert [request.path for request in streams.requests] == ["/media"]
    assert "query string" in warnings(twilio)


# --- the `answered` callback, and the stream that it races ------------------------------------------------------------


async def test_an_update_from_the_answered_callback_takes_the_call_away_from_the_stream(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    def on_status(form: dict[str, str]) -> str:
        if form["CallStatus"] == "in-progress":
            update(twilio, form["CallSid"], twiml="<Response><Say>Hello.</Say></Response>")
        return ""

    customer.pages |= {"/voice": connect(streams.url), "/status": on_status}
    twilio.add_number(NUMBER)
    phone = twilio.handset(CALLER)
    twilio.client().calls.create(
        to=CALLER,
        from_=NUMBER,
        url=f"{customer.url}/voice",
        status_callback=f"{customer.url}/status",
        status_callback_event=["answered"],
    )
    line = await phone.next_call()
    await line.wait_until("completed")
    assert streams.of("media") == []
    assert line.heard.seconds < 5
    assert "Other TwiML took over before the call's own document had come." in warnings(twilio)
    assert "A callback of the answer may come before the stream, or after it" in warnings(twilio)


async def test_an_update_at_the_very_start_of_a_stream_is_warned_about(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, connect(streams.url))
    await line.silence(0.3)
    update(twilio, line.call_sid, twiml="<Response><Say>Hello.</Say></Response>")
    await line.wait_until("completed")
    assert "Other TwiML took over 0.3 s after the stream's start, and nothing was said." in warnings(twilio)


async def test_an_update_of_a_stream_that_has_done_its_work_is_nobodys_mistake(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, connect(streams.url))
    await line.silence(2)
    update(twilio, line.call_sid, twiml="<Response><Say>Hello.</Say></Response>")
    await line.wait_until("completed")
    assert "took over" not in warnings(twilio)


# --- marks that `clear` sends back ------------------------------------------------------------------------------------


async def test_marks_that_clear_sends_back_look_like_marks_that_were_reached(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def interrupt_itself(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            await stream.mark("nothing before it")
            await stream.play(SECOND_OF_SOUND)
            await stream.mark("the end of the sentence")
        elif message["event"] == "media" and message["media"]["chunk"] == "10":
            await stream.clear()

    streams.react = interrupt_itself
    line = await dial(twilio, customer, connect(streams.url))
    await line.silence(2)
    reached, cleared = streams.of("mark")
    assert reached.keys() == cleared.keys()
    assert cleared["mark"] == {"name": "the end of the sentence"}
    assert not line.heard.pcm[2000:].any()
    details = [
        entry.detail for entry in twilio.journal.of(StreamMoved) if (entry.source, entry.event) == ("twilio", "mark")
    ]
    assert details == ["nothing before it", "the end of the sentence (cleared)"]
    assert "clear sent 1 mark back whose audio was never heard" in warnings(twilio)
    assert "what was before them has not been heard" in warnings(twilio)


# --- media before `start` ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sid", [{}, {"streamSid": None}, {"streamSid": ""}, {"streamSid": "undefined"}])
async def test_audio_sent_before_start_has_come_is_not_heard(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp, sid: dict[str, str | None]
) -> None:
    async def greet_at_once(stream: Stream, message: Message) -> None:
        if message["event"] == "connected":
            greeting = {"event": "media", **sid, "media": {"payload": "AAAA" * 1000}}
            await stream.socket.send(json.dumps(greeting))

    streams.react = greet_at_once
    line = await dial(twilio, customer, connect(streams.url))
    await line.silence(1)
    assert not line.heard.pcm.any()
    assert codes(twilio) == [31951]
    assert "Send nothing before start has come: it tells the streamSid that every message must carry." in warnings(
        twilio
    )


# --- a hang-up that cuts the last sentence ----------------------------------------------------------------------------


def say_goodbye_and(then):
    """An app that says a second of goodbye and at once does something else."""

    async def react(stream: Stream, message: Message) -> None:
        if message["event"] == "dtmf":
            await stream.play(SECOND_OF_SOUND)
            await then(stream)

    return react


async def test_a_call_completed_by_rest_is_cut_in_the_middle_of_the_sentence(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def complete(_: Stream) -> None:
        update(twilio, line.call_sid, status="completed")

    streams.react = say_goodbye_and(complete)
    line = await dial(twilio, customer, connect(streams.url))
    await line.press("1")
    await line.wait_until("completed")
    assert not line.heard.pcm.any()
    assert "The call was ended before 1.0 s of the application's audio had been heard." in warnings(twilio)
    assert "Send a mark after the last audio, and end the call when it comes back." in warnings(twilio)


async def test_other_twiml_cuts_the_sentence_too(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def transfer(_: Stream) -> None:
        update(twilio, line.call_sid, twiml="<Response><Pause/></Response>")

    streams.react = say_goodbye_and(transfer)
    line = await dial(twilio, customer, connect(streams.url))
    await line.press("1")
    await line.wait_until("completed")
    assert "Other TwiML took over before 1.0 s of the application's audio had been heard." in warnings(twilio)


async def test_closing_the_socket_cuts_the_sentence_too(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    streams.react = say_goodbye_and(lambda stream: stream.socket.close())
    line = await dial(twilio, customer, connect(streams.url))
    await line.press("1")
    await line.wait_until("completed")
    assert "The application closed the stream before 1.0 s of its audio had been heard." in warnings(twilio)


async def test_waiting_for_the_mark_cuts_nothing(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def react(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            await stream.play(SECOND_OF_SOUND)
            await stream.mark("goodbye")
        elif message["event"] == "mark":
            update(twilio, line.call_sid, status="completed")

    streams.react = react
    line = await dial(twilio, customer, connect(streams.url))
    await line.wait_until("completed")
    assert len(line.heard.pcm) >= len(SECOND_OF_SOUND)
    assert "had been heard" not in warnings(twilio)


async def test_a_caller_who_hangs_up_in_the_middle_of_a_sentence_is_nobodys_mistake(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def talk(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            await stream.play(SECOND_OF_SOUND)

    streams.react = talk
    line = await dial(twilio, customer, connect(streams.url))
    await line.silence(0.5)
    await line.hang_up()
    assert "had been heard" not in warnings(twilio)


# --- a verb left over behind <Connect> --------------------------------------------------------------------------------


async def test_a_pause_left_over_behind_connect_keeps_a_silent_line_open(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def close_soon(stream: Stream, message: Message) -> None:
        if message["event"] == "media" and message["media"]["chunk"] == "25":
            await stream.socket.close()

    streams.react = close_soon
    line = await dial(twilio, customer, connect(streams.url, after="<Pause length='40'/>"))
    await line.wait_until("completed")
    assert line.heard.seconds == pytest.approx(40.5, abs=0.1)
    assert "<Pause> after <Connect> at line 1, column 11 runs only after the app has closed" in warnings(twilio)
    assert "If the call should end with the stream, remove what follows." in warnings(twilio)


# --- listening where one means to talk --------------------------------------------------------------------------------


async def test_an_agent_on_a_fork_talks_and_nobody_hears_it(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def talk(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            await stream.play(SECOND_OF_SOUND)

    streams.react = talk
    document = (
        f"<Response><Start><Stream url='{streams.url}' track='both_tracks'/></Start><Pause length='2'/></Response>"
    )
    line = await dial(twilio, customer, document)
    await line.wait_until("completed")
    assert not line.heard.pcm.any()
    assert "Use <Connect><Stream> to be heard" in warnings(twilio)
