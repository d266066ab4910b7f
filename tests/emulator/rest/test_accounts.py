"""The main account and its sub-accounts: opened, changed, put to sleep, closed; and who may act for whom."""

from __future__ import annotations

from rest_bench import ACCOUNT_SID, ANSWERED, AUTH_TOKEN, CALLEE, OWNED, RestBench, refusal
from twilio.rest import Client
from twilio.rest.api.v2010.account import AccountInstance

from twilio_emulator.sdk_client import sdk_client

NUMBER = "+15553330001"


def open_account(bench: RestBench, name: str = "sub") -> AccountInstance:
    return bench.client.api.v2010.accounts.create(friendly_name=name)


def client_of(bench: RestBench, account: AccountInstance) -> Client:
    return sdk_client(account.sid, account.auth_token, bench.base_url)


def test_a_sub_account_has_a_sid_a_token_and_an_owner_of_its_own(bench: RestBench) -> None:
    first, second = open_account(bench, "one"), open_account(bench, "two")
    assert (first.friendly_name, first.status, first.owner_account_sid) == ("one", "active", ACCOUNT_SID)
    assert len({ACCOUNT_SID, first.sid, second.sid}) == 3
    assert len({AUTH_TOKEN, first.auth_token, second.auth_token}) == 3
    assert first.uri == f"/2010-04-01/Accounts/{first.sid}.json"
    unnamed = bench.client.api.v2010.accounts.create()
    assert unnamed.friendly_name.startswith("SubAccount Created at 20")


def test_accounts_are_listed_by_name_and_status(bench: RestBench) -> None:
    one, two = open_account(bench, "one"), open_account(bench, "two")
    two.update(status="suspended")
    accounts = bench.client.api.v2010.accounts
    assert [account.sid for account in accounts.list()] == [two.sid, one.sid, ACCOUNT_SID]
    assert [account.sid for account in accounts.stream(page_size=1)] == [two.sid, one.sid, ACCOUNT_SID]
    assert [account.sid for account in accounts.list(friendly_name="one")] == [one.sid]
    assert [account.sid for account in accounts.list(status="suspended")] == [two.sid]


def test_the_owner_acts_for_a_sub_account_which_sees_its_own_things_only(bench: RestBench) -> None:
    sub = open_account(bench)
    below = bench.client.api.v2010.accounts(sub.sid)
    number = below.incoming_phone_numbers.create(phone_number=NUMBER)
    call = below.calls.create(to=CALLEE, from_=NUMBER, url="http://localhost:5000/")
    assert (number.account_sid, call.account_sid) == (sub.sid, sub.sid)
    assert bench.world.placed[-1].account_sid == sub.sid
    own = client_of(bench, sub)
    assert [found.sid for found in own.calls.list()] == [call.sid]
    assert own.calls(call.sid).fetch().uri == f"/2010-04-01/Accounts/{sub.sid}/Calls/{call.sid}.json"
    assert [found.sid for found in own.incoming_phone_numbers.list()] == [number.sid]
    assert bench.client.calls.list() == []
    assert [found.phone_number for found in bench.client.incoming_phone_numbers.list()] == [OWNED]
    assert refusal(bench.client.calls(call.sid).fetch) == (404, 20404)
    assert refusal(bench.client.incoming_phone_numbers(number.sid).fetch) == (404, 20404)
    assert refusal(own.calls.create, to=CALLEE, from_=OWNED, url="http://localhost:5000/") == (400, 21210)


def test_a_sub_account_acts_neither_for_its_owner_nor_for_a_sister(bench: RestBench) -> None:
    sub, sister = open_account(bench), open_account(bench)
    own = client_of(bench, sub)
    for sid in (ACCOUNT_SID, sister.sid):
        assert refusal(own.api.v2010.accounts(sid).fetch) == (401, 20003)
        assert refusal(own.api.v2010.accounts(sid).calls.list) == (401, 20003)
    assert [account.sid for account in own.api.v2010.accounts.list()] == [sub.sid]
    assert refusal(own.api.v2010.accounts.create) == (403, 20006)


def test_a_suspended_account_can_do_nothing_until_its_owner_wakes_it_up(bench: RestBench) -> None:
    sub = open_account(bench)
    own, below = client_of(bench, sub), bench.client.api.v2010.accounts(sub.sid)
    below.incoming_phone_numbers.create(phone_number=NUMBER)
    assert sub.update(status="suspended").status == "suspended"
    assert refusal(own.calls.list) == (403, 20005)
    assert refusal(own.api.v2010.accounts(sub.sid).update, status="active") == (403, 20005)
    assert refusal(below.calls.create, to=CALLEE, from_=NUMBER, url="http://localhost:5000/") == (403, 20005)
    assert below.calls.list() == []
    assert below.fetch().status == "suspended"
    assert below.update(status="active", friendly_name="awake").friendly_name == "awake"
    assert own.calls.list() == []


def test_a_closed_account_loses_its_calls_and_numbers_and_stays_closed(bench: RestBench) -> None:
    sub = open_account(bench)
    below = bench.client.api.v2010.accounts(sub.sid)
    below.incoming_phone_numbers.create(phone_number=NUMBER)
    live = bench.world.add_call(*ANSWERED, account_sid=sub.sid)
    assert below.update(status="closed").status == "closed"
    assert live.status.is_final
    assert below.incoming_phone_numbers.list() == []
    assert refusal(below.update, status="active") == (400, 20001)
    assert bench.client.incoming_phone_numbers.create(phone_number=NUMBER).account_sid == ACCOUNT_SID


def test_the_main_account_can_be_renamed_and_not_closed(bench: RestBench) -> None:
    main = bench.client.api.v2010.accounts(ACCOUNT_SID)
    assert main.update(friendly_name="ours").friendly_name == "ours"
    assert refusal(main.update, status="closed") == (400, 20001)
    assert main.fetch().status == "active"


def test_an_account_that_is_not_there_is_not_found(bench: RestBench) -> None:
    assert refusal(bench.client.api.v2010.accounts("AC" + "7" * 32).fetch) == (404, 20404)
