"""Pay sessions: taken, changed, ended, and never a payment."""

from __future__ import annotations

import pytest
from rest_bench import ANSWERED, RestBench, refusal

from twilio_emulator.journal import SidecarMoved

CALLBACK = "https://app.example/paid"


def test_a_session_is_begun_changed_and_ended(bench: RestBench) -> None:
    payments = bench.client.calls(bench.world.add_call(*ANSWERED).sid).payments
    session = payments.create(idempotency_key="once", status_callback=CALLBACK, charge_amount=9.9)
    assert session.sid.startswith("PK")
    payments(session.sid).update("2", CALLBACK, capture="payment-card-number")
    payments(session.sid).update("3", CALLBACK, status="complete")
    assert [moved.event for moved in bench.world.journal.of(SidecarMoved)] == [
        "began",
        "asks for the payment-card-number",
        "complete",
    ]
    assert refusal(payments(session.sid).update, "4", CALLBACK, status="cancel") == (400, 20001)


def test_the_journal_says_that_nobody_pays(bench: RestBench) -> None:
    payments = bench.client.calls(bench.world.add_call(*ANSWERED).sid).payments
    payments.create(idempotency_key="once", status_callback=CALLBACK)
    assert "StatusCallback is never told" in bench.problems()[0].message


def test_a_request_that_repeats_its_key_is_about_the_same_session(bench: RestBench) -> None:
    payments = bench.client.calls(bench.world.add_call(*ANSWERED).sid).payments
    sids = [payments.create(idempotency_key=key, status_callback=CALLBACK).sid for key in ("a", "a", "b")]
    assert sids[0] == sids[1] != sids[2]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"StatusCallback": CALLBACK}, 20001),
        ({"IdempotencyKey": "once"}, 21205),
        ({"IdempotencyKey": "once", "StatusCallback": CALLBACK, "Timeout": "601"}, 20001),
        ({"IdempotencyKey": "once", "StatusCallback": CALLBACK, "PaymentMethod": "cash"}, 20001),
    ],
)
def test_mistakes_are_refused(bench: RestBench, form: dict[str, str], code: int) -> None:
    call = bench.world.add_call(*ANSWERED)
    reply = bench.request("POST", f"/Calls/{call.sid}/Payments.json", data=form)
    assert (reply.status_code, reply.json()["code"]) == (400, code)


def test_only_a_call_in_progress_has_sessions_and_only_its_own(bench: RestBench) -> None:
    one, other = (bench.client.calls(bench.world.add_call(*ANSWERED).sid).payments for _ in range(2))
    session = one.create(idempotency_key="once", status_callback=CALLBACK)
    assert refusal(other(session.sid).update, "2", CALLBACK, status="complete") == (404, 20404)
    assert refusal(one(session.sid).update, "2", CALLBACK) == (400, 20001)
    queued = bench.client.calls(bench.world.add_call().sid).payments
    assert refusal(queued.create, idempotency_key="once", status_callback=CALLBACK) == (400, 21220)
