"""Calls we place, from the request to the first frame, and every way in which that can fail."""

import asyncio
import logging

import pytest
from fake_twilio import LIMIT_S, OURS, THEIRS, FakeTwilio, PlacedCall

from twilio_adapter import (
    CallBusy,
    CallCanceled,
    CalleeNotAllowedError,
    CallFailed,
    CallInProgress,
    CallNotAnswered,
    CallNotConnected,
    ConfigurationError,
    InvalidPhoneNumber,
    TwilioAgentAdapter,
    TwilioRefused,
)

STRANGER = "+442071838750"


async def test_a_call_is_placed_and_connected(twilio: FakeTwilio, adapter: TwilioAgentAdapter, background) -> None:
    placing = await background.start(adapter.place_call(THEIRS, timeout=20.5, time_limit=90))
    await twilio.saw("create call")
    call = twilio.placed[0]
    far_end = await call.answer()
    assert await placing == call.sid == adapter.call_sid
    assert adapter.call_status == "in-progress"
    assert adapter.caller == OURS
    assert (call.fields["To"], call.fields["From"]) == (THEIRS, OURS)
    assert (call.fields["Timeout"], call.fields["TimeLimit"]) == ("21", "90")
    assert call.fields["StatusCallback"] == f"{adapter.local_url}/twilio/status"
    assert call.fields["events"] == ["initiated", "ringing", "answered", "completed"]
    assert call.twiml.find("Connect/Stream").get("url") == f"ws{adapter.local_url[4:]}/twilio/stream"
    await far_end.stop()


async def test_the_stream_may_start_before_rest_has_answered(twilio: FakeTwilio, adapter: TwilioAgentAdapter) -> None:
    far_ends = []

    async def answer(call: PlacedCall) -> None:
        far_ends.append(await call.answer())

    twilio.on_create = answer
    async with asyncio.timeout(LIMIT_S):
        assert await adapter.place_call(THEIRS) == twilio.placed[0].sid
    assert not twilio.changes("hang up")
    await far_ends[0].stop()


async def test_an_answered_callback_is_not_mistaken_for_the_stream(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, background
) -> None:
    placing = await background.start(adapter.place_call(THEIRS))
    await twilio.saw("create call")
    await twilio.placed[0].report("in-progress")
    assert not placing.done()
    far_end = await twilio.placed[0].answer()
    await placing
    await far_end.stop()


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        ("busy", CallBusy, r"\+1555\*\*\*2222 is busy"),
        ("no-answer", CallNotAnswered, "rang out or rejected"),
        ("failed", CallFailed, r"could not be placed \(SIP 404\)"),
        ("canceled", CallCanceled, "hung up before it was answered"),
        ("completed", CallFailed, "media stream never reached ws://"),
    ],
)
@pytest.mark.parametrize("early", [True, False], ids=["before REST answers", "after REST answered"])
async def test_a_call_that_is_not_answered_raises_what_became_of_it(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, background, status, error, words, early
) -> None:
    async def report(call: PlacedCall) -> None:
        await call.report("ringing")
        await call.report(status, SipResponseCode="404")

    if early:
        twilio.on_create = report
    placing = await background.start(adapter.place_call(THEIRS))
    if not early:
        await twilio.saw("create call")
        await report(twilio.placed[0])
    with pytest.raises(error, match=words) as raised:
        await placing
    assert raised.value.status == status
    assert raised.value.call_sid == twilio.placed[0].sid
    assert adapter.call_status == status
    assert not twilio.changes("hang up")


async def test_a_call_nobody_answers_in_time_is_hung_up(twilio: FakeTwilio, make_adapter) -> None:
    adapter = make_adapter()
    async with adapter:
        with pytest.raises(CallNotAnswered, match=r"did not answer within 0\.05 s"):
            await adapter.place_call(THEIRS, timeout=0.05)
    assert [change["sid"] for change in twilio.changes("hang up")] == [twilio.placed[0].sid]


@pytest.mark.parametrize(
    ("became", "error", "still_up"),
    [
        ("in-progress", CallFailed, True),
        ("completed", CallFailed, False),
        ("busy", CallBusy, False),
        ("no-answer", CallNotAnswered, False),
        ("canceled", CallCanceled, False),
    ],
)
async def test_a_call_of_which_nothing_reaches_us_is_looked_up(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, became: str, error: type[CallNotConnected], still_up: bool
) -> None:
    twilio.became = became
    twilio.notes = ["11200", "31920", "11200"]
    with pytest.raises(error, match=rf"\+1555\*\*\*2222 is {became} at Twilio") as raised:
        await adapter.place_call(THEIRS, timeout=0.05)
    assert raised.value.status == became
    assert adapter.local_url in str(raised.value)
    assert str(raised.value).endswith("Twilio's debugger has error 11200, 31920.")
    assert bool(twilio.changes("hang up")) is still_up


async def test_an_answered_call_whose_stream_does_not_come_says_what_twilio_noted(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter
) -> None:
    async def report(call: PlacedCall) -> None:
        await call.report("in-progress")

    twilio.on_create = report
    twilio.became, twilio.notes = "in-progress", ["31920"]
    with pytest.raises(CallFailed, match=r"was answered, but its media stream never reached .*; .* error 31920\."):
        await adapter.place_call(THEIRS, timeout=0.05)
    assert len(twilio.changes("hang up")) == 1


async def test_a_call_that_cannot_be_looked_up_is_one_nobody_answered(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    twilio.refuse("list notes", 500, 20500)
    with caplog.at_level(logging.WARNING), pytest.raises(CallNotAnswered, match="did not answer within"):
        await adapter.place_call(THEIRS, timeout=0.05)
    assert "Could not ask what became of call" in caplog.text


async def test_a_stream_that_comes_while_twilio_is_asked_is_taken(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, background
) -> None:
    gate = twilio.hold("list notes")
    placing = await background.start(adapter.place_call(THEIRS, timeout=0.05))
    await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
    far_end = await twilio.placed[0].answer()
    gate.opened.set()
    assert await placing == twilio.placed[0].sid
    await far_end.stop()


async def test_a_cancelled_call_is_hung_up_before_the_cancellation_goes_on(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, background
) -> None:
    placing = await background.start(adapter.place_call(THEIRS))
    await twilio.saw("create call")
    placing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await placing
    assert [change["sid"] for change in twilio.changes("hang up")] == [twilio.placed[0].sid]


async def test_a_call_cancelled_while_rest_creates_it_is_hung_up_once_it_has_a_name(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, background
) -> None:
    gate = twilio.hold("create call")
    placing = await background.start(adapter.place_call(THEIRS))
    await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
    placing.cancel()
    await asyncio.sleep(0)
    placing.cancel()
    assert not placing.done()
    gate.opened.set()
    with pytest.raises(asyncio.CancelledError):
        await placing
    assert [change["sid"] for change in twilio.changes("hang up")] == [twilio.placed[0].sid]


async def test_a_request_that_twilio_refuses_leaves_nothing_behind(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter
) -> None:
    twilio.refuse("create call", 400, 21211)
    with pytest.raises(TwilioRefused, match="would not place the call") as raised:
        await adapter.place_call(THEIRS)
    assert (raised.value.status, raised.value.code) == (400, 21211)
    assert "5550001111" not in str(raised.value)
    assert not twilio.changes("hang up")
    twilio.refusals.clear()
    with pytest.raises(CallNotAnswered):
        await adapter.place_call(THEIRS, timeout=0.01)


async def test_a_hang_up_that_fails_is_tried_again(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    twilio.refuse("hang up", 500, 20500)
    with caplog.at_level(logging.WARNING), pytest.raises(CallNotAnswered):
        await adapter.place_call(THEIRS, timeout=0.01)
    await twilio.saw("hang up", 2)
    assert "trying again" in caplog.text


async def test_without_a_list_only_the_accounts_numbers_may_be_dialled(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter
) -> None:
    with pytest.raises(CalleeNotAllowedError, match="not a number of this account"):
        await adapter.place_call(STRANGER)
    assert not twilio.placed


async def test_a_list_names_who_may_be_dialled(twilio: FakeTwilio, make_adapter) -> None:
    async with make_adapter(allowed_callees=["+44 20 7183-8750"]) as adapter:
        with pytest.raises(CalleeNotAllowedError, match="not in allowed_callees"):
            await adapter.place_call(THEIRS)
        with pytest.raises(CallNotAnswered):
            await adapter.place_call(STRANGER, timeout=0.01)


@pytest.mark.parametrize("number", ["15550002222", "+1555000222x", "", "client:alice"])
async def test_what_is_not_e164_is_not_dialled(twilio: FakeTwilio, adapter: TwilioAgentAdapter, number: str) -> None:
    with pytest.raises(InvalidPhoneNumber):
        await adapter.place_call(number)
    assert not twilio.placed


async def test_one_telephone_has_one_call(in_call) -> None:
    with pytest.raises(CallInProgress):
        await in_call.adapter.place_call(THEIRS)
    with pytest.raises(CallInProgress):
        await in_call.adapter.wait_for_call(timeout=1.0)


async def test_hanging_up_while_it_rings_cancels_the_call(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, background
) -> None:
    gate = twilio.hold("create call")
    placing = await background.start(adapter.place_call(THEIRS))
    await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
    hanging_up = await background.start(adapter.hang_up())
    gate.opened.set()
    await hanging_up
    with pytest.raises(CallCanceled):
        await placing
    assert len(twilio.changes("hang up")) == 1


async def test_a_second_call_can_follow_the_first(twilio: FakeTwilio, adapter: TwilioAgentAdapter) -> None:
    far_ends = []

    async def answer(call: PlacedCall) -> None:
        far_ends.append(await call.answer(f"MZ{len(far_ends):032x}"))

    twilio.on_create = answer
    first = await adapter.place_call(THEIRS)
    await far_ends[0].stop()
    second = await adapter.place_call(THEIRS)
    assert first != second
    assert adapter.call_sid == second
    assert adapter.call_status == "in-progress"
    await far_ends[1].stop()


async def test_news_of_an_earlier_call_does_not_touch_the_next(twilio: FakeTwilio, adapter: TwilioAgentAdapter) -> None:
    far_ends = []

    async def answer(call: PlacedCall) -> None:
        if far_ends:
            await twilio.placed[0].report("completed")
        far_ends.append(await call.answer(f"MZ{len(far_ends):032x}"))

    twilio.on_create = answer
    await adapter.place_call(THEIRS)
    await far_ends[0].stop()
    await adapter.place_call(THEIRS)
    await twilio.placed[0].report("failed")
    assert adapter.call_status == "in-progress"
    await far_ends[1].stop()


@pytest.mark.parametrize("limits", [{"timeout": 0}, {"timeout": -1}, {"time_limit": 0}])
async def test_a_call_that_could_not_last_is_never_placed(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, limits: dict[str, int]
) -> None:
    with pytest.raises(ConfigurationError, match="more than zero"):
        await adapter.place_call(THEIRS, **limits)
    assert not twilio.changes("create call")
