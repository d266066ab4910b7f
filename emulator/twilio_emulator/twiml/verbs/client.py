"""`<Client>`: an app with the Voice SDK, by its identity. Source: twilio.com/docs/voice/twiml/client."""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.addresses import MAX_IDENTITY_CHARS
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.dial_flow import LegOrder
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.nouns import LegNoun
from twilio_emulator.twiml.schema import SCHEMA_WARNING, Tag, Use
from twilio_emulator.twiml.verbs.leg_attributes import LEG_ATTRIBUTES, leg_order
from twilio_emulator.twiml.verbs.leg_parameters import leg_parameters
from twilio_emulator.twiml.verbs.parameter import PARAMETER

IDENTITY: Final = Tag(name="Identity", has_text=True)


def order(use: Use, around: Use, context: CallContext) -> Steps[LegOrder | None]:
    """Read a Client; its identity is the text, or an `<Identity>` beside its parameters.

    Raises:
        TwimlError: `url` is none.
    """
    identity = next((child.text for child in use.children if child.tag is IDENTITY), use.text)
    if not 0 < len(identity) <= MAX_IDENTITY_CHARS:
        yield context.warning(
            SCHEMA_WARNING,
            f"{use.place}: an identity has 1 to {MAX_IDENTITY_CHARS} characters, this has {len(identity)}; "
            "nobody is rung.",
            "Write <Client>alice</Client>.",
        )
        return None
    address = f"client:{identity}"
    parameters = yield from leg_parameters(use, context)
    return (yield from leg_order(use, around, context, route=address, to=address, parameters=parameters))


CLIENT: Final = LegNoun(
    name="Client",
    attributes=LEG_ATTRIBUTES,
    children={"Identity": IDENTITY, "Parameter": PARAMETER},
    has_text=True,
    order=order,
)
