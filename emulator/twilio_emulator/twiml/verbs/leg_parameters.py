"""`<Parameter>`s that go along with a dialled leg. Source: twilio.com/docs/voice/twiml/client."""

from __future__ import annotations

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.schema import SCHEMA_WARNING, Use
from twilio_emulator.twiml.verbs.parameter import NAME, PARAMETER, VALUE


def leg_parameters(use: Use, context: CallContext) -> Steps[dict[str, str]]:
    """Names and values, as written; one without a name is told and dropped."""
    parameters: dict[str, str] = {}
    for child in use.children:
        if child.tag is not PARAMETER:
            continue
        if child[NAME]:
            parameters[child[NAME]] = child[VALUE]
        else:
            yield context.warning(SCHEMA_WARNING, f"{child.place} has no name; it is dropped.", "Give it a name.")
    return parameters
