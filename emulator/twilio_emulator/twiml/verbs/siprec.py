"""`<Siprec>`: the noun of `<Start>` and `<Stop>` that sends a call to a session recording server.

None is here: the session is taken, told to the app and stopped, and no audio leaves. Sources:
twilio.com/docs/voice/twiml/siprec, twilio.com/docs/voice/api/siprec (tracks).
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.twiml.beside_flow import StartSiprec, StopSiprec
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import Steps, Track
from twilio_emulator.twiml.recording_callback import callback_url
from twilio_emulator.twiml.schema import Attribute, Tag, Use
from twilio_emulator.twiml.values import METHOD, TEXT, one_of
from twilio_emulator.twiml.verbs.parameter import PARAMETER

SOURCE: Final = "twilio.com/docs/voice/twiml/siprec"

INVALID_STATUS_CALLBACK: Final = 21609

NAME: Final = Attribute("name", "", TEXT, source=SOURCE)
CONNECTOR_NAME: Final = Attribute("connectorName", "", TEXT, source=SOURCE)
TRACK: Final = Attribute("track", Track.BOTH.value, one_of(*(track.value for track in Track)), source=SOURCE)
STATUS_CALLBACK: Final = Attribute("statusCallback", "", TEXT, source=SOURCE)
STATUS_CALLBACK_METHOD: Final = Attribute("statusCallbackMethod", "POST", METHOD, source=SOURCE)

SIPREC: Final = Tag(
    name="Siprec",
    attributes=(NAME, CONNECTOR_NAME, TRACK, STATUS_CALLBACK, STATUS_CALLBACK_METHOD),
    children={"Parameter": PARAMETER},
)


def start(noun: Use, context: CallContext) -> Steps[None]:
    """Begin the session."""
    yield context.warning(
        0,
        f"{noun.place}: there is no recording server here; the session is noted, and no audio is sent.",
        "Look at what your callback is told; the recorder itself needs the real service.",
    )
    url = ""
    if noun[STATUS_CALLBACK].strip():
        url = yield from callback_url(noun[STATUS_CALLBACK], noun, context, INVALID_STATUS_CALLBACK)
    callback = StatusCallback(url, noun[STATUS_CALLBACK_METHOD]) if url else None
    yield StartSiprec(noun[NAME], Track(noun[TRACK]), callback)


def stop(noun: Use, context: CallContext) -> Steps[None]:
    """Stop the session that is named."""
    if noun[NAME]:
        yield StopSiprec(noun[NAME])
        return
    yield context.warning(
        0,
        f"{noun.place} in <Stop> has no name, so it stops nothing.",
        "Give the session a name in <Start>, and use that name here.",
    )
