"""`<Pause>`: silence. Source: twilio.com/docs/voice/twiml/pause.

A call that has not been answered is left ringing meanwhile.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import StartTimer, Steps, TimerFired, until
from twilio_emulator.twiml.outcomes import Next, Outcome
from twilio_emulator.twiml.schema import Attribute, Use, Verb
from twilio_emulator.twiml.values import whole_number

SOURCE: Final = "twilio.com/docs/voice/twiml/pause"

LENGTH: Final = Attribute("length", default=1, kind=whole_number(0), code=13910, source=SOURCE)

TIMER: Final = "pause"


def run(use: Use, _: CallContext) -> Steps[Outcome]:
    """Wait `length` seconds of call time."""
    if use[LENGTH]:
        yield StartTimer(TIMER, use[LENGTH] * 1000)
        while (yield from until(TimerFired)).name != TIMER:
            pass
    return Next()


PAUSE: Final = Verb(name="Pause", attributes=(LENGTH,), answers=False, run=run, source=SOURCE)
