"""Balance, tokens and usage: what an account costs, which is nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from rest_bench import ACCOUNT_SID, RestBench


def test_there_is_money_in_the_account(bench: RestBench) -> None:
    balance = bench.client.balance.fetch()
    assert (balance.account_sid, balance.currency) == (ACCOUNT_SID, "USD")
    assert float(balance.balance) > 0


def test_tokens_differ_and_name_their_servers(bench: RestBench) -> None:
    one, two = bench.client.tokens.create(), bench.client.tokens.create(ttl=60)
    assert (one.ttl, two.ttl) == ("86400", "60")
    assert one.username != two.username
    assert one.ice_servers[0] == {"urls": "stun:global.stun.twilio.com:3478"}
    assert all(server["credential"] == one.password for server in one.ice_servers[1:])


@pytest.mark.parametrize(
    "period",
    ["", "all_time", "daily", "last_month", "monthly", "this_month", "today", "yearly", "yesterday"],
)
def test_nothing_has_been_used(bench: RestBench, period: str) -> None:
    records = bench.client.usage.records
    found = (getattr(records, period) if period else records).list(page_size=7)
    assert {record.count for record in found} == {"0"}
    assert {float(record.price) for record in found} == {0.0}
    categories = [record.category for record in found]
    assert categories == sorted(categories)
    assert {"calls", "totalprice"} <= set(categories)


def test_records_are_of_a_category_and_a_period(bench: RestBench) -> None:
    today = bench.world.clock.utc().date()
    [record] = bench.client.usage.records.today.list(category="calls-inbound")
    assert (record.start_date, record.end_date) == (today, today) or str(record.start_date) == str(today)
    [record] = bench.client.usage.records.list(
        category="calls", start_date=date(2024, 2, 1), end_date=date(2024, 2, 29)
    )
    assert (str(record.start_date), str(record.end_date)) == ("2024-02-01", "2024-02-29")
    body = bench.request("GET", "/Usage/Records.json?Category=calls&StartDate=-30days").json()
    assert body["usage_records"][0]["start_date"] == str(today - timedelta(days=30))
