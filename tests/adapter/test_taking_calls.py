"""Calls to our number: the number on loan, the webhook, and who is let in."""

import asyncio
import logging

import pytest
from fake_twilio import LIMIT_S, LOUD, OURS, QUICK, THEIRS, FakeTwilio

from twilio_adapter import (
    CallInProgress,
    Limits,
    NobodyCalled,
    NotConnected,
    NumberOnTrunkError,
    PublicUrlMissing,
    TwilioAgentAdapter,
    TwilioRefused,
)
from twilio_adapter.bench import Bench
from twilio_adapter.pace import NoPace

SID, OTHER_SID = "CA" + "e" * 32, "CA" + "f" * 32


def voice_url(adapter: TwilioAgentAdapter) -> str:
    return f"{adapter.local_url}/twilio/voice"


async def until_leased(twilio: FakeTwilio) -> None:
    await twilio.saw("update number")


async def test_a_call_is_taken_when_its_stream_has_started(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, background
) -> None:
    taking = await background.start(adapter.wait_for_call())
    await until_leased(twilio)
    twiml = await twilio.ring(voice_url(adapter))
    assert not taking.done()
    far_end = await twilio.connect(twiml, SID)
    assert await taking == SID
    assert (adapter.call_sid, adapter.caller, adapter.call_status) == (SID, THEIRS, "in-progress")
    await far_end.stop()
    assert adapter.call_status == "completed"


async def test_a_call_that_comes_before_it_is_awaited_waits_with_all_it_has_said(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter
) -> None:
    await adapter.lease_number()
    far_end = await twilio.call_in(voice_url(adapter))
    await far_end.ticks(0.1, LOUD)
    await far_end.ticks(0.1)
    assert await adapter.wait_for_call() == SID
    turn = await adapter.recv_audio(tail_silence=0.1)
    assert (turn.start_ms, turn.seconds) == (0, 0.1)
    await far_end.stop()


async def test_a_call_that_was_over_before_it_was_awaited_is_not_taken(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter
) -> None:
    await adapter.lease_number()
    await (await twilio.call_in(voice_url(adapter))).stop()
    with pytest.raises(NobodyCalled, match=r"within 0\.01 s"):
        await adapter.wait_for_call(timeout=0.01)


async def test_when_nobody_calls_the_limit_is_named_and_the_number_hidden(adapter: TwilioAgentAdapter) -> None:
    with pytest.raises(NobodyCalled, match=r"No call to \+1555\*\*\*1111 has come through within 0\.01 s") as raised:
        await adapter.wait_for_call(timeout=0.01)
    assert raised.value.limit_s == 0.01


async def test_when_only_the_stream_is_missing_the_error_says_so(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter
) -> None:
    await adapter.lease_number()
    await twilio.ring(voice_url(adapter))
    with pytest.raises(NobodyCalled, match=r"never reached ws://.*31901"):
        await adapter.wait_for_call(timeout=0.01)


async def test_a_wait_that_is_cancelled_leaves_the_call_to_the_next(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, background
) -> None:
    taking = await background.start(adapter.wait_for_call())
    await until_leased(twilio)
    taking.cancel()
    far_end = await twilio.call_in(voice_url(adapter))
    assert taking.cancelled()
    assert await adapter.wait_for_call() == SID
    await far_end.stop()


async def test_a_wait_that_is_cancelled_as_the_call_comes_leaves_the_call_to_the_next(
    twilio: FakeTwilio, make_adapter, background
) -> None:
    begun = asyncio.Event()
    taking: list[asyncio.Task[str]] = []

    class Pace(NoPace):
        def waiting(self) -> None:
            begun.set()

        def satisfied(self) -> None:
            for verb in taking:
                verb.cancel()

    async with make_adapter(pace=Pace()) as adapter:
        taking.append(await background.start(adapter.wait_for_call()))
        await asyncio.wait_for(begun.wait(), LIMIT_S)
        await twilio.call_in(voice_url(adapter))
        with pytest.raises(asyncio.CancelledError):
            await taking.pop()
        assert await adapter.wait_for_call() == SID


async def test_a_disconnect_ends_a_wait_for_a_call(adapter: TwilioAgentAdapter, twilio: FakeTwilio, background) -> None:
    taking = await background.start(adapter.wait_for_call())
    await until_leased(twilio)
    await adapter.disconnect()
    with pytest.raises(NotConnected):
        await taking


# --- the webhook ----------------------------------------------------------------------------------------------------


async def test_a_second_caller_hears_busy(in_call) -> None:
    twiml = await in_call.twilio.ring(voice_url(in_call.adapter), sid=OTHER_SID)
    assert [(verb.tag, verb.attrib) for verb in twiml] == [("Reject", {"reason": "busy"})]
    assert in_call.adapter.call_sid == SID


async def test_a_webhook_that_twilio_repeats_gets_the_same_answer(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter
) -> None:
    await adapter.lease_number()
    first = await twilio.ring(voice_url(adapter))
    again = await twilio.ring(voice_url(adapter))
    token = [each.find("Connect/Stream/Parameter").get("value") for each in (first, again)]
    assert token[0] == token[1]
    far_end = await twilio.connect(again, SID)
    assert await adapter.wait_for_call() == SID
    await far_end.stop()


async def test_only_listed_callers_get_through(twilio: FakeTwilio, make_adapter) -> None:
    async with make_adapter(allowed_callers=["+1 (555) 000-2222", "client:alice"]) as adapter:
        await adapter.lease_number()
        for stranger in ("+15550003333", "client:bob", "anonymous", ""):
            twiml = await twilio.ring(voice_url(adapter), caller=stranger)
            assert [(verb.tag, verb.attrib) for verb in twiml] == [("Reject", {"reason": "rejected"})]
        assert (await twilio.ring(voice_url(adapter), caller="client:alice")).find("Connect") is not None


async def test_a_call_whose_stream_never_came_does_not_keep_the_telephone_busy(
    twilio: FakeTwilio, make_adapter
) -> None:
    async with make_adapter(limits=Limits(rest_s=3.0, stream_start_s=0.0)) as adapter:
        await adapter.lease_number()
        await twilio.ring(voice_url(adapter), sid=SID)
        twiml = await twilio.ring(voice_url(adapter), sid=OTHER_SID)
        assert twiml.find("Connect") is not None
        await twilio.saw("hang up")
    assert twilio.changes("hang up")[0]["sid"] == SID


@pytest.mark.parametrize("path", ["/twilio/voice", "/twilio/status"])
async def test_a_webhook_that_is_not_signed_changes_nothing(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    fields = {"CallSid": SID, "From": THEIRS, "CallStatus": "ringing"}
    url = adapter.local_url + path
    with caplog.at_level(logging.WARNING):
        assert (await twilio.post(url, fields, signature=""))[0] == 403
        assert (await twilio.post(url, fields, signature="bm9uc2Vuc2U="))[0] == 403
        assert (await twilio.post(url, fields, signed_url="https://tunnel.example" + path))[0] == 403
    assert url in caplog.text
    with pytest.raises(NobodyCalled, match="check that something calls it"):
        await adapter.wait_for_call(timeout=0.01)


async def test_signatures_are_checked_against_the_public_url(twilio: FakeTwilio, make_adapter) -> None:
    async with make_adapter(public_base_url="https://tunnel.example/bench/") as adapter:
        fields = {"CallSid": SID, "From": THEIRS, "To": OURS, "CallStatus": "ringing"}
        public = "https://tunnel.example/bench/twilio/voice"
        status, text = await twilio.post(voice_url(adapter), fields, signed_url=public)
        assert status == 200
        assert 'url="wss://tunnel.example/bench/twilio/stream"' in text
        assert (await twilio.post(voice_url(adapter), fields))[0] == 403


async def test_a_query_on_the_webhook_is_part_of_what_is_signed(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter
) -> None:
    url = f"{voice_url(adapter)}?suite=nightly%20run"
    status, _ = await twilio.post(url, {"CallSid": SID, "From": THEIRS})
    assert status == 200


# --- the number -----------------------------------------------------------------------------------------------------


def settings_of(twilio: FakeTwilio) -> dict[str, str | None]:
    (number,) = (each for each in twilio.numbers.values() if each["phone_number"] == OURS)
    return {name: value for name, value in number.items() if name.startswith(("voice", "trunk"))}


async def test_the_number_is_ours_from_the_first_wait_until_disconnect(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter
) -> None:
    next(iter(twilio.numbers.values())).update(
        voice_url="https://app.example/voice", voice_method="GET", voice_fallback_url="https://app.example/oops"
    )
    before = settings_of(twilio)
    for _ in range(2):
        with pytest.raises(NobodyCalled):
            await adapter.wait_for_call(timeout=0.01)
    assert settings_of(twilio) | {
        "voice_url": voice_url(adapter),
        "voice_method": "POST",
        "voice_fallback_url": "",
    } == (settings_of(twilio))
    assert len(twilio.changes("update number")) == 1
    await adapter.disconnect()
    assert settings_of(twilio) == before


async def test_an_application_on_the_number_is_taken_off_and_put_back(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter
) -> None:
    next(iter(twilio.numbers.values())).update(voice_application_sid="AP1", voice_url="https://app.example")
    before = settings_of(twilio)
    await adapter.lease_number()
    assert settings_of(twilio)["voice_application_sid"] == ""
    await adapter.disconnect()
    assert settings_of(twilio) | {"voice_fallback_url": None} == before


async def test_a_number_on_a_trunk_is_left_alone(twilio: FakeTwilio, adapter: TwilioAgentAdapter) -> None:
    next(iter(twilio.numbers.values())).update(trunk_sid="TK1")
    with pytest.raises(NumberOnTrunkError, match="TK1"):
        await adapter.wait_for_call()
    await adapter.disconnect()
    assert not twilio.changes("update number")


async def test_a_change_that_somebody_made_meanwhile_is_left_alone_and_logged(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    await adapter.lease_number()
    next(iter(twilio.numbers.values()))["voice_url"] = "https://somebody.example"
    with caplog.at_level(logging.WARNING):
        await adapter.disconnect()
    assert settings_of(twilio)["voice_url"] == "https://somebody.example"
    assert "somebody has changed it meanwhile" in caplog.text
    assert "5550001111" not in caplog.text


async def test_a_lease_whose_confirmation_never_came_is_undone(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, background
) -> None:
    gate = twilio.hold("update number")
    taking = await background.start(adapter.wait_for_call())
    await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
    taking.cancel()
    leaving = await background.start(adapter.disconnect())
    with pytest.raises(asyncio.CancelledError):
        await taking
    await asyncio.wait((leaving,), timeout=0.05)
    assert not leaving.done()  # for who knows what the request that is under way will do
    gate.opened.set()
    await leaving
    assert not settings_of(twilio)["voice_url"]
    assert len(twilio.changes("update number")) == 2


async def test_a_lease_that_twilio_refuses_is_an_error_and_nothing_is_restored(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter
) -> None:
    twilio.refuse("update number", 403, 20003)
    with pytest.raises(TwilioRefused, match="would not change the number"):
        await adapter.wait_for_call()
    await adapter.disconnect()
    assert len(twilio.changes("update number")) == 1


async def test_without_a_public_url_real_twilio_cannot_be_used(make_adapter) -> None:
    bench = Bench(make_adapter(api_base_url="http://emulator.example:9000")._settings)
    with pytest.raises(PublicUrlMissing, match="public_base_url"):
        await bench.take_call(1.0)
    with pytest.raises(PublicUrlMissing, match="CloudflaredTunnel"):
        await bench.place_call(THEIRS, ring_s=1.0, time_limit_s=10)
    assert await bench.close() == []


async def test_two_waits_for_one_call_do_not_both_get_it(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter, background
) -> None:
    first = await background.start(adapter.wait_for_call())
    second = await background.start(adapter.wait_for_call())
    await until_leased(twilio)
    far_end = await twilio.call_in(voice_url(adapter))
    assert await first == SID
    with pytest.raises(CallInProgress):
        await second
    await far_end.stop()


def test_the_tests_own_limits_are_short() -> None:
    assert max(limit for name, limit in vars(QUICK).items() if name != "call_s") <= 3.0
