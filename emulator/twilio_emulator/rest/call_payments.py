"""The Payments of a call: a pay session is begun, changed and ended; nobody pays
[twilio.com/docs/voice/api/payment-resource; twilio-oai]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.calls.call import Call
from twilio_emulator.calls.payments import Payment
from twilio_emulator.journal import Problem, SidecarMoved
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.of_call import call_in_progress, find_call
from twilio_emulator.rest.parameters import Form
from twilio_wire.sids import SidKind

LONGEST_TIMEOUT_S: Final = 600

_WHAT: Final = "Payments"
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "BankAccountType": ("consumer-checking", "consumer-savings", "commercial-checking"),
    "PaymentMethod": ("credit-card", "ach-debit"),
    "TokenType": ("one-time", "reusable", "payment-method"),
}
_CAPTURES: Final = (
    *("payment-card-number", "expiration-date", "security-code", "postal-code"),
    *("bank-routing-number", "bank-account-number"),
    *("payment-card-number-matcher", "expiration-date-matcher", "security-code-matcher", "postal-code-matcher"),
)
_UNREAD: Final = (
    *("ChargeAmount", "Currency", "Description", "Input", "MinPostalCodeLength", "Parameter", "PaymentConnector"),
    *("PostalCode", "SecurityCode", "ValidCardTypes", "RequireMatchingInputs", "Confirmation"),
)


def start(desk: Desk, request: Request, call_sid: str) -> Reply:
    """POST Calls/{sid}/Payments.json."""
    call = call_in_progress(desk, request, call_sid, "start a payment")
    form = Form(request.form)
    key = _required(form)
    for name, words in _CHOICES.items():
        form.choice(name, words, code=20001)
    form.whole_number("Timeout", default=5, lowest=1, highest=LONGEST_TIMEOUT_S, code=20001, unit="seconds")
    form.has_any(_UNREAD)
    payments = desk.world.store.records.payments
    payment = next((one for one in payments.of_call(call.sid) if one.idempotency_key == key), None)
    if payment is None:
        payment = _begin(desk, call, key)
        payments.add(payment)
        _note(desk, payment, "began")
    desk.warn([_nobody_pays(), *form.leftovers({})], call.sid)
    return Reply(201, _resource(payment, desk))


def change(desk: Desk, request: Request, sid: str) -> Reply:
    """POST Calls/{sid}/Payments/{sid}.json: what is to be captured next, or the end of the session."""
    call = find_call(desk, request, desk.outer_sid)
    payment = desk.world.store.records.payments.find(call.account_sid, sid)
    if payment is None or payment.call_sid != call.sid:
        raise RestError(20404, path=request.path)
    call_in_progress(desk, request, call.sid, "change a payment")
    form = Form(request.form)
    _required(form)
    capture = form.choice("Capture", _CAPTURES, code=20001)
    status = form.choice("Status", ("complete", "cancel"), code=20001)
    if payment.is_over:
        raise RestError(20001, parameter="Sid", problem="the session is over")
    if not capture and not status:
        raise RestError(20001, parameter="Capture", problem="neither it nor Status is given")
    payment.is_over, payment.updated_ms = bool(status), desk.world.clock.now_ms
    _note(desk, payment, status or f"asks for the {capture}")
    desk.warn(form.leftovers({}), call.sid)
    return Reply(202, _resource(payment, desk))


LIST: Final[Mapping[str, Handler]] = {"POST": start}
INSTANCE: Final[Mapping[str, Handler]] = {"POST": change}


def _required(form: Form) -> str:
    """The key of the request; who would be told is asked for too.

    Raises:
        RestError: 20001 or 21205.
    """
    key = form.text("IdempotencyKey")
    if not key:
        raise RestError(20001, parameter="IdempotencyKey", problem="it is missing")
    # "An absolute or relative URL" [twilio-oai].
    if not form.text("StatusCallback"):
        raise RestError(21205, parameter="StatusCallback", value="")
    return key


def _begin(desk: Desk, call: Call, key: str) -> Payment:
    now_ms = desk.world.clock.now_ms
    return Payment(desk.world.sids.new(SidKind.PAYMENT), call.account_sid, call.sid, key, now_ms, now_ms)


def _resource(payment: Payment, desk: Desk) -> dict[str, object]:
    return {
        "account_sid": payment.account_sid,
        "call_sid": payment.call_sid,
        "sid": payment.sid,
        "date_created": desk.calendar.rfc2822(payment.created_ms),
        "date_updated": desk.calendar.rfc2822(payment.updated_ms),
        "uri": f"{desk.account_path}/Calls/{payment.call_sid}/{_WHAT}/{payment.sid}.json",
    }


def _note(desk: Desk, payment: Payment, event: str) -> None:
    desk.world.journal.write(SidecarMoved(call_sid=payment.call_sid, what=_WHAT, sid=payment.sid, event=event))


def _nobody_pays() -> Problem:
    return Problem(
        code=0,
        level="warning",
        message="A pay session is taken, and nothing is captured: its StatusCallback is never told.",
        hint="Call your own callback in this test.",
    )
