"""Every way in which a call can go wrong ends it at Twilio too, where a call that is up is billed.

What fails while a call is placed, spoken in or left is tested in the files about that; here is what nobody waits for.
"""

import asyncio
from dataclasses import replace

import pytest
from fake_twilio import LIMIT_S, LOUD, QUICK, THEIRS, FakeTwilio

from twilio_adapter import CallEnded, CallFailed, TunnelLost, TwilioAgentAdapter, TwilioRefused, TwilioUnreachable
from twilio_adapter.hang_ups import TRIES

SID = "CA" + "e" * 32


def ended(twilio: FakeTwilio) -> set[str]:
    return {change["sid"] for change in twilio.changes("hang up")}


def voice_url(adapter: TwilioAgentAdapter) -> str:
    return f"{adapter.local_url}/twilio/voice"


# --- too long -------------------------------------------------------------------------------------------------------


async def test_a_call_that_came_in_is_hung_up_when_it_has_lasted_as_long_as_it_may(
    twilio: FakeTwilio, make_adapter, background, caplog: pytest.LogCaptureFixture
) -> None:
    async with make_adapter(limits=replace(QUICK, stream_start_s=60.0, call_s=0.5)) as adapter:
        await adapter.lease_number()
        far_end = await twilio.call_in(voice_url(adapter))
        await adapter.wait_for_call()
        listening = await background.start(adapter.wait_for_seconds(60))
        await far_end.ticks(0.48, LOUD)
        assert not ended(twilio)
        await far_end.media(LOUD)
        await twilio.saw("hang up")
        with pytest.raises(CallEnded, match="as long as a call may"):
            await listening
    assert ended(twilio) == {SID}
    assert "has lasted 0.5 s" in caplog.text


async def test_a_placed_call_that_twilio_forgets_to_end_is_ended_by_us(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, background, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twilio_adapter.dial.GRACE_S", 0.1)
    placing = await background.start(adapter.place_call(THEIRS, time_limit=1))
    await twilio.saw("create call")
    far_end = await twilio.placed[0].answer()
    await placing
    await far_end.ticks(1.0)
    assert not ended(twilio)
    for _ in range(5):
        await far_end.media()
    await twilio.saw("hang up")
    assert ended(twilio) == {twilio.placed[0].sid}


async def test_a_call_in_which_nothing_arrives_any_more_is_ended_on_the_wall(twilio: FakeTwilio, make_adapter) -> None:
    async with make_adapter(limits=replace(QUICK, stream_start_s=0.05, call_s=0.05)) as adapter:
        await adapter.lease_number()
        await twilio.call_in(voice_url(adapter))
        await twilio.saw("hang up")
    assert ended(twilio) == {SID}


async def test_a_call_whose_stream_never_comes_is_ended(
    twilio: FakeTwilio, make_adapter, caplog: pytest.LogCaptureFixture
) -> None:
    async with make_adapter(limits=replace(QUICK, stream_start_s=0.02)) as adapter:
        await adapter.lease_number()
        await twilio.ring(voice_url(adapter))
        await twilio.saw("hang up")
    assert ended(twilio) == {SID}
    assert "never reached ws://" in caplog.text


# --- hang-ups that do not get through -------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "code"), [(500, 20500), (503, 20503), (429, 20429)])
async def test_a_hang_up_that_twilio_could_not_take_is_tried_again(in_call, status: int, code: int) -> None:
    in_call.twilio.refuse("hang up", status, code)
    await in_call.far_end.drop()
    await in_call.twilio.saw("hang up", times=2)
    in_call.twilio.refusals.clear()
    await in_call.adapter.disconnect()
    assert ended(in_call.twilio) == {SID}


async def test_a_call_that_cannot_be_ended_is_named_when_we_leave(in_call, caplog: pytest.LogCaptureFixture) -> None:
    in_call.twilio.refuse("hang up", 500, 20500)
    await in_call.far_end.drop()
    with pytest.raises(TwilioRefused):
        await in_call.adapter.disconnect()
    assert len(in_call.twilio.changes("hang up")) == TRIES
    assert f"Call {SID} may still be up, and is billed: end it in Twilio's Console" in caplog.text


async def test_what_trying_again_cannot_change_is_not_tried_again(in_call) -> None:
    in_call.twilio.refuse("hang up", 401, 20003)
    with pytest.raises(TwilioRefused):
        await in_call.adapter.disconnect()
    assert len(in_call.twilio.changes("hang up")) == 1


async def test_leaving_insists_on_the_hang_up(in_call, background) -> None:
    in_call.twilio.refuse("hang up", 500, 20500)
    leaving = await background.start(in_call.adapter.disconnect())
    await in_call.twilio.saw("hang up", times=2)
    in_call.twilio.refusals.clear()
    await leaving
    assert in_call.adapter.call_status == "completed"


async def test_a_stream_that_breaks_off_while_our_hang_up_fails_does_not_leave_the_call_up(in_call, background) -> None:
    twilio = in_call.twilio
    gate = twilio.hold("hang up")
    twilio.refuse("hang up", 500, 20500)
    hanging_up = await background.start(in_call.adapter.hang_up())
    await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
    await in_call.far_end.drop()
    async with asyncio.timeout(LIMIT_S):
        await in_call.adapter.wait_until_ended()
    gate.opened.set()
    with pytest.raises(TwilioRefused):
        await hanging_up
    await twilio.saw("hang up", times=2)
    twilio.refusals.clear()


# --- calls that were placed all the same ----------------------------------------------------------------------------


async def test_a_call_whose_request_got_no_answer_is_ended_when_twilio_tells_of_it(
    twilio: FakeTwilio, make_adapter, background
) -> None:
    twilio.cut.add("create call")
    async with make_adapter() as adapter:
        with pytest.raises(TwilioUnreachable):
            await adapter.place_call(THEIRS)
        await twilio.placed[0].report("ringing")
        await twilio.saw("hang up")
    assert ended(twilio) == {twilio.placed[0].sid}


async def test_a_call_that_was_told_of_before_its_request_failed_is_ended(twilio: FakeTwilio, make_adapter) -> None:
    async def tell(call) -> None:
        await call.report("initiated")

    twilio.on_create = tell
    twilio.cut.add("create call")
    async with make_adapter() as adapter:
        with pytest.raises(TwilioUnreachable):
            await adapter.place_call(THEIRS)
        await twilio.saw("hang up")
    assert ended(twilio) == {twilio.placed[0].sid}


async def test_a_late_word_on_a_call_that_is_over_ends_nothing(twilio: FakeTwilio, make_adapter) -> None:
    twilio.cut.add("create call")
    async with make_adapter() as adapter:
        with pytest.raises(TwilioUnreachable):
            await adapter.place_call(THEIRS)
        await twilio.placed[0].report("failed")
    assert not ended(twilio)


# --- the tunnel -----------------------------------------------------------------------------------------------------


async def test_a_tunnel_that_breaks_down_ends_the_call_without_its_help(in_call, background) -> None:
    adapter = in_call.adapter
    listening = await background.start(adapter.recv_audio())
    adapter._connected()._lose_way(TunnelLost("gone"))
    await in_call.twilio.saw("hang up")
    with pytest.raises(CallEnded, match="the tunnel to us broke down"):
        await listening
    assert ended(in_call.twilio) == {SID}


async def test_a_tunnel_that_breaks_down_before_the_call_has_a_name_ends_it_when_it_gets_one(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, background
) -> None:
    gate = twilio.hold("create call")
    placing = await background.start(adapter.place_call(THEIRS))
    await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
    adapter._connected()._lose_way(TunnelLost("gone"))
    gate.opened.set()
    with pytest.raises(CallFailed, match="the tunnel to us broke down"):
        await placing
    await twilio.saw("hang up")
    assert ended(twilio) == {twilio.placed[0].sid}


async def test_nobody_waits_for_a_call_that_cannot_come(adapter: TwilioAgentAdapter, background, twilio) -> None:
    taking = await background.start(adapter.wait_for_call())
    await twilio.saw("update number")
    adapter._connected()._lose_way(TunnelLost("gone"))
    with pytest.raises(TunnelLost):
        await taking
    for verb in (adapter.wait_for_call(), adapter.place_call(THEIRS), adapter.lease_number()):
        with pytest.raises(TunnelLost):
            await verb
