"""A stream as its application sees it, from the upgrade to the last message."""

import asyncio
import base64
import contextlib
import json

from stream_bench import ACCOUNT_SID, CALL_SID, IDLE, STREAM_SID, clear, mark, media

from twilio_emulator.clock import FreeClock, RealClock
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.flow import Track

AUDIO = bytes(range(160))
AUDIO_BASE64 = base64.b64encode(AUDIO).decode()
IDLE_BASE64 = base64.b64encode(IDLE).decode()


async def test_a_call_with_a_bidirectional_stream_sends_exactly_these_texts(app, calls):
    call = await calls(app.url, parameters=(("caller", "Ann"), ("caller", "Bob"), ("é", "ü"))).open()
    await call.frames(2, inbound=AUDIO)
    call.stream.digit("5")
    call.hang_up()
    await app.over.wait()

    payload = f'"payload":"{AUDIO_BASE64}"}},"streamSid":"{STREAM_SID}"}}'
    assert app.received == [
        '{"event":"connected","protocol":"Call","version":"1.0.0"}',
        f'{{"event":"start","sequenceNumber":"1","start":{{"accountSid":"{ACCOUNT_SID}","streamSid":"{STREAM_SID}",'
        f'"callSid":"{CALL_SID}","tracks":["inbound"],'
        '"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},'
        f'"customParameters":{{"caller":"Bob","é":"ü"}}}},"streamSid":"{STREAM_SID}"}}',
        '{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"20",' + payload,
        '{"event":"media","sequenceNumber":"3","media":{"track":"inbound","chunk":"2","timestamp":"40",' + payload,
        f'{{"event":"dtmf","streamSid":"{STREAM_SID}","sequenceNumber":"4",'
        '"dtmf":{"track":"inbound_track","digit":"5"}}',
        f'{{"event":"stop","sequenceNumber":"5","streamSid":"{STREAM_SID}",'
        f'"stop":{{"accountSid":"{ACCOUNT_SID}","callSid":"{CALL_SID}"}}}}',
    ]
    assert app.close_code == 1000


async def test_a_fork_of_both_tracks_sends_outbound_first_with_one_count_and_one_timestamp(app, calls):
    call = await calls(app.url, bidirectional=False, track=Track.BOTH).open()
    call.playback.play(AUDIO)
    await call.frames(2)

    assert app.messages[1]["start"]["tracks"] == ["inbound", "outbound"]
    assert [
        (message["sequenceNumber"], *(message["media"][key] for key in ("track", "chunk", "timestamp", "payload")))
        for message in app.of("media")
    ] == [
        ("2", "outbound", "1", "20", AUDIO_BASE64),
        ("3", "inbound", "2", "20", IDLE_BASE64),
        ("4", "outbound", "3", "40", IDLE_BASE64),
        ("5", "inbound", "4", "40", IDLE_BASE64),
    ]


async def test_a_fork_of_the_outbound_track_carries_what_the_far_end_hears(app, calls):
    call = await calls(app.url, bidirectional=False, track=Track.OUTBOUND).open()
    call.playback.play(AUDIO)
    await call.frames(1)

    assert app.messages[1]["start"]["tracks"] == ["outbound"]
    assert [message["media"]["payload"] for message in app.of("media")] == [AUDIO_BASE64]


async def test_a_fork_is_not_told_of_keys(app, calls):
    call = await calls(app.url, bidirectional=False).open()
    call.stream.digit("1")
    await call.frames(1)

    assert app.events == ["connected", "start", "media"]


async def test_the_first_timestamp_can_be_set_off(app, calls):
    call = await calls(app.url, quirks=Quirks(first_media_timestamp_ms=135)).open()
    await call.frames(2)

    assert [message["media"]["timestamp"] for message in app.of("media")] == ["155", "175"]


async def test_timestamps_count_from_the_streams_own_beginning(app, calls):
    call = calls(app.url)
    await call.frames(50)
    await call.open()
    await call.frames(2)

    assert [message["media"]["timestamp"] for message in app.of("media")] == ["20", "40"]


class LateClock(FreeClock):
    """Its callbacks may have been due some time ago, as a real clock's on a machine that is late."""

    late_ms = 0

    @property
    def now_ms(self) -> int:
        return super().now_ms - self.late_ms


async def test_frames_that_were_due_before_the_stream_began_are_none_of_it(app, calls):
    clock = LateClock()
    call = await calls(app.url, clock=clock).open()
    clock.late_ms = 40
    call.stream.frame(IDLE, IDLE)
    clock.late_ms = 0
    await call.frames(1)

    assert [message["media"]["timestamp"] for message in app.of("media")] == ["20"]


async def test_audio_of_the_application_is_heard_from_the_next_frame_on(app, calls):
    async def speak_once(socket, text):
        if json.loads(text)["event"] == "start":
            await socket.send(media(AUDIO_BASE64))

    app.react = speak_once
    call = await calls(app.url).open()
    await call.frames(2)

    assert call.heard == [AUDIO, IDLE]


async def test_a_mark_after_100_ms_of_audio_comes_back_after_exactly_five_frames(app, calls):
    async def speak_once(socket, text):
        if json.loads(text)["event"] == "start":
            await socket.send(media(base64.b64encode(AUDIO * 5).decode()))
            await socket.send(mark("said"))

    app.react = speak_once
    call = await calls(app.url).open()
    await call.frames(7)

    assert app.events == ["connected", "start", *["media"] * 6, "mark", "media"]
    assert app.of("mark") == [
        {"event": "mark", "sequenceNumber": "8", "streamSid": STREAM_SID, "mark": {"name": "said"}}
    ]


async def test_a_mark_with_nothing_to_be_heard_comes_back_at_once(app, calls):
    async def mark_at_start(socket, text):
        if json.loads(text)["event"] == "start":
            await socket.send(mark("nothing before"))

    app.react = mark_at_start
    await calls(app.url).open()

    assert app.events == ["connected", "start", "mark"]


async def test_clear_drops_what_is_queued_and_sends_the_pending_marks_back_in_order(app, calls):
    async def interrupt(socket, text):
        message = json.loads(text)
        if message["event"] == "start":
            for name in ("one", "two"):
                await socket.send(media(base64.b64encode(AUDIO * 100).decode()))
                await socket.send(mark(name))
        if message["event"] == "media" and message["media"]["chunk"] == "3":
            await socket.send(clear())

    app.react = interrupt
    call = await calls(app.url).open()
    await call.frames(5)

    assert call.heard == [AUDIO] * 3 + [IDLE] * 2
    assert app.events == ["connected", "start", "media", "media", "media", "mark", "mark", "media", "media"]
    assert [message["mark"]["name"] for message in app.of("mark")] == ["one", "two"]


async def test_an_echoing_application_is_heard_exactly_one_frame_later_every_time(app, calls):
    async def echo(socket, text):
        message = json.loads(text)
        if message["event"] == "media":
            await socket.send(media(message["media"]["payload"]))

    app.react = echo
    call = await calls(app.url).open()
    for number in range(100):
        await call.frames(1, inbound=bytes([number]) * 160)

    assert call.heard == [IDLE, *(bytes([number]) * 160 for number in range(99))]


async def test_pending_marks_are_lost_when_the_call_ends(app, calls):
    async def speak_once(socket, text):
        if json.loads(text)["event"] == "start":
            await socket.send(media(base64.b64encode(AUDIO * 100).decode()))
            await socket.send(mark("never"))

    app.react = speak_once
    call = await calls(app.url).open()
    await call.frames(1)
    call.hang_up()
    await call.settled()

    assert app.events == ["connected", "start", "media", "stop"]
    assert call.endings == []


async def test_more_audio_than_the_limit_is_discarded_with_one_warning(app, calls):
    async def flood(socket, text):
        if json.loads(text)["event"] == "start":
            for _ in range(4):
                await socket.send(media(base64.b64encode(bytes(400)).decode()))

    app.react = flood
    call = await calls(app.url, playback_bytes=1000).open()

    assert call.playback.queued_bytes == 1000
    assert call.problems == [(31931, "warning")]


async def test_the_journal_tells_everything_but_each_frame(app, calls):
    async def speak_once(socket, text):
        if json.loads(text)["event"] == "start":
            await socket.send(media(base64.b64encode(bytes(800)).decode()))
            await socket.send(mark("said"))
            await socket.send(media(base64.b64encode(bytes(12_000)).decode()))
            await socket.send(clear())

    app.react = speak_once
    call = await calls(app.url + "?secret=1", parameters=(("token", "hush"),)).open()
    await call.frames(3)
    call.stream.digit("#")
    call.hang_up()
    await call.settled()

    assert call.moves == [
        ("twilio", "connected", app.url),
        ("twilio", "start", "inbound_track, parameters: token"),
        ("app", "mark", "said"),
        ("app", "clear", ""),
        ("twilio", "mark", "said (cleared)"),
        ("twilio", "dtmf", "#"),
        ("twilio", "stop", ""),
        ("twilio", "closed", "1000"),
        ("twilio", "summary", "sent 3 frames, received 1.6 s in 2 messages"),
    ]
    assert call.problems == [(0, "warning")]  # of the mark that came back unheard


async def test_status_callbacks_tell_of_start_and_stop(app, calls):
    call = await calls(app.url, name="my stream").open()
    await call.frames(2)
    call.hang_up()

    timestamps = [parameters.pop("Timestamp") for parameters in call.callbacks]
    assert call.callbacks == [
        {"StreamSid": STREAM_SID, "StreamName": "my stream", "StreamEvent": "stream-started"},
        {"StreamSid": STREAM_SID, "StreamName": "my stream", "StreamEvent": "stream-stopped"},
    ]
    began, ended = timestamps
    assert began.endswith(".000Z")
    assert ended == began.replace(".000Z", ".040Z")


async def test_a_stream_without_a_name_goes_by_its_sid(app, calls):
    call = await calls(app.url).open()

    assert (call.stream.name, call.stream.sid) == (STREAM_SID, STREAM_SID)
    assert call.callbacks[0]["StreamName"] == STREAM_SID


async def test_closing_twice_and_frames_after_the_end_do_nothing(app, calls):
    call = await calls(app.url).open()
    call.hang_up()
    call.hang_up()
    call.stream.marks_heard(["late"])
    call.stream.digit("1")
    await call.frames(2)

    assert app.events == ["connected", "start", "stop"]
    assert call.stream_events == ["stream-started", "stream-stopped"]


async def test_a_call_that_ends_while_the_stream_connects_ends_quietly(calls):
    accepted, dropped = asyncio.Event(), asyncio.Event()

    async def never_answer(reader, writer):
        accepted.set()
        with contextlib.suppress(ConnectionError):
            await reader.read()
        dropped.set()
        writer.close()

    async with await asyncio.start_server(never_answer, "127.0.0.1", 0) as server:
        call = calls(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        call.stream.open()
        await accepted.wait()
        call.hang_up()
        await call.settled()
        async with asyncio.timeout(2):
            await dropped.wait()

    assert (call.callbacks, call.endings, call.problems) == ([], [], [])


async def test_a_call_that_ends_before_the_stream_begins_to_connect_ends_quietly(app, calls):
    call = calls(app.url)
    call.stream.open()
    call.hang_up()
    await call.settled()

    assert len(call.tasks) == 0
    assert (app.requests, call.callbacks, call.endings) == ([], [], [])


async def test_on_a_real_clock_frames_go_out_without_waiting_for_the_application(app, calls):
    call = await calls(app.url, clock=RealClock(1000)).open()
    call.stream.frame(AUDIO, IDLE)
    call.stream.frame(AUDIO, IDLE)
    await call.frames(1)
    call.hang_up()
    await app.over.wait()

    assert app.events == ["connected", "start", "media", "media", "media", "stop"]
