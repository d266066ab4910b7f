"""What a placed call that never became a conversation is to its test: a table from status to error."""

from typing import Final

from twilio_adapter.call import Event
from twilio_adapter.errors import (
    CallBusy,
    CallCanceled,
    CallFailed,
    CallNotAnswered,
    CallNotConnected,
)
from twilio_adapter.live import LiveCall
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


def outcome(call: LiveCall, callee: str, no_stream_hint: str) -> CallNotConnected:
    """Return the error for a call that is over without a stream."""
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
    return kind(message, call_sid=call.sid, status=status)
