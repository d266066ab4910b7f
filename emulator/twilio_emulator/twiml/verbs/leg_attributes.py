"""Attributes that the nouns which ring somebody have in common, and what they come to.

Sources: twilio.com/docs/voice/twiml/number, twilio.com/docs/voice/twiml/client, twilio.com/docs/voice/twiml/sip.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.dial_flow import LegOrder
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import Instructions, Steps
from twilio_emulator.twiml.schema import SCHEMA_WARNING, Attribute, Use
from twilio_emulator.twiml.values import METHOD, TEXT, words
from twilio_emulator.twiml.verbs import dial_attributes as dial
from twilio_emulator.twiml.verbs.leg_machine_detection import machine_detection

SOURCE: Final = "twilio.com/docs/voice/twiml/number"

INVALID_STATUS_CALLBACK: Final = 21609

PROGRESS_EVENTS: Final = ("initiated", "ringing", "answered", "completed")

URL: Final = Attribute("url", "", TEXT, source=SOURCE)
URL_METHOD: Final = Attribute("method", "POST", METHOD, code=13221, source=SOURCE)
STATUS_CALLBACK: Final = Attribute("statusCallback", "", TEXT, source=SOURCE)
STATUS_CALLBACK_METHOD: Final = Attribute("statusCallbackMethod", "POST", METHOD, source=SOURCE)
STATUS_CALLBACK_EVENT: Final = Attribute(
    "statusCallbackEvent", frozenset({"completed"}), words(*PROGRESS_EVENTS), code=SCHEMA_WARNING, source=SOURCE
)

LEG_ATTRIBUTES: Final = (URL, URL_METHOD, STATUS_CALLBACK, STATUS_CALLBACK_METHOD, STATUS_CALLBACK_EVENT)
"""What Number, Client, Sip and WhatsApp all have."""


def leg_order(
    use: Use,
    around: Use,
    context: CallContext,
    *,
    route: str,
    to: str,
    send_digits: str = "",
    parameters: Mapping[str, str] | None = None,
) -> Steps[LegOrder]:
    """What a noun with these attributes orders, in the Dial that is `around` it.

    Raises:
        TwimlError: `url` is none.
    """
    return LegOrder(
        route=route,
        to=to,
        timeout_s=around[dial.TIMEOUT],
        caller_id=around[dial.CALLER_ID],
        parameters=parameters or {},
        send_digits=send_digits,
        screening=_screening(use, context),
        status_callback=(yield from _status_callback(use, context)),
        machine_detection=(yield from machine_detection(use, context)),
    )


def _screening(use: Use, context: CallContext) -> Instructions:
    if not use[URL]:
        return Instructions()
    return Instructions(url=context.resolve(use[URL]), method=use[URL_METHOD])


def _status_callback(use: Use, context: CallContext) -> Steps[StatusCallback | None]:
    """Whom to tell how the leg gets on; nobody, with the reason told, if that is no URL."""
    if not use[STATUS_CALLBACK]:
        return None
    try:
        url = context.resolve(use[STATUS_CALLBACK])
    except TwimlError as error:
        yield context.warning(
            INVALID_STATUS_CALLBACK, f"{use.place}: {error.message} Nothing is sent to statusCallback.", error.hint
        )
        return None
    return StatusCallback(url, use[STATUS_CALLBACK_METHOD], use[STATUS_CALLBACK_EVENT])
