"""`<Connect>`: the call belongs to a noun until that ends. Source: twilio.com/docs/voice/twiml/connect."""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import OpenStream, Report, Steps, StreamEnded, until
from twilio_emulator.twiml.outcomes import GoTo, Next, Outcome
from twilio_emulator.twiml.schema import SCHEMA_WARNING, Attribute, Refusal, Use, Verb
from twilio_emulator.twiml.values import METHOD, TEXT
from twilio_emulator.twiml.verbs.stream import STREAM, stream_spec

SOURCE: Final = "twilio.com/docs/voice/twiml/connect"

ACTION: Final = Attribute("action", "", TEXT, source=SOURCE)
CONNECT_METHOD: Final = Attribute("method", "POST", METHOD, source=SOURCE)

NOT_SERVED: Final = 13750
"""A part of TwiML that this API does not serve [twilio.com/docs/api/errors/13750]."""

REFUSED_NOUNS: Final = {
    "AiSession": Refusal(NOT_SERVED, "There is no AI connector here: connect the call to a <Stream>."),
    "Assistant": Refusal(NOT_SERVED, "There are no AI Assistants here: connect the call to a <Stream>."),
    "Autopilot": Refusal(NOT_SERVED, "Twilio has ended Autopilot: use <Gather> or a <Stream>."),
    "Conversation": Refusal(NOT_SERVED, "There are no Conversations here: use <Dial>."),
    "ConversationRelay": Refusal(NOT_SERVED, "<ConversationRelay> is not served by this version: use a <Stream>."),
    "ConversationRelaySession": Refusal(NOT_SERVED, "There is no AI connector here: connect the call to a <Stream>."),
    "Room": Refusal(NOT_SERVED, "There are no video rooms here: use <Dial><Conference> for the sound of one."),
    "VirtualAgent": Refusal(32602, "No virtual agent is installed here: connect the call to a <Stream>."),
}
"""Nouns that Twilio has and that cannot be here [twilio.com/docs/voice/twiml/connect, twilio.com/docs/api/errors]."""


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Run the noun to its end, then ask `action` if there is one. A noun that is refused has ended.

    Raises:
        TwimlError: `action` is no URL.
    """
    refused = sum(child.name in REFUSED_NOUNS for child in use.element.children)
    nouns = len(use.children) + refused
    if nouns != 1:
        yield context.error(
            SCHEMA_WARNING,
            f"{use.place} holds {nouns} nouns instead of one; it ends at once.",
            'Put one <Stream url="wss://host/path"/> into it.',
        )
        return Next()
    if not refused:
        yield from _stream(use, context)
    if use[ACTION]:
        return GoTo(context.resolve_action(use[ACTION]), use[CONNECT_METHOD], purpose="connect action")
    return Next()


def _stream(use: Use, context: CallContext) -> Steps[None]:
    if use.followed_by:
        yield _warning_about_followers(use, context)
    spec = yield from stream_spec(use.children[0], context, bidirectional=True)
    if spec is not None:
        yield OpenStream(spec)
        yield from until(StreamEnded)


def _warning_about_followers(use: Use, context: CallContext) -> Report:
    if use[ACTION]:
        message = f"<{use.followed_by}> after {use.place} never runs: action takes over."
        return context.warning(0, message, "Move it into the document of action.")
    message = f"<{use.followed_by}> after {use.place} runs only after the app has closed the stream's socket."
    return context.warning(0, message, "If the call should end with the stream, remove what follows.")


CONNECT: Final = Verb(
    name="Connect",
    attributes=(ACTION, CONNECT_METHOD),
    children={"Stream": STREAM},
    refused=REFUSED_NOUNS,
    run=run,
    source=SOURCE,
)
