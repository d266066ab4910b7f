"""What accounts own beside calls: the keys, the types and the verbs of the official SDK, resource by resource."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from sdk_shapes import (
    DAY,
    FLAG,
    LIST,
    MAP,
    MOMENT,
    NUMBER,
    NUMBER_OR_NULL,
    TEXT,
    TEXT_OR_NULL,
    Noting,
    Types,
    check,
    json_of,
)
from twilio.rest import Client
from twilio.rest.api.v2010 import account as account_module
from twilio.rest.api.v2010.account import (
    application,
    available_phone_number_country,
    balance,
    incoming_phone_number,
    key,
    new_key,
    new_signing_key,
    outgoing_caller_id,
    signing_key,
    token,
    validation_request,
)
from twilio.rest.api.v2010.account.available_phone_number_country import local, mobile, toll_free
from twilio.rest.api.v2010.account.incoming_phone_number import local as owned_local
from twilio.rest.api.v2010.account.incoming_phone_number import mobile as owned_mobile
from twilio.rest.api.v2010.account.incoming_phone_number import toll_free as owned_toll_free
from twilio.rest.api.v2010.account.usage import record

from twilio_emulator.journal import Problem
from twilio_emulator.sync import TwilioEmulator

PHONE = "+15552220007"


def types(**of_kind: str) -> Types:
    """Types of fields: `text="sid uri"`."""
    kinds = {
        "text": TEXT,
        "text_or_null": TEXT_OR_NULL,
        "flag": FLAG,
        "map_": MAP,
        "list_": LIST,
        "moment": MOMENT,
        "day": DAY,
        "number": NUMBER,
        "number_or_null": NUMBER_OR_NULL,
    }
    return {name: kinds[kind] for kind, names in of_kind.items() for name in names.split()}


VOICE = (
    "account_sid api_version friendly_name sid sms_fallback_method sms_fallback_url sms_method sms_url status_callback "
    "status_callback_method uri voice_fallback_method voice_method"
)
OWNED = types(
    text=f"{VOICE} address_requirements emergency_address_status emergency_status origin phone_number "
    "sms_application_sid status type voice_application_sid voice_receive_mode",
    text_or_null="address_sid bundle_sid emergency_address_sid identity_sid trunk_sid voice_url voice_fallback_url",
    flag="beta voice_caller_id_lookup",
    map_="capabilities",
    moment="date_created date_updated",
)
AVAILABLE = types(
    text="friendly_name phone_number iso_country address_requirements",
    text_or_null="lata locality rate_center region postal_code",
    number_or_null="latitude longitude",
    flag="beta",
    map_="capabilities",
)
KEY = types(text="sid friendly_name", moment="date_created date_updated")
ACCOUNT = types(
    text="auth_token friendly_name owner_account_sid sid status type uri",
    moment="date_created date_updated",
    map_="subresource_uris",
)
USAGE = types(
    text="account_sid api_version as_of category count count_unit description price_unit uri usage usage_unit",
    number="price",
    day="start_date end_date",
    map_="subresource_uris",
)

# (path, the array's name or nothing for a resource that stands alone, the SDK's class, types). Read with GET.
READ: list[tuple[str, str, Callable[..., object], Types]] = [
    ("", "", account_module.AccountInstance, ACCOUNT),
    (
        "/Applications.json",
        "applications",
        application.ApplicationInstance,
        types(
            text=f"{VOICE} message_status_callback sms_status_callback",
            text_or_null="voice_url voice_fallback_url",
            flag="voice_caller_id_lookup public_application_connect_enabled",
            moment="date_created date_updated",
        ),
    ),
    (
        "/AvailablePhoneNumbers.json",
        "countries",
        available_phone_number_country.AvailablePhoneNumberCountryInstance,
        types(text="country country_code uri", flag="beta", map_="subresource_uris"),
    ),
    ("/AvailablePhoneNumbers/US/Local.json", "available_phone_numbers", local.LocalInstance, AVAILABLE),
    ("/AvailablePhoneNumbers/GB/Mobile.json", "available_phone_numbers", mobile.MobileInstance, AVAILABLE),
    ("/AvailablePhoneNumbers/US/TollFree.json", "available_phone_numbers", toll_free.TollFreeInstance, AVAILABLE),
    ("/Balance.json", "", balance.BalanceInstance, types(text="account_sid balance currency")),
    ("/IncomingPhoneNumbers/Local.json", "incoming_phone_numbers", owned_local.LocalInstance, OWNED),
    ("/IncomingPhoneNumbers/Mobile.json", "incoming_phone_numbers", owned_mobile.MobileInstance, OWNED),
    ("/IncomingPhoneNumbers/TollFree.json", "incoming_phone_numbers", owned_toll_free.TollFreeInstance, OWNED),
    ("/Keys.json", "keys", key.KeyInstance, KEY),
    (
        "/OutgoingCallerIds.json",
        "outgoing_caller_ids",
        outgoing_caller_id.OutgoingCallerIdInstance,
        types(text="account_sid friendly_name phone_number sid uri", moment="date_created date_updated"),
    ),
    ("/SigningKeys.json", "signing_keys", signing_key.SigningKeyInstance, KEY),
    *(
        (
            f"/Usage/Records{period and f'/{period}'}.json",
            "usage_records",
            record.RecordInstance,
            USAGE,
        )
        for period in ("", "AllTime", "Daily", "LastMonth", "Monthly", "ThisMonth", "Today", "Yearly", "Yesterday")
    ),
]
# What answers a POST with something that no GET shows: (path, form, the SDK's class, types).
MADE: list[tuple[str, dict[str, object], Callable[..., object], Types]] = [
    ("/Keys.json", {}, new_key.NewKeyInstance, KEY | types(text="secret")),
    ("/SigningKeys.json", {}, new_signing_key.NewSigningKeyInstance, KEY | types(text="secret")),
    (
        "/OutgoingCallerIds.json",
        {"PhoneNumber": "+15552229999"},
        validation_request.ValidationRequestInstance,
        types(text="account_sid call_sid friendly_name phone_number validation_code"),
    ),
    (
        "/Tokens.json",
        {},
        token.TokenInstance,
        types(text="account_sid password ttl username", list_="ice_servers", moment="date_created date_updated"),
    ),
]


@pytest.fixture(scope="module")
def furnished() -> Iterator[TwilioEmulator]:
    """An emulator whose account has two of everything, and a caller id."""
    with TwilioEmulator(speed="max", speech="murmur") as twilio:
        client = twilio.client()
        for number in ("+14155550100", "+15105550100"):
            client.incoming_phone_numbers.local.create(phone_number=number)
        for number in ("+447700900001", "+447700900002"):
            client.incoming_phone_numbers.mobile.create(phone_number=number)
        for number in ("+18005550100", "+18005550101"):
            client.incoming_phone_numbers.toll_free.create(phone_number=number)
        for name in ("one", "two"):
            client.applications.create(friendly_name=name, voice_url="http://127.0.0.1:1/")
            client.new_keys.create(friendly_name=name)
            client.api.v2010.accounts.create(friendly_name=name)
        phone = twilio.handset(PHONE, behavior="ring")
        asked = client.validation_requests.create(phone_number=PHONE)
        line = phone.next_call()
        line.answer()
        line.press(asked.validation_code)
        twilio.wait_for_call(asked.call_sid)
        yield twilio


def instance(client: Client, made: Callable[..., object], payload: Noting) -> object:
    """An instance of the SDK, with what its constructor wants besides the payload."""
    wanted = inspect.signature(made).parameters
    sids = {"account_sid": client.account_sid, "country_code": "US"}
    return made(client.api.v2010, payload, **{name: value for name, value in sids.items() if name in wanted})


@pytest.mark.sdk
@pytest.mark.parametrize(("path", "array", "made", "fields"), READ, ids=[row[0] for row in READ])
def test_what_is_read_has_the_keys_and_types_that_the_sdk_reads(
    furnished: TwilioEmulator, path: str, array: str, made: Callable[..., object], fields: Types
) -> None:
    client = furnished.client()
    body = json_of(client, path or ".json")
    payloads = body[array] if array else [body]
    assert payloads
    for payload in payloads:
        check(payload, lambda noting: instance(client, made, noting), fields)
        alone = payload.get("uri", "").partition(f"/Accounts/{client.account_sid}")[2]
        if "?" not in alone and alone not in {"", ".json"}:
            assert json_of(client, alone).items() >= payload.items()


@pytest.mark.sdk
@pytest.mark.parametrize(("path", "form", "made", "fields"), MADE, ids=[row[0] for row in MADE])
def test_what_is_made_has_the_keys_and_types_that_the_sdk_reads(
    furnished: TwilioEmulator, path: str, form: dict[str, object], made: Callable[..., object], fields: Types
) -> None:
    client = furnished.client()
    body = json_of(client, path, method="POST", data=form)
    check(body, lambda noting: instance(client, made, noting), fields)


@pytest.mark.sdk
def test_the_list_of_accounts_has_the_keys_and_types_that_the_sdk_reads(furnished: TwilioEmulator) -> None:
    client = furnished.client()
    body = client.request("GET", "https://api.twilio.com/2010-04-01/Accounts.json").text
    payloads = json.loads(body)["accounts"]
    assert len(payloads) == 3
    for payload in payloads:
        check(payload, lambda noting: account_module.AccountInstance(client.api.v2010, noting), ACCOUNT)


@pytest.mark.openapi
@pytest.mark.parametrize("path", [row[0] for row in READ if row[1] and "Available" not in row[0]])
def test_a_list_has_the_paging_keys_and_one_more_and_leads_on(furnished: TwilioEmulator, path: str) -> None:
    client = furnished.client()
    body = json_of(client, f"{path}?PageSize=1")
    paging = {"end", "first_page_uri", "next_page_uri", "page", "page_size", "previous_page_uri", "start", "uri"}
    assert paging < set(body)
    assert len(set(body) - paging) == 1
    seen = 1
    while body["next_page_uri"] is not None:
        body = json_of(client, body["next_page_uri"].partition(client.account_sid)[2])
        seen += 1
    everything = json_of(client, path)
    [array] = set(everything) - paging
    assert seen == len(everything[array])


# --- what the SDK can send --------------------------------------------------------------------------------------------

VALUES: dict[str, Any] = {
    "phone_number": "+15552228888",
    "area_code": "415",
    "contains": "555",
    "near_number": "+14155550100",
    "near_lat_long": "37.8,-122.4",
    "distance": 10,
    "category": "calls",
    "start_date": date(2024, 1, 1),
    "end_date": date(2024, 2, 1),
    "status": "active",
    "extension": "1",
    "call_delay": 0,
    "ttl": 60,
    "page_size": 5,
    "limit": 5,
    "api_version": "2010-04-01",
    "account_sid": "",
    "voice_application_sid": "",
    "origin": "twilio",
}


def everything(method: Callable[..., object]) -> dict[str, Any]:
    """A value for every parameter of an SDK method."""

    def value_for(name: str, annotation: str) -> Any:
        if name in VALUES:
            return VALUES[name]
        if name.endswith("_method"):
            return "GET"
        if name.endswith(("_url", "callback")):
            return "http://127.0.0.1:1/"
        return "bool" in str(annotation) or "x"

    parameters = inspect.signature(method).parameters.items()
    return {name: value_for(name, parameter.annotation) for name, parameter in parameters if name != "self"}


@pytest.mark.sdk
def test_every_parameter_of_the_sdk_is_known() -> None:
    with TwilioEmulator(speed="max", speech="murmur") as twilio:
        client = twilio.client()
        client.api.v2010.accounts.list(**everything(account_module.AccountList.list))
        sub = client.api.v2010.accounts.create(**everything(account_module.AccountList.create))
        sub.update(**everything(account_module.AccountInstance.update))
        made = client.applications.create(**everything(application.ApplicationList.create))
        made.update(**everything(application.ApplicationInstance.update))
        client.applications.list(**everything(application.ApplicationList.list))
        client.keys.list(**everything(key.KeyList.list))
        new = client.new_keys.create(**everything(new_key.NewKeyList.create))
        client.keys(new.sid).update(**everything(key.KeyInstance.update))
        client.validation_requests.create(**everything(validation_request.ValidationRequestList.create))
        client.outgoing_caller_ids.list(**everything(outgoing_caller_id.OutgoingCallerIdList.list))
        client.tokens.create(**everything(token.TokenList.create))
        client.usage.records.list(**everything(record.RecordList.list))
        client.available_phone_numbers("US").local.list(**everything(local.LocalList.list))
        client.available_phone_numbers("GB").mobile.list(**(everything(mobile.MobileList.list) | {"near_number": ""}))
        client.incoming_phone_numbers.local.create(**everything(owned_local.LocalList.create))
        client.incoming_phone_numbers.local.list(**everything(owned_local.LocalList.list))
        [number] = client.incoming_phone_numbers.list()
        number.update(**everything(incoming_phone_number.IncomingPhoneNumberInstance.update))
        assert [problem.message for problem in twilio.journal.of(Problem) if problem.code == 20001] == []
