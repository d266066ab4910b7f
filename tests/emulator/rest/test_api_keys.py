"""API keys: made, listed without their secret, used in place of the token, revoked."""

from __future__ import annotations

import pytest
from rest_bench import ACCOUNT_SID, OWNED, RestBench, refusal
from twilio.rest import Client

from twilio_emulator.sdk_client import RebasedHttpClient


def client_with(bench: RestBench, key, account_sid: str = ACCOUNT_SID) -> Client:
    return Client(key.sid, key.secret, account_sid, http_client=RebasedHttpClient(bench.base_url))


@pytest.mark.parametrize(("new", "kept"), [("new_keys", "keys"), ("new_signing_keys", "signing_keys")])
def test_a_keys_secret_is_shown_once(bench: RestBench, new: str, kept: str) -> None:
    made = getattr(bench.client, new).create(friendly_name="ci")
    assert made.sid.startswith("SK")
    assert len(made.secret) == 32
    [listed] = getattr(bench.client, kept).list()
    assert (listed.sid, listed.friendly_name) == (made.sid, "ci")
    for path in ("/Keys.json", f"/Keys/{made.sid}.json", "/SigningKeys.json"):
        assert made.secret not in bench.request("GET", path).text
    assert getattr(bench.client, kept)(made.sid).update(friendly_name="cd").friendly_name == "cd"
    assert getattr(bench.client, kept)(made.sid).fetch().friendly_name == "cd"


def test_a_key_opens_its_accounts_resources(bench: RestBench) -> None:
    with_key = client_with(bench, bench.client.new_keys.create())
    assert [number.phone_number for number in with_key.incoming_phone_numbers.list()] == [OWNED]
    call = with_key.calls.create(to="+15552220001", from_=OWNED, url="http://localhost:5000/")
    assert call.account_sid == ACCOUNT_SID


def test_a_standard_key_reaches_neither_accounts_nor_keys(bench: RestBench) -> None:
    with_key = client_with(bench, bench.client.new_keys.create())
    assert refusal(with_key.api.v2010.accounts(ACCOUNT_SID).fetch) == (403, 20006)
    assert refusal(with_key.api.v2010.accounts.list) == (403, 20006)
    assert refusal(with_key.keys.list) == (403, 20006)
    assert refusal(with_key.new_signing_keys.create) == (403, 20006)


def test_a_wrong_secret_and_a_revoked_key_open_nothing(bench: RestBench) -> None:
    key = bench.client.new_keys.create()
    with_key = client_with(bench, key)
    key.secret += "x"
    assert refusal(client_with(bench, key).calls.list) == (401, 20003)
    assert bench.client.keys(key.sid).delete()
    assert refusal(with_key.calls.list) == (401, 20003)
    assert bench.client.keys.list() == []


def test_an_owners_key_opens_a_sub_account_and_a_sub_accounts_key_only_its_own(bench: RestBench) -> None:
    sub = bench.client.api.v2010.accounts.create()
    owners = bench.client.new_keys.create()
    subs = bench.client.api.v2010.accounts(sub.sid).new_keys.create()
    assert client_with(bench, owners, sub.sid).calls.list() == []
    assert client_with(bench, subs, sub.sid).calls.list() == []
    assert refusal(client_with(bench, subs).calls.list) == (401, 20003)
    assert [key.sid for key in bench.client.keys.list()] == [owners.sid]


def test_secrets_are_not_in_the_journal_nor_in_a_representation(bench: RestBench) -> None:
    key = bench.client.new_keys.create()
    sub = bench.client.api.v2010.accounts.create()
    client_with(bench, key).calls.list()
    written = bench.world.journal.to_jsonl() + repr(bench.world.accounts.keys.all()) + repr(bench.world.accounts.main)
    for secret in (key.secret, sub.auth_token, bench.world.auth_token):
        assert secret not in written
