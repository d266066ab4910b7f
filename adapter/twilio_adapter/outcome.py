"""What a placed call that never became a conversation is to its test: a table from status to error."""

from typing import Final

from twilio_adapter.call import TERMINAL, Event
from twilio_adapter.errors import (
    CallBusy,
    CallCanceled,
    CallFailed,
    CallNotAnswered,
    CallNotConnected,
)
from twilio_adapter.live import LiveCall
from twilio_adapter.rest import CallReport
from twilio_wire.redaction import redact_number

# Source of the statuses: twilio.com/docs/voice/api/call-resource; a callee that rejects is `no-answer`
# (twilio.com/docs/voice/twiml/reject).
_BY_STATUS: Final[dict[str, tuple[type[CallNotConnected], str]]] = {
    "busy": (CallBusy, "{callee} is busy: try again later, or let the callee's phone be free."),
    "no-answer": (CallNotAnswered, "{callee} rang out or rejected the call: let somebody answer there."),
    "failed": (
        CallFailed,
        "The call to {callee} could not be placed{sip}: check the number and the account's debugger.",
    ),
    "canceled": (CallCanceled, "The call to {callee} was hung up before it was answered."),
}


def outcome(call: LiveCall, callee: str, no_stream_hint: str, report: CallReport | None = None) -> CallNotConnected:
    """Return the error for a call that is over without a stream.

    Args:
        report: what Twilio has on it, if it was asked.
    """
    status = call.progress.status
    sip = f" (SIP {call.sip_code})" if call.sip_code else ""
    if call.progress.ended_by is Event.HUNG_UP:
        status = "canceled"
    if call.progress.ended_by is Event.WAY_LOST:
        return CallFailed(
            f"The call to {redact_number(callee)} was hung up: the tunnel to us broke down, see the log.",
            call_sid=call.sid,
            status=status,
        )
    kind, sentence = _BY_STATUS.get(status, (CallFailed, "{hint}"))
    message = sentence.format(callee=redact_number(callee), sip=sip, hint=no_stream_hint)
    return kind(_noted(message, report), call_sid=call.sid, status=status)


def unheard_of(
    call: LiveCall, callee: str, base_url: str, report: CallReport | None, *, ring_s: float, grace_s: float
) -> CallNotConnected:
    """Return the error for a call of which nothing that would decide it has come in time.

    Args:
        base_url: where Twilio should have reached us.
        report: what Twilio has on it; None if it could not be asked.
        ring_s: for how long it might ring.
        grace_s: what it was given beyond that.
    """
    shown = redact_number(callee)
    if report is None or report.status not in {"in-progress", *TERMINAL}:
        return CallNotAnswered(
            f"{shown} did not answer within {ring_s + grace_s:g} s (timeout {ring_s:g} s and {grace_s:g} s for the "
            "stream): the call was hung up; give it a longer timeout.",
            call_sid=call.sid,
            status=call.progress.status,
        )
    kind, _ = _BY_STATUS.get(report.status, (CallFailed, ""))
    message = (
        f"The call to {shown} is {report.status} at Twilio, of which no media stream and no status callback told us: "
        f"Twilio does not reach {base_url}, check the tunnel."
    )
    return kind(_noted(message, report), call_sid=call.sid, status=report.status)


def _noted(message: str, report: CallReport | None) -> str:
    """Add what Twilio's debugger says, if anything."""
    if report is None or not report.error_codes:
        return message
    return f"{message.removesuffix('.')}; Twilio's debugger has error {', '.join(report.error_codes)}."
