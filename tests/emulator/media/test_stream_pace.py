"""Keeping step with applications that are slow, stuck, or silent."""

import asyncio
import base64
import json
import re

from stream_bench import IDLE, STREAM_SID, mark, media

from twilio_emulator.clock import RealClock
from twilio_emulator.journal import Problem
from twilio_emulator.media.stream_owner import SocketLimits

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


async def test_a_frame_is_not_followed_by_another_before_the_application_has_read_it(bare, calls):
    seen = []

    async def script(bare_socket):
        while True:
            opcode, payload = await bare_socket.receive()
            if opcode == PING:
                seen.append(f"pong at {call.clock.now_ms}")
                bare_socket.send(PONG, payload)
            elif opcode == 1:
                seen.append(json.loads(payload)["event"])

    _, url = await bare(script)
    call = calls(url)
    call.stream.open()
    await call.connected.wait()
    await call.frames(2)

    assert seen == [
        *("connected", "start", "pong at 0", "pong at 0"),
        *("media", "pong at 20", "pong at 20"),
        *("media", "pong at 40", "pong at 40"),
    ]


async def test_marks_keys_and_the_frame_of_one_moment_are_settled_together(bare, calls):
    pings = 0

    async def script(bare_socket):
        nonlocal pings
        while True:
            opcode, payload = await bare_socket.receive()
            if opcode == PING:
                pings += 1
                bare_socket.send(PONG, payload)

    _, url = await bare(script)
    call = await calls(url).open()
    before = pings
    call.stream.frame(IDLE, IDLE)
    call.stream.marks_heard(["a", "b"])
    call.stream.digit("1")
    await call.settled()

    assert pings - before == 2


async def test_stop_is_read_too_when_the_call_ends_in_the_middle_of_a_frame(bare, calls):
    seen = []

    async def script(bare_socket):
        while True:
            opcode, payload = await bare_socket.receive()
            if opcode == PING:
                seen.append("ping")
                bare_socket.send(PONG, payload)
                if len(seen) == 6:
                    call.hang_up()
            elif opcode == CLOSE:
                seen.append("close")
                bare_socket.send(CLOSE, payload)
                return
            else:
                seen.append(json.loads(payload)["event"])

    _, url = await bare(script)
    call = await calls(url).open()
    await call.frames(1)
    await call.settled()

    # The frame's own second ping, then two for stop.
    assert seen[4:] == ["media", "ping", "stop", "ping", "ping", "ping", "close"]


async def test_an_application_that_answers_no_pings_is_waited_for_once(bare, calls):
    async def script(bare_socket):
        while True:
            await bare_socket.receive()

    _, url = await bare(script)
    call = await calls(url, limits=SocketLimits(answer_s=0.02)).open()
    await call.frames(500)
    call.hang_up()
    await call.settled()

    (problem,) = call.journal.of(Problem)
    assert (problem.code, problem.level) == (0, "warning")
    assert problem.message == "The application does not answer WebSocket pings; a free clock no longer waits for it."


async def test_an_application_that_answers_late_is_kept_step_with_again(bare, calls):
    pings = []

    async def script(bare_socket):
        while True:
            opcode, payload = await bare_socket.receive()
            if opcode == PING:
                pings.append(payload)
            if opcode == PING and len(pings) > 1:
                bare_socket.send(PONG, payload)
            elif b'"media"' in payload and len(pings) == 1:
                bare_socket.send(PONG, pings[0])
                bare_socket.send(TEXT, mark("awake").encode())

    _, url = await bare(script)
    call = await calls(url, limits=SocketLimits(answer_s=0.02)).open()
    awake = asyncio.Event()
    call.journal.subscribe(lambda entry: awake.set())
    await call.frames(1)
    await awake.wait()
    assert len(pings) == 1
    await call.frames(3)

    assert len(pings) == 1 + 2 + 3 * 2  # the one in vain, two for the mark that went back, two for each frame
    assert len(call.journal.of(Problem)) == 1


async def test_a_wrong_pong_is_no_answer(bare, calls):
    async def script(bare_socket):
        while True:
            opcode, _ = await bare_socket.receive()
            if opcode == PING:
                bare_socket.send(PONG, b"something else")

    _, url = await bare(script)
    call = await calls(url, limits=SocketLimits(answer_s=0.02)).open()

    assert len(call.journal.of(Problem)) == 1


async def test_an_application_that_does_not_read_loses_the_callers_audio_with_one_warning(bare, calls):
    seen_enough = asyncio.Event()

    async def script(bare_socket):
        bare_socket.writer.transport.pause_reading()
        await seen_enough.wait()

    _, url = await bare(script)
    call = calls(url, clock=RealClock(1_000_000), limits=SocketLimits(answer_s=0.02, unsent_bytes=10_000))
    call.stream.open()
    await call.connected.wait()
    frames = 0
    while not call.journal.of(Problem):
        call.stream.frame(IDLE, IDLE)
        frames += 1
    for _ in range(99):
        call.stream.frame(IDLE, IDLE)
    call.hang_up()
    seen_enough.set()

    assert call.problems == [(31930, "warning")]
    sent, dropped = re.findall(r"sent (\d+) frames \((\d+) dropped\)", call.moves[-1][2])[0]
    assert (int(sent), dropped) == (frames - 1, "100")
    assert frames < 3_000, "the kernel hides no more than a minute of audio from us"


async def test_media_goes_on_when_the_application_reads_again(bare, calls):
    sequence, reading = [], []

    async def script(bare_socket):
        bare_socket.writer.transport.pause_reading()
        await call.connected.wait()
        while not call.journal.of(Problem):
            for _ in range(100):
                call.stream.frame(IDLE, IDLE)
        bare_socket.writer.transport.resume_reading()
        reading.append(True)
        while call.stream._socket.congested:
            sequence.append(await bare_socket.receive())
        call.stream.frame(IDLE, IDLE)
        call.hang_up()
        while (received := await bare_socket.receive())[0] != 8:
            sequence.append(received)

    application, url = await bare(script)
    call = calls(url, clock=RealClock(1_000_000), limits=SocketLimits(unsent_bytes=10_000))
    call.stream.open()
    await application.over.wait()

    numbers = [json.loads(payload)["sequenceNumber"] for opcode, payload in sequence if b"sequenceNumber" in payload]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    assert json.loads(sequence[-1][1])["event"] == "stop"
    assert json.loads(sequence[-2][1])["streamSid"] == STREAM_SID


async def test_audio_sent_when_a_mark_comes_back_is_heard_at_that_very_moment(app, calls):
    """The mark that goes back is waited for like a frame, or the answer to it would come when it comes."""

    async def react(socket, text):
        message = json.loads(text)
        if message["event"] == "media" and message["media"]["chunk"] == "1":
            await socket.send(mark("now"))
        elif message["event"] == "mark":
            await asyncio.sleep(0)
            await socket.send(media(base64.b64encode(b"\x55" * 160).decode()))

    app.react = react
    call = await calls(app.url).open()
    await call.frames(3)

    assert call.heard == [IDLE, b"\x55" * 160, IDLE]


async def test_an_application_that_answers_every_mark_with_a_mark_does_not_stop_time(app, calls):
    async def react(socket, text):
        message = json.loads(text)
        if message["event"] == "mark" or message["event"] == "start":
            await socket.send(mark("again"))

    app.react = react
    call = await calls(app.url).open()
    await call.frames(2)

    assert call.clock.now_ms == 40
