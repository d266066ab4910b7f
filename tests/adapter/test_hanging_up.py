"""Ends of calls, ours and theirs, and leaving with a call still up."""

import asyncio
import logging
from dataclasses import replace

import pytest
from fake_twilio import LIMIT_S, LOUD, OURS, QUICK, THEIRS, FakeTwilio, FarEnd

from twilio_adapter import (
    CallEnded,
    NobodyCalled,
    NoCall,
    NotConnected,
    NumberNotOwnedError,
    PortInUseError,
    TwilioAgentAdapter,
    TwilioRefused,
    TwilioUnreachable,
)
from twilio_adapter.pace import NoPace


async def placed_and_answered(twilio: FakeTwilio, adapter: TwilioAgentAdapter, background) -> FarEnd:
    placing = await background.start(adapter.place_call(THEIRS))
    await twilio.saw("create call")
    far_end = await twilio.placed[0].answer()
    await placing
    return far_end


async def test_hanging_up_ends_the_call_and_waits_for_its_stop(in_call) -> None:
    await in_call.adapter.hang_up()
    assert [change["sid"] for change in in_call.twilio.changes("hang up")] == [in_call.sid]
    assert in_call.adapter.call_status == "completed"
    with pytest.raises(CallEnded, match="we hung up"):
        await in_call.adapter.recv_audio()


async def test_the_last_words_are_heard_before_the_call_ends(in_call, background) -> None:
    await in_call.adapter.send_silence(0.5)
    hanging_up = await background.start(in_call.adapter.hang_up())
    await in_call.far_end.ticks(0.48)
    assert not in_call.twilio.changes("hang up")
    await in_call.far_end.tick()
    await hanging_up
    assert len(in_call.far_end.heard) >= 4000


async def test_an_interruption_makes_a_hang_up_immediate(in_call) -> None:
    await in_call.adapter.send_silence(0.9)
    await in_call.adapter.interrupt()
    async with asyncio.timeout(LIMIT_S):
        await in_call.adapter.hang_up()
    assert in_call.adapter.recording.received_ms == 0


async def test_a_speaker_is_cut_off_by_a_hang_up_after_a_second_at_most(in_call, background) -> None:
    speaking = await background.start(in_call.adapter.send_silence(10.0))
    hanging_up = await background.start(in_call.adapter.hang_up())
    await in_call.far_end.ticks(1.0)
    await hanging_up
    with pytest.raises(CallEnded, match="we hung up"):
        await speaking


async def test_a_hang_up_that_fails_lets_the_speaker_and_the_call_go_on(in_call, background) -> None:
    in_call.twilio.refuse("hang up", 500, 20500)
    speaking = await background.start(in_call.adapter.send_silence(3.0))
    hanging_up = await background.start(in_call.adapter.hang_up())
    await in_call.far_end.ticks(1.0)
    with pytest.raises(TwilioRefused):
        await hanging_up
    await speaking
    assert in_call.adapter.call_status == "in-progress"
    await in_call.adapter.send_silence(0.1)


@pytest.mark.parametrize(("status", "code"), [(404, 20404), (400, 21220)])
async def test_a_call_that_is_over_for_twilio_already_is_fine(in_call, background, status: int, code: int) -> None:
    in_call.twilio.refuse("hang up", status, code)
    hanging_up = await background.start(in_call.adapter.hang_up())
    await in_call.twilio.saw("hang up")
    await in_call.far_end.stop()
    await hanging_up


async def test_hanging_up_twice_or_after_the_far_end_is_fine(in_call) -> None:
    await in_call.far_end.stop()
    await in_call.adapter.hang_up()
    await in_call.adapter.hang_up()
    assert not in_call.twilio.changes("hang up")


async def test_the_far_end_may_hang_up_while_we_do(in_call, background) -> None:
    gate = in_call.twilio.hold("hang up")
    hanging_up = await background.start(in_call.adapter.hang_up())
    await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
    await in_call.far_end.stop()
    gate.opened.set()
    await hanging_up
    assert in_call.adapter.call_status == "completed"


async def test_a_cancelled_hang_up_still_ends_the_call(in_call, background) -> None:
    gate = in_call.twilio.hold("hang up")
    hanging_up = await background.start(in_call.adapter.hang_up())
    await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
    hanging_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging_up
    gate.opened.set()
    async with asyncio.timeout(LIMIT_S):
        await in_call.adapter.wait_until_ended()


async def test_a_stop_that_never_comes_does_not_keep_us(twilio, make_adapter, caplog) -> None:

    twilio.stops_when_hung_up = False
    async with make_adapter(limits=replace(QUICK, stop_s=0.02)) as adapter:
        await adapter.lease_number()
        far_end = await twilio.call_in(f"{adapter.local_url}/twilio/voice")
        await adapter.wait_for_call()
        with caplog.at_level(logging.WARNING):
            await adapter.hang_up()
        assert "did not stop within 0.02 s" in caplog.text
        async with asyncio.timeout(LIMIT_S):
            await far_end.ws.wait_closed()


@pytest.mark.parametrize("how", ["close", "drop"])
async def test_a_stream_that_breaks_off_ends_the_call_also_for_twilio(in_call, how: str) -> None:
    await in_call.far_end.tick(LOUD)
    await getattr(in_call.far_end, how)()
    async with asyncio.timeout(LIMIT_S):
        await in_call.adapter.wait_until_ended()
    await in_call.twilio.saw("hang up")
    with pytest.raises(CallEnded, match="broke off"):
        await in_call.adapter.wait_for_seconds(1.0)


async def test_a_status_does_not_cut_off_what_the_stream_still_brings(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, background
) -> None:
    far_end = await placed_and_answered(twilio, adapter, background)
    await twilio.placed[0].report("completed")
    await far_end.ticks(0.2, LOUD)
    assert adapter.call_status == "completed"
    assert adapter.recording.received_ms == 200
    await far_end.stop()
    assert (await adapter.recv_audio()).seconds == 0.2


# --- leaving --------------------------------------------------------------------------------------------------------


async def test_leaving_with_a_live_call_hangs_it_up_and_gives_the_number_back(in_call, background) -> None:
    listening = await background.start(in_call.adapter.recv_audio())
    await in_call.adapter.disconnect()
    assert [what for what, _ in in_call.twilio.requests][-3:] == ["hang up", "list numbers", "update number"]
    assert not next(iter(in_call.twilio.numbers.values()))["voice_url"]
    with pytest.raises(CallEnded):
        await listening
    assert in_call.adapter.call_sid == in_call.sid
    assert in_call.adapter.call_status == "completed"
    assert in_call.adapter.recording.received_ms == 0


async def test_leaving_because_of_an_error_does_the_same_and_keeps_the_error(twilio: FakeTwilio, make_adapter) -> None:
    twilio.refuse("list numbers", 500, 20500)
    twilio.refusals.clear()
    with pytest.raises(ZeroDivisionError):
        async with make_adapter() as adapter:
            await adapter.lease_number()
            await twilio.call_in(f"{adapter.local_url}/twilio/voice")
            await adapter.wait_for_call()
            twilio.refuse("update number", 500, 20500)
            _ = 1 / 0
    assert twilio.changes("hang up")


async def test_a_cancelled_leave_is_completed_first(in_call, background) -> None:
    gate = in_call.twilio.hold("hang up")
    leaving = await background.start(in_call.adapter.disconnect())
    await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
    leaving.cancel()
    await asyncio.sleep(0)
    leaving.cancel()
    gate.opened.set()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert in_call.twilio.requests[-1][0] == "update number"


async def test_a_step_out_that_fails_does_not_stop_the_others(in_call) -> None:
    in_call.twilio.refuse("hang up", 500, 20500)
    with pytest.raises(TwilioRefused, match="would not hang up"):
        await in_call.adapter.disconnect()
    assert not next(iter(in_call.twilio.numbers.values()))["voice_url"]
    with pytest.raises(NotConnected):
        _ = in_call.adapter.local_url


async def test_leaving_while_a_call_is_being_placed_hangs_that_up(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, background
) -> None:
    gate = twilio.hold("create call")
    placing = await background.start(adapter.place_call(THEIRS))
    await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
    leaving = await background.start(adapter.disconnect())
    gate.opened.set()
    await leaving
    with pytest.raises(Exception, match="hung up before it was answered"):
        await placing
    assert [change["sid"] for change in twilio.changes("hang up")] == [twilio.placed[0].sid]


async def test_leaving_with_a_call_nobody_took_hangs_it_up(twilio: FakeTwilio, adapter: TwilioAgentAdapter) -> None:
    await adapter.lease_number()
    await twilio.call_in(f"{adapter.local_url}/twilio/voice")
    await adapter.disconnect()
    assert len(twilio.changes("hang up")) == 1


async def test_nobody_gets_in_while_we_leave(twilio: FakeTwilio, adapter: TwilioAgentAdapter, background) -> None:
    await adapter.lease_number()
    url = f"{adapter.local_url}/twilio/voice"
    gate = twilio.hold("update number")
    leaving = await background.start(adapter.disconnect())
    await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
    assert (await twilio.ring(url)).find("Reject") is not None
    gate.opened.set()
    await leaving


async def test_leaving_twice_is_leaving_once_and_one_may_come_again(adapter: TwilioAgentAdapter) -> None:
    await adapter.disconnect()
    await adapter.disconnect()
    await adapter.connect()
    await adapter.connect()
    assert adapter.local_url.startswith("http://127.0.0.1:")


async def test_the_last_status_callback_is_let_in_before_the_port_closes(
    twilio: FakeTwilio, make_adapter, background
) -> None:
    adapter = make_adapter(limits=replace(QUICK, last_word_s=3.0))
    await adapter.connect()
    far_end = await placed_and_answered(twilio, adapter, background)
    await far_end.stop()
    leaving = await background.start(adapter.disconnect())
    assert not leaving.done()
    await twilio.placed[0].report("completed")
    await leaving


async def test_a_last_status_callback_that_does_not_come_does_not_keep_us(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, background, caplog: pytest.LogCaptureFixture
) -> None:
    await (await placed_and_answered(twilio, adapter, background)).stop()
    with caplog.at_level(logging.INFO):
        await adapter.disconnect()
    assert "No last status callback" in caplog.text


# --- the pace -------------------------------------------------------------------------------------------------------


class Diary(NoPace):
    """A pace that writes down what it is told."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self.begun = asyncio.Event()
        self.received_ms = lambda: 0

    def waiting(self) -> None:
        self.entries.append("waiting")
        self.begun.set()

    def satisfied(self) -> None:
        self.entries.append(f"satisfied at {self.received_ms()}")

    def acting(self) -> None:
        self.entries.append("acting")

    def acted(self) -> None:
        self.entries.append("acted")

    def leave(self) -> None:
        self.entries.append("leave")


async def test_time_is_asked_to_pass_only_after_the_request_and_until_the_very_message(
    twilio: FakeTwilio, make_adapter, background
) -> None:
    diary = Diary()
    adapter = make_adapter(pace=diary, allowed_callees="*")
    await adapter.connect()
    placing = await background.start(adapter.place_call(THEIRS))
    await asyncio.wait_for(diary.begun.wait(), LIMIT_S)
    far_end = await twilio.placed[0].answer()
    await placing
    diary.received_ms = lambda: adapter.recording.received_ms
    waiting = await background.start(adapter.wait_for_seconds(0.04))
    for _ in range(5):
        await far_end.media(LOUD)
    await far_end.barrier()
    await waiting
    assert adapter.recording.received_ms == 100
    looked_up, placed = ["acting", "acted"], ["acting", "acted"]
    connected, seconds_passed = ["waiting", "satisfied at 0"], ["waiting", "satisfied at 40"]
    assert diary.entries == looked_up + placed + connected + seconds_passed


async def test_what_is_there_already_needs_no_time(twilio: FakeTwilio, make_adapter) -> None:
    diary = Diary()
    async with make_adapter(pace=diary) as adapter:
        await adapter.lease_number()
        await twilio.call_in(f"{adapter.local_url}/twilio/voice")
        await adapter.wait_for_call()
        assert "waiting" not in diary.entries


async def test_the_pace_is_left_last_and_every_wait_has_had_its_end(in_call, twilio: FakeTwilio, make_adapter) -> None:
    diary = Diary()
    other = make_adapter(pace=diary, phone_number=THEIRS)
    async with other:
        with pytest.raises(NobodyCalled):
            await other.wait_for_call(timeout=0.01)
    assert diary.entries[-1] == "leave"
    assert diary.entries.count("waiting") == diary.entries.count("satisfied at 0") == 1
    assert diary.entries.count("acting") == diary.entries.count("acted")


# --- before any of it -----------------------------------------------------------------------------------------------


async def test_a_port_in_use_is_named(adapter: TwilioAgentAdapter, make_adapter) -> None:
    port = int(adapter.local_url.rsplit(":", 1)[1])
    with pytest.raises(PortInUseError, match=f"Port {port} is in use: pass another http_port") as raised:
        await make_adapter(http_port=port).connect()
    assert raised.value.port == port


async def test_a_number_that_is_not_the_accounts_is_refused(make_adapter) -> None:
    with pytest.raises(NumberNotOwnedError, match=r"does not own \+1555\*\*\*9999"):
        await make_adapter(phone_number="+1 555 000 9999").connect()


async def test_a_number_that_only_contains_ours_is_not_ours(twilio: FakeTwilio, make_adapter) -> None:
    twilio.own("+155500011119")
    twilio.numbers = {sid: each for sid, each in twilio.numbers.items() if each["phone_number"] != OURS}
    with pytest.raises(NumberNotOwnedError):
        await make_adapter().connect()


async def test_an_api_that_is_not_there_is_named(make_adapter) -> None:
    with pytest.raises(TwilioUnreachable, match=r"http://127\.0\.0\.1:1 cannot be reached"):
        await make_adapter(api_base_url="http://127.0.0.1:1").connect()


async def test_verbs_need_a_connection_and_a_call(make_adapter) -> None:
    adapter = make_adapter()
    with pytest.raises(NotConnected):
        await adapter.place_call(THEIRS)
    with pytest.raises(NotConnected):
        await adapter.wait_for_call()
    async with adapter:
        for verb in (adapter.recv_audio(), adapter.drain(), adapter.interrupt(), adapter.hang_up()):
            with pytest.raises(NoCall):
                await verb
        with pytest.raises(NoCall):
            _ = adapter.recording
        assert (adapter.call_sid, adapter.call_status, adapter.caller, adapter.digits) == (None, None, None, "")


async def test_an_account_number_without_an_account_is_refused_at_once(make_adapter) -> None:
    with pytest.raises(ValueError, match=r"E\.164"):
        make_adapter(phone_number="555")
