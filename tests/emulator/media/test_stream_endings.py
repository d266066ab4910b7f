"""How a stream ends when the application ends it, on purpose or not."""

import asyncio
import base64
import json
import struct

import pytest
from stream_bench import clear, mark, media

from twilio_emulator.clock import RealClock
from twilio_emulator.journal import Problem
from twilio_emulator.media.stream_owner import SocketLimits
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.flow import StreamEnding

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def closing_with(code: int, reason: str = ""):
    async def react(socket, text):
        if json.loads(text)["event"] == "media":
            await socket.close(code, reason)

    return react


@pytest.mark.parametrize("code", [1000, 1001])
async def test_an_application_that_closes_cleanly_ends_the_stream_without_an_error(app, calls, code):
    app.react = closing_with(code, "done")
    call = await calls(app.url).open()
    await call.frames(3)

    assert call.endings == [StreamEnding.CLOSED_BY_APP]
    assert call.stream_events == ["stream-started", "stream-stopped"]
    assert call.problems == []
    assert call.moves[-2:] == [
        ("app", "closed", f"{code} done"),
        ("twilio", "summary", "sent 1 frames, received 0.0 s in 0 messages"),
    ]
    assert app.events == ["connected", "start", "media"]


async def test_the_status_callback_comes_before_the_call_goes_on(app, calls):
    app.react = closing_with(1000)
    call = calls(app.url)
    order = []
    call.stream._notify = lambda parameters: order.append(parameters["StreamEvent"])
    call.stream._ended = order.append
    call.stream.open()
    await call.settled()
    await call.frames(2)

    assert order == ["stream-started", "stream-stopped", StreamEnding.CLOSED_BY_APP]


async def test_a_quirk_reports_a_clean_close_as_31921(app, calls):
    app.react = closing_with(1000)
    call = await calls(app.url, quirks=Quirks(clean_close_is_stream_error=True)).open()
    await call.frames(2)

    assert call.endings == [StreamEnding.CLOSED_BY_APP]
    assert call.stream_events == ["stream-started", "stream-error"]
    assert call.callbacks[-1]["StreamError"] == "Stream signal error, code: 31921"
    assert call.problems == [(31921, "error")]


async def test_a_handler_that_fails_is_31921_with_its_close_code(app, calls):
    app.react = closing_with(1011, "internal error")
    call = await calls(app.url).open()
    await call.frames(2)

    (problem,) = call.journal.of(Problem)
    assert problem.code == 31921
    assert problem.message == "The application closed the stream with code 1011 (internal error)."
    assert call.endings == [StreamEnding.CLOSED_BY_APP]
    assert call.stream_events[-1] == "stream-error"


@pytest.mark.parametrize("how", ["write_eof", "abort"])
async def test_a_dropped_connection_is_31903(bare, calls, how):
    async def script(bare_socket):
        for _ in range(2):
            await bare_socket.receive()
        getattr(bare_socket.writer.transport, how)()

    _, url = await bare(script)
    call = calls(url)
    call.stream.open()
    await call.ended.wait()
    await call.settled()

    assert call.problems == [(31903, "error")]
    assert call.endings == [StreamEnding.CLOSED_BY_APP]
    assert call.stream_events == ["stream-started", "stream-error"]
    assert ("app", "closed", "1006") in call.moves


async def test_audio_that_was_not_heard_when_the_application_closed_is_dropped_with_a_hint(app, calls):
    async def say_and_close(socket, text):
        if json.loads(text)["event"] == "start":
            await socket.send(media(base64.b64encode(bytes(8000)).decode()))
            await socket.close()

    app.react = say_and_close
    call = calls(app.url)
    call.stream.open()
    await call.ended.wait()

    (problem,) = call.journal.of(Problem)
    assert (problem.code, problem.level) == (0, "warning")
    assert problem.message == "The application closed the stream before 1.0 s of its audio had been heard."
    assert call.playback.is_empty
    assert call.moves[-1][2] == "sent 0 frames, received 1.0 s in 1 messages, 1.0 s unheard"


async def test_after_a_failure_nobody_is_told_of_audio_that_was_not_heard(app, calls):
    async def say_and_fail(socket, text):
        await socket.send(media(base64.b64encode(bytes(8000)).decode()))
        await socket.close(1011)

    app.react = say_and_fail
    call = calls(app.url)
    call.stream.open()
    await call.ended.wait()

    assert call.problems == [(31921, "error")]


async def test_an_application_that_closes_right_after_accepting_is_told_of_nothing_more(bare, calls):
    async def script(bare_socket):
        bare_socket.send(CLOSE, struct.pack("!H", 1000))
        await bare_socket.reader.read()

    _, url = await bare(script)
    call = calls(url)
    call.stream.open()
    await call.ended.wait()
    await call.settled()

    assert call.endings == [StreamEnding.CLOSED_BY_APP]
    assert call.problems == []


async def test_a_close_without_a_code_is_a_clean_close(bare, calls):
    async def script(bare_socket):
        await bare_socket.receive()
        bare_socket.send(CLOSE, b"")
        await bare_socket.reader.read()

    _, url = await bare(script)
    call = calls(url)
    call.stream.open()
    await call.ended.wait()

    assert call.problems == []
    assert ("app", "closed", "1005") in call.moves


async def test_what_was_sent_before_a_close_still_counts(bare, calls):
    async def script(bare_socket):
        await bare_socket.receive()
        bare_socket.send(TEXT, mark("said").encode())
        bare_socket.send(CLOSE, struct.pack("!H", 1000))
        await bare_socket.reader.read()

    _, url = await bare(script)
    call = calls(url)
    call.stream.open()
    await call.ended.wait()

    assert ("app", "mark", "said") in call.moves


async def breaking(bare, calls, *sent):
    """A call whose application sends these bytes on a WebSocket that has begun well."""
    replies = []

    async def script(bare_socket):
        for _ in range(2):
            await bare_socket.receive()
        for data in sent:
            bare_socket.writer.write(data)
        while True:
            opcode, payload = await bare_socket.receive()
            if opcode == CLOSE:
                replies.append(struct.unpack("!H", payload[:2])[0])
                return

    application, url = await bare(script)
    call = calls(url)
    call.stream.open()
    await call.ended.wait()
    await application.over.wait()
    return call, replies[0]


@pytest.mark.parametrize(
    ("sent", "close_code"),
    [
        (b"\x83\x00", 1002),  # an opcode that does not exist
        (b"\xc1\x02{}", 1002),  # a compressed frame, which was not negotiated
        (b"\x09\x00", 1002),  # a fragmented ping
        (b"\x80\x00", 1002),  # a continuation of nothing
        (b"\x81\x02\xff\xfe", 1007),  # text that is not UTF-8
        (b"\x88\x02\x03\xe7", 1002),  # a close code that may not be sent
        (b"\x81\x7f" + (2**20 + 1).to_bytes(8, "big"), 1009),  # a message too big
        (b"garbage that no framing allows", 1002),
    ],
)
async def test_breaking_the_websocket_protocol_is_31924_and_the_stream_has_failed(bare, calls, sent, close_code):
    call, replied = await breaking(bare, calls, sent)

    assert replied == close_code
    await call.settled()
    assert call.problems == [(31924, "error")]
    assert call.endings == [StreamEnding.FAILED]
    assert call.stream_events == ["stream-started", "stream-error"]


async def test_a_message_of_two_mebibytes_is_31924_whatever_library_sends_it(app, calls):
    async def shout(socket, text):
        if json.loads(text)["event"] == "start":
            await socket.send("x" * 2**21)

    app.react = shout
    call = calls(app.url)
    call.stream.open()
    await call.ended.wait()
    await app.over.wait()

    assert app.close_code == 1009
    assert call.problems == [(31924, "error")]
    (problem,) = call.journal.of(Problem)
    assert problem.hint.startswith("Send long audio in several media messages.")


async def test_a_message_may_come_in_fragments_with_a_ping_between(bare, calls):
    pongs = []

    async def script(bare_socket):
        await bare_socket.receive()
        first, second = mark("in pieces")[:20].encode(), mark("in pieces")[20:].encode()
        bare_socket.send(TEXT, first, last=False)
        bare_socket.send(PING, b"still there?")
        bare_socket.send(0, second[:5], last=False)
        bare_socket.send(0, second[5:])
        bare_socket.send(CLOSE, struct.pack("!H", 1000))
        while (received := await bare_socket.receive())[0] != CLOSE:
            if received[0] == PONG:
                pongs.append(received[1])

    application, url = await bare(script)
    call = calls(url)
    call.stream.open()
    await call.ended.wait()
    await application.over.wait()

    assert ("app", "mark", "in pieces") in call.moves
    assert pongs == [b"still there?"]


async def test_a_binary_message_in_fragments_is_one_binary_message(bare, calls):
    async def script(bare_socket):
        await bare_socket.receive()
        bare_socket.send(BINARY, b"\xff" * 80, last=False)
        bare_socket.send(0, b"\xff" * 80)
        bare_socket.send(CLOSE, struct.pack("!H", 1000))
        await bare_socket.reader.read()

    _, url = await bare(script)
    call = calls(url)
    call.stream.open()
    await call.ended.wait()

    assert call.problems == [(31950, "warning")]


async def answer_pings_until(bare_socket, end):
    while True:
        opcode, payload = await bare_socket.receive()
        if opcode == PING:
            bare_socket.send(PONG, payload)
        if opcode == end:
            return


async def test_an_application_that_never_answers_our_close_is_dropped(bare, calls):
    async def script(bare_socket):
        await answer_pings_until(bare_socket, CLOSE)
        await bare_socket.reader.read()

    application, url = await bare(script)
    call = await calls(url, limits=SocketLimits(answer_s=0.02)).open()
    call.hang_up()
    await call.settled()
    await application.over.wait()

    assert call.endings == []
    assert call.problems == []


async def test_what_the_application_sends_after_stop_is_not_heeded(bare, calls):
    async def script(bare_socket):
        while b'"stop"' not in (await bare_socket.receive())[1]:
            pass
        bare_socket.send(TEXT, clear().encode())
        bare_socket.send(BINARY, b"rubbish")
        bare_socket.send(CLOSE, struct.pack("!H", 1011))
        while (await bare_socket.receive())[0] != CLOSE:
            pass

    application, url = await bare(script)
    call = calls(url, clock=RealClock(1000))
    call.stream.open()
    await call.connected.wait()
    call.hang_up()
    await application.over.wait()

    assert call.problems == []
    assert call.endings == []
    assert call.stream_events == ["stream-started", "stream-stopped"]


async def test_on_a_free_clock_too_what_comes_after_stop_is_not_heeded(app, calls):
    async def talk_on(socket, text):
        if json.loads(text)["event"] == "stop":
            await socket.send(mark("too late"))
            await socket.send(b"rubbish")

    app.react = talk_on
    call = await calls(app.url).open()
    call.hang_up()
    await call.settled()

    assert [move for move in call.moves if move[0] == "app"] == []
    assert call.problems == []


async def test_on_a_free_clock_an_application_that_answers_stop_by_closing_is_not_the_one_who_ended_it(bare, calls):
    async def script(bare_socket):
        while b'"stop"' not in (received := await bare_socket.receive())[1]:
            if received[0] == PING:
                bare_socket.send(PONG, received[1])
        bare_socket.send(CLOSE, struct.pack("!H", 1011))
        await bare_socket.reader.read()

    _, url = await bare(script)
    call = await calls(url).open()
    call.hang_up()
    await call.settled()

    assert call.endings == []
    assert call.problems == []
    assert call.stream_events == ["stream-started", "stream-stopped"]


async def test_time_stands_still_until_the_application_has_answered_our_close(bare, calls):
    answered = []

    async def script(bare_socket):
        await answer_pings_until(bare_socket, CLOSE)
        for _ in range(20):
            await asyncio.sleep(0)
        answered.append(call.clock.now_ms)
        bare_socket.send(CLOSE, struct.pack("!H", 1000))

    _, url = await bare(script)
    call = await calls(url).open()
    call.clock.call_at(20, call.hang_up)
    call.clock.call_at(40, lambda: None)
    await call.frames(3)

    assert answered == [20]


async def test_time_stands_still_until_the_application_has_read_stop(app, calls):
    call = await calls(app.url).open()
    call.hang_up()
    await call.settled()

    assert app.events[-1] == "stop"


async def test_when_the_emulator_ends_the_application_is_still_told_politely(app, calls):
    call = await calls(app.url).open()
    call.hang_up()
    await call.tasks.aclose()
    await app.over.wait()

    assert app.events == ["connected", "start", "stop"]
    assert app.close_code == 1000
    assert call.endings == []
