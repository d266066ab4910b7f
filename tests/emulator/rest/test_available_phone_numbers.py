"""The numbers that can be bought, through the official SDK."""

from __future__ import annotations

import pytest
from rest_bench import RestBench

from twilio_emulator.accounts.number_pool import COUNTRIES, NumberKind, kind_of, kinds_in, ranges_in
from twilio_wire.e164 import is_e164


def numbers(found) -> list[str]:
    return [number.phone_number for number in found]


def test_every_number_of_the_pool_is_one_of_its_kind_and_nobody_elses() -> None:
    seen: set[str] = set()
    for country in COUNTRIES:
        for kind in kinds_in(country):
            for found in ranges_in(country, kind):
                for number in found.numbers():
                    assert is_e164(number)
                    assert kind_of(number) is kind
                    assert found.has(number)
                    assert number not in seen
                    seen.add(number)
    assert len({kind for country in COUNTRIES for kind in kinds_in(country)}) == len(NumberKind)


def test_countries_name_the_kinds_that_they_have(bench: RestBench) -> None:
    countries = {country.country_code: country for country in bench.client.available_phone_numbers.list()}
    assert set(countries) == set(COUNTRIES)
    assert set(countries["US"].subresource_uris) == {"local", "toll_free"}
    assert bench.client.available_phone_numbers("gb").fetch().country == "United Kingdom"
    assert set(countries["GB"].subresource_uris) == {"local", "mobile", "toll_free"}


def test_a_search_gives_the_same_numbers_again_and_never_one_that_is_taken(bench: RestBench) -> None:
    local = bench.client.available_phone_numbers("US").local
    first = numbers(local.list(area_code="415", page_size=5, limit=5))
    assert first == numbers(local.list(area_code="415", page_size=5, limit=5))
    assert first[0] == "+14155550100"
    bench.client.incoming_phone_numbers.create(phone_number=first[0])
    assert numbers(local.list(area_code="415", page_size=4, limit=4)) == first[1:]


@pytest.mark.parametrize(
    ("filters", "localities"),
    [
        ({"in_region": "ca"}, {"San Francisco", "Oakland", "Los Angeles"}),
        ({"in_locality": "Boston"}, {"Boston"}),
        ({"in_postal_code": "98104"}, {"Seattle"}),
        ({"in_rate_center": "MIAMI"}, {"Miami"}),
        ({"in_lata": "722"}, {"San Francisco", "Oakland"}),
        ({"near_number": "+14155550123"}, {"San Francisco", "Oakland"}),
        ({"near_number": "+14155550123", "distance": 5}, {"San Francisco"}),
        ({"near_lat_long": "40.7,-74.0", "distance": 200}, {"New York", "Boston"}),
        ({"contains": "+1808"}, {"Honolulu"}),
        ({"contains": "512***0**7$"}, {"Austin"}),
        ({"contains": "DEN"}, set()),
        ({"in_region": "ca", "area_code": "212"}, set()),
        ({"sms_enabled": True}, set()),
        ({"voice_enabled": True, "in_locality": "Denver"}, {"Denver"}),
    ],
)
def test_a_search_is_narrowed(bench: RestBench, filters: dict[str, object], localities: set[str]) -> None:
    found = bench.client.available_phone_numbers("US").local.list(page_size=1000, **filters)
    assert {number.locality for number in found} == localities
    assert bench.problems() == []


def test_letters_are_those_of_a_keypad_and_a_percent_sign_is_any_digits(bench: RestBench) -> None:
    local = bench.client.available_phone_numbers("US").local
    assert numbers(local.list(contains="415JJJ")) == numbers(local.list(area_code="415"))
    assert numbers(local.list(contains="+1415%99$")) == ["+14155550199"]


def test_each_kind_is_bought_as_what_it_is(bench: RestBench) -> None:
    free = bench.client.available_phone_numbers("US").toll_free.list(limit=1)[0]
    mobile = bench.client.available_phone_numbers("GB").mobile.list(limit=1)[0]
    assert (free.locality, free.latitude, mobile.iso_country) == (None, None, "GB")
    bench.client.incoming_phone_numbers.toll_free.create(phone_number=free.phone_number)
    bench.client.incoming_phone_numbers.mobile.create(phone_number=mobile.phone_number)
    assert {number.type for number in bench.client.incoming_phone_numbers.list()} == {"local", "toll-free", "mobile"}


def test_the_list_has_its_array_and_its_uri_and_nothing_else(bench: RestBench) -> None:
    body = bench.request("GET", "/AvailablePhoneNumbers/DE/Local.json?PageSize=3&Page=1").json()
    assert set(body) == {"available_phone_numbers", "uri"}
    assert [number["phone_number"] for number in body["available_phone_numbers"]] == [
        "+493023125003",
        "+493023125004",
        "+493023125005",
    ]
