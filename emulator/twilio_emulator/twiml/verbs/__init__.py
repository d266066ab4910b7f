"""The verbs of TwiML, one a file, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.twiml.schema import SCHEMA_WARNING, Refusal, Tag, Verb
from twilio_emulator.twiml.verbs.connect import CONNECT
from twilio_emulator.twiml.verbs.dial import DIAL
from twilio_emulator.twiml.verbs.echo import ECHO
from twilio_emulator.twiml.verbs.enqueue import ENQUEUE
from twilio_emulator.twiml.verbs.gather import GATHER
from twilio_emulator.twiml.verbs.hangup import HANGUP
from twilio_emulator.twiml.verbs.leave import LEAVE
from twilio_emulator.twiml.verbs.pause import PAUSE
from twilio_emulator.twiml.verbs.play import PLAY
from twilio_emulator.twiml.verbs.record import RECORD
from twilio_emulator.twiml.verbs.redirect import REDIRECT
from twilio_emulator.twiml.verbs.refer import REFER
from twilio_emulator.twiml.verbs.reject import REJECT
from twilio_emulator.twiml.verbs.say import SAY
from twilio_emulator.twiml.verbs.start import START
from twilio_emulator.twiml.verbs.stop import STOP

VERBS: Final[Mapping[str, Verb]] = {
    verb.name: verb
    for verb in (
        CONNECT,
        DIAL,
        ENQUEUE,
        ECHO,
        GATHER,
        HANGUP,
        LEAVE,
        PAUSE,
        PLAY,
        RECORD,
        REDIRECT,
        REFER,
        REJECT,
        SAY,
        START,
        STOP,
    )
}

REFUSED_VERBS: Final[Mapping[str, Refusal]] = {
    "Pay": Refusal(64004, "No payment connector is installed here: test what your app does without one."),
    "Prompt": Refusal(SCHEMA_WARNING, "<Prompt> belongs in <Pay>, and no payment connector is installed here."),
    "Queue": Refusal(SCHEMA_WARNING, "<Queue> belongs in <Dial>."),
    "Sms": Refusal(13803, "There is no messaging here: send the message by REST, and test that with a fake."),
}
"""Verbs that Twilio has and that cannot be here [twilio.com/docs/api/errors]."""

RESPONSE: Final = Tag(name="Response", children=VERBS, refused=REFUSED_VERBS)
"""The root of a document that is in charge of a call."""
