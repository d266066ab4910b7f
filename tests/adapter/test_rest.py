"""The REST requests, through the official SDK."""

import asyncio
import logging

import pytest
from fake_twilio import ACCOUNT, AUTH_TOKEN, LIMIT_S, OURS, THEIRS, FakeTwilio

from twilio_adapter.errors import TwilioRefused, TwilioUnreachable
from twilio_adapter.rest import OwnedNumber, Rest, VoiceSettings


@pytest.fixture
async def rest(twilio: FakeTwilio):
    connected = Rest(ACCOUNT, AUTH_TOKEN, api_base_url=twilio.base_url, timeout_s=3.0)
    yield connected
    await connected.aclose()


async def test_a_number_is_found_with_its_settings(twilio: FakeTwilio, rest: Rest) -> None:
    twilio.own("+15550003333", voice_url="https://app.example", voice_method="GET", trunk_sid="TK1")
    assert await rest.find_number("+15550003333") == OwnedNumber(
        sid=f"PN{2:032x}",
        settings=VoiceSettings("https://app.example", "GET", "", "POST", ""),
        trunk_sid="TK1",
    )
    assert await rest.find_number("+15550004444") is None


async def test_the_loop_goes_on_while_twilio_thinks(twilio: FakeTwilio, rest: Rest, background) -> None:
    gate = twilio.hold("list numbers")
    finding = await background.start(rest.find_number(OURS))
    await asyncio.wait_for(gate.reached.wait(), LIMIT_S)
    assert not finding.done()
    gate.opened.set()
    assert (await finding) is not None


async def test_a_refusal_carries_twilios_code_and_hides_numbers(twilio: FakeTwilio, rest: Rest) -> None:
    twilio.refuse("redirect call", 400, 21220)
    with pytest.raises(TwilioRefused, match=r"would not change the call: .*\(error 21220, HTTP 400\)") as raised:
        await rest.update_call("CA1", "<Response/>")
    assert (raised.value.status, raised.value.code) == (400, 21220)
    assert OURS not in str(raised.value)


async def test_a_hang_up_of_a_call_that_is_over_is_done(twilio: FakeTwilio, rest: Rest) -> None:
    for status, code in ((404, 20404), (400, 21220)):
        twilio.refuse("hang up", status, code)
        await rest.complete_call("CA1")
    twilio.refuse("hang up", 401, 20003)
    with pytest.raises(TwilioRefused):
        await rest.complete_call("CA1")


async def test_a_reply_that_does_not_come_is_named_with_its_limit(twilio: FakeTwilio) -> None:
    impatient = Rest(ACCOUNT, AUTH_TOKEN, api_base_url=twilio.base_url, timeout_s=0.05)
    gate = twilio.hold("list numbers")
    with pytest.raises(TwilioUnreachable, match=r"did not answer within 0\.05 s"):
        await impatient.find_number(OURS)
    gate.opened.set()
    await impatient.aclose()


async def test_a_proxy_in_the_environment_is_not_used_for_this_machine(
    twilio: FakeTwilio, rest: Rest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert await rest.find_number(OURS) is not None


async def test_a_region_in_the_environment_does_not_lead_away_from_the_base_url(
    twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    regional = Rest(ACCOUNT, AUTH_TOKEN, api_base_url=twilio.base_url, timeout_s=3.0)
    assert await regional.find_number(OURS) is not None
    await regional.aclose()


async def test_nothing_is_logged_that_could_be_misused(
    twilio: FakeTwilio, rest: Rest, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await rest.find_number(OURS)
        await rest.create_call(
            to=THEIRS,
            from_=OURS,
            twiml="<Response><Say>secret</Say></Response>",
            status_callback="http://127.0.0.1/status",
            timeout_s=5,
            time_limit_s=60,
        )
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("twilio"))
    assert "Calls.json" in ours
    for secret in (OURS[1:], THEIRS[1:], AUTH_TOKEN, "secret"):
        assert secret not in ours


@pytest.mark.parametrize(("status", "code"), [(401, 20003), (500, 20500), (429, 20429)])
async def test_a_list_that_is_refused_is_told_like_any_other_refusal(
    twilio: FakeTwilio, rest: Rest, status: int, code: int
) -> None:
    twilio.refuse("list numbers", status, code)
    with pytest.raises(
        TwilioRefused, match=rf"would not look the number up: .*\(error {code}, HTTP {status}\)"
    ) as raised:
        await rest.find_number(OURS)
    assert (raised.value.status, raised.value.code) == (status, code)


async def test_a_page_that_is_not_the_api_is_named(twilio: FakeTwilio) -> None:
    lost = Rest(ACCOUNT, AUTH_TOKEN, api_base_url=f"{twilio.base_url}/elsewhere", timeout_s=3.0)
    with pytest.raises(TwilioRefused, match=r"no reason given \(error 404, HTTP 404\)"):
        await lost.find_number(OURS)
    await lost.aclose()
    twilio.page = "<html>Welcome to the hotel</html>"
    portal = Rest(ACCOUNT, AUTH_TOKEN, api_base_url=twilio.base_url, timeout_s=3.0)
    for asking in (portal.find_number(OURS), portal.update_call("CA1", "<Response/>")):
        with pytest.raises(TwilioUnreachable, match="does not answer as Twilio's API does"):
            await asking
    await portal.aclose()
