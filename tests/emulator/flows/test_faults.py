"""Calls in which things go wrong on purpose, from the application's and from the caller's side."""

import asyncio
import base64
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from customer import Customer
from journal_views import codes, normalised
from stream_app import Message, Stream, StreamApp
from twilio.base.exceptions import TwilioRestException

from twilio_emulator import BadFault, Fault, Line, TwilioEmulator
from twilio_emulator.faults.rules import rules_in
from twilio_emulator.journal import FaultStruck, StreamMoved, WebhookSent
from twilio_wire.g711 import IDLE_FRAME, encode
from twilio_wire.levels import level_dbm0

NUMBER = "+15550001111"
CALLER = "+15557770001"
OTHER = "+15557770002"
TONE = encode((8000 * np.sin(2 * np.pi * 500 * np.arange(8000) / 8000)).astype(np.int16))
RUNS = 20


def connect(streams: StreamApp, after: str = "") -> str:
    return f"<Response><Connect><Stream url='{streams.url}'/></Connect>{after}</Response>"


async def dial(twilio: TwilioEmulator, customer: Customer, document: str, *, caller: str = CALLER) -> Line:
    customer.pages["/voice"] = document
    if not twilio.client().incoming_phone_numbers.list():
        twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    return await twilio.handset(caller).dial(NUMBER)


def struck(twilio: TwilioEmulator) -> list[tuple[str, str]]:
    return [(entry.fault, entry.detail) for entry in twilio.journal.of(FaultStruck)]


def timestamps(streams: StreamApp) -> list[int]:
    return [int(message["media"]["timestamp"]) for message in streams.of("media")]


async def test_a_caller_of_whom_nothing_arrives_is_warned_of_once_with_31953(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, connect(streams))
    await line.wait_until("in-progress")
    await line.silence(1)
    twilio.add_faults(Fault("loss", percent=100, direction="from_caller"))
    await line.silence(9.9)
    assert 31953 not in codes(twilio)
    await line.silence(25)
    await line.hang_up()
    await streams.closed()
    assert codes(twilio) == [31953]


async def test_a_lost_frame_is_a_jump_of_the_timestamps_and_no_message(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    twilio.add_faults(Fault("loss", percent=30, direction="from_caller"), seed=7)
    line = await dial(twilio, customer, connect(streams))
    await line.wait_until("in-progress")
    await line.play(TONE * 4)
    await line.hang_up()
    await streams.closed()
    times = timestamps(streams)
    jumps = {after - before for before, after in pairwise(times)}
    assert {20, 40} <= jumps
    assert all(jump % 20 == 0 for jump in jumps)
    assert 0.6 < len(times) / (times[-1] // 20) < 0.8
    chunks = [int(message["media"]["chunk"]) for message in streams.of("media")]
    assert chunks == list(range(1, len(times) + 1))
    numbers = [int(message["sequenceNumber"]) for message in streams.received[1:]]
    assert numbers == list(range(1, len(numbers) + 1))
    began, first, counted = struck(twilio)
    assert began == ("loss", "percent 30, direction from_caller")
    assert first == ("loss", "the first frame from the caller is lost")
    assert counted[1].endswith("frames lost from the caller"), "counts, not one entry a frame"


async def test_what_twilio_plays_gets_lost_on_its_way_to_the_caller(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def speak(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            await stream.play(TONE * 2)

    streams.react = speak
    twilio.add_faults(Fault("loss", percent=50, direction="to_caller"))
    line = await dial(twilio, customer, connect(streams))
    await line.wait_until("in-progress")
    await line.silence(2.5)
    await line.hang_up()
    frames = [line.heard.ulaw()[at : at + 160] for at in range(0, 16_000, 160)]
    assert 25 < sum(frame == IDLE_FRAME for frame in frames) < 75
    assert line.measures is not None
    assert line.measures.stalls == (), "the line is bad, not the application"
    assert set(timestamps(streams)) == set(range(timestamps(streams)[0], timestamps(streams)[-1] + 1, 20))


async def test_the_agent_hears_itself_come_back(twilio: TwilioEmulator, customer: Customer, streams: StreamApp) -> None:
    async def speak(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            await stream.play(TONE)

    streams.react = speak
    twilio.add_faults(Fault("echo", delay_ms=200, loss_db=12))
    line = await dial(twilio, customer, connect(streams))
    await line.wait_until("in-progress")
    await line.silence(2.0)
    await line.hang_up()
    await streams.closed()
    heard = [base64.b64decode(message["media"]["payload"]) for message in streams.of("media")]
    loud = [at for at, frame in enumerate(heard) if frame != IDLE_FRAME]
    assert len(loud) == 50
    assert line.measures is not None
    assert line.measures.time_to_first_audio_ms is not None
    came_back_ms = timestamps(streams)[loud[0]]
    assert came_back_ms - line.measures.time_to_first_audio_ms == 200


async def test_words_are_heard_over_a_bad_line(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.add_faults(Fault("loss", percent=40), Fault("noise", level_dbm0=-50), Fault("latency", latency_ms=200))
    customer.pages["/said"] = "<Response><Hangup/></Response>"
    gather = "<Response><Gather input='speech' speechTimeout='2' action='/said'/></Response>"
    line = await dial(twilio, customer, gather)
    await line.wait_until("in-progress")
    await line.say("A table for two, please.")
    await line.wait_until("completed")
    assert customer.forms("/said")[0]["SpeechResult"] == "A table for two, please."


async def test_a_fault_of_a_number_strikes_its_calls_only(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    twilio.add_faults(Fault("loss", percent=100), number=OTHER)
    line = await dial(twilio, customer, connect(streams))
    await line.silence(0.5)
    await line.hang_up()
    good = len(streams.of("media"))
    other = await dial(twilio, customer, connect(streams), caller=OTHER)
    await other.silence(0.5)
    await other.hang_up()
    assert good > 20
    assert len(streams.of("media")) == good
    assert {entry.call_sid for entry in twilio.journal.of(FaultStruck)} == {other.call_sid}


async def test_a_line_that_is_up_gets_worse_from_now_on(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, connect(streams))
    await line.silence(0.5)
    before = len(streams.of("media"))
    twilio.add_faults(Fault("loss", percent=100), call_sid=line.call_sid)
    await line.silence(0.5)
    assert before > 20
    assert len(streams.of("media")) - before <= 1
    await line.hang_up()


async def test_a_socket_that_drops_is_told_and_the_call_goes_on(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    twilio.add_faults(Fault("drop_socket", after_ms=1000))
    line = await dial(twilio, customer, connect(streams, after="<Say>The line is still up.</Say>"))
    await line.wait_until("completed")
    await streams.closed()
    assert streams.close_codes == [1006]
    assert "stop" not in streams.events
    assert 980 <= timestamps(streams)[-1] <= 1020
    assert codes(twilio) == [31903]
    assert struck(twilio) == [("drop_socket", "after_ms 1000")]
    assert ("app", "closed", "1006") in [
        (move.source, move.event, move.detail) for move in twilio.journal.of(StreamMoved)
    ]


async def test_a_webhook_that_is_late_is_late_in_call_time(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.add_faults(Fault("slow_webhook", delay_ms=4000, purpose="voice"))
    line = await dial(twilio, customer, "<Response><Say>Hello.</Say></Response>")
    await line.wait_until("completed")
    (voice,) = [sent for sent in twilio.journal.of(WebhookSent) if sent.purpose == "voice"]
    (begun,) = twilio.journal.of(FaultStruck)
    assert voice.at_ms - begun.at_ms == 4000
    assert begun.detail.startswith("voice, delay_ms 4000")


async def test_a_callback_that_is_late_is_waited_for(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.add_faults(Fault("slow_webhook", delay_ms=3000, purpose="status callback"))
    customer.pages["/voice"] = "<Response><Say>Hello.</Say></Response>"
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", status_callback=f"{customer.url}/status")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    assert customer.forms("/status") == []
    await twilio.wait_until_idle()
    assert [form["CallStatus"] for form in customer.forms("/status")] == ["completed"]
    (begun,) = twilio.journal.of(FaultStruck)
    assert twilio.journal.of(WebhookSent)[-1].at_ms - begun.at_ms == 3000


async def test_what_is_late_does_not_reach_the_next_world(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.add_faults(Fault("slow_webhook", delay_ms=3000, purpose="status callback"))
    customer.pages["/voice"] = "<Response><Say>Hello.</Say><Pause length='5'/></Response>"
    for status_callback in (f"{customer.url}/status", ""):
        twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", status_callback=status_callback)
        line = await twilio.handset(CALLER).dial(NUMBER)
        await line.wait_until("completed")
        if status_callback:
            await twilio.reset()
    assert customer.forms("/status") == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault("failing_webhook", status=503), 11200),
        (Fault("broken_webhook", how="refused"), 11202),
        (Fault("broken_webhook", how="lost"), 11205),
        (Fault("broken_webhook", how="timeout"), 11205),
    ],
)
async def test_a_webhook_that_fails_never_reaches_the_application(
    twilio: TwilioEmulator, customer: Customer, fault: Fault, code: int
) -> None:
    twilio.add_faults(fault)
    line = await dial(twilio, customer, "<Response><Say>Hello.</Say></Response>")
    await line.wait_until("completed")
    assert customer.seen == []
    assert code in codes(twilio)


async def test_the_fallback_answers_when_the_first_request_fails(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.add_faults(Fault("failing_webhook", first=1))
    customer.pages["/fallback"] = "<Response><Say>Sorry.</Say></Response>"
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", voice_fallback_url=f"{customer.url}/fallback")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    assert [seen.path for seen in customer.seen] == ["/fallback"]
    assert customer.forms("/fallback")[0]["ErrorCode"] == "11200"


@pytest.mark.parametrize(("status", "code"), [("429", 20429), ("500", 20500), ("503", 20503)])
async def test_rest_refuses_as_often_as_it_was_told_to(twilio: TwilioEmulator, status: str, code: int) -> None:
    twilio.add_faults(Fault("rest_error", status=status, first=2, method="GET"))
    account = twilio.client().api.v2010.account
    for _ in range(2):
        with pytest.raises(TwilioRestException) as refused:
            await asyncio.to_thread(account.fetch)
        assert (refused.value.status, refused.value.code) == (int(status), code)
    assert (await asyncio.to_thread(account.fetch)).sid == twilio.account_sid
    assert [name for name, _ in struck(twilio)] == ["rest_error"] * 2


async def test_a_fault_of_rest_cannot_be_aimed_at_a_call(twilio: TwilioEmulator) -> None:
    with pytest.raises(BadFault, match="strikes all requests"):
        twilio.add_faults(Fault("rest_error"), number=NUMBER)


async def test_faults_that_are_cleared_strike_no_more(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    twilio.add_faults(Fault("loss", percent=100))
    twilio.clear_faults()
    line = await dial(twilio, customer, connect(streams))
    await line.silence(0.5)
    await line.hang_up()
    assert len(streams.of("media")) > 20


async def a_call_over_a_bad_line(file: Path) -> tuple[str, bytes]:
    """Everything at once, as a file has it, and an application that says back what it hears."""
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        customer, streams = Customer(twilio.auth_token), StreamApp()
        await customer.start()
        await streams.start()

        async def echo(stream: Stream, message: Message) -> None:
            if message["event"] == "media":
                await stream.echo(message)

        streams.react = echo
        for rule in rules_in(file):
            twilio.add_faults(rule.fault, number=rule.number, seed=rule.seed)
        line = await dial(twilio, customer, connect(streams, after="<Say>Goodbye.</Say>"))
        await line.wait_until("in-progress")
        await line.play(TONE)
        await line.wait_until("completed")
        await twilio.wait_until_idle()
        await streams.stop()
        await customer.stop()
        assert not customer.unsigned
        return normalised(twilio.journal.to_jsonl()), line.heard.pcm.tobytes()


async def test_bad_luck_comes_out_the_same_every_time(tmp_path: Path) -> None:
    file = tmp_path / "faults.toml"
    file.write_text(
        f"""
        seed = 7
        faults = [
            {{ name = "burst_loss", percent = 10, burst_ms = 100 }},
            {{ name = "jitter", jitter_ms = 90, buffer_ms = 60, number = "{CALLER}" }},
            {{ name = "noise", level_dbm0 = -45 }},
            {{ name = "clipping", gain_db = 6 }},
            {{ name = "echo" }},
            {{ name = "slow_webhook", delay_ms = 300, percent = 50 }},
            {{ name = "drop_socket", after_ms = 1500 }},
        ]
        """
    )
    journal, heard = await a_call_over_a_bad_line(file)
    assert journal.count('"kind":"fault"') > 6
    assert level_dbm0(np.frombuffer(heard, np.int16)) > -40
    for _ in range(RUNS - 1):
        assert await a_call_over_a_bad_line(file) == (journal, heard)
