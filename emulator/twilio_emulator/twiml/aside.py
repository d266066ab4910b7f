"""A document beside a call's own: what is heard while a call waits or is on hold, and announcements.

Laws
----
* Only some verbs may stand in it. Any other is an error with a code of its own, and then nothing of the document runs.
* Its end is the end of nothing else: `run_aside` returns, and whoever asked for it goes on.
* Documents that lead to one another without call time passing are a loop, here as anywhere.
"""

from __future__ import annotations

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.facts import DEFAULT_LANGUAGE, DEFAULT_VOICE
from twilio_emulator.twiml.fetching import fetch
from twilio_emulator.twiml.flow import Event, Report, Steps
from twilio_emulator.twiml.outcomes import GoTo, Next, Outcome
from twilio_emulator.twiml.performing import perform
from twilio_emulator.twiml.replies import Sound, Text, understand
from twilio_emulator.twiml.schema import Script, Tag
from twilio_emulator.twiml.sounds import play, speak
from twilio_emulator.twiml.underway import overheard, takes_time


def run_aside(place: GoTo, context: CallContext, response: Tag) -> Steps[Outcome]:
    """Carry out a document, and those that it redirects to; `response` has the verbs that may stand in them.

    Returns how it ended: `Next` after its last verb, or what a verb that does not go on says.

    Raises:
        TwimlError: it cannot be had or understood, has a verb that may not stand in it, or leads to itself for ever.
    """
    hasty_documents = 0

    def notice(event: Event | None) -> None:
        nonlocal hasty_documents
        if takes_time(event):
            hasty_documents = 0

    while True:
        hasty_documents += 1
        if hasty_documents > context.quirks.redirect_limit:
            raise TwimlError(
                0,
                f"{context.quirks.redirect_limit} documents led to one another and no call time passed: a loop.",
                hint="Look for a <Redirect> that leads back to its own document.",
                url=place.url,
            )
        outcome = yield from overheard(_visit(place, context, response), notice)
        if not isinstance(outcome, GoTo):
            return outcome
        place = outcome


def _visit(place: GoTo, context: CallContext, response: Tag) -> Steps[Outcome]:
    reply = yield from fetch(place, context)
    match understand(reply, response):
        case Script(fault=TwimlError() as fault):
            raise fault
        case Script(uses=uses, problems=problems):
            for problem in problems:
                yield Report(problem)
            for use in uses:
                outcome = yield from perform(use, context)
                if not isinstance(outcome, Next):
                    return outcome
        case Sound(audio=audio):
            yield from play(audio)
        case Text(text=text):
            yield from speak(text, voice=DEFAULT_VOICE, language=DEFAULT_LANGUAGE)
    return Next()
