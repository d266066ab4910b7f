"""Lists of calls through the official SDK: filters, order, and pages that survive what happens meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rest_bench import ACCOUNT_SID, ANSWERED, CALLEE, FINISHED, OWNED, RestBench

CALLS = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json"
DAY_MS = 86_400_000


def sids(calls) -> list[str]:
    return [call.sid for call in calls]


def test_the_newest_call_comes_first(bench: RestBench) -> None:
    placed = [bench.world.add_call(created_ms=index).sid for index in range(3)]
    assert sids(bench.client.calls.list()) == placed[::-1]


def test_the_sdk_walks_all_pages_and_sees_every_call_once(bench: RestBench) -> None:
    placed = [bench.world.add_call().sid for _ in range(125)]
    assert sids(bench.client.calls.stream(page_size=50)) == placed[::-1]
    assert sids(bench.client.calls.stream()) == placed[::-1]
    assert sids(bench.client.calls.list(limit=7)) == placed[:-8:-1]


def test_pages_lead_forth_and_back(bench: RestBench) -> None:
    placed = [bench.world.add_call().sid for _ in range(5)][::-1]
    first = bench.client.calls.page(page_size=2)
    assert first.previous_page_url is None
    second = first.next_page()
    assert second is not None
    third = second.next_page()
    assert third is not None
    assert third.next_page_url is None
    assert [sids(page) for page in (first, second, third)] == [placed[:2], placed[2:4], placed[4:]]
    back = third.previous_page()
    assert back is not None
    assert sids(back) == placed[2:4]
    assert sids(back.previous_page()) == placed[:2]


def test_deleting_while_walking_leaves_no_call_out(bench: RestBench) -> None:
    for _ in range(25):
        bench.world.add_call(*FINISHED)
    for call in bench.client.calls.stream(page_size=10):
        call.delete()
    assert bench.world.store.calls() == ()


def test_calls_that_begin_while_walking_change_nothing(bench: RestBench) -> None:
    placed = [bench.world.add_call().sid for _ in range(4)][::-1]
    page = bench.client.calls.page(page_size=2)
    bench.world.add_call()
    assert sids(page) + sids(page.next_page()) == placed


def test_a_page_says_where_it_is_in_twilios_words(bench: RestBench) -> None:
    newest = [bench.world.add_call(to=CALLEE).sid for _ in range(3)][::-1]
    query = {"To": CALLEE, "StartTime>": "2008-01-02", "PageSize": "2"}
    empty = bench.request("GET", "/Calls.json", params=query).json()
    filters = "To=%2B15552220001&StartTime%3E=2008-01-02"
    assert empty == {
        "calls": [],
        "end": 0,
        "first_page_uri": f"{CALLS}?{filters}&PageSize=2&Page=0",
        "next_page_uri": None,
        "page": 0,
        "page_size": 2,
        "previous_page_uri": None,
        "start": 0,
        "uri": f"{CALLS}?{filters}&PageSize=2&Page=0",
    }
    first = bench.request("GET", "/Calls.json", params={"PageSize": "2"}).json()
    assert (first["start"], first["end"], first["page"]) == (0, 1, 0)
    assert first["next_page_uri"] == f"{CALLS}?PageSize=2&Page=1&PageToken=PA{newest[1]}1"
    second = bench.session.get(bench.base_url + first["next_page_uri"]).json()
    assert (second["start"], second["end"], second["page"]) == (2, 2, 1)
    assert second["uri"] == first["next_page_uri"]
    assert second["previous_page_uri"] == f"{CALLS}?PageSize=2&Page=0&PageToken=PB{newest[2]}0"
    assert second["first_page_uri"] == first["uri"]


def test_a_page_number_without_a_token_counts_pages(bench: RestBench) -> None:
    newest = [bench.world.add_call().sid for _ in range(5)][::-1]
    page = bench.request("GET", "/Calls.json", params={"PageSize": "2", "Page": "1"}).json()
    assert [call["sid"] for call in page["calls"]] == newest[2:4]


def test_calls_are_found_by_party_parent_and_status(bench: RestBench) -> None:
    queued = bench.world.add_call(to="+15552220002")
    live = bench.world.add_call(*ANSWERED)
    dialled = bench.world.add_call(*ANSWERED[:1])
    child = bench.world.add_call(*FINISHED, from_="+15553330001", parent_call_sid=live.sid)
    find = bench.client.calls.list
    assert sids(find(to="+15552220002")) == [queued.sid]
    assert sids(find(from_="+15553330001")) == [child.sid]
    assert sids(find(parent_call_sid=live.sid)) == [child.sid]
    assert sids(find(status="in-progress")) == [live.sid]
    assert sids(find(status="queued")) == [dialled.sid, queued.sid]
    assert sids(find(to=CALLEE, from_=OWNED)) == [dialled.sid, live.sid]
    assert find(to=CALLEE, status="busy") == []


def test_a_date_in_a_filter_is_that_day_in_utc(bench: RestBench) -> None:
    past = bench.world.add_call(*FINISHED, created_ms=-3 * DAY_MS)
    future = bench.world.add_call(*FINISHED, created_ms=3 * DAY_MS)
    bench.world.add_call()  # never dialled: it has neither time
    find = bench.client.calls.list
    for name in ("start_time", "end_time"):
        then = getattr(bench.client.calls(future.sid).fetch(), name)
        assert sids(find(**{name: then})) == [future.sid]
        assert sids(find(**{name: then.date()})) == [future.sid]
        assert sids(find(**{name: str(then.date())})) == [future.sid]
        assert sids(find(**{f"{name}_after": then.date()})) == [future.sid]
        assert sids(find(**{f"{name}_before": then.date()})) == [past.sid]
        assert find(**{name: then.date() + timedelta(days=1)}) == []


def test_before_and_after_are_exact_to_the_second(bench: RestBench) -> None:
    call = bench.world.add_call(*FINISHED)
    started = bench.client.calls(call.sid).fetch().start_time
    second = timedelta(seconds=1)
    find = bench.client.calls.list
    assert sids(find(start_time_after=started)) == [call.sid]
    assert find(start_time_before=started) == []
    assert sids(find(start_time_before=started + second)) == [call.sid]
    assert find(start_time_after=started + second) == []


def test_an_unknown_filter_is_a_warning(bench: RestBench) -> None:
    assert bench.request("GET", "/Calls.json", params={"status": "completed"}).status_code == 200
    [problem] = bench.problems()
    assert problem.hint == "Did you mean Status? Parameter names are case-sensitive."


@pytest.mark.parametrize("token", ["PA", "PACA123", "XX" + "CA" + "0" * 32 + "1", "PACA" + "0" * 32])
def test_a_token_that_is_not_ours_is_refused(bench: RestBench, token: str) -> None:
    assert bench.request("GET", "/Calls.json", params={"PageToken": token}).json()["code"] == 21481
