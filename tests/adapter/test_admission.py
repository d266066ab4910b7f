"""Which media streams get in, and in what order things are read and answered on them."""

import asyncio
import json
import logging

import pytest
from fake_twilio import LIMIT_S, LOUD, QUICK, THEIRS, FakeTwilio, FarEnd
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame

from twilio_adapter import Limits, NobodyCalled, TwilioAgentAdapter

SID = "CA" + "e" * 32
STREAM = "MZ" + "1" * 32


def stream_url(adapter: TwilioAgentAdapter) -> str:
    return f"ws{adapter.local_url[4:]}/twilio/stream"


async def closing_code(far_end: FarEnd) -> int:
    async with asyncio.timeout(LIMIT_S):
        await far_end.ws.wait_closed()
    return far_end.ws.close_code


async def token_for(twilio: FakeTwilio, adapter: TwilioAgentAdapter, sid: str = SID) -> str:
    twiml = await twilio.ring(f"{adapter.local_url}/twilio/voice", sid=sid)
    return twiml.find("Connect/Stream/Parameter").get("value")


async def dial(twilio: FakeTwilio, adapter: TwilioAgentAdapter, *, sid: str = SID, stream: str = STREAM) -> FarEnd:
    return await FarEnd.dial(stream_url(adapter), twilio.sign(stream_url(adapter)), sid, stream)


@pytest.mark.parametrize("signature", [None, "", "bm9uc2Vuc2U="])
async def test_an_upgrade_that_is_not_signed_is_refused(
    adapter: TwilioAgentAdapter, signature: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(InvalidStatus) as refused:
        await FarEnd.dial(stream_url(adapter), signature, SID, STREAM)
    assert refused.value.response.status_code == 403
    assert stream_url(adapter) in caplog.text


async def test_an_upgrade_signed_with_a_slash_at_the_end_gets_in(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter
) -> None:
    token = await token_for(twilio, adapter)
    far_end = await FarEnd.dial(stream_url(adapter), twilio.sign(stream_url(adapter) + "/"), SID, STREAM)
    await far_end.start({"token": token})
    await far_end.tick()
    await far_end.stop()


@pytest.mark.parametrize("parameters", [{}, {"token": ""}, {"token": "guess"}, {"TOKEN": "guess"}])
async def test_a_stream_without_the_token_is_closed_and_never_heard(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, parameters: dict[str, str]
) -> None:
    await adapter.lease_number()
    await token_for(twilio, adapter)
    intruder = await dial(twilio, adapter)
    await intruder.start(parameters)
    assert await closing_code(intruder) == 1008
    with pytest.raises(NobodyCalled):
        await adapter.wait_for_call(timeout=0.01)


async def test_a_token_works_once(in_call, twilio: FakeTwilio) -> None:
    adapter = in_call.adapter
    await in_call.far_end.stop()
    token = await token_for(twilio, adapter, sid="CA" + "a" * 32)
    first = await dial(twilio, adapter, sid="CA" + "a" * 32)
    await first.start({"token": token})
    second = await dial(twilio, adapter, sid="CA" + "a" * 32, stream="MZ" + "2" * 32)
    await second.start({"token": token})
    assert await closing_code(second) == 1008
    await first.tick(LOUD)
    await first.stop()


async def test_a_token_of_one_call_does_not_let_another_in(twilio: FakeTwilio, adapter: TwilioAgentAdapter) -> None:
    token = await token_for(twilio, adapter)
    other = await dial(twilio, adapter, sid="CA" + "b" * 32)
    await other.start({"token": token})
    assert await closing_code(other) == 1008


async def test_a_late_socket_of_an_earlier_call_does_not_get_into_the_next(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, background
) -> None:
    placing = await background.start(adapter.place_call(THEIRS))
    await twilio.saw("create call")
    earlier = twilio.placed[0]
    await earlier.report("canceled")
    with pytest.raises(Exception, match="hung up before"):
        await placing
    far_end = await twilio.call_in(f"{adapter.local_url}/twilio/voice")
    late = await earlier.answer("MZ" + "9" * 32)
    assert await closing_code(late) == 1008
    await far_end.tick(LOUD)
    await adapter.lease_number()
    assert await adapter.wait_for_call() == SID
    assert adapter.recording.received_ms == 20
    await far_end.stop()


async def test_media_before_start_closes_the_stream(twilio: FakeTwilio, adapter: TwilioAgentAdapter) -> None:
    await token_for(twilio, adapter)
    far_end = await dial(twilio, adapter)
    await far_end.media(LOUD)
    assert await closing_code(far_end) == 1008


async def test_a_socket_that_never_starts_is_closed(twilio: FakeTwilio, make_adapter) -> None:
    async with make_adapter(limits=Limits(stream_start_s=0.02)) as adapter:
        far_end = await dial(twilio, adapter)
        await far_end.send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        assert await closing_code(far_end) == 1008


async def test_a_started_stream_may_last_longer_than_a_start_may_take(in_call, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    now, past_the_limit_s = loop.time, QUICK.stream_start_s + 1
    monkeypatch.setattr(loop, "time", lambda: now() + past_the_limit_s)
    await in_call.far_end.tick(LOUD)
    await in_call.far_end.tick(LOUD)
    assert in_call.adapter.recording.received_ms == 40
    await in_call.far_end.stop()


async def test_a_second_start_on_one_socket_changes_nothing(in_call) -> None:
    far_end = in_call.far_end
    far_end.stream_sid = "MZ" + "7" * 32
    await far_end._event(
        "start",
        start={"accountSid": "AC1", "streamSid": far_end.stream_sid, "callSid": SID, "customParameters": {}},
    )
    await far_end.tick(LOUD)
    assert in_call.adapter.recording.received_ms == 0
    far_end.stream_sid = STREAM
    await far_end.tick(LOUD)
    assert in_call.adapter.recording.received_ms == 20


async def test_nonsense_on_the_stream_does_not_end_the_call(in_call, caplog: pytest.LogCaptureFixture) -> None:
    far_end = in_call.far_end
    with caplog.at_level(logging.WARNING):
        await far_end.ws.send(b"\x00binary")
        await far_end.ws.send("not json")
        await far_end.ws.send(json.dumps({"event": "weather", "streamSid": STREAM}))
        await far_end.tick(LOUD)
    assert in_call.adapter.recording.received_ms == 20
    assert "binary" in caplog.text


async def test_a_pong_follows_everything_its_ping_came_behind(in_call, background) -> None:
    """Whoever pings may take the PONG as proof that all it sent has been dealt with, and all answers are sent."""
    adapter, far_end = in_call.adapter, in_call.far_end
    sending = await background.start(adapter.send_silence(1.5))
    await far_end.barrier()
    order: list[str] = []
    process = far_end.ws.process_event

    def note(frame: Frame) -> None:
        order.append(frame.opcode.name)
        process(frame)

    far_end.ws.process_event = note
    await far_end._play(1600)  # two marks come back, and make room for two messages
    await (await far_end.ws.ping())
    assert order == ["TEXT", "TEXT"] * 2 + ["PONG"]
    await far_end.ticks(1.0)
    await sending


async def test_no_extensions_are_negotiated(twilio: FakeTwilio, adapter: TwilioAgentAdapter) -> None:
    url = stream_url(adapter)
    ws = await connect(url, additional_headers={"x-twilio-signature": twilio.sign(url)}, proxy=None)
    assert "Sec-WebSocket-Extensions" not in ws.response.headers
    await ws.close()


async def test_unsigned_streams_get_in_when_validation_is_off(twilio: FakeTwilio, make_adapter) -> None:
    async with make_adapter(validate_signature=False) as adapter:
        token = await token_for(twilio, adapter)
        far_end = await FarEnd.dial(stream_url(adapter), None, SID, STREAM)
        await far_end.start({"token": token})
        await far_end.tick()
        await far_end.stop()


async def test_a_refused_stream_is_told_nothing_more(twilio: FakeTwilio, adapter: TwilioAgentAdapter) -> None:
    intruder = await dial(twilio, adapter)
    await intruder.start({"token": "guess"})
    with pytest.raises(ConnectionClosed):
        while True:
            await intruder.tick(LOUD)
    assert intruder.sent == []
