"""Queues and their members: the keys, the types and the verbs of the official SDK."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from sdk_shapes import MOMENT, TEXT, check, json_of
from twilio.rest.api.v2010.account.queue import QueueInstance, QueueList
from twilio.rest.api.v2010.account.queue.member import MemberInstance, MemberList

from twilio_emulator.journal import Problem
from twilio_emulator.sync import TwilioEmulator

OWNED, CALLEES = "+15551110001", ("+15552220001", "+15552220002", "+15552220003")
URL = "http://127.0.0.1:1/"
QUEUE = {
    **dict.fromkeys(("account_sid", "friendly_name", "sid", "uri"), TEXT),
    **dict.fromkeys(("average_wait_time", "current_size", "max_size"), (int,)),
    **dict.fromkeys(("date_created", "date_updated"), MOMENT),
}
MEMBER = {
    **dict.fromkeys(("call_sid", "queue_sid", "uri"), TEXT),
    **dict.fromkeys(("position", "wait_time"), (int,)),
    "date_enqueued": MOMENT,
}


@pytest.fixture(scope="module")
def furnished() -> Iterator[TwilioEmulator]:
    """An emulator with a queue in which three calls wait, and one that is empty."""
    with TwilioEmulator(speed="max", speech="murmur") as twilio:
        twilio.add_number(OWNED)
        client = twilio.client()
        client.queues.create(friendly_name="empty", max_size=7)
        for callee in CALLEES:
            twilio.handset(callee)
            twiml = "<Response><Enqueue>support</Enqueue></Response>"
            twilio.wait_for_call(client.calls.create(to=callee, from_=OWNED, twiml=twiml).sid, "in-progress")
        yield twilio


def support(twilio: TwilioEmulator) -> Any:
    return next(queue for queue in twilio.client().queues.list() if queue.friendly_name == "support")


@pytest.mark.sdk
def test_queues_have_the_keys_and_types_that_the_sdk_reads(furnished: TwilioEmulator) -> None:
    client = furnished.client()
    listed = json_of(client, "/Queues.json")["queues"]
    assert [queue["current_size"] for queue in listed] == [3, 0]
    for queue in listed:
        alone = json_of(client, f"/Queues/{queue['sid']}.json")
        for payload in (queue, alone):
            check(payload, lambda noting: QueueInstance(client.api.v2010, noting, client.account_sid), QUEUE)


@pytest.mark.sdk
def test_members_have_the_keys_and_types_that_the_sdk_reads(furnished: TwilioEmulator) -> None:
    client, sid = furnished.client(), support(furnished).sid
    listed = json_of(client, f"/Queues/{sid}/Members.json")["queue_members"]
    assert [member["position"] for member in listed] == [1, 2, 3]
    alone = [json_of(client, f"/Queues/{sid}/Members/{name}.json") for name in ("Front", listed[2]["call_sid"])]
    for payload in (*listed, *alone):
        check(payload, lambda noting: MemberInstance(client.api.v2010, noting, client.account_sid, sid), MEMBER)


@pytest.mark.openapi
@pytest.mark.parametrize(("path", "array"), [("/Queues", "queues"), ("/Queues/{support}/Members", "queue_members")])
def test_a_list_has_the_paging_keys_and_leads_on(furnished: TwilioEmulator, path: str, array: str) -> None:
    client = furnished.client()
    path = path.replace("{support}", support(furnished).sid)
    paging = {"end", "first_page_uri", "next_page_uri", "page", "page_size", "previous_page_uri", "start", "uri"}
    everything = json_of(client, f"{path}.json")
    assert set(everything) == paging | {array}
    body = json_of(client, f"{path}.json?PageSize=1")
    walked = body[array]
    while body["next_page_uri"] is not None:
        body = json_of(client, body["next_page_uri"].partition(client.account_sid)[2])
        walked += body[array]
    assert walked == everything[array]


@pytest.mark.sdk
def test_the_sdk_dequeues_and_deletes(furnished: TwilioEmulator) -> None:
    client = furnished.client()
    members = client.queues(support(furnished).sid).members
    last = members.list()[-1]
    dequeued = last.update(url=URL, method="GET")
    assert (dequeued.call_sid, dequeued.position) == (last.call_sid, 3)
    assert last.call_sid not in [member.call_sid for member in members.list()]
    made = client.queues.create(friendly_name="short-lived")
    assert made.fetch().sid == made.sid
    assert made.delete()


@pytest.mark.sdk
def test_every_parameter_of_the_sdk_is_known(furnished: TwilioEmulator) -> None:
    values = {"friendly_name": "everything", "max_size": 5, "url": URL, "method": "GET", "page_size": 5, "limit": 5}

    def everything(method: object) -> dict[str, Any]:
        return {name: values[name] for name in inspect.signature(method).parameters if name != "self"}  # type: ignore[arg-type]

    client = furnished.client()
    before = len(furnished.journal.of(Problem))
    made = client.queues.create(**everything(QueueList.create))
    made.update(**everything(QueueInstance.update))
    client.queues.list(**everything(QueueList.list))
    members = client.queues(support(furnished).sid).members
    members.list(**everything(MemberList.list))
    members("Front").update(**everything(MemberInstance.update))
    problems = furnished.journal.of(Problem)[before:]
    assert [problem.message for problem in problems if problem.code == 20001] == []
