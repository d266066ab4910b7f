"""Caller ids through the official SDK. How one is verified is in flows/test_caller_id_checks.py."""

from __future__ import annotations

import pytest
from rest_bench import ACCOUNT_SID, CALLEE, NotingWorld, RestBench
from twilio.base.exceptions import TwilioRestException

from twilio_emulator.accounts.voice import OutgoingCallerId
from twilio_wire.sids import SidKind


def verify(world: NotingWorld, phone_number: str = CALLEE, account_sid: str = ACCOUNT_SID) -> OutgoingCallerId:
    caller_id = OutgoingCallerId(
        sid=world.sids.new(SidKind.PHONE_NUMBER),
        account_sid=account_sid,
        phone_number=phone_number,
        friendly_name=phone_number,
        created_ms=0,
        updated_ms=0,
    )
    world.store.caller_ids.add(caller_id)
    return caller_id


def test_a_validation_request_rings_the_number_and_tells_the_code(bench: RestBench) -> None:
    asked = bench.client.validation_requests.create(
        phone_number=CALLEE,
        friendly_name="my phone",
        call_delay=7,
        extension="ww12",
        status_callback="http://localhost:5000/verified",
        status_callback_method="GET",
    )
    [check] = bench.world.checked
    assert (check.phone_number, check.delay_s, check.extension) == (CALLEE, 7, "ww12")
    assert (check.callback_url, check.callback_method) == ("http://localhost:5000/verified", "GET")
    assert (asked.phone_number, asked.friendly_name) == (CALLEE, "my phone")
    assert len(asked.validation_code) == 6
    assert asked.validation_code.isdigit()
    assert bench.client.calls(asked.call_sid).fetch().to == CALLEE
    assert bench.client.outgoing_caller_ids.list() == []
    assert bench.client.validation_requests.create(phone_number="+15552220002").friendly_name == "(555) 222-0002"


def test_a_caller_id_is_listed_renamed_and_deleted(bench: RestBench) -> None:
    known = [verify(bench.world, number).sid for number in (CALLEE, "+15552220002")]
    ids = bench.client.outgoing_caller_ids
    assert [found.sid for found in ids.list()] == known[::-1]
    assert [found.sid for found in ids.list(phone_number=CALLEE)] == known[:1]
    assert ids(known[0]).update(friendly_name="home").friendly_name == "home"
    assert [found.sid for found in ids.list(friendly_name="home")] == known[:1]
    assert ids(known[0]).fetch().phone_number == CALLEE
    assert ids(known[0]).delete()
    assert [found.sid for found in ids.list()] == known[1:]


def test_calls_may_come_from_a_verified_number_of_the_same_account(bench: RestBench) -> None:
    sub = bench.client.api.v2010.accounts.create()
    caller_id = verify(bench.world)
    order = {"to": "+15554440001", "from_": CALLEE, "url": "http://localhost:5000/"}
    assert bench.client.calls.create(**order).phone_number_sid == caller_id.sid
    with pytest.raises(TwilioRestException, match="not yet verified"):
        bench.client.api.v2010.accounts(sub.sid).calls.create(**order)
    with pytest.raises(TwilioRestException, match="already"):
        bench.client.validation_requests.create(phone_number=CALLEE)
    assert bench.client.outgoing_caller_ids(caller_id.sid).delete()
    with pytest.raises(TwilioRestException, match="not yet verified"):
        bench.client.calls.create(**order)
