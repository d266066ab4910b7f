"""`<Parameter>`: a name and a value, inside a stream (whose app is given them), a refusal or a hang-up.

Source: twilio.com/docs/voice/twiml/stream.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.schema import Attribute, Tag
from twilio_emulator.twiml.values import TEXT

NAME: Final = Attribute("name", default="", kind=TEXT)
VALUE: Final = Attribute("value", default="", kind=TEXT)

PARAMETER: Final = Tag(name="Parameter", attributes=(NAME, VALUE))
