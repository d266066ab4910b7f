"""`<Refer>`: has a SIP far end call somebody else, in place of this call.

`action` is asked when the new call has been answered or refused, and with `canceled` when the far end hangs up before.
A phone whose new call has been answered leaves the old one, so nobody carries out what the action answers then.
Twilio's table leaves ReferCallStatus out when the REFER itself is refused, its example has `failed`; this is the
example.

Sources: twilio.com/docs/voice/twiml/refer, twilio.com/docs/api/errors/13801.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from twilio_emulator.calls.addresses import InvalidAddress, parse_address
from twilio_emulator.calls.call import CallStatus
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import FarEndHungUp, Fetch, Steps, last_request, until
from twilio_emulator.twiml.outcomes import GoTo, Next, Outcome
from twilio_emulator.twiml.refer_flow import NotReferable, ReferFarEnd, ReferProgressed
from twilio_emulator.twiml.schema import Attribute, Tag, Use, Verb
from twilio_emulator.twiml.values import METHOD, TEXT

SOURCE: Final = "twilio.com/docs/voice/twiml/refer"

INVALID_URI: Final = 13243
NOT_A_SIP_LEG: Final = 13801
PURPOSE: Final = "refer action"

ACTION: Final = Attribute("action", "", TEXT, source=SOURCE)
REFER_METHOD: Final = Attribute("method", "POST", METHOD, source=SOURCE)

SIP: Final = Tag(name="Sip", has_text=True)

_BUSY: Final = frozenset({486, 600})
"""SIP codes of somebody who is busy [RFC 3261, sections 21.4.24 and 21.6.1]."""


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Refer, see what comes of it, then ask `action` if there is one, or else go on.

    Raises:
        TwimlError: the far end is no SIP user, the target no SIP URI, or `action` no URL.
    """
    action = context.resolve_action(use[ACTION]) if use[ACTION] else ""
    yield ReferFarEnd(_target(use))
    seen: ReferProgressed | None = None
    try:
        while seen is None or not seen.is_final:
            event = yield from until(NotReferable, ReferProgressed)
            if isinstance(event, NotReferable):
                raise _error(
                    use,
                    NOT_A_SIP_LEG,
                    "<Refer> is for SIP legs, and this call is none.",
                    "Use <Dial> to connect the caller with somebody else.",
                )
            assert isinstance(event, ReferProgressed)
            seen = event
    except FarEndHungUp:
        if action and seen is not None:
            canceled = _parameters(seen, CallStatus.CANCELED)
            yield from last_request(Fetch(action, use[REFER_METHOD], canceled, PURPOSE))
        raise
    return GoTo(action, use[REFER_METHOD], _parameters(seen, _status(seen)), PURPOSE) if action else Next()


def _target(use: Use) -> str:
    uri = next((child.text for child in use.children if child.tag is SIP), "")
    hint = "Write <Sip>sip:user@host</Sip>."
    if not uri.lower().startswith(("sip:", "sips:")):
        raise _error(use, INVALID_URI, f"<Refer> names no SIP URI, but {uri!r}.", hint)
    try:
        parse_address(uri)
    except InvalidAddress as error:
        raise _error(use, INVALID_URI, f"<Refer>: {str(error).partition(';')[0]}.", hint) from error
    return uri


def _status(seen: ReferProgressed) -> CallStatus:
    """What is known of the new call at its end or its answer."""
    if seen.notify_code is not None and seen.notify_code < HTTPStatus.MULTIPLE_CHOICES:
        return CallStatus.IN_PROGRESS
    return CallStatus.BUSY if seen.notify_code in _BUSY else CallStatus.FAILED


def _parameters(seen: ReferProgressed, status: CallStatus) -> dict[str, str]:
    parameters = {"ReferCallStatus": str(status), "ReferSipResponseCode": str(seen.answer_code)}
    if seen.notify_code is not None:
        parameters["NotifySipResponseCode"] = str(seen.notify_code)
    return parameters


def _error(use: Use, code: int, message: str, hint: str) -> TwimlError:
    return TwimlError(code, message, use.element.line, use.element.column, hint=hint)


REFER: Final = Verb(name="Refer", attributes=(ACTION, REFER_METHOD), children={"Sip": SIP}, run=run, source=SOURCE)
