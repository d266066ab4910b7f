"""Attributes that the nouns which ring somebody have in common, and what they come to.

Sources: twilio.com/docs/voice/twiml/number, twilio.com/docs/voice/twiml/client, twilio.com/docs/voice/twiml/sip.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import Instructions, Steps
from twilio_emulator.twiml.schema import SCHEMA_WARNING, Attribute, Use
from twilio_emulator.twiml.values import METHOD, TEXT, words

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


def screening(use: Use, context: CallContext) -> Instructions:
    """The TwiML that whoever answers has to pass; none without `url`.

    Raises:
        TwimlError: `url` is none.
    """
    if not use[URL]:
        return Instructions()
    return Instructions(url=context.resolve(use[URL]), method=use[URL_METHOD])


def status_callback(use: Use, context: CallContext) -> Steps[StatusCallback | None]:
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
