"""The attributes by which verbs and nouns that record tell the app of their recordings.

Sources: twilio.com/docs/voice/twiml/record, twilio.com/docs/api/errors/13256 and 13621.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError, quoted
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.schema import Attribute, Use
from twilio_emulator.twiml.values import METHOD, TEXT

SOURCE: Final = "twilio.com/docs/voice/twiml/record"

INVALID_CALLBACK: Final = 13256
INVALID_EVENT: Final = 13621
NOT_RETRIEVED: Final = 11200
EVENTS: Final = ("in-progress", "completed", "absent")

CALLBACK: Final = Attribute("recordingStatusCallback", "", TEXT, source=SOURCE)
CALLBACK_METHOD: Final = Attribute("recordingStatusCallbackMethod", "POST", METHOD, source=SOURCE)
# Which events are wrong is told one by one, and the others count.
CALLBACK_EVENT: Final = Attribute("recordingStatusCallbackEvent", "completed", TEXT, source=SOURCE)

RECORDING_CALLBACK: Final = (CALLBACK, CALLBACK_METHOD, CALLBACK_EVENT)
"""What a tag that records lists among its attributes."""


def recording_callback(use: Use, context: CallContext, *, is_absolute: bool = False) -> Steps[StatusCallback | None]:
    """Whom to tell, and about what; None for nobody. What is wrong costs the callback, not the recording.

    Where it must be absolute (`is_absolute`), Twilio does not find a relative one.
    """
    if not use[CALLBACK].strip():
        return None
    words = use[CALLBACK_EVENT].split()
    for word in words:
        if word not in EVENTS:
            yield context.error(
                INVALID_EVENT,
                f'{use.place}: {CALLBACK_EVENT.name} has "{quoted(word)}", which is no event; it is ignored.',
                f"The events are {', '.join(EVENTS)}, with blanks between.",
            )
    if is_absolute and "://" not in use[CALLBACK]:
        yield context.error(
            NOT_RETRIEVED,
            f"{use.place}: {CALLBACK.name} {use[CALLBACK]!r} is not absolute. Nothing is sent to it.",
            "Write it as https://host/path.",
        )
        return None
    url = yield from callback_url(use[CALLBACK], use, context, INVALID_CALLBACK)
    events = frozenset(words) & frozenset(EVENTS) or frozenset({"completed"})
    return StatusCallback(url=url, method=use[CALLBACK_METHOD], events=events) if url else None


def callback_url(written: str, use: Use, context: CallContext, code: int) -> Steps[str]:
    """A callback's URL made absolute, or "" with `code` in the journal."""
    try:
        return context.resolve(written)
    except TwimlError as error:
        yield context.error(code, f"{use.place}: {error.message} Nothing is sent to it.", error.hint)
        return ""
