"""`<Reject>`: refuse a call that is still ringing. Source: twilio.com/docs/voice/twiml/reject."""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import HangUp, Reject, RejectReason, Steps
from twilio_emulator.twiml.outcomes import End, Outcome
from twilio_emulator.twiml.schema import Attribute, Use, Verb
from twilio_emulator.twiml.values import one_of
from twilio_emulator.twiml.verbs.parameter import PARAMETER

SOURCE: Final = "twilio.com/docs/voice/twiml/reject"

REASON: Final = Attribute(
    "reason",
    default="rejected",
    kind=one_of(*(reason.value for reason in RejectReason)),
    code=13810,
    source=SOURCE,
)


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Refuse the call; one that is answered already can only be hung up."""
    if context.answered:
        yield context.warning(
            0,
            f"{use.place} comes after the call was answered, so it hangs up.",
            "Make <Reject> the first verb, or write <Hangup/>.",
        )
        yield HangUp()
    else:
        yield Reject(RejectReason(use[REASON]))
    return End()


REJECT: Final = Verb(
    name="Reject",
    attributes=(REASON,),
    children={"Parameter": PARAMETER},
    answers=False,
    run=run,
    source=SOURCE,
)
