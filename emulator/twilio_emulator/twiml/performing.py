"""One verb on the line: told to the journal, the call answered if the verb needs that, then its own steps."""

from __future__ import annotations

from twilio_emulator.journal import VerbStarted
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import Answer, Report, Steps
from twilio_emulator.twiml.outcomes import Outcome
from twilio_emulator.twiml.schema import Use, Verb


def perform(use: Use, context: CallContext) -> Steps[Outcome]:
    """Run a verb and return how it ended.

    Raises:
        TwimlError: the verb is so wrong that Twilio gives up the document.
    """
    verb = use.tag
    assert isinstance(verb, Verb)  # tables of verbs hold nothing else
    element = use.element
    yield Report(
        VerbStarted(
            verb=verb.name,
            attributes=dict(element.attributes),
            text=use.text,
            line=element.line,
            column=element.column,
        )
    )
    if use.fault is not None and not verb.owns_faults:
        raise use.fault
    if verb.answers:
        yield from answer(context)
    return (yield from verb.run(use, context))


def answer(context: CallContext) -> Steps[None]:
    """Pick up, once."""
    if not context.answered:
        context.answered = True
        yield Answer()
