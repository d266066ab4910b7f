"""`<Connect>`: the call belongs to a noun until that ends. Source: twilio.com/docs/voice/twiml/connect."""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import OpenStream, Report, Steps, StreamEnded, until
from twilio_emulator.twiml.outcomes import GoTo, Next, Outcome
from twilio_emulator.twiml.schema import SCHEMA_WARNING, Attribute, Use, Verb
from twilio_emulator.twiml.values import METHOD, TEXT
from twilio_emulator.twiml.verbs.stream import STREAM, stream_spec

SOURCE: Final = "twilio.com/docs/voice/twiml/connect"

ACTION: Final = Attribute("action", "", TEXT, source=SOURCE)
CONNECT_METHOD: Final = Attribute("method", "POST", METHOD, source=SOURCE)

OTHER_NOUNS: Final = frozenset(
    {
        "AiSession",
        "Assistant",
        "Autopilot",
        "Conversation",
        "ConversationRelay",
        "ConversationRelaySession",
        "Room",
        "VirtualAgent",
    }
)


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Open the stream, wait for its end, then ask `action` if there is one.

    Raises:
        TwimlError: `action` is no URL.
    """
    if len(use.children) != 1:
        if not any(child.name in OTHER_NOUNS for child in use.element.children):  # those have been told already
            yield context.error(
                SCHEMA_WARNING,
                f"{use.place} holds {len(use.children)} nouns instead of one; it ends at once.",
                'Put one <Stream url="wss://host/path"/> into it.',
            )
        return Next()
    if use.followed_by:
        yield _warning_about_followers(use, context)
    spec = yield from stream_spec(use.children[0], context, bidirectional=True)
    if spec is not None:
        yield OpenStream(spec)
        yield from until(StreamEnded)
    if use[ACTION]:
        return GoTo(context.resolve_action(use[ACTION]), use[CONNECT_METHOD], purpose="connect action")
    return Next()


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
    unsupported=OTHER_NOUNS,
    run=run,
    source=SOURCE,
)
