"""IncomingPhoneNumbers through the official SDK."""

from __future__ import annotations

import pytest
from rest_bench import ACCOUNT_SID, OWNED, RestBench, refusal

from twilio_emulator.sdk_client import sdk_client

URL = "http://localhost:5000/voice"


def test_a_number_is_found_by_its_digits(bench: RestBench) -> None:
    for phone_number in ("+15551110002", "+442071838750", "+15559991234"):
        bench.world.add_number(phone_number)

    def find(pattern: str) -> list[str]:
        return [number.phone_number for number in bench.client.incoming_phone_numbers.list(phone_number=pattern)]

    assert find(OWNED) == [OWNED]
    assert find("5551110001") == [OWNED]
    assert find("+1555***1234") == ["+15559991234"]
    assert find("+1555") == ["+15559991234", "+15551110002", OWNED]
    assert find("9999999") == []
    assert find("+1.555") == []
    assert len(bench.client.incoming_phone_numbers.list()) == 4
    assert len(bench.client.incoming_phone_numbers.list(limit=2, page_size=1)) == 2


def test_a_number_is_found_by_its_friendly_name(bench: RestBench) -> None:
    bench.client.incoming_phone_numbers.create(phone_number="+15551110002", friendly_name="support")
    [found] = bench.client.incoming_phone_numbers.list(friendly_name="support")
    assert found.phone_number == "+15551110002"
    assert bench.client.incoming_phone_numbers.list(friendly_name="supp") == []


def test_there_are_no_hosted_numbers(bench: RestBench) -> None:
    assert bench.client.incoming_phone_numbers.list(origin="hosted") == []
    assert len(bench.client.incoming_phone_numbers.list(origin="twilio", beta=True)) == 1


def test_a_number_points_to_an_app_and_away_again(bench: RestBench) -> None:
    [number] = bench.client.incoming_phone_numbers.list(phone_number=OWNED)
    assert (number.voice_url, number.voice_method, number.status_callback) == (None, "POST", "")
    changed = number.update(
        voice_url=URL,
        voice_method="GET",
        voice_fallback_url=URL + "/fallback",
        voice_fallback_method="GET",
        status_callback=URL + "/status",
        status_callback_method="GET",
        friendly_name="front desk",
        voice_caller_id_lookup=True,
        sms_url=URL + "/sms",
        sms_method="GET",
    )
    stored = bench.world.store.owned(OWNED)
    assert stored is not None
    assert (stored.voice_url, stored.voice_method) == (URL, "GET")
    assert (stored.voice_fallback_url, stored.voice_fallback_method) == (URL + "/fallback", "GET")
    assert (stored.status_callback, stored.status_callback_method) == (URL + "/status", "GET")
    assert (stored.friendly_name, stored.voice_caller_id_lookup) == ("front desk", True)
    assert (changed.voice_url, changed.sms_url) == (URL, URL + "/sms")
    assert bench.problems() == []
    cleared = changed.update(voice_url="", voice_fallback_url="", status_callback="")
    assert (cleared.voice_url, cleared.voice_fallback_url, cleared.status_callback) == (None, None, "")
    assert cleared.friendly_name == "front desk"


def test_what_an_update_leaves_out_stays(bench: RestBench) -> None:
    [number] = bench.client.incoming_phone_numbers.list()
    number.update(voice_url=URL, voice_method="GET")
    number.update(voice_fallback_url=URL)
    stored = bench.world.store.owned(OWNED)
    assert stored is not None
    assert (stored.voice_url, stored.voice_method, stored.voice_fallback_url) == (URL, "GET", URL)


def test_a_number_is_bought_with_its_settings(bench: RestBench) -> None:
    number = bench.client.incoming_phone_numbers.create(phone_number="+1 (555) 111-0002", voice_url=URL)
    assert (number.phone_number, number.friendly_name, number.voice_url) == ("+15551110002", "(555) 111-0002", URL)
    assert number.sid.startswith("PN")
    assert number.uri.endswith(f"/IncomingPhoneNumbers/{number.sid}.json")
    assert bench.world.store.owned("+15551110002") is not None
    assert number.capabilities == {"voice": True, "sms": False, "mms": False, "fax": False}
    assert bench.client.incoming_phone_numbers(number.sid).fetch().phone_number == "+15551110002"


def test_an_area_gives_its_next_free_number(bench: RestBench) -> None:
    bought = [bench.client.incoming_phone_numbers.create(area_code="415").phone_number for _ in range(2)]
    assert bought == ["+14155550100", "+14155550101"]


def test_a_refused_purchase_leaves_no_number_behind(bench: RestBench) -> None:
    form = {"PhoneNumber": "+15551110002", "VoiceUrl": "voice"}
    assert bench.request("POST", "/IncomingPhoneNumbers.json", data=form).json()["code"] == 21402
    assert bench.world.store.owned("+15551110002") is None


def test_a_number_is_released(bench: RestBench) -> None:
    [number] = bench.client.incoming_phone_numbers.list()
    assert number.delete()
    assert bench.world.store.owned(OWNED) is None
    assert bench.client.incoming_phone_numbers.list() == []


def test_settings_without_effect_are_named(bench: RestBench) -> None:
    [number] = bench.client.incoming_phone_numbers.list()
    number.update(voice_receive_mode="voice", trunk_sid="TK" + "0" * 32, api_version="2010-04-01")
    assert {problem.message.split(" ")[0] for problem in bench.problems()} == {"VoiceReceiveMode", "TrunkSid"}


@pytest.mark.parametrize(
    ("sublist", "phone_number", "kind"),
    [
        ("local", "+14155550177", "local"),
        ("mobile", "+447700900123", "mobile"),
        ("toll_free", "+18885550123", "toll-free"),
    ],
)
def test_each_kind_of_number_has_a_list_of_its_own(
    bench: RestBench, sublist: str, phone_number: str, kind: str
) -> None:
    numbers = bench.client.incoming_phone_numbers
    bought = getattr(numbers, sublist).create(phone_number=phone_number, voice_url=URL)
    assert (bought.phone_number, bought.voice_url) == (phone_number, URL)
    assert [found.sid for found in getattr(numbers, sublist).list(phone_number=phone_number)] == [bought.sid]
    assert numbers(bought.sid).fetch().type == kind
    others = {"local", "mobile", "toll_free"} - {sublist}
    assert not any(found.sid == bought.sid for other in others for found in getattr(numbers, other).list())


def test_a_number_moves_to_a_sub_account(bench: RestBench) -> None:
    sub = bench.client.api.v2010.accounts.create()
    [number] = bench.client.incoming_phone_numbers.list()
    assert number.update(account_sid=sub.sid).account_sid == sub.sid
    assert bench.client.incoming_phone_numbers.list() == []
    assert [moved.sid for moved in bench.client.api.accounts(sub.sid).incoming_phone_numbers.list()] == [number.sid]


def test_a_sub_account_cannot_move_a_number_nor_give_it_back(bench: RestBench) -> None:
    sub, other = (bench.client.api.v2010.accounts.create() for _ in range(2))
    [number] = bench.client.incoming_phone_numbers.list()
    number.update(account_sid=sub.sid)
    mine = sdk_client(sub.sid, sub.auth_token, bench.base_url)
    for target in (other.sid, ACCOUNT_SID):
        assert refusal(mine.incoming_phone_numbers(number.sid).update, account_sid=target) == (401, 20003)
    mine.http_client.session.close()
    back = bench.client.api.accounts(sub.sid).incoming_phone_numbers(number.sid).update(account_sid=ACCOUNT_SID)
    assert back.account_sid == ACCOUNT_SID
