"""Queues and their members through the official SDK."""

from __future__ import annotations

from rest_bench import ANSWERED, OWNED, RestBench, refusal

from twilio_emulator.calls.call import Call
from twilio_emulator.twiml.flow import Instructions

URL = "http://localhost:5000/next"


def callers(bench: RestBench, count: int) -> list[Call]:
    return [bench.world.add_call(*ANSWERED, from_=f"+1555888000{number}", to=OWNED) for number in range(count)]


def test_a_queue_is_made_changed_and_deleted(bench: RestBench) -> None:
    made = bench.client.queues.create(friendly_name="support")
    assert (made.friendly_name, made.max_size, made.current_size, made.average_wait_time) == ("support", 1000, 0, 0)
    assert bench.client.queues.create(friendly_name="sales", max_size=5000).max_size == 5000
    changed = made.update(friendly_name="help", max_size=3)
    assert (changed.sid, changed.friendly_name, changed.max_size) == (made.sid, "help", 3)
    assert made.update(friendly_name="help").max_size == 3, "its own name is no other queue's"
    assert bench.client.queues(made.sid).fetch().uri == made.uri
    assert [queue.friendly_name for queue in bench.client.queues.list()] == ["sales", "help"]
    assert made.delete()
    assert [queue.friendly_name for queue in bench.client.queues.list()] == ["sales"]
    assert bench.problems() == []


def test_a_name_belongs_to_one_queue_of_an_account(bench: RestBench) -> None:
    queues = bench.client.queues
    support = queues.create(friendly_name="support")
    assert refusal(queues.create, friendly_name="support") == (400, 20001)
    other = queues.create(friendly_name="sales")
    assert refusal(other.update, friendly_name="support") == (400, 20001)
    sub = bench.client.api.v2010.accounts.create()
    assert bench.client.api.v2010.accounts(sub.sid).queues.create(friendly_name="support").sid != support.sid
    support.delete()
    assert other.update(friendly_name="support").friendly_name == "support"


def test_a_queue_tells_how_many_wait_and_how_long(bench: RestBench) -> None:
    queue = bench.world.add_queue("support", *callers(bench, 3))
    shown = bench.client.queues(queue.sid).fetch()
    assert shown.current_size == 3
    assert shown.average_wait_time == queue.average_wait_s(bench.world.clock.now_ms)
    assert refusal(shown.delete) == (409, 20009)


def test_members_are_listed_from_the_front(bench: RestBench) -> None:
    calls = callers(bench, 5)
    queue = bench.world.add_queue("support", *calls)
    members = bench.client.queues(queue.sid).members
    in_order = [call.sid for call in calls]
    assert [(member.call_sid, member.position) for member in members.list()] == list(zip(in_order, range(1, 6)))  # noqa: B905
    assert [member.call_sid for member in members.stream(page_size=2)] == in_order
    page = members.page(page_size=3)
    left = queue.front
    assert left is not None
    queue.leave(left, now_ms=9000)
    following = page.next_page()
    assert [member.call_sid for member in following] == in_order[3:], "who leaves meanwhile shifts nobody out of sight"


def test_a_member_is_read_by_its_call_or_as_the_front(bench: RestBench) -> None:
    first, second = callers(bench, 2)
    queue = bench.world.add_queue("support", first, second)
    members = bench.client.queues(queue.sid).members
    front = members("Front").fetch()
    assert (front.call_sid, front.position, front.queue_sid) == (first.sid, 1, queue.sid)
    assert members(second.sid).fetch().position == 2
    assert front.uri.endswith(f"/Queues/{queue.sid}/Members/{first.sid}.json")


def test_a_member_that_is_dequeued_goes_on_at_the_url(bench: RestBench) -> None:
    first, second = callers(bench, 2)
    queue = bench.world.add_queue("support", first, second)
    members = bench.client.queues(queue.sid).members
    assert members("Front").update(url=URL).call_sid == first.sid
    assert members(second.sid).update(url=URL, method="GET").position == 2
    assert bench.world.redirected == [
        (first.sid, Instructions(url=URL, method="POST")),
        (second.sid, Instructions(url=URL, method="GET")),
    ]
    assert bench.problems() == []


def test_the_front_of_an_empty_queue_is_not_there(bench: RestBench) -> None:
    queue = bench.world.add_queue("support")
    assert refusal(bench.client.queues(queue.sid).members("Front").fetch) == (404, 20404)
    assert bench.client.queues(queue.sid).members.list() == []
