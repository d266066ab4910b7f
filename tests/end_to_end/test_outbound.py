"""The adapter places calls: to phones that do and do not answer, and to the account's own numbers."""

import asyncio
from collections.abc import Callable

import pytest
from customer import Customer
from sounds import seconds_of, tone_chunk, tone_line

from twilio_adapter import (
    CallBusy,
    CallCanceled,
    CalleeNotAllowedError,
    CallEnded,
    CallFailed,
    CallNotAnswered,
    CallNotConnected,
    Limits,
    TwilioAgentAdapter,
)
from twilio_emulator import TwilioEmulator
from twilio_emulator.journal import CallMoved

PHONE = "+15557770001"


async def test_both_sides_hear_each_other(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at()
    phone = twilio.handset(PHONE)
    await adapter.place_call(PHONE)
    line = await phone.next_call()
    await adapter.send_audio(tone_chunk(500, 1.0))
    await adapter.drain()
    await line.play(tone_line(900, 0.6))
    heard = await adapter.recv_audio()
    await adapter.hang_up()
    assert line.status == "completed"
    assert seconds_of(500, line.heard.pcm) == pytest.approx(1.0, abs=0.06)
    assert heard.seconds == pytest.approx(0.6, abs=0.06)
    assert adapter.call_status == "completed"


@pytest.mark.parametrize(
    ("behavior", "error"),
    [
        ("busy", CallBusy),
        ("no-answer", CallNotAnswered),
        ("reject", CallNotAnswered),
        ("unreachable", CallFailed),
    ],
)
async def test_a_call_that_becomes_no_conversation_is_told_by_type_and_leaves_nothing_open(
    twilio: TwilioEmulator, adapter_at: Callable, behavior: str, error: type[CallNotConnected]
) -> None:
    adapter = await adapter_at()
    twilio.handset(PHONE, behavior=behavior)
    with pytest.raises(error):
        await adapter.place_call(PHONE, timeout=10)
    await twilio.wait_until_idle()


async def test_nobody_at_the_number(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at()
    with pytest.raises(CallFailed):
        await adapter.place_call("+15559990000")


async def test_a_call_canceled_by_somebody_else(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at()
    phone = twilio.handset(PHONE, behavior="ring")
    placing = asyncio.ensure_future(adapter.place_call(PHONE))
    line = await phone.next_call()
    twilio.client().calls(line.call_sid).update(status="canceled")
    with pytest.raises(CallCanceled):
        await placing
    assert line.status == "canceled"


async def test_a_callee_that_is_not_allowed_is_never_dialled(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at(allowed_callees=["+15558880001"])
    twilio.handset(PHONE)
    with pytest.raises(CalleeNotAllowedError):
        await adapter.place_call(PHONE)
    assert not twilio.journal.of(CallMoved)


async def test_the_callee_hangs_up_while_we_speak(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at()
    phone = twilio.handset(PHONE)
    await adapter.place_call(PHONE)
    line = await phone.next_call()
    speaking = asyncio.ensure_future(adapter.send_audio(tone_chunk(500, 30.0)))
    await line.wait_for_speech()
    await line.hang_up()
    with pytest.raises(CallEnded):
        await speaking
    assert seconds_of(500, line.heard.pcm) < 1.0


async def test_rest_ends_the_call_under_our_feet(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at()
    twilio.handset(PHONE)
    sid = await adapter.place_call(PHONE)
    twilio.client().calls(sid).update(status="completed")
    await adapter.wait_until_ended()
    assert adapter.call_status == "completed"
    await adapter.hang_up()


async def test_interrupt_drops_what_has_not_been_heard(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at()
    phone = twilio.handset(PHONE)
    await adapter.place_call(PHONE)
    line = await phone.next_call()
    await adapter.send_audio(tone_chunk(500, 2.0))
    dropped_ms = await adapter.interrupt()
    await line.silence(3.0)
    heard_s = seconds_of(500, line.heard.pcm)
    assert 0.8 < heard_s < 1.3
    assert heard_s + dropped_ms / 1000 == pytest.approx(2.0, abs=0.1)
    await adapter.send_audio(tone_chunk(900, 0.5))
    await adapter.drain()
    assert seconds_of(900, line.heard.pcm) == pytest.approx(0.5, abs=0.06)


async def test_dtmf_keeps_the_conversation(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at()
    phone = twilio.handset(PHONE)
    sid = await adapter.place_call(PHONE)
    line = await phone.next_call()
    await adapter.send_dtmf("12#")
    assert line.digits_heard == "12#"
    await line.play(tone_line(900, 0.6))
    assert (await adapter.recv_audio()).seconds == pytest.approx(0.6, abs=0.06)
    await adapter.send_audio(tone_chunk(500, 0.4))
    await adapter.drain()
    assert seconds_of(500, line.heard.pcm) == pytest.approx(0.4, abs=0.06)
    assert adapter.call_sid == sid
    assert adapter.call_status == "in-progress"


async def test_tones_in_the_stream_are_keys_too(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at()
    phone = twilio.handset(PHONE)
    await adapter.place_call(PHONE)
    line = await phone.next_call()
    await adapter.send_dtmf("90*", method="inband")
    assert line.digits_heard == "90*"


async def test_the_menu_of_another_number_is_navigated_by_keys(
    twilio: TwilioEmulator, customer: Customer, adapter_at: Callable
) -> None:
    customer.pages = {
        "/voice": '<Response><Gather numDigits="4" action="/pin"><Say>Your pin.</Say></Gather></Response>',
        "/pin": lambda form: f"<Response><Say>Your pin is {form['Digits']}.</Say></Response>",
    }
    twilio.add_number("+15550002222", voice_url=f"{customer.url}/voice", status_callback=f"{customer.url}/status")
    adapter = await adapter_at()
    await adapter.place_call("+15550002222")
    await adapter.recv_audio()
    await adapter.send_dtmf("1234")
    reply = await adapter.recv_audio()
    await adapter.wait_until_ended()
    await twilio.wait_until_idle()
    assert customer.forms("/pin")[0]["Digits"] == "1234"
    assert reply.seconds > 0.5
    assert customer.forms("/status")[0]["CallStatus"] == "completed"


async def test_a_call_from_which_nothing_reaches_us_says_what_twilio_has_on_it(twilio: TwilioEmulator) -> None:
    twilio.add_number("+15550001111")
    phone = twilio.handset(PHONE, answer_after=0)
    nobody_there = "http://127.0.0.1:9"
    async with TwilioAgentAdapter(
        account_sid=twilio.account_sid,
        auth_token=twilio.auth_token,
        phone_number="+15550001111",
        http_port=0,
        api_base_url=twilio.base_url,
        public_base_url=nobody_there,
        allowed_callees=[PHONE],
        limits=Limits(answer_grace_s=0.5, last_word_s=0.01),
    ) as adapter:
        placing = asyncio.ensure_future(adapter.place_call(PHONE, timeout=1))
        line = await phone.next_call()
        await line.wait_until("completed")
        with pytest.raises(CallFailed, match=f"at Twilio, .* does not reach {nobody_there}") as raised:
            await placing
    assert "11202" in str(raised.value)  # no status callback was answered
