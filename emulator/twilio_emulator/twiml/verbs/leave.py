"""`<Leave>`: out of the queue, and on with the verb below the `<Enqueue>`. Source: twilio.com/docs/voice/twiml/leave.

It belongs in a document that is heard in a queue; anywhere else there is nothing to leave, and the verb below runs.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.outcomes import Leave, Next, Outcome
from twilio_emulator.twiml.schema import Use, Verb

SOURCE: Final = "twilio.com/docs/voice/twiml/leave"


def run(_: Use, __: CallContext) -> Steps[Outcome]:
    """Leave the queue."""
    yield from ()
    return Leave()


def _in_no_queue(use: Use, context: CallContext) -> Steps[Outcome]:
    yield context.warning(
        0, f"{use.place} has no queue to leave: it is skipped.", "Put it into the document of a waitUrl."
    )
    return Next()


LEAVE: Final = Verb(name="Leave", run=_in_no_queue, source=SOURCE)
LEAVE_QUEUE: Final = Verb(name="Leave", run=run, source=SOURCE)
"""In a document that is heard in a queue."""
