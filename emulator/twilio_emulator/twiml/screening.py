"""What a dialled leg hears before it is bridged: the document at a noun's `url`.

At its end the leg is let through; `<Hangup>` refuses the call. `<Dial>` is no business of a leg that is being dialled
[twilio.com/docs/voice/twiml/number, "url"; twilio.com/docs/api/errors/13201]. A document that fails is told to whoever
answered, and is no bridge.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.aside import run_aside
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import Accept, Instructions, Replaced, Steps
from twilio_emulator.twiml.interpreter import apologize, interpret
from twilio_emulator.twiml.outcomes import GoTo, Next, Outcome
from twilio_emulator.twiml.schema import Tag, Use, Verb
from twilio_emulator.twiml.verbs import VERBS
from twilio_emulator.twiml.verbs.dial import DIAL

DIAL_IN_SCREENING: Final = 13201

_ALLOWED: Final = ("Gather", "Hangup", "Pause", "Play", "Record", "Redirect", "Say")
PURPOSE: Final = "screening"


def screen(instructions: Instructions, context: CallContext) -> Steps[None]:
    """Ask whoever answered; `Accept` or `HangUp` is the end of it. REST may put other TwiML in charge meanwhile."""
    try:
        yield from _ask(instructions, context)
    except Replaced as replaced:
        yield from interpret(replaced.instructions, context)


def _ask(instructions: Instructions, context: CallContext) -> Steps[None]:
    try:
        outcome = yield from run_aside(GoTo(instructions.url, instructions.method, purpose=PURPOSE), context, SCREENING)
    except TwimlError as error:
        yield context.failure(error)
        yield from apologize(context)
    else:
        if isinstance(outcome, Next):
            yield Accept()


def _refuse(use: Use, _: CallContext) -> Steps[Outcome]:
    yield from ()
    raise TwimlError(
        DIAL_IN_SCREENING,
        "A leg that is being dialled cannot <Dial>.",
        use.element.line,
        use.element.column,
        hint="Let the document end: the leg is bridged then.",
    )


_NO_DIAL: Final = Verb(
    name="Dial",
    attributes=DIAL.attributes,
    children=DIAL.children,
    has_text=True,
    answers=False,
    run=_refuse,
    source=DIAL.source,
)

SCREENING: Final = Tag(name="Response", children={**{name: VERBS[name] for name in _ALLOWED}, "Dial": _NO_DIAL})
"""The root of such a document."""
