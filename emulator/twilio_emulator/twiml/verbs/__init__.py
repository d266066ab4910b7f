"""The verbs of TwiML, one a file, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.twiml.schema import Tag, Verb
from twilio_emulator.twiml.verbs.connect import CONNECT
from twilio_emulator.twiml.verbs.dial import DIAL
from twilio_emulator.twiml.verbs.enqueue import ENQUEUE
from twilio_emulator.twiml.verbs.gather import GATHER
from twilio_emulator.twiml.verbs.hangup import HANGUP
from twilio_emulator.twiml.verbs.leave import LEAVE
from twilio_emulator.twiml.verbs.pause import PAUSE
from twilio_emulator.twiml.verbs.play import PLAY
from twilio_emulator.twiml.verbs.record import RECORD
from twilio_emulator.twiml.verbs.redirect import REDIRECT
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
        GATHER,
        HANGUP,
        LEAVE,
        PAUSE,
        PLAY,
        RECORD,
        REDIRECT,
        REJECT,
        SAY,
        START,
        STOP,
    )
}

UNSUPPORTED_VERBS: Final = frozenset({"Echo", "Pay", "Prompt", "Queue", "Refer", "Sms"})
"""Verbs that Twilio has and this version has not [twilio.com/docs/voice/twiml]."""

RESPONSE: Final = Tag(name="Response", children=VERBS, unsupported=UNSUPPORTED_VERBS)
"""The root of a document that is in charge of a call."""
