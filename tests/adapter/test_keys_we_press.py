"""Pressing keys in a live call: leaving the conversation and coming back, or tones of our own."""

import asyncio
from xml.etree import ElementTree

import pytest
from fake_twilio import LIMIT_S, LOUD, QUIET, FarEnd

from twilio_adapter import (
    AudioChunk,
    CallEnded,
    ConfigurationError,
    Limits,
    StreamNotBack,
    TwilioRefused,
    TwilioUnreachable,
)
from twilio_adapter.pace import NoPace
from twilio_wire.dtmf import Detector, InvalidDigits

SECOND_STREAM = "MZ" + "2" * 32


class Redirecting:
    """Twilio, told to play digits: the old stream stops, the new one starts, in a given order."""

    def __init__(self, in_call, order: str) -> None:
        self.in_call = in_call
        self.order = order
        self.new: FarEnd | None = None
        self.documents: list[ElementTree.Element] = []
        self.done = asyncio.Event()
        in_call.twilio.on_redirect = self

    async def __call__(self, fields: dict[str, str]) -> None:
        self.documents.append(ElementTree.fromstring(fields["Twiml"]))
        for act in self.order.split():
            match act:
                case "stop":
                    await self.in_call.far_end.stop()
                case "close":
                    await self.in_call.far_end.close()
                case "drop":
                    await self.in_call.far_end.drop()
                case "start":
                    self.new = await self.start()
        self.done.set()

    async def start(self) -> FarEnd:
        return await self.in_call.twilio.connect(self.documents[-1], self.in_call.sid, SECOND_STREAM)


@pytest.mark.parametrize(
    "order", ["stop start", "close start", "drop start", "start stop", "start close", "start drop", "start"]
)
async def test_the_conversation_goes_on_whatever_order_the_streams_change_in(in_call, background, order: str) -> None:
    await in_call.far_end.ticks(0.2, LOUD)
    twilio = Redirecting(in_call, order)
    async with asyncio.timeout(LIMIT_S):
        await in_call.adapter.send_dtmf("1w2#")
    assert [verb.tag for verb in twilio.documents[0]] == ["Play", "Connect"]
    assert twilio.documents[0].find("Play").get("digits") == "1w2#"
    assert in_call.adapter.call_status == "in-progress"
    await twilio.new.ticks(0.2, LOUD)
    await twilio.new.ticks(0.7)
    turn = await in_call.adapter.recv_audio()
    assert (turn.start_ms, turn.seconds) == (0, 0.4)
    await in_call.adapter.send_audio(AudioChunk.silence(0.2))
    await twilio.new.barrier()
    assert twilio.new.buffered
    assert bytes(in_call.adapter.recording.far) == LOUD * 20 + QUIET * 35
    assert not in_call.twilio.changes("hang up")
    await twilio.new.stop()


async def test_the_old_streams_late_words_are_not_heard(in_call) -> None:
    twilio = Redirecting(in_call, "start")
    await in_call.adapter.send_dtmf("1")
    await in_call.far_end.media(LOUD)
    await in_call.far_end.press("9")
    in_call.far_end.stream_sid = SECOND_STREAM  # not even under the new stream's name
    await in_call.far_end.press("9")
    await in_call.far_end.stop()
    assert (in_call.adapter.recording.received_ms, in_call.adapter.digits) == (0, "")
    await twilio.new.tick()
    assert in_call.adapter.recording.received_ms == 20
    await twilio.new.stop()


async def test_the_verb_returns_only_when_the_new_stream_has_started(in_call, background) -> None:
    twilio = Redirecting(in_call, "stop")
    pressing = await background.start(in_call.adapter.send_dtmf("12"))
    await asyncio.wait_for(twilio.done.wait(), LIMIT_S)
    assert not pressing.done()
    new = await twilio.start()
    await pressing
    await new.stop()


async def test_what_was_said_before_is_heard_before_the_stream_is_left(in_call, background) -> None:
    twilio = Redirecting(in_call, "stop start")
    await in_call.adapter.send_silence(0.5)
    pressing = await background.start(in_call.adapter.send_dtmf("1"))
    await in_call.far_end.ticks(0.48)
    assert not twilio.documents
    await in_call.far_end.tick()
    await pressing
    assert in_call.adapter.recording.received_ms == 500
    await twilio.new.stop()


async def test_each_return_has_a_token_of_its_own(in_call) -> None:
    twilio = Redirecting(in_call, "stop start")
    await in_call.adapter.send_dtmf("1")
    in_call.far_end = twilio.new
    await in_call.adapter.send_dtmf("2")
    tokens = {each.find("Connect/Stream/Parameter").get("value") for each in twilio.documents}
    assert len(tokens) == 2
    await twilio.new.stop()


async def test_a_speaker_goes_on_after_the_digits(in_call, background) -> None:
    twilio = Redirecting(in_call, "stop")
    pressing = await background.start(in_call.adapter.send_dtmf("1"))
    await asyncio.wait_for(twilio.done.wait(), LIMIT_S)
    speaking = await background.start(in_call.adapter.send_silence(0.5))
    assert not speaking.done()
    new = await twilio.start()
    await asyncio.gather(pressing, speaking)
    await new.barrier()
    assert new.buffered == 4000
    await new.stop()


async def test_a_cancelled_press_leaves_the_move_to_its_end(in_call, background) -> None:
    twilio = Redirecting(in_call, "stop start")
    gate = in_call.twilio.hold("redirect call")
    pressing = await background.start(in_call.adapter.send_dtmf("1"))
    await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
    pressing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pressing
    listening = await background.start(in_call.adapter.wait_for_seconds(0.1))
    gate.opened.set()
    await asyncio.wait_for(twilio.done.wait(), LIMIT_S)
    await twilio.new.ticks(0.1)
    await listening
    await twilio.new.stop()


async def test_a_cancelled_press_that_twilio_refuses_leaves_the_call_as_it_is(in_call, background) -> None:
    in_call.twilio.refuse("redirect call", 429, 20429)
    gate = in_call.twilio.hold("redirect call")
    pressing = await background.start(in_call.adapter.send_dtmf("1"))
    await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
    pressing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pressing
    gate.opened.set()
    await in_call.twilio.saw("redirect call")
    await in_call.adapter._bench.tasks.aclose(patience_s=LIMIT_S)
    await in_call.far_end.stop()
    async with asyncio.timeout(LIMIT_S):
        await in_call.adapter.wait_until_ended()


async def test_a_call_that_ended_before_it_could_be_told_is_over(twilio, make_adapter, background) -> None:
    waiting_for_the_stop = asyncio.Event()

    class Pace(NoPace):
        def waiting(self) -> None:
            waiting_for_the_stop.set()

    async with make_adapter(pace=Pace()) as adapter:
        await adapter.lease_number()
        far_end = await twilio.call_in(f"{adapter.local_url}/twilio/voice")
        await adapter.wait_for_call()
        twilio.refuse("redirect call", 400, 21220)
        pressing = await background.start(adapter.send_dtmf("1"))
        await asyncio.wait_for(waiting_for_the_stop.wait(), LIMIT_S)
        await far_end.stop()
        with pytest.raises(CallEnded, match="the far end hung up"):
            await pressing


async def test_a_call_that_stopped_while_it_was_being_told_is_over(in_call, background) -> None:
    in_call.twilio.refuse("redirect call", 404, 20404)
    gate = in_call.twilio.hold("redirect call")
    pressing = await background.start(in_call.adapter.send_dtmf("1"))
    await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
    await in_call.far_end.stop()
    gate.opened.set()
    with pytest.raises(CallEnded, match="Twilio ended the call"):
        await pressing


async def test_a_refusal_for_another_reason_leaves_the_call_as_it_is(in_call) -> None:
    in_call.twilio.refuse("redirect call", 429, 20429)
    with pytest.raises(TwilioRefused) as raised:
        await in_call.adapter.send_dtmf("1")
    assert raised.value.code == 20429
    await in_call.far_end.tick(LOUD)
    assert in_call.adapter.recording.received_ms == 20


async def test_a_move_that_went_through_though_its_reply_was_lost_keeps_the_call(in_call) -> None:
    twilio = Redirecting(in_call, "")
    in_call.twilio.refuse("redirect call", 503, 20503)
    with pytest.raises(TwilioRefused):
        await in_call.adapter.send_dtmf("1")
    twilio.documents.append(ElementTree.fromstring(in_call.twilio.changes("redirect call")[0]["Twiml"]))
    new = await twilio.start()
    await in_call.far_end.stop()
    await new.tick(LOUD)
    assert in_call.adapter.recording.received_ms == 20
    await new.stop()


async def test_a_stream_that_does_not_come_back_is_an_error_and_the_call_is_hung_up(
    twilio, make_adapter, background
) -> None:
    async with make_adapter(limits=Limits(rest_s=3.0, reattach_s=-0.47, stop_s=0.1)) as adapter:
        await adapter.lease_number()
        far_end = await twilio.call_in(f"{adapter.local_url}/twilio/voice")
        await adapter.wait_for_call()

        async def stop(_: dict[str, str]) -> None:
            await far_end.stop()

        twilio.on_redirect = stop
        with pytest.raises(StreamNotBack, match="did not come back"):
            await adapter.send_dtmf("w")
        await twilio.saw("hang up")


async def test_hanging_up_while_digits_are_played_ends_the_verb(in_call, background) -> None:
    Redirecting(in_call, "stop")
    pressing = await background.start(in_call.adapter.send_dtmf("12345"))
    await in_call.twilio.saw("redirect call")
    await in_call.adapter.hang_up()
    with pytest.raises(CallEnded, match="we hung up"):
        await pressing


async def test_a_cancelled_hang_up_while_digits_are_played_still_ends_the_call(in_call, background) -> None:
    twilio = Redirecting(in_call, "stop")
    pressing = await background.start(in_call.adapter.send_dtmf("12345"))
    await asyncio.wait_for(twilio.done.wait(), LIMIT_S)
    gate = in_call.twilio.hold("hang up")
    hanging_up = await background.start(in_call.adapter.hang_up())
    await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
    hanging_up.cancel()
    gate.opened.set()
    with pytest.raises(CallEnded, match="we hung up"):
        await pressing


async def test_tones_of_our_own_are_heard_as_keys(in_call, background) -> None:
    pressing = await background.start(in_call.adapter.send_dtmf("159#", method="inband"))
    await in_call.far_end.ticks(2.0)
    await pressing
    assert Detector().feed(bytes(in_call.far_end.heard)) == "159#"
    assert not in_call.twilio.changes("redirect call")


async def test_auto_lets_twilio_press(in_call) -> None:
    twilio = Redirecting(in_call, "stop start")
    await in_call.adapter.send_dtmf("12", method="auto")
    assert twilio.documents[0].find("Play").get("digits") == "12"
    await twilio.new.barrier()
    assert twilio.new.sent == []
    await twilio.new.stop()


async def test_auto_sends_tones_when_twilio_refuses_to_press(in_call, background, caplog) -> None:
    in_call.twilio.refuse("redirect call", 429, 20429)
    pressing = await background.start(in_call.adapter.send_dtmf("159#", method="auto"))
    await in_call.twilio.saw("redirect call")
    while not in_call.far_end.buffered:
        await in_call.far_end.barrier()
    await in_call.far_end.ticks(2.0)
    await pressing
    assert Detector().feed(bytes(in_call.far_end.heard)) == "159#"
    assert "Pressing keys as tones" in caplog.text


async def test_auto_does_not_press_twice_what_may_have_been_pressed(in_call) -> None:
    in_call.twilio.refuse("redirect call", 503, 20503)
    with pytest.raises(TwilioRefused):
        await in_call.adapter.send_dtmf("1", method="auto")
    await in_call.far_end.barrier()
    assert in_call.far_end.sent == []


@pytest.mark.parametrize("digits", ["12x", "1 2", "+1"])
@pytest.mark.parametrize("method", ["play", "inband", "auto"])
async def test_what_is_no_key_is_refused_before_anything_happens(in_call, digits: str, method: str) -> None:
    with pytest.raises(InvalidDigits):
        await in_call.adapter.send_dtmf(digits, method=method)
    await in_call.far_end.barrier()
    assert (in_call.far_end.sent, in_call.twilio.changes("redirect call")) == ([], [])


@pytest.mark.parametrize("method", ["play", "inband", "auto"])
async def test_no_keys_are_no_reason_to_leave_the_conversation(in_call, method: str) -> None:
    await in_call.adapter.send_dtmf("", method=method)
    await in_call.far_end.barrier()
    assert (in_call.far_end.sent, in_call.twilio.changes("redirect call")) == ([], [])


async def test_a_method_that_does_not_exist_is_refused(in_call) -> None:
    with pytest.raises(ConfigurationError, match="no DTMF method 'telepathy'"):
        await in_call.adapter.send_dtmf("1", method="telepathy")


async def test_an_api_that_cannot_be_reached_leaves_the_call_as_it_is(in_call, monkeypatch) -> None:
    http = in_call.adapter._bench.rest._http
    monkeypatch.setattr(http, "_api_base_url", "http://127.0.0.1:1")
    with pytest.raises(TwilioUnreachable, match="cannot be reached"):
        await in_call.adapter.send_dtmf("1")
    monkeypatch.undo()
    await in_call.far_end.tick(LOUD)
    assert in_call.adapter.recording.received_ms == 20
