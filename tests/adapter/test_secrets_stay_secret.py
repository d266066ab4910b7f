"""Numbers, the account and its token are in no log, no repr and no traceback of a call, whatever goes wrong in it."""

import logging
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from fake_twilio import ACCOUNT, AUTH_TOKEN, LOUD, OURS, THEIRS, FakeTwilio

from twilio_adapter import AdapterError, CallEnded, TwilioAgentAdapter, TwilioRefused
from twilio_adapter.lease import Lease
from twilio_adapter.rest import VoiceSettings

SECRETS = (AUTH_TOKEN, ACCOUNT, OURS[1:], THEIRS[1:], OURS[2:], THEIRS[2:], "442071838750", "2071838750")
OUR_END = "twilio_adapter"
# What the test's own end of the socket logs is not ours.
NOT_OURS = ("websockets",)


def parts_of(thing: Any, seen: set[int]) -> Iterator[Any]:
    """Everything of ours that can be reached from an object, and so be shown by a debugger or an assertion."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, dict | list | tuple | set | frozenset):
        for part in thing.values() if isinstance(thing, dict) else thing:
            yield from parts_of(part, seen)
    elif type(thing).__module__.startswith(OUR_END):
        yield thing
        names = [*vars(type(thing)).get("__slots__", ()), *getattr(thing, "__dict__", {})]
        for name in names:
            yield from parts_of(getattr(thing, name, None), seen)


async def everything_that_goes_wrong(twilio: FakeTwilio, make_adapter: Any) -> list[BaseException]:
    """Provoke errors of every kind; return them."""
    raised: list[BaseException] = []

    async def attempt(work: Any) -> None:
        with pytest.raises(AdapterError) as caught:
            await work
        raised.append(caught.value)

    async with make_adapter(allowed_callers=[THEIRS]) as adapter:
        await attempt(adapter.wait_for_call(timeout=0.01))
        await attempt(adapter.place_call("+442071838750"))
        await attempt(adapter.place_call("44 2071838750"))
        await attempt(adapter.place_call("(207) 183-8750 x15550002222"))
        twilio.refuse("create call", 400, 21210)
        await attempt(adapter.place_call(THEIRS))
        twilio.refuse("create call", 401, 20003)
        await attempt(adapter.place_call(THEIRS))
        twilio.refusals.clear()
    await attempt(make_adapter(phone_number="+442071838750").connect())
    await attempt(make_adapter(api_base_url="http://127.0.0.1:1").connect())
    await attempt(make_adapter(account_sid="AC" + "0" * 32, api_base_url=twilio.base_url + "/nothing").connect())
    for number in ("15550001111", "+1555000111x", " 15550001111"):
        with pytest.raises(AdapterError) as caught:
            make_adapter(phone_number=number)
        raised.append(caught.value)
    return raised


async def test_a_whole_call_and_all_that_goes_wrong_show_no_secret(
    twilio: FakeTwilio, make_adapter: Any, background: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    async with make_adapter() as adapter:
        await adapter.lease_number()
        assert (await twilio.post(f"{adapter.local_url}/twilio/voice", {"From": THEIRS}, signature=""))[0] == 403
        far_end = await twilio.call_in(f"{adapter.local_url}/twilio/voice")
        await adapter.wait_for_call()
        await far_end.ticks(0.1, LOUD)
        await adapter.send_silence(0.04)
        await twilio.ring(f"{adapter.local_url}/twilio/voice", caller="+442071838750", sid="CA" + "f" * 32)
        shown += [repr(part) for part in parts_of(adapter, set())]
        await far_end.drop()
        with pytest.raises(CallEnded) as ended:
            await adapter.wait_for_seconds(1.0)
    errors = [ended.value, *await everything_that_goes_wrong(twilio, make_adapter)]
    shown += ["".join(traceback.format_exception(error)) + repr(error) for error in errors]
    logged = [record for record in caplog.records if not record.name.startswith(NOT_OURS)]
    shown += [record.getMessage() + (record.exc_text or "") for record in logged]
    assert {"twilio_adapter.rest", "urllib3.connectionpool"} <= {record.name for record in logged}
    assert len(errors) > 10
    assert any("Settings(" in text for text in shown)
    for text in shown:
        assert not [secret for secret in SECRETS if secret in text], text


async def test_an_unexpected_error_of_twilios_is_shown_without_its_numbers(
    twilio: FakeTwilio, adapter: TwilioAgentAdapter
) -> None:
    twilio.refuse("create call", 400, 21210)
    with pytest.raises(TwilioRefused, match=r"refused \+1555\*\*\*1111") as refusal:
        await adapter.place_call(THEIRS)
    assert refusal.value.__cause__ is None


def test_a_number_that_is_none_is_shown_by_its_shape() -> None:
    with pytest.raises(AdapterError, match=r"'\(###\) ###-####' is not a phone number in E\.164"):
        TwilioAgentAdapter(account_sid=ACCOUNT, auth_token=AUTH_TOKEN, phone_number="(555) 000-1111")


def test_a_lease_shows_neither_number() -> None:
    lease = Lease("PN1", OURS, {"voice_url": "https://x.example"}, VoiceSettings("", "", "", "", ""))
    assert OURS[2:] not in repr(lease)
