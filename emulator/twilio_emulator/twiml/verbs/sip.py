"""`<Sip>`: a SIP user, by URI. Source: twilio.com/docs/voice/twiml/sip.

Nobody is asked for a password here: `username` and `password` are checked for their form only.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.addresses import MAX_SIP_URI_CHARS, Address, InvalidAddress, parse_address
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.dial_flow import LegOrder
from twilio_emulator.twiml.flow import Report, Steps
from twilio_emulator.twiml.nouns import LegNoun
from twilio_emulator.twiml.schema import Attribute, Tag, Use
from twilio_emulator.twiml.values import METHOD, TEXT, whole_number
from twilio_emulator.twiml.verbs.leg_attributes import LEG_ATTRIBUTES, URL_METHOD, leg_order
from twilio_emulator.twiml.verbs.leg_machine_detection import MACHINE_DETECTION_ATTRIBUTES
from twilio_emulator.twiml.verbs.sip_headers import HEADERS, sip_headers

SOURCE: Final = "twilio.com/docs/voice/twiml/sip"

INVALID_URI: Final = 13243
NO_AUTHORIZATION: Final = 13244
INVALID_CREDENTIALS: Final = 13249
MAX_CREDENTIAL_CHARS: Final = 255

SIP_METHOD: Final = Attribute("method", "POST", METHOD, code=13241, source=SOURCE)
USERNAME: Final = Attribute("username", "", TEXT, source=SOURCE)
PASSWORD: Final = Attribute("password", "", TEXT, source=SOURCE)
PRIORITY: Final = Attribute("priority", 0, whole_number(0, 65_535), source=SOURCE)
WEIGHT: Final = Attribute("weight", 0, whole_number(0, 65_535), source=SOURCE)

URI: Final = Tag(name="Uri", attributes=(PRIORITY, WEIGHT, USERNAME, PASSWORD), has_text=True)


def order(use: Use, around: Use, context: CallContext) -> Steps[LegOrder | None]:
    """Read a Sip. Of several `<Uri>`s the one with the lowest priority, and of these the heaviest, is rung.

    Raises:
        TwimlError: `url` is none.
    """
    uris = sorted((child for child in use.children if child.tag is URI), key=lambda uri: (uri[PRIORITY], -uri[WEIGHT]))
    chosen = uris[0] if uris else use
    address = yield from _address(chosen, context)
    if address is None:
        return None
    yield from _credentials(chosen, context)
    headers = yield from sip_headers(use, address.extras, context)
    to = chosen.text.partition("?")[0]
    return (yield from leg_order(use, around, context, route=address.station, to=to, parameters=headers))


def _address(use: Use, context: CallContext) -> Steps[Address | None]:
    text = use.text
    if not text.lower().startswith(("sip:", "sips:")):
        yield _no_uri(use, context, f"{text!r} is no SIP URI" if text else "there is no SIP URI")
        return None
    try:
        address = parse_address(text)
    except InvalidAddress as error:
        yield _no_uri(use, context, str(error).partition(";")[0])
        return None
    if len(text.partition("?")[0]) > MAX_SIP_URI_CHARS:
        yield _no_uri(use, context, f"a SIP URI has at most {MAX_SIP_URI_CHARS} characters")
        return None
    return address


def _no_uri(use: Use, context: CallContext, what: str) -> Report:
    return context.warning(INVALID_URI, f"{use.place}: {what}; nobody is rung.", "Write sip:user@host.")


def _credentials(use: Use, context: CallContext) -> Steps[None]:
    username, password = use[USERNAME], use[PASSWORD]
    if bool(username) != bool(password):
        yield context.warning(
            NO_AUTHORIZATION, f"{use.place} has one of username and password; neither is used.", "Give both, or none."
        )
    elif max(len(username), len(password)) > MAX_CREDENTIAL_CHARS:
        yield context.warning(
            INVALID_CREDENTIALS,
            f"{use.place}: username and password have at most {MAX_CREDENTIAL_CHARS} characters; neither is used.",
            "Give shorter ones.",
        )


SIP: Final = LegNoun(
    name="Sip",
    attributes=(
        USERNAME,
        PASSWORD,
        *(attribute for attribute in LEG_ATTRIBUTES if attribute is not URL_METHOD),
        SIP_METHOD,
        *MACHINE_DETECTION_ATTRIBUTES,
    ),
    children={"Uri": URI, "Headers": HEADERS},
    has_text=True,
    order=order,
)
